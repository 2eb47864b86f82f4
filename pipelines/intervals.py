"""How wide around a score its 95 % interval is, as the refits of its model say."""

import pandas as pd

from features.errors import InputError
from pipelines import paths
from pipelines.files import read_json


def intervals(outcome: str, meta: dict) -> pd.DataFrame:
    """The table of score, low and high; InputError where it is not that of the model."""
    path = paths.intervals(outcome)
    found = read_json(path)
    if found["identity"] != meta["identity"]:
        raise InputError(f"{path}: is not of this model; make it with `dvc repro refit@{outcome}`")
    return pd.DataFrame(found["table"])
