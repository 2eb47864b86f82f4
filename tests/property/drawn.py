"""Hypothesis strategies for small single views, and a feature for every measure at every grain.

Days crowd around a leap day and the as-of dates, so that same-day events, ends on the as-of date and late recording
are common; null dates, withdrawn records and empty tables are too. A view is a dict of rows, so that a test can
change rows and open the view again.
"""

import tempfile
from contextlib import contextmanager
from datetime import date, timedelta

from hypothesis import strategies as st

from features.outcomes import Among, Occurs, Outcome, Reaches, Rises, StaysOpen
from features.specs import (
    Feature,
    Kind,
    age,
    attribute,
    count,
    days_at_home,
    days_open,
    days_since_last,
    distinct_agencies,
    distinct_days,
    events,
    highest_open_tier,
    highest_tier,
    largest,
    members,
    moves,
    open_now,
    recent_to_long,
    total,
)
from tests.builders import single_view
from tests.engines import open_for

LEAP_DAY = date(2020, 2, 29)
DATES = (date(2020, 2, 28), LEAP_DAY, date(2020, 3, 1), date(2020, 4, 9), date(2021, 3, 1))
EXTRACT_ON = date(2021, 6, 1)
KINDS = (
    Kind("police", "call", "call", roles=("victim", "suspect"), amount="ticks"),
    Kind("police", "arrest", "arrest"),
    Kind("care", "plan", "plan", spell=True, ladder="care", tiers=((0, "a"), (1, "b"), (2, "c"), (3, "d"))),
    Kind("care", "contact", "contact", ladder="care", tiers=((0, "a"), (1, "b"), (2, "c"), (3, "d"))),
    Kind("homes", "duty", "duty", unit="household", spell=True, ladder="homes", tiers=((0, "a"), (1, "b"), (2, "c"))),
    Kind("fire", "alarm", "alarm", unit="property"),
)
SPELLS = tuple(kind for kind in KINDS if kind.spell)
ANY = events()
WHY = "an example"


def _features():
    for grain in ("resident", "household", "property"):

        def feature(name, measure, grain=grain, **more):
            return Feature(f"{grain}_{name}", measure, grain=grain, none=more.pop("none", None), why=WHY, **more)

        yield feature("any", count(ANY), days=(1, 30, 400), none=0)
        yield feature("victim", count(events("police", "call", role="victim")), days=(60,), none=0)
        yield feature("tiers", count(events(ladder="care", min_tier=1)), days=(400,), none=0.1)
        yield feature("amounts", count(events("police", "call", "arrest", min_amount=2)), days=(400,), none=-1)
        yield feature("days", distinct_days(ANY), days=(30, 400), none=0)
        yield feature("total", total(ANY), days=(400,))
        yield feature("largest", largest(ANY), days=(30, 400))
        yield feature("tier", highest_tier(ANY), days=(400,))
        yield feature("agencies", distinct_agencies(ANY), days=(400,), none=0)
        yield feature("since", days_since_last(ANY))
        yield feature("since_police", days_since_last(events("police")), days=(30,), none=9999)
        yield feature("ratio", recent_to_long(ANY), days=(30, 400))
        yield feature("open", open_now(ANY), none=0)
        yield feature("open_days", days_open(ANY))
        yield feature("open_tier", highest_open_tier(events(ladder="care")), none=-1)
    yield Feature("area_any", count(ANY), days=(30, 400), grain="area", none=None, why=WHY)
    yield Feature("area_police", count(events("police")), days=(400,), grain="area", none=0, why=WHY)
    yield Feature("moves", moves(), days=(30, 400), none=0, why=WHY)
    yield Feature("days_at_home", days_at_home(), none=None, why=WHY)
    yield Feature("age", age(), none=None, protected="age", why=WHY)
    yield Feature("people", members(), grain="household", none=None, why=WHY)
    yield Feature("children", members((None, 16)), grain="household", none=0, why=WHY)
    yield Feature("adults", members((16, 65)), grain="household", none=0, why=WHY)
    yield Feature("sex", attribute("sex", categories=("F", "M")), none=None, protected="sex", static=WHY, why=WHY)
    yield Feature("link", attribute("link_probability"), none=-1, static="known at entry", why=WHY)
    yield Feature("imd", attribute("imd_decile"), grain="property", static=WHY, none=None, why=WHY)
    yield Feature(
        "tenure", attribute("tenure", categories=("owned", "rented")), grain="property", static=WHY, none=0, why=WHY
    )
    yield Feature(
        "size", attribute("dwelling_type", order=("flat", "house")), grain="property", static=WHY, none=None, why=WHY
    )


FEATURES = tuple(_features())


def outcome(rule, among=None, horizon_days=60, gap_days=0) -> Outcome:
    """An outcome with these rules, and words enough to be valid."""
    return Outcome(
        name="example",
        title="Example",
        rule=rule,
        unit="property" if rule.scope == "property" else "resident",
        among=among or Among(),
        horizon_days=horizon_days,
        gap_days=gap_days,
        purpose="test",
        use_level="planning",
        correct_flag="none",
        wrong_flag="none",
        label_story="none",
    )


_CONTACTS = (("crime", (events("police"),)), ("care", (events("care"),)), ("housing", (events("homes", "duty"),)))
OUTCOMES = (
    outcome(Occurs((events("police", "arrest"), events("police", "call", role="victim"))), horizon_days=30, gap_days=5),
    outcome(Occurs((events("care"),), scope="household"), Among(ages=(None, 40), not_already_days=30)),
    outcome(Reaches(2, _CONTACTS), Among(ages=(16, None), not_already_days=365)),
    outcome(Reaches(1, _CONTACTS, scope="home"), Among(not_already_days=10), gap_days=1),
    outcome(Rises((("care", 3), ("homes", 2))), Among(involved=True), horizon_days=200),
    outcome(Rises((("care", 3), ("homes", 3)), scope="household"), Among(ages=(0, 90), involved=True)),
    outcome(StaysOpen(events("care", "plan")), Among(ages=(10, None)), horizon_days=20, gap_days=3),
    outcome(StaysOpen(events(), scope="household")),
    outcome(Occurs((events("fire"),), scope="property"), horizon_days=90),
)
OF_PROPERTIES = tuple(feature for feature in FEATURES if feature.is_of("property"))

RESIDENTS, HOUSEHOLDS, PROPERTIES = ("ann", "bob", "cat", "dan"), ("h1", "h2"), ("p1", "p2", "p3")
days = st.one_of(
    st.sampled_from(DATES),
    st.integers(-35, 35).map(lambda n: LEAP_DAY + timedelta(n)),
    st.integers(-500, 450).map(lambda n: LEAP_DAY + timedelta(n)),
)
maybe_days = st.none() | days
births = st.none() | st.sampled_from(
    (date(1950, 6, 1), date(1980, 2, 29), date(2004, 2, 29), date(2004, 3, 1), date(2020, 2, 29), date(2020, 3, 20))
)
delays = st.integers(0, 3) | st.integers(-20, 200)


@st.composite
def recorded(draw, of) -> date:
    """A day on which something that happened then was recorded: usually soon after, sometimes long after or before."""
    return of + timedelta(draw(delays))


@st.composite
def ends(draw) -> dict:
    """An end and the day it was recorded, or neither."""
    ended_on = draw(st.none() | maybe_days)
    return {"ended_on": ended_on, "end_recorded_on": ended_on and draw(recorded(ended_on))}


@st.composite
def events_rows(draw, recorded_on=None) -> dict:
    """One event about anybody or anything."""
    kind, occurred_on = draw(st.sampled_from((*KINDS, *SPELLS))), draw(days)
    ids = {"resident": RESIDENTS, "household": HOUSEHOLDS, "property": PROPERTIES}[kind.unit]
    return {
        "unit": kind.unit,
        "unit_id": draw(st.sampled_from(ids)),
        "agency": kind.agency,
        "kind": kind.kind,
        "role": draw(st.sampled_from((None, "victim", "suspect"))),
        "ladder": kind.ladder,
        "tier": draw(st.sampled_from((None, 0, 1, 2, 3))),
        "amount": draw(st.none() | st.integers(0, 5)),
        "occurred_on": occurred_on,
        "recorded_on": recorded_on or draw(recorded(occurred_on)),
        **draw(ends()),
        "withdrawn_on": draw(st.none() | st.none() | days),
    }


@st.composite
def residencies_rows(draw, recorded_on=None) -> dict:
    """One residency, of no fixed abode now and then."""
    started_on = draw(st.just(date(2015, 1, 1)) | st.just(LEAP_DAY - timedelta(20)) | days)
    return {
        "resident_id": draw(st.sampled_from(RESIDENTS)),
        "household_id": draw(st.sampled_from(HOUSEHOLDS)),
        "property_id": draw(st.sampled_from((None, *PROPERTIES, *PROPERTIES))),
        "started_on": started_on,
        "recorded_on": recorded_on or draw(recorded(started_on)),
        **draw(ends()),
    }


@st.composite
def settled(draw, resident_id) -> dict:
    """A home since long ago, so that most people share one; moves come on top."""
    row = draw(residencies_rows(recorded_on=date(2015, 1, 2)))
    return row | {"resident_id": resident_id, "started_on": date(2015, 1, 1)}


@st.composite
def deaths(draw) -> dict:
    died_on = draw(st.none() | maybe_days)
    return {"died_on": died_on, "death_recorded_on": died_on and draw(recorded(died_on))}


@st.composite
def residents_rows(draw, resident_id) -> dict:
    return {
        "resident_id": resident_id,
        "born_on": draw(births),
        **draw(deaths()),
        "sex": draw(st.sampled_from(("F", "M", None, "other"))),
        "link_probability": draw(st.none() | st.sampled_from((0.1, 0.95))),
    }


@st.composite
def properties_rows(draw, property_id) -> dict:
    return {
        "property_id": property_id,
        "lsoa": draw(st.sampled_from((None, "L1", "L1", "L2"))),
        "imd_decile": draw(st.none() | st.integers(1, 10)),
        "tenure": draw(st.sampled_from((None, "owned", "rented"))),
        "dwelling_type": draw(st.sampled_from((None, "flat", "house", "boat"))),
        "recorded_on": draw(st.just(date(2010, 1, 1)) | days),
    }


@st.composite
def views(draw) -> dict:
    """The rows of a single view; without residencies (one in four) it has no properties either."""
    view = {
        "residents": [draw(residents_rows(resident_id)) for resident_id in RESIDENTS],
        "events": draw(st.lists(events_rows(), min_size=draw(st.sampled_from((0, 8))), max_size=20)),
    }
    if draw(st.booleans() | st.just(True)):
        lasting = draw(st.sets(st.sampled_from(RESIDENTS), min_size=draw(st.sampled_from((0, 3)))))
        view["residencies"] = [draw(settled(who)) for who in sorted(lasting)]
        view["residencies"] += draw(st.lists(residencies_rows(), max_size=6))
        view["properties"] = [draw(properties_rows(property_id)) for property_id in PROPERTIES]
    return view


@contextmanager
def opened(rows: dict, engine: str = "duckdb"):
    """A drawn view, opened as every other is."""
    about = {"extract_on": EXTRACT_ON}
    with (
        tempfile.TemporaryDirectory() as folder,
        open_for(engine, single_view(folder, about=about, **rows), threads=1) as view,
    ):
        yield view
