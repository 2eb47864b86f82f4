"""DuckDB and Spark equal the reference, to the byte, on whatever single view Hypothesis can think of."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from features import cohorts, engine, labels, reference
from features.outcomes import Among, Occurs
from features.specs import events
from tests.engines import needs_spark
from tests.property.drawn import (
    DATES,
    FEATURES,
    KINDS,
    OF_PROPERTIES,
    OUTCOMES,
    PROPERTIES,
    RESIDENTS,
    opened,
    outcome,
    views,
)

unhurried = settings(max_examples=30, deadline=None)
few = settings(max_examples=10, deadline=None, phases=[Phase.generate])  # to shrink on Spark takes minutes
PAIRS = [(unit_id, t) for t in DATES for unit_id in (*RESIDENTS, "stranger")]
HOMES = [(unit_id, t) for t in DATES for unit_id in (*PROPERTIES, "nowhere")]


def frame(pairs) -> pd.DataFrame:
    return pd.DataFrame(list(pairs), columns=["unit_id", "as_of"])


def assert_same(left: pd.DataFrame, right: pd.DataFrame):
    """Equal pairs, in order, and equal bytes in every column; the failure names the columns."""
    assert list(left.columns) == list(right.columns)
    assert left[["unit_id", "as_of"]].values.tolist() == right[["unit_id", "as_of"]].values.tolist()
    differing = {
        name: (left[name].tolist(), right[name].tolist())
        for name in left.columns[2:]
        if left[name].to_numpy(np.float32).tobytes() != right[name].to_numpy(np.float32).tobytes()
    }
    assert not differing


def pairs_of(asked) -> list[tuple]:
    return HOMES if asked.unit == "property" else PAIRS


def built(view, pairs, features=FEATURES, unit="resident") -> pd.DataFrame:
    return engine.build(view, pairs, features, KINDS, unit=unit).to_pandas()


@unhurried
@given(views())
def test_features(rows):
    with opened(rows) as view:
        assert_same(built(view, frame(PAIRS)), reference.build(view, frame(PAIRS), FEATURES, KINDS))


@unhurried
@given(views())
def test_features_of_properties(rows):
    with opened(rows) as view:
        found = built(view, frame(HOMES), OF_PROPERTIES, "property")
        assert_same(found, reference.build(view, frame(HOMES), OF_PROPERTIES, KINDS, "property"))


@unhurried
@given(views(), st.sampled_from(OUTCOMES))
def test_cohorts(rows, asked):
    if asked.unit == "property":
        rows = {"residencies": [], "properties": []} | rows
    with opened(rows) as view:
        found = cohorts.build(view, asked, cohorts.Snapshots(DATES), KINDS)
        pairs, flow = cohort_by_reference(reference.Records(view), asked)
    assert list(found.pairs.itertuples(index=False, name=None)) == pairs
    assert found.flow == flow


def cohort_by_reference(records, asked) -> tuple[list[tuple], list[dict]]:
    """The pairs and the flow, resident by resident."""
    listed, of_property = cohorts.steps(asked, records.has_residencies), asked.unit == "property"
    table = "properties" if of_property else "residents"
    pairs, flow = [], []
    for t in DATES:
        on_record = sorted(getattr(records, table))
        fails = {unit_id: reference.eligible(records, asked, unit_id, t, KINDS) for unit_id in on_record}
        for unit_id in (unit_id for unit_id, fail in fails.items() if fail is None):
            home = None if of_property else reference.home(records, unit_id, t)
            pairs.append((unit_id, t, home.household_id if home else unit_id, t))
        out, steps = set(), [(f"{table} on record", None), *((step.remaining, step.key) for step in listed)]
        for step, key in steps:
            out.add(key or "nobody")
            remaining = sum(fail not in out for fail in fails.values())
            flow.append({"listed_on": t.isoformat(), "step": step, "remaining": remaining})
    return pairs, flow


@unhurried
@given(views(), st.sampled_from((0, 20, 400)))
def test_labels(rows, allowance_days):
    with opened(rows) as view:
        records = reference.Records(view)
        for asked in OUTCOMES:
            told = labels.labels(view, frame(pairs_of(asked)), asked, allowance_days, KINDS)
            found = [(None if row.label is pd.NA else row.label, row.status) for row in told.itertuples()]
            assert found == [
                reference.label(records, asked, row.unit_id, row.as_of, allowance_days, KINDS)
                for row in told.itertuples()
            ]
            assert sorted(zip(told["unit_id"], told["as_of"], strict=True)) == sorted(pairs_of(asked))


@needs_spark
@few
@given(views(), st.sampled_from(OUTCOMES))
def test_spark(rows, asked):
    """What Spark does, as DuckDB does it, which is as the reference does."""
    if asked.unit == "property":
        rows = {"residencies": [], "properties": []} | rows
    pairs, features = frame(pairs_of(asked)), FEATURES if asked.unit == "resident" else OF_PROPERTIES
    with opened(rows, "spark") as view, opened(rows) as here:
        assert_same(*(built(of, pairs, features, asked.unit) for of in (view, here)))
        found, wanted = (cohorts.build(of, asked, cohorts.Snapshots(DATES), KINDS) for of in (view, here))
        assert found.pairs.equals(wanted.pairs)
        assert found.flow == wanted.flow
        of_both = (labels.labels(of, pairs, asked, 20, KINDS) for of in (view, here))
        pd.testing.assert_frame_equal(*of_both)


@unhurried
@given(views(), st.sets(st.sampled_from(PAIRS + HOMES), max_size=12), st.sampled_from(DATES))
def test_a_date_built_alone_is_as_built_among_others(rows, some, t):
    """So is a date built with other residents, or properties."""
    with opened(rows) as view:
        for pairs, how in ((PAIRS, (FEATURES, "resident")), (HOMES, (OF_PROPERTIES, "property"))):
            together = built(view, frame(pairs), *how)
            chosen = [(row.unit_id, row.as_of) in some for row in together.itertuples()]
            assert_same(together[chosen].reset_index(drop=True), built(view, frame(set(pairs) & some), *how))
            alone = built(view, frame(pair for pair in pairs if pair[1] == t), *how)
            assert_same(together[together["as_of"] == t].reset_index(drop=True), alone)


def test_thousands_of_dates():
    """2,500 days in a row, two residents of one household who move, with events on every seventh day."""
    start, many = date(2016, 1, 1), 2500
    weeks = [start + timedelta(7 * n) for n in range(300)]
    homes = [date(2015, 6, 1), date(2016, 5, 31), date(2017, 5, 31)]
    rows = {
        "residents": [{"resident_id": "ann", "born_on": "2000-02-29"}, {"resident_id": "bob"}],
        "residencies": [
            {
                "resident_id": who,
                "household_id": f"h{n}",
                "property_id": f"p{n}",
                "started_on": day,
                "recorded_on": day + timedelta(9),
                "ended_on": day + timedelta(365),
                "end_recorded_on": day + timedelta(400),
            }
            for who in ("ann", "bob")
            for n, day in enumerate(homes)
        ],
        "properties": [{"property_id": f"p{n}", "lsoa": f"L{n % 2}"} for n in range(3)],
        "events": [
            {
                "unit_id": ("ann", "bob")[n % 2],
                "agency": ("police", "care")[n % 3 == 0],
                "kind": ("call", "plan")[n % 3 == 0],
                "ladder": "care",
                "tier": n % 4,
                "amount": n,
                "occurred_on": day,
                "recorded_on": day + timedelta(n % 5),
                "ended_on": day + timedelta(20),
                "end_recorded_on": day + timedelta(20 + n % 30),
            }
            for n, day in enumerate(weeks)
        ],
    }
    chosen = tuple(
        f
        for f in FEATURES
        if f.name
        in ("resident_any", "resident_open", "household_ratio", "moves", "age", "people", "imd", "area_police")
    )
    pairs = frame((("ann", "bob")[n % 2], start + timedelta(n)) for n in range(many))
    with opened(rows) as view:
        assert_same(built(view, pairs, chosen), reference.build(view, pairs, chosen, KINDS))


def test_an_empty_cohort():
    """Nobody is eligible, and nothing follows from nobody: no row, every column."""
    nobody = outcome(Occurs((events("police"),)), Among(ages=(100, None)))
    with opened({"residents": [{"resident_id": "ann"}], "events": []}) as view:
        cohort = cohorts.build(view, nobody, cohorts.Snapshots(DATES[:1]), KINDS)
        assert cohort.flow[-1] == {"listed_on": "2020-02-28", "step": "of eligible age", "remaining": 0}
        assert list(cohort.pairs.columns) == ["unit_id", "as_of", "group_id", "listed_on"]
        assert labels.labels(view, cohort.pairs, nobody, 0, KINDS).empty
        matrix = built(view, cohort.pairs)
        assert len(matrix) == 0
        assert_same(matrix, reference.build(view, cohort.pairs, FEATURES, KINDS))
