"""What is known at a date: recording, windows, withdrawals and ends. The as-of date is 1 June 2024 throughout."""

import pytest

from features.specs import Feature, age, count, days_open, days_since_last, events, highest_open_tier, open_now
from tests.engines import on_every_engine
from tests.spec.asked import values

ARRESTS = Feature("arrests", count(events("police", "arrest")), days=(30, 365), none=0, why="spec")
OPEN = (
    Feature("open", open_now(events("care", "plan")), none=0, why="spec"),
    Feature("days", days_open(events("care", "plan")), none=None, why="spec"),
    Feature("tier", highest_open_tier(events("care", "plan")), none=None, why="spec"),
)


@on_every_engine
def test_an_event_counts_once_it_is_recorded_before_the_date(name):
    assert values(
        name,
        ARRESTS,
        events="""
        unit_id | occurred_on | recorded_on
        ann     | 2024-05-20  | 2024-05-31
        ann     | 2024-05-20  | 2024-06-01
        ann     | 2024-05-20  | 2024-07-01
    """,
    ) == {"arrests_30d": 1, "arrests_365d": 1}


@on_every_engine
def test_a_window_begins_on_its_first_day_and_ends_before_the_date(name):
    """30 days before 1 June begin on 2 May. What happens on the day itself, or is planned for later, is not yet."""
    assert values(
        name,
        ARRESTS,
        events="""
        unit_id | occurred_on | recorded_on
        ann     | 2024-05-01  | 2024-05-02
        ann     | 2024-05-02  | 2024-05-03
        ann     | 2024-05-31  | 2024-05-31
        ann     | 2024-06-01  | 2024-05-20
        ann     | 2024-09-01  | 2024-05-20
    """,
    ) == {"arrests_30d": 2, "arrests_365d": 3}


@on_every_engine
def test_a_withdrawn_record_counts_until_it_is_withdrawn(name):
    assert values(
        name,
        ARRESTS,
        events="""
        unit_id | occurred_on | withdrawn_on
        ann     | 2024-05-20  | 2024-05-31
        ann     | 2024-05-20  | 2024-06-01
        ann     | 2024-05-20  | 2024-08-01
    """,
    ) == {"arrests_30d": 2, "arrests_365d": 2}


@on_every_engine
def test_events_of_the_same_day_each_count(name):
    assert values(
        name,
        ARRESTS,
        events="""
        unit_id | occurred_on
        ann     | 2024-05-20
        ann     | 2024-05-20
    """,
    ) == {"arrests_30d": 2, "arrests_365d": 2}


@on_every_engine
def test_a_spell_is_open_until_its_end_is_recorded(name):
    """The first three are over by 1 June, but only the first was known to be: its end was recorded by then."""
    assert values(
        name,
        OPEN,
        events="""
        unit_id | agency | kind | tier | occurred_on | ended_on   | end_recorded_on
        ann     | care   | plan | 3    | 2024-01-01  | 2024-05-01 | 2024-05-31
        ann     | care   | plan | 2    | 2024-03-01  | 2024-05-01 | 2024-06-01
        ann     | care   | plan | 1    | 2024-05-22  | 2024-05-30 | 2024-07-01
        ann     | care   | plan | 0    | 2024-05-01  |            |
    """,
    ) == {"open": 3, "days": 92, "tier": 2}


@on_every_engine
@pytest.mark.parametrize(("ended_on", "open_at"), [("2024-05-31", 0), ("2024-06-01", 0), ("2024-06-02", 1)])
def test_an_end_is_exclusive_and_may_be_known_beforehand(name, ended_on, open_at):
    """Someone discharged on 1 June is not there at the start of 1 June; a discharge planned for 2 June is to come."""
    found = values(
        name,
        OPEN[0],
        events=f"""
        unit_id | agency | kind | occurred_on | ended_on   | end_recorded_on
        ann     | care   | plan | 2024-05-01  | {ended_on} | 2024-05-20
    """,
    )
    assert found == {"open": open_at}


@on_every_engine
def test_only_kinds_that_last_are_open(name):
    """An arrest has no end either, and is not an open spell."""
    anything = Feature("open", open_now(events()), none=0, why="spec")
    assert values(name, anything, events="unit_id\nann") == {"open": 0}


@on_every_engine
@pytest.mark.parametrize(("t", "years"), [("2024-02-28", 3), ("2024-02-29", 4), ("2025-02-28", 4), ("2025-03-01", 5)])
def test_a_leap_day_child_turns_older_on_the_first_of_march_of_a_common_year(name, t, years):
    born = {"residents": "resident_id | born_on\nann | 2020-02-29", "about": {"extract_on": "2026-01-01"}}
    assert values(name, Feature("age", age(), none=None, protected="age", why="spec"), t, **born) == {"age": years}


@on_every_engine
def test_days_since_last_looks_at_what_had_happened_and_was_known(name):
    """2024 is a leap year: from 28 February to 1 June are 94 days."""
    last = Feature("since", days_since_last(events()), none=None, why="spec")
    assert values(
        name,
        last,
        events="""
        unit_id | occurred_on | recorded_on
        ann     | 2023-01-01  |
        ann     | 2024-02-28  |
        ann     | 2024-05-01  | 2024-06-01
        ann     | 2024-06-15  | 2024-05-01
    """,
    ) == {"since": 94}
