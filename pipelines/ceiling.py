"""Stage `ceiling`: the chosen model beside the best possible, given the truth that the invented county hides.

Models are fitted on the same pairs with the hidden state at the date, beside the features and (where events are few,
features that say nothing more are a burden) without them: what the best can do is what anybody could who knew what
the records only hint at. The same kind of model is fitted with the records alone, and with them and one part of the
hidden state at a time: what each part would add says what is lost, and where.
"""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.errors import InputError
from models import candidates, metrics, training
from pipelines import paths
from pipelines.files import read_json, write_json
from pipelines.prepared import prepared
from pipelines.setting import setting
from pipelines.stage import main, say

KINDS = ("logistic", "lightgbm")  # the hidden state adds up, or it does not; of few events the first learns more
EACH = 20_000  # pairs fitted on with the event, and as many without: more move the AUC by less than chance does


def ceiling(name: str) -> None:
    at = setting(name)
    options = {kind: of for kind, of in at.params.options(name).items() if kind in KINDS}
    if not options:
        raise InputError(f"params.yaml: models: the stage ceiling fits {' or '.join(KINDS)}; give either an entry")
    data = prepared(name)
    split = data.split(at.params, at.knobs)
    drawn, weight = training.thinned(split.fit, data.label, at.params.models.seed, EACH)
    used = np.concatenate([drawn, split.test])
    hidden, parts = state_at(data.pairs.iloc[used], paths.truth(at.outcome.unit))
    X = pd.concat([data.X.iloc[used].reset_index(drop=True), hidden], axis=1)
    label = data.label.iloc[used].to_numpy(dtype=bool)
    fit, test = np.split(np.arange(len(used)), [len(drawn)])

    def auc(kind: str, records: list[dict], known: Iterable[str]) -> float:
        """That of a model of this kind which knows these columns of the records, and these of the hidden state."""
        columns = [*records, *({"name": column, "direction": 0, "days": []} for column in known)]
        model = candidates.candidates(columns, {kind: options[kind]}, at.params.models.seed)[kind]
        seen = X[[column["name"] for column in columns]]
        model = training.fit_to(model, training.taken(seen, fit), label[fit], weight)
        return metrics.auc(label[test], training.probabilities({kind: model}, seen, test)[kind])

    say(f"{name}: fitting with {hidden.shape[1]} hidden columns on {len(fit):,} pairs")
    whole = {kind: max(auc(kind, records, hidden) for records in (data.columns, [])) for kind in options}
    kind = max(whole, key=whole.get)
    say(f"{name}: fitting without them, and with each of their {len(parts)} parts")
    records = auc(kind, data.columns, [])
    adds = {part: auc(kind, data.columns, columns) - records for part, columns in parts.items()}
    measured = read_json(paths.metrics(name))
    chosen = measured["figures"]["auc"]["value"]
    write_json(
        paths.ceiling(name),
        {
            "identity": measured["identity"],
            "auc": chosen,
            "ceiling_auc": whole[kind],
            "share_of_ceiling": (chosen - 0.5) / (whole[kind] - 0.5),
            "lost": {
                "model": kind,
                "records_auc": records,
                "parts": dict(sorted(adds.items(), key=lambda part: -part[1])),
            },
        },
    )


def state_at(pairs: pd.DataFrame, truth: Path) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """The hidden state of each pair's unit at its date: the latest that began by then (pairs x columns, float32).

    With it, which columns each part of the state has, by what the file says that they are about. `pairs` hold unit_id
    (a category) and as_of; who had no state yet has none (NaN).
    """
    file = pq.ParquetFile(truth)
    about = {field.name: field.metadata[b"about"].decode() for field in file.schema_arrow if field.metadata}
    units, whose = pa.array(pairs["unit_id"].cat.categories), pairs["unit_id"].cat.codes.to_numpy()
    at = pairs["as_of"].to_numpy(dtype="datetime64[D]")
    state = np.full((len(units), len(about)), np.nan, np.float32)  # as it stands when a quarter has begun
    found = np.full((len(pairs), len(about)), np.nan, np.float32)
    begins = [file.read_row_group(i, ["from_on"])[0][0].as_py() for i in range(file.num_row_groups)]
    for i, (begun, until) in enumerate(pairwise([*begins, date.max])):
        quarter = file.read_row_group(i)
        unit = pc.index_in(quarter.column("unit_id"), units)
        known = unit.is_valid()
        columns = [quarter.column(column).filter(known) for column in about]
        state[unit.drop_null()] = np.column_stack(columns)
        asked = np.flatnonzero((begun <= at) & (at < until))
        found[asked] = state[whose[asked]]
    parts: dict[str, list[str]] = {}
    for column, part in about.items():
        parts.setdefault(part, []).append(f"hidden_{column}")
    return pd.DataFrame(found, columns=[f"hidden_{column}" for column in about], copy=False), parts


if __name__ == "__main__":
    main(ceiling)
