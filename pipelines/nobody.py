"""Rows that are nobody's, where a model must be shown at work and no resident may be."""

import numpy as np
import pandas as pd


def invented_rows(meta: dict) -> pd.DataFrame:
    """Two rows that are nobody's: the county's typical resident, and the same with nothing recorded."""
    typical = {column["name"]: meta["typical"][column["name"]] for column in meta["columns"]}
    nothing = {column["name"]: column["none"] for column in meta["columns"]}
    return pd.DataFrame([typical, nothing], dtype=np.float64)
