"""The test pairs whose outcome is known, with what each candidate says of them."""

import pandas as pd
import pyarrow.compute as pc

from pipelines import paths
from pipelines.files import read_table


def judged(outcome: str, columns: list[str] | None = None) -> pd.DataFrame:
    """unit_id, as_of, group_id, listed_on, label (never missing), seen, and one column for each candidate; or some."""
    found = read_table(paths.predictions(outcome), columns, where=pc.field("label").is_valid())
    return found.astype({"label": bool}) if "label" in found else found
