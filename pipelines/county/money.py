"""Housing, homelessness, rent, council tax and fire: what is owed to, by or at a household.

Per 1,000 households a year: 13.5 owed a homelessness duty (Worcester city 16.7), a quarter of them after domestic
abuse (statutory homelessness statistics); about 1 accidental dwelling fire per 1,000 dwellings.
"""

import numpy as np

from pipelines.county import demography
from pipelines.county.places import DISTRICTS, OWNED, PRIVATE, SOCIAL
from pipelines.county.world import World

PREVENTION, RELIEF = 8.0, 6.2  # per 1,000 households a year
AFTER_ABUSE = 0.28  # of duties drawn among households with recent abuse, beside those that weight alone leads there
WORCESTER = 16.7 / 13.5  # its rate to the county's
ENDS = {1: 1 / 3, 2: 1 / 2.5, 3: 1 / 8, 4: 1 / 5}
KINDS = {1: "prevention_duty", 2: "relief_duty", 3: "main_duty", 4: "temporary_accommodation"}
RENT, COUNCIL_TAX, HARDSHIP = 62.0, 145.0, 18.0
SUPPORTED, SUPPORT_ENDS = 0.105, 1 / 42  # council tax support: stock, monthly
FIRE, FALSE_ALARM, VISIT = 1.0, 8.0, 10.0  # per 1,000 dwellings a year


def happen(world: World, month: int) -> None:
    """One month; `month` is that of the calendar, 1 to 12."""
    h = world.hids
    tenure = world.places.tenure[world.households.property[h]]
    debt = 1 + 0.5 * np.minimum(world.households.debt[h], 4)
    working = np.where(world.elders[h] > 0, 0.55, 1.0)
    poor = world.home_risk(money=0.85, substance=0.25, mental=0.2, conflict=0.2) * working * debt
    _arrears(world, month, poor, tenure)
    _homeless(world, poor * np.where(tenure == PRIVATE, 2.2, np.where(tenure == SOCIAL, 1.4, 0.35)))
    _fire(world, tenure)


def _arrears(world: World, month: int, poor: np.ndarray, tenure: np.ndarray) -> None:
    rng, h, thousands = world.rngs["money"], world.hids, len(world.hids) / 12_000
    season = {2: 0.3, 3: 0.2, 5: 1.4, 6: 1.7, 7: 1.5}.get(month, 1.0) * 12 / 12.1  # bills start in April
    owed = {
        ("housing", "rent_arrears"): (RENT, poor * np.array([0, 0, 1.4, 0.8])[tenure], 11.3, 0.6),
        ("revenues", "council_tax_arrears"): (
            COUNCIL_TAX * season,
            poor * np.array([0.45, 0.8, 1.3, 1.2])[tenure],
            10.6,
            0.5,
        ),
        ("revenues", "hardship_payment"): (HARDSHIP, poor**1.1 * np.array([0.1, 0.3, 2.0, 1.2])[tenure], 10.2, 0.4),
    }
    for (agency, kind), (rate, weight, mean, spread) in owed.items():
        units = world.draw("money", h, weight, rate * thousands, "financial", once=False)
        amount = rng.lognormal(mean, spread, len(units)).astype(np.int32)  # pence
        world.note(agency, kind, units, world.days("money", len(units)), amount=amount)
        np.add.at(world.households.debt, units, 0.8)
    done = world.leaving("support", 0, SUPPORT_ENDS, "money")
    world.stop("support", done, world.days("money", len(done)))
    free = (world.spells["support"].tier[h] < 0) & (world.households.since[h] < world.m)
    weight = poor**0.8 * np.where(world.elders[h] > 0, 2.4, 1.0) * np.array([0.25, 0.15, 2.5, 1.2])[tenure]
    begun = world.draw(
        "money", h[free], weight[free], world.inflow("support", 0, SUPPORTED * len(h), SUPPORT_ENDS * 1.3)
    )
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
            demography.rehome(world, demography.whole(world, np.isin(h, units) * (rng.random(len(h)) < 0.6), rng), rng)
    if world.rates is not None:
        mine = spells.tier[h]
        world.rates["rise_home"][h] += np.array([0, ENDS[1] * 0.22, ENDS[2] * 0.45, ENDS[3] * 0.2, 0, 0])[mine]

    district = world.places.district[world.households.property[h]]
    city = district == DISTRICTS.index("Worcester")
    elsewhere = (len(h) - WORCESTER * city.sum()) / max((~city).sum(), 1)
    weight = weight * (spells.tier[h] < 0) * (world.households.since[h] < world.m)
    abused = weight * np.minimum(world.households.abuse[h], 2)
    for rung, rate in ((1, PREVENTION), (2, RELIEF)):
        for share, by, where, more in (
            (s, b, w, m)
            for s, b in ((1 - AFTER_ABUSE, weight), (AFTER_ABUSE, abused))
            for w, m in ((city, WORCESTER), (~city, elsewhere))
        ):
            units = world.draw("money", h[where], by[where], rate * share * more * where.sum() / 12_000, "homelessness")
            units = units[spells.tier[units] < 0]
            world.begin("housing", units, rung, "housing", KINDS[rung], "money", rung=rung)
            world.households.climate[units, 2] += 0.2


def _fire(world: World, tenure: np.ndarray) -> None:
    h, thousands = world.hids, len(world.hids) / 12_000
    old = 1 + 0.8 * (world.elders[h] > 0) + 0.5 * (world.size[h] == 1)
    careless = world.home_risk(substance=0.5, mental=0.3, health=0.25, money=0.15) * old
    for kind, rate, weight in (
        ("dwelling_fire", FIRE, careless),
        ("false_alarm", FALSE_ALARM, careless**0.5 * (1 + (tenure != OWNED))),
        ("home_safety_visit", VISIT, old**3 * world.home_risk(health=0.4, substance=0.15)),
    ):
        units = world.draw("fire", h, weight, rate * thousands, once=False)
        world.note("fire", kind, world.households.property[units], world.days("fire", len(units)))
