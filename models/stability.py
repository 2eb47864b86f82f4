"""How far the scores, and the lists made of them, would have been others had other households been on record.

The chosen candidate is fitted and calibrated again on resamples of whole households (Riley and Collins 2023,
Biometrical Journal 65:2200302), and once on outcomes dealt out at random, which nothing honest can learn.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import norm
from scipy.stats import t as student
from sklearn.ensemble import StackingClassifier

from features.errors import InputError
from models import metrics, training
from models.calibration import calibrate
from models.capacity import flagged
from models.odds import log_odds
from models.resampling import figure, number, resample
from models.splits import Split

RECURS = 0.7  # of the refits: who is listed in as many is listed for good reason
LEVELS = 50  # of score, at which the refits' spread is told
FEWEST = 20  # rows of a level, so that no line tells of anybody
COVERED = 0.95


def refit(
    candidate,
    X: pd.DataFrame,
    label,
    groups,
    split: Split,
    *,
    refits: int,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
    look: Callable[[StackingClassifier], None] = lambda _: None,
) -> np.ndarray:
    """What models of resampled households say of the test pairs: (refits x pairs of `split.test`).

    `candidate` is an unfitted one of `models.candidates`; `X` (pairs x columns), `label` (pairs; nullable) and `groups`
    (pairs; drawn whole) are those of training. Each refit is of the pairs of `split.fit`, weighted by how often their
    group was drawn, calibrated on those of `split.calibrate`, drawn as often, and given to `look` before the next
    is fitted in its place. A refit that cannot be calibrated, having learnt nothing that lasts, gives everybody the
    base rate and is not looked at.
    """
    label = pd.array(label, dtype="boolean")
    drawn, weight = training.thinned(split.fit, label, seed)
    weight = np.ones(len(drawn)) if weight is None else weight
    held, y_held = training.taken(X, split.calibrate).astype("float64"), training.truth(label, split.calibrate)
    draws = resample(pd.Series(groups).iloc[np.concatenate([drawn, split.calibrate])], refits, seed)
    found = np.empty((refits, len(split.test)))
    for one, times in enumerate(draws.weights()):
        say(f"refit {one + 1} of {refits}")
        of_fit, of_held = np.split(times, [len(drawn)])
        kept, again = np.flatnonzero(of_fit), np.repeat(np.arange(len(held)), of_held.astype(int))
        fitted = training.fit_to(
            candidate, training.taken(X, drawn[kept]), training.truth(label, drawn[kept]), (of_fit * weight)[kept]
        )
        try:
            model = calibrate(fitted, held.iloc[again], y_held[again])
            found[one] = training.probabilities({"refit": model}, X, split.test)["refit"]
            look(model)
        except InputError as reason:
            say(f"refit {one + 1} gives everybody the base rate: {reason}")
            found[one] = (y_held[again].sum() + 0.5) / (len(again) + 1)
    return found


def stability(
    p: np.ndarray, refitted: np.ndarray, lists, capacity: int, groups=None, *, resamples: int = 200, seed: int = 0
) -> dict:
    """How far the refits (refits x pairs) agree with the scores `p` (pairs), ready for JSON.

    `lists` (pairs) says which list each pair competes on, `groups` (pairs) what is resampled whole. Returns refits;
    recur, the share of those listed who are listed in at least 70 % of the refits; recurs, the same with the interval
    that other refits and other households would give, where `groups` are given; jaccard, the share that two lists have
    in common of all who are on either, on average over refits; mean_difference of a score, absolute; and median_move:
    half of all scores move by at most this share of themselves.
    """
    main = flagged(p, lists, capacity)
    again = np.stack([flagged(one, lists, capacity) for one in refitted])
    overlap = np.minimum(main, again).sum(axis=1) / np.maximum(main, again).sum(axis=1)
    apart = np.abs(refitted - p)

    def recur(of_refits: np.ndarray, weights: np.ndarray | float = 1.0) -> float:
        # a tie that is drawn seven times in ten recurs as well, whatever the last bit of its sum
        return float((main * weights) @ (of_refits @ again >= RECURS - 1e-9) / (main * weights).sum())

    of_all = np.full(len(refitted), 1 / len(refitted))
    return {
        "refits": len(refitted),
        "recur": number(recur(of_all)),
        **({} if groups is None else {"recurs": _recurs(recur, of_all, main, groups, resamples, seed)}),
        "jaccard": number(overlap.mean()),
        "mean_difference": number(apart.mean()),
        "median_move": number(np.median(apart / np.maximum(p, np.finfo(float).tiny))),
    }


def _recurs(
    recur: Callable[..., float], of_all: np.ndarray, main: np.ndarray, groups, resamples: int, seed: int
) -> dict:
    """The share that recurs, with the interval from other draws of the refits and of whole groups."""
    draws, random = resample(groups, resamples, seed), np.random.default_rng(seed)
    drawn = [
        recur(random.multinomial(len(of_all), of_all) / len(of_all), weights) if main @ weights else np.nan
        for weights in draws.weights()
    ]
    return figure(recur(of_all), np.array(drawn))


def instability(p: np.ndarray, refitted: np.ndarray) -> pd.DataFrame:
    """Between what 95 % of the refits' scores lie, at up to 50 levels of the score: score, low, high, ascending."""
    rows = [
        (p[level].mean(), *np.quantile(refitted[:, level], ((1 - COVERED) / 2, (1 + COVERED) / 2)))
        for level in _levels(p)
    ]
    return pd.DataFrame(rows, columns=["score", "low", "high"])


def intervals(p: np.ndarray, refitted: np.ndarray) -> pd.DataFrame:
    """The 95 % interval of a score, as a table of score, low and high, all ascending, low <= score <= high.

    On the log-odds, as wide as the refits spread around the scores of each level, with Student's factor for how few
    the refits are.
    """
    x, again = log_odds(p), log_odds(refitted)
    factor = student.ppf((1 + COVERED) / 2, len(refitted))
    middle, wide = np.array(
        [(x[level].mean(), factor * np.sqrt(np.mean((again[:, level] - x[level]) ** 2))) for level in _levels(p)]
    ).T
    low, high = np.maximum.accumulate(middle - wide), np.maximum.accumulate(middle + wide)
    return pd.DataFrame({"score": expit(middle), "low": expit(low), "high": expit(high)})


def shuffled(candidate, X: pd.DataFrame, label, split: Split, seed: int, share: float) -> dict:
    """What the candidate makes of outcomes dealt out at random among all pairs of `split.fit` and `split.test`.

    Returns its auc on the test pairs, low and high between which chance leaves this share of such (Mann and Whitney
    1947, Annals of Mathematical Statistics 18:50), and whether it is within. An AUC beyond says that test pairs are
    known from training. The test's outcomes are dealt out as well: the directions that some candidates are told rank
    the true ones whatever they are fitted on.
    """
    label = pd.array(label, dtype="boolean")
    used, dealt = np.concatenate([split.fit, split.test]), label.copy()
    dealt[used] = label[np.random.default_rng(seed).permutation(used)]
    drawn, weight = training.thinned(split.fit, dealt, seed)
    fitted = training.fit_to(candidate, training.taken(X, drawn), training.truth(dealt, drawn), weight)
    y = training.truth(dealt, split.test)
    events, others = y.sum(), (~y).sum()
    found = metrics.auc(y, training.probabilities({"dealt": fitted}, X, split.test)["dealt"])
    if not events * others:
        return {"auc": None, "low": None, "high": None, "within": None}
    by_chance = norm.ppf((1 + share) / 2) * np.sqrt((events + others + 1) / (12 * events * others))
    return {
        "auc": number(found),
        "low": number(0.5 - by_chance),
        "high": number(0.5 + by_chance),
        "within": bool(abs(found - 0.5) <= by_chance),
    }


def _levels(p: np.ndarray) -> list[np.ndarray]:
    """The rows of each level of score, ascending: finer towards the top, where lists end; ties share a level."""
    tops = np.geomspace(1, min(FEWEST / len(p), 1), LEVELS)  # the share of rows from each level up
    at = np.searchsorted(np.unique(np.quantile(p, 1 - tops)), p, side="right")
    level_of, level, rows = np.zeros(at.max() + 1, dtype=int), 0, 0
    for place, size in enumerate(np.bincount(at)):
        if rows >= FEWEST:
            level, rows = level + 1, 0
        level_of[place] = level
        rows += size
    if rows < FEWEST:  # the topmost joins the one below
        level_of[level_of == level] = max(level - 1, 0)
    order = np.argsort(level_of[at], kind="stable")
    return np.split(order, np.flatnonzero(np.diff(level_of[at][order])) + 1)
