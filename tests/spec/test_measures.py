"""What each measure makes of a resident's events, and what stands there when nothing is recorded."""

import numpy as np
import pytest

from features.errors import InputError
from features.specs import (
    Feature,
    attribute,
    count,
    days_since_last,
    distinct_agencies,
    distinct_days,
    events,
    highest_tier,
    largest,
    open_now,
    recent_to_long,
    total,
)
from tests.engines import on_every_engine
from tests.spec.asked import values

# Ann was a victim twice on one day and a suspect later; a contact and an arrest follow. The date is 1 June 2024.
EVENTS = """
    unit_id | agency | kind    | role    | ladder | tier | amount | occurred_on
    ann     | police | call    | victim  |        |      | 3      | 2024-05-10
    ann     | police | call    | victim  |        |      |        | 2024-05-10
    ann     | police | call    | suspect |        |      | 12     | 2024-01-10
    ann     | care   | contact |         | care   | 2    |        | 2024-05-12
    ann     | care   | contact |         | care   | 0    |        | 2024-02-12
    ann     | police | arrest  |         |        |      |        | 2023-01-01
    bob     | police | arrest  |         |        |      |        | 2024-05-30
"""
CALLS, CONTACTS = events("police", "call"), events("care", "contact")


def feature(measure, days=(), none=None, grain="resident") -> Feature:
    return Feature("x", measure, days=days, none=none, grain=grain, why="spec")


@on_every_engine
@pytest.mark.parametrize(
    ("measure", "days", "expected"),
    [
        (count(CALLS), (30, 365), {"x_30d": 2, "x_365d": 3}),
        (count(events("police")), (365, 730), {"x_365d": 3, "x_730d": 4}),
        (count(events()), (730,), {"x_730d": 6}),
        (count(events("police", "call", "arrest", role="victim")), (730,), {"x_730d": 2}),
        (count(events("police", min_amount=3)), (365,), {"x_365d": 2}),
        (count(events("police", min_amount=4)), (365,), {"x_365d": 1}),
        (count(events(ladder="care")), (365,), {"x_365d": 2}),
        (count(events(ladder="care", min_tier=1)), (365,), {"x_365d": 1}),
        (distinct_days(CALLS), (30, 365), {"x_30d": 1, "x_365d": 2}),
        (total(CALLS), (30, 365), {"x_30d": 3, "x_365d": 15}),
        (largest(CALLS), (30, 365), {"x_30d": 3, "x_365d": 12}),
        (highest_tier(CONTACTS), (30, 365), {"x_30d": 2, "x_365d": 2}),
        (distinct_agencies(events()), (30, 730), {"x_30d": 2, "x_730d": 2}),
        (days_since_last(CALLS), (), {"x": 22}),
        (days_since_last(events("police", "arrest")), (), {"x": 517}),
        (days_since_last(events("police", "arrest")), (365,), {"x": None}),
    ],
)
def test_measure(name, measure, days, expected):
    assert values(name, feature(measure, days), events=EVENTS) == expected


@on_every_engine
def test_a_ratio_compares_events_a_day(name):
    """Two calls in 30 days and three in 365: 2/30 a day over 3/365 a day, rounded once to float32."""
    found = values(name, feature(recent_to_long(CALLS), (30, 365)), events=EVENTS)
    assert found == {"x": np.float32((2 * 365) / (3 * 30))}


@on_every_engine
def test_a_ratio_is_nought_when_it_has_stopped_and_missing_when_it_never_began(name):
    ratio = feature(recent_to_long(events("care", "contact", min_tier=0)), (15, 365))
    assert values(name, ratio, events=EVENTS) == {"x": 0}
    assert values(name, ratio, who="bob", events=EVENTS) == {"x": None}


@on_every_engine
@pytest.mark.parametrize("none", [None, 0, -1, 0.1])
def test_nothing_recorded_is_what_the_feature_says(name, none):
    measures = (count, distinct_days, total, largest, highest_tier, distinct_agencies)
    asked = tuple(Feature(m.__name__, m(CALLS), days=(365,), none=none, why="spec") for m in measures)
    asked += (feature(days_since_last(CALLS), none=none), Feature("open", open_now(events()), none=none, why="spec"))
    found = values(name, asked, who="bob", events=EVENTS)
    assert set(found.values()) == {None if none is None else np.float32(none)}


@on_every_engine
def test_events_without_an_amount_or_tier_total_nought_and_have_no_largest(name):
    """An arrest is recorded, and nothing of an amount: that is not the same as no arrest."""
    arrests = events("police", "arrest")
    assert values(name, feature(total(arrests), (365,), -1), who="bob", events=EVENTS) == {"x_365d": 0}
    assert values(name, feature(largest(arrests), (365,), -1), who="bob", events=EVENTS) == {"x_365d": -1}
    assert values(name, feature(highest_tier(arrests), (365,), -1), who="bob", events=EVENTS) == {"x_365d": -1}


RESIDENTS = """
    resident_id | sex  | band
    ann         | F    | mid
    bob         | null | high
    cat         | X    | unheard of
"""


@on_every_engine
def test_an_attribute_becomes_categories_a_position_or_the_number(name):
    def static(column, **more):
        return Feature(column, attribute(column, **more), none=None, static="at entry", protected="it", why="spec")

    asked = (
        static("sex", categories=("F", "M")),
        static("band", order=("low", "mid", "high")),
        static("link_probability"),
    )
    found = {who: values(name, asked, who=who, residents=RESIDENTS) for who in ("ann", "bob", "cat", "stranger")}
    assert found == {
        "ann": {"sex_f": 1, "sex_m": 0, "band": 1, "link_probability": 1},
        "bob": {"sex_f": 0, "sex_m": 0, "band": 2, "link_probability": 1},
        "cat": {"sex_f": 0, "sex_m": 0, "band": None, "link_probability": 1},
        "stranger": {"sex_f": None, "sex_m": None, "band": None, "link_probability": None},
    }


def test_attributes_that_the_view_cannot_give_are_told_together():
    def static(column, **more):
        return Feature(column, attribute(column, **more), none=None, static="at entry", protected="it", why="spec")

    asked = (static("religion"), static("sex"), static("link_probability", order=("low", "high")))
    with pytest.raises(InputError) as told:
        values("duckdb", asked, residents=RESIDENTS)
    assert told.value.faults == (
        "feature religion: residents has no column religion; correct the catalogue or the single view",
        "feature sex: residents.sex is text; list its categories or its order",
        "feature link_probability: residents.link_probability is DOUBLE, not text; list no categories",
    )
