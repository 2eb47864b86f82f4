"""Adult social care: contacts and safeguarding, and the ladder of short-term, long-term and residential support.

Adults with long-term support in a year per 100,000: 5,100 aged 65+, 870 aged 18-64 (ASC-FR); stocks below are what
gives that with the lengths of spells here.
"""

import numpy as np

from pipelines.county.group import either
from pipelines.county.world import World

CONTACTS, SAFEGUARDING, SHORT = 26.0, 6.0, 10.0  # per 1,000 adults a year
STOCKS = {"old": (0.0245, 0.0115), "young": (0.0057, 0.00075)}  # community, residential: of the adults of that age
ENDS = {1: 1 / 1.6, 2: 1 / 40, 3: 1 / 30}  # monthly
KINDS = {1: "short_term", 2: "long_term", 3: "residential"}


def happen(world: World) -> None:
    thousands = np.count_nonzero(world.age >= 18) / 12_000
    weight = world.curve((18, 0.25), (40, 0.3), (60, 0.5), (70, 1.0), (80, 4.0), (90, 13.0), (100, 20.0))
    weight *= either(world.size.take(world.home) == 1, 1.5, 1.0)
    weight *= world.risk(health=0.8, mental=0.3)
    weight *= world.excited("health", 0.7)
    for rung in (1, 2, 3):
        done = world.leaving("adults", rung, ENDS[rung], "adults")
        world.stop("adults", done, world.days("adults", len(done)))
    ids = world.draw("adults", world.ids, weight**0.8, CONTACTS * thousands, once=False)
    world.note("adult_social_care", "contact", ids, world.days("adults", len(ids)), tier=0)
    world.excite("health", ids, 0.3)
    at_risk = weight**0.6 * world.risk(conflict=0.4, mental=0.3, substance=0.2)
    at_risk *= world.by_tier("adults", world.ids, {2: 5.0, 3: 5.0}, other=1.0)
    ids = world.draw("adults", world.ids, at_risk, SAFEGUARDING * thousands, once=False)
    world.note("adult_social_care", "safeguarding", ids, world.days("adults", len(ids)))

    _begin(world, 1, world.ids, weight, {-1: 1.0}, SHORT * thousands)
    for group, among in (("old", world.age >= 65), ("young", (world.age >= 18) & (world.age < 65))):
        at = np.flatnonzero(among)
        ids, mine = world.ids.take(at), weight.take(at)
        tier = world.spells["adults"].tier[ids]
        for rung, share, near in zip((2, 3), STOCKS[group], ({-1: 1, 1: 8}, {-1: 1, 1: 6, 2: 12}), strict=True):
            target, stock = share * len(ids), np.count_nonzero(tier == rung)
            ends = ENDS[rung] + (0.012 if group == "old" else 0.001)  # deaths end many
            expected = target if world.m == 0 else max(0.0, target * ends + (target - stock) / 4)
            _begin(world, rung, ids, mine, near, expected)


def _begin(
    world: World, rung: int, ids: np.ndarray, weight: np.ndarray, near: dict[int, float], expected: float
) -> None:
    """Spells at a rung for some of ids, by weight and by how near the open rung is to it (-1 for none)."""
    spells, weight = world.spells["adults"], weight * world.by_tier("adults", ids, near)
    if world.rates is not None and weight.sum() > 0:
        world.rates["rise"][ids] += weight / weight.sum() * expected * (spells.tier[ids] >= 1)
    ids = world.draw("adults", ids, weight, expected, "care")
    ids = ids[spells.since[ids] < world.m]
    world.begin("adults", ids, rung, "adult_social_care", KINDS[rung], "adults", rung=rung, mean_months=1 / ENDS[rung])
    world.excite("health", ids, 0.5)
