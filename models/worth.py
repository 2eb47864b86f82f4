"""What the chosen model's lists are worth: more than the simple rule's, more than what services know, and in pounds.

Two scores are judged on the same resamples of whole groups: their errors on the same households go together, so a
difference is known far better than either figure.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from models import ranking
from models.capacity import benefit, listed, pooled
from models.ranking import Ranking
from models.resampling import figure, number, resample

YEAR = 365.25  # days
FIGURES = ("lift", "net_benefit", "newly_found", "value")  # of the chosen model, as its evidence names them


def lift(y, p, rule, groups, lists, capacity: int, *, resamples: int = 200, seed: int = 0) -> dict[str, dict]:
    """By how much a model's figures exceed those of the simple rule, each {"value", "low", "high"}.

    `y` (rows) truth, `p` and `rule` (rows) the two scores, `groups` (rows) what is resampled whole, `lists` (rows) the
    list each row competes on. Returns the differences of auc, precision_at_capacity and recall_at_capacity, and
    precision_ratio: how many times as many of those listed are right.
    """
    plain, dated = (
        [make(score) for score in (p, rule)] for make in (lambda s: Ranking(y, s), lambda s: listed(y, s, lists))
    )

    def differences(weights=None) -> dict[str, float]:
        model, simple = (
            {"auc": ranking.auc(*of(weights))} | pooled(on_lists, capacity, weights)
            for of, on_lists in zip(plain, dated, strict=True)
        )
        precision = "precision_at_capacity"
        return {name: model[name] - simple[name] for name in model} | {
            "precision_ratio": ranking.ratio(model[precision], simple[precision])
        }

    return _figures(differences, groups, resamples, seed)


def net_benefit_at(y, p, rule, groups, threshold: float, *, resamples: int = 200, seed: int = 0) -> dict:
    """Net benefit at the threshold that a service's own exchange rate gives (`models.capacity.net_benefit`).

    `p` and `rule` (rows) are probabilities; `rule` may be None. Returns threshold, and {"value", "low", "high"} for
    model, rule, all (seeing everybody), over_rule and over_all: what the model adds to each.
    """
    tallies = {"model": Ranking(y, p)} | ({} if rule is None else {"rule": Ranking(y, rule)})

    def benefits(weights=None) -> dict[str, float]:
        found = {name: benefit(*of(weights), of.score >= threshold, threshold) for name, of in tallies.items()}
        everybody = tallies["model"]
        found["all"] = benefit(*everybody(weights), everybody.score >= 0, threshold)
        return found | {f"over_{name}": found["model"] - found[name] for name in found if name != "model"}

    return {"threshold": number(threshold), **_figures(benefits, groups, resamples, seed)}


def newly_found(y, flagged, known, groups, *, resamples: int = 200, seed: int = 0) -> dict[str, dict]:
    """How many of those listed no service has an open case for, and how many of them rightly.

    `flagged` (rows) the chance of being listed (`models.capacity.flagged`), `known` (rows) whether a case is open.
    Returns {"value", "low", "high"} for listed and found (rows, over all lists) and share_of_found: of those rightly
    listed, the share whom no service has an open case for.
    """
    flagged, new = np.asarray(flagged, dtype=float), ~np.asarray(known, dtype=bool)
    right = flagged * np.asarray(y, dtype=float)
    sums = np.stack([flagged * new, right * new, right], axis=1)
    drawn = resample(groups, resamples, seed).sums(sums)

    def counted(of: np.ndarray) -> dict[str, np.ndarray]:
        with np.errstate(divide="ignore", invalid="ignore"):
            return {"listed": of[..., 0], "found": of[..., 1], "share_of_found": of[..., 1] / of[..., 2]}

    draws = counted(drawn)
    return {name: figure(value, draws[name]) for name, value in counted(sums.sum(axis=0)).items()}


def value(y, p, groups, lists, capacity: int, saves: dict, *, resamples: int = 200, seed: int = 0) -> dict:
    """What seeing the lists saves if each right flag saves as much as `saves` says: {"what", "each", "pounds"}.

    `each` is how much of `what` one right flag saves, `pounds` the cost of one of them; `lists` (rows) are days.
    Returns saves, lists (how many), and per_list and per_year, each with {"value", "low", "high"} for found (right
    flags), saved (of `what`) and pounds. per_year is None where one list does not tell how many come in a year.
    """
    days = pd.to_datetime(pd.Series(lists)).drop_duplicates()
    tally = listed(y, p, lists)

    def found(weights=None) -> dict[str, float]:
        events, rows = tally(weights)
        return {"found": ranking.dot(tally.seen(rows, capacity), events)}

    right = _figures(found, groups, resamples, seed)["found"]
    span = (days.max() - days.min()).days
    a_year = YEAR * (len(days) - 1) / span / len(days) if span else None
    return {
        **saves,
        "lists": len(days),
        "per_list": _saved(right, 1 / len(days), saves),
        "per_year": None if a_year is None else _saved(right, a_year, saves),
    }


def _saved(right: dict, share: float, saves: dict) -> dict[str, dict]:
    of = {"found": share, "saved": share * saves["each"], "pounds": share * saves["each"] * saves["pounds"]}
    return {
        name: {end: None if x is None else number(x * times) for end, x in right.items()} for name, times in of.items()
    }


def _figures(statistic: Callable[..., dict[str, float]], groups, resamples: int, seed: int) -> dict[str, dict]:
    """A statistic of the rows as they are, with its interval from the weights of each resample."""
    drawn = pd.DataFrame(resample(groups, resamples, seed).each(statistic))
    return {name: figure(of, drawn[name]) for name, of in statistic().items()}
