"""Where someone lives, with whom, and what household, property and area features see. The date is 1 June 2024."""

import numpy as np
import pytest

from features.specs import Feature, attribute, count, days_at_home, events, members, moves
from tests.engines import on_every_engine
from tests.spec.asked import values

HOME = (
    Feature("days", days_at_home(), none=None, why="spec"),
    Feature("imd", attribute("imd_decile"), grain="property", none=None, static="spec", why="spec"),
)
PEOPLE = Feature("people", members(), grain="household", none=None, why="spec")
PROPERTIES = """
    property_id | imd_decile | recorded_on
    p1          | 1          |
    p2          | 2          |
    p3          | 3          | 2024-06-01
"""


@on_every_engine
@pytest.mark.parametrize(
    ("why", "residencies", "expected"),
    [
        ("the one open", "ann | h1 | p1 | 2024-05-01 | | ", {"days": 31, "imd": 1}),
        (
            "of two open, the latest begun",
            "ann | h1 | p1 | 2024-05-01 | | \n ann | h2 | p2 | 2024-05-02 | | ",
            {"days": 30, "imd": 2},
        ),
        (
            "begun the same day: the latest recorded",
            "ann | h2 | p2 | 2024-05-01 | | 2024-05-03 \n ann | h1 | p1 | 2024-05-01 | | 2024-05-04",
            {"days": 31, "imd": 1},
        ),
        (
            "recorded the same day too: the last household_id",
            "ann | h2 | p2 | 2024-05-01 | | \n ann | h1 | p1 | 2024-05-01 | | ",
            {"days": 31, "imd": 2},
        ),
        (
            "a move not recorded yet is not known",
            "ann | h1 | p1 | 2024-05-01 | | \n ann | h2 | p2 | 2024-05-02 | | 2024-06-01",
            {"days": 31, "imd": 1},
        ),
        (
            "a move to come is not home yet",
            "ann | h1 | p1 | 2024-05-01 | | \n ann | h2 | p2 | 2024-06-01 | | 2024-05-20",
            {"days": 31, "imd": 1},
        ),
        ("over, and known to be: no home", "ann | h1 | p1 | 2024-05-01 | 2024-05-20 | ", {"days": None, "imd": None}),
        ("no fixed abode: a household and no property", "ann | h1 | null | 2024-05-01 | | ", {"days": 31, "imd": None}),
        ("a property not recorded yet is not known", "ann | h1 | p3 | 2024-05-01 | | ", {"days": 31, "imd": None}),
    ],
)
def test_home(name, why, residencies, expected):
    residencies = "resident_id | household_id | property_id | started_on | ended_on | recorded_on\n" + residencies
    assert values(name, HOME, residencies=residencies, properties=PROPERTIES) == expected, why


@on_every_engine
def test_a_residency_ends_when_its_end_is_recorded(name):
    assert values(
        name,
        HOME[0],
        residencies="""
        resident_id | started_on | ended_on   | end_recorded_on
        ann         | 2024-05-01 | 2024-05-20 | 2024-06-01
    """,
    ) == {"days": 31}


@on_every_engine
def test_moves_are_homes_begun_after_the_first_one_known(name):
    """The first residency is where a life here began. Those of 2024 are moves, but for the one recorded too late."""
    asked = Feature("moves", moves(), days=(365, 7300), none=0, why="spec")
    residencies = """
        resident_id | household_id | started_on | ended_on   | recorded_on
        ann         | h1           | 2010-01-01 | 2020-01-01 |
        ann         | h2           | 2020-01-01 | 2024-02-01 |
        ann         | h3           | 2024-02-01 |            |
        ann         | h4           | 2024-05-20 |            | 2024-06-01
        bob         | h1           | 2024-02-01 |            |
    """
    assert values(name, asked, residencies=residencies) == {"moves_365d": 1, "moves_7300d": 2}
    assert values(name, asked, who="bob", residencies=residencies) == {"moves_365d": 0, "moves_7300d": 0}


# Ann, Bob and child Cat live in h1; Dan has left it, and his leaving was recorded; Eve has left it, unrecorded as yet;
# Flo has died there. Gus lives elsewhere.
HOUSEHOLD = {
    "residents": """
        resident_id | born_on    | died_on    | death_recorded_on
        ann         | 1980-06-01 |            |
        bob         | null       |            |
        cat         | 2010-01-01 |            |
        dan         | 1980-01-01 |            |
        eve         | 1980-06-02 |            |
        flo         | 1940-01-01 | 2024-04-01 | 2024-04-03
        gus         | 1980-01-01 |            |
    """,
    "residencies": """
        resident_id | household_id | property_id | ended_on   | end_recorded_on
        ann         | h1           | p1          |            |
        bob         | h1           | p1          |            |
        cat         | h1           | p1          |            |
        dan         | h1           | p1          | 2024-03-01 | 2024-03-05
        eve         | h1           | p1          | 2024-03-01 | 2024-07-01
        flo         | h1           | p1          |            |
        gus         | h2           | p2          |            |
    """,
    "properties": "property_id\np1\np2",
    "events": """
        unit      | unit_id | agency  | kind   | occurred_on
        resident  | ann     | police  | arrest | 2024-05-01
        resident  | bob     | police  | arrest | 2024-05-02
        resident  | dan     | police  | arrest | 2024-05-03
        resident  | eve     | police  | arrest | 2023-05-04
        resident  | flo     | police  | arrest | 2024-03-01
        resident  | gus     | police  | arrest | 2024-05-05
        household | h1      | housing | duty   | 2024-05-06
        household | h2      | housing | duty   | 2024-05-06
        property  | p1      | fire    | alarm  | 2024-05-07
        property  | p2      | fire    | alarm  | 2024-05-07
    """,
}


@on_every_engine
def test_the_household_is_the_living_whose_home_it_is_as_known(name):
    asked = (
        PEOPLE,
        Feature("under", members((None, 44)), grain="household", none=None, why="spec"),
        Feature("over", members((44, None)), grain="household", none=None, why="spec"),
    )
    assert values(name, asked, **HOUSEHOLD) == {"people": 4, "under": 2, "over": 1}


@on_every_engine
def test_nobody_is_of_the_household_before_they_are_born(name):
    residents = "resident_id | born_on\nann | 1990-01-01\nbob | 2024-06-01"
    residencies = "resident_id | started_on\nann | 2020-01-01\nbob | 2024-03-01"
    assert values(name, (PEOPLE,), residents=residents, residencies=residencies) == {"people": 1}


@on_every_engine
def test_a_grain_sees_its_own_events(name):
    """The household's are those of Bob and Eve and the duty; the property's is its alarm. Ann's are her own."""
    asked = tuple(
        Feature(grain, count(events()), days=(730,), grain=grain, none=0, why="spec")
        for grain in ("resident", "household", "property")
    )
    assert values(name, asked, **HOUSEHOLD) == {"resident_730d": 1, "household_730d": 3, "property_730d": 1}


@on_every_engine
def test_without_a_home_there_is_no_household_property_or_area(name):
    asked = (
        PEOPLE,
        *(
            Feature(grain, count(events()), days=(730,), grain=grain, none=None, why="spec")
            for grain in ("household", "property", "area")
        ),
    )
    expected = {"people": None, "household_730d": None, "property_730d": None, "area_730d": None}
    assert values(name, asked, events="unit_id\nann") == expected


# The month of 15 June begins on 1 June. In L1 live Ann and Bob (p1) and Cat (p2, another household); Dan has moved in
# since the month began, and Eve lives in L2.
AREA = {
    "residencies": """
        resident_id | household_id | property_id | started_on
        ann         | h1           | p1          | 2020-01-01
        bob         | h1           | p1          | 2020-01-01
        cat         | h2           | p2          | 2020-01-01
        dan         | h1           | p1          | 2024-06-02
        eve         | h3           | p3          | 2020-01-01
    """,
    "properties": "property_id | lsoa\np1 | L1\np2 | L1\np3 | L2",
    "events": """
        unit      | unit_id | agency  | kind   | occurred_on
        resident  | ann     | police  | arrest | 2024-05-01
        resident  | cat     | police  | arrest | 2024-05-30
        resident  | cat     | police  | arrest | 2024-05-01
        resident  | ann     | police  | arrest | 2024-06-03
        resident  | dan     | police  | arrest | 2024-05-01
        resident  | eve     | police  | arrest | 2024-05-01
        household | h1      | housing | duty   | 2024-05-01
        property  | p2      | fire    | alarm  | 2024-05-01
        property  | p3      | fire    | alarm  | 2024-05-01
    """,
}


@on_every_engine
def test_an_area_rate_is_per_thousand_residents_at_the_start_of_the_month(name):
    """Three arrests, one duty and one alarm over 31 days among three residents of L1; Dan and 3 June came later."""
    asked = (
        Feature("arrests", count(events("police")), days=(31,), grain="area", none=None, why="spec"),
        Feature("all", count(events()), days=(31,), grain="area", none=None, why="spec"),
        Feature("care", count(events("care")), days=(31,), grain="area", none=None, why="spec"),
    )
    expected = {"arrests_31d": 1000, "all_31d": np.float32(5000 / 3), "care_31d": 0}
    assert values(name, asked, "2024-06-15", **AREA) == expected
    assert values(name, asked, "2024-06-15", "dan", **AREA) == expected
