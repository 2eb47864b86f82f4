"""How well a model ranks, calibrates and serves a service of limited capacity, with intervals.

Every figure is computed from a tally of rows and events at each distinct score (models.ranking). Checked against R
(rms, pROC) and scikit-learn in tests/unit/test_metrics.py.
"""

import numpy as np
import pandas as pd

from features.errors import InputError
from models import ranking
from models.capacity import listed, pooled, ties
from models.ranking import Ranking
from models.reliability import Calibration
from models.resampling import figure, number, resample

FEWEST = 10  # events behind a point of a curve
MOST_LISTS = 12  # told one by one; beyond that, by calendar year


def evaluate(y, p, groups, capacity: int, lists, *, resamples: int = 200, seed: int = 0) -> dict:
    """The figures of a model on rows it has not seen, ready for JSON.

    `y` (rows) truth, `p` (rows) calibrated probability, `groups` (rows) what is resampled whole (households),
    `lists` (rows) the day of the list each row competes on, `capacity` how many of each list the service can see.
    Returns n, events, groups, capacity; {"value", "low", "high"} for each of auc, average_precision,
    calibration_slope, calibration_intercept, calibration_in_the_large, ici (`models.reliability.Calibration`), o_e,
    brier, base_rate, precision_at_capacity and recall_at_capacity (pooled over lists, ties counted at their
    expectation); "ties": the last two at their worst and best; and "by_date" with plain values for each list or, of
    more than 12 lists, for each calendar year. A figure that is undefined is None. Raises InputError without a row.
    """
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    if not len(y):
        raise InputError("metrics: there is no row to judge the model on; check the test dates and the cohort")
    draws, of = resample(groups, resamples, seed), _Figures(y, p, lists, capacity)
    drawn = pd.DataFrame(draws.each(of))
    return {
        "n": len(y),
        "events": int(y.sum()),
        "groups": draws.drawn.shape[1],
        "capacity": capacity,
        **{name: figure(value, drawn[name]) for name, value in of().items()},
        "ties": ties(y, p, lists, capacity),
        "by_date": _by_date(y, p, lists, capacity),
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


def precision_recall(y, p, points: int = 200) -> pd.DataFrame:
    """The curve of precision over recall, as a list of everybody grows from the highest score: recall, precision.

    At most about this many points, evenly spaced in recall, from the list on that finds ten events: no point tells of
    a few.
    """
    events, rows = (np.cumsum(tallied) for tallied in Ranking(y, p)())
    curve = pd.DataFrame({"recall": events / events[-1], "precision": events / rows})[events >= FEWEST]
    return curve.groupby((curve["recall"] * points).round(), sort=True).first().reset_index(drop=True)


class _Figures:
    """All figures of some scores, of their rows as they are or weighted."""

    def __init__(self, y, p, lists, capacity: int):
        self._tally, self._calibration = Ranking(y, p), Calibration(y, p)
        self._listed, self._capacity = listed(y, p, lists), capacity

    def __call__(self, weights=None) -> dict[str, float]:
        (events, rows), score = self._tally(weights), self._tally.score
        total = rows.sum()
        return {
            "auc": ranking.auc(events, rows),
            "average_precision": ranking.average_precision(events, rows),
            **self._calibration(weights),
            "o_e": ranking.ratio(events.sum(), ranking.dot(rows, score)),
            "brier": ranking.ratio(ranking.dot(events, 1 - 2 * score) + ranking.dot(rows, score**2), total),
            "base_rate": ranking.ratio(events.sum(), total),
            **pooled(self._listed, self._capacity, weights),
        }


def _by_date(y: np.ndarray, p: np.ndarray, lists, capacity: int) -> list[dict]:
    """Plain figures of each list, or of the lists of each year: "as_of" is the day of the list, or the year."""
    codes, days = pd.factorize(pd.Series(lists), sort=True)
    told = [str(pd.Timestamp(day).date())[: 10 if len(days) <= MOST_LISTS else 4] for day in days]
    period = np.array(told)[codes]
    return [_at_date(name, *(of[period == name] for of in (y, p, codes)), capacity) for name in np.unique(period)]


def _at_date(name: str, y, p, lists, capacity: int) -> dict:
    plain = _Figures(y, p, lists, capacity)()
    wanted = ("auc", "average_precision", "o_e", "precision_at_capacity", "recall_at_capacity")
    sizes = np.unique(lists, return_counts=True)[1]
    return {
        "as_of": str(name),
        "n": len(y),
        "events": int(y.sum()),
        "flagged": int(np.minimum(sizes, capacity).sum()),
        **{key: number(plain[key]) for key in wanted},
    }
