"""Candidate models, simplest first: from what a practitioner would sort by today to LightGBM.

Every fitted candidate is made of scikit-learn and LightGBM objects and numpy functions only, so that a service loads
it without this project. Input is a DataFrame, one column per record of columns.json, in that order: of float32 or
float64 to fit on, of float64 to predict; a missing value (NaN) means "none recorded" and is used as such.
"""

import numpy as np
from lightgbm import LGBMClassifier
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from features.errors import InputError
from models.scorecard import Scorecard
from models.titles import ORDER

MAX_DEPTH = 8  # exact interventional explanations cost 2 to the power of the depth


def candidates(columns: list[dict], params: dict, seed: int) -> dict:
    """The candidates named in `params`, unfitted, simplest first: {name: what has fit(X, y) -> a fitted classifier}.

    `columns` are records of columns.json ("name", "direction", "days"). `params` may hold "rule" (the column a
    practitioner would sort by), and options of "scorecard" (columns, cuts), "logistic" ({"C": strength of the data
    against the penalty}) and of the three that LightGBM fits (n_estimators, learning_rate, min_child_samples, ... of
    LGBMClassifier). Raises InputError with all faults of params.
    """
    makers = {
        "rule": _rule,
        "scorecard": _scorecard,
        "logistic": _logistic,
        "additive": _additive,
        "lightgbm": _lightgbm,
        "lightgbm_free": _lightgbm_free,
    }
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


def _scorecard(columns: list[dict], options: dict, seed: int) -> Scorecard:
    """Points that can be added up on paper."""
    options = {"columns": 10, "cuts": 3} | options
    return Scorecard(columns, options["columns"], options["cuts"], seed)


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


def _additive(columns: list[dict], options: dict, seed: int) -> LGBMClassifier:
    """A glass box: trees of one split each, so the log-odds are a sum of one curve for each column, and no more.

    The same form of model as an explainable boosting machine without interactions (Lou et al. 2012, KDD, 150), which
    goes round the columns in turn where this takes the best at each step. It comes with the curves that a column's
    direction allows, exact contributions and a format that loads anywhere, all of LightGBM, in a fraction of the time.
    """
    return _lightgbm(
        columns, {"n_estimators": 300, "learning_rate": 0.1} | options | {"max_depth": 1, "num_leaves": 2}, seed
    )


def _lightgbm(columns: list[dict], options: dict, seed: int) -> LGBMClassifier:
    """Boosted trees that may push the risk only the way a column's direction says; the same on every run."""
    return _lightgbm_free(columns, options | {"monotone_constraints": [c["direction"] for c in columns]}, seed)


def _lightgbm_free(columns: list[dict], options: dict, seed: int) -> LGBMClassifier:
    """Boosted trees that may push the risk either way."""
    defaults = {
        "n_estimators": 300,
        "num_leaves": 31,
        "learning_rate": 0.05,
        "min_child_samples": 50,
        "max_depth": 6,
        "n_jobs": 2,
    }
    fixed = {"random_state": seed, "deterministic": True, "force_row_wise": True, "verbosity": -1}
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
    for name in ORDER[1:]:
        if name in params and not isinstance(params[name], dict):
            faults.append(
                f"models.{name}: give its options, as name: value, or {{}} for the defaults, not {params[name]!r}"
            )
    for name in ("additive", "lightgbm", "lightgbm_free"):
        options = params.get(name)
        if not isinstance(options, dict):
            continue
        depth = options.get("max_depth", MAX_DEPTH)
        if not (isinstance(depth, int) and 1 <= depth <= MAX_DEPTH):
            faults.append(
                f"models.{name}.max_depth: must be 1 to {MAX_DEPTH}, not {depth!r}, because the cost of exact "
                "explanations doubles with each level"
            )
        for weighting in ("class_weight", "is_unbalance", "scale_pos_weight"):
            if weighting in options:
                faults.append(f"models.{name}.{weighting}: leave it out; weighting classes spoils the calibration")
    return faults
