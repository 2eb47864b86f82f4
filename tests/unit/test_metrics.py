"""Metrics against R, dcurves and scikit-learn, number by number, and against cases worked by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from features.errors import InputError
from models import metrics
from models.ranking import Ranking
from models.resampling import resample

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "metrics"
needs_published = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="../shared/data/metrics is not on this machine")
DAY = "2020-01-01"


def made_up(n=400, seed=0):
    """Scores with many ties, two dates, households of about two."""
    random = np.random.default_rng(seed)
    p = random.integers(1, 20, n) / 20
    y = random.random(n) < p
    return y, p, random.integers(0, n // 2, n), np.where(random.random(n) < 0.5, DAY, "2020-07-01")


@needs_published
@pytest.mark.parametrize("model", ["p_age_priors", "p_decile"])
def test_compas_equals_r(model):
    # 2,323 rows; rms::val.prob 6.5, pROC 1.18 and glm in R 4.2
    rows = pd.read_csv(PUBLISHED / "compas_temporal_predictions.csv")
    published = (
        pd.read_csv(PUBLISHED / "compas_temporal_predictions_expected_R.csv").set_index(["model", "metric"]).value
    )
    published = pd.to_numeric(published.loc[model], errors="coerce")
    y, p = rows.two_year_recid, rows[model]
    line = metrics.calibration(y, p)
    assert metrics.auc(y, p) == pytest.approx(published["auc"], abs=1e-12)
    assert line["slope"] == pytest.approx(published["slope"], abs=1e-9)
    assert line["intercept"] == pytest.approx(published["Intercept"], abs=1e-9)
    assert line["in_the_large"] == pytest.approx(published["calib_in_the_large"], abs=1e-8)  # glm stops at 1e-8
    assert line["o_e"] == pytest.approx(published["OE"], abs=1e-9)
    net = metrics.net_benefit(y, p, [0.2, 0.3, 0.4, 0.5]).model
    assert net.tolist() == pytest.approx([published[f"nb_{t}"] for t in (0.2, 0.3, 0.4, 0.5)], abs=1e-12)

    figures = metrics.evaluate(y, p, rows.id, 100, [DAY] * len(rows))
    assert figures["n"] == published["n"]
    assert figures["brier"]["value"] == pytest.approx(published["Brier"], abs=1e-6)
    brier_of_the_base_rate = y.mean() * (1 - y.mean())
    scaled = 1 - figures["brier"]["value"] / brier_of_the_base_rate
    assert scaled == pytest.approx(published["scaled_brier"], abs=1e-5)
    # every row its own group: the interval is DeLong's, up to the bootstrap's own error
    assert figures["auc"]["low"] == pytest.approx(published["auc_lo"], abs=0.004)
    assert figures["auc"]["high"] == pytest.approx(published["auc_hi"], abs=0.004)
    half_width = (figures["calibration_slope"]["high"] - figures["calibration_slope"]["low"]) / 2
    assert half_width == pytest.approx(1.96 * published["slope_se"], rel=0.15)


@needs_published
def test_df_binary_equals_r():
    rows = pd.read_csv(PUBLISHED / "df_binary.csv")
    lines = (PUBLISHED / "df_binary_cancerpredmarker_rms_pROC.csv").read_text().replace("NA", "nan").splitlines()
    published = {name: float(value) for name, value in (line.rsplit(",", 1) for line in lines)}
    y, p = rows.cancer, rows.cancerpredmarker
    line = metrics.calibration(y, p)
    assert metrics.auc(y, p) == pytest.approx(published["auc"], abs=1e-12)
    assert metrics.auc(y, rows.marker) == pytest.approx(published["auc_marker"], abs=1e-12)
    assert line["slope"] == pytest.approx(published["slope"], abs=1e-6)
    assert line["intercept"] == pytest.approx(published["slope_intercept"], abs=1e-6)
    assert line["in_the_large"] == pytest.approx(published["calib_in_the_large"], abs=1e-6)
    figures = metrics.evaluate(y, p, rows.patientid, 50, [DAY] * len(rows))
    assert figures["brier"]["value"] == pytest.approx(published["Brier"], abs=1e-6)
    assert figures["auc"]["low"] == pytest.approx(published["auc_ci_lo"], abs=0.012)
    assert figures["auc"]["high"] == pytest.approx(published["auc_ci_hi"], abs=0.012)


@needs_published
def test_net_benefit_equals_dcurves():
    rows = pd.read_csv(PUBLISHED / "df_binary.csv")
    published = pd.read_csv(PUBLISHED / "df_binary_expected_dca.csv").pivot(
        index="threshold", columns="model", values="net_benefit"
    )
    curve = metrics.net_benefit(rows.cancer, rows.cancerpredmarker, published.index)
    assert len(curve) == 36
    assert curve.model.to_numpy() == pytest.approx(published.cancerpredmarker.to_numpy(), abs=1e-12)
    assert curve["all"].to_numpy() == pytest.approx(published["all"].to_numpy(), abs=1e-12)
    assert curve["none"].to_numpy() == pytest.approx(published["none"].to_numpy(), abs=1e-12)


def test_weighted_figures_equal_scikit_learn():
    y, p, groups, _dates = made_up()
    tally = Ranking(y, p)
    for weights in [np.ones(len(y)), *resample(groups, 5).weights()]:
        figures = metrics._figures(*tally(weights), tally.score)
        assert figures["auc"] == pytest.approx(roc_auc_score(y, p, sample_weight=weights), abs=1e-12)
        assert figures["average_precision"] == pytest.approx(
            average_precision_score(y, p, sample_weight=weights), abs=1e-12
        )
        assert figures["brier"] == pytest.approx(brier_score_loss(y, p, sample_weight=weights), abs=1e-12)


def test_a_weighted_resample_equals_the_rows_it_stands_for():
    y, p, groups, dates = made_up()
    draws = resample(groups, resamples=3)
    dated = Ranking(y, p, pd.factorize(dates, sort=True)[0])
    for weights in draws.weights():
        rows = np.repeat(np.arange(len(y)), weights.astype(int))
        assert metrics._pooled(dated, 30, weights) == pytest.approx(
            metrics.at_capacity(y[rows], p[rows], dates[rows], 30)
        )


def test_ties_at_capacity_are_counted_at_their_expectation():
    # three rows tie for two places after the first: each is seen with chance 2/3
    p, y = [0.9, 0.5, 0.5, 0.5, 0.1], [0, 1, 1, 0, 1]
    assert metrics.flagged(p, [DAY] * 5, 3).tolist() == pytest.approx([1, 2 / 3, 2 / 3, 2 / 3, 0])
    assert metrics.at_capacity(y, p, [DAY] * 5, 3) == pytest.approx(
        {"precision_at_capacity": (4 / 3) / 3, "recall_at_capacity": (4 / 3) / 3}
    )


def test_capacity_is_of_each_date_and_may_exceed_it():
    dates = [DAY, DAY, "2021-01-01", "2021-01-01", "2021-01-01"]
    assert metrics.flagged([0.1, 0.2, 0.9, 0.8, 0.7], dates, 1).tolist() == [0, 1, 1, 0, 0]
    assert metrics.flagged([0.1, 0.2, 0.9, 0.8, 0.7], dates, 9).tolist() == [1] * 5


def test_evaluate_gives_every_figure_with_an_interval_around_it():
    y, p, groups, dates = made_up()
    figures = metrics.evaluate(y, p, groups, 40, dates, resamples=50)
    assert {"n", "events", "groups", "capacity", "by_date"} < set(figures)
    assert figures["n"] == 400
    assert figures["events"] == y.sum()
    assert figures["capacity"] == 40
    intervals = {name: f for name, f in figures.items() if isinstance(f, dict)}
    assert set(intervals) == {
        "auc",
        "average_precision",
        "calibration_slope",
        "calibration_intercept",
        "calibration_in_the_large",
        "o_e",
        "brier",
        "base_rate",
        "precision_at_capacity",
        "recall_at_capacity",
    }
    assert all(f["low"] <= f["value"] <= f["high"] for f in intervals.values())
    assert [d["as_of"] for d in figures["by_date"]] == [DAY, "2020-07-01"]
    assert sum(d["n"] for d in figures["by_date"]) == 400
    assert figures == metrics.evaluate(y, p, groups, 40, dates, resamples=50)


def test_households_drawn_whole_widen_the_interval():
    y, p, _, dates = made_up()
    four_times = [np.tile(a, 4) for a in (y, p, dates)]
    alone = metrics.evaluate(*four_times[:2], np.arange(1600), 40, four_times[2], resamples=100)["auc"]
    whole = metrics.evaluate(*four_times[:2], np.tile(np.arange(400), 4), 40, four_times[2], resamples=100)["auc"]
    assert whole["high"] - whole["low"] > 1.5 * (alone["high"] - alone["low"])


def test_undefined_figures_are_none_and_no_rows_is_an_error():
    figures = metrics.evaluate([0, 0, 0], [0.1, 0.2, 0.3], [1, 2, 3], 1, [DAY] * 3, resamples=5)
    assert figures["auc"] == figures["recall_at_capacity"] == {"value": None, "low": None, "high": None}
    assert figures["precision_at_capacity"]["value"] == 0
    assert metrics.evaluate([0, 1], [0.5, 0.5], [1, 2], 1, [DAY] * 2, resamples=5)["calibration_slope"]["value"] is None
    with pytest.raises(InputError, match="no row to judge"):
        metrics.evaluate([], [], [], 1, [])


def test_a_perfect_ranking_has_no_calibration_slope():
    assert np.isnan(metrics.calibration([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9])["slope"])


def test_reliability_bins_hold_every_row_once():
    y, p, _, _ = made_up()
    table = metrics.reliability(y, p, bins=5)
    assert table.n.sum() == 400
    assert table.events.sum() == y.sum()
    assert table.predicted.is_monotonic_increasing
    assert ((table.low <= table.observed) & (table.observed <= table.high)).all()
    assert len(metrics.reliability([0, 1, 0], [0.5, 0.5, 0.5])) == 1
