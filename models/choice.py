"""Which candidate: each is fitted in every fold of time, and the simplest that keeps up with the best is chosen.

What counts is the distance from the best in each fold (regret), not the figure itself: a date on which everything
ranks badly says nothing about which candidate to take.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from features.errors import InputError
from models.disclosure import count, too_few
from models.ranking import Ranking, auc
from models.resampling import interval, number, resample
from models.splits import Fold, Folds
from models.titles import CANDIDATES
from models.training import fit_to, probabilities, taken, thinned, truth

# Pairs of each class fitted on and judged in a fold: LightGBM of two and a half times as many ranked no better, and
# candidates are told apart by 0.002 of AUC.
FOLD_EACH = 20_000


@dataclass(frozen=True, eq=False)
class Choice:
    """Which candidate was chosen and why, in plain English.

    `scores`: per candidate, simplest first, the summary of `compare`. `folds`: per fold, as it is written to JSON, what
    it was fitted on and judged on, and each candidate's AUC and regret. `set_aside`: per candidate that could not be
    fitted in a fold, the reason.
    """

    chosen: str
    reason: str
    scores: dict[str, dict]
    folds: list[dict]
    set_aside: dict[str, str]


def choose_over_time(
    X: pd.DataFrame,
    label,
    groups,
    folds: Folds,
    candidates: dict,
    *,
    seed: int,
    resamples: int = 200,
    say: Callable[[str], None] = lambda _: None,
) -> Choice:
    """Fit each of `candidates` (unfitted, simplest first) in each fold, compare them there, and choose.

    `X` (pairs x columns), `label` (pairs; nullable) and `groups` (pairs; what is resampled whole) are the whole
    matrix; only pairs of folds are read. Raises InputError where no candidate can be fitted in every fold.
    """
    label, set_aside, judged = pd.array(label, dtype="boolean"), {}, []
    for place, fold in enumerate(folds.used):
        drawn = draw(X, label, groups, fold, seed)
        fitted_on = f"{len(candidates)} candidates on {len(drawn.X):,} pairs"
        say(f"fold {place + 1} of {len(folds.used)}, settled by {fold.cut}: fitting {fitted_on}")
        judged.append(judge(drawn, candidates, set_aside))
    usable = [name for name in candidates if name not in set_aside]
    if not usable:
        raise InputError(*(f"models.{name}: {reason}" for name, reason in set_aside.items()))
    judged = [replace(fold, p={name: fold.p[name] for name in usable}) for fold in judged]
    compared, scores = compare(judged, seed=seed, resamples=resamples)
    told = [_told(fold, label) for fold in folds.used]
    chosen, reason = choose(
        scores, folds=_described(folds), pairs=sum(t["n"] for t in told), events=sum(t["events"] for t in told)
    )
    return Choice(chosen, reason, scores, [t | c for t, c in zip(told, compared, strict=True)], set_aside)


@dataclass(frozen=True, eq=False)
class Drawn:
    """The pairs of a fold, taken out of the matrix once: to fit on (X, y and what each weighs) and to judge."""

    fold: Fold
    X: pd.DataFrame
    y: np.ndarray
    weight: np.ndarray | None
    judged: pd.DataFrame
    event: np.ndarray
    group: np.ndarray


@dataclass(frozen=True, eq=False)
class Judged:
    """What each candidate gives the judged pairs of a fold: `p` {name: (pairs,)}, `event` and `group` (pairs)."""

    p: dict[str, np.ndarray]
    event: np.ndarray
    group: np.ndarray


def draw(X: pd.DataFrame, label, groups, fold: Fold, seed: int) -> Drawn:
    """The pairs of a fold, of each class at most FOLD_EACH. AUC is the same whatever the share of a class."""
    fit, weight = thinned(fold.fit, label, seed, FOLD_EACH)
    judge, _ = thinned(fold.judge, label, seed, FOLD_EACH)
    event = [truth(label, rows) for rows in (fit, judge)]
    return Drawn(fold, taken(X, fit), event[0], weight, taken(X, judge), event[1], np.asarray(groups)[judge])


def judge(drawn: Drawn, candidates: dict, set_aside: dict[str, str]) -> Judged:
    """Fit each candidate on the fold's earlier pairs and ask it about the later ones; who can't be is set aside."""
    fitted = {}
    for name, candidate in candidates.items():
        try:
            fitted[name] = fit_to(candidate, drawn.X, drawn.y, drawn.weight)
        except InputError as reason:
            set_aside.setdefault(name, f"in the fold of {drawn.fold.cut}: {reason}")
    p = probabilities(fitted, drawn.judged, np.arange(len(drawn.judged)))
    return Judged(p, drawn.event, drawn.group)


def compare(judged: list[Judged], *, seed: int, resamples: int = 200) -> tuple[list[dict], dict[str, dict]]:
    """({"auc", "regret": {name: number}} of each fold, summary of each candidate) from what they made of each fold.

    A summary holds the mean "auc" over folds, the mean and the "worst" "regret", and how far the mean regret is
    "behind" the least, with the standard error "se" of that difference. Under "intervals" both hold {"low", "high"} of
    each auc and regret. All are judged on the same resamples of whole households across all folds: their errors on the
    same households go together, so the difference is known far better than either figure. It says nothing of years
    that no fold saw. By AUC, because it counts the ties of a rule fairly and, with a few hundred events, tells
    candidates apart where precision at capacity is mostly noise.
    """
    names = list(judged[0].p)
    tallies = [[Ranking(fold.event, fold.p[name]) for name in names] for fold in judged]
    starts = np.cumsum([0] + [len(fold.event) for fold in judged])

    def aucs(weights: np.ndarray | None) -> np.ndarray:
        parts = [None if weights is None else weights[a:b] for a, b in pairwise(starts)]
        return np.array([[auc(*tally(part)) for tally in fold] for fold, part in zip(tallies, parts, strict=True)])

    value = aucs(None)  # (folds, candidates)
    regret = value.max(axis=1, keepdims=True) - value
    behind = regret.mean(axis=0) - regret.mean(axis=0).min()
    drawn = np.stack(resample(np.concatenate([fold.group for fold in judged]), resamples, seed).each(aucs))
    mean = np.nanmean(drawn, axis=1)  # of a resample's folds, those with both classes
    error = (mean[:, [behind.argmin()]] - mean).std(axis=0, ddof=1)
    apart = drawn.max(axis=2, keepdims=True) - drawn
    far = np.nanmean(apart, axis=1)
    told = {"auc": (value, drawn), "regret": (regret, apart)}
    folds = [
        {of: dict(zip(names, map(number, points[fold]), strict=True)) for of, (points, _) in told.items()}
        | {
            "intervals": {
                of: dict(zip(names, map(interval, draws[:, fold].T), strict=True)) for of, (_, draws) in told.items()
            }
        }
        for fold in range(len(judged))
    ]
    summary = {
        name: {
            "auc": number(value[:, place].mean()),
            "regret": number(regret[:, place].mean()),
            "worst": number(regret[:, place].max()),
            "behind": number(behind[place]),
            "se": number(error[place]),
            "intervals": {"auc": interval(mean[:, place]), "regret": interval(far[:, place])},
        }
        for place, name in enumerate(names)
    }
    return folds, summary


def over_time(folds: list[dict]) -> pd.DataFrame:
    """Cut, candidate, and its auc and regret with their low and high, of each fold with enough events to be told of."""
    told, ends = ("auc", "regret"), ("", "_low", "_high")
    rows = [
        (fold["cut"], name, *(x for of in told for x in (fold[of][name], *fold["intervals"][of][name].values())))
        for fold in folds
        if not too_few(fold["events"], fold["n"])
        for name in fold["auc"]
    ]
    return pd.DataFrame(rows, columns=["cut", "candidate", *(of + end for of in told for end in ends)])


def choose(summary: dict[str, dict], *, folds: str, pairs: int, events: int) -> tuple[str, str]:
    """The simplest candidate that is behind the best by at most one standard error, and the reason in plain English.

    `summary` comes from `compare`, simplest first; `folds` says what they were judged in (Breiman et al. 1984,
    *Classification and Regression Trees*, 3.4.3, with the standard error of the difference).
    """
    best = min(summary, key=lambda name: summary[name]["behind"])
    chosen = next(name for name, s in summary.items() if s["behind"] <= (s["se"] or 0))
    told = [f"Judged by mean AUC in {folds} ({count(pairs)} pairs, {count(events)} events)"]
    told.append(f"{CANDIDATES[best]} is best with {summary[best]['auc']:.3f}")
    for name, s in summary.items():
        if name != best:
            told.append(
                f"{CANDIDATES[name]} reaches {s['auc']:.3f}, {_beside(s['behind'], s['se'])[0]} behind the best with a "
                f"standard error of {_beside(s['behind'], s['se'])[1]}"
            )
    if len(summary) == 1:
        verdict = f"{CANDIDATES[chosen]} is the only candidate that could be used"
    elif chosen == best == next(iter(summary)):
        verdict = f"{CANDIDATES[chosen]} is chosen: it is the simplest and the best"
    elif chosen == best:
        verdict = f"{CANDIDATES[chosen]} is chosen: nothing simpler comes within one standard error of it"
    else:
        verdict = f"{CANDIDATES[chosen]} is chosen, the simplest within one standard error of the best"
    worst = f"at worst it was {summary[chosen]['worst']:.3f} behind the best of a fold"
    return chosen, f"{'; '.join(told)}. {verdict[0].upper()}{verdict[1:]}; {worst}."


def _beside(behind: float, error: float | None) -> tuple[str, str]:
    """Both to three decimals, or to as many more as show which is the larger.

    >>> _beside(0.0093, 0.0088), _beside(0.009, 0.001)
    (('0.0093', '0.0088'), ('0.009', '0.001'))
    """
    error = error or 0.0
    digits = next((n for n in range(3, 6) if f"{behind:.{n}f}" != f"{error:.{n}f}"), 3)
    return f"{behind:.{digits}f}", f"{error:.{digits}f}"


def _told(fold: Fold, label) -> dict:
    """What a fold was fitted on and judged on."""
    return {
        "cut": str(fold.cut),
        "of_households": fold.of_households,
        "dates": {"first": str(fold.dates[0]), "last": str(fold.dates[-1]), "n": len(fold.dates)},
        "fit": {"n": len(fold.fit), "events": int(label[fold.fit].sum())},
        "n": len(fold.judge),
        "events": int(label[fold.judge].sum()),
    }


def _described(folds: Folds) -> str:
    if folds.used[0].of_households:
        return "held-out households, because no training date comes after the outcome of another is settled"
    first, last = folds.used[0].dates[0], folds.used[-1].dates[-1]
    if len(folds.used) == 1:
        return f"one fold of time, as of {first} to {last}" if last > first else f"one fold of time, as of {first}"
    return f"{len(folds.used)} folds of time, as of {first} to {last}"
