"""Whether the order of groups hangs on how an outcome is counted: which is missed most, and which has it most."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from models.fairness import MIN_EVENTS, rates, rates_drawn, summed, tally
from models.resampling import resample

RECORDED = "as recorded"


@dataclass(frozen=True, eq=False)
class Way:
    """The rows whose outcome is known under a way of counting: y, p, flagged, clusters (rows), groups (rows x
    attributes), as `models.fairness.by_group` takes them."""

    y: np.ndarray
    p: np.ndarray
    flagged: np.ndarray
    groups: pd.DataFrame
    clusters: np.ndarray


def orders(
    recorded: Way, ways: dict[str, Way], *, min_events: int = MIN_EVENTS, resamples: int = 200, seed: int = 0
) -> dict[str, dict[str, dict]]:
    """The order of groups under each way of counting, that of the recorded labels first: {way: {attribute: record}}.

    A record holds "order", groups from the lowest FNR to the highest, and "rate_order", from the rarest event to the
    commonest, both of groups with `min_events` events; "clear", the pairs of groups whose FNR differs beyond chance
    (the 95 % interval of the difference is clear of zero) and "rate_clear", the same of how often the event happens;
    "pairs" and "rate_pairs", those that are clear both as recorded and here, and stand the other way round;
    "reversed", whether there is one of either; and "perhaps", those of either that are clear as recorded and stand the
    other way round here within chance.
    """
    measured = {
        name: _measured(way, min_events, resamples, seed) for name, way in ({RECORDED: recorded} | ways).items()
    }
    return {
        name: {
            attribute: _beside(measured[RECORDED][attribute], groups)
            | {"order": _order(groups, "fnr")}
            | {"rate_order": _order(groups, "rate")}
            for attribute, groups in attributes.items()
        }
        for name, attributes in measured.items()
    }


def _beside(before: dict[str, dict[str, np.ndarray]], after: dict[str, dict[str, np.ndarray]]) -> dict:
    """What stands the other way round, of pairs that are clear of chance as recorded."""
    clear, pairs, perhaps = {}, {}, []
    for figure in ("fnr", "rate"):
        clear[figure] = _clear(after, figure)
        turned = [pair for pair in _clear(before, figure) if _turned(before, after, figure, *pair)]
        pairs[figure] = [pair for pair in turned if pair in clear[figure]]
        perhaps += [pair for pair in turned if pair not in clear[figure]]
    return {
        "reversed": bool(pairs["fnr"] or pairs["rate"]),
        "pairs": pairs["fnr"],
        "rate_pairs": pairs["rate"],
        "perhaps": perhaps,
        "clear": clear["fnr"],
        "rate_clear": clear["rate"],
    }


def _order(groups: dict[str, dict[str, np.ndarray]], figure: str) -> list[str]:
    return sorted(groups, key=lambda group: groups[group][figure][0])


def _measured(way: Way, min_events: int, resamples: int, seed: int) -> dict[str, dict[str, dict[str, np.ndarray]]]:
    """{attribute: {group: {"fnr", "rate": (1 + resamples,)}}} of groups with enough events; all rows come first."""
    found: dict[str, dict[str, dict]] = {attribute: {} for attribute in way.groups.columns}
    draws = resample(way.clusters, resamples, seed)
    for attribute, group, _, value, drawn in summed(tally(way.y, way.p, way.flagged), way.groups, draws):
        if value[1] >= min_events:
            sums = np.column_stack([value, drawn])
            with np.errstate(divide="ignore", invalid="ignore"):
                found[attribute][group] = {
                    "fnr": np.r_[rates(value)["fnr"], rates_drawn(value, drawn)["fnr"]],
                    "rate": sums[1] / sums[0],
                }
    return found


def _clear(groups: dict[str, dict[str, np.ndarray]], figure: str) -> list[list[str]]:
    """The pairs of groups whose figure differs beyond chance, by name."""
    found = []
    for one, other in combinations(sorted(groups), 2):
        low, high = np.nanpercentile((groups[one][figure] - groups[other][figure])[1:], (2.5, 97.5))
        if low > 0 or high < 0:
            found.append([one, other])
    return found


def _turned(before: dict, after: dict, figure: str, one: str, other: str) -> bool:
    """Whether two groups stand the other way round; not where one of them is too small under the other way."""
    if one not in after or other not in after:
        return False
    was, is_ = (groups[one][figure][0] - groups[other][figure][0] for groups in (before, after))
    return bool(was * is_ < 0)
