"""A dwelling is looked at through the household that lives in it: who that is, what is seen, what comes of it."""

import pytest

from features.errors import InputError
from features.outcomes import Occurs
from features.specs import Feature, age, attribute, count, events, members
from tests.engines import on_every_engine
from tests.property.drawn import outcome
from tests.spec.asked import label, members_of_cohort, values

FIRE = outcome(Occurs((events("fire", "alarm"),), scope="property"), horizon_days=90)
SEEN = tuple(
    Feature(grain, count(events()), days=(730,), grain=grain, none=0, why="spec") for grain in ("household", "property")
)
PEOPLE = Feature("people", members(), grain="household", none=None, why="spec")
ARRESTS = "unit_id\nann\nbob\nbob\ncat\ncat\ncat\ncat"


@on_every_engine
def test_a_dwelling_sees_everybody_of_the_household_and_itself(name):
    """Ann and Bob live at p1, and Cat, of their household, elsewhere; Dan lived there, Eve died, Flo is of another."""
    asked = (
        *SEEN,
        PEOPLE,
        Feature("children", members((None, 16)), grain="household", none=None, why="spec"),
        Feature("imd", attribute("imd_decile"), grain="property", none=None, static="spec", why="spec"),
        Feature("arrests", count(events("police")), days=(31,), grain="area", none=None, why="spec"),
    )
    assert values(
        name,
        asked,
        who="p1",
        unit="property",
        residents="""
        resident_id | born_on    | died_on    | death_recorded_on
        ann         | 1980-01-01 |            |
        bob         | 2015-01-01 |            |
        cat         | 1980-01-01 |            |
        dan         | 1980-01-01 |            |
        eve         | 1940-01-01 | 2024-01-01 | 2024-01-02
        flo         | 1980-01-01 |            |
    """,
        residencies="""
        resident_id | household_id | property_id | ended_on
        ann         | h1           | p1          |
        bob         | h1           | p1          |
        cat         | h1           | p2          |
        dan         | h1           | p1          | 2024-01-01
        eve         | h1           | p1          |
        flo         | h2           | p3          |
    """,
        properties="property_id | lsoa | imd_decile\np1 | L1 | 4\np2 | L2 | 5\np3 | L1 | 6",
        events="""
        unit      | unit_id | agency  | kind   | occurred_on
        resident  | ann     | police  | arrest | 2024-05-10
        resident  | bob     | police  | arrest | 2024-05-10
        resident  | cat     | police  | arrest | 2024-05-10
        resident  | dan     | police  | arrest | 2024-05-10
        resident  | eve     | police  | arrest | 2023-12-10
        resident  | flo     | police  | arrest | 2024-05-10
        household | h1      | housing | duty   | 2024-05-10
        property  | p1      | fire    | alarm  | 2024-05-10
        property  | p1      | fire    | alarm  | 2024-05-11
        property  | p2      | fire    | alarm  | 2024-05-11
    """,
    ) == {"household_730d": 4, "property_730d": 2, "people": 3, "children": 1, "imd": 4, "arrests_31d": 1000}


@on_every_engine
@pytest.mark.parametrize(
    ("why", "residencies", "arrests"),
    [
        ("the one there", "ann | h1 | p1 | 2024-01-01 | | ", 1),
        ("the latest begun", "ann | h1 | p1 | 2024-01-01 | | \n bob | h2 | p1 | 2024-01-02 | | ", 2),
        (
            "begun the same day: the latest recorded",
            "ann | h2 | p1 | 2024-01-01 | | 2024-01-02 \n bob | h1 | p1 | 2024-01-01 | | 2024-01-03",
            2,
        ),
        (
            "recorded the same day too: the last household_id",
            "ann | h2 | p1 | 2024-01-01 | | \n bob | h1 | p1 | 2024-01-01 | | ",
            1,
        ),
        (
            "who has moved on, as is known, does not count, though the old residency is still open",
            "ann | h1 | p1 | 2024-01-01 | | \n bob | h2 | p1 | 2024-01-02 | | \n bob | h3 | p2 | 2024-02-01 | |",
            1,
        ),
        (
            "a move that is not recorded yet is not known",
            "ann | h1 | p1 | 2024-01-01 | | \n bob | h2 | p1 | 2024-01-02 | | 2024-06-01",
            1,
        ),
        ("the dead live nowhere", "ann | h1 | p1 | 2024-01-01 | | \n dan | h2 | p1 | 2024-01-02 | | ", 1),
        ("nor who is not on record", "ann | h1 | p1 | 2024-01-01 | | \n zoe | h2 | p1 | 2024-01-02 | | ", 1),
        ("nobody is there any more", "ann | h1 | p1 | 2024-01-01 | 2024-03-01 | ", 0),
    ],
)
def test_the_household_that_lives_there(name, why, residencies, arrests):
    found = values(
        name,
        SEEN[0],
        who="p1",
        unit="property",
        residents="""
        resident_id | died_on    | death_recorded_on
        ann         |            |
        bob         |            |
        dan         | 2024-05-01 | 2024-05-02
    """,
        residencies="resident_id | household_id | property_id | started_on | ended_on | recorded_on\n" + residencies,
        properties="property_id\np1\np2",
        events=ARRESTS.replace("cat", "dan"),
    )
    assert found == {"household_730d": arrests}, why


@on_every_engine
def test_the_cohort_is_the_dwellings_that_are_known_and_lived_in(name):
    """p2 is recorded on the day, p3 was left before it, who lived at p4 has died; that Eve left is not known."""
    assert members_of_cohort(
        name,
        FIRE,
        residents="""
        resident_id | died_on    | death_recorded_on
        ann         |            |
        dan         | 2024-05-01 | 2024-05-02
        eve         |            |
    """,
        residencies="""
        resident_id | household_id | property_id | ended_on   | end_recorded_on
        ann         | h1           | p1          |            |
        ann         | h0           | p3          | 2024-05-01 | 2024-05-02
        dan         | h2           | p4          |            |
        eve         | h3           | p5          | 2024-05-01 | 2024-06-01
    """,
        properties="property_id | recorded_on\np1 |\np2 | 2024-06-01\np3 |\np4 |\np5 |",
    ) == {"p1": "in", "p2": "recorded", "p3": "lived_in", "p4": "lived_in", "p5": "in"}


@on_every_engine
@pytest.mark.parametrize(
    ("unit", "unit_id", "occurred_on", "expected"),
    [
        ("property", "p1", "2024-02-01", (True, "event")),
        ("property", "p1", "2023-12-31", (False, "no event")),
        ("property", "p2", "2024-02-01", (False, "no event")),
        ("household", "h1", "2024-02-01", (False, "no event")),
    ],
)
def test_a_label_is_of_the_property_whatever_becomes_of_who_lived_there(name, unit, unit_id, occurred_on, expected):
    """Ann lived at p1 on 1 January; she moves out and dies within the month."""
    assert (
        label(
            name,
            FIRE,
            who="p1",
            residents="resident_id | died_on\nann | 2024-01-20",
            residencies="resident_id | property_id | ended_on\nann | p1 | 2024-01-15",
            properties="property_id\np1\np2",
            events=f"unit | unit_id | agency | kind | occurred_on\n{unit} | {unit_id} | fire | alarm | {occurred_on}",
        )
        == expected
    )


def test_what_is_a_residents_own_is_refused_of_a_property():
    own = (Feature("age", age(), none=None, protected="age", why="spec"), PEOPLE)
    with pytest.raises(InputError, match="feature age: is of a resident's own, and properties are asked about"):
        values("duckdb", own, who="p1", unit="property", residencies="resident_id\nann", properties="property_id\np1")
