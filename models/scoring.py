"""Score and explain residents a block of rows at a time, in memory that depends on the block and not on the county."""

import numpy as np
import pandas as pd
from scipy.special import expit

from models.explanation import Explainer
from models.odds import log_odds
from models.reasons import missing_parts, reasons


class Scorer:
    """What a model makes of each resident of a block: made once, then called on as many blocks as there are.

    `model` and `meta` are a bundle's, `background` and `intervals` (score, low, high; models.stability.intervals) the
    model's; `top` reasons are told, and those that rest on a column of `withheld` are not told in detail; `names` are
    those of agencies in plain English. It knows no single view and can be pickled, so that blocks can be scored
    wherever they are. A row's result depends on that row alone, so it does not matter how rows fall into blocks (but
    for the fallback of `models.explanation.Explainer`).
    """

    def __init__(
        self,
        model,
        meta: dict,
        background: pd.DataFrame,
        intervals: pd.DataFrame,
        *,
        top: int = 3,
        withheld: frozenset[str] = frozenset(),
        names: dict[str, str] | None = None,
    ):
        self._explainer, self._intervals = Explainer(model, background), intervals
        self._meanings, self._top, self._withheld = meta["columns"], top, withheld
        self._names = names or {}
        self._typical = {name: np.nan if value is None else value for name, value in meta["typical"].items()}

    def __call__(self, block: pd.DataFrame) -> pd.DataFrame:
        """The block (at least one row) with what the model says in place of its columns.

        That is probability with its 95 % interval low and high, reason_1 ..., and nothing_recorded_by
        (`models.reasons.missing_parts`). `block` holds the model's columns, missing as NaN; all others, such as ids
        and dates, are passed through.
        """
        columns = [column["name"] for column in self._meanings]
        X = block[columns].astype("float64")
        explained = self._explainer(X)
        told = reasons(explained, X, self._meanings, self._typical, top=self._top, withheld=self._withheld)
        silent = missing_parts(X, self._meanings, self._names, self._withheld)
        low, high = around(explained.score, self._intervals)
        kept = block.drop(columns=columns).assign(probability=expit(explained.score), low=low, high=high)
        return pd.concat([kept, told, silent], axis=1)


def around(scored: np.ndarray, intervals: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """(low, high) of scores given as log-odds, from a table of score, low and high; each contains its score.

    Between the scores of the table the distances on the log-odds are interpolated, beyond them they stay the same.
    """
    score, low, high = (log_odds(intervals[name]) for name in ("score", "low", "high"))
    below, above = (np.interp(scored, score, np.maximum(by, 0)) for by in (score - low, high - score))
    return expit(scored - below), expit(scored + above)
