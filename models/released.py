"""What of a run's figures may leave, into metrics/, plots and MLflow: `models.disclosure` applied to numbers.

The evidence under data/ stays exact. What leaves must still be numbers that DVC and MLflow can compare, so a count is
the nearest 5 and what may not be told is None, an empty cell, or a point that is not on the curve.
"""

import math

import numpy as np
import pandas as pd

from models import disclosure
from models.reliability import joined, observed

WITHHELD = {"value": None, "low": None, "high": None}
DIGITS = 4  # of a rate or an AUC: more would tell how many residents, or pairs of them, it was counted over
FEWEST = 10  # events, and others, in a band of scores: none is small, and its rate says something


def on_lists(measured: dict) -> float:
    """How many are on the lists that `models.metrics.evaluate` judged."""
    return sum(date["flagged"] for date in measured["by_date"])


def found_on_lists(measured: dict) -> float:
    """How many of those listed have the event; figures are rounded, and so is this."""
    precision = measured["precision_at_capacity"]["value"]
    return 0.0 if precision is None else round(precision * on_lists(measured), 2)


def whole(n: float) -> int | None:
    """A count to the nearest 5, None where it is small.

    >>> [whole(n) for n in (0, 3, 8, 1234)]
    [0, None, 10, 1235]
    """
    told = disclosure.count(n)
    return None if told == disclosure.SUPPRESSED else int(told.replace(",", ""))


def figures(measured: dict) -> dict[str, dict]:
    """Each figure with an interval of what `models.metrics.evaluate` gives, None where it rests on a small number."""
    n, events, right = measured["n"], measured["events"], found_on_lists(measured)
    few = {
        "precision_at_capacity": disclosure.too_few(right, max(on_lists(measured), right)),
        "recall_at_capacity": disclosure.too_few(right, max(events, right)),
    }
    of_all = disclosure.too_few(events, n)
    told = {name: value for name, value in measured.items() if isinstance(value, dict) and "value" in value}
    if "base_rate" in told and not of_all:  # with the number of rows it would tell that of the events
        told["base_rate"] = told["base_rate"] | {"value": round(whole(events) / whole(n), DIGITS)}
    return {name: WITHHELD if of_all or few.get(name) else value for name, value in told.items()}


def worth(measured: dict) -> dict[str, dict | None]:
    """The same of what test.json says the lists are worth: lift, net_benefit, newly_found and value."""
    few = _few(measured["figures"])
    new, value = (measured[name] for name in ("newly_found", "value"))
    hidden = new and _new_is_few(new, measured["figures"])
    return {
        "lift": than(measured, "rule", measured["lift"]),
        "net_benefit": None if few else measured["net_benefit"],
        "newly_found": new
        and {
            "listed": WITHHELD if hidden["listed"] else _counted(new["listed"]),
            "found": WITHHELD if few or hidden["found"] else _counted(new["found"]),
            "share_of_found": WITHHELD if few or hidden["found"] else new["share_of_found"],
        },
        "value": None if few or value is None else value | {"over_rule": than(measured, "rule", value["over_rule"])},
    }


def _new_is_few(new: dict, measured: dict) -> dict[str, bool]:
    """Whether few of those listed, and of those found, are new, or few are not: either gives the other away."""
    of = {"listed": on_lists(measured), "found": found_on_lists(measured)}
    told = {name: new[name]["value"] for name in of}
    return {name: n is None or disclosure.too_few(n, max(of[name], n)) for name, n in told.items()}


def headroom(found: dict, measured: dict) -> dict:
    """What `models.headroom` gives, to four digits, None where the AUC of `measured` rests on a small number."""
    few = figures(measured)["auc"] == WITHHELD
    return {name: _told(of, few) for name, of in found.items()}


def than(measured: dict, other: str, lift: dict | None) -> dict | None:
    """How far the chosen model of test.json is ahead of another candidate, None where the list of either rests on few:
    of two lists and what lies between them, any two give the third away."""
    lists = (measured["figures"], measured["candidates"].get(other))
    return None if any(of and _few(of) for of in lists) else lift


def agencies(found: dict, measured: dict) -> dict:
    """agencies.json without its AUC, where that of `measured` rests on a small number."""
    if figures(measured)["auc"] != WITHHELD:
        return found

    def hidden(of: dict) -> dict:
        return of | {name: of[name] and WITHHELD for name in ("auc_without", "lost")}

    every = [hidden(of) for of in found["agencies"]]
    return found | {"whole": WITHHELD, "agencies": every, "every": hidden(found["every"])}


def precision_lost(agencies: dict, measured: dict) -> list[dict | None]:
    """The right flags lost without each agency of agencies.json, None where one of the two lists rests on few.

    `measured` says, as `models.metrics.evaluate`, how many are listed.
    """
    whole, places = agencies["whole_precision"]["value"], on_lists(measured)

    def few(lost: float | None) -> bool:
        rates = [rate for rate in (whole, None if lost is None else whole - lost) if rate is not None]
        return any(disclosure.too_few(round(rate * places, 2), places) for rate in rates)

    every = [of["precision_lost"] for of in agencies["agencies"]]
    return [None if of is None or whole is None or few(of["value"]) else of for of in every]


def bands(table: pd.DataFrame) -> pd.DataFrame:
    """Bands of score of `models.reliability.reliability`, joined until none is small: n, events, predicted, observed,
    low, high.

    Counts are to the nearest 5 and rates are theirs: exact ones, summed and taken from a group's total, would tell of
    the groups that are hidden. No row is left where all bands together hold fewer than ten events or others.
    """
    together = joined(table, FEWEST)
    if (np.minimum(together["events"], together["n"] - together["events"]) < FEWEST).any():
        together = together.iloc[:0]
    counts = {name: together[name].map(whole).astype(int) for name in ("n", "events")}
    return observed(together[["n", "events", "predicted"]].assign(**counts)).round(DIGITS)


def apart(
    found: np.ndarray, others: np.ndarray, events: float, rest: float, first: list[int] | None = None
) -> np.ndarray:
    """Which points of a curve may be shown: no two of them, nor the ends, are a small number of people apart.

    `found` and `others` (points) are how many with and without the event each point takes in, of `events` and `rest`
    in all; those of `first` are taken before any other, in their order. Returns their places, ascending.

    >>> apart(np.array([2, 8, 9, 20]), np.array([0, 10, 11, 30]), 40, 100).tolist()
    [1, 3]
    """
    points = np.stack([found, others], axis=1).astype(float)
    kept, shown = [], [np.zeros(2), np.array([events, rest], dtype=float)]
    for place in dict.fromkeys([*(first or []), *range(len(points))]):
        steps = np.abs(points[place] - np.array(shown))
        if not ((steps > 1e-6) & (steps < disclosure.SMALLEST_SHOWN - 1e-6)).any():
            kept.append(place)
            shown.append(points[place])
    return np.sort(np.array(kept, dtype=int))


def precision_recall(curve: pd.DataFrame, events: int, rows: int) -> pd.DataFrame:
    """The points of `models.metrics.precision_recall` that may be shown."""
    found = curve["recall"].to_numpy() * events
    return curve.iloc[apart(found.round(6), (found / curve["precision"] - found).round(6), events, rows - events)]


def by_length(curve: pd.DataFrame, sizes, events: int, rows: int, first: list[int]) -> pd.DataFrame:
    """The rows of `models.capacity.by_length` that may be shown; `sizes` (lists) is how many compete on each list.

    The rows of the lengths `first` are kept rather than others.
    """
    listed = np.array([np.minimum(sizes, length).sum() for length in curve.index])
    found = curve["recall_at_capacity"].to_numpy() * events
    at = [curve.index.get_loc(length) for length in first if length in curve.index]
    return curve.iloc[apart(found.round(6), (listed - found).round(6), events, rows - events, at)]


def net_benefit(curve: pd.DataFrame, rows: int) -> pd.DataFrame:
    """A decision curve to as many digits as leave several residents between two values of it."""
    digits = max(1, math.floor(math.log10(max(rows, 10))))
    return curve.round({name: digits for name in curve.columns if name != "threshold"})


def _few(measured: dict) -> bool:
    return figures(measured)["precision_at_capacity"]["value"] is None


def _counted(of: dict) -> dict[str, int | None]:
    return {end: None if n is None else whole(n) for end, n in of.items()}


def _told(of: dict, few: bool) -> dict:
    """Figures with intervals at any depth."""
    if "value" not in of:
        return {name: _told(inner, few) for name, inner in of.items()}
    return WITHHELD if few else {end: None if x is None else round(x, DIGITS) for end, x in of.items()}
