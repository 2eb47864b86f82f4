"""Children's services and education: the ladder of need up and down, absence, exclusion, not in education, EHC plans.

Per 10,000 children at any one time: 330 with an open statutory case, 42 of them on a protection plan and 75 looked
after (DfE, children in need census and SSDA903; 7-8 per 1,000 looked after from memory).
"""

import numpy as np

from pipelines.county.group import Group
from pipelines.county.people import YEAR
from pipelines.county.world import World

CONTACTS, EARLY_HELP, IN_NEED, PLAN, LOOKED_AFTER = 560, 150, 214, 44, 75  # per 10,000 children: a year, then stocks
ENDS = {2: 1 / 8, 3: 1 / 7, 4: 1 / 9, 5: 1 / 30}  # monthly
KINDS = {2: "early_help", 3: "child_in_need", 4: "protection_plan", 5: "looked_after"}
SIBLINGS = {2: 0.5, 3: 0.6, 4: 0.55, 5: 0.35}  # chance that a brother or sister is taken up too
ABSENT, EXCLUDED, NEET, SEND = 0.145, 38, 0.053, 0.036  # of pupils a term; per 1,000 aged 11-15 a year; stocks
TERM_ENDS = (4, 7, 12)
# How near a case stands to each rung, by the tier that is open (-1 for none): what need is multiplied by.
REACH = {
    2: {-1: 1.0},
    3: {-1: 1.0, 2: 9.0},
    4: {-1: 0.05, 2: 1.2, 3: 25.0},
    5: {-1: 0.04, 2: 0.5, 3: 5.0, 4: 18.0},
}


def happen(world: World, month: int) -> None:
    """One month; `month` is that of the calendar, 1 to 12."""
    kids = world.among(world.age < 18)
    thousands = len(kids.ids) / 10_000
    need = kids.around(conflict=0.8, health=0.1, money=0.45, substance=0.5, mental=0.3)
    need *= kids.risk(conflict=0.15, mental=0.15)
    need *= 1 + 0.5 * np.minimum(world.households.abuse[kids.home], 3)
    need *= kids.excited("child", 0.9)
    need *= kids.curve((0, 1.4), (1, 1.2), (8, 0.9), (15, 1.2), (17, 0.9))
    _step_down(world)
    _come_of_age(world)
    contacts = world.draw("children", kids.ids, need, CONTACTS * thousands / 12, once=False)
    world.note(
        "children_services",
        "contact",
        contacts,
        world.days("children", len(contacts)),
        tier=world.rngs["children"].integers(0, 2, len(contacts)),
    )
    world.excite("child", contacts, 0.6)
    near = {rung: need * world.by_tier("children", kids.ids, reach) for rung, reach in REACH.items()}
    for rung, stock in {2: EARLY_HELP, 3: IN_NEED, 4: PLAN, 5: LOOKED_AFTER}.items():
        _step_up(world, kids.ids, rung, near[rung], stock * thousands)
    _school(world, month)


def _step_up(world: World, ids: np.ndarray, rung: int, weight: np.ndarray, target: float) -> None:
    rng, spells = world.rngs["children"], world.spells["children"]
    expected = world.inflow(
        "children", rung, target, {2: 0.17, 3: 0.165, 4: 0.115, 5: 0.045}[rung], together=1 + 0.75 * SIBLINGS[rung]
    )
    if world.rates is not None and rung >= 3:
        total = max(weight.sum(), 1e-9)
        involved = spells.tier[ids] >= 2
        world.rates["rise"][ids] += weight / total * expected * (1 + SIBLINGS[rung]) * involved
    index = world.draw("children", ids, weight, expected, "child_in_need" if rung >= 3 else None)
    index = index[spells.since[index] < world.m]
    family, _ = world.members(np.unique(world.people.household[index]))
    family = family[
        (world.day0 - world.people.born[family] < 17.9 * YEAR)
        & (spells.tier[family] < rung)
        & (spells.since[family] < world.m)
    ]
    taken = np.unique(np.concatenate([index, family[rng.random(len(family)) < SIBLINGS[rung]]]))
    world.begin(
        "children", taken, rung, "children_services", KINDS[rung], "children", rung=rung, mean_months=1 / ENDS[rung]
    )
    world.excite("child", taken, 0.8)
    world.shock(taken, mental=0.15)


def _step_down(world: World) -> None:
    rng = world.rngs["children"]
    for rung, (to, share) in {2: (None, 0), 3: (2, 0.15), 4: (3, 0.65), 5: (3, 0.25)}.items():
        done = world.leaving("children", rung, ENDS[rung], "children")
        down = (rng.random(len(done)) < share) if to else np.zeros(len(done), bool)
        world.stop("children", done[~down], world.days("children", int((~down).sum())))
        if to:
            world.begin("children", done[down], to, "children_services", KINDS[to], "children", rung=to)


def _come_of_age(world: World) -> None:
    """At 18 every case ends; who was looked after is a care leaver until 21. Plans for learning end at 19."""
    grown = _open_until(world, "children", 18)
    after = grown[world.spells["children"].tier[grown] == 5]
    world.stop("children", grown, world.days("children", len(grown)))
    world.begin("leaver", after, 0, "children_services", "care_leaver", "children")
    world.shock(after, money=0.5, mental=0.3)
    for spell, limit in (("leaver", 21), ("send", 19), ("neet", 20)):
        done = _open_until(world, spell, limit)
        done = done[world.spells[spell].since[done] < world.m]
        world.stop(spell, done, world.days("children", len(done)))


def _open_until(world: World, spell: str, age: int) -> np.ndarray:
    """Those with an open spell who reach an age this month or have passed it."""
    ids = np.flatnonzero(world.spells[spell].tier >= 0)
    return ids[world.day0 + world.length - world.people.born[ids] >= age * YEAR]


def _school(world: World, month: int) -> None:
    rng = world.rngs["children"]
    pupils = world.among((world.age >= 5) & (world.age < 16))
    trouble = _trouble(pupils)
    weight = trouble * pupils.excited("school", 1.1) * pupils.curve((5, 0.7), (11, 0.8), (15, 1.6))
    if world.rates is not None:  # three terms a year, whichever month this is
        world.rates["school"][pupils.ids] += (
            weight / max(weight.sum(), 1e-9) * ABSENT * len(pupils.ids) * len(TERM_ENDS) / 12
        )
    if month in TERM_ENDS:
        for _ in range(2):  # drawn twice without those taken: persistent absence is too common for one draw
            absent = world.draw("children", pupils.ids, weight, ABSENT / 2 * len(pupils.ids))
            weight[np.searchsorted(pupils.ids, absent)] = 0
            days = np.full(len(absent), world.day0 + min(19, world.length - 1), np.int32)
            amount = np.minimum(7 + rng.gamma(1.3, 5, len(absent)), 60).astype(np.int32)
            world.note("education", "persistent_absence", absent, days, amount=amount)
            world.excite("school", absent)
    if month != 8:
        weight = trouble * pupils.excited("school", 0.8)
        weight *= pupils.curve((8, 0.1), (11, 0.6), (14, 1.5), (15, 1.3), women=0.5)
        expected = EXCLUDED / 11_000 * np.count_nonzero(pupils.age >= 11)
        excluded = world.draw("children", pupils.ids, weight, expected, "school", once=False)
        world.note(
            "education",
            "exclusion",
            excluded,
            world.days("children", len(excluded)),
            amount=1 + rng.poisson(1.6, len(excluded)),
        )
        world.excite("school", excluded, 0.7)
        world.excite("offence", excluded, 0.2)
    done = world.leaving("neet", 0, 1 / 7, "children")
    world.stop("neet", done, world.days("children", len(done)))
    leaving = world.among((world.age >= 16) & (world.age < 20))
    free = leaving.among((world.spells["neet"].tier[leaving.ids] < 0) & (leaving.age < 19))
    weight = _trouble(free) * free.excited("school", 1.5) * free.risk(substance=0.25, money=0.15)
    begun = world.draw("children", free.ids, weight, world.inflow("neet", 0, NEET * len(leaving.ids), 1 / 6.5), "neet")
    world.begin("neet", begun, 0, "education", "not_in_education", "children", mean_months=7)
    stock = SEND * np.count_nonzero((world.age >= 4) & (world.age < 19))
    young = world.among((world.age >= 4) & (world.age < 16))
    weight = young.risk(mental=0.4, health=0.5) * young.curve((4, 1.5), (11, 0.8), (15, 0.4), women=0.4)
    weight *= world.by_tier("send", young.ids, {-1: 1.0})
    begun = world.draw("children", young.ids, weight, world.inflow("send", 0, stock, 1 / 90))
    world.begin("send", begun, 0, "education", "send_plan", "children", mean_months=40)


def _trouble(group: Group) -> np.ndarray:
    """How likely school goes wrong, for the ids of a group."""
    own = group.risk(conflict=0.3, mental=0.35, health=0.15, money=0.2)
    return own * group.around(substance=0.35) * group.excited("child", 0.5)
