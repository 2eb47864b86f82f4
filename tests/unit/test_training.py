"""Training: every candidate fitted on a bounded number of pairs and calibrated; what can't be used is set aside."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from features.errors import InputError
from models import bundle, training
from models.candidates import candidates
from models.splits import temporal_split
from models.training import train
from tests.risks import COLUMNS, PARAMS, county

TIME = {"cut": date(2020, 1, 1), "gap_days": 0, "horizon_days": 365, "allowance_days": 0}


def trained(risk, params=PARAMS, seed=1):
    X, label, pairs = county(risk)
    return train(X, label, temporal_split(pairs, label, **TIME), COLUMNS, params, seed=seed)


def test_every_candidate_is_fitted_and_calibrated_simplest_first():
    fitted = trained(lambda X: X.visits - 2)
    assert list(fitted.models) == list(PARAMS)
    assert fitted.set_aside == {}


def test_the_rows_of_the_test_are_not_read():
    X, label, pairs = county(lambda X: X.visits - 2)
    split = temporal_split(pairs, label, **TIME)
    first = train(X, label, split, COLUMNS, PARAMS, seed=1)
    spoilt, X = label.copy(), X.copy()
    spoilt[split.test] = pd.NA
    X.iloc[split.test] = np.nan
    again = train(X, spoilt, split, COLUMNS, PARAMS, seed=1)
    for name in PARAMS:
        assert bundle.dumps(first.models[name]) == bundle.dumps(again.models[name])


def test_another_seed_changes_only_what_is_drawn():
    params = PARAMS | {"lightgbm": PARAMS["lightgbm"] | {"colsample_bytree": 0.5}}
    first, again = (trained(lambda X: X.visits - 2, params, seed) for seed in (1, 2))
    same = [name for name in params if bundle.dumps(first.models[name]) == bundle.dumps(again.models[name])]
    assert same == ["rule", "scorecard", "logistic"]


def test_a_rule_that_the_data_turn_round_is_set_aside():
    fitted = trained(lambda X: 1 - X.visits + 3 * (X.age > 60))
    assert "more of visits goes with less risk" in fitted.set_aside["rule"]
    assert "rule" not in fitted.models


def test_nothing_that_can_be_used_is_an_error():
    with pytest.raises(InputError, match=r"models.rule: in the training data more of visits goes with less risk"):
        trained(lambda X: 1 - X.visits, {"rule": "visits"})


def test_columns_out_of_order_are_refused():
    X, label, _ = county(lambda X: X.visits - 2)
    with pytest.raises(ValueError, match="in that order"):
        train(X[["age", "visits"]], label, None, COLUMNS, PARAMS, seed=1)


def test_of_a_large_class_a_weighted_draw_is_fitted_on():
    label = pd.array([True] * 40 + [None] * 10 + [False] * 1000, dtype="boolean")
    rows = np.r_[0:40, 50:1050]
    drawn, weight = training.thinned(rows, label, seed=1, each=100)
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


def test_a_draw_leaves_risks_what_they_are():
    def risk(X):
        return X.visits - 3

    X, label, pairs = county(risk, 9000)
    split = temporal_split(pairs, label, **TIME)
    drawn, weight = training.thinned(split.fit, label, seed=1, each=1500)
    model = training.fit_to(
        candidates(COLUMNS, {"logistic": {}}, 1)["logistic"],
        training.taken(X, drawn),
        np.asarray(label[drawn], dtype=bool),
        weight,
    )
    expected = training.probabilities({"it": model}, X, split.test)["it"].mean()
    assert expected == pytest.approx(np.asarray(label[split.test], dtype=float).mean(), rel=0.1)
