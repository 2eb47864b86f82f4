"""Life events that nobody records, and what follows from them is recorded: jobs lost, grave illness, a home in crisis.

A crisis (a death, a debt called in, a relapse, a release from prison) weighs on a whole household for some months and
raises every hazard at once. It is what makes a year of many services come upon people whom no history foretold.
"""

import numpy as np

from pipelines.county.group import either
from pipelines.county.world import World

JOB_LOST = 0.035  # of people of working age a year
CRISIS = 0.13  # of households a year
DEPTH = 1.45  # of a crisis when it begins, in standard deviations of vulnerability; at most twice that
KEPT = 0.86  # of its depth a month later


def happen(world: World) -> None:
    """One month of it, before the events that it brings."""
    rng, p, hh = world.rngs["mind"], world.people, world.households
    working = (world.age >= 18) & (world.age < 66)
    hazard = JOB_LOST / 12 * np.exp(0.4 * world.hidden[2]) * working
    lost = world.ids[rng.random(len(world.ids), np.float32) < hazard]
    world.shock(lost, money=1.0, mental=0.4, substance=0.2)
    hh.climate[2, p.household[lost]] = np.minimum(hh.climate[2, p.household[lost]] + 0.7, 4)
    hazard = world.curve((0, 0.004), (40, 0.01), (65, 0.03), (85, 0.08)) / 12
    ill = world.ids[rng.random(len(world.ids), np.float32) < hazard]
    world.shock(ill, health=1.2, mental=0.3)
    hh.crisis *= np.float32(KEPT)
    hazard = CRISIS / 12 * either(world.elders[world.hids] > 0, 0.85, 1.08) * world.home_risk(conflict=0.2, money=0.2)
    struck = world.hids[rng.random(len(world.hids), np.float32) < hazard]
    hh.crisis[struck] = np.minimum(hh.crisis[struck] + DEPTH * rng.gamma(2.0, 0.5, len(struck)), 2 * DEPTH)
