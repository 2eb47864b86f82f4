"""Who objects is left out for the purpose they object to, and so is what was known of them from everybody else."""

import pytest

from features.outcomes import Occurs
from features.specs import Feature, count, events, members
from tests.engines import on_every_engine
from tests.property.drawn import outcome
from tests.spec.asked import label, values

# Bob lives with Ann and objects to scoring; Cat lived at p1 before them and objects to both. Each was arrested once;
# the household had a duty, the property an alarm, in Bob's time.
HOME = {
    "residencies": """
        resident_id | household_id | property_id | started_on | ended_on
        ann         | h1           | p1          | 2022-01-01 |
        bob         | h1           | p1          | 2022-01-01 |
        cat         | h0           | p1          | 2015-01-01 | 2022-01-01
        dee         | h2           | p2          | 2015-01-01 |
    """,
    "properties": "property_id\np1\np2",
    "events": """
        unit      | unit_id | agency  | kind   | occurred_on
        resident  | ann     | police  | arrest | 2024-03-01
        resident  | bob     | police  | arrest | 2024-03-02
        resident  | cat     | police  | arrest | 2024-03-03
        resident  | dee     | police  | arrest | 2024-03-04
        household | h1      | housing | duty   | 2024-03-05
        property  | p1      | fire    | alarm  | 2024-03-06
    """,
    "objections": """
        resident_id | purpose | from_on
        bob         | score   | 2023-01-01
        cat         | all     | 2023-01-01
    """,
}
ASKED = (
    Feature("own", count(events("police")), days=(730,), none=0, why="spec"),
    Feature("household", count(events("police")), days=(730,), grain="household", none=0, why="spec"),
    Feature("about_household", count(events("housing")), days=(730,), grain="household", none=0, why="spec"),
    Feature("property", count(events("fire")), days=(730,), grain="property", none=0, why="spec"),
    Feature("people", members(), grain="household", none=None, why="spec"),
)


@on_every_engine
@pytest.mark.parametrize(
    ("purpose", "household", "people"),
    [(None, 1, 2), ("train", 1, 2), ("score", 0, 1)],
    ids=["for no purpose", "to train", "to score"],
)
def test_a_relative_who_objects_is_in_nobody_elses_features(name, purpose, household, people):
    """What is recorded of the household or the property is not about one person, and stays."""
    found = values(name, ASKED, purpose=purpose, **HOME)
    assert found == {
        "own_730d": 1,
        "household_730d": household,
        "about_household_730d": 1,
        "property_730d": 1,
        "people": people,
    }


@on_every_engine
@pytest.mark.parametrize(("purpose", "per_resident"), [(None, 4 / 3), ("train", 4 / 3), ("score", 2 / 2)])
def test_who_objects_is_in_no_rate_of_the_area(name, purpose, per_resident):
    """Neither Bob's two arrests are in it nor Bob among those who live there; Cat lives there no more."""
    more = {"events": HOME["events"].rstrip() + "\n        resident | bob | police | arrest | 2024-03-07"}
    area = Feature("area", count(events("police")), days=(365,), grain="area", none=None, why="spec")
    assert values(name, area, purpose=purpose, **HOME | more) == {
        "area_365d": pytest.approx(per_resident * 1000, rel=1e-6)
    }


@on_every_engine
@pytest.mark.parametrize(("purpose", "found"), [(None, True), ("train", True), ("score", False)])
def test_what_becomes_of_a_relative_who_objects_is_no_outcome_of_anybody_elses(name, purpose, found):
    rule = outcome(Occurs((events("police"),), scope="household"), horizon_days=60)
    tables = HOME | {"events": "unit_id | occurred_on\nbob | 2024-01-15"}
    assert label(name, rule, purpose=purpose, **tables)[0] == found
