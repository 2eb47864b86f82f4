"""Contributions equal brute-force Shapley values, published cases included, and add up to every score."""

import json
import pickle
from itertools import combinations
from math import factorial
from pathlib import Path
from types import SimpleNamespace

import lightgbm
import numpy as np
import pandas as pd
import pytest
import shap
from scipy.special import expit
from sklearn.naive_bayes import GaussianNB

from models import explanation
from models.calibration import calibrate, calibration_map
from models.candidates import candidates
from models.explanation import Explainer, explain, importance, sample_background
from models.resampling import resample
from models.titles import ORDER
from tests.risks import margin

CASES = Path(__file__).parents[3] / "shared" / "data" / "shap_cases"
needs_cases = pytest.mark.skipif(
    not CASES.exists(), reason="the published cases (../shared/data/shap_cases) are absent"
)


def brute_force(margin, x: pd.Series, background: pd.DataFrame) -> np.ndarray:
    """Shapley's formula over all 2^n coalitions; a column outside one takes each background row's value in turn."""
    columns = list(background.columns)
    n = len(columns)

    def worth(coalition) -> float:
        rows = background.copy()
        rows[list(coalition)] = x[list(coalition)].to_numpy()
        return float(np.mean(margin(rows)))

    worths = {frozenset(c): worth(c) for size in range(n + 1) for c in combinations(columns, size)}
    return np.array(
        [
            sum(
                factorial(len(c)) * factorial(n - len(c) - 1) / factorial(n) * (worths[c | {column}] - worths[c])
                for c in worths
                if column not in c
            )
            for column in columns
        ]
    )


def brute_force_pairs(margin, x: pd.Series, background: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Shapley's interaction index of each pair (Grabisch and Roubens 1999), over all coalitions of the others."""
    columns = list(background.columns)
    n = len(columns)

    def worth(coalition) -> float:
        rows = background.copy()
        rows[list(coalition)] = x[list(coalition)].to_numpy()
        return float(np.mean(margin(rows)))

    worths = {frozenset(c): worth(c) for size in range(n + 1) for c in combinations(columns, size)}
    return {
        (i, j): sum(
            factorial(len(c))
            * factorial(n - len(c) - 2)
            / factorial(n - 1)
            * (worths[c | {i, j}] - worths[c | {i}] - worths[c | {j}] + worths[c])
            for c in worths
            if i not in c and j not in c
        )
        for i, j in combinations(columns, 2)
    }


def residents(n: int = 400, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Four inputs as the engine gives them (float32, NaN where nothing is recorded), and an outcome."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "calls": rng.poisson(1.0, n),
            "days_since_call": rng.integers(1, 900, n),
            "age": rng.integers(16, 90, n),
            "rate": rng.random(n) * 30,
        }
    ).astype("float32")
    X.loc[X["calls"] == 0, "days_since_call"] = np.nan
    X.loc[rng.random(n) < 0.1, "age"] = np.nan
    return X, rng.random(n) < 1 / (1 + np.exp(2 - X["calls"].to_numpy() - (X["days_since_call"] < 100).to_numpy()))


COLUMNS = [
    {"name": "calls", "direction": 0, "days": 365},
    {"name": "days_since_call", "direction": 0, "days": None},
    {"name": "age", "direction": 0, "days": None},
    {"name": "rate", "direction": 0, "days": 365},
]
TREES = {"n_estimators": 12, "learning_rate": 0.2, "min_child_samples": 20, "num_threads": 1}
CHOICES = {
    "rule": "days_since_call",
    "scorecard": {"columns": 3, "cuts": 3},
    "logistic": {"C": 1.0},
    "additive": TREES,
    "lightgbm": TREES | {"num_leaves": 8, "max_depth": 4},
    "lightgbm_free": TREES | {"num_leaves": 8, "max_depth": 4},
}


def trained(name: str, X: pd.DataFrame, y: np.ndarray, **options):
    """A calibrated candidate; `options` add to those of LightGBM."""
    columns = [c for c in COLUMNS if c["name"] in X]
    choice = CHOICES[name] | options if options else CHOICES[name]
    X = X.astype("float64")
    return calibrate(candidates(columns, {name: choice}, seed=0)[name].fit(X, y), X, y)


@pytest.mark.parametrize("name", ORDER)
def test_equals_brute_force_with_missing_values(name):
    X, y = residents()
    model = trained(name, X, y)
    background = sample_background(X, rows=40, seed=1)
    assert background.isna().any().any()

    explained = explain(model, X[:12], background)

    assert X[:12].isna().any().any()
    wanted = [brute_force(lambda rows: margin(model, rows), x, background) for _, x in X[:12].iterrows()]
    np.testing.assert_allclose(explained.values, wanted, atol=2e-6)
    assert "interventional" in explained.method or "linear" in explained.method
    assert explained.background_rows == 40


@pytest.mark.parametrize("name", ORDER)
def test_adds_up_to_the_score_of_every_row_block_after_block(name):
    X, y = residents()
    model = trained(name, X, y)
    explainer = Explainer(model, sample_background(X, rows=100))

    for rows in (X[:90], X[90:91], X[91:]):
        explained = explainer(rows)
        np.testing.assert_allclose(explained.values.sum(axis=1) + explained.base, margin(model, rows), atol=1e-5)


def test_interactions_equal_brute_force_with_missing_values():
    X, y = residents()
    model = trained("lightgbm", X, y)
    background = sample_background(X, rows=40, seed=1)
    found = Explainer(model, background).interactions(X[:6])
    for row, x in X[:6].iterrows():
        for pair, wanted in brute_force_pairs(lambda rows: margin(model, rows), x, background).items():
            assert (found.loc[row, [pair]].iloc[0] if pair in found else 0) == pytest.approx(wanted, abs=2e-6)
    assert np.abs(found.to_numpy()).max() > 0.01


@pytest.mark.parametrize("name", ["rule", "scorecard", "logistic", "additive"])
def test_a_model_that_adds_up_has_no_interactions(name):
    X, y = residents()
    assert Explainer(trained(name, X, y), X[:50]).interactions(X[:20]).shape == (20, 0)


def test_no_interactions_are_told_where_values_do_not_add_up(monkeypatch):
    X, y = residents()
    model = trained("lightgbm", X, y)
    monkeypatch.setattr(explanation, "_woodelf", nothing)
    assert Explainer(model, X[:50]).interactions(X[:20]) is None


def test_equals_shap_with_values_missing_that_never_were_in_training():
    X, y = residents()
    model = trained("lightgbm", X, y)
    background, gappy = X[:60].astype("float64"), X.astype("float64")
    gappy = gappy.mask(np.random.default_rng(5).random(X.shape) < 0.3)
    assert X["rate"].notna().all()
    assert gappy["rate"].isna().any()
    reference = shap.TreeExplainer(model.estimators_[0].booster_, background, feature_perturbation="interventional")
    intercept, slope = calibration_map(model)

    explained = explain(model, gappy, background)

    np.testing.assert_allclose(explained.values, slope * reference.shap_values(gappy), atol=1e-5)
    np.testing.assert_allclose(explained.base, intercept + slope * reference.expected_value, atol=1e-5)
    assert "interventional" in explained.method


@pytest.mark.parametrize("name", ORDER)
def test_the_score_is_the_models_own(name):
    X, y = residents()
    model = trained(name, X, y)
    score = explain(model, X, X[:50]).score
    np.testing.assert_allclose(expit(score), model.predict_proba(X.astype("float64"))[:, 1], rtol=1e-13)


@pytest.mark.parametrize("name", ORDER)
def test_an_explainer_can_be_sent_elsewhere(name):
    X, y = residents()
    explainer = Explainer(trained(name, X, y), X[:50])
    sent = pickle.loads(pickle.dumps(explainer))
    np.testing.assert_array_equal(sent(X).values, explainer(X).values)


def test_a_threshold_between_two_neighbouring_float32_values_sends_rows_the_right_way():
    X = pd.DataFrame({"rate": np.nextafter(np.float32(0.1), np.float32([0, 1] * 50), dtype=np.float32)})
    model = trained("lightgbm", X, np.arange(100) % 2 == np.arange(100) // 90, min_child_samples=5, min_data_in_bin=1)
    explained = explain(model, X, X)
    np.testing.assert_allclose(explained.values.sum(axis=1) + explained.base, margin(model, X), atol=1e-5)
    assert "interventional TreeSHAP" in explained.method


def test_the_fallback_names_the_kind_of_error_and_quotes_nobodys_value(monkeypatch):
    def refuse(booster, background):
        raise ValueError("resident 4711 owes 123456")

    X, y = residents()
    monkeypatch.setattr(explanation, "_woodelf", refuse)
    method = explain(trained("lightgbm", X, y), X[:20], X[:50]).method
    assert "ValueError" in method
    assert "4711" not in method


def nothing(booster, background):
    """An explainer by which no column ever adds anything."""
    return SimpleNamespace(shap_values=lambda rows, verbose: np.zeros(rows.shape))


def test_falls_back_with_the_reason_where_values_do_not_add_up(monkeypatch):
    X, y = residents()
    model = trained("lightgbm", X, y)
    monkeypatch.setattr(explanation, "_woodelf", nothing)

    explained = explain(model, X, X[:50])

    assert explained.method.startswith("exact path-dependent")
    assert "ArithmeticError" in explained.method
    assert explained.background_rows == 0
    np.testing.assert_allclose(explained.values.sum(axis=1) + explained.base, margin(model, X), atol=1e-5)


def test_says_what_it_cannot_explain():
    X, y = residents()
    model = trained("lightgbm", X, y)
    with pytest.raises(ValueError, match="background is empty"):
        explain(model, X, X[:0])
    model = calibrate(GaussianNB().fit(X.fillna(0), y), X.fillna(0), y)
    with pytest.raises(ValueError, match="cannot explain a GaussianNB"):
        explain(model, X, X)


@needs_cases
def test_equals_published_interventional_values():
    booster = lightgbm.Booster(model_file=CASES / "lgbm_6feat.txt")
    background = pd.read_csv(CASES / "background50.csv")
    rows = pd.read_csv(CASES / "rows20_expected.csv")

    explained = explanation._Trees(booster, background)(rows[background.columns])

    assert "interventional" in explained.method
    np.testing.assert_allclose(
        explained.values, rows[[f"phi_interventional_{c}" for c in background.columns]], atol=1e-6
    )
    np.testing.assert_allclose(explained.base, rows["base_interventional"], atol=1e-9)


@needs_cases
def test_equals_published_path_dependent_values_when_falling_back(monkeypatch):
    monkeypatch.setattr(explanation, "_woodelf", nothing)
    booster = lightgbm.Booster(model_file=CASES / "lgbm_6feat.txt")
    background = pd.read_csv(CASES / "background50.csv")
    rows = pd.read_csv(CASES / "rows20_expected.csv")
    explained = explanation._Trees(booster, background)(rows[background.columns])
    np.testing.assert_allclose(explained.values, rows[[f"phi_pathdep_{c}" for c in background.columns]], atol=1e-6)
    np.testing.assert_allclose(explained.base, rows["base_pathdep"], atol=1e-9)


@needs_cases
@pytest.mark.parametrize(
    ("case", "truth"),
    [("AND", lambda a, b: a & b), ("OR", lambda a, b: a | b), ("AND_plus_boost", lambda a, b: (a & b) + a)],
)
def test_equals_the_worked_values_of_simple_functions(case, truth):
    expected = json.loads((CASES / "simple_trees_expected.json").read_text())[case]
    quarters = pd.DataFrame([(a, b, 0, 0) for a in (0, 1) for b in (0, 1)] * 25, columns=list("abcd"))
    booster = lightgbm.train(
        {
            "objective": "l2",
            "learning_rate": 1.0,
            "min_data_in_leaf": 1,
            "min_data_in_bin": 1,
            "lambda_l2": 0.0,
            "boost_from_average": False,
            "verbose": -1,
            "num_threads": 1,
        },
        lightgbm.Dataset(quarters.astype("float64"), truth(quarters["a"], quarters["b"])),
        num_boost_round=1,
    )
    assert_as_published(booster, quarters.astype("float64"), expected)


def assert_as_published(booster, quarters: pd.DataFrame, expected: dict) -> None:
    rows = pd.DataFrame([(1, 1, 0, 0), (0, 0, 0, 0)], columns=list("abcd")).astype("float64")
    explained = explanation._Trees(booster, quarters)(rows)
    assert explained.base == pytest.approx(expected["base"])
    np.testing.assert_allclose(explained.values, [expected["phi_11"], expected["phi_00"]], atol=1e-6)


XOR = """tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=3
objective=regression
feature_names=a b c d
feature_infos=[0:1] [0:1] [0:1] [0:1]

Tree=0
num_leaves=4
num_cat=0
split_feature=0 1 1
split_gain=1 1 1
threshold=0.5 0.5 0.5
decision_type=2 2 2
left_child=1 -1 -3
right_child=2 -2 -4
leaf_value=0 1 1 0
leaf_weight=25 25 25 25
leaf_count=25 25 25 25
internal_value=0.5 0.5 0.5
internal_weight=100 50 50
internal_count=100 50 50
is_linear=0
shrinkage=1


end of trees
"""


@needs_cases
def test_equals_the_worked_values_of_xor():
    """Written out by hand: no single split of it gains anything, so LightGBM would not grow this tree."""
    quarters = pd.DataFrame([(a, b, 0, 0) for a in (0, 1) for b in (0, 1)] * 25, columns=list("abcd")).astype("float64")
    booster = lightgbm.Booster(model_str=XOR)
    assert booster.predict(quarters[:4]).tolist() == [0, 1, 1, 0]
    expected = json.loads((CASES / "simple_trees_expected.json").read_text())["XOR"]
    assert_as_published(booster, quarters, expected)


def test_importance_nets_out_within_a_theme_and_keeps_shares():
    e = explanation.Explanation(np.array([[2.0, -1.0, 0.5], [-2.0, 1.0, 0.5]], np.float32), 0.0, "", 1, ("a", "b", "c"))
    meanings = [{"name": "a", "theme": "crime"}, {"name": "b", "theme": "crime"}, {"name": "c", "theme": "home"}]
    assert importance(e, meanings)["name"].tolist() == ["a", "b", "c"]
    themes = importance(e, meanings, "theme")
    assert themes["importance"].tolist() == [1.0, 0.5]
    assert themes["share"].sum() == pytest.approx(1)


def test_importance_has_an_interval_over_households_about_its_value():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(2000, 2)).astype(np.float32)
    e = explanation.Explanation(values, 0.0, "", 1, ("a", "b"))
    table = importance(e, [{"name": "a"}, {"name": "b"}], draws=resample(np.arange(2000), 200))
    error = np.abs(values).std(axis=0) / np.sqrt(2000)
    assert (table["low"] < table["importance"]).all()
    np.testing.assert_allclose(table["high"] - table["low"], 2 * 1.96 * error.mean(), rtol=0.2)
