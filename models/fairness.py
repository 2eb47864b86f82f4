"""Every figure by group, with intervals, and plainly "unevaluable" where a group is too small to tell.

Checked against the aequitas toolkit's tables for COMPAS in tests/unit/test_fairness.py.
"""

import numpy as np
import pandas as pd

from models.ranking import Ranking, auc
from models.reliability import Calibration, reliability
from models.resampling import Resamples, figure, resample

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
TWO_SIDED = ("auc", "calibration_slope", "ici")  # they need as many without the event
BANDS = 5  # of scores, in which a group's promised and observed risks are compared
_UNDEFINED = {"value": None, "low": None, "high": None}


def by_group(
    y, p, flagged, groups: pd.DataFrame, clusters, *, min_events: int = 20, resamples: int = 200, seed: int = 0
) -> dict[str, list[dict]]:
    """Figures of each group of each attribute, ready for JSON: {attribute: [one record per group, by name]}.

    `y`, `p` (rows) truth and calibrated probability; `flagged` (rows) whether each row is on the service's list, or
    the chance of it under ties (models.capacity.flagged); `groups` (rows x attributes) text; `clusters` (rows) what is
    resampled whole. A record holds group, n, events, flagged, found (flagged that are events), {"value", "low",
    "high"} for each of selection_rate (flagged), fnr (events not flagged), fpr (non-events flagged), ppv (flagged that
    are events), o_e (observed over expected events), auc, calibration_slope and ici (models.reliability.Calibration),
    and "unevaluable": the names of the figures that rest on fewer than `min_events` events (fpr: non-events, ppv: rows
    flagged; auc, slope and ici: either), which are None and never to be read as passed.
    A missing group is an error of the caller (ValueError): it is a group too, "not stated".
    """
    if groups.isna().any(axis=None):
        raise ValueError("every row needs a group of every attribute; say 'not stated' where it is unknown")
    y, p, flagged = (np.asarray(a, dtype=float) for a in (y, p, flagged))
    draws = resample(clusters, resamples, seed)
    return {name: _attribute(groups[name], y, p, flagged, draws, min_events) for name in groups.columns}


def reliability_by_group(y, p, groups: pd.DataFrame, *, min_events: int = 20) -> pd.DataFrame:
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


def _attribute(group: pd.Series, y, p, flagged, draws: Resamples, min_events: int) -> list[dict]:
    records = []
    codes, names = pd.factorize(group.astype("str"), sort=True)
    for code, name in enumerate(names):
        member = codes == code
        y_, p_, seen_ = y[member], p[member], flagged[member]
        sums = np.stack([np.ones(len(y_)), y_, seen_, y_ * seen_, p_], axis=1)
        mine = Resamples(draws.groups[member], draws.drawn)
        ranked = _Ranked(y_, p_)
        value = _rates(sums.sum(axis=0)) | ranked()
        drawn = _rates(mine.sums(sums).T) | pd.DataFrame(mine.each(ranked)).to_dict("series")
        n, events, seen, found = sums.sum(axis=0)[:4]
        basis = {"n": n, "events": events, "others": n - events, "flagged": seen}
        unevaluable = [
            f for f, on in RESTS_ON.items() if basis[on] < min_events or (f in TWO_SIDED and n - events < min_events)
        ]
        records.append(
            {"group": str(name), "n": int(n), "events": int(events)}
            | {"flagged": round(float(seen), 2), "found": round(float(found), 2)}
            | {f: _UNDEFINED if f in unevaluable else figure(value[f], drawn[f]) for f in RESTS_ON}
            | {"unevaluable": unevaluable}
        )
    return records


class _Ranked:
    """The figures that no sum gives, of a group's rows as they are or weighted."""

    def __init__(self, y, p):
        self._tally, self._calibration = Ranking(y, p), Calibration(y, p)

    def __call__(self, weights=None) -> dict[str, float]:
        line = self._calibration(weights)
        return {"auc": auc(*self._tally(weights)), **{name: line[name] for name in ("calibration_slope", "ici")}}


def _rates(sums: np.ndarray) -> dict[str, np.ndarray]:
    n, events, flagged, found, expected = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "selection_rate": flagged / n,
            "fnr": 1 - found / events,
            "fpr": (flagged - found) / (n - events),
            "ppv": found / flagged,
            "o_e": events / expected,
        }
