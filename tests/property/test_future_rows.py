"""What is recorded at or after t changes no feature, cohort or earlier label by a byte, and a leak is found out.

The same check is run on an engine made leaky on purpose: it must fail there, or it would prove nothing.
"""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from features import cohorts, engine, labels, reference, timing
from tests.property.drawn import (
    DATES,
    FEATURES,
    KINDS,
    OF_PROPERTIES,
    OUTCOMES,
    PROPERTIES,
    RESIDENTS,
    deaths,
    events_rows,
    opened,
    residencies_rows,
    views,
)
from tests.property.test_engines_agree import assert_same, frame

ENGINES = {
    "duckdb": lambda view, pairs, features, unit: engine.build(view, pairs, features, KINDS, unit=unit).to_pandas(),
    "reference": lambda view, pairs, features, unit: reference.build(view, pairs, features, KINDS, unit),
}
ASKED = {"resident": (RESIDENTS, FEATURES), "property": (PROPERTIES, OF_PROPERTIES)}
of_each_unit = pytest.mark.parametrize("unit", ASKED)


@st.composite
def other_futures(draw, rows: dict, t: date) -> dict:
    """The same view with another future: everything recorded at or after t changed, taken away or added to."""
    later = st.integers(0, 200).map(lambda n: t + timedelta(n))

    def unrecorded(row: dict, fact: str, recorded: str) -> dict:
        """A fact not recorded before t: none at all, or any other, recorded later."""
        if row[recorded] is not None and row[recorded] < t:
            return row
        fact_on = draw(st.none() | later | st.just(t - timedelta(1)) | st.just(t - timedelta(40)))
        return row | {fact: fact_on, recorded: fact_on and draw(later)}

    def changed(table: str, new) -> list[dict]:
        found = [unrecorded(row, "ended_on", "end_recorded_on") for row in rows[table] if row["recorded_on"] < t]
        return draw(st.permutations(found + draw(st.lists(new(recorded_on=draw(later)), max_size=4))))

    events = [
        row
        if row["withdrawn_on"] is not None and row["withdrawn_on"] < t
        else row | {"withdrawn_on": draw(st.none() | later)}
        for row in changed("events", events_rows)
    ]
    residents = [unrecorded(row, "died_on", "death_recorded_on") for row in rows["residents"]]
    if "residencies" not in rows:
        return {"residents": residents, "events": events}
    return {
        "residents": [*residents, {"resident_id": "eve", "born_on": date(1990, 1, 1), **draw(deaths())}],
        "events": events,
        "residencies": changed("residencies", residencies_rows),
        "properties": [
            row
            if row["recorded_on"] < t
            else row
            | {
                "lsoa": draw(st.sampled_from(("L1", "L2", None))),
                "imd_decile": draw(st.integers(1, 10)),
                "recorded_on": draw(later),
            }
            for row in rows["properties"]
        ],
    }


@st.composite
def two_futures(draw) -> tuple[dict, dict, date]:
    rows, t = draw(views()), draw(st.sampled_from(DATES))
    return rows, draw(other_futures(rows, t)), t


def check(build, futures, unit="resident", features=None) -> None:
    """The features at t are the same, whichever future follows."""
    one, other, t = futures
    ids, of_unit = ASKED[unit]
    pairs = frame((unit_id, day) for unit_id in ids for day in DATES if day <= t)
    with opened(one) as view:
        built = build(view, pairs, features or of_unit, unit)
    with opened(other) as view:
        assert_same(built, build(view, pairs, features or of_unit, unit))


@of_each_unit
@pytest.mark.parametrize("build", ENGINES.values(), ids=ENGINES)
def test_the_future_changes_no_feature(build, unit):
    @settings(max_examples=40, deadline=None)
    @given(two_futures())
    def holds(futures):
        check(build, futures, unit)

    holds()


@settings(max_examples=30, deadline=None)
@given(two_futures(), st.sampled_from(OUTCOMES))
def test_the_future_changes_no_cohort_and_no_settled_label(futures, outcome):
    """With residencies, that is: without them, a person added later to the undated residents counts as always there."""
    one, other, settled = futures
    t, ids = settled - timedelta(outcome.gap_days + outcome.horizon_days), ASKED[outcome.unit][0]
    found = []
    for rows in (one, other):
        if outcome.unit == "property":
            rows = {"residencies": [], "properties": []} | rows
        with opened(rows) as view:
            cohort = cohorts.build(view, outcome, cohorts.Snapshots((settled,)), KINDS)
            labelled = labels.labels(view, frame((unit_id, t) for unit_id in ids), outcome, 0, KINDS)
            found.append((cohort.pairs.values.tolist(), labelled.astype(str).values.tolist()))
    assert found[0] == found[1]


def _today(recorded_on, withdrawn_on, t) -> bool:
    return recorded_on <= t and (withdrawn_on is None or withdrawn_on >= t)


ALWAYS = "DATE '1900-01-01'"
# What a careless engine would do instead of a rule of `features.timing`, in SQL and in Python.
LEAKS = {
    "an end counts before it is recorded": {
        "ended_from_sql": lambda ended_on, end_recorded_on, allowance_days=0: ended_on,
        "ended": lambda ended_on, end_recorded_on, t, allowance_days=0: ended_on is not None and ended_on <= t,
    },
    "a record counts before it is recorded": {
        "first_known_on_sql": lambda recorded_on: ALWAYS,
        "known": lambda recorded_on, withdrawn_on, t: withdrawn_on is None or withdrawn_on >= t,
    },
    "a record of the day itself counts": {"first_known_on_sql": lambda recorded_on: recorded_on, "known": _today},
    "a withdrawal counts before it happens": {
        "withdrawn_from_sql": lambda withdrawn_on: f"CASE WHEN {withdrawn_on} IS NOT NULL THEN {ALWAYS} END",
        "known": lambda recorded_on, withdrawn_on, t: recorded_on < t and withdrawn_on is None,
    },
    "a death counts before it is recorded": {
        "known_dead_from_sql": lambda died_on, death_recorded_on: f"({died_on} + 1)",
        "known_dead": lambda died_on, death_recorded_on, t: died_on is not None and died_on < t,
    },
}


def leak(monkeypatch, what: str) -> None:
    for rule, leaky in LEAKS[what].items():
        monkeypatch.setattr(timing, rule, leaky)


# Two futures of 1 March 2020: Ann has a spell and a call, Bob shares her home. In the second, everything that a leak
# would give away is otherwise: the spell has ended, the call is withdrawn, there is another, and Bob has died.
_SPELL = {"unit_id": "ann", "agency": "care", "kind": "plan", "occurred_on": "2020-01-01", "recorded_on": "2020-01-02"}
_CALL = {"unit_id": "ann", "kind": "call", "occurred_on": "2020-02-01", "recorded_on": "2020-02-02"}
_HOMES = [
    {"resident_id": who, "household_id": "h1", "property_id": "p1", "started_on": "2015-01-01"}
    for who in ("ann", "bob")
]
_PROPERTIES = [{"property_id": "p1"}]
_REST = [{"resident_id": who} for who in RESIDENTS if who != "bob"]
WITNESS = (
    {
        "residents": [*_REST, {"resident_id": "bob"}],
        "residencies": _HOMES,
        "properties": _PROPERTIES,
        "events": [_SPELL, _CALL],
    },
    {
        "residents": [*_REST, {"resident_id": "bob", "died_on": "2020-02-20", "death_recorded_on": "2020-03-02"}],
        "residencies": _HOMES,
        "properties": _PROPERTIES,
        "events": [
            _SPELL | {"ended_on": "2020-02-01", "end_recorded_on": "2020-03-01"},
            _CALL | {"withdrawn_on": "2020-03-05"},
            _CALL | {"recorded_on": "2020-03-01"},
        ],
    },
    date(2020, 3, 1),
)


@of_each_unit
@pytest.mark.parametrize("build", ENGINES.values(), ids=ENGINES)
@pytest.mark.parametrize("what", LEAKS)
def test_a_leak_is_found_out(build, what, unit, monkeypatch):
    check(build, WITNESS, unit)
    leak(monkeypatch, what)
    with pytest.raises(AssertionError, match="assert not"):
        check(build, WITNESS, unit)


def test_hypothesis_finds_a_leak_by_itself(monkeypatch):
    """An engine that uses an end before it was recorded; what it is caught with also catches the other engine."""
    leak(monkeypatch, "an end counts before it is recorded")
    few = tuple(f for f in FEATURES if f.name in ("resident_open", "days_at_home"))

    def leaks(futures) -> bool:
        try:
            check(ENGINES["reference"], futures, features=few)
        except AssertionError:
            return True
        return False

    # The first example is enough: a bug that was made on purpose needs no smallest one.
    found = find(
        two_futures(),
        leaks,
        settings=settings(
            max_examples=2000,
            deadline=None,
            phases=[Phase.generate],
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    with pytest.raises(AssertionError, match="assert not"):
        check(ENGINES["duckdb"], found, features=few)
