"""Resampling: whole groups, as many as there are, the same for the same seed."""

import numpy as np
import pytest

from models.resampling import figure, resample


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
