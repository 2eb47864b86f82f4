"""What each agency's records buy: the model fitted again without the columns that rest on them.

Refits are on a drawn sample and so is the whole they are compared with, so that what differs is the columns alone.
An agency whose records say what another's also say loses little here: it is the agency's own part that is measured.
What all of them buy together is measured beside it: what is left then is what the linked record itself says.
Intervals are those of the test households; that another draw to fit on would give other columns is not in them.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from features.errors import InputError
from features.specs import LINKED
from models import ranking
from models.candidates import candidates
from models.capacity import listed, pooled
from models.ranking import Ranking
from models.resampling import figure, resample
from models.splits import Split
from models.training import fit_to, probabilities, taken, thinned, truth

# Pairs of each class that a refit sees: twice as many moved no loss of complex dependency by more than 0.001 of AUC.
EACH = 5_000
EVERY = "every"  # all but the linked record, left out at once


def agencies(columns: list[dict]) -> dict[str, int]:
    """How many columns are left out at a time, most first: those of each agency's records, those of several agencies'
    together, and what the linked record says of the home.

    >>> agencies([{"agency": "police"}, {"agency": "person"}, {"agency": "police"}, {"agency": "several"}])
    {'police': 2, 'several': 1}
    """
    counts = pd.Series([c["agency"] for c in columns if c["agency"] != "person"], dtype=str).value_counts()
    return {str(name): int(n) for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))}


def without_each(
    X: pd.DataFrame,
    label,
    split: Split,
    columns: list[dict],
    params: dict,
    *,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str | None, np.ndarray | None]:
    """The scores (test rows) of the candidate fitted with all columns, under None, without those of each agency, and
    under EVERY with those of the linked record alone.

    `X` (pairs x columns) and `label` (pairs; nullable) are those of training, `params` (one entry) that of
    `models.candidates`. None in place of scores where the candidate can't be made of what is left, such as a rule
    whose column has gone.
    """
    [name] = params
    drawn, weight = thinned(split.fit, label, seed, EACH)
    fit, tested, y, found = taken(X, drawn), taken(X, split.test), truth(label, drawn), {}
    for agency in (None, *agencies(columns), EVERY):
        left = [c for c in columns if (c["agency"] in LINKED if agency == EVERY else c["agency"] != agency)]
        kept = [c["name"] for c in left]
        say(f"fitting {'with all columns' if agency is None else f'without {agency}'}")
        try:
            refit = fit_to(candidates(left, params, seed)[name], fit[kept], y, weight) if left else None
        except InputError:  # the rule's column has gone, or nothing is left to give points for
            refit = None
        of_test = {} if refit is None else probabilities({name: refit}, tested[kept], np.arange(len(tested)))
        found[agency] = of_test.get(name)
    return found


def lost(
    y, scores: dict[str | None, np.ndarray | None], groups, lists, capacity: int, *, resamples: int = 200, seed: int = 0
) -> dict:
    """What each agency's columns add to the figures of `without_each`, each {"value", "low", "high"}.

    `y` (test rows) truth, `groups` (test rows) what is resampled whole, `lists` (test rows) the list each row competes
    on. Returns whole and whole_precision, and under "agencies" by name (and EVERY) auc_without, lost and
    precision_lost: the whole's figure less that without the agency, of the same resamples. None where there is nothing
    to compare.
    """
    tallies = {name: (Ranking(y, p), listed(y, p, lists)) for name, p in scores.items() if p is not None}

    def figures(weights=None) -> dict[tuple, float]:
        found = {}
        for name, (plain, dated) in tallies.items():
            found[name, "auc"] = ranking.auc(*plain(weights))
            found[name, "precision"] = pooled(dated, capacity, weights)["precision_at_capacity"]
        return found

    drawn, now = pd.DataFrame(resample(groups, resamples, seed).each(figures)), figures()

    def less(name: str | None, what: str) -> dict:
        whole = (None, what)
        return figure(now[whole] - now[name, what], drawn[whole] - drawn[name, what])

    by_agency = {
        name: {
            "auc_without": figure(now[name, "auc"], drawn[name, "auc"]) if name in tallies else None,
            "lost": less(name, "auc") if name in tallies else None,
            "precision_lost": less(name, "precision") if name in tallies else None,
        }
        for name in scores
        if name is not None
    }
    return {
        "whole": figure(now[None, "auc"], drawn[None, "auc"]),
        "whole_precision": figure(now[None, "precision"], drawn[None, "precision"]),
        "agencies": by_agency,
    }
