"""Refits on other draws of households: as far apart as theory says, and outcomes dealt out at random teach nothing."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from models import stability
from models.candidates import candidates
from models.splits import temporal_split
from tests.risks import COLUMNS, PARAMS, county

TIME = {"cut": date(2020, 1, 1), "gap_days": 0, "horizon_days": 365, "allowance_days": 0}


def rising(X):
    return X.visits - 2


def asked(risk=rising, name="logistic", **of):
    """What is refitted, and the arguments that follow the candidate."""
    X, label, pairs = county(risk, **of)
    return candidates(COLUMNS, PARAMS, seed=1)[name], X, label, pairs["group_id"], temporal_split(pairs, label, **TIME)


@pytest.mark.parametrize("name", ["rule", "scorecard", "logistic", "lightgbm"])
def test_refits_are_other_models_of_the_same_kind_and_the_same_every_time(name):
    arguments = asked(name=name)
    found = stability.refit(*arguments, refits=3, seed=1)
    assert found.shape == (3, len(arguments[-1].test))
    assert ((found > 0) & (found < 1)).all()
    assert not np.array_equal(found[0], found[1])
    np.testing.assert_array_equal(found, stability.refit(*arguments, refits=3, seed=1))


def test_every_refit_that_learnt_something_is_looked_at():
    candidate, X, label, groups, split = asked()
    test, seen = X.iloc[split.test].astype("float64"), []

    def look(model):
        seen.append(model.predict_proba(test)[:, 1])

    found = stability.refit(candidate, X, label, groups, split, refits=2, seed=1, look=look)
    np.testing.assert_array_equal(seen, found)


def test_refits_spread_as_the_standard_error_says():
    # a model of nothing but its calibration: the log-odds of a rate have the standard error 1 / sqrt(n p (1 - p))
    candidate, X, label, _, split = asked(lambda X: 0 * X.visits - 1.5, n=8000)
    X = X.assign(visits=np.random.default_rng(5).normal(size=len(X)), age=50.0)
    label = pd.array(np.random.default_rng(6).random(len(X)) < expit(X.visits - 1.5), dtype="boolean")
    alone = pd.Series(np.arange(len(X)))  # every pair a household
    found = stability.refit(candidate, X, label, alone, split, refits=60, seed=1)
    middle = np.abs(X.visits.to_numpy()[split.test]) < 0.2
    p = expit(-1.5)
    theory = 1 / np.sqrt(len(split.calibrate) * p * (1 - p))
    assert logit(found[:, middle]).std(axis=0).mean() == pytest.approx(theory, rel=0.3)


def test_a_refit_that_learnt_nothing_gives_everybody_the_base_rate():
    told = []
    candidate, X, label, groups, split = asked()
    turned = label.copy()
    turned[split.calibrate] = ~label[split.calibrate]  # what was learnt does not last
    seen = []
    found = stability.refit(candidate, X, turned, groups, split, refits=2, seed=1, say=told.append, look=seen.append)
    assert not seen
    assert (np.ptp(found, axis=1) == 0).all()
    assert found[:, 0] == pytest.approx(turned[split.calibrate].astype(float).mean(), abs=0.05)
    assert any("gives everybody the base rate" in line for line in told)


def test_lists_that_recur_and_overlap_are_counted_by_hand():
    p = np.array([0.9, 0.8, 0.3, 0.2])
    refits = np.array([[0.9, 0.8, 0.3, 0.2], [0.9, 0.1, 0.8, 0.2], [0.9, 0.8, 0.3, 0.2], [0.9, 0.1, 0.8, 0.2]])
    told = stability.stability(p, refits, ["2020-01-01"] * 4, 2, range(4))
    assert told["refits"] == 4
    assert told["recur"] == 0.5  # the first every time, the second only in two of four
    assert told["jaccard"] == pytest.approx((1 + 1 / 3) / 2, abs=1e-6)
    assert told["mean_difference"] == pytest.approx((0.7 + 0.5) / 8)
    assert told["median_move"] == 0
    same = stability.stability(p, np.stack([p] * 3), ["2020-01-01"] * 4, 2, range(4))
    assert (same["recur"], same["jaccard"], same["mean_difference"]) == (1, 1, 0)
    assert same["recurs"]["low"] < same["recurs"]["high"] == 1  # of two people
    assert same["intervals"]["mean_difference"] == same["intervals"]["median_move"] == {"low": 0, "high": 0}


def test_each_list_is_of_its_own_capacity():
    p = np.array([0.9, 0.8, 0.3, 0.2])
    refits = np.array([[0.9, 0.8, 0.2, 0.3]] * 2)
    assert stability.stability(p, refits, ["2020-01-01"] * 2 + ["2020-02-01"] * 2, 1, range(4))["recur"] == 0.5


def test_intervals_are_those_of_other_refits_and_other_households():
    p, refitted = spread(n=800, refits=6)
    households, random = np.arange(800) // 2, np.random.default_rng(1)
    told = stability.stability(p, refitted, np.zeros(800), 100, households, resamples=400)
    found = {"recurs": [], "jaccard": [], "mean_difference": [], "median_move": []}
    for _ in range(200):  # the same by copying rows
        rows = np.concatenate([[2 * h, 2 * h + 1] for h in random.integers(0, 400, 400)])
        again = refitted[random.integers(0, 6, 6)]
        main = stability.flagged(p, np.zeros(800), 100)[rows]
        others = np.stack([stability.flagged(one, np.zeros(800), 100) for one in again])[:, rows]
        moved = np.abs(again - p)[:, rows]
        found["recurs"].append(main @ (others.mean(axis=0) >= 0.7) / main.sum())
        shares = np.minimum(main, others).sum(axis=1) / np.maximum(main, others).sum(axis=1)
        found["jaccard"].append(shares.mean())
        found["mean_difference"].append(moved.mean())
        found["median_move"].append(np.median(moved / p[rows]))
    for name, drawn in found.items():
        of = told["recurs"] if name == "recurs" else told["intervals"][name]
        low, high = np.percentile(drawn, (2.5, 97.5))
        assert [of["low"], of["high"]] == pytest.approx([low, high], abs=0.3 * (high - low)), name


def spread(n=3000, refits=40, by=0.3):
    random = np.random.default_rng(0)
    p = expit(random.normal(-3, 1.2, n))
    return p, expit(logit(p) + by * random.normal(size=(refits, n)))


def test_levels_are_of_many_rows_and_finer_towards_the_top():
    p, _ = spread()
    levels = stability._levels(p)
    assert sorted(np.concatenate(levels)) == list(range(len(p)))
    assert min(map(len, levels)) >= stability.FEWEST
    assert len(levels) > 20
    assert len(levels[0]) > 5 * len(levels[-1])
    tops = [p[level].max() for level in levels]
    assert all(p[level].min() > top for level, top in zip(levels[1:], tops, strict=False))
    few = np.array([0.1] * 50 + [0.2] * 5)  # a rule of two scores, the higher one of five rows
    assert [len(level) for level in stability._levels(few)] == [55]
    assert [len(level) for level in stability._levels(np.full(3, 0.1))] == [3]


def test_the_instability_table_holds_the_middle_of_the_refits():
    p, refitted = spread()
    table = stability.instability(p, refitted)
    assert list(table) == ["score", "low", "high"]
    assert table["score"].is_monotonic_increasing
    assert ((table["low"] < table["score"]) & (table["score"] < table["high"])).all()


def test_intervals_are_as_wide_as_refits_spread_with_students_factor():
    p, refitted = spread(refits=40)
    table = stability.intervals(p, refitted)
    assert table["low"].is_monotonic_increasing
    assert table["high"].is_monotonic_increasing
    assert ((table["low"] <= table["score"]) & (table["score"] <= table["high"])).all()
    half = (logit(table["high"]) - logit(table["low"])) / 2
    assert half.median() == pytest.approx(2.0211 * 0.3, rel=0.05)  # t of 40 degrees of freedom, from a printed table
    few = stability.intervals(p, refitted[:5])
    assert ((logit(few["high"]) - logit(few["low"])) / 2).median() == pytest.approx(2.5706 * 0.3, rel=0.1)  # of 5


@pytest.mark.parametrize("name", ["rule", "logistic", "lightgbm_free"])
def test_outcomes_dealt_out_at_random_teach_nothing(name):
    candidate, X, label, _, split = asked(name=name)
    told = stability.shuffled(candidate, X, label, split, seed=1, share=0.95)
    assert told["within"]
    assert told["low"] < told["auc"] < told["high"]
    assert told["low"] + told["high"] == pytest.approx(1)


def test_chance_leaves_an_auc_where_random_scores_fall():
    candidate, X, label, _, split = asked()
    told = stability.shuffled(candidate, X, label, split, seed=1, share=0.95)
    y = np.asarray(label[split.test], dtype=bool)
    random = np.random.default_rng(0)
    aucs = [stability.metrics.auc(y, random.random(len(y))) for _ in range(400)]
    assert np.quantile(aucs, [0.025, 0.975]) == pytest.approx([told["low"], told["high"]], abs=0.01)


def test_test_pairs_that_were_fitted_on_are_found_out():
    candidate, X, label, _, split = asked(name="lightgbm_free")
    X = X.assign(age=np.arange(len(X)))  # a column by which pairs can be told apart
    told = stability.shuffled(candidate, X, label, replace(split, test=split.fit), seed=1, share=0.95)
    assert not told["within"]
    assert told["auc"] > told["high"]
