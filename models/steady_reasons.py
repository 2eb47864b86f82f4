"""Whether the same reasons would be given had the model been fitted on other households.

Explanations are no steadier than the model behind them: a reason that comes and goes from refit to refit says more
about who happened to be on record than about the resident.
"""

import numpy as np
from scipy.stats import rankdata

from models.explanation import Explanation
from models.reasons import SMALLEST, family
from models.resampling import figure, resample

TOP = 3


def steadiness(main: Explanation, refits: list[Explanation], meanings: list[dict], groups, resamples, seed) -> dict:
    """How far the reasons of the refits agree with the model's own, for the same rows; ready for JSON.

    Reasons are those of families of columns (`models.reasons.family`: a feature at any window, the household, ...).
    `groups` (rows) are resampled whole, `resamples` times by `seed`. Returns rows and refits; same_top, the share of
    rows whose weightiest reason is the same one, moving the score the same way; top_three, the share of the three
    weightiest reasons that are among the refit's three as well; importance, the rank correlation of how much each
    family moves the scores; all means over refits, with intervals over households. None for each of them where no
    refit could be explained.
    """
    rows = len(main.values)
    if not refits:
        return {"rows": rows, "refits": 0, "same_top": None, "top_three": None, "importance": None}
    names = [family(m) for m in meanings]
    own, *others = (_by_family(of, names) for of in (main, *refits))
    draws = resample(groups, resamples, seed)
    agrees = np.mean([_agreement(own, other) for other in others], axis=0)  # rows x (same top, top three)
    sums = draws.sums(np.column_stack([agrees, np.ones(rows)]))
    of_own = _ranks(draws.sums(np.abs(own)))
    correlations = np.mean([_correlation(of_own, _ranks(draws.sums(np.abs(other)))) for other in others], axis=0)
    whole = [_ranks(np.abs(of).sum(axis=0, keepdims=True)) for of in (own, *others)]
    return {
        "rows": rows,
        "refits": len(refits),
        "same_top": figure(agrees[:, 0].mean(), sums[:, 0] / sums[:, 2]),
        "top_three": figure(agrees[:, 1].mean(), sums[:, 1] / sums[:, 2]),
        "importance": figure(float(np.mean([_correlation(whole[0], other) for other in whole[1:]])), correlations),
    }


def _by_family(explanation: Explanation, names: list[str]) -> np.ndarray:
    """(rows x families); what is too small to be told as a reason counts as nothing."""
    families = list(dict.fromkeys(names))
    pooled = np.zeros((len(explanation.values), len(families)))
    for column, name in enumerate(names):
        pooled[:, families.index(name)] += explanation.values[:, column]
    return np.where(np.abs(pooled) >= SMALLEST, pooled, 0.0)


def _agreement(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Of each row: whether the weightiest family is the same, the same way; how much of the top three is shared."""
    here, there = (np.argsort(-np.abs(of), axis=1, kind="stable")[:, :TOP] for of in (one, other))
    row = np.arange(len(one))
    same = (here[:, 0] == there[:, 0]) & (np.sign(one[row, here[:, 0]]) == np.sign(other[row, there[:, 0]]))
    shared = (here[:, :, None] == there[:, None, :]).any(axis=2).mean(axis=1)
    return np.column_stack([same, shared]).astype(float)


def _ranks(importance: np.ndarray) -> np.ndarray:
    return rankdata(importance, axis=1)


def _correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Of the rows of two arrays of ranks, pair by pair (Spearman)."""
    a, b = (of - of.mean(axis=1, keepdims=True) for of in (one, other))
    length = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.divide((a * b).sum(axis=1), length, out=np.full(len(a), np.nan), where=length > 0)
