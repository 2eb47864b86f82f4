"""Whether scores keep their promise: slope, intercept, the integrated calibration index, and bands of score.

Checked against R (glm, rms::val.prob) and against scikit-learn and scipy in tests/unit/test_reliability.py.
"""

import numpy as np
import pandas as pd
from numba import njit
from scipy.special import expit
from scipy.stats import binomtest

from models import ranking
from models.odds import log_odds
from models.ranking import Ranking

KNOTS = (0.05, 0.35, 0.65, 0.95)  # quantiles of the log-odds (Harrell 2015, Regression Modeling Strategies, 2.4.6)


class Calibration:
    """The figures of calibration of some scores, of their rows as they are or weighted; made once, called often.

    `y` (rows) truth, `p` (rows) probability. Called with row weights it returns calibration_slope and
    calibration_intercept of the logistic regression of y on logit(p), calibration_in_the_large (the intercept with the
    slope held at 1) and ici: the mean distance between the scores and a smooth curve of what happened at them (Austin
    and Steyerberg 2019, Statistics in Medicine 38:4051), the curve being a restricted cubic spline of the log-odds. A
    figure that the rows do not settle (one class, one score) is nan. Weighted rows are for intervals: their log-odds
    are taken to the nearest hundredth, which moves no interval visibly and makes a resample cost a millisecond.
    """

    def __init__(self, y, p):
        exact = Ranking(y, p)
        events, rows = exact()
        x = log_odds(exact.score)
        knots = _knots(x, rows)
        self._value, self._found = _fitted(exact.score, _basis(x, knots), events, rows, _START)
        self._tally = Ranking(y, expit(np.round(log_odds(np.asarray(p, dtype=float)), 2)))
        self._design = _basis(log_odds(self._tally.score), knots)

    def __call__(self, weights=None) -> dict[str, float]:
        if weights is None:
            return self._value
        return _fitted(self._tally.score, self._design, *self._tally(weights), self._found)[0]


def calibration(y, p) -> dict[str, float]:
    """The figures of `Calibration`, and `o_e`: observed over expected events.

    Slope, intercept and o_e as in Van Calster et al. 2019, BMC Medicine 17:230.
    """
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return Calibration(y, p)() | {"o_e": ranking.ratio(y.sum(), p.sum())}


def reliability(y, p, bins: int = 10) -> pd.DataFrame:
    """Predicted and observed risk in bins of about equally many rows, lowest scores first; tied scores stay together.

    Returns n, events, predicted (mean), observed (rate), and the observed rate's 95 % Wilson interval low, high.
    """
    table = pd.DataFrame({"p": np.asarray(p, dtype=float), "y": np.asarray(y, dtype=float)})
    bin_of = pd.qcut(table.p, bins, labels=False, duplicates="drop").fillna(0)
    table = table.groupby(bin_of).agg(n=("y", "size"), events=("y", "sum"), predicted=("p", "mean"))
    return observed(table.astype({"events": int}).reset_index(drop=True))


def joined(table: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """Bands of `reliability` joined upwards, and the last downwards, until each holds enough events and others.

    One band is left where all of them together do not; intervals are worked out again.
    """
    bands = []
    for n, events, predicted in table[["n", "events", "predicted"]].itertuples(index=False):
        open_band = bands and min(bands[-1][1], bands[-1][0] - bands[-1][1]) < fewest
        bands.append(_added(bands.pop(), n, events, predicted) if open_band else (n, events, predicted))
    while len(bands) > 1 and min(bands[-1][1], bands[-1][0] - bands[-1][1]) < fewest:
        last = bands.pop()
        bands.append(_added(bands.pop(), *last))
    found = pd.DataFrame(bands, columns=["n", "events", "predicted"]).astype({"n": int, "events": int})
    return observed(found)


def _added(band: tuple, n: int, events: int, predicted: float) -> tuple:
    return band[0] + n, band[1] + events, (band[0] * band[2] + n * predicted) / (band[0] + n)


def observed(table: pd.DataFrame) -> pd.DataFrame:
    """A table of bands (n, events, predicted) with the observed rate of each and its 95 % Wilson interval low, high."""
    around = [binomtest(e, n).proportion_ci(method="wilson") for e, n in zip(table.events, table.n, strict=True)]
    return table.assign(observed=table.events / table.n, low=[ci.low for ci in around], high=[ci.high for ci in around])


# Where Newton's method starts: the line and the shift of a perfect calibration, and no curve yet.
_START = {"line": np.array([0.0, 1.0]), "shift": np.zeros(1), "curve": None}


def _fitted(score, design, events, rows, start: dict) -> tuple[dict[str, float], dict]:
    """The figures of a tally at these scores (levels), and what was fitted, from which a resample's fit starts."""
    straight, flat = np.ascontiguousarray(design[:, :2]), np.zeros(len(score))
    line = _newton(straight, flat, events, rows, start["line"])
    shift = _newton(np.ones((len(score), 1)), straight[:, 1].copy(), events, rows, start["shift"])
    bent = start["curve"] if start["curve"] is not None else np.pad(line, (0, design.shape[1] - 2))
    curve = _newton(design, flat, events, rows, bent)
    figures = {
        "calibration_slope": line[1],
        "calibration_intercept": line[0],
        "calibration_in_the_large": shift[0],
        "ici": ranking.ratio(_distance(design, curve, rows, score), rows.sum()),
    }
    return figures, {"line": line, "shift": shift, "curve": curve}


def _knots(x: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Where the curve may bend: at quantiles of the rows or, where ties leave too few, of the different scores."""
    order = np.argsort(x)
    up_to = np.cumsum(rows[order]) / rows.sum()
    of_rows = np.unique(x[order][np.searchsorted(up_to, KNOTS)])
    return of_rows if len(of_rows) >= 3 else np.unique(np.quantile(x, KNOTS))


def _basis(x: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """1, x and the terms of a cubic spline that is straight beyond its outer knots: (levels x 2 or more).

    Harrell 2015, 2.4.5; with fewer than three knots, 1 and x alone.
    """
    columns = [np.ones(len(x)), x]
    if len(knots) >= 3:
        last, before = knots[-1], knots[-2]
        cubes = {knot: np.maximum(x - knot, 0) ** 3 for knot in knots}
        for knot in knots[:-2]:
            bend = cubes[knot] - (cubes[before] * (last - knot) - cubes[last] * (before - knot)) / (last - before)
            columns.append(bend / (last - knots[0]) ** 2)
    return np.stack(columns, axis=1)


@njit(nogil=True, cache=True)
def _distance(design, curve, rows, score):
    """How far the rows' scores lie from a curve, summed."""
    distance = 0.0
    for i in range(len(design)):
        total = 0.0
        for j in range(design.shape[1]):
            total += design[i, j] * curve[j]
        distance += rows[i] * abs(1 / (1 + np.exp(-total)) - score[i])
    return distance


@njit(nogil=True, cache=True)
def _newton(design, offset, events, rows, start):
    """The likeliest coefficients of a logistic regression, nan where the data settle none (one class, one score)."""
    terms = design.shape[1]
    found, undefined = start.copy(), np.full(terms, np.nan)
    if not 0 < events.sum() < rows.sum():
        return undefined
    for j in range(terms):
        found[j] = 0.0 if np.isnan(found[j]) else found[j]
    for _ in range(50):
        gradient, curvature = _likelihood(design, offset, events, rows, found)
        step = _solved(curvature, gradient)
        moved = 0.0  # in log-odds, whatever the terms' own scales
        for i in range(len(design)):
            by = 0.0
            for j in range(terms):
                by += design[i, j] * step[j]
            moved = max(moved, abs(by))
        if not moved < np.inf:
            return undefined
        found += step * min(1.0, 5.0 / max(moved, 1e-300))  # from a poor start a full step may overshoot
        if moved < 1e-7:  # the error is of the order of its square
            return found
    return undefined


@njit(nogil=True, cache=True)
def _likelihood(design, offset, events, rows, coefficients):
    """Gradient (terms,) and the lower half of the curvature (terms x terms) of the log-likelihood of a tally."""
    terms = design.shape[1]
    gradient, curvature = np.zeros(terms), np.zeros((terms, terms))
    for i in range(len(design)):
        if rows[i] > 0:  # a third of the levels are not in a resample
            total = offset[i]
            for j in range(terms):
                total += design[i, j] * coefficients[j]
            risk = 1 / (1 + np.exp(-total))
            over, spread = events[i] - rows[i] * risk, rows[i] * risk * (1 - risk)
            for j in range(terms):
                gradient[j] += over * design[i, j]
                for k in range(j + 1):
                    curvature[j, k] += spread * design[i, j] * design[i, k]
    return gradient, curvature


@njit(nogil=True, cache=True)
def _solved(lower, right):
    """The x of A x = right by Cholesky, A given by its lower half; nan where A is singular to twelve digits."""
    size = len(right)
    root, x = np.zeros((size, size)), right.copy()
    for j in range(size):
        for i in range(j, size):
            left = lower[i, j]
            for k in range(j):
                left -= root[i, k] * root[j, k]
            if i > j:
                root[i, j] = left / root[j, j]
            elif left > 1e-12 * lower[j, j]:
                root[j, j] = np.sqrt(left)
            else:
                return np.full(size, np.nan)
    for j in range(size):
        for k in range(j):
            x[j] -= root[j, k] * x[k]
        x[j] /= root[j, j]
    for j in range(size - 1, -1, -1):
        for k in range(j + 1, size):
            x[j] -= root[k, j] * x[k]
        x[j] /= root[j, j]
    return x
