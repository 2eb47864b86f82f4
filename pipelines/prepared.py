"""What training sees: the pairs of an outcome with their matrix and labels, side by side."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from features.errors import InputError
from features.pairs import PAIRS, to_frame
from models.splits import Folds, Split, folds, temporal_split
from pipelines import paths
from pipelines.files import read_arrow, read_blocks, read_json
from pipelines.params import Knobs, Params

BLOCK = 10_000  # pairs copied at once: few enough for the processor's own memory


@dataclass(frozen=True, eq=False)
class Prepared:
    """pairs: unit_id, as_of, group_id, listed_on; X: pairs x columns (float32, NaN for missing); label: pairs
    (nullable).

    The ids are categories: of millions of pairs, whatever sorts or counts them looks at numbers.
    """

    pairs: pd.DataFrame
    X: pd.DataFrame
    label: pd.Series
    columns: list[dict]

    def split(self, params: Params, knobs: Knobs, cut: date | None = None) -> Split:
        """What trains and what tests, from an earlier day than that of the run if a `cut` is given."""
        return temporal_split(self.pairs, self.label, **_time(params, knobs) | ({"cut": cut} if cut else {}))

    def folds(self, params: Params, knobs: Knobs) -> Folds:
        return folds(self.pairs, self.label, number=params.models.folds, **_time(params, knobs))


def prepared(outcome: str) -> Prepared:
    """The files of an outcome; InputError where they are not of the same pairs."""
    cohort, labels = read_arrow(paths.cohort(outcome)), read_arrow(paths.labels(outcome))
    pairs, columns = cohort.select(PAIRS.names).cast(PAIRS), read_json(paths.columns(outcome))
    if not labels.select(PAIRS.names).cast(PAIRS).equals(pairs):
        raise _of_others(paths.labels(outcome), outcome)
    X = _matrix(outcome, pairs, [column["name"] for column in columns])
    ids = {name: cohort.column(name).dictionary_encode() for name in ("unit_id", "group_id")}
    days = {name: cohort.column(name).cast(pa.date32()) for name in ("as_of", "listed_on")}
    encoded = pa.table({name: (ids | days)[name] for name in ("unit_id", "as_of", "group_id", "listed_on")})
    return Prepared(to_frame(encoded), X, labels.column("label").to_pandas().astype("boolean"), columns)


def _matrix(outcome: str, pairs: pa.Table, names: list[str]) -> pd.DataFrame:
    """The matrix in the order of the pairs, read a block at a time into the one array that holds it."""
    values, done = np.empty((pairs.num_rows, len(names)), np.float32), 0
    for block in read_blocks(paths.matrix(outcome), [*PAIRS.names, *names], BLOCK):
        rows = slice(done, done + len(block))
        if not block.select(PAIRS.names).equals(pairs.slice(done, len(block))):
            raise _of_others(paths.matrix(outcome), outcome)
        for place, name in enumerate(names):
            values[rows, place] = block.column(name)
        done += len(block)
    if done < len(values):
        raise _of_others(paths.matrix(outcome), outcome)
    return pd.DataFrame(values, columns=names, copy=False)


def _of_others(path: Path, outcome: str) -> InputError:
    return InputError(f"{path} is not of the pairs in {paths.cohort(outcome)}; make both again with `dvc repro`")


def _time(params: Params, knobs: Knobs) -> dict:
    """What says which pairs may train, and which are held out."""
    return {
        "cut": params.test_from,
        "gap_days": knobs.gap_days,
        "horizon_days": knobs.horizon_days,
        "allowance_days": params.allowance_days,
        "held_out": params.models.held_out,
    }
