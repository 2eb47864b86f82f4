"""What a list is worth beside the simple rule, beside open cases, and in pounds, against cases worked by hand."""

import numpy as np
import pytest

from models import metrics, worth
from models.capacity import at_capacity, flagged, net_benefit

DAY = "2020-01-01"


def made_up(n=600, seed=0):
    """A score that knows the risk, a rule of three levels that knows some of it, households of two, two dates."""
    random = np.random.default_rng(seed)
    p = random.random(n) * 0.5
    rule = np.select([p + random.normal(0, 0.2, n) > 0.5, p > 0.25], [0.5, 0.3], 0.15)
    dates = np.where(np.arange(n) % 4 < 2, DAY, "2020-07-01")
    return random.random(n) < p, p, rule, np.arange(n) // 2, dates


def test_the_lift_is_the_difference_of_the_figures():
    y, p, rule, groups, dates = made_up()
    lift = worth.lift(y, p, rule, groups, dates, 50, resamples=50)
    model, simple = at_capacity(y, p, dates, 50), at_capacity(y, rule, dates, 50)
    for name in model:
        assert lift[name]["value"] == pytest.approx(model[name] - simple[name], abs=1e-6)
    assert lift["auc"]["value"] == pytest.approx(metrics.auc(y, p) - metrics.auc(y, rule), abs=1e-6)
    ratio = model["precision_at_capacity"] / simple["precision_at_capacity"]
    assert lift["precision_ratio"]["value"] == pytest.approx(ratio, abs=1e-6)
    assert all(f["low"] <= f["value"] <= f["high"] for f in lift.values())


def test_a_difference_is_known_better_than_the_figures_it_is_of():
    y, p, _, groups, dates = made_up()
    near = p + np.random.default_rng(1).normal(0, 0.01, len(p))  # almost the same score
    lift = worth.lift(y, p, near, groups, dates, 50)["auc"]
    alone = metrics.evaluate(y, p, groups, 50, dates)["auc"]
    assert lift["high"] - lift["low"] < 0.2 * (alone["high"] - alone["low"])
    same = worth.lift(y, p, p, groups, dates, 50, resamples=20)
    assert same["auc"] == {"value": 0, "low": 0, "high": 0}
    assert same["precision_ratio"] == {"value": 1, "low": 1, "high": 1}


def test_net_benefit_at_a_threshold_is_that_of_the_decision_curve():
    y, p, rule, groups, _ = made_up()
    told = worth.net_benefit_at(y, p, rule, groups, 0.2, resamples=50)
    curve, of_rule = (net_benefit(y, score, [0.2]).iloc[0] for score in (p, rule))
    assert told["threshold"] == 0.2
    assert told["model"]["value"] == pytest.approx(curve["model"], abs=1e-6)
    assert told["all"]["value"] == pytest.approx(curve["all"], abs=1e-6)
    assert told["over_rule"]["value"] == pytest.approx(curve["model"] - of_rule["model"], abs=1e-6)
    assert told["over_all"]["value"] == pytest.approx(curve["model"] - curve["all"], abs=1e-6)
    assert told["over_all"]["low"] <= told["over_all"]["value"] <= told["over_all"]["high"]
    assert "rule" not in worth.net_benefit_at(y, p, None, groups, 0.2, resamples=20)


def test_newly_found_are_the_right_flags_without_an_open_case():
    # two places: the first is right and known, the last is drawn from two who tie, one of them right and new
    y, p, known = [1, 1, 0, 1], [0.9, 0.5, 0.5, 0.1], [True, False, False, False]
    told = worth.newly_found(y, flagged(p, [DAY] * 4, 2), known, range(4), resamples=50)
    assert told["listed"]["value"] == 1
    assert told["found"]["value"] == 0.5
    assert told["share_of_found"]["value"] == pytest.approx(1 / 3, abs=1e-6)
    assert told["found"]["low"] <= 0.5 <= told["found"]["high"]


def test_bed_days_and_pounds_are_the_right_flags_times_their_worth():
    months = ["2023-01-01"] * 3 + ["2023-02-01"] * 3 + ["2023-03-01"] * 3
    y, p = [1, 1, 0, 1, 0, 0, 0, 1, 1], [0.9, 0.5, 0.1] * 3
    saves = {"what": "bed-days", "each": 2.7, "pounds": 306}
    rule = [0.9, 0.1, 0.5] * 3
    told = worth.value(y, p, rule, range(9), months, 2, saves, resamples=20)
    assert (told["what"], told["lists"]) == ("bed-days", 3)
    assert told["per_list"]["found"]["value"] == pytest.approx(4 / 3, abs=1e-6)
    assert told["per_list"]["saved"]["value"] == pytest.approx(4 / 3 * 2.7, abs=1e-5)
    assert told["per_list"]["pounds"]["value"] == pytest.approx(4 / 3 * 2.7 * 306, abs=1e-2)
    # two lists in 59 days
    assert told["per_year"]["found"]["value"] == pytest.approx(4 / 3 * 365.25 * 2 / 59, abs=1e-4)
    # the rule's first two of each month: one right in January, one in February, one in March
    over = told["over_rule"]
    assert over["per_list"]["found"]["value"] == pytest.approx(1 / 3, abs=1e-6)
    assert over["per_year"]["pounds"]["value"] == pytest.approx(365.25 * 2 / 59 / 3 * 2.7 * 306, abs=1e-1)
    alone = worth.value(y[:3], p[:3], None, range(3), months[:3], 2, saves, resamples=5)
    assert alone["per_year"] is None
    assert alone["over_rule"] is None


def test_what_lists_save_over_the_rule_is_known_better_than_what_they_save():
    y, p, _, groups, dates = made_up()
    near = p + np.random.default_rng(1).normal(0, 0.01, len(p))  # almost the same score
    told = worth.value(y, p, near, groups, dates, 50, {"what": "days", "each": 1, "pounds": 1})
    found = [of["per_list"]["found"] for of in (told, told["over_rule"])]
    wide, narrow = (of["high"] - of["low"] for of in found)
    assert 0 < narrow < wide / 2


def test_where_everybody_has_an_open_case_nobody_can_be_newly_found():
    told = worth.newly_found([1, 0], [1.0, 0.0], [True, True], range(2), resamples=5)
    assert {*told} == {"listed", "found", "share_of_found"}
    assert all(of == {"value": None, "low": None, "high": None} for of in told.values())


def test_that_none_of_30_found_was_new_leaves_room_for_chance():
    # who is found has an open case, and somebody who is not listed has none
    told = worth.newly_found(np.ones(31), np.r_[np.ones(30), 0], np.r_[np.ones(30), 0], range(31))
    assert told["share_of_found"] == {"value": 0, "low": 0, "high": pytest.approx(0.11, abs=0.02)}
    assert told["found"] == {"value": 0, "low": 0, "high": pytest.approx(3.4, abs=0.8)}


def test_a_rule_that_finds_nobody_is_not_certain_to():
    # of 30 listed the model finds 6 and the rule none: chance may have given the rule 3
    y, p, rule = np.r_[np.ones(6), np.zeros(54), np.ones(4)], np.arange(64)[::-1] / 64, np.arange(64) % 60 / 64
    rule[60:] = 0
    lift = worth.lift(y, p, rule, range(64), [DAY] * 64, 30)["precision_at_capacity"]
    alone = metrics.evaluate(y, p, range(64), 30, [DAY] * 64)["precision_at_capacity"]
    assert lift["value"] == pytest.approx(0.2)
    assert lift["low"] < alone["low"]
    nobody = worth.lift(y, rule, -rule, range(64), [DAY] * 64, 30)["precision_at_capacity"]
    assert nobody["low"] < nobody["value"] < nobody["high"]
