"""Correlated columns are told as one: who belongs together, and what they add together."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from models.clusters import clusters, correlated, rank_correlations
from models.explanation import Explanation
from models.resampling import resample


def county(n: int = 500) -> pd.DataFrame:
    """Two columns that say the same, one that says its opposite, one of its own, and one that never changes."""
    rng = np.random.default_rng(0)
    calls = rng.poisson(3, n).astype(float)
    return pd.DataFrame(
        {
            "calls_90d": np.round(calls / 3),
            "calls_365d": calls,
            "since": np.where(calls > 0, 400 - 30 * calls, np.nan),
            "age": rng.integers(0, 90, n),
            "same": 1.0,
        }
    )


def test_rank_correlations_equal_scipys_with_missing_the_highest_and_none_of_a_constant():
    X = county()
    wanted = spearmanr(X.drop(columns="same").fillna(1e9)).statistic
    np.testing.assert_allclose(rank_correlations(X)[:4, :4], wanted, atol=1e-12)
    assert (rank_correlations(X)[4, :4] == 0).all()


def test_columns_of_either_sign_belong_together_where_every_two_of_them_do():
    assert correlated(county()) == [[0, 1, 2], [3], [4]]
    rng = np.random.default_rng(1)
    chain = rng.normal(size=400)
    X = pd.DataFrame({"a": chain, "b": chain + 0.8 * rng.normal(size=400)})
    X["c"] = X["b"] + 0.8 * rng.normal(size=400)
    r = np.abs(rank_correlations(X))
    assert r[0, 1] > 0.7 > r[0, 2]  # a chain: its ends are too far apart for one cluster
    assert [0, 1, 2] not in correlated(X)
    assert correlated(X[["a"]]) == [[0]]


def test_a_cluster_adds_up_what_its_columns_do_and_is_named_by_the_weightiest():
    X = county()
    values = np.zeros(X.shape, np.float32)
    values[:, 0], values[:, 1], values[:, 3] = 0.5, -0.4, np.tile([0.2, -0.2], 250)
    e = Explanation(values, 0.0, "", 1, tuple(X.columns))
    meanings = [{"name": name, "sentence": name.title()} for name in X.columns]
    first, second, *others = clusters(e, X, meanings, resample(np.arange(500), 50))
    assert (first["name"], first["sentence"], first["members"]) == ("age", "Age", ["age"])
    assert (second["name"], second["members"]) == ("calls_90d", ["calls_90d", "calls_365d", "since"])
    assert second["importance"] == pytest.approx(0.1)
    assert first["share"] + second["share"] == pytest.approx(1)
    assert [c["importance"] for c in others] == [0]
    assert first["low"] == pytest.approx(0.2) == first["high"]
