"""Metrics against R and scikit-learn, number by number, and against cases worked by hand."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, precision_recall_curve, roc_auc_score

from features.errors import InputError
from models import metrics
from models.capacity import net_benefit
from models.reliability import calibration
from models.resampling import resample
from tests.published import DAY, PUBLISHED, made_up, needs_published


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
    line = calibration(y, p)
    assert metrics.auc(y, p) == pytest.approx(published["auc"], abs=1e-12)
    assert line["calibration_slope"] == pytest.approx(published["slope"], abs=1e-9)
    assert line["calibration_intercept"] == pytest.approx(published["Intercept"], abs=1e-9)
    assert line["calibration_in_the_large"] == pytest.approx(
        published["calib_in_the_large"], abs=1e-8
    )  # glm stops at 1e-8
    assert line["o_e"] == pytest.approx(published["OE"], abs=1e-9)
    net = net_benefit(y, p, [0.2, 0.3, 0.4, 0.5]).model
    assert net.tolist() == pytest.approx([published[f"nb_{t}"] for t in (0.2, 0.3, 0.4, 0.5)], abs=1e-12)
    # rms smooths by lowess, which follows chance a little further or less than a spline does
    assert line["ici"] == pytest.approx(published["Eavg"], abs=0.005)

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
    line = calibration(y, p)
    assert metrics.auc(y, p) == pytest.approx(published["auc"], abs=1e-12)
    assert metrics.auc(y, rows.marker) == pytest.approx(published["auc_marker"], abs=1e-12)
    assert line["calibration_slope"] == pytest.approx(published["slope"], abs=1e-6)
    assert line["calibration_intercept"] == pytest.approx(published["slope_intercept"], abs=1e-6)
    assert line["calibration_in_the_large"] == pytest.approx(published["calib_in_the_large"], abs=1e-6)
    figures = metrics.evaluate(y, p, rows.patientid, 50, [DAY] * len(rows))
    assert figures["brier"]["value"] == pytest.approx(published["Brier"], abs=1e-6)
    assert figures["auc"]["low"] == pytest.approx(published["auc_ci_lo"], abs=0.012)
    assert figures["auc"]["high"] == pytest.approx(published["auc_ci_hi"], abs=0.012)


def test_weighted_figures_equal_scikit_learn():
    y, p, groups, dates = made_up()
    figures_of = metrics._Figures(y, p, dates, 30)
    for weights in [np.ones(len(y)), *resample(groups, 5).weights()]:
        figures = figures_of(weights)
        assert figures["auc"] == pytest.approx(roc_auc_score(y, p, sample_weight=weights), abs=1e-12)
        assert figures["average_precision"] == pytest.approx(
            average_precision_score(y, p, sample_weight=weights), abs=1e-12
        )
        assert figures["brier"] == pytest.approx(brier_score_loss(y, p, sample_weight=weights), abs=1e-12)


def test_evaluate_gives_every_figure_with_an_interval_around_it():
    y, p, groups, dates = made_up()
    figures = metrics.evaluate(y, p, groups, 40, dates, resamples=50)
    assert {"n", "events", "groups", "capacity", "by_date"} < set(figures)
    assert figures["n"] == 400
    assert figures["events"] == y.sum()
    assert figures["capacity"] == 40
    intervals = {name: f for name, f in figures.items() if isinstance(f, dict) and name != "ties"}
    assert set(intervals) == {
        "auc",
        "average_precision",
        "calibration_slope",
        "calibration_intercept",
        "calibration_in_the_large",
        "ici",
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


def test_many_lists_are_told_by_calendar_year():
    y, p, groups, _ = made_up()
    months = pd.period_range("2022-07", periods=20, freq="M").to_timestamp()
    lists = months[np.arange(400) % 20]
    by_date = metrics.evaluate(y, p, groups, 5, lists, resamples=5)["by_date"]
    assert [(d["as_of"], d["n"], d["flagged"]) for d in by_date] == [
        ("2022", 120, 30),
        ("2023", 240, 60),
        ("2024", 40, 10),
    ]
    assert metrics.evaluate(y, p, groups, 25, lists, resamples=5)["by_date"][2]["flagged"] == 40  # 20 on each list


@pytest.mark.parametrize("lists", [2, 24])
def test_a_period_is_told_as_if_it_stood_alone(lists):
    y, p, groups, _ = made_up(n=1200)
    days = pd.period_range("2022-01", periods=lists, freq="M").to_timestamp()[np.arange(1200) % lists]
    for period in metrics.evaluate(y, p, groups, 8, days)["by_date"]:
        of_it = np.array([str(day).startswith(period["as_of"]) for day in days])
        alone = metrics.evaluate(y[of_it], p[of_it], groups[of_it], 8, days[of_it])
        assert len(period["intervals"]) == 5
        for name, interval in period["intervals"].items():
            assert period[name] == pytest.approx(alone[name]["value"], abs=1e-6)
            assert interval["low"] <= period[name] <= interval["high"]
            # other draws of the same households: as wide, but for the luck of 200 resamples
            wide = alone[name]["high"] - alone[name]["low"]
            assert interval["high"] - interval["low"] == pytest.approx(wide, rel=0.4, abs=0.01)


def test_a_list_on_which_nobody_is_right_may_have_missed_by_chance():
    y, p = np.r_[np.zeros(40), np.ones(20)], np.arange(60)[::-1] / 60
    figures = metrics.evaluate(y, p, np.arange(60), 30, [DAY] * 60)
    for of in (figures, figures["by_date"][0]["intervals"]):
        assert of["precision_at_capacity"]["high"] == pytest.approx(0.11, abs=0.01)  # 1 - 0.025 ** (1 / 31)
        assert of["recall_at_capacity"]["high"] == pytest.approx(0.16, abs=0.01)
        assert of["precision_at_capacity"]["low"] == of["recall_at_capacity"]["low"] == 0


def test_ties_at_capacity_stand_beside_their_expectation():
    figures = metrics.evaluate([0, 1, 1, 0], [0.9, 0.5, 0.5, 0.5], [1, 2, 3, 4], 2, [DAY] * 4, resamples=5)
    assert figures["precision_at_capacity"]["value"] == pytest.approx(1 / 3, abs=1e-6)
    assert figures["ties"]["precision_at_capacity"] == {"worst": 0.0, "best": 0.5}


def test_the_curve_of_precision_over_recall_goes_through_scikit_learns_points():
    y, p, _, _ = made_up()
    precision, recall, _ = precision_recall_curve(y, p)
    theirs = dict(zip(recall.round(12), precision, strict=True))
    curve = metrics.precision_recall(y, p, points=10**6)
    assert len(curve) == len(np.unique(recall)) - 1  # theirs adds the empty list
    assert curve["recall"].is_monotonic_increasing
    assert [theirs[r] for r in curve["recall"].round(12)] == pytest.approx(curve["precision"].tolist())
    alone = metrics.precision_recall(y, np.arange(400), points=20)
    assert len(alone) <= 21
    assert alone["recall"].min() * y.sum() >= 10


def test_the_curve_of_precision_over_recall_has_intervals_at_the_same_scores():
    y, p, groups, _ = made_up()
    draws = resample(groups, resamples=40)
    plain, curve = metrics.precision_recall(y, p), metrics.precision_recall(y, p, draws=draws)
    assert curve[["recall", "precision"]].equals(plain)
    score = np.sort(np.unique(p))[::-1][-3]
    [at] = np.flatnonzero(np.isclose(curve["recall"], y[p >= score].sum() / y.sum()))
    again = [np.average(y[p >= score], weights=weights[p >= score]) for weights in draws.weights()]
    ends = np.percentile(again, (2.5, 97.5)).tolist()
    assert curve.loc[at, ["precision_low", "precision_high"]].tolist() == pytest.approx(ends, abs=2e-6)
    sure = metrics.precision_recall(np.arange(100) >= 80, np.arange(100) / 100, draws=resample(np.arange(100)))
    assert sure["precision"].iloc[0] == sure["precision_high"].iloc[0] == 1
    assert sure["precision_low"].iloc[0] == pytest.approx(0.025 ** (1 / 11), abs=0.01)  # of the first ten
