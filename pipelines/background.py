"""The residents that stand for the county in every explanation of a model."""

import pandas as pd

from features.errors import InputError
from pipelines import paths
from pipelines.files import read_table
from pipelines.identity import digest


def background(outcome: str, meta: dict) -> pd.DataFrame:
    """The background (rows x the columns of the model); InputError where it is not the one it was trained with."""
    path = paths.background(outcome)
    found = read_table(path, [column["name"] for column in meta["columns"]])
    if digest(path) != meta["background"]:
        raise InputError(f"{path}: is not the background of this model; restore it with `dvc checkout` or train again")
    return found
