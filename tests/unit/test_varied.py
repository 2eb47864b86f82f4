"""The same pairs with deaths, departures and late records counted otherwise."""

import pandas as pd
import pytest

from features.labels import LABEL, STATUS, side_by_side, varied
from features.outcomes import Among, Occurs, Outcome, Reaches, StaysOpen
from features.specs import events


def found(*status: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "unit_id": [f"r{i}" for i in range(len(status))],
            "as_of": pd.Timestamp("2023-01-01"),
            "label": pd.array([LABEL.get(name) for name in status], dtype="boolean"),
            "status": pd.Categorical(status, STATUS),
        },
        index=range(7, 7 + len(status)),  # some of a longer table
    )


def told(column: pd.Series) -> str:
    return "".join("?" if value is pd.NA else "+" if value else "-" for value in column)


def test_deaths_and_departures_are_counted_otherwise_and_all_else_stays():
    ways = varied(found("event", "no event", "died", "left", "immature"), {})
    assert list(ways["unit_id"]) == ["r0", "r1", "r2", "r3", "r4"]
    assert {name: told(column) for name, column in ways.drop(columns=["unit_id", "as_of"]).items()} == {
        "those who died left out": "+-???",
        "those who left as without the outcome": "+---?",
        "those who left as with the outcome": "+--+?",
    }


def test_another_allowance_has_its_own_labels():
    here = found("event", "no event", "immature")
    later, sooner = found("event", "event", "immature"), found("event", "no event", "no event")
    ways = varied(here, {120: later.reset_index(drop=True), 30: sooner.reset_index(drop=True)})
    assert told(ways["an allowance of 120 days"]) == "++?"
    assert told(ways["an allowance of 30 days"]) == "+--"


def test_a_way_that_changes_nothing_is_left_out():
    here = found("event", "no event")  # nobody died or left, as dwellings never do
    assert list(varied(here, {30: here})) == ["unit_id", "as_of"]


def outcome(rule, **knobs) -> Outcome:
    told = dict.fromkeys(("title", "correct_flag", "wrong_flag", "label_story"), "as told")
    return Outcome(name="some", rule=rule, purpose="early help", use_level="prioritisation", **told, **knobs)


FIRE, STAY = events("fire", "dwelling_fire"), events("hospital", "stay")
BOTH = (("fire", (FIRE,)), ("stay", (STAY,)))


@pytest.mark.parametrize(
    ("rule", "horizon", "asked"),
    [
        (Occurs((FIRE,)), 365, {"within 182 days": (182, None)}),
        (StaysOpen(STAY), 7, {"after 3 days": (3, None)}),
        (Reaches(1, BOTH), 90, {"within 45 days": (45, 1), "at least 2 kinds of contact": (90, 2)}),
        (Occurs((FIRE,)), 2, {"within 1 day": (1, None)}),
        (Reaches(2, BOTH), 1, {}),
    ],
)
def test_an_outcome_names_those_that_might_as_well_have_been_asked_for(rule, horizon, asked):
    others = outcome(rule, horizon_days=horizon).alternatives()
    assert {n: (o.horizon_days, getattr(o.rule, "at_least", None)) for n, o in others.items()} == asked
    assert all(other.among == Among() and other.name == "some" for other in others.values())


def test_labels_of_other_outcomes_stand_beside_the_pairs():
    here, sooner = found("event", "left"), found("no event", "event").reset_index(drop=True)
    ways = side_by_side(here, {"within 182 days": sooner})
    assert list(ways["unit_id"]) == ["r0", "r1"]
    assert told(ways["within 182 days"]) == "-+"
    assert list(side_by_side(here, {})) == ["unit_id", "as_of"]
