"""Training before testing, with the label gap; households on one side only."""

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import InputError
from models.splits import assert_fold_does_not_leak, assert_no_leak, folds, is_held_out, temporal_split

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
    assert not set(pairs.unit_id[split.fit]) & set(pairs.unit_id[split.calibrate])
    assert len(split.fit) + len(split.calibrate) < 1600


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
        ({"calibrate": np.array([2, 0])}, "two purposes"),
        ({"calibrate": np.array([2, 1])}, "also fitted on"),
        ({"calibrate": np.array([1602])}, "settled after the cut"),
        ({"test": np.array([2401])}, "without a mature label"),
    ],
)
def test_the_check_finds_every_leak(spoil, leak):
    pairs, label = cohort()
    label[2401] = pd.NA
    rows = {"fit": 0, "calibrate": 2, "test": 2400}
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


YEARLY = [date(year, 1, 1) for year in range(2012, 2022)]


def test_folds_roll_on_from_the_first_day_on_which_anything_is_settled():
    # with 425 days to wait, 2012 is settled by 2014, ..., 2018 by 2020, and 2019 is not
    pairs, label = cohort(YEARLY, households=50)
    made = folds(pairs, label, cut=date(2020, 1, 1), number=2, **RULES)
    assert made.left_out == ()
    assert [fold.dates for fold in made.used] == [tuple(YEARLY[2:5]), tuple(YEARLY[5:7])]
    assert [fold.cut for fold in made.used] == [date(2014, 1, 1), date(2017, 1, 1)]
    assert [sorted(pairs.as_of[fold.fit].unique()) for fold in made.used] == [YEARLY[:1], YEARLY[:4]]
    assert all(len(fold.fit) == 100 * n for fold, n in zip(made.used, (1, 4), strict=True))  # of all households


def test_where_every_day_has_its_pairs_the_first_fold_waits_for_a_tenth_of_them():
    days = [date(2015, 1, 1) + timedelta(days=i) for i in range(1000)]
    pairs = pd.DataFrame({"unit_id": range(1000), "as_of": days, "group_id": range(1000)})
    rules = {"gap_days": 0, "horizon_days": 30, "allowance_days": 0}
    made = folds(pairs, np.arange(1000) % 2 == 0, cut=days[-1], number=4, **rules)
    fitted_on = [len(fold.fit) for fold in made.used]
    assert len(fitted_on) == 4
    assert fitted_on[0] == 97  # of the 970 days that are settled by the last
    assert max(len(fold.dates) for fold in made.used) - min(len(fold.dates) for fold in made.used) <= 1


def test_there_are_no_more_folds_than_dates_to_judge():
    pairs, label = cohort(YEARLY[:4], households=50)
    made = folds(pairs, label, cut=date(2020, 1, 1), number=8, **RULES)
    assert [fold.dates for fold in made.used] == [(YEARLY[2],), (YEARLY[3],)]


def test_a_fold_of_one_class_is_left_out_and_the_rest_are_used():
    pairs, label = cohort(YEARLY[:4], households=50)
    label[(pairs.as_of == YEARLY[2]).to_numpy()] = False
    made = folds(pairs, label, cut=date(2020, 1, 1), number=2, **RULES)
    assert [fold.dates for fold in made.used] == [(YEARLY[3],)]
    [(cut, reason)] = made.left_out
    assert cut == YEARLY[2]
    assert "judge: of the 100 pairs to judge, as of 2014-01-01, none have the event" in reason


def test_without_a_usable_fold_the_error_names_each():
    pairs, label = cohort(YEARLY[:4], households=50)
    label[(pairs.as_of < YEARLY[2]).to_numpy()] = False
    with pytest.raises(InputError) as error:
        folds(pairs, label, cut=date(2020, 1, 1), number=2, **RULES)
    assert [fault.split(": ")[1] for fault in error.value.faults] == [
        f"the fold of {day} cannot be used" for day in YEARLY[2:4]
    ]
    assert "add as-of dates" in error.value.faults[0]
    with pytest.raises(InputError, match="fit: there is no pair to fit on"):
        folds(pairs, label, cut=date(2012, 1, 1), number=2, **RULES)


def test_where_no_date_is_late_enough_held_out_households_are_judged():
    pairs, label = cohort([date(2018, 1, 1), date(2018, 7, 1)])
    [fold] = folds(pairs, label, cut=date(2020, 1, 1), number=4, **RULES).used
    assert fold.of_households
    assert fold.dates == (date(2018, 1, 1), date(2018, 7, 1))
    assert not set(pairs.group_id[fold.fit]) & set(pairs.group_id[fold.judge])
    assert len(fold.fit) + len(fold.judge) == 1600


@given(
    st.lists(st.dates(date(2015, 1, 1), date(2020, 12, 31)), min_size=40, max_size=120),
    st.integers(0, 60),
    st.integers(1, 300),
    st.integers(0, 60),
    st.dates(date(2016, 6, 1), date(2021, 1, 1)),
    st.integers(2, 6),
)
@settings(max_examples=60, deadline=None)
def test_no_fold_fits_on_what_is_settled_after_its_cut(days, gap, horizon, allowance, cut, number):
    household = [f"h{i % 25}" for i in range(len(days))]
    pairs = pd.DataFrame({"unit_id": household, "as_of": days, "group_id": household})
    label = pd.array([[True, False, False, None][i % 4] for i in range(len(days))], dtype="boolean")
    rules = {"gap_days": gap, "horizon_days": horizon, "allowance_days": allowance}
    try:
        made = folds(pairs, label, cut=cut, number=number, **rules)
    except InputError:
        return
    settled = [day.toordinal() + gap + horizon + allowance for day in days]
    judged = [i for fold in made.used for i in fold.judge]
    assert len(set(judged)) == len(judged)
    for fold in made.used:
        assert all(settled[i] <= fold.cut.toordinal() for i in fold.fit)
        assert all(settled[i] <= cut.toordinal() for i in fold.judge)
        assert fold.of_households or all(days[i] >= fold.cut for i in fold.judge)
        assert not label[np.r_[fold.fit, fold.judge]].isna().any()


@pytest.mark.parametrize(
    ("spoil", "leak"),
    [
        ({"fit": np.array([800])}, "fitted on is settled after its cut"),
        ({"judge": np.array([1600])}, "judged on is settled after test_from"),
        ({"judge": np.array([4, 0])}, "fitted on and judged"),
        ({"judge": np.array([4])}, "as of a day before the fold's cut"),
        ({"judge": np.array([802])}, "without a mature label"),
        ({"of_households": True, "judge": np.array([1])}, "also fitted on"),
    ],
)
def test_the_check_finds_every_leak_of_a_fold(spoil, leak):
    pairs, label = cohort([date(2017, 1, 1), date(2018, 7, 1), date(2019, 1, 1)])
    label[802] = pd.NA
    parts = {"fit": np.array([0]), "judge": np.array([800]), "cut": date(2018, 7, 1), "of_households": False}
    assert_fold_does_not_leak(SimpleNamespace(**parts), pairs, label, date(2020, 1, 1), **RULES)
    with pytest.raises(AssertionError, match=leak):
        assert_fold_does_not_leak(SimpleNamespace(**parts | spoil), pairs, label, date(2020, 1, 1), **RULES)
