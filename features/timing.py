"""The time rules: what was known at a date, which window an event falls in, when an outcome is settled.

An as-of date `t` means the start of that day. Dates are whole days and every end is exclusive. Nobody else compares
dates: each rule stands here as a Python predicate for the reference engine and, beside it, as SQL text that gives the
first as-of date at which it holds, or no longer does. The compiled loops of `features.kernel` see only those days, as
numbers, and ask whether t lies between them. Worked example, kept through the docstrings: a police incident happens
on 2 March and is recorded on 3 March 2020; a support spell starts on 1 March and ends on 10 March, and that end is
recorded on 20 March.
"""

from datetime import date, timedelta

import numpy as np

SQL = str  # a fragment of SQL over the column and date expressions it was given
Day = date | int | np.ndarray  # a date, or days since 1970-01-01


def known(recorded_on: date, withdrawn_on: date | None, t: date) -> bool:
    """Whether a record was known at t: recorded before that day, and not withdrawn before it.

    >>> known(date(2020, 3, 3), None, date(2020, 3, 3)), known(date(2020, 3, 3), None, date(2020, 3, 4))
    (False, True)
    """
    return recorded_on < t and (withdrawn_on is None or withdrawn_on >= t)


def first_known_on_sql(recorded_on: SQL) -> SQL:
    return f"({recorded_on} + 1)"


def withdrawn_from_sql(withdrawn_on: SQL) -> SQL:
    return f"({withdrawn_on} + 1)"


def known_sql(recorded_on: SQL, withdrawn_on: SQL, t: SQL) -> SQL:
    return f"({recorded_on} < {t} AND ({withdrawn_on} IS NULL OR {withdrawn_on} >= {t}))"


def in_window(occurred_on: date, t: date, days: int | None) -> bool:
    """Whether an event falls in the feature window: t - days <= occurred_on < t; without days, any time before t.

    >>> [in_window(date(2020, 3, 2), t, 1) for t in (date(2020, 3, 2), date(2020, 3, 3), date(2020, 3, 4))]
    [False, True, False]
    """
    return occurred_on < t and (days is None or occurred_on >= t - timedelta(days=days))


def ended(ended_on: date | None, end_recorded_on: date | None, t: date, allowance_days: int = 0) -> bool:
    """Whether a spell was over at t, as known at t: its end is a fact of its own, with its own recording date.

    An outcome is told what was recorded up to an allowance later, and still only of ends by t.

    >>> [ended(date(2020, 3, 10), date(2020, 3, 20), t) for t in (date(2020, 3, 15), date(2020, 3, 21))]
    [False, True]
    >>> [ended(date(2020, 3, 10), date(2020, 3, 20), date(2020, 3, 15), allowance) for allowance in (5, 6)]
    [False, True]
    """
    known_by = _later(t, allowance_days)
    return ended_on is not None and ended_on <= t and end_recorded_on is not None and end_recorded_on < known_by


def ended_from_sql(ended_on: SQL, end_recorded_on: SQL, allowance_days: int = 0) -> SQL:
    return _both(ended_on, f"({first_known_on_sql(end_recorded_on)} - {allowance_days:d})")


def open_at(
    started_on: date, ended_on: date | None, end_recorded_on: date | None, t: date, allowance_days: int = 0
) -> bool:
    """Whether a known spell was open at t: begun before t and not known, at t or an allowance later, to be over at t.

    >>> [open_at(date(2020, 3, 1), date(2020, 3, 10), date(2020, 3, 20), date(2020, 3, d)) for d in (1, 15, 21)]
    [False, True, False]
    """
    return started_on < t and not ended(ended_on, end_recorded_on, t, allowance_days)


def open_from_sql(started_on: SQL, recorded_on: SQL) -> SQL:
    return _both(f"({started_on} + 1)", first_known_on_sql(recorded_on))


def known_dead(died_on: date | None, death_recorded_on: date | None, t: date) -> bool:
    """Whether a resident was known at t to have died.

    >>> [known_dead(date(2020, 3, 2), date(2020, 3, 9), date(2020, 3, d)) for d in (5, 10)]
    [False, True]
    """
    return died_on is not None and died_on < t and death_recorded_on is not None and death_recorded_on < t


def known_dead_from_sql(died_on: SQL, death_recorded_on: SQL) -> SQL:
    return _both(f"({died_on} + 1)", first_known_on_sql(death_recorded_on))


def age_at(born_on: date, t: date) -> int:
    """Completed years at t; someone born on 29 February turns a year older on 1 March of a common year.

    >>> age_at(date(2004, 2, 29), date(2005, 2, 28)), age_at(date(2004, 2, 29), date(2005, 3, 1))
    (0, 1)
    """
    return t.year - born_on.year - ((t.month, t.day) < (born_on.month, born_on.day))


def calendar_number_sql(day: SQL) -> SQL:
    """A day as a number such as 20200229: whole ten thousands between two are completed years."""
    return f"(year({day}) * 10000 + month({day}) * 100 + day({day}))"


def calendar_numbers(days: np.ndarray) -> np.ndarray:
    """The same of days since 1970-01-01, (days,).

    >>> calendar_numbers(np.array([18_321]))
    array([20200229], dtype=int32)
    """
    day = days.astype("datetime64[D]")
    year, month = day.astype("datetime64[Y]"), day.astype("datetime64[M]")
    return (
        (year.astype(np.int32) + 1970) * 10_000
        + ((month - year).astype(np.int32) + 1) * 100
        + (day - month).astype(np.int32)
        + 1
    )


def ages(born: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Completed years of those born at calendar numbers (0 for unknown), (days,); NaN where unknown.

    >>> ages(np.array([20040229, 0]), np.array([18_321, 18_321]))
    array([16., nan])
    """
    return np.where(born > 0, (calendar_numbers(days) - born) // 10_000, np.nan)


def month_start(t: date) -> date:
    """The date at which area rates are taken, and the list that a trigger joins: the first day of t's month.

    >>> month_start(date(2020, 3, 15))
    datetime.date(2020, 3, 1)
    """
    return t.replace(day=1)


def month_starts(days: np.ndarray) -> np.ndarray:
    """The same of days since 1970-01-01, (days,).

    >>> month_starts(np.array([18_321])) - 18_321
    array([-28], dtype=int32)
    """
    return days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int32)


def outcome_starts(t: date, gap_days: int) -> date:
    """First day of the outcome window: t + gap."""
    return t + timedelta(days=gap_days)


def outcome_ends(t: Day, gap_days: int, horizon_days: int) -> Day:
    """Day after the last day of the outcome window: t + gap + horizon."""
    return _later(t, gap_days + horizon_days)


def settled_on(t: Day, gap_days: int, horizon_days: int, allowance_days: int) -> Day:
    """When an outcome is taken as fully recorded: the end of its window and one allowance for recording delay.

    A label is mature if this is no later than the day the single view was extracted, and may train a model that
    is tested from a date no earlier than this.

    >>> settled_on(date(2020, 3, 1), gap_days=30, horizon_days=365, allowance_days=60)
    datetime.date(2021, 5, 30)
    """
    return _later(t, gap_days + horizon_days + allowance_days)


def in_outcome_window(occurred_on: date, t: date, gap_days: int, horizon_days: int) -> bool:
    """Whether an event falls in the outcome window: t + gap <= occurred_on < t + gap + horizon."""
    return outcome_starts(t, gap_days) <= occurred_on < outcome_ends(t, gap_days, horizon_days)


def unsettled(settled: Day, extract_on: Day) -> bool:
    """Whether an outcome settled on that day was not yet so when the single view was extracted."""
    return settled > extract_on


def over_by(ended_on: date | None, end_recorded_on: date | None, end: date, s: date) -> bool:
    """Whether a life or a residency ended before `end`, as known at s (an outcome's end, and when it is settled).

    >>> [over_by(date(2020, 3, 2), date(2020, 3, 9), date(2020, 3, end), date(2020, 4, 1)) for end in (2, 3)]
    [False, True]
    """
    return ended_on is not None and ended_on < end and end_recorded_on is not None and end_recorded_on < s


def lasts_to(started_on: date, ended_on: date | None, end_recorded_on: date | None, end: date, s: date) -> bool:
    """Whether a spell reached the last day before `end`, as known at s: begun by then, and not known to end earlier.

    >>> start, end, recorded = date(2020, 3, 1), date(2020, 3, 10), date(2020, 3, 20)
    >>> [lasts_to(start, end, recorded, date(2020, 3, day), date(2020, 4, 1)) for day in (10, 11)]
    [True, False]
    """
    return started_on < end and not over_by(ended_on, end_recorded_on, end, s)


def before_exit(occurred_on: date, died_on: date | None, left_on: date | None) -> bool:
    """Whether an event came while the resident could have it: up to the day of a death, else before they had left.

    >>> day = date(2020, 3, 2)
    >>> before_exit(day, day, None), before_exit(day, None, day), before_exit(day, None, None)
    (True, False, True)
    """
    if died_on is not None:
        return occurred_on <= died_on
    return left_on is None or occurred_on < left_on


def first_known_on(recorded_on: date) -> date:
    """The first as-of date at which a record is known: the day after it was recorded.

    >>> first_known_on(date(2020, 2, 28))
    datetime.date(2020, 2, 29)
    """
    return recorded_on + timedelta(days=1)


def before(t: date, days: int) -> date:
    """So many days before a date.

    >>> before(date(2020, 3, 1), 1)
    datetime.date(2020, 2, 29)
    """
    return _later(t, -days)


def day_number(day: date) -> int:
    """Days since 1970-01-01.

    >>> day_number(date(2020, 2, 29))
    18321
    """
    return day.toordinal() - date(1970, 1, 1).toordinal()


def days_between(earlier: date, later: date) -> int:
    """Whole days from one day to another."""
    return (later - earlier).days


def in_force(from_on: date, t: date) -> bool:
    """Whether an objection holds at t: from its first day on.

    >>> [in_force(date(2020, 3, 2), date(2020, 3, d)) for d in (1, 2)]
    [False, True]
    """
    return from_on <= t


def in_force_sql(from_on: SQL, t: SQL) -> SQL:
    return f"({from_on} <= {t})"


def in_period_sql(t: SQL, from_on: SQL, until: SQL) -> SQL:
    """Whether an as-of date falls in a period: from_on <= t < until."""
    return f"({t} >= {from_on} AND {t} < {until})"


def latest(*dates: date) -> date:
    """The latest of some days: what must hold on all of them must hold on it.

    >>> latest(date(2020, 3, 1), date(2020, 3, 2))
    datetime.date(2020, 3, 2)
    """
    return max(dates)


def within_view(t: date, extract_on: date) -> bool:
    """Whether a single view says what was known at t: it holds everything recorded before extract_on."""
    return t <= extract_on


def _later(t: Day, days: int) -> Day:
    return t + (timedelta(days=days) if isinstance(t, date) else days)


def _both(one: SQL, other: SQL) -> SQL:
    """The later of two days; null where either is, which GREATEST would pass over."""
    return f"CASE WHEN {one} IS NOT NULL AND {other} IS NOT NULL THEN GREATEST({one}, {other}) END"
