"""Too good to be true: a column or a model that ranks far better than any honest one holds what came afterwards.

Comparable systems reach an AUC of 0.70 to 0.85 (0.76 for a child welfare screening tool, 0.75 and 0.76 for domestic
abuse, 0.80 for frailty); far above that, a leak is likelier than a discovery.
"""

import numpy as np
import pandas as pd

from features.errors import InputError
from models.ranking import Ranking, auc
from models.training import taken, thinned, truth

LOOKED_AT = 50_000  # training pairs of each class
LOOK = (
    "it probably holds what became known after the as-of date: look in the single view at recorded_on of the records "
    "behind it (a day of entry, not of occurrence), at ended_on without an end_recorded_on of its own, and at whether "
    "they record the outcome itself; mend the source, or take the feature out of the catalogue"
)


def alone(X: pd.DataFrame, label, rows: np.ndarray, seed: int) -> pd.Series:
    """AUC of each column alone, the better way round and with missing values at the better end, highest first.

    `X` (pairs x columns), `label` (pairs; nullable); of `rows` at most LOOKED_AT of each class are read.
    """
    drawn, _ = thinned(rows, label, seed, LOOKED_AT)
    X, event = taken(X, drawn), truth(label, drawn)
    return pd.Series({name: _alone(X[name].to_numpy(), event) for name in X}).sort_values(ascending=False)


def refuse_columns(ranked: pd.Series, at_most: float) -> None:
    """InputError that names each column whose AUC is above `at_most`; `ranked` is what `alone` gives."""
    found = ranked[ranked > at_most]
    if len(found):
        raise InputError(
            *(
                f"{name}: too good to be true: alone it has an AUC of {value:.3f}; {LOOK}"
                for name, value in found.items()
            )
        )


def refuse_models(scores: dict[str, dict], ranked: pd.Series, at_most: float) -> None:
    """InputError where a candidate's mean AUC over folds ("auc" of `scores`) is above `at_most`.

    It names the columns that rank best alone, which is where to begin.
    """
    found = {name: score["auc"] for name, score in scores.items() if score["auc"] > at_most}
    if found:
        told = ", ".join(f"{name} {value:.3f}" for name, value in found.items())
        first = ", ".join(f"{name} ({value:.3f} alone)" for name, value in ranked[:3].items())
        raise InputError(f"too good to be true: the AUC over folds is {told}. Begin with {first}: {LOOK}")


def _alone(values: np.ndarray, event: np.ndarray) -> float:
    """The AUC of a column (rows) among those who have it, and of having it or not, put together."""
    there = ~np.isnan(values)
    with_, without = (np.array([(there & e).sum(), (~there & e).sum()], dtype=float) for e in (event, ~event))
    ties = with_[1] * without[1] / 2
    won = auc(*Ranking(event[there], values[there])()) * with_[0] * without[0] if with_[0] * without[0] else 0.0
    both_ends = (won + ties + with_[0] * without[1], won + ties + with_[1] * without[0])  # missing lowest, or highest
    shares = np.array(both_ends) / (with_.sum() * without.sum())
    return float(np.maximum(shares, 1 - shares).max())
