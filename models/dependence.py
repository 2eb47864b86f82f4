"""How what a column adds goes with its value, and which pairs of columns do more together than apart.

Nothing here tells of a resident: every line rests on at least twenty rows.
"""

import numpy as np
import pandas as pd

from models.explanation import Explainer, Explanation
from models.resampling import figure, resample

BINS = 10
FEWEST = 20  # rows of a bin
PAIRS = 10  # interactions told


def curves(explanation: Explanation, X: pd.DataFrame, meanings: list[dict], top: int = 6) -> list[dict]:
    """The weightiest columns, value by value: what each added on average, and to the middle 90 % of rows; for JSON.

    X (rows x columns) holds what was explained. Each: name, sentence, and bins in the order of the values, the last
    one of those for whom nothing is recorded: from and to (None at the open ends, both None for nothing recorded),
    missing (whether it is that one), n, mean, p5 and p95 (log-odds). A bin holds at least 20 rows: fewer with
    nothing recorded are left out, and a column with fewer rows in all has no bins.
    """
    sentences = {m["name"]: m["sentence"] for m in meanings}
    size = np.abs(explanation.values).mean(axis=0, dtype=float)
    found = []
    for place in [i for i in np.argsort(-size, kind="stable")[:top] if size[i] > 0]:
        name = explanation.columns[place]
        value, added = X[name].to_numpy(dtype=float), explanation.values[:, place].astype(float)
        bins = [_bin(added[rows], start, end) for rows, start, end in bins_of(value)]
        silent = np.isnan(value)
        if silent.sum() >= FEWEST:
            bins.append(_bin(added[silent], None, None) | {"missing": True})
        found.append({"name": name, "sentence": sentences[name], "bins": bins})
    return found


def bins_of(value: np.ndarray) -> list[tuple[np.ndarray, float | None, float | None]]:
    """(rows, from, to) of up to ten bins of the values that are there, ascending; equal values share a bin.

    The first has no from and the last no to, unless all its rows have one value: an end would be the value of the one
    resident who is furthest out.

    >>> [(len(rows), start, end) for rows, start, end in bins_of(np.array([0.0] * 70 + [1.0] * 25 + [2.0] * 5))]
    [(70, 0.0, 0.0), (30, 1.0, None)]
    """
    rows = np.flatnonzero(~np.isnan(value))
    if len(rows) < FEWEST:
        return []
    order = rows[np.argsort(value[rows], kind="stable")]
    at = value[order]
    wanted = np.quantile(at, np.arange(1, BINS) / BINS, method="inverted_cdf")
    ends = np.unique(np.searchsorted(at, wanted, side="right"))  # after all that equal the quantile
    kept, start = [], 0
    for end in [*ends[ends < len(at)], len(at)]:
        if end - start >= FEWEST:
            kept.append((start, end))
            start = end
    if start < len(at):  # the last ones are too few: they join the bin below
        kept[-1] = (kept[-1][0], len(at))
    found = []
    for a, b in kept:
        low, high = float(at[a]), float(at[b - 1])
        found.append((order[a:b], low if a or low == high else None, high if b < len(at) or low == high else None))
    return found


def interactions(
    explainer: Explainer, X: pd.DataFrame, groups, meanings: list[dict], resamples: int, seed: int
) -> dict:
    """The pairs of columns that do most together beyond what each does by itself, on these rows; ready for JSON.

    `groups` (rows) are resampled whole. Returns rows; method, a sentence; net, by how much a score would be off on
    average if no pair did anything together (log-odds, with its interval); pairs: names, sentences, importance (mean
    size, log-odds, with its interval), weightiest first. A model that only adds up has none, by construction; net and
    pairs are None where nothing exact can be said.
    """
    pairs = explainer.interactions(X)
    if pairs is None:
        return {"rows": len(X), "method": "not computed: its values do not add up", "net": None, "pairs": None}
    if not len(pairs.columns):
        by_construction = "none by construction: the model is a sum, in which each column counts by itself"
        return {"rows": len(X), "method": by_construction, "net": figure(0.0, np.zeros(1)), "pairs": []}
    values = pairs.to_numpy(dtype=float)
    strongest = np.argsort(-np.abs(values).mean(axis=0), kind="stable")[:PAIRS]
    size = np.column_stack([np.abs(values.sum(axis=1)), np.abs(values[:, strongest])])
    sums = resample(groups, resamples, seed).sums(np.column_stack([size, np.ones(len(size))]))
    net, *told = (figure(x, d) for x, d in zip(size.mean(axis=0), (sums[:, :-1] / sums[:, -1:]).T, strict=True))
    sentences = {m["name"]: m["sentence"] for m in meanings}
    return {
        "rows": len(X),
        "method": "exact interventional Shapley interaction values (WOODELF), against the same background",
        "net": net,
        "pairs": [
            {
                "names": list(pairs.columns[i]),
                "sentences": [sentences[name] for name in pairs.columns[i]],
                "importance": importance,
            }
            for i, importance in zip(strongest, told, strict=True)
        ],
    }


def _bin(added: np.ndarray, start: float | None, end: float | None) -> dict:
    p5, p95 = np.quantile(added, (0.05, 0.95))
    shown = {name: round(float(x), 6) for name, x in (("mean", added.mean()), ("p5", p5), ("p95", p95))}
    return {"from": start, "to": end, "missing": False, "n": len(added), **shown}
