"""A county in two columns, whose risk a test gives, and the candidates small enough to be fitted many times."""

from datetime import date

import numpy as np
import pandas as pd

COLUMNS = [{"name": "visits", "direction": 1, "days": [365]}, {"name": "age", "direction": 0, "days": []}]
TREES = {"n_estimators": 30, "n_jobs": 1, "min_child_samples": 20}
PARAMS = {
    "rule": "visits",
    "scorecard": {"columns": 2, "cuts": 3},
    "logistic": {},
    "additive": TREES,
    "lightgbm": TREES,
    "lightgbm_free": TREES,
}
DATES = (date(2017, 1, 1), date(2018, 1, 1), date(2018, 7, 1), date(2020, 1, 1))


def margin(model, X: pd.DataFrame) -> np.ndarray:
    """Calibrated log-odds (rows): intercept + slope x the wrapped model's own log-odds."""
    return model.final_estimator_.decision_function(model.transform(X))


def county(risk, n=4000, seed=0, dates=DATES):
    """(X, label, pairs): residents two to a household at each date; `risk` turns the columns into log-odds."""
    random, each = np.random.default_rng(seed), n // len(dates)
    pairs = pd.DataFrame(
        {
            "as_of": np.repeat(dates, each),
            "unit_id": [f"r{i % each}" for i in range(n)],
            "group_id": [f"h{i % each // 2}" for i in range(n)],
        }
    )
    X = pd.DataFrame({"visits": random.poisson(1, n), "age": random.integers(16, 90, n)}, dtype="float32")
    label = pd.array(random.random(n) < 1 / (1 + np.exp(-risk(X.astype(float)))), dtype="boolean")
    return X, label, pairs
