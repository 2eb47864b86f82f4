"""How well a model ranks, calibrates and serves a service of limited capacity, with intervals.

Every figure is computed from a tally of rows and events at each distinct score (models.ranking). Checked against R
(rms, pROC) and scikit-learn in tests/unit/test_metrics.py.
"""

import numpy as np
import pandas as pd

from features.errors import InputError
from models import ranking
from models.capacity import listed, pooled, shares, shares_drawn, ties
from models.ranking import Ranking
from models.reliability import Calibration
from models.resampling import Resamples, band_left_open, figure, interval, number, resample

FEWEST = 10  # events behind a point of a curve
MOST_LISTS = 12  # told one by one; beyond that, by calendar year
OF_A_PERIOD = ("auc", "average_precision", "o_e", "precision_at_capacity", "recall_at_capacity")


def evaluate(y, p, groups, capacity: int, lists, *, resamples: int = 200, seed: int = 0) -> dict:
    """The figures of a model on rows it has not seen, ready for JSON.

    `y` (rows) truth, `p` (rows) calibrated probability, `groups` (rows) what is resampled whole (households),
    `lists` (rows) the day of the list each row competes on, `capacity` how many of each list the service can see.
    Returns n, events, groups, capacity; {"value", "low", "high"} for each of auc, average_precision,
    calibration_slope, calibration_intercept, calibration_in_the_large, ici (`models.reliability.Calibration`), o_e,
    brier, base_rate, precision_at_capacity and recall_at_capacity (pooled over lists, ties counted at their
    expectation); "ties": the last two at their worst and best; and "by_date" with the values of each list or, of more
    than 12 lists, of each calendar year, and of each its {"low", "high"} under "intervals". A figure that is undefined
    is None. Raises InputError without a row.
    """
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    if not len(y):
        raise InputError("metrics: there is no row to judge the model on; check the test dates and the cohort")
    draws, of, periods = resample(groups, resamples, seed), _Figures(y, p, lists, capacity), _Periods(y, p, lists)
    each = draws.each(lambda weights: (of(weights), periods(capacity, weights)))
    value, drawn = of(), pd.DataFrame([of_all for of_all, _ in each]).to_dict("series")
    sizes = np.unique(lists, return_counts=True)[1]
    drawn |= shares_drawn(value, drawn, sizes, int(y.sum()), capacity, seed)
    return {
        "n": len(y),
        "events": int(y.sum()),
        "groups": draws.drawn.shape[1],
        "capacity": capacity,
        **{name: figure(value, drawn[name]) for name, value in value.items()},
        "ties": ties(y, p, lists, capacity),
        "by_date": periods.told(capacity, np.stack([of_each for _, of_each in each]), seed),
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


def precision_recall(y, p, points: int = 200, draws: Resamples | None = None) -> pd.DataFrame:
    """The curve of precision over recall, as a list of everybody grows from the highest score: recall, precision.

    At most about this many points, evenly spaced in recall, from the list on that finds ten events: no point tells of
    a few. With `draws` of the rows, precision_low and precision_high say how precise a list down to the same score
    might have been.
    """
    tally = Ranking(y, p)
    events, rows = (np.cumsum(tallied) for tallied in tally())
    curve = pd.DataFrame({"recall": events / events[-1], "precision": events / rows})[events >= FEWEST]
    curve = curve.assign(level=curve.index).groupby((curve["recall"] * points).round(), sort=True).first()
    levels, curve = curve.pop("level").to_numpy(), curve.reset_index(drop=True)

    def precision(weights: np.ndarray) -> np.ndarray:
        found, seen = (np.cumsum(of)[levels] for of in tally(weights))
        return np.divide(found, seen, out=np.full(len(levels), np.nan), where=seen > 0)

    if draws is None:
        return curve
    drawn = np.stack(draws.each(precision))
    return curve.join(band_left_open(curve["precision"], drawn, rows[levels], "precision"))


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


class _Periods:
    """The figures of each list or, of many lists, of those of each calendar year: rows as they are, or weighted."""

    def __init__(self, y, p, lists):
        codes, days = pd.factorize(pd.Series(lists), sort=True)
        told = [str(pd.Timestamp(day).date())[: 10 if len(days) <= MOST_LISTS else 4] for day in days]
        of_list, self._names = pd.factorize(np.array(told))  # days are in order, and so are periods
        self._period, self._y, self._lists = of_list[codes], y, codes
        self._listed = listed(y, p, lists)
        self._ranked = self._listed if len(told) == len(self._names) else Ranking(y, p, self._period)
        ends = np.arange(1, len(self._names))
        self._of_listed = np.searchsorted(of_list[self._listed.date], ends)  # where a period ends among the levels
        self._of_ranked = np.searchsorted(self._ranked.date, ends)

    def __call__(self, capacity: int, weights=None) -> np.ndarray:
        """(periods x OF_A_PERIOD)"""
        events, rows = self._listed(weights)
        on_lists = (events, rows, self._listed.seen(rows, capacity))
        ranked = (events, rows) if self._ranked is self._listed else self._ranked(weights)
        parts = zip(
            zip(*(np.split(of, self._of_listed) for of in on_lists), strict=True),
            zip(*(np.split(of, self._of_ranked) for of in (*ranked, self._ranked.score)), strict=True),
            strict=True,
        )
        return np.array([self._figures(of_lists, of_all) for of_lists, of_all in parts])

    @staticmethod
    def _figures(on_lists: tuple, of_all: tuple) -> list[float]:
        events, rows, score = of_all
        found = {
            "auc": ranking.auc(events, rows),
            "average_precision": ranking.average_precision(events, rows),
            "o_e": ranking.ratio(events.sum(), ranking.dot(rows, score)),
            **shares(*on_lists),
        }
        return [found[name] for name in OF_A_PERIOD]

    def told(self, capacity: int, drawn: np.ndarray, seed: int) -> list[dict]:
        """One record for each period, ready for JSON; `drawn` is (resamples x periods x OF_A_PERIOD)."""
        found = []
        for place, (name, values) in enumerate(zip(self._names, self(capacity), strict=True)):
            of_it = self._period == place
            value = dict(zip(OF_A_PERIOD, values, strict=True))
            chance = dict(zip(OF_A_PERIOD, drawn[:, place].T, strict=True))
            sizes, events = np.unique(self._lists[of_it], return_counts=True)[1], int(self._y[of_it].sum())
            chance |= shares_drawn(value, chance, sizes, events, capacity, [seed, place])
            found.append(
                {"as_of": str(name), "n": int(of_it.sum()), "events": events}
                | {"flagged": int(np.minimum(sizes, capacity).sum())}
                | {figure_: number(of) for figure_, of in value.items()}
                | {"intervals": {figure_: interval(of) for figure_, of in chance.items()}}
            )
        return found
