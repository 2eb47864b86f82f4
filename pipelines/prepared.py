"""What training sees: the pairs of an outcome with their matrix and labels, side by side."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.errors import InputError
from models.splits import Split, temporal_split
from pipelines import paths
from pipelines.files import read_json, read_table
from pipelines.params import Knobs, Params

KEYS = ["unit_id", "as_of"]


@dataclass(frozen=True, eq=False)
class Prepared:
    """pairs: unit_id, as_of, group_id; X: pairs x columns (float32, NaN for missing); label: pairs (nullable)."""

    pairs: pd.DataFrame
    X: pd.DataFrame
    label: pd.Series
    columns: list[dict]

    def split(self, params: Params, knobs: Knobs) -> Split:
        return temporal_split(
            self.pairs,
            self.label,
            cut=params.test_from,
            gap_days=knobs.gap_days,
            horizon_days=knobs.horizon_days,
            allowance_days=params.allowance_days,
            held_out=params.models.held_out,
        )


def prepared(outcome: str) -> Prepared:
    """The three files of an outcome; InputError where they are not of the same pairs."""
    pairs = read_table(paths.cohort(outcome))
    matrix, labels = read_table(paths.matrix(outcome)), read_table(paths.labels(outcome))
    for path, other in ((paths.matrix(outcome), matrix), (paths.labels(outcome), labels)):
        if not other[KEYS].equals(pairs[KEYS]):
            raise InputError(f"{path} is not of the pairs in {paths.cohort(outcome)}; make both again with `dvc repro`")
    columns = read_json(paths.columns(outcome))
    X = matrix[[column["name"] for column in columns]].astype(np.float32)
    return Prepared(pairs, X, labels["label"].astype("boolean"), columns)
