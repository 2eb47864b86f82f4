"""Intervals by resampling whole groups: a household's rows at all its dates are drawn together, or not at all.

The cluster bootstrap (Davison and Hinkley 1997, *Bootstrap Methods and their Application*, 3.8). A resample is kept
as the number of times each group was drawn, so a statistic of weighted rows is computed without copying any row.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array

CERTAIN = 1e-9  # a proportion this near to 0 or 1 is one of them, whatever the last bit of its sums
STAY = 0.05  # of the draws stay at the extreme, so that an interval of 95 % reaches it


@dataclass(frozen=True, eq=False)
class Resamples:
    """`groups` (rows): the number of each row's group; `drawn` (resamples x groups): how often each was drawn."""

    groups: np.ndarray
    drawn: np.ndarray

    def weights(self) -> Iterator[np.ndarray]:
        """One array of row weights after another, to be iterated over."""
        for drawn in self.drawn:
            yield drawn[self.groups]

    def each(self, statistic: Callable[[np.ndarray], Any]) -> list:
        """The statistic of the row weights of each resample, in order, worked out in as many threads as processors."""
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            return list(pool.map(lambda drawn: statistic(drawn[self.groups]), self.drawn))

    def sums(self, columns: np.ndarray) -> np.ndarray:
        """Weighted sum of each column (rows x columns) in each resample: (resamples x columns)."""
        per_group = np.stack([np.bincount(self.groups, c, self.drawn.shape[1]) for c in columns.T], axis=1)
        return self.drawn @ per_group

    def sums_by(self, columns: np.ndarray, parts: np.ndarray) -> np.ndarray:
        """The same of each part of the rows at once: (parts x columns x resamples); `parts` (rows) numbers from 0 up.

        Most groups have rows in few parts, and most columns are 0 in most rows: only what is not 0 is multiplied.
        """
        rows, column = np.nonzero(columns)
        n, k = (parts.max(initial=-1) + 1, columns.shape[1])
        at = (parts[rows] * k + column, self.groups[rows])
        per_group = coo_array((columns[rows, column], at), shape=(n * k, self.drawn.shape[1])).tocsr()
        return (per_group @ self.drawn.T).reshape(n, k, len(self.drawn))


def resample(groups, resamples: int = 200, seed: int = 0) -> Resamples:
    """Draw as many groups as there are, with replacement, `resamples` times; the same seed gives the same draws.

    >>> draws = resample(["a", "a", "b", "c"], resamples=2)
    >>> draws.drawn.shape, draws.drawn.sum(axis=1).tolist()
    ((2, 3), [3.0, 3.0])
    """
    codes, names = pd.factorize(pd.Series(groups), sort=True)
    random = np.random.default_rng(seed)
    drawn = np.empty((resamples, len(names)))
    for row in drawn:
        row[:] = np.bincount(random.integers(0, len(names), len(names)), minlength=len(names))
    return Resamples(codes, drawn)


def figure(value: float, draws: np.ndarray) -> dict:
    """A figure with its 95 % interval: {"value", "low", "high"}, rounded to 6 decimals, None where undefined.

    The interval is given only where at least half the resamples have a value.

    >>> figure(0.5, np.array([0.4, 0.5, 0.6])), figure(np.nan, np.array([np.nan]))
    ({'value': 0.5, 'low': 0.405, 'high': 0.595}, {'value': None, 'low': None, 'high': None})
    """
    draws = np.asarray(draws)[np.isfinite(draws)] if np.isfinite(draws).mean() >= 0.5 else np.array([np.nan])
    low, high = np.percentile(draws, (2.5, 97.5))
    return {name: number(x) for name, x in (("value", value), ("low", low), ("high", high))}


def figures(statistic: Callable[..., dict[str, float]], groups, resamples: int, seed: int) -> dict[str, dict]:
    """A statistic {name: value} of the rows as they are, each with its interval from the weights of each resample."""
    drawn = pd.DataFrame(resample(groups, resamples, seed).each(statistic))
    return {name: figure(of, drawn[name]) for name, of in statistic().items()}


def interval(draws: np.ndarray) -> dict:
    """The interval alone, of a figure whose value stands elsewhere: {"low", "high"}."""
    return {end: x for end, x in figure(np.nan, draws).items() if end != "value"}


def band(draws: np.ndarray, name: str) -> pd.DataFrame:
    """The interval of each point of a curve from its draws (resamples x points): columns {name}_low, {name}_high."""
    return pd.DataFrame([interval(of) for of in draws.T], columns=["low", "high"]).add_prefix(f"{name}_")


def band_left_open(values, draws: np.ndarray, rests_on, name: str) -> pd.DataFrame:
    """The same of proportions, `values` and `rests_on` (points), left open where they are 0 or 1."""
    points = enumerate(zip(values, draws.T, rests_on, strict=True))
    opened = [left_open(value, of, n, place) for place, (value, of, n) in points]
    return band(np.stack(opened, axis=1) if opened else draws, name)


def left_open(value: float, draws: np.ndarray, rests_on, seed) -> np.ndarray:
    """The draws of a proportion and, where none of them differs from a value of 0 or 1, what that leaves open.

    Where all of 28 were missed, every resample misses all, and chance would pass for certainty. Such draws become those
    of what is believed of a chance after n cases without exception, where every chance was as likely before: Beta(1,
    n + 1), mirrored at 1 (Gelman et al. 2013, *Bayesian Data Analysis*, 2.1). `rests_on` (one number, or one for each
    resample) is n; the same `seed` (a whole number or several) gives the same draws. What is undefined stays so.

    >>> drawn = left_open(1.0, np.ones(200), 28, seed=0)
    >>> round(float(np.percentile(drawn, 2.5)), 2), float(drawn.max())
    (0.88, 1.0)
    """
    known = np.isfinite(draws)
    if not min(abs(value), abs(1 - value)) < CERTAIN or (np.abs(draws[known] - value) > CERTAIN).any():
        return draws
    # One draw from each of as many equally likely parts of the distribution, so that the interval owes nothing to luck.
    part = (np.random.default_rng(seed).permutation(len(draws)) + 0.5) / len(draws)
    away = 1 - (1 - np.maximum(part - STAY, 0) / (1 - STAY)) ** (1 / (np.asarray(rests_on) + 1))
    return np.where(known, np.abs(value - away), np.nan)


def number(x: float) -> float | None:
    """A number for JSON: rounded to 6 decimals, None where undefined."""
    return round(float(x), 6) if np.isfinite(x) else None
