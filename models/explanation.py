"""Exact Shapley values of a calibrated model: what it used for each resident, against a stated county background.

Values are on the scale of the calibrated log-odds, interventional (Lundberg et al. 2020, Nature Machine Intelligence
2:56-67, "independent" feature perturbation): a column left out of a coalition takes the values it has in a sample of
the county, so a value says "compared with the county". They say what the model used, not why anything happened.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.calibration import calibration_map

TOLERANCE = 1e-5  # log-odds by which the values of a row may miss its score
PATH_DEPENDENT = "exact path-dependent TreeSHAP (LightGBM)"
CHUNK = 50_000  # rows explained at once: 150 columns of float64 are 60 MB


@dataclass(frozen=True, eq=False)
class Explanation:
    """What each column added to each row's calibrated log-odds.

    `values` (rows x columns, float32) and `base`, the background's mean log-odds, add up to the score of each row.
    `method` says how they were computed, in words fit for the card; where it is a fallback, the kind of error that
    made it so, never its text, which may quote a resident's value;
    `background_rows` how many residents they are compared with, 0 where a fallback compares with all training data.
    """

    values: np.ndarray
    base: float
    method: str
    background_rows: int
    columns: tuple[str, ...]


def sample_background(X: pd.DataFrame, rows: int = 2000, seed: int = 0) -> pd.DataFrame:
    """A seeded sample of the training residents, in their order: the county that scores are compared with.

    >>> [len(sample_background(pd.DataFrame({"age": range(n)}), rows=4)) for n in (10, 3)]
    [4, 3]
    """
    if len(X) <= rows:
        return X
    return X.iloc[np.sort(np.random.default_rng(seed).choice(len(X), rows, replace=False))]


def explain(model, X: pd.DataFrame, background: pd.DataFrame) -> Explanation:
    """Explain every row of X; the values are checked to add up to the score, missing inputs included.

    `model` is a calibrated model of `models.calibration` around a LightGBM classifier or a linear pipeline; X and
    `background` (rows x columns, missing as NaN) hold the columns it was trained on. Raises ValueError for another
    kind of model or an empty background, ArithmeticError where no method adds up.
    """
    if not len(background):
        raise ValueError("explain: the background is empty; give a sample of the training residents")
    intercept, slope = calibration_map(model)
    base_model = model.estimators_[0]
    X, background = (frame.astype("float64") for frame in (X, background[X.columns]))  # float32 would move thresholds
    if hasattr(base_model, "booster_"):
        values, base, method = _trees(base_model.booster_, X, background)
    elif hasattr(base_model, "steps") and hasattr(base_model[-1], "coef_"):
        values, base, method = _linear(base_model, X, background)
    else:
        raise ValueError(
            f"explain: cannot explain a {type(base_model).__name__}; it explains LightGBM and linear pipelines"
        )
    values *= slope
    compared = 0 if method.startswith(PATH_DEPENDENT) else len(background)
    return Explanation(values, intercept + slope * base, method, compared, tuple(X.columns))


def importance(explanation: Explanation, meanings: list[dict], by: str | None = None) -> pd.DataFrame:
    """Mean size of the contributions, per column or per group of columns, largest first.

    `meanings` are the records of columns.json; `by` is None or one of their keys ("agency", "theme"). The values of
    a group are added up within each row before their size is taken, so correlated columns that push against each
    other net out. Returns (`by` or "name"), importance (log-odds) and share (of the sum of importances).

    >>> e = Explanation(np.array([[1.0, -1.0, 0.5]]), 0.0, "", 1, ("a", "b", "c"))
    >>> m = [dict(name=n, agency=g) for n, g in (("a", "police"), ("b", "police"), ("c", "fire"))]
    >>> importance(e, m, "agency")[["agency", "importance"]].values.tolist()
    [['fire', 0.5], ['police', 0.0]]
    """
    meaning = {m["name"]: m for m in meanings}
    labels = [meaning[c][by] if by else c for c in explanation.columns]
    groups = list(dict.fromkeys(labels))
    pooled = pool(explanation.values, [groups.index(label) for label in labels])
    size = np.abs(pooled).mean(axis=0, dtype=np.float64)
    table = pd.DataFrame({by or "name": groups, "importance": size, "share": size / (size.sum() or 1.0)})
    return table.sort_values(["importance", by or "name"], ascending=[False, True], ignore_index=True)


def pool(values: np.ndarray, groups: list[int]) -> np.ndarray:
    """Sum of the columns of each group: (rows x columns) and a group number per column -> (rows x groups)."""
    membership = np.zeros((values.shape[1], max(groups, default=-1) + 1), dtype=values.dtype)
    membership[np.arange(values.shape[1]), groups] = 1
    return values @ membership


def _trees(booster, X: pd.DataFrame, background: pd.DataFrame) -> tuple[np.ndarray, float, str]:
    """Margin contributions of a LightGBM booster: woodelf, or LightGBM's own where woodelf cannot serve."""
    try:
        base = float(booster.predict(background, raw_score=True).mean())
        values = _in_chunks(X, _woodelf(booster, background), lambda rows: booster.predict(rows, raw_score=True) - base)
        return values, base, "exact interventional TreeSHAP (WOODELF)"
    except (ValueError, ArithmeticError, AssertionError) as reason:  # woodelf refuses by assert, too
        values, base = np.empty(X.shape, np.float32), 0.0
        for start in range(0, len(X), CHUNK):
            contributions = booster.predict(X.iloc[start : start + CHUNK], pred_contrib=True)
            values[start : start + CHUNK], base = contributions[:, :-1], float(contributions[0, -1])
        _add_up(values, booster.predict(X, raw_score=True) - base)
        return (
            values,
            base,
            f"{PATH_DEPENDENT}, because interventional values could not be used ({type(reason).__name__})",
        )


def _woodelf(booster, background: pd.DataFrame):
    from woodelf import WoodelfExplainer

    explainer = WoodelfExplainer(booster, background, feature_perturbation="interventional")
    return lambda rows: explainer.shap_values(rows, verbose=False)


def _linear(model, X: pd.DataFrame, background: pd.DataFrame) -> tuple[np.ndarray, float, str]:
    """Margin contributions of a pipeline that ends in logistic regression: coefficient x (z - mean z).

    Every prepared column z must be made of one input column (imputed, logged, scaled, or its missing indicator);
    the contributions of all that are made of an input are added up to that input.
    """
    prepare, coefficients = model[:-1], model[-1].coef_.ravel()
    sources = [
        _source(str(name), list(X.columns))
        for name in prepare.get_feature_names_out(np.asarray(X.columns, dtype=object))
    ]
    z_background = np.asarray(prepare.transform(background), dtype=np.float64).mean(axis=0)
    base = float(z_background @ coefficients + model[-1].intercept_[0])
    to_inputs = np.zeros((len(sources), X.shape[1]))
    to_inputs[np.arange(len(sources)), sources] = coefficients

    def contributions(rows: pd.DataFrame) -> np.ndarray:
        return (np.asarray(prepare.transform(rows), dtype=np.float64) - z_background) @ to_inputs

    values = _in_chunks(X, contributions, lambda rows: model.decision_function(rows) - base)
    return values, base, "exact linear SHAP"


def _source(prepared: str, columns: list[str]) -> int:
    """Position of the input column that a prepared column was made of, by scikit-learn's names for it."""
    fits = [c for c in columns if prepared == c or prepared.endswith((f"__{c}", f"missingindicator_{c}"))]
    if not fits:
        raise ValueError(f"explain: cannot tell which input the prepared column {prepared!r} is made of")
    return columns.index(max(fits, key=len))


def _in_chunks(X: pd.DataFrame, contributions, expected) -> np.ndarray:
    values = np.empty(X.shape, dtype=np.float32)
    for start in range(0, len(X), CHUNK):
        rows = X.iloc[start : start + CHUNK]
        values[start : start + CHUNK] = exact = contributions(rows)
        _add_up(exact, expected(rows))
    return values


def _add_up(values: np.ndarray, expected: np.ndarray) -> None:
    off = float(np.abs(values.sum(axis=1, dtype=np.float64) - expected).max(initial=0.0))
    if not off <= TOLERANCE:
        raise ArithmeticError(f"on some row they miss the score by {off:.2g} log-odds")
