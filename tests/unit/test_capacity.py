"""Lists and net benefit against dcurves, and against every draw of tied rows."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from models import capacity
from models.resampling import resample
from tests.published import DAY, PUBLISHED, made_up, needs_published


@needs_published
def test_net_benefit_equals_dcurves():
    rows = pd.read_csv(PUBLISHED / "df_binary.csv")
    published = pd.read_csv(PUBLISHED / "df_binary_expected_dca.csv").pivot(
        index="threshold", columns="model", values="net_benefit"
    )
    curve = capacity.net_benefit(rows.cancer, rows.cancerpredmarker, published.index)
    assert len(curve) == 36
    assert curve.model.to_numpy() == pytest.approx(published.cancerpredmarker.to_numpy(), abs=1e-12)
    assert curve["all"].to_numpy() == pytest.approx(published["all"].to_numpy(), abs=1e-12)
    assert curve["none"].to_numpy() == pytest.approx(published["none"].to_numpy(), abs=1e-12)


def test_a_weighted_resample_equals_the_rows_it_stands_for():
    y, p, groups, dates = made_up()
    draws = resample(groups, resamples=3)
    dated = capacity.listed(y, p, dates)
    for weights in draws.weights():
        rows = np.repeat(np.arange(len(y)), weights.astype(int))
        assert capacity.pooled(dated, 30, weights) == pytest.approx(
            capacity.at_capacity(y[rows], p[rows], dates[rows], 30)
        )


def test_ties_at_capacity_are_counted_at_their_expectation():
    # three rows tie for two places after the first: each is seen with chance 2/3
    p, y = [0.9, 0.5, 0.5, 0.5, 0.1], [0, 1, 1, 0, 1]
    assert capacity.flagged(p, [DAY] * 5, 3).tolist() == pytest.approx([1, 2 / 3, 2 / 3, 2 / 3, 0])
    assert capacity.at_capacity(y, p, [DAY] * 5, 3) == pytest.approx(
        {"precision_at_capacity": (4 / 3) / 3, "recall_at_capacity": (4 / 3) / 3}
    )


def test_capacity_is_of_each_date_and_may_exceed_it():
    dates = [DAY, DAY, "2021-01-01", "2021-01-01", "2021-01-01"]
    assert capacity.flagged([0.1, 0.2, 0.9, 0.8, 0.7], dates, 1).tolist() == [0, 1, 1, 0, 0]
    assert capacity.flagged([0.1, 0.2, 0.9, 0.8, 0.7], dates, 9).tolist() == [1] * 5


def test_ties_at_their_worst_and_best_are_the_ends_of_all_draws():
    # two lists of capacity 3: on each, some of those who tie for the last places are drawn
    y = np.array([0, 1, 1, 0, 0, 1, 1, 0, 0])
    p = np.array([0.9, 0.5, 0.5, 0.5, 0.1, 0.4, 0.4, 0.4, 0.4])
    lists = np.array([DAY] * 5 + ["2020-07-01"] * 4)
    first = [y[0] + y[list(drawn)].sum() for drawn in combinations((1, 2, 3), 2)]
    second = [y[list(drawn)].sum() for drawn in combinations((5, 6, 7, 8), 3)]
    found = [a + b for a in first for b in second]
    ends = {"worst": min(found), "best": max(found)}
    told = capacity.ties(y, p, lists, 3)
    assert told["recall_at_capacity"] == {how: n / 4 for how, n in ends.items()}
    assert told["precision_at_capacity"] == pytest.approx({how: n / 6 for how, n in ends.items()}, abs=1e-6)
    assert capacity.at_capacity(y, p, lists, 3)["recall_at_capacity"] == pytest.approx(np.mean(found) / 4)


def test_without_ties_there_is_no_worst_or_best():
    y, _, _, dates = made_up()
    p = np.random.default_rng(1).permutation(400) / 400
    alone = capacity.at_capacity(y, p, dates, 30)
    assert capacity.ties(y, p, dates, 30) == {
        name: {"worst": round(value, 6), "best": round(value, 6)} for name, value in alone.items()
    }


def test_curves_have_the_intervals_of_copied_rows():
    y, p, groups, dates = made_up(n=300)
    draws, lengths, thresholds = resample(groups, resamples=40), [5, 30, 90], [0.2, 0.5]
    by_length = capacity.by_length(y, p, dates, lengths, draws)
    benefit = capacity.net_benefit(y, p, thresholds, draws)
    copied = [np.repeat(np.arange(len(y)), weights.astype(int)) for weights in draws.weights()]
    for length in lengths:
        told = by_length.loc[length]
        again = [capacity.at_capacity(y[rows], p[rows], dates[rows], length) for rows in copied]
        for share in ("precision", "recall"):
            ends = np.percentile([of[f"{share}_at_capacity"] for of in again], (2.5, 97.5))
            assert told[[f"{share}_low", f"{share}_high"]].tolist() == pytest.approx(ends.tolist(), abs=2e-6)
    for at in thresholds:
        told = benefit.set_index("threshold").loc[at]
        again = [capacity.net_benefit(y[rows], p[rows], [at])["model"][0] for rows in copied]
        ends = np.percentile(again, (2.5, 97.5))
        assert told[["model_low", "model_high"]].tolist() == pytest.approx(ends.tolist(), abs=2e-6)


def test_a_list_on_which_all_are_right_is_not_certain_to_be():
    y, p = np.r_[np.ones(30), np.zeros(70)], np.arange(100)[::-1] / 100
    curve = capacity.by_length(y, p, [DAY] * 100, [20, 60], resample(np.arange(100), 200))
    assert curve.loc[20, "precision_high"] == 1
    assert curve.loc[20, "precision_low"] == pytest.approx(0.025 ** (1 / 21), abs=0.01)


def test_a_longer_list_ends_within_ties_where_the_capacity_does():
    y, p, _, dates = made_up()
    lengths = list(range(1, 260, 7))  # beyond the shorter list
    curve = capacity.by_length(y, p, dates, lengths)
    for length in lengths:
        assert curve.loc[length].to_dict() == pytest.approx(capacity.at_capacity(y, p, dates, length))
