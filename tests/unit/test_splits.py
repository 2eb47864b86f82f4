"""Training before testing, with the label gap; households on one side only."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import InputError
from models.splits import assert_no_leak, is_held_out, temporal_split

# settled on: 2018-01-01 -> 2019-03-02, 2018-07-01 -> 2019-08-30, 2019-01-01 -> 2020-03-01 (365 + 60 days)
SNAPSHOTS = [date(2018, 1, 1), date(2018, 7, 1), date(2019, 1, 1), date(2020, 1, 1)]
RULES = {"gap_days": 0, "horizon_days": 365, "allowance_days": 60}


def cohort(dates=SNAPSHOTS, households=400):
    """Everybody at every date, two to a household; every third pair has the event."""
    pairs = pd.DataFrame(
        {
            "unit_id": [f"r{i}" for _ in dates for i in range(2 * households)],
            "as_of": [d for d in dates for _ in range(2 * households)],
            "group_id": [f"h{i // 2}" for _ in dates for i in range(2 * households)],
        }
    )
    return pairs, pd.array(np.arange(len(pairs)) % 3 == 0, dtype="boolean")


def test_training_outcomes_are_settled_by_the_cut_and_testing_starts_there():
    pairs, label = cohort()
    split = temporal_split(pairs, label, cut=date(2020, 1, 1), **RULES)
    assert split.training_dates == (date(2018, 1, 1), date(2018, 7, 1))  # 2019-01-01 is settled too late
    assert split.test_dates == (date(2020, 1, 1),)
    assert split.calibration_dates == (date(2018, 1, 1), date(2018, 7, 1))  # the last alone has about 53 events
    assert len(split.test) == 800
    assert len(split.fit) + len(split.calibrate) == 1600


@pytest.mark.parametrize(("allowance_days", "trains"), [(0, True), (1, False)])
def test_settled_on_the_very_day_of_the_cut_is_settled(allowance_days, trains):
    pairs, label = cohort([date(2019, 1, 1), date(2018, 1, 1), date(2020, 1, 1)])
    split = temporal_split(
        pairs, label, cut=date(2020, 1, 1), gap_days=0, horizon_days=365, allowance_days=allowance_days
    )
    assert (date(2019, 1, 1) in split.training_dates) == trains


def test_calibration_uses_as_many_of_the_latest_dates_as_it_needs():
    pairs, label = cohort()
    for wanted, days in ((10, (date(2018, 7, 1),)), (100, SNAPSHOTS[:2]), (10**6, SNAPSHOTS[:2])):
        split = temporal_split(pairs, label, cut=date(2020, 1, 1), **RULES, calibration_events=wanted)
        assert split.calibration_dates == tuple(days)
        assert not set(pairs.group_id[split.fit]) & set(pairs.group_id[split.calibrate])


def test_a_resident_who_moves_is_not_fitted_on_and_held_out():
    pairs, label = cohort()
    moves = pairs["as_of"] == date(2018, 7, 1)
    pairs.loc[moves, "group_id"] = pairs.loc[moves, "group_id"].to_numpy()[::-1]
    split = temporal_split(pairs, label, cut=date(2020, 1, 1), **RULES)
    assert not set(pairs.unit_id[split.fit]) & set(pairs.unit_id[split.choose])
    assert len(split.fit) + len(split.choose) < 1600


def test_a_household_is_held_out_everywhere_or_nowhere_and_in_every_run():
    ids = pd.Series([f"h{i}" for i in range(5000)])
    held = is_held_out(ids, 0.2)
    assert held.mean() == pytest.approx(0.2, abs=0.02)
    assert (is_held_out(ids[::-1], 0.2)[::-1] == held).all()
    assert held[is_held_out(ids, 0.1)].all()  # holding out more keeps those that were


def test_pairs_without_a_mature_label_are_not_used():
    pairs, label = cohort()
    label[::5] = pd.NA
    split = temporal_split(pairs, label, cut=date(2020, 1, 1), **RULES)
    assert not label[np.r_[split.fit, split.calibrate, split.test]].isna().any()


@pytest.mark.parametrize("as_type", ["datetime64[s]", "datetime64[ns]", "object"])
def test_dates_of_any_kind_are_dates(as_type):
    pairs, label = cohort()
    expected = temporal_split(pairs, label, cut=date(2020, 1, 1), **RULES)
    split = temporal_split(pairs.astype({"as_of": as_type}), label, cut=date(2020, 1, 1), **RULES)
    assert (split.fit == expected.fit).all()
    assert split.test_dates == expected.test_dates


@given(
    st.lists(st.dates(date(2015, 1, 1), date(2020, 12, 31)), min_size=60, max_size=120),
    st.integers(0, 90),
    st.integers(1, 400),
    st.integers(0, 90),
    st.dates(date(2016, 6, 1), date(2020, 1, 1)),
)
@settings(max_examples=40, deadline=None)
def test_triggers_at_many_dates_are_split_as_the_rules_say(days, gap, horizon, allowance, cut):
    household = [f"h{i % 30}" for i in range(len(days))]
    pairs = pd.DataFrame({"unit_id": household, "as_of": days, "group_id": household})
    label = pd.array([i % 4 < 2 for i in range(len(days))], dtype="boolean")
    try:
        split = temporal_split(pairs, label, cut=cut, gap_days=gap, horizon_days=horizon, allowance_days=allowance)
    except InputError:
        return
    for i, day in enumerate(days):
        assert (i in split.test) == (day >= cut)
        settled = (day - date(2000, 1, 1)).days + gap + horizon + allowance <= (cut - date(2000, 1, 1)).days
        assert i not in split.fit or settled
        assert i in split.fit or not settled or f"h{i % 30}" not in set(pairs.group_id[split.fit])


@pytest.mark.parametrize(
    ("spoil", "leak"),
    [
        ({"fit": np.array([1600])}, "settled after the cut"),
        ({"test": np.array([1600])}, "before the cut"),
        ({"choose": np.array([2, 0])}, "two purposes"),
        ({"choose": np.array([2, 1])}, "also fitted on"),
        ({"calibrate": np.array([1])}, "not held out"),
        ({"test": np.array([2401])}, "without a mature label"),
    ],
)
def test_the_check_finds_every_leak(spoil, leak):
    pairs, label = cohort()
    label[2401] = pd.NA
    rows = {"fit": 0, "choose": 2, "calibrate": 2, "test": 2400}
    parts = {name: np.array([row]) for name, row in rows.items()} | {"cut": date(2020, 1, 1)}
    assert_no_leak(SimpleNamespace(**parts), pairs, label, **RULES)
    with pytest.raises(AssertionError, match=leak):
        assert_no_leak(SimpleNamespace(**parts | spoil), pairs, label, **RULES)


def test_errors_name_the_dates():
    pairs, label = cohort()
    with pytest.raises(
        InputError,
        match=r"test_from 2018-06-01: no training pair .*earliest as-of date, 2018-01-01, is settled on 2019-03-02",
    ):
        temporal_split(pairs, label, cut=date(2018, 6, 1), **RULES)
    with pytest.raises(InputError, match=r"test_from 2021-01-01: no pair .*latest as-of date is 2020-01-01"):
        temporal_split(pairs, label, cut=date(2021, 1, 1), **RULES)
    with pytest.raises(InputError, match="there is no pair at all"):
        temporal_split(pairs[:0], label[:0], cut=date(2020, 1, 1), **RULES)
    with pytest.raises(InputError) as both:
        temporal_split(pairs, label & False, cut=date(2020, 1, 1), **RULES)
    assert [f.split(":")[0] for f in both.value.faults] == ["fit", "calibrate", "test"]
    assert "as of 2018-01-01 to 2018-07-01 (2 dates), none have the event" in both.value.faults[0]
    with pytest.raises(InputError, match=r"test: of the 800 .* as of 2020-01-01, all have the event"):
        temporal_split(pairs, label | (pairs.as_of == date(2020, 1, 1)).to_numpy(), cut=date(2020, 1, 1), **RULES)
    with pytest.raises(InputError, match=r"calibrate: there is no pair of held-out households"):
        temporal_split(pairs.assign(group_id="h2"), label, cut=date(2020, 1, 1), **RULES)
    with pytest.raises(ValueError, match="between 0 and 1, not 1"):
        temporal_split(pairs, label, cut=date(2020, 1, 1), **RULES, held_out=1)
