"""Births, deaths, couples formed and parted, children leaving home, and moves within, into and out of the county.

At most one move per person and month, so that residencies never overlap in truth. Yearly rates are about those of
England and Wales (ONS): births 9 per 1,000 residents, deaths 11, couples parting 1.1 per 100; a household moves home
about once in 18 years if it owns and once in 6 if it rents privately.
"""

import numpy as np

from pipelines.county import ethnicity
from pipelines.county.group import AGES, either
from pipelines.county.people import FEMALE, MALE, YEAR
from pipelines.county.places import PRIVATE
from pipelines.county.world import HOME_SPELLS, PERSON_SPELLS, World

BIRTHS = 0.0092  # per resident a year
HOUSEHOLDS_LEAVE = 0.028  # of households a year; as many come
PART = 0.011  # of couples a year
FLEDGE = 0.11  # of grown-up children a year
SHARE = 0.45  # of those who stay in the county move in with another
PAIR_UP = 0.16  # of single adults aged 20 to 55 a year


def live(world: World, residents: int) -> None:
    """One month of comings and goings."""
    rng = world.rngs["people"]
    _die(world, rng)
    _part(world, rng)
    _fledge(world, rng)
    _pair_up(world, rng)
    _move_within(world, rng)
    _leave(world, rng)
    _arrive(world, rng, residents)
    _give_birth(world, rng)
    _keep_children_with_adults(world, rng)
    _free_homes(world)


def _die(world: World, rng: np.random.Generator) -> None:
    p, ages = world.people, np.arange(AGES)
    yearly = np.exp(-10.55 + 0.0935 * ages) + np.where(ages < 1, 0.003, 0.0001)
    frail = np.exp(0.45 * world.hidden[1] + 0.15 * world.hidden[3] - 0.12)
    hazard = (yearly / 12).astype(np.float32).take(world.age) * frail
    dead = world.ids[rng.random(len(world.ids), np.float32) < np.minimum(hazard, 0.2)]
    days = world.days("people", len(dead))
    p.died[dead] = days
    bereaved = p.partner[dead]
    bereaved = bereaved[bereaved >= 0]
    world.shock(bereaved, mental=0.9, money=0.3, health=0.2)
    _go(world, dead, days)


def _go(world: World, ids: np.ndarray, days: np.ndarray) -> None:
    """Out of the county, or out of this life: the home and every open spell end."""
    p = world.people
    world.homes.end(p.home[ids], days)
    p.household[ids], p.moved[ids] = -1, world.m
    partner = p.partner[ids]
    p.partner[partner[partner >= 0]] = -1
    p.partner[ids] = -1
    for spell in PERSON_SPELLS:
        open_ = world.spells[spell].tier[ids] >= 0
        world.stop(spell, ids[open_], days[open_])


def _settle(world: World, ids: np.ndarray, households: np.ndarray, days: np.ndarray) -> None:
    """Move people to households (which have their property) on days; their last home ends then."""
    p = world.people
    before = p.home[ids]
    world.homes.end(before[before >= 0], days[before >= 0])
    p.household[ids], p.moved[ids] = households, world.m
    world.households.stirred[households] = world.m
    p.home[ids] = world.homes.add(
        len(ids), resident=ids, household=households, property=world.households.property[households], day=days
    )


def _still(world: World, ids: np.ndarray) -> np.ndarray:
    """Of ids, those still here who have not moved this month."""
    p = world.people
    return ids[(p.household[ids] >= 0) & (p.moved[ids] != world.m)]


def _take_homes(world: World, wish: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A vacant property for each wish, -1 where none is left; a high wish ends in a poor place, by rank."""
    places = world.places
    free = np.flatnonzero(world.vacant & (places.built < world.day0))
    free = rng.permutation(free)[: len(wish)]
    ranked = free[
        np.argsort(
            places.deprivation[free] + rng.standard_normal(len(free)) * 0.7 + 0.5 * (places.tenure[free] >= 2),
            kind="stable",
        )
    ]
    out = np.full(len(wish), -1, np.int32)
    able = np.sort(rng.permutation(len(wish))[: len(free)])
    out[able[np.argsort(wish[able], kind="stable")]] = ranked
    world.vacant[ranked] = False
    return out


def _found(world: World, properties: np.ndarray, like: np.ndarray | None = None) -> np.ndarray:
    """New households in properties; the climate is new, or half that of the household they come from."""
    climate = world.lives.homes(len(properties))
    if like is not None:
        climate = (climate + world.households.climate[:, like]) * np.float32(np.sqrt(0.5))
    return world.found(properties, climate)


def _found_for(world: World, ids: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A new household for each of ids that finds a home; returns (ids, households)."""
    home = world.people.household[ids]
    wish = world.deprived[home] + world.people.mood[2, ids] + 0.3
    properties = _take_homes(world, wish, rng)
    found = properties >= 0
    return ids[found], _found(world, properties[found], home[found])


def _part(world: World, rng: np.random.Generator) -> None:
    """Couples part: one leaves, the children stay; both carry it for a while, and may harm each other still."""
    p = world.people
    pairs = world.among(p.partner.take(world.ids) > world.ids)
    strain = np.exp(0.6 * pairs.hidden[0] + 0.25 * pairs.hidden[2] - 0.2)
    hazard = PART / 12 * strain * either(pairs.age > 60, 0.15, 1.0)
    one = _still(world, pairs.ids[rng.random(len(pairs.ids), np.float32) < hazard])
    other = p.partner[one]
    stay_first = np.where(
        p.sex[one] == p.sex[other], rng.random(len(one)) < 0.5, (p.sex[one] == FEMALE) == (rng.random(len(one)) < 0.82)
    )
    stays, goes = np.where(stay_first, one, other), np.where(stay_first, other, one)
    free = p.moved[goes] != world.m
    stays, goes = stays[free], goes[free]
    goes, homes = _found_for(world, goes, rng)
    stays = p.partner[goes]
    p.partner[goes], p.partner[stays], p.ex[goes], p.ex[stays] = -1, -1, stays, goes
    _settle(world, goes, homes, world.days("people", len(goes)))
    both = np.concatenate([stays, goes])
    world.shock(both, conflict=0.6, money=0.7, mental=0.6)


def _fledge(world: World, rng: np.random.Generator) -> None:
    """Grown-up children leave their parents' home, almost half of them for elsewhere."""
    p = world.people
    ready = world.among(p.child.take(world.ids) & (world.age >= 18))
    eager = ready.curve((18, 1.2), (20, 1.3), (28, 1.0), (40, 0.3), (60, 0.1))
    ids = _still(world, ready.ids[rng.random(len(ready.ids), np.float32) < FLEDGE / 12 * eager])
    away = rng.random(len(ids)) < 0.40
    p.child[ids] = False
    _go(world, ids[away], world.days("people", int(away.sum())))
    stay = rng.permutation(ids[~away])
    alone = len(stay) - round(len(stay) * SHARE)
    new, homes = _found_for(world, stay[:alone], rng)
    sharers = stay[alone:][: len(new)]
    ids, homes = np.concatenate([new, sharers]), np.concatenate([homes, homes[: len(sharers)]])
    _settle(world, ids, homes, world.days("people", len(ids)))


def _pair_up(world: World, rng: np.random.Generator) -> None:
    """Single women and men of like age become couples; one moves in with the other, no parent leaves a child."""
    p = world.people
    single = world.among((p.partner.take(world.ids) < 0) & (world.age >= 20) & (world.age < 60))
    hazard = PAIR_UP / 12 * single.curve((20, 1.3), (30, 1.6), (45, 0.9), (60, 0.3))
    willing = _still(world, single.ids[rng.random(len(single.ids), np.float32) < hazard])
    women, men = (willing[p.sex[willing] == s] for s in (FEMALE, MALE))
    women, men = (ids[np.argsort(p.born[ids] + rng.normal(0, 1_200, len(ids)), kind="stable")] for ids in (women, men))
    size = min(len(women), len(men))
    women, men = women[:size], men[:size]
    apart = p.household[women] != p.household[men]
    women, men = women[apart], men[apart]
    mother = world.kids[p.household[women]] > 0
    she_moves = ~mother & ~p.child[men] & (rng.random(len(women)) < 0.5)
    she_moves |= p.child[women] & ~p.child[men] & ~mother
    mover, host = np.where(she_moves, women, men), np.where(she_moves, men, women)
    mothers_move = (world.kids[p.household[mover]] > 0) & ~p.child[mover]  # never leave children behind
    mover, host = mover[~mothers_move], host[~mothers_move]
    p.partner[mover], p.partner[host] = host, mover
    p.child[mover] = False
    days = world.days("people", len(mover))
    guests = np.flatnonzero(p.child[host])  # nobody moves in with the other's parents: they find a home together
    own, homes = _found_for(world, host[guests], rng)
    p.child[own] = False
    _settle(world, own, homes, days[guests[np.isin(host[guests], own)]])
    _settle(world, mover, p.household[host], days)


def whole(world: World, chosen: np.ndarray) -> np.ndarray:
    """Of the households chosen, those with somebody left whose members have not moved this month."""
    _, which = _members(world, chosen)
    somebody = np.bincount(which, minlength=len(chosen)) > 0
    return chosen[somebody & (world.households.stirred[chosen] != world.m)]


def _members(world: World, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Everybody in the chosen households who was there when the month began, and the place of each one's household."""
    ids, which = world.members(chosen)
    here = world.people.household[ids] == chosen[which]
    return ids[here], which[here]


def rehome(world: World, chosen: np.ndarray, rng: np.random.Generator) -> None:
    """Whole households move to another property in the county."""
    hh = world.households
    money = world.hidden_home[2, np.searchsorted(world.hids, chosen)]
    properties = _take_homes(world, world.deprived[chosen] + money * 0.3, rng)
    chosen, properties = chosen[properties >= 0], properties[properties >= 0]
    world.vacant[hh.property[chosen]] = True
    hh.property[chosen] = properties
    ids, which = _members(world, chosen)
    _settle(world, ids, chosen[which], world.days("people", len(chosen))[which])


def _move_within(world: World, rng: np.random.Generator) -> None:
    tenure = world.places.tenure[world.households.property[world.hids]]
    yearly = np.array([0.022, 0.05, 0.06, 0.15], np.float32)[tenure] * either(world.elders[world.hids] > 0, 0.5, 1.1)
    hazard = yearly / 12 * world.home_risk(money=0.15, conflict=0.15)
    rehome(world, whole(world, world.hids[rng.random(len(world.hids), np.float32) < hazard]), rng)


def _leave(world: World, rng: np.random.Generator) -> None:
    renting = world.places.tenure[world.households.property[world.hids]] == PRIVATE
    yearly = HOUSEHOLDS_LEAVE * either(renting, 2.2, 0.8) * either(world.elders[world.hids] > 0, 0.3, 1.1)
    chosen = whole(world, world.hids[rng.random(len(world.hids), np.float32) < yearly / 12])
    ids, which = _members(world, chosen)
    _go(world, ids, world.days("people", len(chosen))[which])


def _arrive(world: World, rng: np.random.Generator, residents: int) -> None:
    """Households come that look like those who live here: as many as keep the county at its size."""
    p = world.people
    here = np.count_nonzero(p.household >= 0)
    expected = HOUSEHOLDS_LEAVE * len(world.hids) / 12 + (residents - here) / 12
    weight = either(world.elders[world.hids] > 0, 0.7, 1.0) * (world.size[world.hids] < 7)
    models = world.draw("people", world.hids, weight, expected, once=False)
    properties = _take_homes(world, world.deprived[models], rng)
    models, properties = models[properties >= 0], properties[properties >= 0]
    homes, days = _found(world, properties), world.days("people", len(models))
    like, which = world.members(models)
    new = _alike(world, like, homes[which], rng)
    world.people.partner[new] = _couples(like, p.partner[like], which, new)
    _settle(world, new, homes[which], days[which])


def _alike(world: World, like: np.ndarray, households: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """New people of about the age, sex and ethnicity of others, with lives of their own."""
    p, today = world.people, world.day0
    born = p.born[like] + rng.integers(-250, 250, len(like))
    minor = today - p.born[like] < 18 * YEAR  # and so are they
    earliest = np.where(minor, today - 17.8 * YEAR, today - 105 * YEAR)
    latest = np.where(minor, today - 30, today - 18.1 * YEAR)
    boxes = np.where(
        rng.random(len(like)) < 0.7,
        p.ethnicity[like],
        ethnicity.box_within(ethnicity.BROAD_OF[p.ethnicity[like]], rng),
    )
    trait, mood = world.lives.people(len(like))
    return world.join(
        len(like),
        born=np.clip(born, earliest, latest).astype(np.int32),
        sex=p.sex[like],
        ethnicity=boxes,
        child=p.child[like],
        trait=trait,
        mood=mood,
        household=households,
    )


def _couples(like: np.ndarray, partner: np.ndarray, which: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The partner of each new person: the copy, in the same new household, of the partner of whom it is a copy."""
    apart = which.astype(np.int64) << 32
    key, wanted = apart + like, np.where(partner >= 0, apart + partner, -1)
    order = np.argsort(key, kind="stable")
    at = np.minimum(np.searchsorted(key[order], wanted), max(len(key) - 1, 0))
    return np.where(key[order][at] == wanted, new[order][at], -1)


def _give_birth(world: World, rng: np.random.Generator) -> None:
    p = world.people
    women = world.among(world.female & (world.age >= 17) & (world.age < 45))
    weight = women.curve((17, 0.2), (20, 0.6), (27, 1.2), (31, 1.5), (36, 1.0), (41, 0.3), (45, 0.02))
    weight *= either(p.partner[women.ids] >= 0, 2.2, 0.5)
    weight *= np.exp(np.float32(-0.5) * np.maximum(world.kids[women.home] - 1, 0).astype(np.float32))
    weight *= (p.household[women.ids] >= 0) & (p.moved[women.ids] != world.m) & (world.size[women.home] < 7)
    mothers = world.draw("people", women.ids, weight, BIRTHS / 12 * len(world.ids))
    days = world.days("people", len(mothers))
    father = p.partner[mothers]
    father_box = np.where(father >= 0, p.ethnicity[father], p.ethnicity[mothers])
    mixed = ethnicity.BROAD_OF[father_box] != ethnicity.BROAD_OF[p.ethnicity[mothers]]
    boxes = np.where(mixed, ethnicity.box_within(np.full(len(mothers), ethnicity.MIXED), rng), p.ethnicity[mothers])
    trait, mood = world.lives.people(len(mothers))
    trait = trait * np.float32(np.sqrt(0.75)) + p.trait[:, mothers] * np.float32(0.5)
    babies = world.join(
        len(mothers),
        born=days,
        sex=(rng.random(len(mothers)) < 0.512).astype(np.int8),
        ethnicity=boxes,
        child=True,
        trait=trait,
        mood=mood,
        household=p.household[mothers],
    )
    world.shock(mothers, mental=0.3, money=0.3)
    _settle(world, babies, p.household[mothers], days)


def _keep_children_with_adults(world: World, rng: np.random.Generator) -> None:
    """Children whose last adult died or left go to live with another family."""
    p = world.people
    here = np.flatnonzero(p.household >= 0).astype(np.int32)
    grown = world.day0 + world.length - p.born[here] >= 17 * YEAR
    adults = np.bincount(p.household[here[grown]], minlength=len(world.households))
    alone = here[~grown][adults[p.household[here[~grown]]] == 0]
    families = world.hids[(world.kids[world.hids] > 0) & (adults[world.hids] > 0) & (world.size[world.hids] < 6)]
    if not len(alone) or not len(families):
        return
    left, which = np.unique(p.household[alone], return_inverse=True)
    to = rng.choice(families, len(left))
    last = np.full(len(left), world.day0 + world.length - 1)  # after any move of this month
    world.shock(alone, conflict=0.5, mental=1.0)
    _settle(world, alone, to[which], last[which].astype(np.int32))


def _free_homes(world: World) -> None:
    """Households without members are no more: their property is vacant and their open spells end."""
    hh, p = world.households, world.people
    alive = np.bincount(p.household[p.household >= 0], minlength=len(hh)) > 0
    gone = world.hids[~alive[world.hids]]
    world.vacant[hh.property[gone]] = True
    for spell in HOME_SPELLS:
        open_ = gone[world.spells[spell].tier[gone] >= 0]
        world.stop(spell, open_, np.full(len(open_), world.day0 + world.length - 1, np.int32))
