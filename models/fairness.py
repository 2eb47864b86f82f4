"""Every figure by group, with intervals, and plainly "unevaluable" where a group is too small to tell.

Checked against the aequitas toolkit's tables for COMPAS, and against fairlearn's MetricFrame, in
tests/unit/test_fairness.py. MetricFrame itself is not used: its intervals draw rows, where a household's go together,
and its rates know no row that is on a list by half, as a tie for the last place is.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from models import capacity
from models.ranking import Ranking, auc
from models.reliability import Calibration, reliability
from models.resampling import Resamples, figure, left_open, number, resample

# What each figure rests on: too few of these and it is unevaluable.
RESTS_ON = {
    "selection_rate": "n",
    "fnr": "events",
    "fpr": "others",
    "ppv": "flagged",
    "o_e": "events",
    "auc": "events",
    "calibration_slope": "events",
    "ici": "events",
}
RATES = ("selection_rate", "fnr", "fpr", "ppv", "o_e")  # what sums give
TWO_SIDED = ("auc", "calibration_slope", "ici")  # they need as many without the event
BANDS = 5  # of scores, in which a group's promised and observed risks are compared
MIN_EVENTS = 20  # a rate of fewer could be anything: of 10 missed among 20 the interval is 0.27 to 0.73
BROAD = "_broad"  # an attribute with its groups put together: the boxes of ethnicity are too small to tell much
UNDEFINED = {"value": None, "low": None, "high": None}


def by_group(
    y,
    p,
    flagged,
    groups: pd.DataFrame,
    clusters,
    *,
    figures: tuple[str, ...] = tuple(RESTS_ON),
    min_events: int = MIN_EVENTS,
    resamples: int = 200,
    seed: int = 0,
) -> dict[str, list[dict]]:
    """Figures of each group of each attribute, ready for JSON: {attribute: [one record per group, by name]}.

    `y`, `p` (rows) truth and calibrated probability; `flagged` (rows) whether each row is on the service's list, or
    the chance of it under ties (models.capacity.flagged); `groups` (rows x attributes) text; `clusters` (rows) what is
    resampled whole. A record holds group, n, events,
    flagged, found (flagged that are events), {"value", "low", "high"} for each of `figures`: selection_rate (flagged),
    fnr (events not flagged), fpr (non-events flagged), ppv (flagged that are events), o_e (observed over expected
    events), auc, calibration_slope and ici (models.reliability.Calibration), and "unevaluable": the names of the
    figures that rest on fewer than `min_events` events (fpr: non-events, ppv: rows flagged; auc, slope and ici:
    either), which are None and never to be read as passed.
    A missing group is an error of the caller (ValueError): it is a group too, "not stated".
    """
    y, p, flagged = (np.asarray(a, dtype=float) for a in (y, p, flagged))
    draws, found = resample(clusters, resamples, seed), {name: [] for name in groups.columns}
    for attribute, group, rows, value, drawn in summed(tally(y, p, flagged), groups, draws):
        few = [figure for figure in too_few(value, min_events) if figure in figures]
        asked = [figure for figure in figures if figure in TWO_SIDED and figure not in few]
        told, chance = rates(value), rates_drawn(value, drawn)
        if asked:
            ranked = _Ranked(y[rows], p[rows], asked)
            again = Resamples(draws.groups[rows], draws.drawn).each(ranked)
            told, chance = told | ranked(), chance | pd.DataFrame(again).to_dict("series")
        found[attribute].append(
            {"group": group, "n": round(value[0]), "events": round(value[1])}
            | {"flagged": round(float(value[2]), 2), "found": round(float(value[3]), 2)}
            | {f: UNDEFINED if f in few else figure(told[f], chance[f]) for f in figures}
            | {"unevaluable": few}
        )
    return found


def by_length(
    y,
    p,
    lists,
    lengths: dict[float, int],
    groups: pd.DataFrame,
    clusters,
    *,
    min_events: int = MIN_EVENTS,
    resamples: int = 200,
    seed: int = 0,
) -> dict[str, list[dict]]:
    """Rates of each group on lists of other lengths: {attribute: [one record per length and group]}.

    `lists` (rows) says which list each row competes on, `lengths` how long each is, by the multiple of the capacity
    that this is; otherwise as `by_group`. A record holds times (the multiple), listed (the share of all rows that such
    lists hold), group, and selection_rate, fnr, fpr and ppv with intervals, None where too few stand behind them.
    """
    y, p, shown = np.asarray(y, dtype=float), np.asarray(p, dtype=float), RATES[:4]
    on = [capacity.flagged(p, lists, length) for length in lengths.values()]
    columns = np.stack([np.ones(len(y)), y, p, *on, *(y * seen for seen in on)], axis=1)
    found: dict[str, list[dict]] = {name: [] for name in groups.columns}
    for attribute, group, _, value, drawn in summed(columns, groups, resample(clusters, resamples, seed)):
        for place, times in enumerate(lengths):
            of = [0, 1, 3 + place, 3 + len(on) + place, 2]  # the columns of `tally`
            few, told, chance = too_few(value[of], min_events), rates(value[of]), rates_drawn(value[of], drawn[of])
            found[attribute].append(
                {"times": times, "listed": number(on[place].mean()), "group": group}
                | {rate: UNDEFINED if rate in few else figure(told[rate], chance[rate]) for rate in shown}
            )
    return found


def broad(groups: pd.DataFrame) -> pd.DataFrame:
    """The same with groups that are named "Asian: Pakistani" put together as "Asian", as the census does.

    >>> broad(pd.DataFrame({"ethnicity": ["Asian: Pakistani", "Asian: Indian", "not stated"]}))["ethnicity"].tolist()
    ['Asian', 'Asian', 'not stated']
    """
    return groups.apply(lambda group: group.astype("str").str.partition(": ")[0])


def broadly(groups: pd.DataFrame) -> pd.DataFrame:
    """The attributes and, beside each whose groups are parts of larger ones, another with these.

    >>> broadly(pd.DataFrame({"ethnicity": ["Asian: Indian"], "sex": ["female"]})).iloc[0].to_dict()
    {'ethnicity': 'Asian: Indian', 'ethnicity_broad': 'Asian', 'sex': 'female'}
    """
    larger, columns = broad(groups), {}
    for name, of in groups.items():
        columns[name] = of
        if not larger[name].equals(of.astype("str")):
            columns[f"{name}{BROAD}"] = larger[name]
    return pd.DataFrame(columns, index=groups.index)


def largest(attributes: Iterable[str]) -> list[str]:
    """The attributes without those whose groups are told in larger ones too.

    >>> largest(["sex", "ethnicity", "ethnicity_broad"])
    ['sex', 'ethnicity_broad']
    """
    names = list(attributes)
    return [name for name in names if f"{name}{BROAD}" not in names]


def crossed(groups: pd.DataFrame) -> pd.DataFrame:
    """Two attributes at a time: (rows x pairs of attributes), a group of the pair being "female, Asian".

    >>> crossed(pd.DataFrame({"sex": ["female"], "ethnicity": ["Asian"], "disability": ["no"]})).iloc[0].to_dict()
    {'sex x ethnicity': 'female, Asian', 'sex x disability': 'female, no', 'ethnicity x disability': 'Asian, no'}
    """
    text = groups.astype("str")
    return pd.DataFrame({f"{a} x {b}": text[a] + ", " + text[b] for a, b in combinations(text, 2)}, index=text.index)


def reliability_by_group(y, p, groups: pd.DataFrame, *, min_events: int = MIN_EVENTS) -> pd.DataFrame:
    """Promised and observed risk of each group of each attribute, in up to five bands of score.

    `y`, `p` (rows) and `groups` (rows x attributes) as in `by_group`. Returns attribute, group and the columns of
    `models.reliability.reliability`; without groups of fewer than `min_events` events or others.
    """
    y, p, tables = np.asarray(y, dtype=float), np.asarray(p, dtype=float), []
    for name in groups.columns:
        for group, rows in groups.groupby(groups[name].astype("str"), sort=True).indices.items():
            if min_events <= y[rows].sum() <= len(rows) - min_events:
                bands = reliability(y[rows], p[rows], BANDS)
                tables.append(pd.DataFrame({"attribute": name, "group": group}, index=bands.index).join(bands))
    columns = ["attribute", "group", *reliability([0], [0]).columns]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def summed(
    columns: np.ndarray, groups: pd.DataFrame, draws: Resamples
) -> Iterator[tuple[str, str, np.ndarray, np.ndarray, np.ndarray]]:
    """Attribute, group, the group's rows (positions), and the sums of its columns as they are and resampled.

    Those are (columns,) and (columns x resamples). Attribute by attribute, groups by name. Raises ValueError for a row
    without a group.
    """
    if groups.isna().any(axis=None):
        raise ValueError("every row needs a group of every attribute; say 'not stated' where it is unknown")
    for attribute in groups.columns:
        codes, names = pd.factorize(groups[attribute].astype("str"), sort=True)
        drawn = draws.sums_by(columns, codes)
        for code, name in enumerate(names):
            rows = np.flatnonzero(codes == code)
            yield attribute, str(name), rows, columns[rows].sum(axis=0), drawn[code]


def tally(y, p, flagged) -> np.ndarray:
    """What the sums of which `rates` takes: rows, events, flagged, flagged events and expected events (rows x 5)."""
    y, p, flagged = (np.asarray(a, dtype=float) for a in (y, p, flagged))
    return np.stack([np.ones(len(y)), y, flagged, y * flagged, p], axis=1)


def rates(sums: np.ndarray) -> dict[str, np.ndarray]:
    """Each of RATES from sums of the columns of `tally`, (5,) or (5 x resamples); nan where nothing can be said."""
    n, events, flagged, found, expected = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "selection_rate": flagged / n,
            "fnr": 1 - found / events,
            "fpr": (flagged - found) / (n - events),
            "ppv": found / flagged,
            "o_e": events / expected,
        }


def rates_drawn(sums: np.ndarray, drawn: np.ndarray) -> dict[str, np.ndarray]:
    """Each of RATES in each resample, from the sums of a group, (5,), and those resampled, (5 x resamples).

    A rate of 0 or 1 is left as open as what it rests on leaves it (`models.resampling.left_open`), by a seed that is
    the same for the same rows only: groups that differ owe nothing to the same chance.
    """
    told, found, basis = rates(sums), rates(drawn), _basis(drawn)
    rows = np.rint(drawn[0]).astype(int)
    shares = {name: RESTS_ON[name] for name in RATES if name != "o_e"}
    return found | {
        name: left_open(told[name], found[name], basis[on], [place, *rows])
        for place, (name, on) in enumerate(shares.items())
    }


def _basis(sums: np.ndarray) -> dict[str, np.ndarray]:
    """What figures rest on, from sums of the columns of `tally`."""
    n, events, flagged = sums[:3]
    return {"n": n, "events": events, "others": n - events, "flagged": flagged}


def too_few(sums: np.ndarray, min_events: int = MIN_EVENTS) -> list[str]:
    """The figures that can't be told of a group with these sums of the columns of `tally`."""
    n, events, basis = *sums[:2], _basis(sums)
    return [f for f, on in RESTS_ON.items() if basis[on] < min_events or (f in TWO_SIDED and n - events < min_events)]


class _Ranked:
    """AUC and, if asked for, slope and ICI, which no sum gives: of a group's rows as they are or weighted."""

    def __init__(self, y, p, asked: list[str]):
        self._tally = Ranking(y, p)
        self._calibration = Calibration(y, p) if asked != ["auc"] else None

    def __call__(self, weights=None) -> dict[str, float]:
        found = {"auc": auc(*self._tally(weights))}
        if self._calibration is None:
            return found
        line = self._calibration(weights)
        return found | {name: line[name] for name in ("calibration_slope", "ici")}
