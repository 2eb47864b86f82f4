"""What an agency's columns buy is what the model loses without them, on the same resamples of households."""

import numpy as np
import pandas as pd
import pytest

from models import ablation, training
from models.capacity import at_capacity
from models.metrics import auc
from models.splits import temporal_split
from tests.risks import DATES, PARAMS, TREES, county

COLUMNS = [
    {"name": "visits", "direction": 1, "days": [365], "agency": "hospital"},
    {"name": "age", "direction": 0, "days": [], "agency": "person"},
    {"name": "noise", "direction": 0, "days": [], "agency": "police"},
]
CAPACITY = 20


@pytest.fixture(scope="module")
def given():
    """(X, label, pairs, split) of residents whose risk is in the hospital's records, and nothing in the police's."""
    X, label, pairs = county(lambda X: 1.2 * X["visits"] - 2.5)
    X["noise"] = np.random.default_rng(3).normal(size=len(X)).astype("float32")
    gap = {"gap_days": 0, "horizon_days": 180, "allowance_days": 0}
    return X, label, pairs, temporal_split(pairs, label, cut=DATES[-1], **gap)


def judged(given, scores):
    _, label, pairs, split = given
    tested = pairs.iloc[split.test]
    y = np.asarray(label[split.test], dtype=bool)
    return ablation.lost(y, scores, tested["group_id"], tested["as_of"], CAPACITY, resamples=50)


@pytest.mark.parametrize("candidate", ["logistic", "lightgbm", "scorecard"])
def test_what_carries_the_risk_is_lost_and_what_does_not_is_not(given, candidate):
    X, label, _, split = given
    scores = ablation.without_each(X, label, split, COLUMNS, {candidate: PARAMS[candidate]}, seed=0)
    assert list(scores) == [None, "hospital", "police", ablation.EVERY]
    found = judged(given, scores)
    hospital, police, every = (found["agencies"][name] for name in ("hospital", "police", ablation.EVERY))
    # of what both leave, age, nobody's risk can be told: by the scorecard not even points be given
    assert every["lost"] is None if scores[ablation.EVERY] is None else every["lost"]["low"] > 0.1
    assert candidate == "scorecard" or every["lost"] is not None
    assert hospital["lost"]["low"] > 0.1
    assert hospital["auc_without"]["low"] < 0.5 < hospital["auc_without"]["high"]
    assert hospital["precision_lost"]["value"] > 0.1
    assert police["lost"]["low"] < 0.02
    assert abs(police["lost"]["value"]) < 0.03


def test_figures_are_those_of_the_scores_and_differences_those_of_the_figures(given):
    _, label, pairs, split = given
    y, tested = np.asarray(label[split.test], dtype=bool), pairs.iloc[split.test]
    random = np.random.default_rng(0)
    whole, less = (y + random.normal(0, spread, len(y)) for spread in (1, 2))
    found = judged(given, {None: whole, "hospital": less, "police": None})
    hospital = found["agencies"]["hospital"]
    assert found["whole"]["value"] == pytest.approx(auc(y, whole), abs=1e-6)
    assert hospital["auc_without"]["value"] == pytest.approx(auc(y, less), abs=1e-6)
    assert hospital["lost"]["value"] == pytest.approx(auc(y, whole) - auc(y, less), abs=2e-6)
    precision = [at_capacity(y, p, tested["as_of"], CAPACITY)["precision_at_capacity"] for p in (whole, less)]
    assert hospital["precision_lost"]["value"] == pytest.approx(precision[0] - precision[1], abs=2e-6)
    assert found["agencies"]["police"] == {"auc_without": None, "lost": None, "precision_lost": None}


def test_without_columns_that_change_nothing_nothing_is_lost_in_any_resample(given):
    """The resamples are the same for both: the interval of the difference of equal scores is a point."""
    score = np.random.default_rng(0).random(len(given[3].test))
    lost = judged(given, {None: score, "police": score})["agencies"]["police"]["lost"]
    assert lost == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_a_rule_whose_column_has_gone_has_no_scores(given):
    X, label, _, split = given
    scores = ablation.without_each(X, label, split, COLUMNS, {"rule": "visits"}, seed=0)
    assert scores["hospital"] is None
    pd.testing.assert_series_equal(pd.Series(scores["police"]), pd.Series(scores[None]))


def test_an_only_agency_leaves_no_column(given):
    X, label, _, split = given
    scores = ablation.without_each(X[["visits"]], label, split, COLUMNS[:1], {"lightgbm": TREES}, seed=0)
    assert scores["hospital"] is None
    assert len(scores[None]) == len(split.test)


def test_refits_are_on_a_draw_that_weighs_what_it_stands_for(given, monkeypatch):
    X, label, _, split = given
    monkeypatch.setattr(ablation, "EACH", 50)
    seen = []

    def fit_to(model, X, y, weight):
        seen.append((len(X), weight.sum()))
        return training.fit_to(model, X, y, weight)

    monkeypatch.setattr(ablation, "fit_to", fit_to)
    ablation.without_each(X, label, split, COLUMNS, {"logistic": {}}, seed=0)
    assert seen == [(100, pytest.approx(len(split.fit)))] * 4
