"""Look again, by other means, at what everything else rests on: the past, the agreements, the dates, the feeds, the
residents, and the saved model."""

from datetime import date

import numpy as np

from features import recheck as features_recheck
from features.agreements import agreed, load_agreements, resting_on
from features.errors import InputError
from features.pairs import ORDER, PAIRS
from features.sources import open_view
from models import bundle, soundness, training
from pipelines import paths
from pipelines.files import read_arrow, read_json, read_table
from pipelines.params import Params
from pipelines.prepared import Prepared, prepared
from pipelines.setting import Setting
from pipelines.stage import say


def recheck(name: str, at: Setting) -> dict:
    """What was found, ready for JSON."""
    say(f"{name}: making inputs again from a single view that ends at their date")
    past, extract_on = _past(name, at)
    say(f"{name}: looking again at agreements, dates, feeds, residents and the saved model")
    data, drawn = prepared(name), {"resamples": at.params.models.resamples, "seed": at.params.models.seed}
    test = (data.pairs["as_of"] >= at.params.test_from).to_numpy()
    grouped = data.pairs["group_id"]
    of_residents = at.outcome.unit == "resident"
    reproduced, phases = _reproduced(name, data, np.flatnonzero(test))
    return {
        "identity": read_json(paths.folds(name))["identity"],
        "past": past,
        "agreements": _agreements(name, at, extract_on),
        "timeline": _timeline(phases, at, extract_on),
        "feeds": soundness.feeds(data.X, data.columns, grouped, ~test, test, **drawn),
        "doubles": soundness.doubles(data.X, data.columns, data.pairs["as_of"], grouped, **drawn)
        if of_residents
        else None,
        "reproduced": reproduced,
    }


def _past(name: str, at: Setting) -> tuple[dict, date]:
    """The inputs of some pairs made again, and the day of extraction."""
    asked = features_recheck.drawn(paths.cohort(name), at.params.gates.rechecked.limit, at.params.models.seed)
    matrix = asked.join(read_arrow(paths.matrix(name)), PAIRS.names).sort_by(ORDER)
    # On this machine, whatever made the matrix: the tables are put aside and cut in place.
    with open_view(
        at.params.single_view, "train", at.params.memory, at.params.threads, at.catalogue.kinds, "duckdb"
    ) as view:
        names = set(matrix.column_names)
        features = tuple(f for f in at.catalogue.features if names >= {column.name for column in f.columns})
        return features_recheck.recheck(
            view, matrix, features, at.catalogue.kinds, at.outcome.unit
        ), view.about.extract_on


def _agreements(name: str, at: Setting, on: date) -> dict:
    """For each column of the matrix why no agreement lets it be used, if so: worked out anew from what is on file."""
    agreements, kinds = load_agreements(at.params.agreements), at.catalogue.kinds
    features = {column.name: feature for feature in at.catalogue.features for column in feature.columns}

    def refused(column: dict) -> str | None:
        feature = features.get(column["name"])
        if feature is None:
            return "the catalogue has no such column"
        if column["agreement"] != ", ".join(resting_on(feature, kinds, agreements)):
            return f"was built on {column['agreement'] or 'nothing'}, and now rests on other agreements"
        for purpose in ("train", "score"):
            _, dropped = agreed([feature], kinds, agreements, purpose, at.outcome.use_level, on)
            if dropped:
                return dropped[0][1]
        return None

    columns = read_json(paths.columns(name))
    told = [{"name": c["name"], "agreement": c["agreement"], "refused": refused(c)} for c in columns]
    return {"on": str(on), "use_level": at.outcome.use_level, "columns": told}


def _timeline(phases: dict | None, at: Setting, extract_on: date) -> list[str] | None:
    if phases is None:
        return None
    params: Params = at.params
    return soundness.timeline(
        phases,
        gap_days=at.knobs.gap_days,
        horizon_days=at.knobs.horizon_days,
        allowance_days=params.allowance_days,
        cut=params.test_from,
        extract_on=extract_on,
    )


def _reproduced(name: str, data: Prepared, rows: np.ndarray) -> tuple[dict, dict | None]:
    """Whether the saved model gives the recorded probabilities of the test pairs again; and the phases it tells of."""
    recorded = read_table(paths.predictions(name))
    try:
        model, meta = bundle.load(paths.bundle(name))
    except InputError as error:
        return {"pairs": len(recorded), "different": 0, "fault": "; ".join(error.faults)}, None
    asked = data.pairs.iloc[rows]
    same = recorded["unit_id"].to_numpy(str).tolist() == asked["unit_id"].to_numpy(str).tolist()
    if not same or meta["chosen"] not in recorded:
        fault = "the recorded probabilities are of other pairs, or of other candidates"
        return {"pairs": len(recorded), "different": 0, "fault": fault}, meta["phases"]
    again = training.probabilities({"again": model}, data.X, rows)["again"]
    different = int((again != recorded[meta["chosen"]].to_numpy()).sum())
    return {"pairs": len(rows), "different": different, "fault": None}, meta["phases"]
