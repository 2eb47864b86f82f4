"""Calibration figures against R, scipy and scikit-learn, and bands of score."""

import numpy as np
import pandas as pd
import pytest
from scipy.interpolate import CubicSpline
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from models import reliability as reliability_module
from models.reliability import Calibration, calibration, reliability
from tests.published import PUBLISHED, made_up, needs_published


def test_a_perfect_ranking_has_no_calibration_slope():
    assert np.isnan(calibration([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9])["calibration_slope"])


def test_reliability_bins_hold_every_row_once():
    y, p, _, _ = made_up()
    table = reliability(y, p, bins=5)
    assert table.n.sum() == 400
    assert table.events.sum() == y.sum()
    assert table.predicted.is_monotonic_increasing
    assert ((table.low <= table.observed) & (table.observed <= table.high)).all()
    assert len(reliability([0, 1, 0], [0.5, 0.5, 0.5])) == 1


@needs_published
def test_the_ici_of_a_score_that_is_its_own_line_is_near_that_of_r():
    # rms::val.prob's Eavg, by lowess, of 105 events
    rows = pd.read_csv(PUBLISHED / "df_binary.csv")
    assert calibration(rows.cancer, rows.cancerpredmarker)["ici"] == pytest.approx(0.01265, abs=0.01)


def test_the_ici_is_that_of_scipys_natural_spline_fitted_by_scikit_learn():
    random = np.random.default_rng(0)
    x = random.normal(-2, 1.3, 3000).round(3)
    p = expit(x)
    y = random.random(3000) < expit(0.5 + 0.7 * x + 0.15 * x**2)
    knots = np.quantile(x, reliability_module.KNOTS, method="inverted_cdf")
    natural = CubicSpline(knots, np.eye(4), bc_type="natural")
    inside = np.clip(x, knots[0], knots[-1])
    design = natural(inside) + natural(inside, 1) * (x - inside)[:, None]  # straight beyond the outer knots
    fitted = LogisticRegression(C=np.inf, solver="newton-cholesky", fit_intercept=False, tol=1e-10).fit(design, y)
    wanted = np.abs(fitted.predict_proba(design)[:, 1] - p).mean()
    assert wanted > 0.03
    assert calibration(y, p)["ici"] == pytest.approx(wanted, abs=1e-7)


def test_with_three_different_scores_the_ici_is_the_distance_of_their_rates():
    p = np.repeat([0.1, 0.3, 0.6], 100)
    y = np.tile(np.arange(100), 3) < np.repeat([20, 25, 80], 100)
    assert calibration(y, p)["ici"] == pytest.approx((0.1 + 0.05 + 0.2) / 3, abs=1e-6)


def test_weighted_rows_stand_for_repeated_ones():
    random = np.random.default_rng(0)
    p = expit(random.normal(-1, 1, 1000))
    y = random.random(1000) < p**1.3
    weights = random.integers(0, 4, 1000).astype(float)
    drawn = np.repeat(np.arange(1000), weights.astype(int))
    again = Calibration(y[drawn], p[drawn])()
    told = Calibration(y, p)(weights)
    # to the nearest hundredth of the log-odds, and with the curve's knots where they were
    assert told["calibration_slope"] == pytest.approx(again["calibration_slope"], abs=2e-3)
    assert told["calibration_in_the_large"] == pytest.approx(again["calibration_in_the_large"], abs=1e-3)
    assert told["ici"] == pytest.approx(again["ici"], abs=3e-3)
