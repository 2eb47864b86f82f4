"""Candidates: third-party objects that keep the direction, take missing values and fit the same every time."""

import numpy as np
import pandas as pd
import pytest
import skops.io

from features.errors import InputError
from models.bundle import TRUSTED
from models.candidates import candidates
from models.titles import ORDER

COLUMNS = [
    {"name": "visits_365d", "direction": 1, "days": [365]},
    {"name": "days_since_visit", "direction": -1, "days": []},
    {"name": "age", "direction": 0, "days": []},
    {"name": "never_recorded", "direction": 0, "days": [90]},
]
TREES = {"n_estimators": 20, "n_jobs": 1, "min_child_samples": 20}
PARAMS = {
    "rule": "visits_365d",
    "scorecard": {"columns": 3, "cuts": 3},
    "logistic": {},
    "additive": TREES,
    "lightgbm": TREES,
    "lightgbm_free": TREES,
}
TREED = ("additive", "lightgbm", "lightgbm_free")


def rows(n=800, seed=0):
    """Risk rises with visits, also where the days since the last are missing; one column is always missing."""
    random = np.random.default_rng(seed)
    visits = random.poisson(1, n)
    X = pd.DataFrame(
        {
            "visits_365d": visits,
            "days_since_visit": np.where(visits > 0, random.integers(1, 365, n), np.nan),
            "age": random.integers(16, 90, n),
            "never_recorded": np.nan,
        }
    ).astype("float64")
    return X, random.random(n) < 1 / (1 + np.exp(3 - 1.5 * visits))


def test_simplest_first_and_only_those_named():
    assert tuple(candidates(COLUMNS, dict(reversed(PARAMS.items())), seed=1)) == ORDER == tuple(PARAMS)
    assert list(candidates(COLUMNS, {"lightgbm": {}, "rule": "age"}, seed=1)) == ["rule", "lightgbm"]


@pytest.mark.parametrize("name", PARAMS)
def test_every_candidate_predicts_with_missing_values_and_fits_the_same_again(name):
    X, y = rows()
    first, again = (candidates(COLUMNS, PARAMS, seed=1)[name].fit(X, y).predict_proba(X) for _ in range(2))
    assert np.array_equal(first, again)
    assert ((first > 0) & (first < 1)).all()


@pytest.mark.parametrize("name", PARAMS)
def test_every_candidate_loads_without_this_project(name):
    X, y = rows()
    content = skops.io.dumps(candidates(COLUMNS, PARAMS, seed=1)[name].fit(X, y))
    assert set(skops.io.get_untrusted_types(data=content)) <= set(TRUSTED)
    assert b"models." not in content
    assert b"features." not in content


@pytest.mark.parametrize("name", TREED)
def test_lightgbm_fitted_on_float32_is_the_model_of_the_same_numbers_in_float64(name):
    X, y = rows()
    X["rate"] = np.random.default_rng(1).random(len(X)).astype("float32").astype("float64")
    columns = [*COLUMNS, {"name": "rate", "direction": 0, "days": []}]
    wide, narrow = (candidates(columns, PARAMS, seed=1)[name].fit(X.astype(kind), y) for kind in ("float64", "float32"))
    assert wide.booster_.model_to_string() == narrow.booster_.model_to_string()


@pytest.mark.parametrize("name", ["rule", "scorecard", "logistic"])
def test_others_fitted_on_float32_score_as_those_fitted_on_float64(name):
    X, y = rows()
    wide, narrow = (candidates(COLUMNS, PARAMS, seed=1)[name].fit(X.astype(kind), y) for kind in ("float64", "float32"))
    np.testing.assert_allclose(narrow.predict_proba(X), wide.predict_proba(X), rtol=1e-4)


@pytest.mark.parametrize(("column", "least_risk"), [("visits_365d", 0.0), ("days_since_visit", 364.0)])
def test_the_rule_puts_missing_values_where_risk_is_least(column, least_risk):
    X, y = rows()
    X.loc[X.index[-1], column] = np.nan
    X.loc[X.index[0], column] = least_risk
    p = candidates(COLUMNS, PARAMS | {"rule": column}, seed=1)["rule"].fit(X, y).predict_proba(X)[:, 1]
    assert p[-1] == p[0] == p.min()


def test_the_rule_ranks_by_its_one_column():
    X, y = rows()
    model = candidates(COLUMNS, PARAMS, seed=1)["rule"].fit(X, y)
    assert pd.Series(model.predict_proba(X)[:, 1]).rank().equals(X.visits_365d.rank())
    assert np.array_equal(model.predict_proba(X), model.predict_proba(X.assign(age=0.0)))


def along(model, X, column):
    """The probability of the first row as one column of it grows."""
    return model.predict_proba(pd.concat([X[:1].assign(**{column: float(v)}) for v in range(1, 365, 7)]))[:, 1]


@pytest.mark.parametrize("name", ["additive", "lightgbm"])
def test_boosted_trees_never_push_against_a_direction(name):
    X, y = rows()
    y = ~y  # the data say the opposite of the catalogue
    model = candidates(COLUMNS, PARAMS, seed=1)[name].fit(X, y)
    for column, direction in (("visits_365d", 1), ("days_since_visit", -1)):
        assert (np.diff(along(model, X, column)) * direction >= 0).all()


def test_without_directions_lightgbm_follows_the_data():
    X, y = rows()
    model = candidates(COLUMNS, PARAMS, seed=1)["lightgbm_free"].fit(X, ~y)
    assert (np.diff(along(model, X, "visits_365d")) < 0).any()


def test_the_additive_model_is_a_sum_of_one_curve_for_each_column():
    X, y = rows()
    model = candidates(COLUMNS, PARAMS, seed=1)["additive"].fit(X, y)
    here, there = X[:50].reset_index(drop=True), X[50:100].reset_index(drop=True)

    def log_odds(rows):
        return model.booster_.predict(rows, raw_score=True)

    swapped = [log_odds(here.assign(**{name: there[name]})) - log_odds(here) for name in X]
    np.testing.assert_allclose(np.sum(swapped, axis=0), log_odds(there) - log_odds(here), atol=1e-12)


def test_the_logistic_regression_says_which_column_each_coefficient_is_of():
    X, y = rows()
    model = candidates(COLUMNS, PARAMS, seed=1)["logistic"].fit(X, y)
    assert model[:-1].get_feature_names_out(X.columns.to_numpy(dtype=object)).tolist() == [
        "visits_365d",
        "never_recorded",
        "days_since_visit",
        "age",
        "missingindicator_never_recorded",
        "missingindicator_days_since_visit",
    ]
    assert (X.assign(visits_365d=-5.0).pipe(model.predict_proba) < 1).all()  # an amount may be negative


def test_all_faults_of_params_come_together():
    with pytest.raises(InputError) as wrong:
        candidates(
            COLUMNS,
            {"rule": "vists", "logistic": 3, "boost": {}, "lightgbm": {"max_depth": 12, "scale_pos_weight": 3}},
            seed=1,
        )
    assert [f.split(":")[0] for f in wrong.value.faults] == [
        "models",
        "models.rule",
        "models.logistic",
        "models.lightgbm.max_depth",
        "models.lightgbm.scale_pos_weight",
    ]
    with pytest.raises(InputError, match="1 to 8, not -1"):
        candidates(COLUMNS, {"lightgbm": {"max_depth": -1}}, seed=1)
    with pytest.raises(InputError, match=r"name one or more of rule, scorecard, .*, lightgbm_free, not none"):
        candidates(COLUMNS, {}, seed=1)
