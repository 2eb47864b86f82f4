"""Fit every candidate, calibrate it on held-out households, and choose the simplest that is as good as the best."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.ensemble import StackingClassifier

from features.errors import InputError
from models.calibration import calibrate
from models.candidates import TITLES, candidates
from models.disclosure import count
from models.ranking import Ranking, auc
from models.resampling import number, resample
from models.splits import Split


@dataclass(frozen=True, eq=False)
class Fitted:
    """The calibrated candidates, simplest first, and which was chosen and why, in plain English.

    `scores`: per candidate {"auc" on the held-out pairs, "behind" the best, "se" of that difference}.
    `set_aside`: per candidate that could not be used, the reason.
    """

    models: dict[str, StackingClassifier]
    chosen: str
    reason: str
    scores: dict[str, dict]
    set_aside: dict[str, str]


def train(
    X: pd.DataFrame, label, groups, split: Split, columns: list[dict], params: dict, *, seed: int, resamples: int = 200
) -> Fitted:
    """Train on the pairs of `split.fit`, calibrate on `split.calibrate`, choose on `split.choose`; `test` is not read.

    `X` (pairs x columns) holds the columns of `columns` in that order, `label` (pairs; nullable) the outcome, `groups`
    (pairs) what is resampled whole; `params` is that of `models.candidates`. Raises InputError where params are
    wrong or no candidate can be calibrated; ValueError where X and `columns` disagree.
    """
    names = [c["name"] for c in columns]
    if list(X.columns) != names:
        raise ValueError("X must hold the columns of columns.json in that order")
    label = pd.array(label, dtype="boolean")
    fit, held, out = (X.iloc[rows].astype("float64") for rows in (split.fit, split.calibrate, split.choose))
    y_fit, y_held, y_out = (np.asarray(label[r], dtype=bool) for r in (split.fit, split.calibrate, split.choose))
    models, set_aside = {}, {}
    for name, candidate in candidates(columns, params, seed).items():
        try:
            fitted = candidate.fit(fit, y_fit)
            if name == "rule":
                _require_direction(fitted, params["rule"], columns)
            models[name] = calibrate(fitted, held, y_held)
        except InputError as reason:
            set_aside[name] = str(reason)
    if not models:
        raise InputError(*(f"models.{name}: {reason}" for name, reason in set_aside.items()))
    scores = compare(
        {name: model.predict_proba(out)[:, 1] for name, model in models.items()},
        y_out,
        np.asarray(groups)[split.choose],
        seed=seed,
        resamples=resamples,
    )
    chosen, reason = choose(scores, pairs=len(y_out), events=int(y_out.sum()))
    return Fitted(models, chosen, reason, scores, set_aside)


def compare(p: dict[str, np.ndarray], y, groups, *, seed: int, resamples: int = 200) -> dict[str, dict]:
    """AUC of each candidate, how far it is behind the best, and the standard error of that difference.

    All are judged on the same resamples of whole groups, because their errors on the same households go together: the
    difference is known far better than either figure. By AUC, because it counts the ties of a rule fairly and, with a
    few hundred events, tells candidates apart where average precision and precision at capacity are mostly noise.
    """
    tallies = {name: Ranking(y, score) for name, score in p.items()}
    value = {name: auc(*tally()) for name, tally in tallies.items()}
    best = max(value, key=value.get)
    drawn = [
        {name: auc(*tally(w)) for name, tally in tallies.items()} for w in resample(groups, resamples, seed).weights()
    ]
    behind = pd.DataFrame(drawn, columns=list(p)).rsub(pd.DataFrame(drawn)[best], axis=0)
    return {
        name: {
            "auc": number(value[name]),
            "behind": number(value[best] - value[name]),
            "se": number(behind[name].std()),
        }
        for name in p
    }


def choose(scores: dict[str, dict], *, pairs: int, events: int) -> tuple[str, str]:
    """The simplest candidate that is behind the best by at most one standard error, and the reason in plain English.

    `scores` come from `compare`, simplest first (Breiman et al. 1984, *Classification and Regression Trees*, 3.4.3,
    with the standard error of the difference).
    """
    best = min(scores, key=lambda name: scores[name]["behind"])
    chosen = next(name for name, s in scores.items() if s["behind"] <= (s["se"] or 0))
    told = [f"Judged by AUC on {count(pairs)} pairs of held-out households ({count(events)} events)"]
    for name, s in scores.items():
        if name != best:
            told.append(
                f"{TITLES[name]} reaches {s['auc']:.3f}, {s['behind']:.3f} behind the best with a "
                f"standard error of {s['se']:.3f}"
            )
    told.insert(1, f"{TITLES[best]} is best with {scores[best]['auc']:.3f}")
    if len(scores) == 1:
        verdict = f"{TITLES[chosen]} is the only candidate that could be used"
    elif chosen == best == next(iter(scores)):
        verdict = f"{TITLES[chosen]} is chosen: it is the simplest and the best"
    elif chosen == best:
        verdict = f"{TITLES[chosen]} is chosen: nothing simpler comes within one standard error of it"
    else:
        verdict = f"{TITLES[chosen]} is chosen, the simplest within one standard error of the best"
    return chosen, f"{'; '.join(told)}. {verdict[0].upper()}{verdict[1:]}."


def _require_direction(rule, column: str, columns: list[dict]) -> None:
    """Set aside a rule by which nobody would sort: the training data turn it round."""
    direction = next(c["direction"] for c in columns if c["name"] == column)
    slope = rule[-1].coef_[0, 0]
    if direction * slope < 0:
        raise InputError(
            f"in the training data more of {column} goes with {'less' if slope < 0 else 'more'} risk, against the "
            "direction that the catalogue gives it; correct the direction or name another column"
        )
