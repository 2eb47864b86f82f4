"""What-ifs: feasible, consistent across windows, of nothing that cannot change, and scored by the model itself."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.catalogue import FEATURES, KINDS
from features.specs import (
    Events,
    Feature,
    Kind,
    age,
    count,
    days_open,
    days_since_last,
    distinct_agencies,
    events,
    highest_open_tier,
    open_now,
    recent_to_long,
)
from models.whatif import CLOSED, QUIET, changes, covers, rescored

WHY = "it is an example"
AE = events("urgent_care", "ae_attendance")
CARE = events("adult_social_care", ladder="adults")
SPECS = (
    Feature("ae", count(AE), days=(90, 365, 1095), none=0, why=WHY),
    Feature("ae_since", days_since_last(AE), none=None, why=WHY),
    Feature("ae_speed", recent_to_long(AE), days=(90, 1095), none=None, why=WHY),
    Feature("arrests", count(events("police", "arrest")), days=(365,), none=0, why=WHY),
    Feature("all", count(events()), days=(365,), none=0, why=WHY),
    Feature("agencies", distinct_agencies(events()), days=(365,), none=0, why=WHY),
    Feature("care_open", open_now(CARE), none=0, why=WHY),
    Feature("care_tier", highest_open_tier(CARE), none=0, why=WHY),
    Feature("care_days", days_open(CARE), none=None, why=WHY),
    Feature("age", age(), none=None, protected="age", why=WHY),
    Feature("da_home", count(events("police", "domestic_abuse")), days=(365,), grain="household", none=0, why=WHY),
    Feature("rent", count(events("housing", "rent_arrears")), days=(365,), grain="household", none=0, why=WHY),
    Feature("area", count(events("police", "violence")), days=(365,), grain="area", none=None, why=WHY),
)
COLUMNS = tuple(column for feature in SPECS for column in feature.columns)
NOTHING = {c.name: np.nan if c.feature.none is None else float(c.feature.none) for c in COLUMNS} | {"age": 40.0}


def told(columns=COLUMNS, **recorded: float) -> dict[tuple[str, str], dict[str, float]]:
    """Of a resident with only this on record: (kind, column that names it) -> what would be otherwise."""
    row = pd.Series(NOTHING | recorded)
    found = {}
    for change in changes(row, columns):
        moved = ~((change.row == row) | (change.row.isna() & row.isna()))
        found[(change.kind, change.column.name)] = change.row[moved].to_dict()
    return found


def test_a_quiet_year_empties_every_window_of_a_year_and_the_counts_of_wider_selections():
    found = told(
        ae_90d=2, ae_365d=5, ae_1095d=9, ae_since=20, ae_speed=2.7, arrests_365d=1, all_365d=7, agencies_365d=3
    )
    assert found[(QUIET, "ae_90d")] == {"ae_90d": 0, "ae_365d": 0, "ae_since": 385, "ae_speed": 0, "all_365d": 2}
    assert found[(QUIET, "arrests_365d")] == {"arrests_365d": 0, "all_365d": 6}
    assert found[(QUIET, "all_365d")] == {
        "ae_90d": 0,
        "ae_365d": 0,
        "ae_since": 385,
        "ae_speed": 0,
        "arrests_365d": 0,
        "all_365d": 0,
        "agencies_365d": 0,
    }
    assert len(found) == 3


def test_what_is_open_is_closed_in_all_its_columns_together_and_nothing_else_is():
    found = told(care_open=1, care_tier=2, care_days=300, ae_1095d=1, ae_since=800)
    assert found[(CLOSED, "care_open")] == {
        "care_open": 0,
        "care_tier": 0,
        "care_days": pytest.approx(np.nan, nan_ok=True),
    }
    assert [key for key in found if key[0] == CLOSED] == [(CLOSED, "care_open")]


def test_all_that_is_recorded_about_the_household_changes_together():
    assert told(da_home_365d=2, rent_365d=3) == {(QUIET, "da_home_365d"): {"da_home_365d": 0, "rent_365d": 0}}


def test_nobodys_age_home_or_neighbourhood_is_changed():
    assert told(area_365d=20) == {}


def test_who_has_nothing_on_record_has_no_what_ifs():
    assert told() == {}


def test_columns_that_the_model_does_not_use_are_not_asked_about():
    row = pd.Series({"arrests_365d": 2.0})
    (change,) = changes(row, COLUMNS)
    assert change.row.to_dict() == {"arrests_365d": 0.0}


@pytest.mark.parametrize(
    ("wider", "narrower", "does"),
    [
        (events(), AE, True),
        (AE, events(), False),
        (events("police"), events("police", "arrest", "missing"), True),
        (events("police", "arrest"), events("police"), False),
        (events("police", "arrest", "missing"), events("police", "arrest"), True),
        (events("police"), AE, False),
        (events("police", role="victim"), events("police", role="suspect"), False),
        (CARE, events("adult_social_care", ladder="adults", min_tier=2), True),
        (events("adult_social_care", ladder="adults", min_tier=2), CARE, False),
        (events("police", min_amount=10), events("police", min_amount=14), True),
    ],
)
def test_one_selection_covers_another_only_where_that_is_sure(wider, narrower, does):
    assert covers(wider, narrower) is does


COUNTY = tuple(column for feature in FEATURES for column in feature.columns)
COUNTS = [c for c in COUNTY if c.feature.measure.op == "count" and c.feature.grain in ("resident", "household")]
RECORDED = st.tuples(st.sampled_from(KINDS), st.integers(0, 2), st.integers(0, 5), st.integers(1, 1200))


def takes(of: Events, kind: Kind, role: int, tier: int) -> bool:
    """Whether a selection takes an event of the kind, in one of its roles, at a tier."""
    return (
        of.agency in (None, kind.agency)
        and (not of.kinds or kind.kind in of.kinds)
        and of.role in (None, kind.roles[role % len(kind.roles)] if kind.roles else None)
        and of.ladder in (None, kind.ladder)
        and (of.min_tier is None or tier >= of.min_tier)
    )


@settings(max_examples=10, deadline=None)
@given(st.lists(RECORDED, min_size=1, max_size=25))
def test_no_change_of_the_countys_columns_raises_a_count_or_leaves_a_window_above_a_longer_one(recorded):
    row = pd.Series({c.name: np.nan if c.feature.none is None else float(c.feature.none) for c in COUNTY})
    windows: dict[str, list[str]] = {}  # of each feature, in ascending order
    for column in COUNTS:
        of = column.feature.measure.of
        row[column.name] = sum(takes(of, *event) and ago <= column.days[0] for *event, ago in recorded)
        windows.setdefault(column.feature.name, []).append(column.name)
    names = [c.name for c in COUNTS]
    for change in changes(row, COUNTY):
        assert (change.row[names] <= row[names]).all()
        assert (change.row[names] >= 0).all()
        assert all(change.row[of].is_monotonic_increasing for of in windows.values())


class Model:
    """A score that is the logistic of the sum of its inputs, missing as nought."""

    def predict_proba(self, X):
        p = 1 / (1 + np.exp(-X.fillna(0).sum(axis=1).to_numpy()))
        return np.column_stack([1 - p, p])


def test_the_model_is_asked_again_with_each_change():
    row = pd.Series({"arrests_365d": 2.0, "ae_90d": 1.0, "ae_365d": 1.0})
    found = rescored(Model(), row, changes(row, COLUMNS)).set_index("column")
    assert found.loc["arrests_365d", "difference"] == pytest.approx(-2)
    assert found.loc["ae_90d", "difference"] == pytest.approx(-2)
    assert found.loc["arrests_365d", "probability"] == pytest.approx(1 / (1 + np.exp(-2)))
