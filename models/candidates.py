"""Candidate models, simplest first: what a practitioner would sort by today, logistic regression, LightGBM.

Every candidate is made of scikit-learn and LightGBM objects and numpy functions only, so that a service loads it
without this project. Input is a DataFrame of float64, one column per record of columns.json, in that order; a missing
value (NaN) means "none recorded" and is used as such.
"""

import numpy as np
from lightgbm import LGBMClassifier
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from features.errors import InputError

ORDER = ("rule", "logistic", "lightgbm")  # simplest first
TITLES = {"rule": "the simple rule", "logistic": "logistic regression", "lightgbm": "LightGBM"}
MAX_DEPTH = 8  # exact interventional explanations cost 2 to the power of the depth


def candidates(columns: list[dict], params: dict, seed: int) -> dict:
    """The candidates named in `params`, unfitted, simplest first: {name: scikit-learn estimator}.

    `columns` are records of columns.json ("name", "direction", "days"). `params` may hold "rule" (the column a
    practitioner would sort by), "logistic" ({"C": strength of the data against the penalty}) and "lightgbm"
    (n_estimators, num_leaves, learning_rate, min_child_samples, ... of LGBMClassifier). Raises InputError with all
    faults of params.
    """
    makers = {"rule": _rule, "logistic": _logistic, "lightgbm": _lightgbm}
    faults = _faults(columns, params)
    if faults:
        raise InputError(*faults)
    return {name: makers[name](columns, params[name], seed) for name in ORDER if name in params}


def _rule(columns: list[dict], column: str, seed: int):
    """One column, its missing values put at the end of least risk; the regression only turns it into a probability."""
    falls = next(c["direction"] for c in columns if c["name"] == column) < 0
    prepare = SimpleImputer(strategy=np.max if falls else np.min, keep_empty_features=True)
    return Pipeline(
        [
            ("column", ColumnTransformer([("rule", prepare, [column])], verbose_feature_names_out=False)),
            ("regression", LogisticRegression(C=np.inf, solver="newton-cholesky")),
        ]
    )


def _logistic(columns: list[dict], options: dict, seed: int):
    """Counts and amounts of a window on a scale like the logarithm's, gaps marked and filled, all of unit variance."""
    windowed = [c["name"] for c in columns if c["days"]]
    others = [c["name"] for c in columns if not c["days"]]
    # arcsinh is the logarithm for large counts and straight near 0; unlike log1p it takes a negative amount too
    scale = FunctionTransformer(np.arcsinh, feature_names_out="one-to-one")
    return Pipeline(
        [
            (
                "scale",
                ColumnTransformer(
                    [("windowed", scale, windowed), ("other", "passthrough", others)], verbose_feature_names_out=False
                ),
            ),
            ("fill", SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)),
            ("standardise", StandardScaler()),
            ("regression", LogisticRegression(**{"C": 0.1, "solver": "newton-cholesky", "max_iter": 200} | options)),
        ]
    )


def _lightgbm(columns: list[dict], options: dict, seed: int):
    """Boosted trees that may push the risk only the way a column's direction says; the same on every run."""
    defaults = {
        "n_estimators": 300,
        "num_leaves": 31,
        "learning_rate": 0.05,
        "min_child_samples": 50,
        "max_depth": 6,
        "n_jobs": 2,
    }
    fixed = {
        "monotone_constraints": [c["direction"] for c in columns],
        "random_state": seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    return LGBMClassifier(**defaults | options | fixed)


def _faults(columns: list[dict], params: dict) -> list[str]:
    names, faults = {c["name"] for c in columns}, []
    unknown = set(params) - set(ORDER)
    if unknown or not params:
        faults.append(f"models: name one or more of {', '.join(ORDER)}, not {', '.join(sorted(unknown)) or 'none'}")
    if "rule" in params and params["rule"] not in names:
        faults.append(
            f"models.rule: {params['rule']!r} is not a column that may be an input of this outcome; name one of "
            f"the {len(names)} in columns.json, or leave the rule out"
        )
    for name in ("logistic", "lightgbm"):
        if name in params and not isinstance(params[name], dict):
            faults.append(
                f"models.{name}: give its options, as name: value, or {{}} for the defaults, not {params[name]!r}"
            )
    if isinstance(params.get("lightgbm"), dict):
        options = params["lightgbm"]
        depth = options.get("max_depth", MAX_DEPTH)
        if not (isinstance(depth, int) and 1 <= depth <= MAX_DEPTH):
            faults.append(
                f"models.lightgbm.max_depth: must be 1 to {MAX_DEPTH}, not {depth!r}, because the cost of exact "
                "explanations doubles with each level"
            )
        for name in ("class_weight", "is_unbalance", "scale_pos_weight"):
            if name in options:
                faults.append(f"models.lightgbm.{name}: leave it out; weighting classes spoils the calibration")
    return faults
