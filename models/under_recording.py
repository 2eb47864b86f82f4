"""What the figures of a group would be had part of its outcomes never been recorded.

A label is what a service wrote down: whom it does not reach has no outcome on record, and a model that misses them
looks right. Here one group at a time has more outcomes than were recorded, as likely among those without one as the
score says; the other groups are as recorded.
"""

import numpy as np
import pandas as pd

from models.fairness import MIN_EVENTS, summed, tally
from models.resampling import figure, left_open, number, resample

SHARES = (0.10, 0.25, 0.50)  # of a group's outcomes that were never recorded
_COUNTY = "county"


def under_recording(
    y,
    p,
    flagged,
    groups: pd.DataFrame,
    clusters,
    *,
    min_events: int = MIN_EVENTS,
    resamples: int = 200,
    seed: int = 0,
) -> list[dict]:
    """One record for each group of each attribute that has `min_events` events, ready for JSON.

    Rows as in `models.fairness.by_group`. A record holds attribute, group, events; "as_recorded" and, for each of
    SHARES, an item of "shares": share, and fnr, ppv, o_e and fnr_gap (to the county, that group's hidden outcomes
    included) as {"value", "low", "high"}; "tips_at": the smallest share at which the group changes places in FNR with
    another, "tips_with" its name, both None where no share does it.

    If a share u of all outcomes is hidden, and h is the FNR among the hidden (the score's own, of rows without an
    event), then FNR becomes (1 - u) FNR + u h: it moves in a straight line, and where two groups meet follows from it.
    That is exact while few of a group's rows have the outcome; where many do, the likeliest run out first.
    """
    p, flagged = np.asarray(p, dtype=float), np.asarray(flagged, dtype=float)
    counted = tally(y, p, flagged)
    unrecorded = p * (1 - counted[:, 1])  # how likely each row's outcome is among the hidden, up to a factor
    columns = np.column_stack([counted[:, 1:], unrecorded, unrecorded * flagged])
    draws, everybody = resample(clusters, resamples, seed), pd.DataFrame({_COUNTY: np.full(len(columns), _COUNTY)})
    [county] = [sums for *_, sums in _sums(columns, everybody, draws)]
    found = []
    for attribute in groups.columns:
        sides = {name: sums for _, name, sums in _sums(columns, groups[[attribute]], draws) if sums[0, 0] >= min_events}
        lines = {name: (_fnr(sums)[0], _hidden_fnr(sums)[0]) for name, sums in sides.items()}
        for name, sums in sides.items():
            share, other = _tips(name, lines)
            found.append(
                {"attribute": attribute, "group": name, "events": int(sums[0, 0])}
                | {"as_recorded": _figures(sums, county, 0.0)}
                | {"shares": [{"share": u} | _figures(sums, county, u) for u in SHARES]}
                | {"tips_at": share, "tips_with": other}
            )
    return found


def _sums(columns: np.ndarray, groups: pd.DataFrame, draws):
    """Attribute, group, and the sums of its columns: (columns x 1 + resamples), those of the rows as they are first."""
    for attribute, name, _, value, drawn in summed(columns, groups, draws):
        yield attribute, name, np.column_stack([value, drawn])


def _figures(sums: np.ndarray, county: np.ndarray, share: float) -> dict[str, dict]:
    """The figures of a group, were this share of its outcomes hidden."""
    events, flagged, found, expected = sums[:4]
    with np.errstate(divide="ignore", invalid="ignore"):
        hidden = events * share / (1 - share)
        missed = (events - found) + hidden * _hidden_fnr(sums)
        told = {
            "fnr": missed / (events + hidden),
            "ppv": np.minimum((found + hidden * (1 - _hidden_fnr(sums))) / flagged, 1),
            "o_e": (events + hidden) / expected,
        }
        for place, (rate, on) in enumerate({"fnr": events, "ppv": flagged}.items()):
            told[rate][1:] = left_open(told[rate][0], told[rate][1:], on[1:], [place, *np.rint(events[1:]).astype(int)])
        elsewhere = (county[0] - county[2]) - (events - found)  # missed outcomes of the other groups
        told["fnr_gap"] = told["fnr"] - (elsewhere + missed) / (county[0] + hidden)
    return {name: figure(of[0], of[1:]) for name, of in told.items()}


def _fnr(sums: np.ndarray) -> np.ndarray:
    return 1 - sums[2] / sums[0]


def _hidden_fnr(sums: np.ndarray) -> np.ndarray:
    return 1 - sums[5] / sums[4]


def _tips(name: str, lines: dict[str, tuple[float, float]]) -> tuple[float | None, str | None]:
    """The smallest share at which the line of a group crosses the level of another, and which one that is."""
    fnr, hidden = lines[name]
    met = [((level - fnr) / (hidden - fnr), other) for other, (level, _) in lines.items() if hidden != fnr]
    met = [(share, other) for share, other in met if other != name and 0 < share < 1]
    share, other = min(met, default=(np.nan, None))
    return number(share), other
