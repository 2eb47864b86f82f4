"""The test pairs whose outcome is known, with what each candidate says of them; and the groups of any pairs."""

import pandas as pd
import pyarrow.compute as pc

from pipelines import paths
from pipelines.files import read_table

KEYS = ["unit_id", "as_of"]


def judged(outcome: str, columns: list[str] | None = None) -> pd.DataFrame:
    """unit_id, as_of, group_id, listed_on, label (never missing), seen, and one column for each candidate; or some."""
    found = read_table(paths.predictions(outcome), columns, where=pc.field("label").is_valid())
    return found.astype({"label": bool}) if "label" in found else found


def groups_of(outcome: str, pairs: pd.DataFrame) -> pd.DataFrame:
    """The groups of each of these pairs (unit_id, as_of), in their order: a column for each attribute, and the keys."""
    of_dates = pc.field("as_of").isin(pairs["as_of"].unique().tolist())
    groups = read_table(paths.groups(outcome), where=of_dates)
    return pairs[KEYS].merge(groups, on=KEYS, how="left", validate="one_to_one")
