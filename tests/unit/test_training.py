"""Training: the simplest candidate that is as good as the best, and the reason in plain English."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from features.errors import InputError
from models import training
from models.candidates import candidates
from models.splits import temporal_split
from models.training import choose, compare, train

COLUMNS = [{"name": "visits", "direction": 1, "days": [365]}, {"name": "age", "direction": 0, "days": []}]
PARAMS = {"rule": "visits", "logistic": {}, "lightgbm": {"n_estimators": 30, "n_jobs": 1, "min_child_samples": 20}}


def county(risk, n=3000, seed=0):
    """Three snapshots of residents two to a household; `risk` turns the columns into log-odds."""
    random = np.random.default_rng(seed)
    pairs = pd.DataFrame(
        {
            "as_of": np.repeat([date(2018, 1, 1), date(2018, 7, 1), date(2020, 1, 1)], n // 3),
            "unit_id": [f"r{i % (n // 3)}" for i in range(n)],
            "group_id": [f"h{i % (n // 3) // 2}" for i in range(n)],
        }
    )
    X = pd.DataFrame({"visits": random.poisson(1, n), "age": random.integers(16, 90, n)}, dtype="float32")
    label = pd.array(random.random(n) < 1 / (1 + np.exp(-risk(X.astype(float)))), dtype="boolean")
    return X, label, pairs


def trained(risk, params=PARAMS, **options):
    X, label, pairs = county(risk)
    split = temporal_split(pairs, label, cut=date(2020, 1, 1), gap_days=0, horizon_days=365, allowance_days=0)
    return train(X, label, pairs.group_id, split, COLUMNS, params, seed=1, resamples=50, **options)


def test_the_rule_is_chosen_where_nothing_else_matters():
    fitted = trained(lambda X: X.visits - 2)
    assert list(fitted.models) == list(fitted.scores) == ["rule", "logistic", "lightgbm"]
    assert fitted.chosen == "rule"
    assert fitted.set_aside == {}
    assert "of held-out households" in fitted.reason
    assert "The simple rule is chosen" in fitted.reason


def test_lightgbm_is_chosen_where_risk_is_crooked():
    fitted = trained(lambda X: 4 * (abs(X.age - 50) < 12) - 2.5)
    assert fitted.chosen == "lightgbm"
    assert fitted.reason.endswith("LightGBM is chosen: nothing simpler comes within one standard error of it.")
    assert fitted.scores["lightgbm"]["behind"] == 0


def test_the_rows_of_the_test_are_not_read():
    X, label, pairs = county(lambda X: X.visits - 2)
    split = temporal_split(pairs, label, cut=date(2020, 1, 1), gap_days=0, horizon_days=365, allowance_days=0)
    first = train(X, label, pairs.group_id, split, COLUMNS, PARAMS, seed=1, resamples=20)
    spoilt, X = label.copy(), X.copy()
    spoilt[split.test] = pd.NA
    X.iloc[split.test] = np.nan
    again = train(X, spoilt, pairs.group_id, split, COLUMNS, PARAMS, seed=1, resamples=20)
    assert first.scores == again.scores
    assert first.reason == again.reason


def test_a_rule_that_the_data_turn_round_is_set_aside():
    fitted = trained(lambda X: 1 - X.visits + 3 * (X.age > 60))
    assert "more of visits goes with less risk" in fitted.set_aside["rule"]
    assert "rule" not in fitted.models
    assert fitted.chosen != "rule"


def test_nothing_that_can_be_used_is_an_error():
    with pytest.raises(InputError, match=r"models.rule: in the training data more of visits goes with less risk"):
        trained(lambda X: 1 - X.visits, {"rule": "visits"})


def test_columns_out_of_order_are_refused():
    X, label, pairs = county(lambda X: X.visits - 2)
    with pytest.raises(ValueError, match="in that order"):
        train(X[["age", "visits"]], label, pairs.group_id, None, COLUMNS, PARAMS, seed=1)


def test_candidates_are_compared_on_the_same_resamples():
    random = np.random.default_rng(0)
    p = random.random(500)
    y = random.random(500) < p
    scores = compare({"rule": p, "logistic": p, "lightgbm": random.random(500)}, y, np.arange(500) // 2, seed=1)
    assert scores["logistic"] == scores["rule"]
    assert scores["rule"]["behind"] == scores["rule"]["se"] == 0
    assert scores["lightgbm"]["behind"] > 5 * scores["lightgbm"]["se"] > 0


def told(**behind_and_se):
    return {
        name: {"auc": round(0.5 - behind, 3), "behind": behind, "se": se}
        for name, (behind, se) in behind_and_se.items()
    }


@pytest.mark.parametrize(
    ("scores", "chosen"),
    [
        (told(rule=(0.010, 0.010), logistic=(0.002, 0.005), lightgbm=(0.0, 0.0)), "rule"),
        (told(rule=(0.011, 0.010), logistic=(0.005, 0.005), lightgbm=(0.0, 0.0)), "logistic"),
        (told(rule=(0.100, 0.010), logistic=(0.0051, 0.005), lightgbm=(0.0, 0.0)), "lightgbm"),
        (told(rule=(0.100, 0.010), logistic=(0.0, 0.0), lightgbm=(0.001, 0.005)), "logistic"),
        (told(lightgbm=(0.0, 0.0)), "lightgbm"),
    ],
)
def test_the_simplest_within_one_standard_error_of_the_best(scores, chosen):
    assert choose(scores, pairs=900, events=120)[0] == chosen


def test_the_reason_reads_as_a_sentence():
    scores = told(rule=(0.1, 0.01), logistic=(0.004, 0.006), lightgbm=(0.0, 0.0))
    assert choose(scores, pairs=9000, events=1200)[1] == (
        "Judged by AUC on 9,000 pairs of held-out households (1,200 events); LightGBM is best with 0.500; the simple "
        "rule reaches 0.400, 0.100 behind the best with a standard error of 0.010; logistic regression reaches 0.496, "
        "0.004 behind the best with a standard error of 0.006. Logistic regression is chosen, the simplest within one "
        "standard error of the best."
    )


def test_of_a_large_class_a_weighted_draw_is_fitted_on(monkeypatch):
    monkeypatch.setattr(training, "FIT_EACH", 100)
    label = pd.array([True] * 40 + [None] * 10 + [False] * 1000, dtype="boolean")
    rows = np.r_[0:40, 50:1050]
    drawn, weight = training.thinned(rows, label, seed=1)
    event = np.asarray(label[drawn], dtype=bool)
    assert event.sum() == 40
    assert (weight[event] == 1).all()
    assert (~event).sum() == 100
    assert weight.sum() == len(rows)
    assert (np.diff(drawn) > 0).all()
    assert set(drawn) <= set(rows)


def test_a_small_class_is_fitted_on_whole():
    label = pd.array([True, False, False], dtype="boolean")
    drawn, weight = training.thinned(np.array([0, 2]), label, seed=1)
    assert drawn.tolist() == [0, 2]
    assert weight is None


def test_a_draw_leaves_risks_what_they_are(monkeypatch):
    def risk(X):
        return X.visits - 3

    X, label, pairs = county(risk, 9000)
    split = temporal_split(pairs, label, cut=date(2020, 1, 1), gap_days=0, horizon_days=365, allowance_days=0)
    monkeypatch.setattr(training, "FIT_EACH", 1500)
    drawn, weight = training.thinned(split.fit, label, seed=1)
    model = training.fit_to(
        candidates(COLUMNS, {"logistic": {}}, 1)["logistic"],
        training.taken(X, drawn),
        np.asarray(label[drawn], dtype=bool),
        weight,
    )
    expected = training.probabilities({"it": model}, X, split.test)["it"].mean()
    assert expected == pytest.approx(np.asarray(label[split.test], dtype=float).mean(), rel=0.1)
