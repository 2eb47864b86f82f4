"""Whether a run holds together: its dates, its feeds, its residents and its figures, each looked at by itself.

Pure arithmetic of what other stages made. What is found here is a fault of data or of the line, not a weakness of the
model, so nothing of it is a matter of degree that a service could accept.
"""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from features import timing
from features.specs import LINKED, NO_AGENCY
from models.disclosure import count
from models.resampling import figure, resample
from models.training import taken

MUCH = 8  # columns with something in them, of a resident's own: by chance no two people have as many alike
MOST = 10  # times what those with a record have: one resident's debts must not be the feed
FEWEST = 50  # residents with a record, before an agency's feed can be said to have changed
NEARLY = 1e-4  # figures are rounded to six digits, and rates of them multiply


def timeline(
    phases: dict[str, dict], *, gap_days: int, horizon_days: int, allowance_days: int, cut: date, extract_on: date
) -> list[str]:
    """What is wrong with the dates of a model's phases: nothing, or a sentence for each fault.

    `phases` holds the as-of dates of fit, calibrate and test ({"dates": ISO days}); `cut` is the day from which on
    nothing may have been seen in training, `extract_on` the day by which everything was recorded.
    """

    def late(phase: str, by: date) -> list[str]:
        days = [date.fromisoformat(day) for day in phases[phase]["dates"]]
        return [str(t) for t in days if timing.settled_on(t, gap_days, horizon_days, allowance_days) > by]

    def told(days: list[str]) -> str:
        return ", ".join(days[:3]) + (f" and {len(days) - 3} more" if len(days) > 3 else "")

    faults = []
    for phase, what in (("fit", "fitted on"), ("calibrate", "calibrated on")):
        if unsettled := late(phase, cut):
            faults.append(f"what is {what} of {told(unsettled)} is not settled by {cut}, when the test begins")
    if early := [day for day in phases["test"]["dates"] if day < str(cut)]:
        faults.append(f"test pairs of {told(early)} are of days before {cut}, which training may see")
    if unsettled := late("test", extract_on):
        faults.append(f"test pairs of {told(unsettled)} were not settled by {extract_on}, the day of extraction")
    both = {day for phase in ("fit", "calibrate") for day in phases[phase]["dates"]} & set(phases["test"]["dates"])
    if both:
        faults.append(f"pairs of {told(sorted(both))} both train and test")
    return faults


def feeds(
    X: pd.DataFrame, columns: list[dict], groups, training, test, *, resamples: int = 200, seed: int = 0
) -> list[dict]:
    """How much each agency's columns hold at the test dates, over what they held at the training dates.

    `X` (pairs x columns) with what `columns` says of each, `groups` (pairs) what is resampled whole, `training` and
    `test` (pairs) which pairs are of either. Of each agency the columns of its shortest window are looked at, of any
    grain but the area, that are 0 where nothing is recorded: their mean, each pair counting for at most ten times that
    of those who have a record. Returns {"agency", "name", "days", "ratio": {"value", "low", "high"}}, the ratio None
    where fewer than 50 training pairs have a record.
    """
    training, test = np.asarray(training, dtype=bool), np.asarray(test, dtype=bool)
    rows, found = np.flatnonzero(training | test), []
    draws, of_training, of_test = resample(pd.Series(groups).iloc[rows], resamples, seed), training[rows], test[rows]
    for column in _shortest(columns):
        values, ratio = X[column["name"]].to_numpy()[rows].astype(float), {"value": None, "low": None, "high": None}
        recorded = values[of_training & (values > 0)]
        if len(recorded) >= FEWEST:
            held = np.minimum(values / recorded.mean(), MOST)
            sums = np.stack([held * of_test, of_test, held * of_training, of_training], axis=1)
            ratio = figure(_ratio(sums.sum(axis=0)), _ratio(draws.sums(sums).T))
        found.append({"agency": column["agency"], "name": column["name"], "days": column["days"][0], "ratio": ratio})
    return found


def doubles(X: pd.DataFrame, columns: list[dict], as_of, groups, *, resamples: int = 200, seed: int = 0) -> dict | None:
    """Of those with much on record, the share whose own record is the same as another's at the same date.

    `X` (pairs x columns), `as_of` and `groups` (pairs). Own columns are those of the resident that an agency records;
    at least eight must hold something. Returns n and share ({"value", "low", "high"}); None where units have no columns
    of their own, or nobody has much on record.
    """
    own = [c for c in columns if c["grain"] == "resident" and c["agency"] not in LINKED]
    if len(own) < MUCH:
        return None
    held = np.sum([_has(X[c["name"]].to_numpy(), c["none"]) for c in own], axis=0)
    much = np.flatnonzero(held >= MUCH)
    if not len(much):
        return None
    person = [c["name"] for c in columns if c["grain"] == "resident" and c["agency"] != "home"]
    values = np.nan_to_num(taken(X[person], much).to_numpy(), nan=-1.0)
    record = pd.Series([row.tobytes() for row in np.ascontiguousarray(values)])
    same = pd.DataFrame({"record": record, "as_of": np.asarray(as_of)[much]}).duplicated(keep=False).to_numpy()
    sums = np.stack([same, np.ones(len(much))], axis=1).astype(float)
    drawn = resample(pd.Series(groups).iloc[much], resamples, seed).sums(sums)
    return {"n": len(much), "share": figure(same.mean(), drawn[:, 0] / drawn[:, 1])}


def contradictions(figures: dict, groups: dict[str, list[dict]]) -> list[str]:
    """Where a model's figures cannot all be true: nothing, or a sentence for each, without what would give counts away.

    `figures` are what `models.metrics.evaluate` gives, `groups` what `models.fairness.by_group` gives. A police force
    once published precision, recall and a correlation of which no confusion matrix had all three.
    """
    return [*_of_the_whole(figures), *(fault for name, of in groups.items() for fault in _of_groups(name, of, figures))]


def _of_the_whole(figures: dict) -> Iterator[str]:
    value = {
        name: figure_["value"] for name, figure_ in figures.items() if isinstance(figure_, dict) and "value" in figure_
    }
    n, events, dates = figures["n"], figures["events"], figures["by_date"]
    listed = sum(date_["flagged"] for date_ in dates)
    precision, recall = value.get("precision_at_capacity"), value.get("recall_at_capacity")
    if (
        precision is not None
        and recall is not None
        and _apart(precision * listed, recall * events, 0.01 + listed * 1e-5)
    ):
        yield f"precision of {count(listed)} listed and recall of {count(events)} are not of the same number found"
    if _apart(value["base_rate"] * n, events, 0.01 + n * 1e-5):
        yield f"{count(events)} events among {count(n)} are not the base rate that is told"
    for what, whole in (("n", n), ("events", events)):
        if sum(date_[what] for date_ in dates) != whole:
            yield f"the dates' {what} do not add up to those of the whole"
    for name, found in figures.items():
        if isinstance(found, dict) and found.get("low") is not None and found["low"] > found["high"]:
            yield f"the interval of {name} begins above its end"
    for name in ("auc", "average_precision", "precision_at_capacity", "recall_at_capacity", "brier"):
        if value.get(name) is not None and not 0 <= value[name] <= 1:
            yield f"{name} is beyond 0 and 1"
    for date_ in dates:
        yield from _of_a_list(date_)


def _of_a_list(at: dict) -> Iterator[str]:
    """A list is a point on the ROC curve of its date, which bounds the area below it."""
    n, events, flagged, area, precision = (at[k] for k in ("n", "events", "flagged", "auc", "precision_at_capacity"))
    if len(at["as_of"]) != len("2020-01-01") or None in (area, precision) or not 0 < events < n:
        return  # a year is of several lists
    seen, needless = precision * flagged / events, (1 - precision) * flagged / (n - events)
    low, high = seen * (1 - needless), 1 - needless * (1 - seen)
    if not low - NEARLY <= area <= high + NEARLY:
        yield f"with the list of {at['as_of']} the AUC can't be what is told"


def _of_groups(attribute: str, records: list[dict], figures: dict) -> Iterator[str]:
    listed = sum(date_["flagged"] for date_ in figures["by_date"])
    for what, whole, slack in (("n", figures["n"], 0), ("events", figures["events"], 0), ("flagged", listed, 1)):
        if _apart(sum(record[what] for record in records), whole, slack):
            yield f"{attribute}: {what} of its groups do not add up to those of the whole"
    for record in records:
        n, events, flagged, found = (record[k] for k in ("n", "events", "flagged", "found"))
        told = {
            "selection_rate": (flagged, n),
            "fnr": (events - found, events),
            "fpr": (flagged - found, n - events),
            "ppv": (found, flagged),
        }
        for name, (over, under) in told.items():
            value = record[name]["value"]
            # the counts behind it are rounded to two digits
            if value is not None and under and _apart(value, over / under, 0.02 / under + NEARLY):
                yield f"{attribute}, {record['group']}: {name} is not what its counts give"
        if not (found <= min(flagged, events) + 0.01 and max(flagged, events) <= n + 0.01):
            yield f"{attribute}, {record['group']}: more are found than flagged or in need, or than it has"


def _shortest(columns: list[dict]) -> list[dict]:
    """The columns of each agency's shortest window that add something up."""
    of = [
        c
        for c in columns
        if c["agency"] not in NO_AGENCY and c["grain"] != "area" and len(c["days"]) == 1 and c["none"] == 0
    ]
    shortest = {agency: min(c["days"][0] for c in of if c["agency"] == agency) for agency in {c["agency"] for c in of}}
    return [c for c in of if c["days"][0] == shortest[c["agency"]]]


def _has(values: np.ndarray, none: float | None) -> np.ndarray:
    return ~np.isnan(values) & (values != (0.0 if none is None else none))


def _ratio(sums: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return (sums[0] / sums[1]) / (sums[2] / sums[3])


def _apart(one: float, other: float, slack: float) -> bool:
    return abs(one - other) > slack
