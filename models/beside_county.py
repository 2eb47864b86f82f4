"""What may be told of groups beside the whole county, in every document alike: which are worse off, of which that can't
be told, and what would settle it.

A group is named as worse off wherever the whole interval says so, also where what was found of it is too small a number
to be shown: it is the groups missed most of whom few are found, and they would never be named. Their figures stay
hidden.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from models.disclosure import SMALLEST_SHOWN, rounded
from models.fairness import BROAD
from models.group_tables import hidden_counts, told
from models.wording import listed, plain

# The figures of `models.disparity` that documents tell, with the count that each is a rate of.
FIGURES = {"fnr_gap": "events", "ppv_ratio": "flagged", "o_e": "n"}
# What these and the ratio of being listed give away of a group: they are hidden as that is.
RATES = {"fnr_gap": "fnr", "ppv_ratio": "ppv", "o_e": "o_e", "selection_rate_ratio": "selection_rate"}
UNKNOWN = "not stated"  # a group of those of whom nothing is known: nobody tries to read it
# Of those a figure rests on: a larger group is nearly the county itself, which holds it. What small others do shows as
# a difference from it, and what is wrong with its own scores stands in the figures of all.
NEARLY_ALL = 0.8
# Of the county's rate of being listed. The four-fifths rule (29 CFR 1607.4 D) asks of any group below 0.8, where who is
# selected should not differ; a list follows need, which does. Below a tenth it is next to no use to a group, whoever
# may be in need.
HARDLY_EVER = 0.1
ONE_IN = 40  # true differences of nought have all of a 95 % interval on the worse side by chance


class Worse(NamedTuple):
    """A way to be worse off: the figure that says so, when its interval does, and what is said then."""

    figure: str
    holds: Callable[[dict], bool]
    said: str


WORSE = {
    "missed": Worse("fnr_gap", lambda of: of["low"] > 0, "Missed more often than the county as a whole"),
    "wrongly": Worse("ppv_ratio", lambda of: of["high"] < 1, "Listed wrongly more often"),
    "too high": Worse("o_e", lambda of: of["high"] < 1, "Scored too high (fewer had the outcome than the scores said)"),
    "too low": Worse("o_e", lambda of: of["low"] > 1, "Scored too low (more had the outcome than the scores said)"),
}


class Need(NamedTuple):
    """What would settle a figure of a group: how many with the outcome, and years of records as they come now."""

    group: str
    figure: str
    events: int
    years: int | None  # None where so few are on record that years would give them away


def sentences(e, say: Callable[..., str] = plain) -> list[str]:
    """All that is said of groups that are worse off: a sentence for each way, or that there is none, and those hardly
    ever listed. `say` puts an attribute in words, as `models.wording.plain` does."""
    found = {way.said: worse_off(e, name) for name, way in WORSE.items()}
    told = [f"{said}: {by_attribute(groups, e['names'], say)}." for said, groups in found.items() if groups]
    hardly = hardly_ever(e, say)
    return [*(told or [nobody_worse(e)]), *([hardly] if hardly else [])]


def hardly_ever(e, say: Callable[..., str] = plain) -> str:
    """What is said of the groups hardly ever listed; "" where there is none."""
    groups = hardly_listed(e)
    if not groups:
        return ""
    return (
        "Hardly ever listed (less than a tenth as often as the county as a whole): "
        f"{by_attribute(groups, e['names'], say)}. That may be right where few of a group have the outcome. For those "
        "of it who do, the list is next to no use."
    )


def by_attribute(groups: dict[str, list[str]], names=None, say: Callable[..., str] = plain) -> str:
    """Groups of attributes as a phrase.

    >>> by_attribute({"sex": ["male"], "age_band": ["16-24", "80+"]})
    'by sex, male; by age, 16-24 and 80+'
    """
    return "; ".join(f"by {say(attribute, names)}, {listed(of)}" for attribute, of in groups.items())


def worse_off(e, way: str) -> dict[str, list[str]]:
    """The groups of each attribute that are worse off in one of the ways of WORSE, by all of an interval."""
    figure, holds, _ = WORSE[way]
    return _named((attribute, record) for attribute, record in _told(e, figure) if holds(record["county"][figure]))


def hardly_listed(e) -> dict[str, list[str]]:
    """The groups of each attribute that are listed, by all of an interval, less than HARDLY_EVER as often as all are.

    Where how many of a group are listed may not be shown, it is named only if any hidden number would be as few: that
    it is named must not tell which it is.
    """
    counts, figure = counts_of(e["groups"]), "selection_rate_ratio"
    whole = [of for (attribute, _), of in counts.items() if attribute == next(iter(e["groups"]), None)]
    rate = sum(of["flagged"] for of in whole) / max(sum(of["n"] for of in whole), 1)
    may, found = {attribute: shown(attribute, e, figure) for attribute in e["audit"]["gaps"]}, []
    for attribute, record in _told(e, figure):
        if record["county"][figure]["high"] < HARDLY_EVER and (
            record["group"] in may[attribute] or HARDLY_EVER * rate * record["n"] >= SMALLEST_SHOWN - 1
        ):
            found.append((attribute, record))
    return _named(found)


def cannot_tell(e, figure: str) -> dict[str, list[str]]:
    """The groups of each attribute of which a figure can't be told."""
    return _named((attribute, record) for attribute, record in _groups(e) if not can_tell(record, figure))


def any_told(e) -> bool:
    """Whether it can be told of even one group whether it is worse off."""
    return any(True for way in WORSE.values() for _ in _told(e, way.figure))


def nobody_worse(e) -> str:
    """What is said where no group is named as worse off."""
    if not any_told(e):
        return "Nobody can tell: too few had the outcome to judge even one group. That must not be read as a pass."
    return (
        "In this test no group that could be judged was clearly missed more often, or wrongly listed more often, than "
        "the county as a whole, or scored clearly too high or too low. That does not prove that there is none."
    )


def by_chance(e) -> str:
    """How many of the groups would be named if none were worse off; "" where nothing was compared."""
    compared = sum(1 for way in WORSE.values() for _ in _told(e, way.figure))
    if not compared:
        return ""
    about = f"about {round(compared / ONE_IN)}" if compared >= ONE_IN else "fewer than one"
    made = "1 comparison" if compared == 1 else f"{compared} comparisons"
    return (
        f"{made} of a group could be made. If no group were worse off, chance alone would still name "
        f"one in {ONE_IN} of them: {about}. A group that makes up more than four fifths of those compared is not "
        "named here: it is nearly the whole county, and the figures of all are its own. The gates judge it as well."
    )


def can_tell(record: dict, figure: str) -> bool:
    """Whether a group has enough events, and those listed, for a figure with an interval."""
    of = record["county"].get(figure)
    return figure not in record["unevaluable"] and bool(of) and of["low"] is not None and of["high"] is not None


def _told(e, figure: str) -> Iterator[tuple[str, dict]]:
    """Attribute and record of the groups of which a figure can be told, but for those that are nearly everybody."""
    counts = counts_of(e["groups"])
    on = FIGURES.get(figure, "n")
    for attribute, record in _groups(e):
        all_of = [counts.get((attribute, of["group"]), {on: 0})[on] for of in e["audit"]["gaps"][attribute]]
        share = counts.get((attribute, record["group"]), {on: 0})[on] / max(sum(all_of), 1)
        if can_tell(record, figure) and share <= NEARLY_ALL:
            yield attribute, record


def _groups(e) -> Iterator[tuple[str, dict]]:
    """Attribute and record of each group that is compared: one that is everybody can't be behind the others."""
    for attribute, records in e["audit"]["gaps"].items():
        if len(records) > 1:
            yield from ((attribute, record) for record in records)


def _named(found: Iterable[tuple[str, dict]]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for attribute, record in found:
        named.setdefault(attribute, []).append(record["group"])
    return named


def untried(audit: dict, attribute: str) -> list[str]:
    """The groups of an attribute, broad ones if there are, of too few households to be read from the inputs."""
    gaps, read = audit.get("gaps") or {}, (audit.get("proxies") or {}).get(attribute) or {}
    tried = {of["group"] for of in read.get("groups", [])} | {UNKNOWN}
    return [of["group"] for of in gaps.get(f"{attribute}{BROAD}", gaps.get(attribute, [])) if of["group"] not in tried]


def table(attribute: str, e, said: dict[str, Callable[[dict | None], str]]) -> pd.DataFrame:
    """Each group of an attribute (group) with its FIGURES as `said` puts them in words.

    A figure is * where the counts that it rests on are small, or would give a small one away, as everywhere.
    """
    counts = counts_of(e["groups"])
    held = [
        (counts[attribute, record["group"]], record["county"])
        for record in e["audit"]["gaps"].get(attribute, [])
        if (attribute, record["group"]) in counts
    ]
    if not held:
        return pd.DataFrame(columns=["group", *said])
    columns = {name: (RATES[name], [say(county.get(name)) for _, county in held]) for name, say in said.items()}
    return told([of for of, _ in held], columns).rename(columns={"Group": "group"})[["group", *said]]


def shown(attribute: str, e, *figures: str) -> set[str]:
    """The groups of an attribute of which nothing keeps these figures from being shown."""
    told = table(attribute, e, dict.fromkeys(figures, lambda of: "shown")).set_index("group")
    return set(told.index[(told == "shown").all(axis=1)])


def counts_of(groups: dict[str, list[dict]]) -> dict[tuple[str, str], dict]:
    """The record of each group, with its counts, by attribute and name."""
    return {(attribute, record["group"]): record for attribute, records in groups.items() for record in records}


def to_settle(attribute: str, e) -> list[Need]:
    """What would settle the figures of an attribute's groups that can't be told.

    Years are reckoned from the count as it may be shown: from the exact one, or one that is hidden, they would give it
    away.
    """
    records = e["audit"]["gaps"].get(attribute, [])
    hides = hidden_counts(pd.DataFrame(records, columns=["group", "n", "events"]).set_index("group"))["events"]
    return [
        Need(record["group"], figure, need["events_needed"], None if of else _years(record["events"], need))
        for record, of in zip(records, hides, strict=True)
        for figure, need in record["unevaluable"].items()
        if need["events_needed"]
    ]


def _years(events: int, need: dict) -> int | None:
    if not events or not need["years_needed"]:
        return None
    return max(round(need["years_needed"] * events / rounded(events)), 1)
