"""How often each column has something to say, and how far its values have moved since training."""

import numpy as np
import pandas as pd
from scipy.stats import chi2

from models.resampling import number

BINS = 10
MOVED, MOVED_FAR = 0.1, 0.25  # the usual reading: Siddiqi 2006, Credit Risk Scorecards, chapter 10


def inputs(train: pd.DataFrame, test: pd.DataFrame, meanings: list[dict], importance: pd.DataFrame) -> list[dict]:
    """A record for each column, ready for JSON, in the order of `meanings` (records of columns.json).

    `train` and `test` (rows x columns) are samples of the training and the test pairs; `importance` has name,
    importance and share (models.explanation.importance). A record holds name; rows, how many of the test were looked
    at; coverage, the share of them with something recorded (neither missing nor the column's `none`); missing, the
    share without a value; drift, the population stability index of test against training; by_chance, what 95 % of
    indices stay below where nothing has moved; importance and share.
    """
    weight, found = importance.set_index("name"), []
    for m in meanings:
        name = m["name"]
        then, now = train[name].to_numpy(dtype=float), test[name].to_numpy(dtype=float)
        silent = np.isnan(now)
        recorded = ~silent if m["none"] is None else ~silent & (now != m["none"])
        index, by_chance = stability_index(then, now)
        found.append(
            {
                "name": name,
                "rows": len(now),
                "coverage": number(recorded.mean()),
                "missing": number(silent.mean()),
                "drift": number(index),
                "by_chance": number(by_chance),
                "importance": number(weight.loc[name, "importance"]),
                "share": number(weight.loc[name, "share"]),
            }
        )
    return found


def stability_index(then: np.ndarray, now: np.ndarray) -> tuple[float, float]:
    """(population stability index of `now` against `then`, what 95 % of indices stay below by chance alone).

    The sum over bins of (share now - share then) x log(share now / share then): bins at the tenths of `then`, equal
    values together, and one of the missing; half a row is added to every bin, so that an empty one has a logarithm. By
    chance it is (1/n + 1/m) times a chi-squared of one degree fewer than bins (Yurdakul and Naranjo 2020, Journal of
    Risk Model Validation 14(4)), if rows are independent: of a resident asked about twice they are not quite.

    >>> x = np.arange(1000.0)
    >>> stability_index(x, x)[0], round(stability_index(x, x + 500)[0], 1) > MOVED_FAR
    (0.0, True)
    """
    seen = then[~np.isnan(then)]
    edges = np.unique(np.quantile(seen, np.arange(1, BINS) / BINS, method="inverted_cdf")) if len(seen) else []
    counts = [_counted(x, np.asarray(edges, dtype=float)) for x in (then, now)]
    used = (counts[0] + counts[1]) > 0
    p, q = ((c[used] + 0.5) / (c[used] + 0.5).sum() for c in counts)
    index = float(((q - p) * np.log(q / p)).sum())
    return index, float((1 / len(then) + 1 / len(now)) * chi2.ppf(0.95, max(used.sum() - 1, 1)))


def _counted(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Rows at or below each edge and above the one before, above the last, and missing."""
    seen = values[~np.isnan(values)]
    at = np.bincount(np.searchsorted(edges, seen, side="left"), minlength=len(edges) + 1)
    return np.append(at, len(values) - len(seen)).astype(float)
