"""The reference engine: what every feature, cohort and label means, in plain Python that is slow and easy to read.

It is the executable definition: where another engine differs, that engine is wrong. It walks over lists of rows, one
pair (resident or property, as-of date) at a time. Reading order: `home`, `lived_in_by` and `members` (who lives
where, as known at t), `seen` (which events a pair may see), `value` (each measure), then `eligible` and `label` (each
outcome).
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace as Row

import numpy as np
import pandas as pd

from features import timing
from features.outcomes import Occurs, Outcome, Reaches, Rises, StaysOpen
from features.pairs import read_pairs
from features.specs import MEASURES, Column, Events, Feature, Kind

# As what a feature of each grain, and an outcome of each scope, looks at the surroundings of a pair.
PARTS = {"resident": ("own",), "household": ("member", "household"), "property": ("property",)}
OUTCOME_PARTS = {
    "resident": ("own",),
    "home": ("own", "household"),
    "household": ("own", "household", "member"),
    "property": ("property",),
}


class Records:
    """The rows of a single view, looked up by whom they are about."""

    def __init__(self, view):
        def rows(table: str) -> list[Row]:
            return [Row(**row) for row in view.con.sql(f"SELECT * FROM {table}").to_arrow_table().to_pylist()]

        self.extract_on: date = view.about.extract_on
        self.has_residencies = "residencies" in view.tables
        self.residents = {r.resident_id: r for r in rows("residents")}
        self.properties = {p.property_id: p for p in rows("properties")}
        self.residencies, self.events = defaultdict(list), defaultdict(list)
        for r in rows("residencies"):
            self.residencies[r.resident_id].append(r)
        for e in rows("events"):
            self.events[e.unit, e.unit_id].append(e)


@dataclass(frozen=True)
class Pair:
    """What a pair is looked at from: the resident asked about (None for a property), the home at t, and t."""

    who: str | None
    home: Row | None
    t: date


def build(view, pairs, features: tuple[Feature, ...], kinds: tuple[Kind, ...], unit: str = "resident") -> pd.DataFrame:
    """The features of the pairs, as `engine.build` gives them: unit_id, as_of, one float32 column for each Column."""
    records, asked = Records(view), read_pairs(pairs).to_pylist()
    matrix = {"unit_id": [p["unit_id"] for p in asked], "as_of": [p["as_of"] for p in asked]}
    looked_at = [pair(records, unit, p["unit_id"], p["as_of"]) for p in asked]
    for column in (column for feature in features for column in feature.columns):
        values = [value(records, column, at, kinds) for at in looked_at]
        none = column.feature.none
        matrix[column.name] = np.array([none if v is None else v for v in values], dtype=np.float64).astype(np.float32)
    return pd.DataFrame(matrix)


def pair(records: Records, unit: str, unit_id: str, t: date) -> Pair:
    """A resident and their home; or, of a property, nobody in particular and the home of the household there."""
    if unit == "property":
        return Pair(None, lived_in_by(records, unit_id, t), t)
    return Pair(unit_id, home(records, unit_id, t), t)


# Who lives where


def home(records: Records, resident_id: str, t: date) -> Row | None:
    """The residency that is home at t: of those known and open, the latest begun, then the latest recorded."""
    open_ones = [
        r
        for r in records.residencies[resident_id]
        if timing.known(r.recorded_on, None, t) and timing.open_at(r.started_on, r.ended_on, r.end_recorded_on, t)
    ]

    def order(r: Row):
        return r.started_on, r.recorded_on, r.household_id, r.property_id or ""

    return max(open_ones, key=order, default=None)


def lived_in_by(records: Records, property_id: str, t: date) -> Row | None:
    """The residency by which a dwelling is lived in at t: of the homes there of the living, the latest begun, then the
    latest recorded, then the last household_id. Its household is the one that the dwelling is looked at through."""
    homes = [home(records, person, t) for person in records.residents if living(records, person, t)]
    there = [r for r in homes if r and r.property_id == property_id]
    return max(there, key=lambda r: (r.started_on, r.recorded_on, r.household_id), default=None)


def living(records: Records, resident_id: str, t: date) -> bool:
    """Whether somebody on record was born by t and not known to have died."""
    resident = records.residents.get(resident_id)
    if resident is None or (resident.born_on is not None and not timing.in_window(resident.born_on, t, None)):
        return False
    return not timing.known_dead(resident.died_on, resident.death_recorded_on, t)


def members(records: Records, at: Pair) -> list[str]:
    """Everyone but the resident asked about, born and not known to have died, whose home at t is the household."""
    if at.home is None:
        return []
    homes = {other: home(records, other, at.t) for other in records.residents if other != at.who}
    return [
        other
        for other, theirs in homes.items()
        if theirs and theirs.household_id == at.home.household_id and living(records, other, at.t)
    ]


def property_of(records: Records, residency: Row | None, t: date) -> Row | None:
    """The property of a home, if it was known at t."""
    found = records.properties.get(residency.property_id) if residency else None
    return found if found and timing.known(found.recorded_on, None, t) else None


# Which events a pair sees


def subjects(records: Records, at: Pair, parts: tuple[str, ...]) -> list[tuple[str, str]]:
    """Whom or what a pair's events may be about, as (unit, unit_id): the resident's own, and of the home."""
    found = []
    if "own" in parts and at.who:
        found.append(("resident", at.who))
    if "household" in parts and at.home:
        found.append(("household", at.home.household_id))
    if "property" in parts and at.home and at.home.property_id:
        found.append(("property", at.home.property_id))
    if "member" in parts:
        found += [("resident", other) for other in members(records, at)]
    return found


def seen(records: Records, about: list[tuple[str, str]], t: date) -> list[Row]:
    """The events about these subjects that were known at t and happened before it."""
    return [
        e
        for subject in about
        for e in records.events[subject]
        if timing.known(e.recorded_on, e.withdrawn_on, t) and timing.in_window(e.occurred_on, t, None)
    ]


def selects(of: Events, e: Row) -> bool:
    """Whether an event is one of these; what the event lacks matches no condition."""
    return (
        (of.agency is None or e.agency == of.agency)
        and (not of.kinds or e.kind in of.kinds)
        and (of.role is None or e.role == of.role)
        and (of.ladder is None or e.ladder == of.ladder)
        and (of.min_tier is None or (e.tier is not None and e.tier >= of.min_tier))
        and (of.min_amount is None or (e.amount is not None and e.amount >= of.min_amount))
    )


def open_spells(found: list[Row], kinds: tuple[Kind, ...], t: date, allowance_days: int = 0) -> list[Row]:
    """Of these events, those of a kind that lasts and that were not known, at t or later, to be over at t."""
    spells = {(kind.agency, kind.kind) for kind in kinds if kind.spell}
    return [
        e
        for e in found
        if (e.agency, e.kind) in spells
        and timing.open_at(e.occurred_on, e.ended_on, e.end_recorded_on, t, allowance_days)
    ]


# What is made of them


def value(records: Records, column: Column, at: Pair, kinds: tuple[Kind, ...]) -> float | None:
    """One number of the matrix, before rounding to float32; None where nothing is recorded."""
    feature, measure, t = column.feature, column.feature.measure, at.t
    if feature.grain == "area":
        return area_rate(records, column, at)
    if MEASURES[measure.op][0]:
        about = subjects(records, at, PARTS[feature.grain])
        return of_events(column, [e for e in seen(records, about, t) if selects(measure.of, e)], t, kinds)
    resident = records.residents.get(at.who)
    if measure.op == "attribute":
        return of_attribute(column, resident if feature.grain == "resident" else property_of(records, at.home, t))
    if measure.op == "age":
        return timing.age_at(resident.born_on, t) if resident and resident.born_on else None
    if measure.op == "days_at_home":
        return timing.days_between(at.home.started_on, t) if at.home else None
    if measure.op == "members":
        people = [at.who, *members(records, at)]
        return sum(of_ages(records, person, t, measure.ages) for person in people) if at.home else None
    if measure.op == "moves":
        begun = [r.started_on for r in records.residencies[at.who] if timing.known(r.recorded_on, None, t)]
        # The first residency known is where a life here began, not a move.
        return sum(timing.in_window(day, t, column.days[0]) for day in begun if day != min(begun)) or None
    raise ValueError(f"the reference engine does not know {measure.op}")


def of_events(column: Column, found: list[Row], t: date, kinds: tuple[Kind, ...]) -> float | None:
    """A measure of these events, all known at t and before it."""
    op = column.feature.measure.op
    if op == "recent_to_long":
        recent, long = column.days
        n_recent, n_long = (sum(timing.in_window(e.occurred_on, t, days) for e in found) for days in (recent, long))
        return (n_recent * long) / (n_long * recent) if n_long else None
    days = column.days[0] if column.days else None
    found = [e for e in found if timing.in_window(e.occurred_on, t, days)]
    if op in ("open_now", "days_open", "highest_open_tier"):
        found = open_spells(found, kinds, t)
    tiers = [e.tier for e in found if e.tier is not None]
    amounts = [e.amount for e in found if e.amount is not None]
    if not found:
        return None
    if op in ("count", "open_now"):
        return len(found)
    if op == "distinct_days":
        return len({e.occurred_on for e in found})
    if op == "total":
        return sum(amounts)
    if op == "largest":
        return max(amounts, default=None)
    if op in ("highest_tier", "highest_open_tier"):
        return max(tiers, default=None)
    if op == "distinct_agencies":
        return len({e.agency for e in found})
    if op == "days_since_last":
        return min(timing.days_between(e.occurred_on, t) for e in found)
    if op == "days_open":
        return max(timing.days_between(e.occurred_on, t) for e in found)
    raise ValueError(f"the reference engine does not know {op}")


def of_attribute(column: Column, holder: Row | None) -> float | None:
    """A column of a resident or a known property; None where there is no such holder or no value that is listed."""
    measure = column.feature.measure
    if holder is None:
        return None
    held = getattr(holder, measure.name)
    if column.category is not None:
        return 1 if held == column.category else 0
    if measure.order:
        return measure.order.index(held) if held in measure.order else None
    return None if held is None else float(held)


def of_ages(records: Records, resident_id: str | None, t: date, ages: tuple[int | None, int | None]) -> bool:
    """Whether someone is at least the first age and below the second; without a birth date, only if both are open."""
    low, high = ages
    resident = records.residents.get(resident_id)
    if resident is None or (low is None and high is None):
        return resident is not None
    if resident.born_on is None:
        return False
    age = timing.age_at(resident.born_on, t)
    return (low is None or age >= low) and (high is None or age < high)


def area_rate(records: Records, column: Column, at: Pair) -> float | None:
    """Events for every 1,000 residents of the LSOA of the pair's home, all as known on the first day of t's month."""
    here, m = property_of(records, at.home, at.t), timing.month_start(at.t)
    if here is None or here.lsoa is None:
        return None

    def in_area(person: str) -> bool:
        there = property_of(records, home(records, person, m), m)
        return there is not None and there.lsoa == here.lsoa and living(records, person, m)

    people = [person for person in records.residents if in_area(person)]
    if not people:
        return None
    about = {("resident", person) for person in people}
    about |= {("household", home(records, person, m).household_id) for person in people}
    about |= {
        ("property", p.property_id)
        for p in records.properties.values()
        if p.lsoa == here.lsoa and timing.known(p.recorded_on, None, m)
    }
    found = [e for e in seen(records, sorted(about), m) if selects(column.feature.measure.of, e)]
    return 1000 * sum(timing.in_window(e.occurred_on, m, column.days[0]) for e in found) / len(people)


# Outcomes


def holds(rule: Occurs | Reaches, found: list[Row]) -> bool:
    """Whether a rule holds of these events."""
    if isinstance(rule, Occurs):
        return any(selects(of, e) for of in rule.any_of for e in found)
    shown = [name for name, any_of in rule.contacts if any(selects(of, e) for of in any_of for e in found)]
    return len(shown) >= rule.at_least


def open_tiers(records: Records, rule: Rises, at: Pair, kinds: tuple[Kind, ...]) -> dict[str, int]:
    """The highest tier open at t on each ladder of the rule that has one."""
    found = seen(records, subjects(records, at, OUTCOME_PARTS[rule.scope]), at.t)
    spells = [e for e in open_spells(found, kinds, at.t) if e.tier is not None]
    tiers = {ladder: [e.tier for e in spells if e.ladder == ladder] for ladder, _ in rule.ladders}
    return {ladder: max(of_ladder) for ladder, of_ladder in tiers.items() if of_ladder}


def eligible(records: Records, outcome: Outcome, unit_id: str, t: date, kinds: tuple[Kind, ...]) -> str | None:
    """None if the resident or property is in the cohort at t, or the first step of `cohorts.steps` that it fails."""
    at = pair(records, outcome.unit, unit_id, t)
    if outcome.unit == "property":
        if not timing.known(records.properties[unit_id].recorded_on, None, t):
            return "recorded"
        return None if at.home else "lived_in"
    resident, among, rule = records.residents[unit_id], outcome.among, outcome.rule
    if resident.born_on is not None and not timing.in_window(resident.born_on, t, None):
        return "known"
    residencies = records.residencies[unit_id]
    if records.has_residencies and not any(timing.known(r.recorded_on, None, t) for r in residencies):
        return "known"
    if not living(records, unit_id, t):
        return "alive"
    if records.has_residencies and at.home is None:
        return "here"
    if not of_ages(records, unit_id, t, among.ages):
        return "age"
    if among.involved:
        tiers, top = open_tiers(records, rule, at, kinds), dict(rule.ladders)
        if not any(tier < top[ladder] for ladder, tier in tiers.items()):
            return "involved"
    if among.not_already_days is not None:
        found = seen(records, subjects(records, at, OUTCOME_PARTS[rule.scope]), t)
        if holds(rule, [e for e in found if timing.in_window(e.occurred_on, t, among.not_already_days)]):
            return "not_already"
    return None


def label(
    records: Records, outcome: Outcome, unit_id: str, t: date, allowance_days: int, kinds: tuple[Kind, ...]
) -> tuple[bool | None, str]:
    """The label of a pair and how it came about, as `labels.labels` gives them."""
    rule, gap, horizon = outcome.rule, outcome.gap_days, outcome.horizon_days
    end, s = timing.outcome_ends(t, gap, horizon), timing.settled_on(t, gap, horizon, allowance_days)
    if timing.unsettled(s, records.extract_on):
        return None, "immature"

    at = pair(records, outcome.unit, unit_id, t)
    died_on, left_on, stays = fate(records, at.who, end, s)
    about = subjects(records, at, OUTCOME_PARTS[rule.scope])
    known = [e for subject in about for e in records.events[subject] if timing.known(e.recorded_on, e.withdrawn_on, s)]
    found = [
        e
        for e in known
        if timing.in_outcome_window(e.occurred_on, t, gap, horizon)
        and timing.before_exit(e.occurred_on, died_on, left_on)
    ]
    if isinstance(rule, StaysOpen):
        begun = [e for e in known if selects(rule.of, e) and timing.in_window(e.occurred_on, t, None)]
        # Who has died or left by the end has no spell here any more, whatever the records still say.
        happened = bool(open_spells(begun, kinds, end, allowance_days)) and timing.before_exit(end, died_on, left_on)
    elif isinstance(rule, Rises):
        tiers = open_tiers(records, rule, at, kinds)
        happened = any(e.ladder in tiers and e.tier is not None and e.tier > tiers[e.ladder] for e in found)
    else:
        happened = holds(rule, found)
    if happened:
        return True, "event"
    if died_on:
        return False, "died"
    return (False, "no event") if stays else (None, "left")


def fate(records: Records, resident_id: str | None, end: date, s: date) -> tuple[date | None, date | None, bool]:
    """What had become of a resident by the day before `end`, as known at s: the day of death, the latest end of a
    residency where none lasts, and whether one lasts. A dwelling neither dies nor leaves."""
    if resident_id is None:
        return None, None, True
    resident = records.residents.get(resident_id)
    died = resident is not None and timing.over_by(resident.died_on, resident.death_recorded_on, end, s)
    lived = [r for r in records.residencies[resident_id] if timing.known(r.recorded_on, None, s)]
    stays = any(timing.lasts_to(r.started_on, r.ended_on, r.end_recorded_on, end, s) for r in lived)
    ends = [r.ended_on for r in lived if timing.over_by(r.ended_on, r.end_recorded_on, end, s)]
    left_on = None if stays else max(ends, default=None)
    return resident.died_on if died else None, left_on, stays or not records.has_residencies
