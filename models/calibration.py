"""Calibration: the logistic regression of the held-out outcome on a model's log-odds (Cox 1958, Biometrika 45:562).

A straight line on the log-odds keeps the order of the scores and makes explanations on the calibrated scale exact:
each contribution is multiplied by the slope. The calibrated model is a scikit-learn object like any other.
"""

import numpy as np
import pandas as pd
from scipy.special import logit
from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from features.errors import InputError
from models.disclosure import count
from models.odds import EDGE


def calibrate(fitted, X: pd.DataFrame, y) -> StackingClassifier:
    """Wrap a fitted classifier so that its probabilities fit the held-out rows X (rows x columns), y (rows).

    Raises InputError where only one class is held out, the scores are all alike, or the slope is not above 0 (higher
    scores would mean less risk).
    """
    y = np.asarray(y, dtype=bool)
    if y.all() or not y.any():
        raise InputError(
            f"calibration: {'all' if y.all() else 'none'} of the {count(len(y))} held-out rows have the event; widen "
            "the cohort, add as-of dates or hold out a larger share of households"
        )
    model = StackingClassifier([("model", fitted)], final_estimator=line(), cv="prefit", stack_method="predict_proba")
    if np.ptp(fitted.predict_proba(X)[:, 1]) == 0:
        raise InputError(
            f"calibration: the model gives all {count(len(y))} held-out rows the same score, so it ranks nobody"
        )
    model.fit(X, y)
    slope = calibration_map(model)[1]
    if not slope > 0:
        raise InputError(
            f"calibration: on the {count(len(y))} held-out rows ({count(y.sum())} events) higher scores go with less "
            f"risk (slope {slope:.3f}): the model has learnt nothing that lasts to the latest training dates"
        )
    return model


def line() -> Pipeline:
    """The calibrator, unfitted: probabilities (rows x 1) in, logistic regression on their log-odds."""
    return Pipeline(
        [
            ("clip", FunctionTransformer(np.clip, kw_args={"a_min": EDGE, "a_max": 1 - EDGE})),
            ("logit", FunctionTransformer(logit)),
            ("line", LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-8)),
        ]
    )


def calibration_map(model: StackingClassifier) -> tuple[float, float]:
    """(intercept, slope) of the line from the wrapped model's log-odds to the calibrated log-odds."""
    line = model.final_estimator_[-1]
    return float(line.intercept_[0]), float(line.coef_[0, 0])
