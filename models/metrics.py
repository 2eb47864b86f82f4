"""How well a model ranks, calibrates and serves a service of limited capacity, with intervals.

Every figure is computed from a tally of rows and events at each distinct score (models.ranking). Checked
against R (rms, pROC), dcurves and scikit-learn in tests/unit/test_metrics.py.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numba import njit
from scipy.special import logit
from scipy.stats import binomtest

from features.errors import InputError
from models import ranking
from models.ranking import Ranking
from models.resampling import figure, number, resample

EDGE = 1e-15  # a probability of exactly 0 or 1 has no log-odds


class Line(NamedTuple):
    """Calibration on the log-odds: a line, and the intercept where the slope is held at 1."""

    slope: float
    intercept: float
    in_the_large: float


PERFECT = Line(1.0, 0.0, 0.0)


def evaluate(y, p, groups, capacity: int, dates, *, resamples: int = 200, seed: int = 0) -> dict:
    """The figures of a model on rows it has not seen, ready for JSON.

    `y` (rows) truth, `p` (rows) calibrated probability, `groups` (rows) what is resampled whole (households),
    `dates` (rows) as-of date, `capacity` how many the service can see at each date. Returns n, events, groups,
    capacity; {"value", "low", "high"} for each of auc, average_precision, calibration_slope, calibration_intercept
    (of the same line), calibration_in_the_large (intercept with the slope held at 1), o_e, brier, base_rate,
    precision_at_capacity and recall_at_capacity (pooled over dates, ties counted at their expectation); and
    "by_date" with the plain values. A figure that is undefined is None. Raises InputError without a row.
    """
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    if not len(y):
        raise InputError("metrics: there is no row to judge the model on; check the test dates and the cohort")
    codes, days = pd.factorize(pd.Series(dates), sort=True)
    overall, dated, draws = Ranking(y, p), Ranking(y, p, codes), resample(groups, resamples, seed)

    def figures(weights=None, near: Line = PERFECT) -> dict[str, float]:
        return _figures(*overall(weights), overall.score, near) | _pooled(dated, capacity, weights)

    value = figures()
    near = Line(value["calibration_slope"], value["calibration_intercept"], value["calibration_in_the_large"])
    drawn = pd.DataFrame(draws.each(lambda weights: figures(weights, near)))
    return {
        "n": len(y),
        "events": int(y.sum()),
        "groups": draws.drawn.shape[1],
        "capacity": capacity,
        **{name: figure(of, drawn[name]) for name, of in value.items()},
        "by_date": [_at_date(day, y[codes == i], p[codes == i], capacity) for i, day in enumerate(days)],
    }


def auc(y, p) -> float:
    """Area under the ROC curve: how often an event scores above a non-event, ties counting half.

    >>> auc([0, 1, 1, 0], [0.1, 0.9, 0.4, 0.4])
    0.875
    """
    return ranking.auc(*Ranking(y, p)())


def average_precision(y, p) -> float:
    """Precision averaged over the events found, taking tied rows together.

    >>> round(average_precision([0, 1, 1, 0], [0.1, 0.9, 0.4, 0.4]), 4)
    0.8333
    """
    return ranking.average_precision(*Ranking(y, p)())


def calibration(y, p) -> dict[str, float]:
    """Calibration of probabilities: slope and intercept of the logistic regression of y on logit(p); in_the_large.

    `in_the_large` is the intercept with the slope held at 1; `o_e` observed over expected events (Van Calster et al.
    2019, BMC Medicine 17:230).
    """
    tally = Ranking(y, p)
    events, rows = tally()
    return _calibration(events, rows, tally.score)._asdict() | {"o_e": ranking.ratio(events.sum(), rows @ tally.score)}


def at_capacity(y, p, dates, capacity: int) -> dict[str, float]:
    """Precision and recall when the `capacity` highest scores of each date are seen, pooled over dates.

    Rows that tie for the last places are counted at their expectation under a fair draw.

    >>> at_capacity([1, 0, 1], [0.9, 0.5, 0.5], ["2020-01-01"] * 3, 2)
    {'precision_at_capacity': 0.75, 'recall_at_capacity': 0.75}
    """
    return by_length(y, p, dates, [capacity]).iloc[0].to_dict()


def by_length(y, p, dates, lengths: list[int]) -> pd.DataFrame:
    """`at_capacity` of lists of each of these lengths: one row each, precision_at_capacity and recall_at_capacity."""
    tally = Ranking(y, p, pd.factorize(pd.Series(dates), sort=True)[0])
    return pd.DataFrame([_pooled(tally, length) for length in lengths], index=lengths)


def flagged(p, dates, capacity: int) -> np.ndarray:
    """The chance (rows, 0 to 1) that each row is among the `capacity` highest scores of its date.

    >>> flagged([0.9, 0.5, 0.5, 0.1], ["2020-01-01"] * 4, 2).tolist()
    [1.0, 0.5, 0.5, 0.0]
    """
    tally = Ranking(np.zeros(len(p)), p, pd.factorize(pd.Series(dates), sort=True)[0])
    return tally.seen(tally()[1], capacity)[tally.level]


def net_benefit(y, p, thresholds) -> pd.DataFrame:
    """Decision curve: the net benefit of seeing those at or above each threshold, of seeing all, and of seeing none.

    In events found per row, a needless visit costing threshold / (1 - threshold) of an event found (Vickers and
    Elkin 2006, Medical Decision Making 26:565). Returns threshold, model, all, none.
    """
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    rows = []
    for threshold in thresholds:
        odds, seen = threshold / (1 - threshold), p >= threshold
        rows.append(
            (threshold, (y[seen].sum() - (1 - y[seen]).sum() * odds) / len(y), y.mean() - (1 - y.mean()) * odds, 0.0)
        )
    return pd.DataFrame(rows, columns=["threshold", "model", "all", "none"])


def reliability(y, p, bins: int = 10) -> pd.DataFrame:
    """Predicted and observed risk in bins of about equally many rows, lowest scores first; tied scores stay together.

    Returns n, events, predicted (mean), observed (rate), and the observed rate's 95 % Wilson interval low, high.
    """
    table = pd.DataFrame({"p": np.asarray(p, dtype=float), "y": np.asarray(y, dtype=float)})
    bin_of = pd.qcut(table.p, bins, labels=False, duplicates="drop").fillna(0)
    table = table.groupby(bin_of).agg(
        n=("y", "size"), events=("y", "sum"), predicted=("p", "mean"), observed=("y", "mean")
    )
    table = table.astype({"events": int}).reset_index(drop=True)
    around = [binomtest(e, n).proportion_ci(method="wilson") for e, n in zip(table.events, table.n, strict=True)]
    return table.assign(low=[ci.low for ci in around], high=[ci.high for ci in around])


def _figures(events: np.ndarray, rows: np.ndarray, score: np.ndarray, near: Line = PERFECT) -> dict[str, float]:
    line = _calibration(events, rows, score, near)
    total = rows.sum()
    return {
        "auc": ranking.auc(events, rows),
        "average_precision": ranking.average_precision(events, rows),
        "calibration_slope": line.slope,
        "calibration_intercept": line.intercept,
        "calibration_in_the_large": line.in_the_large,
        "o_e": ranking.ratio(events.sum(), ranking.dot(rows, score)),
        "brier": ranking.ratio(ranking.dot(events, 1 - 2 * score) + ranking.dot(rows, score**2), total),
        "base_rate": ranking.ratio(events.sum(), total),
    }


def _calibration(events: np.ndarray, rows: np.ndarray, score: np.ndarray, near: Line = PERFECT) -> Line:
    """By Newton's method from a line nearby; nan where the data settle none (one class, one score)."""
    x = logit(np.clip(score, EDGE, 1 - EDGE))
    intercept, slope = _newton(x, events, rows, near.intercept, near.slope, free=2)
    return Line(slope, intercept, _newton(x, events, rows, near.in_the_large, 1.0, free=1)[0])


def _newton(x, events, rows, intercept: float, slope: float, free: int) -> np.ndarray:
    """(intercept, slope) of the likeliest line; the slope is held where only 1 of them is free."""
    undefined = np.full(2, np.nan)
    if not 0 < events.sum() < rows.sum():
        return undefined
    line = np.nan_to_num([intercept, slope])
    for _ in range(50):
        gradient, curvature = _likelihood(x, events, rows, *line)
        gradient, curvature = gradient[:free], curvature[:free, :free]
        if not np.linalg.cond(curvature) < 1e12:
            return undefined
        step = np.linalg.solve(curvature, gradient)
        step *= min(1.0, 5.0 / max(np.abs(step).max(), 1e-300))  # from a poor start a full step may overshoot
        line[:free] += step
        if np.abs(step).max() < 1e-7:  # the error is of the order of its square
            return line
    return undefined


@njit(nogil=True, cache=True)
def _likelihood(x, events, rows, intercept, slope):
    """Gradient (2,) and curvature (2, 2) of the log-likelihood of a line on the log-odds x, (levels,)."""
    gradient, curvature = np.zeros(2), np.zeros((2, 2))
    for i in range(len(x)):
        if rows[i] > 0:  # a third of the levels are not in a resample
            risk = 1 / (1 + np.exp(-(intercept + slope * x[i])))
            over, spread = events[i] - rows[i] * risk, rows[i] * risk * (1 - risk)
            gradient[0] += over
            gradient[1] += over * x[i]
            curvature[0, 0] += spread
            curvature[0, 1] += spread * x[i]
            curvature[1, 1] += spread * x[i] * x[i]
    curvature[1, 0] = curvature[0, 1]
    return gradient, curvature


def _pooled(tally: Ranking, capacity: float, weights=None) -> dict[str, float]:
    events, rows = tally(weights)
    share = tally.seen(rows, capacity)
    return {
        "precision_at_capacity": ranking.ratio(found := ranking.dot(share, events), ranking.dot(share, rows)),
        "recall_at_capacity": ranking.ratio(found, events.sum()),
    }


def _at_date(day, y, p, capacity: int) -> dict:
    plain = _figures(*(tally := Ranking(y, p))(), tally.score) | _pooled(tally, capacity)
    wanted = ("auc", "average_precision", "o_e", "precision_at_capacity", "recall_at_capacity")
    return {
        "as_of": str(pd.Timestamp(day).date()),
        "n": len(y),
        "events": int(y.sum()),
        **{name: number(plain[name]) for name in wanted},
    }
