"""Rows tallied at each distinct score: what every measure of a ranking needs, with ties exact.

Sorting is done once; a weighted resample then costs one pass over the rows. Checked against scikit-learn's
sample_weight in tests/unit/test_metrics.py.
"""

import numpy as np
from numba import njit


class Ranking:
    """Rows in order of score, highest first; of each date, where `dates` (rows) holds the dates' numbers.

    Called with row weights (default 1) it returns (events, rows), both (levels): a level is a distinct score of a
    date. `score` and `date` (levels) describe the levels, `level` (rows) says which one each row is at.
    """

    def __init__(self, y, p, dates=None):
        y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
        dates = np.zeros(len(p), dtype=int) if dates is None else dates
        self._order = np.lexsort((-p, dates))
        p, dates = p[self._order], dates[self._order]
        new = np.r_[True, (p[1:] != p[:-1]) | (dates[1:] != dates[:-1])][: len(p)]
        self._starts, self._y = np.flatnonzero(new), y[self._order]
        self.score, self.date = p[new], dates[new]
        self._first = np.searchsorted(self.date, self.date)  # the first level of the same date
        self.level = np.empty(len(p), dtype=int)
        self.level[self._order] = np.cumsum(new) - 1

    def __call__(self, weights=None) -> tuple[np.ndarray, np.ndarray]:
        weights = np.ones(len(self._y)) if weights is None else weights
        return _tallied(weights, self._order, self._y, np.append(self._starts, len(self._y)))

    def seen(self, rows: np.ndarray, capacity: float) -> np.ndarray:
        """The share of each level that is seen: from the top of each date until `capacity` rows are reached."""
        cumulated = np.cumsum(rows)
        before = cumulated - rows
        before -= before[self._first]
        return np.divide(np.clip(capacity - before, 0, rows), rows, out=np.zeros_like(rows), where=rows > 0)


@njit(nogil=True, cache=True)
def _tallied(weights, order, y, starts):
    """Weighted events and rows of each level, (levels,) each: level i has the rows order[starts[i] : starts[i + 1]]."""
    events, rows = np.zeros(len(starts) - 1), np.zeros(len(starts) - 1)
    for level in range(len(rows)):
        for place in range(starts[level], starts[level + 1]):
            events[level] += weights[order[place]] * y[place]
            rows[level] += weights[order[place]]
    return events, rows


def auc(events: np.ndarray, rows: np.ndarray) -> float:
    """Area under the ROC curve of a tally: how often an event scores above a non-event, ties counting half."""
    others = rows - events
    return ratio(others @ (np.cumsum(events) - events / 2), events.sum() * others.sum())


def average_precision(events: np.ndarray, rows: np.ndarray) -> float:
    """Precision of a tally averaged over the events found, taking tied rows together, as scikit-learn does."""
    found, seen = np.cumsum(events), np.cumsum(rows)
    precision = np.divide(found, seen, out=np.zeros_like(found), where=seen > 0)
    return ratio(events @ precision, events.sum())


def ratio(over: float, under: float) -> float:
    """over / under, nan where there is nothing to divide by."""
    return float(over / under) if under > 0 else float("nan")
