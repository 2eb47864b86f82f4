"""Calibration: a straight line on the log-odds, fitted on held-out rows."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from features.errors import InputError
from models.calibration import calibrate, calibration_map
from models.reliability import calibration
from tests.risks import margin


def rows(n=4000, seed=0):
    random = np.random.default_rng(seed)
    X = pd.DataFrame({"x": random.normal(size=n)})
    return X, random.random(n) < 1 / (1 + np.exp(2 - X.x))


class Overconfident(LogisticRegression):
    """Log-odds three times too far from 0, and one too high."""

    def decision_function(self, X):
        return 3 * super().decision_function(X) + 1


def fitted(kind=LogisticRegression):
    return kind(C=np.inf).fit(*rows(seed=1))


def test_the_calibrated_model_is_calibrated_where_it_was_fitted():
    X, y = rows()
    model = calibrate(fitted(Overconfident), X, y)
    line = calibration(y, model.predict_proba(X)[:, 1])
    assert line["calibration_slope"] == pytest.approx(1, abs=1e-4)
    assert line["calibration_in_the_large"] == pytest.approx(0, abs=1e-4)


def test_margin_is_the_line_through_the_models_own_log_odds():
    X, y = rows()
    base = fitted(Overconfident)
    model = calibrate(base, X, y)
    intercept, slope = calibration_map(model)
    assert slope == pytest.approx(1 / 3, rel=0.15)
    assert margin(model, X) == pytest.approx(intercept + slope * base.decision_function(X), abs=1e-9)
    assert 1 / (1 + np.exp(-margin(model, X))) == pytest.approx(model.predict_proba(X)[:, 1], abs=1e-12)


def test_the_order_of_scores_is_kept():
    X, y = rows()
    base = fitted()
    p = calibrate(base, X, y).predict_proba(X)[:, 1]
    assert np.array_equal(np.argsort(p, kind="stable"), np.argsort(base.predict_proba(X)[:, 1], kind="stable"))


def test_a_probability_of_exactly_0_or_1_stays_finite():
    X, y = rows()
    model = calibrate(fitted(), X, y)
    beyond = pd.DataFrame({"x": [-1e6, 1e6]})
    assert np.isfinite(margin(model, beyond)).all()


def test_a_model_that_learnt_nothing_is_refused():
    X, y = rows()
    with pytest.raises(
        InputError, match=r"4,000 held-out rows \(\d+ events\) higher scores go with less risk \(slope -"
    ):
        calibrate(fitted(), -X, y)
    with pytest.raises(InputError, match="the same score, so it ranks nobody"):
        calibrate(fitted(), X * 0, y)
    with pytest.raises(InputError, match="none of the 4,000 held-out rows have the event"):
        calibrate(fitted(), X, y & False)
