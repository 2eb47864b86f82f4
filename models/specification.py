"""The full specification of a calibrated model: what anybody needs to work a score out without it (TRIPOD+AI, item 22).

A model that adds up is told whole, by a weight for each of its columns; of boosted trees, which are too many to print,
how many there are and how deep they go.
"""

import numpy as np
from sklearn.pipeline import Pipeline

from models.calibration import calibration_map
from models.scorecard import points
from models.stripped import stripped


def specification(model) -> dict:
    """Of a model calibrated by `models.calibration`, around a candidate of `models.candidates`, ready for JSON.

    `line`: [intercept, slope] from its log-odds to the calibrated ones. Trees: `trees`, and `depth`, the most questions
    in a row. Others: `intercept` and `terms`, so that the log-odds are the intercept and for each term weight x value:
    column, curved (the value is its arcsinh), weight, `filled` (what the column counts as where it is missing; None is
    its end of least risk) and `gap` (what is added there). Of a scorecard the one term is its total, without a column,
    and `points` has its lines.
    """
    fitted, line = model.estimators_[0], {"line": list(calibration_map(model))}
    if hasattr(fitted, "booster_"):
        nodes = fitted.booster_.trees_to_dataframe()["node_depth"]
        return line | {"trees": fitted.booster_.num_trees(), "depth": int(nodes.max()) - 1}
    fitted = stripped(model).estimators_[0]  # its weights are of columns as they are: no mean or spread stands beside
    weights, intercept = fitted[-1].coef_[0], float(fitted[-1].intercept_[0])
    added = line | {"intercept": intercept}
    if "fill" in fitted.named_steps:
        return added | {"terms": _terms(fitted, weights)}
    if "total" in fitted.named_steps:
        return added | {"terms": [_term(None, float(weights[0]))], "points": points(fitted).to_dict("records")}
    return added | {"terms": [_term(str(fitted[0].get_feature_names_out()[0]), float(weights[0]))]}


def _term(column: str | None, weight: float, curved: bool = False, filled: float | None = None, gap: float = 0) -> dict:
    return {"column": column, "curved": curved, "weight": weight, "filled": filled, "gap": gap}


def _terms(fitted: Pipeline, weights: np.ndarray) -> list[dict]:
    """A term for each column of a logistic model."""
    fill, windowed = fitted["fill"], set(fitted["scale"].transformers_[0][2])
    names = [str(name) for name in fitted["scale"].get_feature_names_out()]
    at = dict(zip(fill.get_feature_names_out(names), weights, strict=True))
    terms = []
    for name, middle in zip(names, np.nan_to_num(fill.statistics_), strict=True):
        filled = float(np.sinh(middle) if name in windowed else middle)
        gap = float(at.get(f"missingindicator_{name}", 0))
        terms.append(_term(name, float(at[name]), name in windowed, filled, gap))
    return terms
