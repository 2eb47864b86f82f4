"""Candidates: third-party objects that keep the direction, take missing values and fit the same every time."""

import numpy as np
import pandas as pd
import pytest
import skops.io

from features.errors import InputError
from models.bundle import TRUSTED
from models.candidates import candidates

COLUMNS = [
    {"name": "visits_365d", "direction": 1, "days": [365]},
    {"name": "days_since_visit", "direction": -1, "days": []},
    {"name": "age", "direction": 0, "days": []},
    {"name": "never_recorded", "direction": 0, "days": [90]},
]
PARAMS = {"rule": "visits_365d", "logistic": {}, "lightgbm": {"n_estimators": 20, "n_jobs": 1, "min_child_samples": 20}}


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
    assert list(candidates(COLUMNS, PARAMS, seed=1)) == ["rule", "logistic", "lightgbm"]
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


def test_float32_made_wide_is_scored_alike():
    X, y = rows()
    model = candidates(COLUMNS, PARAMS, seed=1)["lightgbm"].fit(X, y)
    assert np.array_equal(model.predict_proba(X.astype("float32").astype("float64")), model.predict_proba(X))


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


def test_lightgbm_never_pushes_against_a_direction():
    X, y = rows()
    y = ~y  # the data say the opposite of the catalogue
    model = candidates(COLUMNS, PARAMS, seed=1)["lightgbm"].fit(X, y)
    for column, direction in (("visits_365d", 1), ("days_since_visit", -1)):
        grid = pd.concat([X[:1].assign(**{column: float(v)}) for v in range(1, 365, 7)])
        assert (np.diff(model.predict_proba(grid)[:, 1]) * direction >= 0).all()


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
    with pytest.raises(InputError, match="name one or more of rule, logistic, lightgbm, not none"):
        candidates(COLUMNS, {}, seed=1)
