"""What the score would be if something feasible were otherwise, by asking the model again; never read from SHAP.

Two things can happen to a resident's records without anybody's past being other than it was. Time passes and nothing
more of a kind is recorded: then the windows of up to a year are empty, and the last record is a year older. And what is
open is closed. Nobody's age, home, household or neighbourhood is changed, nor what happened before. It is the score
that would change: what becomes of the person is another matter, which no score can tell.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.specs import Column, Events

YEAR = 365  # days that pass; a window that looks further back would still hold some of what was in it
EMPTIED = ("count", "distinct_days", "total", "largest", "highest_tier", "distinct_agencies")  # measures of a window
OF_OPEN = ("open_now", "days_open", "highest_open_tier")
QUIET, CLOSED = "quiet", "closed"


@dataclass(frozen=True)
class Change:
    """What could be otherwise: `kind` (quiet or closed), a `column` of what it is of, and the `row` as it would be."""

    kind: str
    column: Column
    row: pd.Series


def changes(row: pd.Series, columns: tuple[Column, ...]) -> list[Change]:
    """What could feasibly be otherwise for a resident with these inputs (by column name; NaN for missing).

    `columns` are the catalogue's; those that `row` does not hold are not looked at. One selection of the resident's own
    events is changed at a time, in all columns that rest on it or on a part of it, so that a 90-day count is never left
    above the count of a year; counts of a wider selection lose as many. All that is recorded about the household is
    changed together: what of it is another member's is nobody else's to read. Windows beyond a year stay as they are,
    though some of what they hold would be gone by then. What would change nothing is left out, and of two selections
    that come to the same the wider one is told.
    """
    used = [c for c in columns if c.name in row.index and c.feature.measure.of is not None]
    found: list[Change] = []
    for grain, selections in (("resident", _selections(used)), ("household", [Events()])):
        of_grain = [c for c in used if c.feature.grain == grain]
        for of in selections:
            inside = [c for c in of_grain if covers(of, c.feature.measure.of)]
            around = [c for c in of_grain if c not in inside and covers(c.feature.measure.of, of)]
            for kind in (QUIET, CLOSED):
                changed = row.copy()
                for column in inside:
                    changed[column.name] = _quiet(column, row) if kind == QUIET else _closed(column, row)
                if kind == QUIET:
                    changed.update(_less(around, row, inside, of))
                named = _named([c for c in inside if not _same(changed[c.name], row[c.name])], of, grain)
                if named and not any(changed.equals(known.row) for known in found):
                    found.append(Change(kind, named, changed))
    return found


def _selections(columns: list[Column]) -> list[Events]:
    """The selections of the resident's own events, the widest first: those that most columns rest on."""
    of_resident = [c.feature.measure.of for c in columns if c.feature.grain == "resident"]
    return sorted(dict.fromkeys(of_resident), key=lambda of: -sum(covers(of, other) for other in of_resident))


def covers(wider: Events, narrower: Events) -> bool:
    """Whether every event that the narrower selection takes is surely one that the wider takes.

    >>> from features.specs import events
    >>> covers(events(), events("police", "arrest")), covers(events("police", role="victim"), events("police"))
    (True, False)
    """

    def at_least(wide, narrow) -> bool:
        return wide is None or (narrow is not None and narrow >= wide)

    return (
        (wider.agency is None or wider.agency == narrower.agency)
        and (not wider.kinds or (bool(narrower.kinds) and set(narrower.kinds) <= set(wider.kinds)))
        and wider.role in (None, narrower.role)
        and wider.ladder in (None, narrower.ladder)
        and at_least(wider.min_tier, narrower.min_tier)
        and at_least(wider.min_amount, narrower.min_amount)
    )


def _counts(column: Column) -> bool:
    return column.feature.measure.op == "count"


def _none(column: Column) -> float:
    return np.nan if column.feature.none is None else float(column.feature.none)


def _quiet(column: Column, row: pd.Series) -> float:
    """The column after a year in which nothing more is recorded; what is open stays as it is."""
    value, op, days = row[column.name], column.feature.measure.op, column.days
    if op in EMPTIED and days[0] <= YEAR:
        return _none(column)
    if op == "recent_to_long" and days[0] <= YEAR and not np.isnan(value):
        return _none(column) if days[1] <= YEAR else 0.0
    if op == "days_since_last":
        return _none(column) if days and value + YEAR > days[0] else value + YEAR
    return value


def _closed(column: Column, row: pd.Series) -> float:
    """The column with nothing open."""
    return _none(column) if column.feature.measure.op in OF_OPEN else row[column.name]


def _less(around: list[Column], row: pd.Series, inside: list[Column], of: Events) -> dict[str, float]:
    """Counts of wider selections without what was counted of this one in the same windows, of up to a year.

    Where this one is not counted in a window of theirs, no more is left there than in their next longer window.
    """
    counted = {c.days: row[c.name] for c in inside if _counts(c) and c.feature.measure.of == of}
    found: dict[str, float] = {}
    longer: dict[str, float] = {}  # what is left in the window before, by feature
    for column in sorted((c for c in around if _counts(c) and c.days[0] <= YEAR), key=lambda c: -c.days[0]):
        left = max(row[column.name] - counted.get(column.days, 0.0), 0.0)
        found[column.name] = min(left, longer.get(column.feature.name, left))
        longer[column.feature.name] = found[column.name]
    return found


def _named(changed: list[Column], of: Events, grain: str) -> Column | None:
    """Of the columns that change, the one whose sentence says best what of: a count of the very selection, if any.

    None where nothing of the selection itself changes: then a part of it is told instead.
    """
    own = [c for c in changed if c.feature.measure.of == of or grain == "household"]
    return min(own, key=lambda c: not _counts(c), default=None)


def _same(one: float, other: float) -> bool:
    return one == other or (np.isnan(one) and np.isnan(other))


def rescored(model, row: pd.Series, told: list[Change]) -> pd.DataFrame:
    """What the calibrated model says of the row as it is and after each change: probability and difference.

    One line for each change, in order: kind, column (name), probability, difference (of the log-odds; below 0 lowers
    the score).
    """
    rows = pd.DataFrame([row, *(change.row for change in told)]).astype("float64").reset_index(drop=True)
    p = model.predict_proba(rows[list(row.index)])[:, 1]
    log_odds = np.log(p) - np.log1p(-p)
    return pd.DataFrame(
        {
            "kind": [change.kind for change in told],
            "column": [change.column.name for change in told],
            "probability": p[1:],
            "difference": log_odds[1:] - log_odds[0],
        }
    )
