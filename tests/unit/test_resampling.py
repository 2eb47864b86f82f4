"""Resampling: whole groups, as many as there are, the same for the same seed."""

import numpy as np
import pytest

from models.resampling import figure, left_open, resample


def test_a_group_is_drawn_whole():
    draws = resample(["b", "a", "b", "c"], resamples=20, seed=3)
    assert (draws.drawn.sum(axis=1) == 3).all()
    for weights in draws.weights():
        assert weights[0] == weights[2]


def test_the_order_of_rows_does_not_matter():
    ids = np.array(["b", "a", "b", "c"])
    one, other = resample(ids, 5), resample(ids[::-1], 5)
    assert all((a == b[::-1]).all() for a, b in zip(one.weights(), other.weights(), strict=True))


def test_sums_equal_those_of_weighted_rows():
    columns = np.arange(8.0).reshape(4, 2)
    draws = resample(["b", "a", "b", "c"], resamples=5)
    assert draws.sums(columns) == pytest.approx(np.array([w @ columns for w in draws.weights()]))


def test_sums_of_parts_are_those_of_their_rows():
    random = np.random.default_rng(0)
    columns, parts = random.integers(0, 2, (60, 3)) * random.random((60, 3)), random.integers(0, 4, 60)
    draws = resample(random.integers(0, 25, 60), resamples=7)
    found = draws.sums_by(columns, parts)
    assert found.shape == (4, 3, 7)
    for part in range(4):
        assert pytest.approx(draws.sums(columns * (parts == part)[:, None])) == found[part].T


def test_the_interval_of_a_mean_is_as_wide_as_theory_says():
    x = np.random.default_rng(0).normal(size=2000)
    draws = resample(np.arange(2000), resamples=500).sums(x[:, None])[:, 0] / 2000
    found = figure(x.mean(), draws)
    assert found["high"] - found["low"] == pytest.approx(2 * 1.96 / np.sqrt(2000), rel=0.12)


def test_a_figure_that_most_resamples_cannot_have_has_no_interval():
    assert figure(0.5, np.array([0.5, np.nan, np.nan])) == {"value": 0.5, "low": None, "high": None}


def test_each_resample_is_asked_in_order():
    draws = resample(["b", "a", "b", "c"], resamples=5)
    assert draws.each(list) == [list(weights) for weights in draws.weights()]


def open_to(value, n, resamples=2000, seed=0):
    return figure(value, left_open(value, np.full(resamples, value), n, seed))


def test_what_happened_to_all_of_a_few_is_not_certain():
    # 28 of 28: after a uniform prior the chance is below 0.88 in one case of forty (0.025 ** (1 / 29))
    assert open_to(1.0, 28) == {"value": 1, "low": pytest.approx(0.88, abs=0.01), "high": 1}


@pytest.mark.parametrize("n", [20, 138, 15856])
def test_of_none_among_n_the_rule_of_three_is_told(n):
    told = open_to(0.0, n)
    assert (told["value"], told["low"]) == (0, 0)
    # 95 % lie below 3 / n, 97.5 % below 3.7 / n (Hanley and Lippman-Hand 1983, JAMA 249:1743)
    assert told["high"] == pytest.approx(3.7 / n, rel=0.15)


def test_none_and_all_are_mirrored_and_the_same_for_the_same_seed():
    none, every = left_open(0.0, np.zeros(200), 30, 5), left_open(1.0, np.ones(200), 30, 5)
    assert none == pytest.approx(1 - every)
    assert (none == left_open(0.0, np.zeros(200), 30, 5)).all()
    assert (none != left_open(0.0, np.zeros(200), 30, 6)).any()


def test_what_some_resample_differs_in_is_left_as_it_was_drawn():
    drawn = np.array([1.0, 0.96, 1.0, np.nan])
    assert left_open(1.0, drawn, 28, 0) is drawn
    certain = left_open(1.0, np.array([1.0, np.nan, 1.0]), 28, 0)
    assert np.isnan(certain).tolist() == [False, True, False]
    inside = np.full(5, 0.5)
    assert left_open(0.5, inside, 28, 0) is inside
