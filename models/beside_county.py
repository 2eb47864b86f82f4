"""What may be told of groups beside the whole county, in every document alike: which are worse off, of which that can't
be told, and what would settle it.

A group is named as worse off wherever the whole interval says so, also where what was found of it is too small a number
to be shown: it is the groups missed most of whom few are found, and they would never be named. Their figures stay
hidden.
"""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from models.disclosure import SUPPRESSED, rounded
from models.disclosure import table as disclosed

# The figures of `models.disparity` that documents tell, with the counts above and below the line of each.
FIGURES = {"fnr_gap": ("found", "events"), "ppv_ratio": ("found", "flagged"), "o_e": ("events", "n")}
COUNTS = ("n", "events", "flagged", "found")
WORSE = {"fnr_gap": lambda of: of["low"] > 0, "ppv_ratio": lambda of: of["high"] < 1}


class Need(NamedTuple):
    """What would settle a figure of a group: how many with the outcome, and years of records as they come now."""

    group: str
    figure: str
    events: int
    years: int | None  # None where so few are on record that years would give them away


def worse_off(e, figure: str) -> dict[str, list[str]]:
    """The groups of each attribute of which a figure's whole interval is worse than the county."""
    return _where(e, lambda record: can_tell(record, figure) and WORSE[figure](record["county"][figure]))


def cannot_tell(e, figure: str) -> dict[str, list[str]]:
    """The groups of each attribute of which a figure can't be told."""
    return _where(e, lambda record: not can_tell(record, figure))


def any_told(e) -> bool:
    """Whether it can be told of even one group whether it is worse off."""
    groups = [record for records in e["audit"]["gaps"].values() if len(records) > 1 for record in records]
    return any(can_tell(record, figure) for record in groups for figure in WORSE)


def nobody_worse(e) -> str:
    """What is said where no group is named as worse off."""
    if not any_told(e):
        return "Nobody can tell: too few had the outcome to judge even one group. That must not be read as a pass."
    return (
        "In this test no group that could be judged was clearly missed more often, or wrongly listed more often, than "
        "the county as a whole. That does not prove that there is none."
    )


def can_tell(record: dict, figure: str) -> bool:
    """Whether a group has enough events, and those listed, for a figure with an interval."""
    of = record["county"].get(figure)
    return figure not in record["unevaluable"] and bool(of) and of["low"] is not None and of["high"] is not None


def _where(e, holds: Callable[[dict], bool]) -> dict[str, list[str]]:
    found = {
        attribute: [record["group"] for record in records if holds(record)]
        for attribute, records in e["audit"]["gaps"].items()
        if len(records) > 1  # a group that is everybody can't be behind them
    }
    return {attribute: groups for attribute, groups in found.items() if groups}


def table(attribute: str, e, said: dict[str, Callable[[dict | None], str]]) -> pd.DataFrame:
    """Each group of an attribute (group) with its FIGURES as `said` puts them in words.

    A figure is * where the counts that it rests on are small, or would give a small one away.
    """
    counts = counts_of(e["groups"])
    rows = [
        {"group": record["group"]} | held | {name: say(record["county"].get(name)) for name, say in said.items()}
        for record in e["audit"]["gaps"].get(attribute, [])
        if (held := counts.get((attribute, record["group"])))
    ]
    columns = ["group", *COUNTS, *said]
    shown = disclosed(
        pd.DataFrame(rows, columns=columns), counts=[*COUNTS], rates={figure: FIGURES[figure] for figure in said}
    )
    return shown[["group", *said]]


def counts_of(groups: dict[str, list[dict]]) -> dict[tuple[str, str], dict]:
    """The counts of each group; of broad groups ("Asian", of "Asian: Indian" and others, which the audit also looks
    at) by adding up their parts."""
    counts: dict[tuple[str, str], dict] = {}
    for attribute, records in groups.items():
        for record in records:
            of = {name: record[name] for name in COUNTS}
            broad = f"{attribute}_broad", record["group"].partition(": ")[0]
            counts[attribute, record["group"]] = of
            so_far = counts.get(broad, dict.fromkeys(COUNTS, 0))
            counts[broad] = {name: so_far[name] + n for name, n in of.items()}
    return counts


def to_settle(attribute: str, e) -> list[Need]:
    """What would settle the figures of an attribute's groups that can't be told.

    Years are reckoned from the count as it may be shown: from the exact one, or one that is hidden, they would give it
    away.
    """
    records = e["audit"]["gaps"].get(attribute, [])
    counts = pd.DataFrame([{name: record[name] for name in ("n", "events")} for record in records])
    shown = disclosed(counts, counts=["n", "events"])["events"] if records else ()
    return [
        Need(record["group"], figure, need["events_needed"], _years(record["events"], of, need))
        for record, of in zip(records, shown, strict=True)
        for figure, need in record["unevaluable"].items()
        if need["events_needed"]
    ]


def _years(events: int, shown: str, need: dict) -> int | None:
    if shown in (SUPPRESSED, "0") or not need["years_needed"]:
        return None
    return max(round(need["years_needed"] * events / rounded(events)), 1)
