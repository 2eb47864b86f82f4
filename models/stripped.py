"""A fitted model without what it remembers of the rows that it was fitted on.

Scikit-learn keeps how many rows a scaler saw, their means and variances; LightGBM how many are in every leaf, what they
weigh and the ends of every column. From these, counts of a few residents can be worked out exactly: of 65,747 rows a
mean of 0.000106 of a column of noughts and ones is seven. What is registered beside the run leaves without them.
"""

import copy
import re

import numpy as np
from lightgbm import Booster, LGBMClassifier
from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

# Lines of LightGBM's text that no prediction needs; without `tree_sizes` the trees are read one after another.
REMEMBERED = r"leaf_weight|leaf_count|internal_value|internal_weight|internal_count|split_gain|tree_sizes"
DIGITS = 4  # of a leaf's value: with all of them it is one fraction of whole numbers of residents and no other


def stripped(model: StackingClassifier) -> StackingClassifier:
    """A copy of a calibrated candidate that keeps nothing but what it predicts with.

    A logistic model predicts the same to the last digits; of trees every leaf is rounded to DIGITS digits, which moves
    a probability by less than a hundredth of itself. The bundle that lists are made with stays as it is.
    """
    copied = copy.deepcopy(model)
    fitted = _without_rows(copied.estimators_[0])
    copied.estimators, copied.estimators_ = [("model", fitted)], [fitted]
    copied.named_estimators_["model"] = fitted
    return copied


def _without_rows(fitted):
    if isinstance(fitted, LGBMClassifier):
        return _of_trees(fitted)
    if isinstance(fitted, Pipeline) and isinstance(fitted[-1], LogisticRegression):
        return _of_scaled(fitted)
    raise TypeError(f"what a {type(fitted).__name__} remembers of rows is not known")


def _of_scaled(fitted: Pipeline) -> Pipeline:
    """The scaler's means and spreads put into the coefficients."""
    scalers = [name for name, step in fitted.steps if isinstance(step, StandardScaler)]
    for name in scalers:
        scaler, regression = fitted.named_steps[name], fitted[-1]
        regression.coef_ = regression.coef_ / scaler.scale_
        regression.intercept_ = regression.intercept_ - regression.coef_ @ scaler.mean_
    return Pipeline([step for step in fitted.steps if step[0] not in scalers])


def _of_trees(fitted: LGBMClassifier) -> LGBMClassifier:
    text = fitted.booster_.model_to_string()
    text = re.sub(rf"(?m)^(?:{REMEMBERED})=.*\n", "", text)
    text = re.sub(r"(?m)^feature_infos=.*$", f"feature_infos={' '.join(['none'] * fitted.n_features_in_)}", text)
    text = re.sub(r"(?m)^leaf_value=(.*)$", lambda found: f"leaf_value={_rounded(found[1])}", text)
    fitted._Booster = Booster(model_str=text)
    return fitted


def _rounded(values: str) -> str:
    return " ".join(np.format_float_positional(float(of), DIGITS, fractional=False) for of in values.split())
