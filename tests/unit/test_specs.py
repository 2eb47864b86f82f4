"""A spec that makes no sense is refused when it is made, and the message says what to write instead."""

import re

import pytest

from features.outcomes import Among, Occurs, Outcome, Rises, StaysOpen
from features.specs import (
    MEASURES,
    Events,
    Feature,
    Kind,
    Measure,
    age,
    attribute,
    count,
    days_since_last,
    events,
    highest_open_tier,
    largest,
    members,
    moves,
    open_now,
    recent_to_long,
    slug,
    total,
)

ARRESTS = events("police", "arrest")


def feature(measure, name="arrests", **given):
    return Feature(name, measure, **{"none": 0, "why": "it is an example"} | given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "Arrests", "measure": count(ARRESTS), "days": (90,)}, "must be lower case with underscores"),
        ({"measure": count(ARRESTS), "days": (90,), "why": "  "}, "say why it is there"),
        ({"measure": count(ARRESTS)}, "give days, one or more windows"),
        ({"measure": count(ARRESTS), "days": (0,)}, "days must be whole and above 0"),
        ({"measure": count(ARRESTS), "days": (1.5,)}, "days must be whole and above 0"),
        ({"measure": count(ARRESTS), "days": (90,), "grain": "street"}, "grain must be one of resident, household"),
        ({"measure": count(ARRESTS), "days": (90,), "direction": 2}, "direction must be -1, 0 or 1, not 2"),
        ({"measure": days_since_last(ARRESTS), "days": (90, 365)}, "give at most one window in days"),
        ({"measure": recent_to_long(ARRESTS), "days": (365, 90)}, "give days=(recent, long)"),
        ({"measure": open_now(ARRESTS), "days": (90,)}, "takes no window; leave out days"),
        ({"measure": largest(ARRESTS), "days": (90,), "grain": "area"}, "an area feature counts events"),
        ({"measure": moves(), "days": (90,), "grain": "household"}, "moves is of the resident"),
        ({"measure": age(), "grain": "property"}, "age is of the resident"),
        ({"measure": members()}, "members is of the household"),
        ({"measure": attribute("tenure"), "grain": "household"}, "an attribute is of the resident or the property"),
        ({"measure": attribute("region")}, "a feature only with static='the reason"),
        ({"measure": attribute("tenure"), "grain": "property"}, "a feature only with static='the reason"),
        ({"measure": attribute("ethnicity"), "static": "spec"}, "say protected='ethnicity'"),
        ({"measure": age()}, "say protected='age'"),
    ],
)
def test_feature_refuses(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        feature(**given)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Kind("Police", "arrest", "arrest"), "'Police' must be lower case with underscores"),
        (lambda: Kind("police", "arrest", "arrest", unit="street"), "unit must be resident, household or property"),
        (lambda: Kind("police", "arrest", "arrest", ladder="police"), "give ladder and tiers together"),
        (lambda: Events(kinds=("arrest",)), "name the agency that records these kinds"),
        (lambda: Measure("average", ARRESTS), "unknown 'average'; use one of count,"),
        (lambda: Measure("count"), "count: wants events"),
        (lambda: Measure("age", ARRESTS), "age: wants no events"),
        (lambda: attribute("sex", categories=("a",), order=("a",)), "give categories or order, not both"),
    ],
)
def test_other_specs_refuse(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


def test_specs_are_frozen():
    made = feature(count(ARRESTS), days=(90,))
    with pytest.raises(AttributeError):
        made.none = None


@pytest.mark.parametrize(
    ("made", "names"),
    [
        (feature(total(ARRESTS), days=(90, 365)), ["arrests_90d", "arrests_365d"]),
        (feature(recent_to_long(ARRESTS), days=(90, 365)), ["arrests"]),
        (feature(days_since_last(ARRESTS)), ["arrests"]),
        (feature(highest_open_tier(ARRESTS)), ["arrests"]),
        (
            feature(attribute("tenure", categories=("owned", "social rented")), grain="property", static="spec"),
            ["arrests_owned", "arrests_social_rented"],
        ),
        (feature(attribute("tenure", order=("owned", "social rented")), grain="property", static="spec"), ["arrests"]),
    ],
)
def test_columns_of_a_feature(made, names):
    assert [column.name for column in made.columns] == names
    assert all(column.feature is made for column in made.columns)


def test_categories_that_differ_only_in_signs_get_names_of_their_own():
    assert len({slug(text) for text in ("<35", "<=35", ">35", ">=35", "35")}) == 5


def test_every_measure_says_what_it_needs():
    assert {windows for _, windows in MEASURES.values()} == {"many", "optional", "pair", "none"}


FIRE, STAY = events("fire", "alarm"), events("hospital", "stay")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rule": Occurs((FIRE,)), "unit": "town"}, "unit must be one of resident, property, not 'town'"),
        ({"rule": Occurs((FIRE,), scope="property")}, "needs unit='property'"),
        ({"rule": Occurs((FIRE,)), "unit": "property"}, "needs unit='property'"),
        ({"rule": Occurs((FIRE,), scope="property"), "unit": "property", "trigger": FIRE}, "asked about at snapshots"),
        (
            {"rule": Occurs((FIRE,), scope="property"), "unit": "property", "among": Among(ages=(16, None))},
            "asked about at snapshots, among all that are lived in",
        ),
        (
            {"rule": StaysOpen(STAY), "among": Among(not_already_days=30)},
            "not_already_days has no meaning for StaysOpen; leave it out",
        ),
        ({"rule": StaysOpen(STAY), "among": Among(involved=True)}, "among.involved needs the rule Rises"),
        ({"rule": Rises((("care", 3),))}, "the rule Rises needs Among(involved=True)"),
    ],
)
def test_an_outcome_that_makes_no_sense(given, message):
    texts = dict.fromkeys(("title", "purpose", "correct_flag", "wrong_flag", "label_story"), "an example")
    with pytest.raises(ValueError, match="Outcome example: ") as told:
        Outcome(name="example", horizon_days=30, use_level="planning", **texts, **given)
    assert message in str(told.value)
