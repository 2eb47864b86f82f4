"""What each column of a matrix means: the records written beside it, and all that `models` knows of features."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict

from features.agreements import Agreement, resting_on
from features.load import OF_SPELLS, Catalogue, of_feature
from features.sentences import sentence
from features.specs import Column, Feature, Kind

# What does not change the number in the column: rewording a reason must not disown a model that was trained on it.
PROSE = ("why", "theme", "direction", "protected", "static")


def meanings(
    features: Iterable[Feature], catalogue: Catalogue, agreements: Iterable[Agreement], unit: str = "resident"
) -> list[dict]:
    """One record for each column of the features of a resident or property, in order, of plain JSON values.

    `name`, `sentence`, `theme`; `agency` that records it ("several"; "person" for who someone is, "home" for where
    they live); `agreement`, the names of those it rests on, separated by commas; `direction`, `protected`, `none`,
    `days`, `grain`; `spec_hash`, the same for as long as the column is computed the same way.
    """
    agreements = tuple(agreements)
    return [
        {
            "name": column.name,
            "sentence": sentence(column, catalogue, unit),
            "theme": feature.theme,
            "agency": agency(feature, catalogue.kinds),
            "agreement": ", ".join(resting_on(feature, catalogue.kinds, agreements)),
            "direction": feature.direction,
            "protected": feature.protected,
            "none": None if feature.none is None else float(feature.none),
            "days": list(column.days),
            "grain": feature.grain,
            "spec_hash": spec_hash(column, catalogue.kinds),
        }
        for feature in features
        for column in feature.columns
    ]


def agency(feature: Feature, kinds: tuple[Kind, ...]) -> str:
    """Who records what the feature is made of."""
    if feature.measure.of is not None:
        agencies = {kind.agency for kind in of_feature(feature, kinds)}
        return agencies.pop() if len(agencies) == 1 else "several"
    is_person = feature.measure.op == "age" or (feature.measure.op == "attribute" and feature.grain == "resident")
    return "person" if is_person else "home"


def spec_hash(column: Column, kinds: tuple[Kind, ...]) -> str:
    """SHA-256 of all that decides the number in the column, the same in every process and on every machine.

    The kinds matter only to measures of spells, which read those that the catalogue marks as lasting.
    """
    spec = asdict(column)
    for name in PROSE:
        del spec["feature"][name]
    # The column is one window of its feature: the other windows may come and go.
    del spec["feature"]["days"]
    none = column.feature.none
    spec["feature"]["none"] = None if none is None else float(none)
    if column.feature.measure.op in OF_SPELLS:
        spec["spells"] = sorted([kind.agency, kind.kind] for kind in of_feature(column.feature, kinds))
    return hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()
