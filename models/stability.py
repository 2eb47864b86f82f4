"""How far the scores, and the lists made of them, would have been others had other households been on record.

The chosen candidate is fitted and calibrated again on resamples of whole households (Riley and Collins 2023,
Biometrical Journal 65:2200302), and once on outcomes dealt out at random, which nothing honest can learn.
"""

import math
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
from models.resampling import Resamples, figure, interval, left_open, number, resample
from models.splits import Split

RECURS = 0.7  # of the refits: who is listed in as many is listed for good reason
MOVES = 1000  # ranks at which the middle of all moves of scores is looked for in a resample
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
    p: np.ndarray, refitted: np.ndarray, lists, capacity: int, groups, *, resamples: int = 200, seed: int = 0
) -> dict:
    """How far the refits (refits x pairs) agree with the scores `p` (pairs), ready for JSON.

    `lists` (pairs) says which list each pair competes on, `groups` (pairs) what is resampled whole. Returns refits;
    recur, the share of those listed who are listed in at least 70 % of the refits; recurs, the same with its interval;
    jaccard, the share that two lists have in common of all who are on either, on average over refits; mean_difference
    of a score, absolute; median_move: half of all scores move by at most this share of themselves; and "intervals",
    {"low", "high"} of these three. Intervals are those that other refits and other households would give.
    """
    main = flagged(p, lists, capacity)
    again = np.stack([flagged(one, lists, capacity) for one in refitted])
    both, either = np.minimum(main, again), np.maximum(main, again)
    apart = np.abs(refitted - p)
    moves = apart / np.maximum(p, np.finfo(float).tiny)

    def recur(of_refits: np.ndarray, weights: np.ndarray | float = 1.0) -> float:
        # a tie that is drawn seven times in ten recurs as well, whatever the last bit of its sum
        return float((main * weights) @ (of_refits @ again >= RECURS - 1e-9) / (main * weights).sum())

    draws, equal = resample(groups, resamples, seed), np.full(len(refitted), 1 / len(refitted))
    of_refits = np.random.default_rng(seed).multinomial(len(equal), equal, len(draws.drawn)) / len(equal)

    def of_each(of: np.ndarray) -> np.ndarray:  # sums over the pairs of each refit: (resamples x refits)
        return draws.sums(of.T)

    recurs = [
        recur(times, weights) if main @ weights else np.nan
        for times, weights in zip(of_refits, draws.weights(), strict=True)
    ]
    with np.errstate(invalid="ignore"):
        drawn = {
            "jaccard": (of_refits * of_each(both) / of_each(either)).sum(axis=1),
            "mean_difference": (of_refits * of_each(apart)).sum(axis=1) / of_each(np.ones((1, len(p))))[:, 0],
            "median_move": _middles(moves, draws, of_refits),
        }
    of_all = recur(equal)
    return {
        "refits": len(refitted),
        "recur": number(of_all),
        "recurs": figure(of_all, left_open(of_all, np.array(recurs), main.sum(), seed)),
        "jaccard": number((both.sum(axis=1) / either.sum(axis=1)).mean()),
        "mean_difference": number(apart.mean()),
        "median_move": number(np.median(moves)),
        "intervals": {name: interval(of) for name, of in drawn.items()},
    }


def _middles(moves: np.ndarray, draws: Resamples, of_refits: np.ndarray) -> np.ndarray:
    """The middle of all moves (refits x pairs) in each resample of refits and pairs, to the next of MOVES ranks."""
    ranks = np.unique(np.quantile(moves, np.linspace(0, 1, MOVES + 1)))
    counted, once = np.zeros((len(ranks), len(draws.drawn))), np.ones((moves.shape[1], 1))
    for moved, times in zip(moves, of_refits.T, strict=True):
        at = np.searchsorted(ranks, moved)
        counted[: at.max() + 1] += draws.sums_by(once, at)[:, 0] * times
    below = counted.cumsum(axis=0)
    return ranks[(below >= below[-1] / 2).argmax(axis=0)]


def enough(refits: int) -> int:
    """In how many of so many refits they are listed again who are listed for good reason.

    >>> enough(20), enough(5)
    (14, 4)
    """
    return math.ceil(RECURS * refits - 1e-9)


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
