"""How far each group is from the county and from the largest group, and how many events it would take to tell.

Ratios to a reference group are checked against the aequitas toolkit's table for COMPAS in tests/unit/test_disparity.py.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from models.fairness import MIN_EVENTS, UNDEFINED, rates, rates_drawn, summed, tally, too_few
from models.resampling import figure, number, resample

GAPS = {f"{rate}_gap": rate for rate in ("fnr", "fpr")}  # the group's rate less the other's
RATIOS = {f"{rate}_ratio": rate for rate in ("selection_rate", "fnr", "fpr", "ppv")}  # the group's over the other's
OWN = {"o_e": "o_e"}  # says by itself whether a group was promised too much or too little
Z = 1.96  # standard errors each way in a 95 % interval
GAP_WITHIN = 0.10  # half an interval that tells a gap of 0.10 from none
EXPECTED = 5  # of a group's events, both found and missed, at the other side's rate (Cochran 1954, Biometrics 10:417)
RATIO_WITHIN = math.log(1.25)  # the same of a ratio and of O:E, which 0.8 and 1.25 bound


def disparities(
    y,
    p,
    flagged,
    groups: pd.DataFrame,
    clusters,
    *,
    years: float,
    references: dict[str, str] | None = None,
    min_events: int = MIN_EVENTS,
    expected: float = EXPECTED,
    resamples: int = 200,
    seed: int = 0,
) -> dict[str, list[dict]]:
    """Each group beside the county and the largest group of its attribute, ready for JSON: {attribute: [record]}.

    Rows as in `models.fairness.by_group`; `years` is how long their events took to come together; `references` names
    another group of an attribute than the largest. A record holds group, n, events, reference (that group's name);
    "county" and "against_reference": {"value", "low", "high"} on the same resamples for fnr_gap and fpr_gap (a
    difference), selection_rate_ratio, fnr_ratio, fpr_ratio and ppv_ratio, and o_e (the group's own, in both); "needed":
    {"events_needed", "years_needed"} for each of fnr_gap, ppv_ratio and o_e; and "unevaluable": those of "needed" that
    the county can't be compared with. The county includes the group.

    A comparison is None where either side rests on fewer than `min_events`, or where fewer than `expected` of the
    group's rows would be counted, or not counted, at the other side's rate: that nobody was found among so few says
    hardly anything.
    """
    columns, draws = tally(y, p, flagged), resample(clusters, resamples, seed)
    everybody = pd.DataFrame({"county": np.full(len(columns), "county")})
    county, found = next(_Side(*told, min_events, expected) for _, told in _sides(columns, everybody, draws)), {}
    wanted = county.events_needed()
    for attribute in groups.columns:
        sides = {name: _Side(*told, min_events, expected) for name, told in _sides(columns, groups[[attribute]], draws)}
        reference = (references or {}).get(attribute) or max(sides, key=lambda name: sides[name].n)
        found[attribute] = []
        for name, side in sides.items():
            # A group that had no event yet is taken to have them as often as the county.
            yearly = (side.events or side.n * county.events / county.n) / years
            needed = {figure: _needed(events, yearly) for figure, events in wanted.items()}
            beside = side.beside(county)
            found[attribute].append(
                {"group": name, "n": side.n, "events": side.events, "reference": reference}
                | {"county": beside, "against_reference": side.beside(sides[reference]), "needed": needed}
                | {"unevaluable": {f: n for f, n in needed.items() if beside[f]["value"] is None}}
            )
    return found


def years_of(lists, horizon_days: int) -> float:
    """How many years of asking these lists (days) are: what `disparities` takes as `years`.

    From the first to the last and one step more; a single list stands for one horizon.

    >>> round(years_of(["2023-01-01", "2023-07-01"], 365), 2)
    0.99
    """
    days = pd.to_datetime(pd.Series(lists).astype("str")).drop_duplicates()
    if len(days) < 2:
        return horizon_days / 365.25
    return (days.max() - days.min()).days * len(days) / (len(days) - 1) / 365.25


_RATE = GAPS | RATIOS | OWN


@dataclass(frozen=True, eq=False)
class _Side:
    """The sums of `tally` of a group, (5,) and (5 x resamples), and what they can't tell."""

    sums: np.ndarray
    drawn: np.ndarray
    min_events: int
    expected: float

    @property
    def n(self) -> int:
        return int(self.sums[0])

    @property
    def events(self) -> int:
        return int(self.sums[1])

    @cached_property
    def rates(self) -> tuple[dict, dict]:
        """Each rate, and its draws."""
        return rates(self.sums), rates_drawn(self.sums, self.drawn)

    def beside(self, other: "_Side") -> dict[str, dict]:
        few, found = self._too_few(other), {}
        (mine, mine_drawn), (its, its_drawn) = (self.rates, other.rates)
        with np.errstate(divide="ignore", invalid="ignore"):
            for name, rate in GAPS.items():
                found[name] = (mine[rate] - its[rate], mine_drawn[rate] - its_drawn[rate])
            for name, rate in RATIOS.items():
                found[name] = (mine[rate] / its[rate], mine_drawn[rate] / its_drawn[rate])
        found = {name: UNDEFINED if _RATE[name] in few else figure(*told) for name, told in found.items()}
        return found | {"o_e": UNDEFINED if "o_e" in few else figure(mine["o_e"], mine_drawn["o_e"])}

    def _too_few(self, other: "_Side") -> set[str]:
        """The rates that can't be compared."""
        few, its = {*too_few(self.sums, self.min_events), *too_few(other.sums, self.min_events)}, rates(other.sums)
        n, events, flagged = self.sums[:3]
        basis = {"selection_rate": n, "fnr": events, "fpr": n - events, "ppv": flagged}
        return few | {r for r, of in basis.items() if not of * min(its[r], 1 - its[r]) >= self.expected}

    def events_needed(self) -> dict[str, int]:
        """Events of a group like these rows whose interval would reach GAP_WITHIN or RATIO_WITHIN each way.

        The size that a proportion f needs is Z² f (1 - f) / half-width² (Cochran 1977, *Sampling Techniques*, 4.4); of
        the logarithm of a proportion it is Z² (1 - f) / f / half-width² (Katz et al. 1978, Biometrics 34:469), and of
        that of O:E, whose standard error is 1 / sqrt(events), Z² / half-width² (Debray et al. 2017, BMJ 356:i6460).
        Each is multiplied by the design effect (Kish 1965, *Survey Sampling*, 8.2): how much more these rows' figure
        varies over resampled households than that of so many independent events. The proportions are these rows' with
        two added of each kind, so that none is taken to be 0 or 1 (Agresti and Coull 1998, American Statistician
        52:119); there must be an event and somebody flagged.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            (_, events, flagged, found, _), drawn = self.sums, rates(self.drawn)
            fnr, ppv = (events - found + 2) / (events + 4), (found + 2) / (flagged + 4)
            as_if = {
                "fnr_gap": (fnr * (1 - fnr) / events, np.var(drawn["fnr"]), GAP_WITHIN),
                "ppv_ratio": ((1 - ppv) / (ppv * flagged), np.var(np.log(drawn["ppv"])), RATIO_WITHIN),
                "o_e": (1 / events, np.var(np.log(drawn["o_e"])), RATIO_WITHIN),
            }
            needed = {
                # A variance of these rows at so many events becomes the one that is asked for at so many times as many.
                name: events * np.fmax(simple, varied) * (Z / within) ** 2
                for name, (simple, varied, within) in as_if.items()
            }
        least = max(self.min_events, self.expected / min(fnr, 1 - fnr))
        return {name: math.ceil(max(least, events)) for name, events in needed.items()}


def _sides(columns: np.ndarray, groups: pd.DataFrame, draws):
    for _, name, _, sums, drawn in summed(columns, groups, draws):
        yield name, (sums, drawn)


def _needed(events: int, yearly: float) -> dict:
    return {"events_needed": events, "years_needed": number(events / yearly)}
