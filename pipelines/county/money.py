"""Housing, homelessness, rent and council tax: what is owed to or by a household.

Per 1,000 households a year: 13.5 owed a homelessness duty (Worcester city 16.7), a quarter of them after domestic
abuse (statutory homelessness statistics).
"""

import numpy as np

from pipelines.county import demography
from pipelines.county.group import either
from pipelines.county.places import DISTRICTS
from pipelines.county.world import World

PREVENTION, RELIEF = 8.0, 6.2  # per 1,000 households a year
AFTER_ABUSE = 0.28  # of duties drawn among households with recent abuse, beside those that weight alone leads there
WORCESTER = 16.7 / 13.5  # its rate to the county's
ENDS = {1: 1 / 3, 2: 1 / 2.5, 3: 1 / 8, 4: 1 / 5}
KINDS = {1: "prevention_duty", 2: "relief_duty", 3: "main_duty", 4: "temporary_accommodation"}
RENT, COUNCIL_TAX, HARDSHIP = 62.0, 145.0, 18.0
SUPPORTED, SUPPORT_ENDS = 0.105, 1 / 42  # council tax support: stock, monthly


def happen(world: World, month: int) -> None:
    """One month; `month` is that of the calendar, 1 to 12."""
    h = world.hids
    tenure = world.places.tenure[world.households.property[h]]
    poor = world.home_risk(money=0.85, substance=0.25, mental=0.2, conflict=0.2)
    poor *= either(world.elders[h] > 0, 0.55, 1.0)
    poor *= 1 + 0.5 * np.minimum(world.households.debt[h], 4)
    _arrears(world, month, poor, tenure)
    _homeless(world, poor * _by(tenure, 0.35, 0.35, 1.4, 2.2))


def _arrears(world: World, month: int, poor: np.ndarray, tenure: np.ndarray) -> None:
    rng, h, thousands = world.rngs["money"], world.hids, len(world.hids) / 12_000
    season = {2: 0.3, 3: 0.2, 5: 1.4, 6: 1.7, 7: 1.5}.get(month, 1.0) * 12 / 12.1  # bills start in April
    owed = {
        ("housing", "rent_arrears"): (RENT, poor * _by(tenure, 0, 0, 1.4, 0.8), 11.3, 0.6),
        ("revenues", "council_tax_arrears"): (
            COUNCIL_TAX * season,
            poor * _by(tenure, 0.45, 0.8, 1.3, 1.2),
            10.6,
            0.5,
        ),
        ("revenues", "hardship_payment"): (HARDSHIP, poor**1.1 * _by(tenure, 0.1, 0.3, 2.0, 1.2), 10.2, 0.4),
    }
    for (agency, kind), (rate, weight, mean, spread) in owed.items():
        units = world.draw("money", h, weight, rate * thousands, "financial", once=False)
        amount = rng.lognormal(mean, spread, len(units)).astype(np.int32)  # pence
        world.note(agency, kind, units, world.days("money", len(units)), amount=amount)
        np.add.at(world.households.debt, units, np.float32(0.8))
    done = world.leaving("support", 0, SUPPORT_ENDS, "money")
    world.stop("support", done, world.days("money", len(done)))
    weight = poor**0.8 * either(world.elders[h] > 0, 2.4, 1.0) * _by(tenure, 0.25, 0.15, 2.5, 1.2)
    weight *= (world.spells["support"].tier[h] < 0) & (world.households.since[h] < world.m)
    begun = world.draw("money", h, weight, world.inflow("support", 0, SUPPORTED * len(h), SUPPORT_ENDS * 1.3))
    world.begin("support", begun, 0, "revenues", "council_tax_support", "money", mean_months=42)


def _homeless(world: World, weight: np.ndarray) -> None:
    rng, h, spells = world.rngs["money"], world.hids, world.spells["housing"]
    lost = world.leaving("housing", 1, ENDS[1], "money")  # prevention failed: relief
    failed = rng.random(len(lost)) < 0.22
    ended = {1: lost[~failed]}
    world.begin("housing", lost[failed], 2, "housing", KINDS[2], "money", rung=2)
    done = world.leaving("housing", 2, ENDS[2], "money")
    luck = rng.random(len(done))
    for rung, chosen in ((3, luck < 0.25), (4, (luck >= 0.25) & (luck < 0.45))):
        world.begin("housing", done[chosen], rung, "housing", KINDS[rung], "money", rung=rung)
    ended[2] = done[luck >= 0.45]
    done = world.leaving("housing", 3, ENDS[3], "money")
    placed = rng.random(len(done)) < 0.2
    world.begin("housing", done[placed], 4, "housing", KINDS[4], "money", rung=4)
    ended[3], ended[4] = done[~placed], world.leaving("housing", 4, ENDS[4], "money")
    for rung, units in ended.items():
        world.stop("housing", units, world.days("money", len(units)))
        if rung >= 2 and world.m:
            demography.rehome(world, demography.whole(world, units[rng.random(len(units)) < 0.6]), rng)
    if world.rates is not None:
        mine = spells.tier[h]
        world.rates["rise_home"][h] += np.array([0, ENDS[1] * 0.22, ENDS[2] * 0.45, ENDS[3] * 0.2, 0, 0])[mine]

    city = world.places.district[world.households.property[h]] == DISTRICTS.index("Worcester")
    elsewhere = (len(h) - WORCESTER * city.sum()) / max((~city).sum(), 1)
    weight = weight * ((spells.tier[h] < 0) & (world.households.since[h] < world.m))
    abused = weight * np.minimum(world.households.abuse[h], 2)
    for where, more in ((city, WORCESTER), (~city, elsewhere)):
        at = np.flatnonzero(where)
        homes, thousands = h.take(at), len(at) / 12_000
        for share, mine in ((1 - AFTER_ABUSE, weight.take(at)), (AFTER_ABUSE, abused.take(at))):
            for rung, rate in ((1, PREVENTION), (2, RELIEF)):
                units = world.draw("money", homes, mine, rate * share * more * thousands, "homelessness")
                units = units[spells.tier[units] < 0]
                world.begin("housing", units, rung, "housing", KINDS[rung], "money", rung=rung)
                world.households.climate[2, units] += 0.2


def _by(tenure: np.ndarray, owned: float, mortgaged: float, social: float, private: float) -> np.ndarray:
    """A weight by tenure, whose numbers are in this order."""
    return np.array([owned, mortgaged, social, private], np.float32).take(tenure)
