"""Adult social care: contacts and safeguarding, and the ladder of short-term, long-term and residential support.

Adults with long-term support in a year per 100,000: 5,100 aged 65+, 870 aged 18-64 (ASC-FR); stocks below are what
gives that with the lengths of spells here.
"""

import numpy as np

from pipelines.county.world import World

CONTACTS, SAFEGUARDING, SHORT = 26.0, 6.0, 10.0  # per 1,000 adults a year
STOCKS = {"old": (0.0245, 0.0115), "young": (0.0057, 0.00075)}  # community, residential: of the adults of that age
ENDS = {1: 1 / 1.6, 2: 1 / 40, 3: 1 / 30}  # monthly
KINDS = {1: "short_term", 2: "long_term", 3: "residential"}


def happen(world: World) -> None:
    adult = world.age >= 18
    old = world.age >= 65
    thousands = adult.sum() / 12_000
    frail = world.curve((17, 0), (18, 0.25), (40, 0.3), (60, 0.5), (70, 1.0), (80, 4.0), (90, 13.0), (100, 20.0))
    alone = np.where(world.size[world.home] == 1, 1.5, 1.0)
    weight = frail * alone * world.risk(health=0.8, mental=0.3) * world.excited("health", 0.7)
    for rung in (1, 2, 3):
        done = world.leaving("adults", rung, ENDS[rung], "adults")
        world.stop("adults", done, world.days("adults", len(done)))
    ids = world.draw("adults", world.ids, weight**0.8, CONTACTS * thousands, once=False)
    world.note("adult_social_care", "contact", ids, world.days("adults", len(ids)), tier=0)
    world.excite("health", ids, 0.3)
    at_risk = (
        weight**0.6
        * world.risk(conflict=0.4, mental=0.3, substance=0.2)
        * (1 + (world.spells["adults"].tier[world.ids] >= 2) * 4)
        * adult
    )
    ids = world.draw("adults", world.ids, at_risk, SAFEGUARDING * thousands, once=False)
    world.note("adult_social_care", "safeguarding", ids, world.days("adults", len(ids)))

    _begin(world, 1, weight * _near(world, (1, 0, 0, 0)), SHORT * thousands)
    for group, among in (("old", old), ("young", adult & ~old)):
        community, residential = (share * among.sum() for share in STOCKS[group])
        spells = world.spells["adults"].tier[world.ids]
        for rung, target, near in ((2, community, (1, 8, 0, 0)), (3, residential, (1, 6, 12, 0))):
            stock = float(((spells == rung) & among).sum())
            ends = ENDS[rung] + (0.012 if group == "old" else 0.001)  # deaths end many
            expected = target if world.m == 0 else max(0.0, target * ends + (target - stock) / 4)
            _begin(world, rung, weight * _near(world, near) * among, expected)


def _near(world: World, weights: tuple[float, ...]) -> np.ndarray:
    """A weight by the open rung: none, short-term, long-term, residential."""
    none, short, community, residential = weights
    return np.array([none, short, community, residential, none], float)[world.spells["adults"].tier[world.ids]]


def _begin(world: World, rung: int, weight: np.ndarray, expected: float) -> None:
    spells = world.spells["adults"]
    if world.rates is not None and weight.sum() > 0:
        world.rates["rise"][world.ids] += weight / weight.sum() * expected * (spells.tier[world.ids] >= 1)
    ids = world.draw("adults", world.ids, weight, expected, "care")
    ids = ids[spells.since[ids] < world.m]
    world.begin("adults", ids, rung, "adult_social_care", KINDS[rung], "adults", rung=rung, mean_months=1 / ENDS[rung])
    world.excite("health", ids, 0.5)
