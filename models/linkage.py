"""Whether records were linked as surely in every group, and who is on the lists only through weak links."""

import numpy as np
import pandas as pd

from models import capacity
from models.fairness import MIN_EVENTS, RATES, UNDEFINED, by_group, summed
from models.group_tables import hidden_counts
from models.resampling import figure, left_open, resample

_COUNTY = "county"


def match_rates(
    strong, groups: pd.DataFrame, clusters, *, fewest: int = MIN_EVENTS, resamples: int = 200, seed: int = 0
) -> dict[str, list[dict]]:
    """How many of each group's residents were linked surely: {attribute: [{"group", "n", "sure", "rate", "gap"}]}.

    `strong` (residents): whether the weakest match behind a resident is sure enough; `groups` (residents x attributes)
    text; `clusters` (residents) what is resampled whole. n residents of a group, of them sure as many; rate and gap (to
    all residents) are {"value", "low", "high"}, None for a group of fewer than `fewest` residents.
    """
    columns = np.column_stack([np.ones(len(groups)), np.asarray(strong, dtype=float)])
    draws = resample(clusters, resamples, seed)
    everybody = pd.DataFrame({_COUNTY: np.full(len(columns), _COUNTY)}, index=groups.index)
    *_, value, drawn = next(summed(columns, everybody, draws))
    county, county_drawn = value[1] / value[0], drawn[1] / drawn[0]
    found: dict[str, list[dict]] = {attribute: [] for attribute in groups.columns}
    for attribute, group, _, (n, sure), (n_drawn, sure_drawn) in summed(columns, groups, draws):
        with np.errstate(divide="ignore", invalid="ignore"):
            rate, rate_drawn = sure / n, sure_drawn / n_drawn
        rate_drawn = left_open(rate, rate_drawn, n_drawn, np.rint(n_drawn).astype(int))
        enough = n >= fewest
        found[attribute].append(
            {"group": group, "n": int(n), "sure": int(sure)}
            | {"rate": figure(rate, rate_drawn) if enough else UNDEFINED}
            | {"gap": figure(rate - county, rate_drawn - county_drawn) if enough else UNDEFINED}
        )
    return found


def hidden(records: list[dict]) -> pd.DataFrame:
    """Which counts of groups, of one attribute of `match_rates`, may not be known: n, sure and unsure (groups x 3)."""
    counts = pd.DataFrame(records, columns=["group", "n", "sure"]).set_index("group")
    counts["unsure"] = counts["n"] - counts["sure"]
    return hidden_counts(counts, lambda of: pd.DataFrame(dict.fromkeys(("sure", "unsure"), of["n"] < MIN_EVENTS)))


def without_weak(y, p, lists, places: int, strong, groups: pd.DataFrame, clusters, **drawn) -> dict:
    """What lists of so many `places` would be without those whose links are weak, ready for JSON.

    Rows, `lists`, `groups` and `clusters` as in `models.fairness.by_length`, `strong` (rows) as in `match_rates`,
    `drawn` the options of `models.fairness.by_group`. Returns listed, dropped (listed and weak) and came_in (who takes
    their places) in all, each the expected number under ties; "by_group": {attribute: [the same of a group]};
    "figures": the record of `by_group` of everybody "with" and "without" the weak; and "groups": its records of each
    group without.
    """
    p, strong = np.asarray(p, dtype=float), np.asarray(strong, dtype=bool)
    y, lists, clusters = (pd.Series(np.asarray(a)) for a in (y, lists, clusters))
    groups = groups.reset_index(drop=True)
    before, after = capacity.flagged(p, lists, places), np.zeros(len(p))
    after[strong] = capacity.flagged(p[strong], lists[strong], places)
    moved = {"listed": before, "dropped": before * ~strong, "came_in": np.where(strong, after - before, 0.0)}
    everybody = pd.DataFrame({_COUNTY: np.full(len(p), _COUNTY)})

    def of(rows: np.ndarray, flagged: np.ndarray, by: pd.DataFrame, shown=(*RATES, "auc")) -> dict[str, list[dict]]:
        return by_group(y[rows], p[rows], flagged[rows], by[rows], clusters[rows], figures=shown, **drawn)

    return {
        **{name: round(float(of_all.sum()), 2) for name, of_all in moved.items()},
        "by_group": {
            attribute: [
                {"group": str(group)} | {name: round(float(of_all[rows].sum()), 2) for name, of_all in moved.items()}
                for group, rows in groups.groupby(groups[attribute].astype("str"), sort=True).indices.items()
            ]
            for attribute in groups.columns
        },
        "figures": {
            "with": of(np.ones(len(p), dtype=bool), before, everybody)[_COUNTY][0],
            "without": of(strong, after, everybody)[_COUNTY][0],
        },
        "groups": of(strong, after, groups, RATES),
    }
