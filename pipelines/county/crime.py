"""What police record: domestic abuse with its suspect and DASH ticks, MARAC, other crime, arrests, missing people.

Yearly rates per 1,000 residents. Domestic abuse 22 (ONS, recorded incidents and crimes); MARAC cases about 1.6
(SafeLives: about 40 per 10,000 adult women); the others are of the size of police-recorded crime in England that names
a person.
"""

import numpy as np

from pipelines.county.diary import NONE, SUBJECT, SUSPECT, VICTIM
from pipelines.county.group import Part, either
from pipelines.county.people import YEAR
from pipelines.county.world import World

ABUSE = 19.4  # incidents, besides those that another brings within weeks
AGAIN, AT_MOST = 0.045, 0.5  # the chance that one does, of a victim without hidden conflict who had none lately; of any
VIOLENCE, ACQUISITIVE, ANTI_SOCIAL, ARREST, MISSING = 13.0, 13.0, 20.0, 13.5, 2.6
HIGH_RISK, MEDIUM_RISK = 14, 10  # DASH ticks
MARAC_HEARD = 0.75  # of high-risk cases


def happen(world: World) -> None:
    """One month of what police come to know."""
    lawless = world.curve(
        (10, 0), (13, 0.6), (17, 2.2), (22, 2.2), (32, 1.4), (45, 0.7), (60, 0.15), (80, 0.02), women=0.28
    ) * world.risk(conflict=0.65, substance=0.6, money=0.35, mental=0.15)
    _abuse(world)
    _violence(world, lawless)
    _acquisitive(world, lawless)
    _anti_social(world, lawless)
    _arrests(world, lawless)
    _missing(world)


def _thousands(world: World) -> float:
    return len(world.ids) / 12_000


def _abuse(world: World) -> None:
    rng, p = world.rngs["crime"], world.people
    ages = ((15, 0), (16, 0.8), (20, 1.5), (30, 1.5), (45, 1.0), (60, 0.4), (75, 0.2), (95, 0.15))
    weight = world.curve(*ages, women=2.7) * either(p.partner.take(world.ids) >= 0, 1.1, 0.9)
    weight *= world.risk(conflict=0.85, substance=0.25, money=0.15, mental=0.2)
    weight *= world.excited("conflict", 0.3)
    weight *= world.excited("abuse", 1.1)
    victims = world.draw("crime", world.ids, weight, ABUSE * _thousands(world), "domestic_abuse", once=False)
    days = world.days("crime", len(victims))
    struck = Part(world, np.searchsorted(world.ids, victims))
    chance = AGAIN * struck.risk(conflict=0.5) * struck.excited("abuse", 1.8)
    again = rng.random(len(victims)) < np.minimum(chance, AT_MOST)
    victims = np.concatenate([victims, victims[again]])
    days = np.concatenate([days, days[again] + 1 + rng.exponential(16, again.sum()).astype(np.int32)])
    suspects = _suspects(world, victims, rng)
    hidden = _hidden(world, victims)
    ticks = rng.binomial(
        24,
        1 / (1 + np.exp(1.75 - 0.33 * hidden[0] - 0.10 * hidden[3] - 0.62 * rng.standard_normal(len(victims)))),
    )
    tier = np.select([ticks >= HIGH_RISK, ticks >= MEDIUM_RISK], [2, 1], 0)
    tier = np.where((tier < 2) & (rng.random(len(tier)) < 0.03), 2, tier)  # by judgement
    world.note("police", "domestic_abuse", victims, days, role=VICTIM, tier=tier, amount=ticks)
    known = suspects >= 0
    world.note(
        "police", "domestic_abuse", suspects[known], days[known], role=SUSPECT, tier=tier[known], amount=ticks[known]
    )
    arrested = known & (rng.random(len(known)) < 0.12 + 0.18 * (tier == 2))
    world.note(
        "police", "arrest", suspects[arrested], days[arrested] + rng.integers(0, 2, arrested.sum()), role=SUSPECT
    )
    heard = (tier == 2) & (rng.random(len(tier)) < MARAC_HEARD)
    hearing = days + 14 + rng.integers(0, 21, len(days))
    world.note("police", "marac", victims[heard], hearing[heard], role=VICTIM, tier=3)
    both = heard & known
    world.note("police", "marac", suspects[both], hearing[both], role=SUSPECT, tier=3)

    world.excite("conflict", victims)
    world.excite("abuse", victims)
    world.excite("conflict", suspects[known], 0.6)
    world.excite("offence", suspects[known], 0.5)
    world.excite("mental", victims, 0.5)
    np.add.at(world.households.abuse, p.household[victims], 1.0)
    world.shock(np.unique(victims), conflict=0.12, mental=0.2)
    _tell_childrens_services(world, victims, days, rng)


def _tell_childrens_services(world: World, victims: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> None:
    """Police report almost half of the incidents in homes with children, on the next day."""
    seen = rng.random(len(victims)) < 0.45
    homes, last = np.unique(world.people.household[victims[seen]][::-1], return_index=True)
    ids, which = world.members(homes)
    young = world.day0 - world.people.born[ids] < 18 * YEAR
    children, told = ids[young], (days[seen][::-1][last] + 1)[which[young]]
    world.note("children_services", "contact", children, told, tier=rng.integers(0, 2, len(children)))
    world.excite("child", children, 0.7)


def _suspects(world: World, victims: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The partner, a former partner, someone else at home, or (-1) nobody on record."""
    p, luck = world.people, rng.random((3, len(victims)))
    partner, ex, other = p.partner[victims], p.ex[victims], world.others_at_home(victims, rng)
    old_enough = world.day0 - p.born[other] > 14 * YEAR
    named = [
        (who >= 0) & (p.household[who] >= 0) & (luck[i] < share)
        for i, (who, share) in enumerate(((partner, 0.85), (ex, 0.75), (other, 0.6)))
    ]
    chosen = np.select([named[0], named[1], named[2] & old_enough], [partner, ex, other], NONE)
    return chosen.astype(np.int32)


def _hidden(world: World, ids: np.ndarray) -> np.ndarray:
    return world.hidden[:, np.searchsorted(world.ids, ids)]


def _offend(world: World, lawless: np.ndarray) -> np.ndarray:
    """Who offends: by age, sex and hidden state, which a month leaves as they are, and by what was done lately."""
    return lawless * world.excited("offence", 1.2)


def _violence(world: World, lawless: np.ndarray) -> None:
    rng = world.rngs["crime"]
    weight = world.curve((5, 0.2), (14, 1.6), (20, 2.0), (35, 1.2), (55, 0.5), (80, 0.15))
    weight *= world.risk(conflict=0.55, substance=0.3, mental=0.2)
    weight *= world.excited("conflict", 0.5)
    victims = world.draw("crime", world.ids, weight, VIOLENCE * 0.75 * _thousands(world), once=False)
    suspects = world.draw(
        "crime", world.ids, _offend(world, lawless), VIOLENCE * 0.6 * _thousands(world), "offending", once=False
    )
    days = world.days("crime", len(victims))
    world.note("police", "violence", victims, days, role=VICTIM)
    shared = rng.permutation(len(suspects))[
        : len(victims)
    ]  # most suspects share their incident with a victim on record
    own_days = world.days("crime", len(suspects))
    own_days[shared] = rng.permutation(days)[: len(shared)]
    world.note("police", "violence", suspects, own_days, role=SUSPECT)
    world.excite("conflict", victims, 0.4)
    world.excite("offence", suspects)
    world.shock(np.unique(victims), mental=0.12)


def _acquisitive(world: World, lawless: np.ndarray) -> None:
    weight = world.curve((10, 0), (16, 0.7), (25, 1.0), (60, 0.9), (90, 0.6)) * world.risk(money=0.15, conflict=0.1)
    victims = world.draw("crime", world.ids, weight, ACQUISITIVE * _thousands(world), once=False)
    world.note("police", "acquisitive_crime", victims, world.days("crime", len(victims)), role=VICTIM)
    suspects = world.draw(
        "crime",
        world.ids,
        _offend(world, lawless) * world.risk(substance=0.35, money=0.2),
        ACQUISITIVE * 0.24 * _thousands(world),
        "offending",
        once=False,
    )
    world.note("police", "acquisitive_crime", suspects, world.days("crime", len(suspects)), role=SUSPECT)
    world.excite("offence", suspects)


def _anti_social(world: World, lawless: np.ndarray) -> None:
    weight = world.curve((16, 0), (20, 0.6), (40, 1.0), (70, 1.0), (90, 0.7))
    weight *= world.risk(conflict=0.75, mental=0.35, substance=0.15)
    weight *= world.excited("conflict", 0.4)
    for role, who, share in ((VICTIM, weight, 0.5), (SUSPECT, _offend(world, lawless), 0.5)):
        ids = world.draw(
            "crime",
            world.ids,
            who,
            ANTI_SOCIAL * share * _thousands(world),
            "anti_social" if role == SUSPECT else None,
            once=False,
        )
        world.note("police", "anti_social_behaviour", ids, world.days("crime", len(ids)), role=role)
        world.excite("conflict" if role == VICTIM else "offence", ids, 0.7)


def _arrests(world: World, lawless: np.ndarray) -> None:
    ids = world.draw("crime", world.ids, _offend(world, lawless), ARREST * _thousands(world), "offending", once=False)
    world.note("police", "arrest", ids, world.days("crime", len(ids)), role=SUSPECT)
    world.excite("offence", ids)


def _missing(world: World) -> None:
    weight = world.curve(
        (5, 0.05), (10, 0.5), (13, 5.0), (17, 6.0), (18, 1.2), (40, 0.5), (70, 0.3), (80, 0.7), (90, 1.0)
    )
    weight *= world.by_tier("children", world.ids, {5: 12.0}, other=1.0)  # looked after
    weight *= world.risk(conflict=0.5, mental=0.6, substance=0.2)
    weight *= world.excited("child", 0.8)
    ids = world.draw("crime", world.ids, weight, MISSING * _thousands(world), once=False)
    world.note("police", "missing", ids, world.days("crime", len(ids)), role=SUBJECT)
    world.excite("child", ids, 0.8)
