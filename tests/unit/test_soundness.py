"""Dates, feeds, residents and figures that do not hold together are found; those that do are left alone."""

from copy import deepcopy
from datetime import date

import numpy as np
import pandas as pd
import pytest

from models import capacity, fairness, metrics, soundness

TIME = {
    "gap_days": 0,
    "horizon_days": 180,
    "allowance_days": 60,
    "cut": date(2021, 1, 1),
    "extract_on": date(2022, 1, 1),
}
HONEST = {"fit": ["2019-01-01", "2020-01-01"], "calibrate": ["2020-01-01"], "test": ["2021-01-01", "2021-05-06"]}


def phases(**changed):
    return {phase: {"dates": days} for phase, days in (HONEST | changed).items()}


def test_honest_dates_have_no_fault():
    assert soundness.timeline(phases(), **TIME) == []
    # 240 days before the extraction is the last day that is settled
    assert soundness.timeline(phases(test=["2021-05-06"]), **TIME) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"fit": ["2020-06-01"]}, "what is fitted on of 2020-06-01 is not settled by 2021-01-01"),
        ({"calibrate": ["2020-06-01"]}, "what is calibrated on of 2020-06-01"),
        ({"test": ["2021-05-07"]}, "were not settled by 2022-01-01"),
        ({"test": ["2020-01-01"]}, "of days before 2021-01-01"),
    ],
)
def test_dates_that_leak_are_told(changed, told):
    assert any(told in fault for fault in soundness.timeline(phases(**changed), **TIME))


def column(name, agency="police", days=(90,), grain="resident", none=0.0):
    return {"name": name, "agency": agency, "days": list(days), "grain": grain, "none": none}


@pytest.mark.parametrize(("times", "within"), [(1, True), (0, False), (2, False)])
def test_a_feed_that_stops_or_doubles_moves_its_ratio(times, within):
    random = np.random.default_rng(0)
    test = np.arange(4000) >= 2000
    calls = random.poisson(0.5, 4000) * np.where(test, times, 1)
    X = pd.DataFrame({"calls_90d": calls, "calls_365d": calls}, dtype="float32")
    columns = [column("calls_90d"), column("calls_365d", days=[365]), column("area_90d", grain="area")]
    [found] = soundness.feeds(X, columns, np.arange(4000), ~test, test)
    assert (found["agency"], found["name"]) == ("police", "calls_90d")  # the shortest window, and no area
    assert (found["ratio"]["low"] > 0.6 and found["ratio"]["high"] < 1.7) == within
    assert found["ratio"]["value"] == pytest.approx(times, abs=0.1)


def test_a_feed_of_a_few_says_nothing():
    X = pd.DataFrame({"calls_90d": np.r_[np.ones(49), np.zeros(951)]}, dtype="float32")
    test = np.arange(1000) >= 500
    assert soundness.feeds(X, [column("calls_90d")], np.arange(1000), ~test, test)[0]["ratio"]["value"] is None


def test_doubles_are_those_with_the_same_much_on_record_at_one_date():
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.poisson(5, (500, 12)) + 1, columns=[f"c{i}" for i in range(12)], dtype="float32")
    columns, dates = [column(name) for name in X], np.repeat(["2020-01-01", "2020-07-01"], 250)
    assert soundness.doubles(X, columns, dates, np.arange(500))["share"]["value"] == 0
    twice = X.copy()
    twice.iloc[:10] = X.iloc[10:20].to_numpy()
    assert soundness.doubles(twice, columns, dates, np.arange(500))["share"]["value"] == pytest.approx(20 / 500)
    # the same person at another date is no double
    again = X.copy()
    again.iloc[250:] = X.iloc[:250].to_numpy()
    assert soundness.doubles(again, columns, dates, np.arange(500) % 250)["share"]["value"] == 0
    assert soundness.doubles(X * 0, columns, dates, np.arange(500)) is None


@pytest.fixture(scope="module")
def figures():
    random = np.random.default_rng(0)
    p = np.round(random.beta(1, 8, 2000), 3)
    y, lists = random.random(2000) < p, np.repeat(["2020-01-01", "2020-07-01"], 1000)
    groups = pd.DataFrame({"sex": random.choice(["female", "male"], 2000)})
    flagged = capacity.flagged(p, lists, 100)
    return (
        metrics.evaluate(y, p, np.arange(2000), 100, lists, resamples=20),
        fairness.by_group(y, p, flagged, groups, np.arange(2000), resamples=20),
    )


def test_figures_of_one_model_do_not_contradict_each_other(figures):
    assert soundness.contradictions(*figures) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f, _: f["precision_at_capacity"].update(value=0.9), "not of the same number found"),
        (lambda f, _: f["base_rate"].update(value=0.3), "are not the base rate that is told"),
        (lambda f, _: f["by_date"][0].update(auc=0.1), "the AUC can't be"),
        (lambda f, _: f["by_date"][0].update(n=999), "the dates' n"),
        (lambda f, _: f["brier"].update(value=1.2), "brier is beyond 0 and 1"),
        (lambda f, _: f["auc"].update(low=0.9, high=0.8), "the interval of auc begins above its end"),
        (lambda _, g: g["sex"][0].update(events=g["sex"][0]["events"] + 5), "sex: events of its groups"),
        (lambda _, g: g["sex"][1]["ppv"].update(value=0.01), "sex, male: ppv is not what its counts give"),
    ],
)
def test_figures_that_cannot_all_be_true_are_told(figures, change, told):
    changed, groups = deepcopy(figures[0]), deepcopy(figures[1])
    change(changed, groups)
    assert any(told in fault for fault in soundness.contradictions(changed, groups))
