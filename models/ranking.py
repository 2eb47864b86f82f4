"""Rows tallied at each distinct score: what every measure of a ranking needs, with ties exact.

Sorting is done once; a weighted resample then costs one pass over the rows, compiled so that threads share the work.
Checked against scikit-learn's sample_weight in tests/unit/test_metrics.py.
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
        self._starts, self._y = np.append(np.flatnonzero(new), len(p)), y[self._order]
        self.score, self.date = p[new], dates[new]
        self.level = np.empty(len(p), dtype=int)
        self.level[self._order] = np.cumsum(new) - 1

    def __call__(self, weights=None) -> tuple[np.ndarray, np.ndarray]:
        weights = np.ones(len(self._y)) if weights is None else weights
        return _tallied(weights, self._order, self._y, self._starts)

    def seen(self, rows: np.ndarray, capacity: float) -> np.ndarray:
        """The share of each level that is seen: from the top of each date until `capacity` rows are reached."""
        return _shares(rows, self.date, float(capacity))


@njit(nogil=True, cache=True)
def auc(events: np.ndarray, rows: np.ndarray) -> float:
    """Area under the ROC curve of a tally: how often an event scores above a non-event, ties counting half."""
    found, others, won = 0.0, 0.0, 0.0
    for i in range(len(rows)):
        won += (rows[i] - events[i]) * (found + events[i] / 2)
        found += events[i]
        others += rows[i] - events[i]
    return ratio(won, found * others)


@njit(nogil=True, cache=True)
def average_precision(events: np.ndarray, rows: np.ndarray) -> float:
    """Precision of a tally averaged over the events found, taking tied rows together, as scikit-learn does."""
    found, seen, summed = 0.0, 0.0, 0.0
    for i in range(len(rows)):
        found += events[i]
        seen += rows[i]
        if events[i] > 0:
            summed += events[i] * found / seen
    return ratio(summed, found)


@njit(nogil=True, cache=True)
def dot(one: np.ndarray, other: np.ndarray) -> float:
    """one @ other without the threads of BLAS, which stand in the way of those that resample."""
    total = 0.0
    for i in range(len(one)):
        total += one[i] * other[i]
    return total


@njit(nogil=True, cache=True)
def ratio(over: float, under: float) -> float:
    """over / under, nan where there is nothing to divide by."""
    return over / under if under > 0 else np.nan


@njit(nogil=True, cache=True)
def _tallied(weights, order, y, starts):
    """Weighted events and rows of each level, (levels,) each: level i has the rows order[starts[i] : starts[i + 1]]."""
    events, rows = np.zeros(len(starts) - 1), np.zeros(len(starts) - 1)
    for level in range(len(rows)):
        for place in range(starts[level], starts[level + 1]):
            events[level] += weights[order[place]] * y[place]
            rows[level] += weights[order[place]]
    return events, rows


@njit(nogil=True, cache=True)
def _shares(rows, date, capacity):
    share, left = np.zeros(len(rows)), capacity
    for i in range(len(rows)):
        if i and date[i] != date[i - 1]:
            left = capacity
        if left > 0 and rows[i] > 0:
            share[i] = min(left / rows[i], 1.0)
            left -= rows[i]
    return share
