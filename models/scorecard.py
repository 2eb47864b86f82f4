"""A scorecard: whole points for what the records show, added up on paper, and a regression of the total.

Each line of the card is worth its points where a column is at least, or at most, a number; what is not recorded is
worth none. Lines are picked as the lasso takes them in (Efron et al. 2004, Annals of Statistics 32:407, with
coefficients of one sign), and points are logistic coefficients in proportion, rounded. The fitted card is a pipeline
of scikit-learn objects only.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, lars_path_gram
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import Binarizer, FunctionTransformer

from features.errors import InputError

MOST = 10  # points of the weightiest line: fine enough to rank by, small enough to add up
LOOKED_AT = 20_000  # rows of each class that lines are picked on: the order in which they come in is settled by fewer


@dataclass(frozen=True)
class Scorecard:
    """An unfitted scorecard of at most `most` columns with at most `cuts` thresholds each.

    `columns` are records of columns.json; a line goes the way of its column's direction, if it has one.
    """

    columns: list[dict]
    most: int
    cuts: int
    seed: int

    def fit(self, X: pd.DataFrame, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Pipeline:
        """The card fitted on X (rows x columns) and y (rows); InputError where no column tells the classes apart."""
        weight = np.ones(len(y)) if sample_weight is None else sample_weight
        rows = self._looked_at(y)
        lines = [line for column in self.columns for line in self._lines(column, X[column["name"]].to_numpy()[rows])]
        points = self._points(lines, X.iloc[rows], y[rows], weight[rows])
        card = ColumnTransformer(
            [(f"line {number}", line.reached(), [line.column]) for number, line in enumerate(points)],
            transformer_weights={f"line {number}": worth for number, worth in enumerate(points.values())},
        )
        card.fit(X[:1].astype("float64"))  # thresholds are given: there is nothing to learn but the columns' names
        total = FunctionTransformer(np.sum, kw_args={"axis": 1, "keepdims": True})
        totals = total.transform(card.transform(X)).astype("float64")
        regression = LogisticRegression(C=np.inf, solver="newton-cholesky").fit(totals, y, weight)
        return Pipeline([("points", card), ("total", total), ("regression", regression)])

    def _looked_at(self, y: np.ndarray) -> np.ndarray:
        rng = np.random.default_rng(self.seed)
        classes = [np.flatnonzero(y == event) for event in (True, False)]
        return np.sort(
            np.concatenate([of if len(of) <= LOOKED_AT else rng.choice(of, LOOKED_AT, replace=False) for of in classes])
        )

    def _lines(self, column: dict, values: np.ndarray) -> list["_Line"]:
        """At least the smallest number that says anything, and quantiles above it; or at most, and below."""
        recorded = values[~np.isnan(values)].astype("float64")
        sides = {1: (True,), -1: (False,), 0: (True, False)}[column["direction"]]
        found = []
        for at_least in sides if len(recorded) else ():
            end = recorded.min() if at_least else recorded.max()
            beyond = recorded if len(recorded) < len(values) else recorded[recorded != end]
            if len(beyond):
                shares = np.arange(self.cuts) / self.cuts
                cut = np.quantile(beyond, shares if at_least else 1 - shares, method="inverted_cdf")
                found += [_Line(column["name"], at_least, float(value)) for value in np.unique(cut)]
        return found

    def _points(self, lines: list["_Line"], X: pd.DataFrame, y: np.ndarray, weight: np.ndarray) -> dict["_Line", int]:
        """The lines that are worth points, and how many."""
        weight = weight / np.where(y, weight[y].sum(), weight[~y].sum()) / 2  # as if as many had the event as not
        shown = (
            np.stack([line.shown(X) for line in lines], axis=1).astype("float32") if lines else np.empty((len(X), 0))
        )
        mean = weight @ shown
        varied = mean * (1 - mean) > 0
        lines, shown = [line for line, varies in zip(lines, varied, strict=True) if varies], shown[:, varied]
        scaled = (shown - mean[varied]) / np.sqrt(mean * (1 - mean))[varied]
        picked = self._picked(lines, (scaled * weight[:, None]).T @ scaled, (y * weight) @ scaled)
        while len(picked):
            model = LogisticRegression(solver="newton-cholesky").fit(shown[:, picked], y, weight * len(y))
            worth = np.rint(model.coef_[0] / max(model.coef_.max(), 1e-9) * MOST).astype(int)
            if (worth > 0).all():
                return {lines[place]: int(points) for place, points in zip(picked, worth, strict=True)}
            picked = picked[worth > 0]
        raise InputError(
            "no column tells those who have the event from the others, so there is nothing to give points for"
        )

    def _picked(self, lines: list["_Line"], gram: np.ndarray, towards: np.ndarray) -> np.ndarray:
        """Places of the lines in the lasso's last model of no more columns than are wanted."""
        if not lines:
            return np.array([], dtype=int)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # of two lines that say the same it drops one
            _, _, path = lars_path_gram(
                towards, gram, n_samples=1, max_iter=4 * self.most * self.cuts, method="lasso", positive=True
            )
        columns = np.array([line.column for line in lines])
        for step in reversed(range(path.shape[1])):
            picked = np.flatnonzero(path[:, step] > 0)
            if len(set(columns[picked])) <= self.most:
                return picked
        return np.array([], dtype=int)


def points(model: Pipeline) -> pd.DataFrame:
    """The printed card: one row per line, in order, with column, side ("at least" or "at most"), from and points.

    `model` is a fitted scorecard; a resident's total is the sum of the points of the lines that hold.
    """
    card = model.named_steps["points"]
    rows = []
    for name, line, (column,) in card.transformers:
        reached = float(np.nextafter(np.float32(line[-1].threshold), np.float32(np.inf)))
        side, value = ("at most", -reached) if "turned" in line.named_steps else ("at least", reached)
        rows.append((column, side, value + 0.0, card.transformer_weights[name]))  # -0.0 is nought
    return pd.DataFrame(rows, columns=["column", "side", "from", "points"])


@dataclass(frozen=True)
class _Line:
    """Whether a column is at least, or at most, a number; not so where nothing is recorded."""

    column: str
    at_least: bool
    value: float

    def shown(self, X: pd.DataFrame) -> np.ndarray:
        """Of which rows it holds (rows)."""
        values = X[self.column].to_numpy().astype("float64")
        return values >= self.value if self.at_least else values <= self.value

    def reached(self) -> Pipeline:
        """The same, as scikit-learn's objects: 1 where it holds, 0 elsewhere."""
        turned = FunctionTransformer(np.negative, feature_names_out="one-to-one")
        missing = SimpleImputer(
            strategy="constant",
            fill_value=self.value - 1 if self.at_least else self.value + 1,
            keep_empty_features=True,
        )
        value = np.float32(self.value if self.at_least else -self.value)
        above = Binarizer(threshold=float(np.nextafter(value, np.float32(-np.inf))))  # the float32 before it
        steps = [("missing", missing), ("turned", turned), ("above", above)]
        return Pipeline([step for step in steps if not (self.at_least and step[0] == "turned")])
