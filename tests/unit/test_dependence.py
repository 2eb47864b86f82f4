"""Curves of values and pairs of columns: what they say, and that no mark is a single resident's."""

import itertools

import numpy as np
import pandas as pd
import pytest

from models import dependence
from models.explanation import Explainer, Explanation
from tests.unit.test_explanation import residents, trained


def curve(value: np.ndarray, added: np.ndarray) -> list[dict]:
    e = Explanation(added[:, None].astype(np.float32), 0.0, "", 1, ("x",))
    (found,) = dependence.curves(e, pd.DataFrame({"x": value}), [{"name": "x", "sentence": "It"}])
    return found["bins"]


def test_a_curve_follows_the_values_and_shows_the_middle_of_what_they_added():
    value = np.arange(1000.0)
    bins = curve(value, value / 1000)
    assert len(bins) == 10
    assert [b["n"] for b in bins] == [100] * 10
    assert [b["mean"] for b in bins] == sorted(b["mean"] for b in bins)
    assert bins[3]["from"] == 300.0
    assert bins[3]["to"] == 399.0
    assert bins[3]["p5"] == pytest.approx(0.305, abs=0.001)
    assert bins[3]["p95"] == pytest.approx(0.394, abs=0.001)


def test_the_ends_of_a_curve_are_nobodys_value_and_the_missing_stand_by_themselves():
    value = np.append(np.arange(200.0), [np.nan] * 30)
    bins = curve(value, np.ones(230))
    assert bins[0]["from"] is None
    assert bins[-2]["to"] is None
    assert bins[-1] == {"from": None, "to": None, "missing": True, "n": 30, "mean": 1.0, "p5": 1.0, "p95": 1.0}
    assert sum(b["n"] for b in bins) == 230


@pytest.mark.parametrize("seed", range(5))
def test_every_mark_rests_on_twenty_rows_and_equal_values_share_one(seed):
    rng = np.random.default_rng(seed)
    value = rng.poisson(rng.choice([0.1, 1, 10], 300)).astype(float)
    value[rng.random(300) < 0.05] = np.nan
    found = dependence.bins_of(value)
    assert all(len(rows) >= 20 for rows, _, _ in found)
    assert sorted(np.concatenate([rows for rows, _, _ in found])) == np.flatnonzero(~np.isnan(value)).tolist()
    for (below, _, _), (above, _, _) in itertools.pairwise(found):
        assert value[below].max() < value[above].min()
    assert all(b["n"] >= 20 for b in curve(value, np.nan_to_num(value)))


def test_too_few_values_have_no_curve():
    assert curve(np.full(19, 1.0), np.ones(19)) == []
    assert curve(np.append(np.full(19, 1.0), [np.nan] * 19), np.ones(38)) == []


def test_a_column_that_never_moves_a_score_has_no_curve():
    e = Explanation(np.zeros((50, 1), np.float32), 0.0, "", 1, ("x",))
    assert dependence.curves(e, pd.DataFrame({"x": np.arange(50.0)}), [{"name": "x", "sentence": "It"}]) == []


def test_the_pair_that_makes_the_outcome_together_comes_first():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.random((4000, 3)), columns=["calls", "age", "rate"])
    y = rng.random(4000) < np.where((X["calls"] > 0.5) & (X["age"] > 0.5), 0.9, 0.1)
    model = trained("lightgbm_free", X, y)
    meanings = [{"name": name, "sentence": name.title()} for name in X]
    found = dependence.interactions(Explainer(model, X[:200]), X[:300], np.arange(300), meanings, 50, 0)
    assert found["pairs"][0]["names"] == ["calls", "age"]
    assert found["pairs"][0]["sentences"] == ["Calls", "Age"]
    first, second = (pair["importance"] for pair in found["pairs"][:2])
    assert first["low"] > second["high"]
    assert found["net"]["low"] > 0.3


def test_a_sum_has_no_pairs_and_says_why():
    X, y = residents()
    found = dependence.interactions(Explainer(trained("additive", X, y), X[:50]), X[:40], np.arange(40), [], 50, 0)
    assert found["pairs"] == []
    assert "by construction" in found["method"]
    assert found["net"]["value"] == 0
