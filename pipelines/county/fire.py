"""What happens at dwellings: accidental fires, false alarms, and the fire service's home safety visits.

About 1 accidental dwelling fire per 1,000 dwellings a year (Home Office). Fires go with alcohol and drugs, with minds
that are unwell (hoarding among it), with frailty and being alone, with little money and with flats; a visit lowers the
risk until its alarms and advice wear out, and a home that has burnt once is likelier to burn again.
"""

import numpy as np

from pipelines.county.group import either
from pipelines.county.places import DWELLINGS
from pipelines.county.world import World

FIRES, FALSE_ALARMS, VISITS = 1.0, 8.0, 10.0  # per 1,000 dwellings a year
VISITED, WEARS_OUT = 0.5, 60  # the risk just after a visit, of what it was; months until it is that again
BURNT, FORGOTTEN = 2.5, 36  # the risk just after a fire, and months until it is what it was


def happen(world: World) -> None:
    h, m, thousands = world.hids, world.m, len(world.hids) / 12_000
    at = world.households.property[h]
    alone, elders, flat = world.size[h] == 1, world.elders[h] > 0, world.places.dwelling[at] == DWELLINGS.index("flat")
    careless = world.home_risk(substance=0.75, mental=0.5, health=0.4, money=0.3) * np.exp(0.1 * world.deprived[h])
    careless *= either(elders, 2.5, 1.0) * either(alone, 3.0, 1.0) * either(flat, 2.2, 1.0)
    risk = (
        careless * _fading(m - world.visited[at], VISITED, WEARS_OUT) * _fading(m - world.burnt[at], BURNT, FORGOTTEN)
    )
    watched = either(elders, 3.0, 1.0) * either(alone, 2.2, 1.0) * world.home_risk(health=0.4, substance=0.15)
    for kind, rate, weight in (
        ("dwelling_fire", FIRES, risk),
        ("false_alarm", FALSE_ALARMS, careless),
        ("home_safety_visit", VISITS, watched),
    ):
        truth = "fire" if kind == "dwelling_fire" else None
        units = world.draw("fire", h, weight, rate * thousands, truth, once=False)
        where = world.households.property[units]
        world.note("fire", kind, where, world.days("fire", len(units)))
        if kind == "dwelling_fire":
            world.burnt[where] = m
        if kind == "home_safety_visit":
            world.visited[where] = m


def _fading(months: np.ndarray, at_first: float, until: int) -> np.ndarray:
    """A weight that is `at_first` when no month has passed, and nears 1 evenly until `until` have."""
    return at_first + (1 - at_first) * np.minimum(months / np.float32(until), 1)
