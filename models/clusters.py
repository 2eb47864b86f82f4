"""Columns that say much the same, told as one: clusters by rank correlation, and what each cluster adds to scores.

Where two columns rise and fall together a model may use either, so what one of them adds by itself is partly chance;
what they add together is not.
"""

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from models.explanation import Explanation, interval_of_means, pool
from models.resampling import Resamples

ALIKE = 0.7  # the least rank correlation, of either sign, of any two columns of a cluster


def rank_correlations(X: pd.DataFrame) -> np.ndarray:
    """Spearman's correlation of the columns of X (rows x columns): (columns x columns); 0 for one that never changes.

    Missing counts as more than any value: nothing recorded is the longest time since the last record.
    """
    ranks = X.rank(na_option="bottom").to_numpy()
    ranks = ranks - ranks.mean(axis=0)
    length = np.sqrt((ranks**2).sum(axis=0))
    scaled = ranks / np.where(length > 0, length, 1)
    return np.clip(scaled.T @ scaled, -1, 1)


def correlated(X: pd.DataFrame, alike: float = ALIKE) -> list[list[int]]:
    """The positions of the columns of X that belong together, in order; each column is in one list.

    Complete linkage: any two columns of a cluster have a rank correlation of `alike` or more, of
    either sign.

    >>> correlated(pd.DataFrame({"a": [1, 2, 3, 4], "b": [8, 6, 5, 1], "c": [2, 1, 2, 1]}))
    [[0, 1], [2]]
    """
    apart = 1 - np.abs(rank_correlations(X))
    np.fill_diagonal(apart, 0)
    if len(apart) < 2:
        return [[i] for i in range(len(apart))]
    labels = fcluster(linkage(squareform(apart, checks=False), "complete"), 1 - alike + 1e-9, "distance")
    found: dict[int, list[int]] = {}
    for position, label in enumerate(labels):
        found.setdefault(label, []).append(position)
    return sorted(found.values())


def clusters(explanation: Explanation, X: pd.DataFrame, meanings: list[dict], draws: Resamples) -> list[dict]:
    """What each cluster of correlated columns adds to the scores of the rows of X, weightiest first, ready for JSON.

    X (rows x columns) holds what was explained. Each: name and sentence of its weightiest column, members (names,
    weightiest first), importance with low and high (mean size of what its columns add together, log-odds), and share.
    """
    groups = correlated(X[list(explanation.columns)])
    of = np.empty(len(explanation.columns), dtype=int)
    for number, members in enumerate(groups):
        of[members] = number
    pooled = np.abs(pool(explanation.values, of.tolist()))
    size, alone = pooled.mean(axis=0, dtype=float), np.abs(explanation.values).mean(axis=0, dtype=float)
    ends, sentences = interval_of_means(pooled, draws), {m["name"]: m["sentence"] for m in meanings}
    found = []
    for number in np.argsort(-size, kind="stable"):
        names = [explanation.columns[i] for i in sorted(groups[number], key=lambda i: -alone[i])]
        low, high = (float(end) for end in ends[number])
        found.append(
            {
                "name": names[0],
                "sentence": sentences[names[0]],
                "members": names,
                "importance": float(size[number]),
                "low": low,
                "high": high,
                "share": float(size[number] / (size.sum() or 1.0)),
            }
        )
    return found
