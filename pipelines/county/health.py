"""The acute hospital, A&E and the ambulance: attendances, stays, and referrals for discharge.

Per 1,000 residents a year: 440 A&E attendances (most to least deprived tenth 2:1; 8.7 % return within 7 days, NHS
Digital), about 92 of them by ambulance (1,070 a week at the trust), about 105 emergency and 130 planned stays. About
185 referrals for discharge a month are what the county's patient-flow pilot reported.
"""

import numpy as np

from pipelines.county import discharge
from pipelines.county.group import Part
from pipelines.county.world import World

ATTEND, RETURN, AMBULANCE, CONVEYED = 440.0, 0.081, 134.0, 0.69
PLANNED = 125.0
REFERRED = 0.145  # of those aged 60 or more who stay six days or longer


def happen(world: World) -> None:
    rng, thousands = world.rngs["health"], len(world.ids) / 12_000
    ill = world.risk(health=0.42, substance=0.10, mental=0.12) * world.excited("health", 0.22)
    ill *= np.exp(0.13 * world.deprived).take(world.home)
    ages = world.curve((0, 1.9), (4, 1.2), (10, 0.8), (18, 1.1), (28, 1.05), (50, 0.8), (70, 1.0), (80, 1.6), (90, 2.4))
    frail = world.curve((0, 0.7), (10, 0.25), (20, 0.6), (50, 0.7), (70, 1.5), (80, 3.5), (90, 6.5))
    called = world.draw(
        "health",
        world.ids,
        frail * ill * world.risk(health=0.2, mental=0.15, substance=0.15),
        AMBULANCE * thousands,
        once=False,
    )
    called_on = world.days("health", len(called))
    world.note("urgent_care", "ambulance_callout", called, called_on)
    conveyed = rng.random(len(called)) < CONVEYED
    walked = world.draw(
        "health", world.ids, ages * ill, (ATTEND / (1 + RETURN) - AMBULANCE * CONVEYED) * thousands, once=False
    )
    ids = np.concatenate([called[conveyed], walked])
    days = np.concatenate([called_on[conveyed], world.days("health", len(walked))])
    ambulance = np.arange(len(ids)) < conveyed.sum()
    back = rng.random(len(ids)) < RETURN
    ids, days, ambulance = (
        np.concatenate([ids, ids[back]]),
        np.concatenate([days, days[back] + rng.integers(1, 8, back.sum())]),
        np.concatenate([ambulance, np.zeros(back.sum(), bool)]),
    )
    world.note("urgent_care", "ae_attendance", ids, days)
    world.excite("health", ids, 0.35)
    _admit(world, ids, days, ambulance)
    planned = world.draw(
        "health",
        world.ids,
        world.curve((0, 0.4), (5, 0.35), (20, 0.5), (40, 0.8), (60, 1.5), (75, 2.2), (90, 1.4))
        * world.risk(health=0.45),
        PLANNED * thousands,
        once=False,
    )
    planned_on = world.days("health", len(planned))
    world.note(
        "hospital", "planned_admission", planned, planned_on, end=planned_on + 1 + rng.geometric(0.65, len(planned)) - 1
    )


def _admit(world: World, ids: np.ndarray, days: np.ndarray, ambulance: np.ndarray) -> None:
    """Some attendances become stays; of long stays of older people some end when a discharge has been arranged."""
    rng = world.rngs["health"]
    age = world.age[np.searchsorted(world.ids, ids)]
    chance = np.where(ambulance, 0.36, 0.125) * np.interp(
        age, (0, 5, 20, 45, 70, 85), (0.9, 0.55, 0.75, 1.0, 1.5, 1.75)
    )
    stay = rng.random(len(ids)) < chance
    ids, days, age = ids[stay], days[stay], age[stay]
    nights = rng.lognormal(np.interp(age, (0, 40, 65, 85), (0.2, 0.5, 1.2, 1.75)), 0.95)
    ended = days + 1 + np.minimum(nights, 150).astype(np.int32)
    complex_ = np.flatnonzero((age >= 60) & (ended - days >= 6) & (rng.random(len(ids)) < REFERRED))
    whole = (ended - days)[complex_]
    referred = days[complex_] + (whole * rng.uniform(0.35, 0.85, len(complex_))).astype(np.int32) + 1
    who = Part(world, np.searchsorted(world.ids, ids[complex_]))
    left = referred + discharge.waits(world, who, referred - days[complex_])
    ended[complex_] = left
    world.note("hospital", "emergency_admission", ids, days, end=ended)
    world.note("hospital", "discharge_referral", ids[complex_], referred, end=left)
    world.excite("health", ids, 0.9)
    world.shock(np.unique(ids[nights > 6]), health=0.35, mental=0.1)
