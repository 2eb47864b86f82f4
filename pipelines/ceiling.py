"""Stage `ceiling`: the chosen model beside the best possible, given the truth that the invented county hides.

Models are fitted on the same pairs with the hidden state at the date, beside the features and (where events are few,
features that say nothing more are a burden) without them. Together, their log-odds averaged, they are the best that
anybody could do who knew what the records only hint at: none is picked, so that nothing is picked by the test. A model
of the records alone, and of them and one part of the hidden state at a time, says what each part would add.
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
from models import candidates, released, training
from models.headroom import headroom
from models.odds import log_odds
from pipelines import paths
from pipelines.files import read_json, write_json
from pipelines.judged import KEYS, judged
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

    def asked(kinds: Iterable[str], records: list[dict], known: Iterable[str]) -> dict[str, np.ndarray]:
        """What models of these kinds say which know these columns of the records, and these of the hidden state."""
        columns = [*records, *({"name": column, "direction": 0, "days": []} for column in known)]
        seen = X[[column["name"] for column in columns]]
        made = candidates.candidates(columns, {kind: options[kind] for kind in kinds}, at.params.models.seed)
        learnt = training.taken(seen, fit)
        fitted = {kind: training.fit_to(model, learnt, label[fit], weight) for kind, model in made.items()}
        return training.probabilities(fitted, seen, test)

    say(f"{name}: fitting with {hidden.shape[1]} hidden columns on {len(fit):,} pairs")
    whole = [p for records in (data.columns, []) for p in asked(options, records, hidden).values()]
    able = list(options)[-1]
    say(f"{name}: fitting without them, and with each of their {len(parts)} parts")
    alone = asked([able], data.columns, [])[able]
    told = {part: asked([able], data.columns, columns)[able] for part, columns in parts.items()}
    measured, compared = read_json(paths.metrics(name)), read_json(paths.folds(name))["summary"]
    best = min(compared, key=lambda candidate: compared[candidate]["behind"])
    tested = data.pairs.iloc[split.test][KEYS].merge(judged(name), on=KEYS, how="left", validate="one_to_one")
    scores = {
        "chosen": tested[measured["chosen"]],
        "best": tested[best],
        "ceiling": np.mean([log_odds(p) for p in whole], axis=0),
        "records": alone,
    }
    drawing = {"resamples": at.params.models.resamples, "seed": at.params.models.seed}
    found = headroom(label[test], scores, told, tested["group_id"], **drawing)
    write_json(
        paths.ceiling(name),
        {"identity": measured["identity"], "best": best, "fitted": able}
        | released.headroom(found, measured["figures"]),
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
