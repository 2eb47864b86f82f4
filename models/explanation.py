"""Exact Shapley values of a calibrated model: what it used for each resident, against a stated county background.

Values are on the scale of the calibrated log-odds, interventional (Lundberg et al. 2020, Nature Machine Intelligence
2:56-67, "independent" feature perturbation): a column left out of a coalition takes the values it has in a sample of
the county, so a value says "compared with the county". They say what the model used, not why anything happened.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from models.resampling import Resamples, number

TOLERANCE = 1e-5  # log-odds by which the values of a row may miss its score
PATH_DEPENDENT = "exact path-dependent TreeSHAP (LightGBM)"


@dataclass(frozen=True, eq=False)
class Explanation:
    """What each column added to each row's calibrated log-odds.

    `values` (rows x columns, float32) and `base`, the background's mean log-odds, add up to the score of each row.
    `method` says how they were computed, in words fit for the card; where it is a fallback, the kind of error that
    made it so, never its text, which may quote a resident's value;
    `background_rows` how many residents they are compared with, 0 where a fallback compares with all training data.
    `score` (rows, float64) is the calibrated log-odds as the model gives them, None where values were read from a file.
    """

    values: np.ndarray
    base: float
    method: str
    background_rows: int
    columns: tuple[str, ...]
    score: np.ndarray | None = None


class Explainer:
    """Explains rows of a calibrated model against a background: made once, then called on as many blocks as there are.

    `model` is a calibrated model of `models.calibration` around a LightGBM classifier or a linear pipeline;
    `background` (rows x columns, missing as NaN) holds the columns it was trained on. Raises ValueError for another
    kind of model or an empty background. It can be pickled, so that workers elsewhere can be given one.
    """

    def __init__(self, model, background: pd.DataFrame):
        from models.calibration import calibration_map  # scikit-learn takes a second to import, reports do without

        if not len(background):
            raise ValueError("explain: the background is empty; give a sample of the training residents")
        inner, background = model.estimators_[0], background.astype("float64")  # float32 would move thresholds
        if hasattr(inner, "booster_"):
            self._margin = _Trees(inner.booster_, background)
        elif hasattr(inner, "steps") and hasattr(inner[-1], "coef_"):
            self._margin = _Linear(inner, background)
        else:
            raise ValueError(
                f"explain: cannot explain a {type(inner).__name__}; it explains LightGBM and linear pipelines"
            )
        self._calibration, (self._intercept, self._slope) = model.final_estimator_, calibration_map(model)
        self._columns, self._background_rows = tuple(background.columns), len(background)

    def __call__(self, X: pd.DataFrame) -> Explanation:
        """Explain every row of X (rows x columns, one row at least); each row's values are checked to add up.

        A row's score and values depend on no other row, unless one of the block does not add up: then all of the
        block are explained by the fallback. Raises ArithmeticError where that does not add up either.
        """
        explained = self._margin(X[list(self._columns)].astype("float64"))
        return Explanation(
            (explained.values * self._slope).astype(np.float32),
            self._intercept + self._slope * explained.base,
            explained.method,
            0 if explained.method.startswith(PATH_DEPENDENT) else self._background_rows,
            self._columns,
            self._calibration.decision_function(expit(explained.log_odds)[:, None]),
        )

    def interactions(self, X: pd.DataFrame) -> pd.DataFrame | None:
        """What two columns do together beyond what each does by itself: (rows x pairs of names), calibrated log-odds.

        Shapley interaction values against the same background (Lundberg et al. 2020, both halves of a pair added up);
        a pair that never does anything is left out, so a model that only adds up has none. None where the values of a
        row do not add up to its score, and nothing exact can be said.
        """
        pairs = self._margin.pairs(X[list(self._columns)].astype("float64"))
        return None if pairs is None else pairs * self._slope


def explain(model, X: pd.DataFrame, background: pd.DataFrame) -> Explanation:
    """Explain every row of X at once, as `Explainer` does: for a sample; a whole county goes by blocks."""
    return Explainer(model, background)(X)


def sample_background(X: pd.DataFrame, rows: int = 2000, seed: int = 0) -> pd.DataFrame:
    """A seeded sample of the training residents, in their order: the county that scores are compared with.

    >>> [len(sample_background(pd.DataFrame({"age": range(n)}), rows=4)) for n in (10, 3)]
    [4, 3]
    """
    if len(X) <= rows:
        return X
    return X.iloc[np.sort(np.random.default_rng(seed).choice(len(X), rows, replace=False))]


def importance(
    explanation: Explanation, meanings: list[dict], by: str | None = None, draws: Resamples | None = None
) -> pd.DataFrame:
    """Mean size of the contributions, per column or per group of columns, largest first.

    `meanings` are the records of columns.json; `by` is None or one of their keys ("agency", "theme"). The values of
    a group are added up within each row before their size is taken, so correlated columns that push against each
    other net out. Returns (`by` or "name"), importance (log-odds) and share (of the sum of importances); with `draws`
    of whole households also low and high, the 95 % interval of the importance.

    >>> e = Explanation(np.array([[1.0, -1.0, 0.5]]), 0.0, "", 1, ("a", "b", "c"))
    >>> m = [dict(name=n, agency=g) for n, g in (("a", "police"), ("b", "police"), ("c", "fire"))]
    >>> importance(e, m, "agency")[["agency", "importance"]].values.tolist()
    [['fire', 0.5], ['police', 0.0]]
    """
    meaning = {m["name"]: m for m in meanings}
    labels = [meaning[c][by] if by else c for c in explanation.columns]
    groups = list(dict.fromkeys(labels))
    pooled = np.abs(pool(explanation.values, [groups.index(label) for label in labels]))
    size = pooled.mean(axis=0, dtype=np.float64)
    table = pd.DataFrame({by or "name": groups, "importance": size, "share": size / (size.sum() or 1.0)})
    if draws is not None:
        table[["low", "high"]] = interval_of_means(pooled, draws)
    return table.sort_values(["importance", by or "name"], ascending=[False, True], ignore_index=True)


def interval_of_means(columns: np.ndarray, draws: Resamples) -> np.ndarray:
    """Between what 95 % of the draws' means lie, rounded for JSON: (rows x columns) -> (columns x 2)."""
    sums = draws.sums(np.column_stack([columns, np.ones(len(columns))]))
    ends = np.percentile(sums[:, :-1] / sums[:, -1:], (2.5, 97.5), axis=0).T
    return np.array([[number(end) for end in pair] for pair in ends]).reshape(-1, 2)


def pool(values: np.ndarray, groups: list[int]) -> np.ndarray:
    """Sum of the columns of each group: (rows x columns) and a group number per column -> (rows x groups)."""
    membership = np.zeros((values.shape[1], max(groups, default=-1) + 1), dtype=values.dtype)
    membership[np.arange(values.shape[1]), groups] = 1
    return values @ membership


@dataclass(frozen=True, eq=False)
class _Margin:
    """`values` (rows x columns) and `base` that add up to `log_odds` (rows), those of the model before calibration."""

    values: np.ndarray
    base: float
    log_odds: np.ndarray
    method: str


class _Trees:
    """Margin contributions of a LightGBM booster: woodelf, or LightGBM's own where woodelf cannot serve."""

    def __init__(self, booster, background: pd.DataFrame):
        self._booster = booster
        self._base = float(booster.predict(background, raw_score=True).mean())
        try:
            self._interventional = _woodelf(booster, background)
        except (ValueError, AssertionError) as reason:  # woodelf refuses by assert, too
            self._interventional, self._refused = None, type(reason).__name__

    def __call__(self, X: pd.DataFrame) -> _Margin:
        log_odds = self._booster.predict(X, raw_score=True)
        if self._interventional is None:
            return self._path_dependent(X, log_odds, self._refused)
        try:
            values = self._interventional.shap_values(X, verbose=False)
            _add_up(values, log_odds - self._base)
        except (ValueError, ArithmeticError, AssertionError) as reason:
            return self._path_dependent(X, log_odds, type(reason).__name__)
        return _Margin(values, self._base, log_odds, "exact interventional TreeSHAP (WOODELF)")

    def pairs(self, X: pd.DataFrame) -> pd.DataFrame | None:
        """Both halves of each pair of columns that interact (rows x pairs); None where values do not add up."""
        if self(X).method.startswith(PATH_DEPENDENT):
            return None
        halves = self._interventional.shap_interaction_values(
            X,
            include_interaction_with_itself=False,
            as_df=True,
            exclude_zero_contribution_features=True,
            verbose=False,
        )
        place = {name: number for number, name in enumerate(X.columns)}
        return 2 * halves[[pair for pair in halves.columns if place[pair[0]] < place[pair[1]]]]

    def _path_dependent(self, X: pd.DataFrame, log_odds: np.ndarray, reason: str) -> _Margin:
        contributions = self._booster.predict(X, pred_contrib=True)
        values, base = contributions[:, :-1], float(contributions[0, -1])
        _add_up(values, log_odds - base)
        method = f"{PATH_DEPENDENT}, because interventional values could not be used ({reason})"
        return _Margin(values, base, log_odds, method)


def _woodelf(booster, background: pd.DataFrame):
    from woodelf import WoodelfExplainer

    return WoodelfExplainer(booster, background, feature_perturbation="interventional")


class _Linear:
    """Margin contributions of a pipeline that ends in logistic regression: coefficient x (z - mean z).

    Every prepared column z must be made of one input column (imputed, logged, scaled, its missing indicator, or the
    points of a line); the contributions of all that are made of an input are added up to that input. Where the
    regression is of a total of points, each has the coefficient of the total.
    """

    def __init__(self, model, background: pd.DataFrame):
        self._of_total = "total" in model.named_steps
        self._prepare, self._coefficients = model[: -2 if self._of_total else -1], model[-1].coef_.ravel()
        columns = list(background.columns)
        prepared = self._prepare.get_feature_names_out(np.asarray(columns, dtype=object))
        self._sources = [_source(str(name), columns) for name in prepared]
        self._intercept = float(model[-1].intercept_[0])
        self._mean = self._z(background).mean(axis=0)
        if self._of_total:
            self._coefficients = np.full(len(prepared), self._coefficients[0])
        self._base = float(self._mean @ self._coefficients) + self._intercept

    def __call__(self, X: pd.DataFrame) -> _Margin:
        z = self._z(X)
        # Not z @ coefficients, whose last bits depend on where in a block a row stands: who is alike must tie.
        terms = z.sum(axis=1) * self._coefficients[0] if self._of_total else (z * self._coefficients).sum(axis=1)
        log_odds = terms + self._intercept
        values = np.zeros(X.shape)
        for column, source in enumerate(self._sources):
            values[:, source] += (z[:, column] - self._mean[column]) * self._coefficients[column]
        _add_up(values, log_odds - self._base)
        return _Margin(values, self._base, log_odds, "exact linear SHAP")

    def pairs(self, X: pd.DataFrame) -> pd.DataFrame:
        """None: a sum has no interactions."""
        return pd.DataFrame(index=X.index)

    def _z(self, X: pd.DataFrame) -> np.ndarray:
        return np.ascontiguousarray(self._prepare.transform(X), dtype=np.float64)


def _source(prepared: str, columns: list[str]) -> int:
    """Position of the input column that a prepared column was made of, by scikit-learn's names for it."""
    fits = [c for c in columns if prepared == c or prepared.endswith((f"__{c}", f"missingindicator_{c}"))]
    if not fits:
        raise ValueError(f"explain: cannot tell which input the prepared column {prepared!r} is made of")
    return columns.index(max(fits, key=len))


def _add_up(values: np.ndarray, expected: np.ndarray) -> None:
    off = float(np.abs(values.sum(axis=1, dtype=np.float64) - expected).max(initial=0.0))
    if not off <= TOLERANCE:
        raise ArithmeticError(f"on some row they miss the score by {off:.2g} log-odds")
