"""The compiled loops: each pair walks over the records around it and adds them up, nothing else.

They know no rule of their own. Days are numbers (1970-01-01 is 0); a record holds its first and last day of every
state, made by `features.timing`; who is asked about what is made by `features.plan`. Worked example: A and B live in
household H (number 2, after residents 0 and 1), and A is asked about at t, day 18,414, over 30 days. Events stand one
unit after another, those of unit u from start[u] up to start[u + 1]:

    unit      start  occurred  known_from  withdrawn_from  combo
    0 (A)     0      18,386    18,387      NEVER           0      a call
    0 (A)            18,413    18,415      NEVER           0      a call, recorded too late
    1 (B)     2      18,400    18,401      NEVER           1      a visit

`tally` of A as "own" takes every event with known_from <= t < withdrawn_from and t - 30 <= occurred < t, the first,
and obeys the plan for combo 0 of an "own" event: add 1 to slot 0. Then H's events, then those of B, who lived there
at t. `rows` does so for one pair after another; a pair's numbers depend on nothing but its own records, so blocks,
threads and dates make no difference.

All loops stand in this one file: what numba has compiled is kept until the file that a loop stands in changes, and of
another file it would not notice.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

NEVER = np.int32(2**31 - 1)  # a day that does not come
NOBODY = np.int32(-1)
MISSING = np.int64(-(2**63))  # an amount that is not recorded, a maximum over nothing
NO_TIER = np.int32(-(2**31))
OWN, HOUSEHOLD, MEMBER, PROPERTY = range(4)  # as what a pair sees an event
COUNT, AMOUNT, LARGEST, TIER, LATEST, EARLIEST, AGENCY, DAY = range(8)  # what an instruction does with an event
NUMBER, SUM, VALUE, SINCE, SPAN, RATIO, AGENCIES, DAYS, PEOPLE = range(9)  # how a column is read
BITS = 63  # agencies in a slot
ANY_AGE = 2**40  # of a range of ages without a bound

compiled = njit(nogil=True, cache=True, error_model="numpy")
# Of what is called for every record: a call would count its holders up and down for each array handed over.
inlined = njit(nogil=True, inline="always", error_model="numpy")


class People(NamedTuple):
    """Arrays (residents,): the days between which each is alive as far as is known, and the birth date as a number."""

    on_record: np.ndarray
    alive_from: np.ndarray
    dead_from: np.ndarray
    born: np.ndarray  # such as 19800229; 0 for unknown
    died: np.ndarray
    death_known_from: np.ndarray


class Homes(NamedTuple):
    """Residencies by resident, those of number i from start[i] to start[i + 1], later ones taking precedence.

    `others` lists everybody on record who ever had a residency in a household, those of the first household, which is
    unit `first_household`, from others_start[0] on.
    """

    start: np.ndarray
    rows: np.ndarray  # of RESIDENCY
    first_household: int
    others_start: np.ndarray
    others: np.ndarray


class Events(NamedTuple):
    """Events by unit, those of unit u from start[u] to start[u + 1]: residents, then households, then properties."""

    start: np.ndarray
    rows: np.ndarray  # of EVENT


# One record beside another, not a column beside another: a loop that comes to a record looks at most of it.
RESIDENCY = np.dtype(
    [
        ("household", "i4"),
        ("property", "i4"),  # a unit, or NOBODY
        ("open_from", "i4"),
        ("ended_from", "i4"),  # NEVER where no end is known
        ("started", "i4"),
        ("known_from", "i4"),
        ("ended", "i4"),
        ("end_known_from", "i4"),
    ]
)
EVENT = np.dtype(
    [
        ("amount", "i8"),
        ("occurred", "i4"),
        ("known_from", "i4"),
        ("withdrawn_from", "i4"),
        ("ended_from", "i4"),  # NEVER where no end is known
        ("tier", "i4"),
        ("combo", "i4"),
    ]
)


STEP = np.dtype(
    [
        ("min_amount", "i8"),
        ("days", "i4"),
        ("slot", "i4"),
        ("min_tier", "i4"),
        ("does", "i1"),
        ("picks", "?"),  # whether it looks at the least tier or amount, or at open spells only
        ("only_open", "?"),
    ],
    align=True,
)


class Plan(NamedTuple):
    """What to do with each event, and how to read the columns; made by `features.plan`.

    The instructions for an event of combo c seen as part p are steps[first[p, c] : first[p, c + 1]], the widest window
    first.
    """

    first: np.ndarray
    steps: np.ndarray  # of STEP
    is_spell: np.ndarray  # by combo
    agency_slot: np.ndarray  # by combo: how many slots after the first its agency is marked
    agency_bit: np.ndarray  # by combo: the mark
    fresh: np.ndarray  # the slots of a pair before any event
    read: np.ndarray  # of READ: the columns that are read from slots, one way of reading after another
    ages: np.ndarray  # (ranges, 3): slot, and the two ages between which somebody counts, in ten thousandths
    looks_at_members: bool
    notes: int  # instructions that note days


READ = np.dtype(
    [
        ("column", "i4"),
        ("how", "i4"),
        ("slot", "i4"),
        ("other", "i4"),  # a second slot, or how many there are
        ("recent", "i4"),  # days of the two windows of a ratio
        ("long", "i4"),
        ("none", "f4"),  # what the column is where nothing is recorded
    ]
)


@inlined
def home_of(who, t, homes):
    """The residency that is home at t, or NOBODY: of those open, the last in order of precedence."""
    for j in range(homes.start[who + 1] - 1, homes.start[who] - 1, -1):
        if homes.rows[j].open_from <= t < homes.rows[j].ended_from:
            return j
    return NOBODY


@inlined
def tally(acc, notes, noted, unit, part, known, base, high, events, plan):
    """Obey the plan for each event of the unit known on day `known` and before `high`; windows count back from `base`,
    and spells are open at it. Returns how many days are noted now: `notes` has room for all that may be."""
    for e in range(events.start[unit], events.start[unit + 1]):
        event = events.rows[e]
        day, combo = event.occurred, event.combo
        if day >= high or not event.known_from <= known < event.withdrawn_from:
            continue
        is_open = plan.is_spell[combo] and day < base < event.ended_from
        for k in range(plan.first[part, combo], plan.first[part, combo + 1]):
            step = plan.steps[k]
            if day < base - step.days:
                break  # and so for every narrower window
            if step.picks and (
                (step.only_open and not is_open) or event.tier < step.min_tier or event.amount < step.min_amount
            ):
                continue
            does, slot = step.does, step.slot
            if does == COUNT:
                acc[slot] += 1
            elif does == AMOUNT:
                if event.amount != MISSING:
                    acc[slot] += event.amount
            elif does == LARGEST:
                acc[slot] = max(acc[slot], event.amount)
            elif does == TIER:
                if event.tier != NO_TIER:
                    acc[slot] = max(acc[slot], event.tier)
            elif does == LATEST:
                acc[slot] = max(acc[slot], day)
            elif does == EARLIEST:
                acc[slot] = max(acc[slot], -day)
            elif does == AGENCY:
                acc[slot + plan.agency_slot[combo]] |= plan.agency_bit[combo]
            else:
                notes[noted] = (np.int64(slot) << 32) + day
                noted += 1
    return noted


@compiled
def rows(who, home, t, known, base, high, calendar, people, homes, events, plan, out):
    """Fill the columns of events and people in out (pairs, columns); `home` (pairs,) is a residency, or NOBODY.

    Surroundings are those at t, written as a number in `calendar`; the other days are as in `tally`, (pairs,) each.
    """
    acc, notes = plan.fresh.copy(), np.empty(0, np.int64)
    most = 3 + longest(homes.others_start)
    units, seen_as = np.empty(most, np.int32), np.empty(most, np.int32)
    for i in np.argsort(who):  # one home after another: their records lie beside each other
        acc[:] = plan.fresh
        me, j, day = who[i], home[i], t[i]
        is_person = me < homes.first_household  # else a property, of which nothing is its own
        units[0], seen_as[0], seen = me, OWN, int(is_person)
        if j >= 0:
            house, place = homes.rows[j].household, homes.rows[j].property
            units[seen], seen_as[seen] = house, HOUSEHOLD
            seen += 1
            if place >= 0:
                units[seen], seen_as[seen] = place, PROPERTY
                seen += 1
            if plan.looks_at_members:
                if is_person and people.on_record[me]:
                    count_person(acc, people.born[me], calendar[i], plan)
                h = house - homes.first_household
                for k in range(homes.others_start[h], homes.others_start[h + 1]):
                    other = homes.others[k]
                    if other == me or not people.alive_from[other] <= day < people.dead_from[other]:
                        continue
                    there = home_of(other, day, homes)
                    if there >= 0 and homes.rows[there].household == house:
                        count_person(acc, people.born[other], calendar[i], plan)
                        units[seen], seen_as[seen] = other, MEMBER
                        seen += 1
        if plan.notes:
            most = 0
            for k in range(seen):
                most += plan.notes * (events.start[units[k] + 1] - events.start[units[k]])
            if most > len(notes):
                notes = np.empty(2 * most, np.int64)
        noted = 0
        for k in range(seen):
            noted = tally(acc, notes, noted, units[k], seen_as[k], known[i], base[i], high[i], events, plan)
        if noted:
            notes[:noted].sort()
        read(out, i, acc, notes, noted, day, j, plan)


@inlined
def longest(start):
    """The largest number of entries between one start and the next."""
    most = 0
    for i in range(len(start) - 1):
        most = max(most, start[i + 1] - start[i])
    return most


@inlined
def count_person(acc, born, calendar, plan):
    """Add 1 for each range of ages that someone is in at the day; of unknown age they are only in the open one."""
    for k in range(len(plan.ages)):
        slot, low, high = plan.ages[k]
        if low <= calendar - born < high if born else high - low == 2 * ANY_AGE:
            acc[slot] += 1


@inlined
def read(out, i, acc, notes, noted, t, home, plan):
    """Turn a pair's slots into its columns of out; one of another kind of measure is left alone."""
    for c in range(len(plan.read)):
        column = plan.read[c]
        how, found, value = column.how, acc[column.slot], np.float64(column.none)
        if how == NUMBER:
            if found > 0:
                value = np.float64(found)
        elif how == VALUE:
            if found != MISSING:
                value = np.float64(found)
        elif how == SINCE:
            if found != MISSING:
                value = np.float64(t - found)
        elif how == SPAN:
            if found != MISSING:
                value = np.float64(t + found)
        elif how == SUM:
            if acc[column.other] > 0:
                value = np.float64(found)
        elif how == RATIO:
            if acc[column.other] > 0:
                value = np.float64(found * column.long) / np.float64(acc[column.other] * column.recent)
        elif how == AGENCIES:
            value = agencies(acc, column.slot, column.slot + column.other, value)
        elif how == DAYS:
            value = distinct(notes, noted, column.slot, value)
        elif home >= 0:  # PEOPLE
            value = np.float64(found)
        out[i, column.column] = np.float32(value)


@inlined
def agencies(acc, first, end, none):
    """How many bits are set in slots from first up to end, `none` for none."""
    found = 0
    for slot in range(first, end):
        held = acc[slot]
        while held:
            held &= held - 1
            found += 1
    return np.float64(found) if found else none


@inlined
def distinct(notes, noted, slot, none):
    """How many different days are noted for the slot, of notes in order; `none` for none."""
    found = 0
    for k in range(noted):
        if (notes[k] + (1 << 31)) >> 32 == slot and (k == 0 or notes[k] != notes[k - 1]):
            found += 1
    return np.float64(found) if found else none


@compiled
def homes_at(who, t, homes):
    """The home at t of each resident, (pairs,): a residency, or NOBODY."""
    out = np.empty(len(who), np.int32)
    for i in range(len(who)):
        out[i] = home_of(who[i], t[i], homes)
    return out


@compiled
def homes_of_all(t, people, homes):
    """The home at t of everybody on record who is known alive, (residents,): a residency, or NOBODY."""
    out = np.full(len(people.born), NOBODY)
    for who in range(len(out)):
        if people.on_record[who] and people.alive_from[who] <= t < people.dead_from[who]:
            out[who] = home_of(who, t, homes)
    return out


@compiled
def moves(who, t, days, homes):
    """How many residencies known at t began in the days before it, but for the first known one; NaN for none."""
    out = np.full(len(who), np.nan)
    for i in range(len(who)):
        first, found = NEVER, 0
        for j in range(homes.start[who[i]], homes.start[who[i] + 1]):
            if homes.rows[j].known_from <= t[i]:
                first = min(first, homes.rows[j].started)  # the earliest comes first
                found += homes.rows[j].started != first and t[i] - days <= homes.rows[j].started < t[i]
        if found:
            out[i] = found
    return out


@compiled
def fates(who, end, settled, people, homes):
    """What had become of each unit by the day before `end`, as known on `settled`: three arrays (pairs,).

    Whether a residency lasts to that day; if none does, the latest known end; the day of death. NEVER for no such day.
    """
    stays, left, died = who >= homes.first_household, np.full(len(who), NEVER), np.full(len(who), NEVER)
    for i in np.flatnonzero(~stays):  # a dwelling neither dies nor leaves
        if people.died[who[i]] < end[i] and people.death_known_from[who[i]] <= settled[i]:
            died[i] = people.died[who[i]]
        last = -NEVER
        for j in range(homes.start[who[i]], homes.start[who[i] + 1]):
            if homes.rows[j].known_from > settled[i]:
                continue
            if homes.rows[j].ended < end[i] and homes.rows[j].end_known_from <= settled[i]:
                last = max(last, homes.rows[j].ended)
            elif homes.rows[j].started < end[i]:
                stays[i] = True
        if not stays[i] and last > -NEVER:
            left[i] = last
    return stays, left, died


@compiled
def housed(who, t, homes):
    """Whether any residency of a resident was known at t, (pairs,)."""
    out = np.zeros(len(who), np.bool_)
    for i in range(len(who)):
        for j in range(homes.start[who[i]], homes.start[who[i] + 1]):
            out[i] |= homes.rows[j].known_from <= t[i]
    return out


@compiled
def add_up(units, areas, t, events, plan, acc):
    """Add the events of each unit, as known at t, to the slots of its area: acc (areas, slots)."""
    notes = np.empty(0, np.int64)  # areas count events, nothing else
    for i in range(len(units)):
        tally(acc[areas[i]], notes, 0, units[i], OWN, t, t, t, events, plan)


@compiled
def scatter(unit, given, place, rows):
    """Put each row where its unit has the next place."""
    for i in range(len(unit)):
        rows[place[unit[i]]] = given[i]
        place[unit[i]] += 1
