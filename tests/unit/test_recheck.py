"""A matrix that holds what came later is found out by making it again from a single view that ends at its date."""

from datetime import date
from unittest.mock import patch

import pandas as pd
import pyarrow.compute as pc
import pytest

from benchmarks import planted_view
from features import engine, timing
from features.recheck import drawn, recheck
from features.sources import open_view
from features.specs import Feature, Kind, count, events
from tests.builders import single_view
from tests.property.test_future_rows import LEAKS

WHY = "something to read past the date with"
KINDS = (Kind("police", "call", "calls"),)
CALLS = {
    grain: Feature(f"{grain}_calls", count(events("police", "call")), days=(365,), grain=grain, none=0, why=WHY)
    for grain in ("resident", "household", "property", "area")
}
ASKED = pd.DataFrame(
    {"unit_id": ["ann", "ann", "bob"], "as_of": [date(2020, 3, 1), date(2020, 6, 1), date(2020, 6, 1)]}
)


def view_of_calls(folder, recorded_on="2020-05-15"):
    homes = [
        {"resident_id": who, "household_id": home, "property_id": f"p{home}", "started_on": "2015-01-01"}
        for who, home in (("ann", "1"), ("bob", "1"), ("cat", "2"))
    ]
    calls = [
        {"unit_id": who, "kind": "call", "occurred_on": "2020-01-10", "recorded_on": recorded_on}
        for who in ("ann", "bob", "cat")
    ]
    calls.append(calls[0] | {"unit": "property", "unit_id": "p1"})
    places = [{"property_id": "p1"}, {"property_id": "p2"}]
    return single_view(folder, residencies=homes, properties=places, events=calls)


def test_an_honest_matrix_comes_out_the_same():
    found = planted_view.past(0)
    assert found["different"] == []
    assert found["pairs"] == planted_view.RESIDENTS
    assert found["records"] > 20, "there is something later that a leak could have read"


@pytest.mark.parametrize("what", [what for what in LEAKS if "death" not in what])
def test_a_careless_rule_of_time_is_found_out(what):
    rules = {name: rule for name, rule in LEAKS[what].items() if name.endswith("_sql")}
    assert planted_view.past(0, rules)["different"]


@pytest.mark.parametrize("grain", ["household", "property", "area"])
def test_what_others_are_recorded_with_later_is_found_out(tmp_path, grain):
    features = (CALLS["resident"], CALLS[grain])
    with open_view(view_of_calls(tmp_path)) as view:
        honest = recheck(view, engine.build(view, ASKED, features, KINDS), features, KINDS)
        with patch.object(timing, "first_known_on_sql", lambda _: "DATE '1900-01-01'"):
            leaky = engine.build(view, ASKED, features, KINDS)
            found = recheck(view, leaky, features, KINDS)
    assert honest["different"] == []
    assert f"{grain}_calls_365d" in {column["name"] for column in found["different"]}


def test_the_view_is_left_as_it_was(tmp_path):
    with open_view(view_of_calls(tmp_path)) as view:
        matrix = engine.build(view, ASKED, (CALLS["area"], CALLS["resident"]), KINDS)
        recheck(view, matrix, (CALLS["area"], CALLS["resident"]), KINDS)
        assert view.con.sql("SELECT count(*) FROM events").fetchall() == [(4,)]
        assert engine.build(view, ASKED, (CALLS["area"], CALLS["resident"]), KINDS).equals(matrix)


def test_a_value_that_was_changed_is_counted(tmp_path):
    with open_view(view_of_calls(tmp_path)) as view:
        matrix = engine.build(view, ASKED, (CALLS["resident"],), KINDS)
        changed = matrix.set_column(2, "resident_calls_365d", pc.add(matrix.column(2), 1).cast("float32"))
        found = recheck(view, changed, (CALLS["resident"],), KINDS)
    assert found["different"] == [{"name": "resident_calls_365d", "pairs": 3}]


def test_pairs_are_drawn_alike_and_spread_over_the_dates():
    days = pd.date_range("2020-01-01", periods=400).date
    pairs = pd.DataFrame({"unit_id": [f"r{i}" for i in range(400)], "as_of": days})
    some = drawn(pairs, 10, seed=1)
    assert some.num_rows == 10
    assert some.equals(drawn(pairs, 10, seed=1))
    assert len(set(drawn(pairs, 400, seed=1).column("as_of").to_pylist())) == 30
