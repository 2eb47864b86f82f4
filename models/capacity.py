"""What a service of limited capacity gets from scores: who is on its lists, how many are right, and what that is worth.

A list is what competes for the same places: the pairs of one as-of date or, where events trigger the question, of one
month. Checked against dcurves and R, and against every draw of tied rows, in tests/unit/test_capacity.py.
"""

import numpy as np
import pandas as pd

from models import ranking
from models.ranking import Ranking
from models.resampling import Resamples, band, band_left_open, left_open, number

BANDS = ("within capacity", "next in line", "not on the list")  # of a list


def bands(place, capacity: int) -> np.ndarray:
    """The band of each place on a list, 1 the first: within capacity, within three times as many, or beyond.

    >>> bands([10, 11, 31], 10).tolist()
    ['within capacity', 'next in line', 'not on the list']
    """
    place = np.asarray(place)
    return np.select([place <= capacity, place <= 3 * capacity], BANDS[:2], BANDS[2])


def listed(y, p, lists) -> Ranking:
    """Rows tallied at each distinct score of each list; `lists` (rows) says which one each row is on."""
    return Ranking(y, p, pd.factorize(pd.Series(lists), sort=True)[0])


def pooled(tally: Ranking, capacity: float, weights=None) -> dict[str, float]:
    """`at_capacity` of a tally of `listed`, of its rows as they are or weighted."""
    events, rows = tally(weights)
    return shares(events, rows, tally.seen(rows, capacity))


def shares(events: np.ndarray, rows: np.ndarray, seen: np.ndarray) -> dict[str, float]:
    """Precision and recall of seeing this share of each level of a tally of `listed`."""
    return {
        "precision_at_capacity": ranking.ratio(found := ranking.dot(seen, events), ranking.dot(seen, rows)),
        "recall_at_capacity": ranking.ratio(found, events.sum()),
    }


def shares_drawn(told: dict, drawn: dict, sizes, events: int, capacity: int, seed) -> dict[str, np.ndarray]:
    """The draws of both, {name: (resamples,)}, left open where they are 0 or 1 (`models.resampling.left_open`).

    `told` holds the figures themselves, `sizes` (lists) how many compete on each list, and `events` is of all of them.
    """
    rests_on = {"precision_at_capacity": np.minimum(sizes, capacity).sum(), "recall_at_capacity": events}
    return {
        name: left_open(told[name], np.asarray(drawn[name]), n, np.append(seed, place))
        for place, (name, n) in enumerate(rests_on.items())
    }


def at_capacity(y, p, lists, capacity: int) -> dict[str, float]:
    """Precision and recall when the `capacity` highest scores of each list are seen, pooled over lists.

    Rows that tie for the last places are counted at their expectation under a fair draw.

    >>> at_capacity([1, 0, 1], [0.9, 0.5, 0.5], ["2020-01-01"] * 3, 2)
    {'precision_at_capacity': 0.75, 'recall_at_capacity': 0.75}
    """
    return pooled(listed(y, p, lists), capacity)


def ties(y, p, lists, capacity: int) -> dict[str, dict[str, float | None]]:
    """The same two figures if, of rows that tie for the last places, the worst are seen, or the best.

    >>> ties([1, 0, 1], [0.9, 0.5, 0.5], ["2020-01-01"] * 3, 2)["recall_at_capacity"]
    {'worst': 0.5, 'best': 1.0}
    """
    tally = listed(y, p, lists)
    events, rows = tally()
    places = tally.seen(rows, capacity) * rows
    found = {"worst": np.maximum(places - (rows - events), 0).sum(), "best": np.minimum(places, events).sum()}
    of = {"precision_at_capacity": places.sum(), "recall_at_capacity": events.sum()}
    return {name: {how: number(ranking.ratio(n, under)) for how, n in found.items()} for name, under in of.items()}


def by_length(y, p, lists, lengths: list[int], draws: Resamples | None = None) -> pd.DataFrame:
    """`at_capacity` of lists of each of these lengths: one row each, precision_at_capacity and recall_at_capacity.

    With `draws` of the rows, each has its interval beside it: precision_low, precision_high, recall_low, recall_high.
    """
    tally = listed(y, p, lists)
    ends = np.searchsorted(tally.date, np.arange(1, tally.date.max(initial=0) + 1))

    def at_lengths(weights=None) -> np.ndarray:  # (precision, recall) x lengths
        events, rows = tally(weights)
        found, seen = np.zeros(len(lengths)), np.zeros(len(lengths))
        for of_list in zip(np.split(events, ends), np.split(rows, ends), strict=True):
            e, r = (np.append(0, of.cumsum()) for of in of_list)
            found += np.interp(lengths, r, e)  # of rows that tie, as many events as a fair draw gives
            seen += np.minimum(lengths, r[-1])
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.stack([found / seen, found / events.sum()])

    curve = pd.DataFrame(at_lengths().T, columns=["precision_at_capacity", "recall_at_capacity"], index=lengths)
    if draws is None:
        return curve
    of_precision, of_recall = np.stack(draws.each(at_lengths), axis=1)
    sizes = pd.Series(lists).value_counts().to_numpy()
    seen = [np.minimum(sizes, length).sum() for length in lengths]
    told = [
        band_left_open(curve["precision_at_capacity"], of_precision, seen, "precision"),
        band(of_recall, "recall"),
    ]
    return curve.join(pd.concat(told, axis=1).set_axis(lengths))


def shortened(capacity: int, part, lists) -> int:
    """The capacity of lists that hold a `part` of their rows, as much shorter as they are themselves on average.

    `part` and `lists` (rows) say which list each row is on. A list that is missing makes no other list shorter.

    >>> shortened(20, ["May"] * 30 + ["June"] * 30, ["May"] * 60 + ["June"] * 60 + ["July"] * 60)
    10
    """
    per_list = [len(of) / pd.Series(of).nunique() for of in (part, lists)]
    return max(1, round(capacity * per_list[0] / per_list[1]))


def flagged(p, lists, capacity: float) -> np.ndarray:
    """The chance (rows, 0 to 1) that each row is among the `capacity` highest scores of its list.

    >>> flagged([0.9, 0.5, 0.5, 0.1], ["2020-01-01"] * 4, 2).tolist()
    [1.0, 0.5, 0.5, 0.0]
    """
    tally = listed(np.zeros(len(p)), p, lists)
    return tally.seen(tally()[1], capacity)[tally.level]


def benefit(events: np.ndarray, rows: np.ndarray, seen: np.ndarray, threshold: float) -> float:
    """Net benefit, per row, of seeing this share of each level of a tally; see `net_benefit`."""
    found, visits = ranking.dot(events, seen), ranking.dot(rows, seen)
    return ranking.ratio(found - (visits - found) * threshold / (1 - threshold), rows.sum())


def net_benefit(y, p, thresholds, draws: Resamples | None = None) -> pd.DataFrame:
    """Decision curve: the net benefit of seeing those at or above each threshold, of seeing all, and of seeing none.

    In events found per row, a needless visit costing threshold / (1 - threshold) of an event found (Vickers and
    Elkin 2006, Medical Decision Making 26:565). Returns threshold, model, all, none and, with `draws` of the rows, the
    interval of the model: model_low, model_high.
    """
    tally, at = Ranking(y, p), np.asarray(thresholds, dtype=float)
    levels = np.searchsorted(-tally.score, -at, side="right")  # how many levels are at or above each threshold

    def of_model(weights=None) -> np.ndarray:
        events, rows = (np.append(0, of.cumsum()) for of in tally(weights))
        found, visits = events[levels], rows[levels]
        return (found - (visits - found) * at / (1 - at)) / rows[-1]

    (events, rows), everybody = tally(), np.ones(len(tally.score))
    curve = pd.DataFrame({"threshold": at, "model": of_model()})
    curve = curve.assign(all=[benefit(events, rows, everybody, of) for of in at], none=0.0)
    return curve if draws is None else curve.join(band(np.stack(draws.each(of_model)), "model"))
