"""Fit every candidate, and calibrate it on held-out households."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.ensemble import StackingClassifier

from features.errors import InputError
from models.calibration import calibrate
from models.candidates import candidates
from models.splits import Split
from models.titles import CANDIDATES

# Pairs with the event that are fitted on, and as many without it: the events carry what can be learnt. In an invented
# county of 600,000 LightGBM (75 trees) of all 2.9 million pairs had a test AUC of 0.8638 and observed over expected of
# 1.01; of all 93,000 events and half a million others, a fifth of the rows, 0.8640 and 1.00.
FIT_EACH = 500_000
# Of those without it ten for each event, and no fewer than this, teach as much as all. Of 195,491 pairs and of 65,747
# so drawn (three times) LightGBM ranked the test with 0.855 and 0.854, logistic regression with 0.851 and 0.851, with
# observed over expected of 1.01 and 1.00; fires, with 110 events, by all 114,388 pairs and by 22,110 the same.
OTHERS_EACH, OTHERS_LEAST = 10, 20_000
BLOCK = 100_000  # rows a model is asked about at once: 155 columns of float64 are 124 MB


@dataclass(frozen=True, eq=False)
class Fitted:
    """The calibrated candidates, simplest first. `set_aside`: per candidate that could not be used, the reason."""

    models: dict[str, StackingClassifier]
    set_aside: dict[str, str]
    fitted_on: int  # pairs, of those that the split has for it


def train(
    X: pd.DataFrame,
    label,
    split: Split,
    columns: list[dict],
    params: dict,
    *,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
) -> Fitted:
    """Fit on the pairs of `split.fit` and calibrate on `split.calibrate`; `test` is not read.

    `X` (pairs x columns) holds the columns of `columns` in that order, `label` (pairs; nullable) the outcome; `params`
    is that of `models.candidates`; `say` is told how far it is. Raises InputError where params are wrong or no
    candidate can be calibrated; ValueError where X and `columns` disagree.
    """
    if list(X.columns) != [c["name"] for c in columns]:
        raise ValueError("X must hold the columns of columns.json in that order")
    label = pd.array(label, dtype="boolean")
    drawn, weight = thinned(split.fit, label, seed)
    fit, held = taken(X, drawn), taken(X, split.calibrate).astype("float64")
    y_fit, y_held = truth(label, drawn), truth(label, split.calibrate)
    models, set_aside = {}, {}
    for name, candidate in candidates(columns, params, seed).items():
        say(f"fitting {CANDIDATES[name]} on {len(fit):,} pairs")
        try:
            fitted = fit_to(candidate, fit, y_fit, weight)
            if name == "rule":
                _require_direction(fitted, params["rule"], columns)
            models[name] = calibrate(fitted, held, y_held)
        except InputError as reason:
            set_aside[name] = str(reason)
    if not models:
        raise InputError(*(f"models.{name}: {reason}" for name, reason in set_aside.items()))
    return Fitted(models, set_aside, len(drawn))


def thinned(rows: np.ndarray, label, seed: int, each: int | None = None) -> tuple[np.ndarray, np.ndarray | None]:
    """(rows to fit on, weight of each): of the pairs with the event, and of those without, at most `each`.

    Where it is not given, so many as a model learns from: see above. Of a class that has more a seeded draw stands for
    all, each row weighing as much as it stands for, so that risks stay what they are. The weights are None where every
    row is kept.
    """
    event, kept, weight = truth(label, rows), [], []
    others = min(FIT_EACH, max(OTHERS_EACH * event.sum(), OTHERS_LEAST))
    for of_class, most in ((rows[event], each or FIT_EACH), (rows[~event], each or others)):
        size = min(len(of_class), most)
        drawn = np.random.default_rng(seed).choice(of_class, size, replace=False) if size < len(of_class) else of_class
        kept.append(drawn)
        weight.append(np.full(size, len(of_class) / max(size, 1)))
    kept, weight = np.concatenate(kept), np.concatenate(weight)
    if len(kept) == len(rows):
        return rows, None
    order = np.argsort(kept)
    return kept[order], weight[order]


def fit_to(candidate, X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None):
    """The candidate fitted on rows that weigh this much: its last step, where it is a pipeline."""
    if weight is None:
        return candidate.fit(X, y)
    last = f"{candidate.steps[-1][0]}__" if hasattr(candidate, "steps") else ""
    return candidate.fit(X, y, **{f"{last}sample_weight": weight})


def probabilities(models: dict, X: pd.DataFrame, rows: np.ndarray) -> dict[str, np.ndarray]:
    """The probability that each model gives each of these rows of X: {name: (rows,)}."""
    found = {name: np.empty(len(rows)) for name in models}
    for start in range(0, len(rows), BLOCK):
        block = taken(X, rows[start : start + BLOCK]).astype("float64")
        for name, model in models.items():
            found[name][start : start + BLOCK] = model.predict_proba(block)[:, 1]
    return found


def truth(label, rows: np.ndarray) -> np.ndarray:
    """Whether each of these rows, whose outcome is known, has the event: bool."""
    return np.asarray(label[rows], dtype=bool)


def taken(X: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """These rows of X, copied once and as they are: LightGBM bins float32 as it would the same numbers in float64."""
    return pd.DataFrame(X.to_numpy()[rows], columns=X.columns, copy=False)


def _require_direction(rule, column: str, columns: list[dict]) -> None:
    """Set aside a rule by which nobody would sort: the training data turn it round."""
    direction = next(c["direction"] for c in columns if c["name"] == column)
    slope = rule[-1].coef_[0, 0]
    if direction * slope < 0:
        raise InputError(
            f"in the training data more of {column} goes with {'less' if slope < 0 else 'more'} risk, against the "
            "direction that the catalogue gives it; correct the direction or name another column"
        )
