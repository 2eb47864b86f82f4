"""What the chosen model's lists are worth: more than the simple rule's, more than what services know, and in pounds.

Two scores are judged on the same resamples of whole groups: their errors on the same households go together, so a
difference is known far better than either figure.
"""

import numpy as np
import pandas as pd

from models import ranking
from models.capacity import benefit, listed, pooled, shares_drawn
from models.ranking import Ranking
from models.resampling import figure, figures, left_open, number, resample

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

    def both(weights=None) -> list[dict[str, float]]:
        return [
            {"auc": ranking.auc(*of(weights))} | pooled(on_lists, capacity, weights)
            for of, on_lists in zip(plain, dated, strict=True)
        ]

    told, draws, sizes = both(), resample(groups, resamples, seed), np.unique(lists, return_counts=True)[1]
    drawn = [pd.DataFrame(of).to_dict("series") for of in zip(*draws.each(both), strict=True)]
    for place, (of, chance) in enumerate(zip(told, drawn, strict=True)):
        chance |= shares_drawn(of, chance, sizes, int(np.sum(y)), capacity, [seed, place])
    value, chance = _differences(*told), _differences(*drawn)
    return {name: figure(value[name], chance[name]) for name in value}


def _differences(model: dict, simple: dict) -> dict:
    """What the figures of a model are more than those of another, or their draws."""
    over, under = (np.asarray(of["precision_at_capacity"], dtype=float) for of in (model, simple))
    ratio = np.divide(over, under, out=np.full_like(over, np.nan), where=under > 0)
    return {name: model[name] - simple[name] for name in model} | {"precision_ratio": ratio}


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

    return {"threshold": number(threshold), **figures(benefits, groups, resamples, seed)}


def newly_found(y, flagged, known, groups, *, resamples: int = 200, seed: int = 0) -> dict[str, dict]:
    """How many of those listed no service has an open case for, and how many of them rightly.

    `flagged` (rows) the chance of being listed (`models.capacity.flagged`), `known` (rows) whether a case is open.
    Returns {"value", "low", "high"} for listed and found (rows, over all lists) and share_of_found: of those rightly
    listed, the share whom no service has an open case for. All are None where everybody asked about has an open case:
    who is found could not be new.
    """
    flagged, new = np.asarray(flagged, dtype=float), ~np.asarray(known, dtype=bool)
    if not new.any():
        return dict.fromkeys(("listed", "found", "share_of_found"), figure(np.nan, np.array([np.nan])))
    right = flagged * np.asarray(y, dtype=float)
    sums = np.stack([flagged, flagged * new, right, right * new], axis=1)
    drawn, told = resample(groups, resamples, seed).sums(sums).T, sums.sum(axis=0)
    found = {}
    for place, name in enumerate(("listed", "found")):
        (all_, new_), (all_drawn, new_drawn) = (of[2 * place : 2 * place + 2] for of in (told, drawn))
        with np.errstate(divide="ignore", invalid="ignore"):
            share, chance = new_ / all_, left_open(new_ / all_, new_drawn / all_drawn, all_drawn, [seed, place])
        found[name] = figure(new_, np.where(all_drawn > 0, chance * all_drawn, 0))
    return found | {"share_of_found": figure(share, chance)}


def value(y, p, rule, groups, lists, capacity: int, saves: dict, *, resamples: int = 200, seed: int = 0) -> dict:
    """What seeing the lists saves if each right flag saves as much as `saves` says: {"what", "each", "pounds"}.

    `each` is how much of `what` one right flag saves, `pounds` the cost of one of them; `lists` (rows) are days; `rule`
    (rows) is the score of the simple rule, or None. Returns saves, lists (how many), per_list and per_year, each with
    {"value", "low", "high"} for found (right flags), saved (of `what`) and pounds; and over_rule, the same two of what
    this is more than lists by the rule save, None without a rule. per_year is None where one list does not tell how
    many come in a year.
    """
    days = pd.to_datetime(pd.Series(lists)).drop_duplicates()
    tallies = [listed(y, score, lists) for score in (p, rule) if score is not None]

    def found(weights=None) -> dict[str, float]:
        right = []
        for tally in tallies:
            events, rows = tally(weights)
            right.append(ranking.dot(tally.seen(rows, capacity), events))
        return {"found": right[0], "over_rule": right[0] - right[-1]}

    told = figures(found, groups, resamples, seed)
    span = (days.max() - days.min()).days
    shares = {"per_list": 1 / len(days), "per_year": YEAR * (len(days) - 1) / span / len(days) if span else None}
    more, over_rule = (
        {name: None if share is None else _saved(right, share, saves) for name, share in shares.items()}
        for right in (told["found"], told["over_rule"])
    )
    return {**saves, "lists": len(days), **more, "over_rule": None if rule is None else over_rule}


def _saved(right: dict, share: float, saves: dict) -> dict[str, dict]:
    of = {"found": share, "saved": share * saves["each"], "pounds": share * saves["each"] * saves["pounds"]}
    return {
        name: {end: None if x is None else number(x * times) for end, x in right.items()} for name, times in of.items()
    }
