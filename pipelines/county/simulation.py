"""The county's ten years, a month at a time, after a warm-up in which histories and stocks settle."""

import time
from datetime import date

import numpy as np

from pipelines.county import adults, children, crime, demography, fire, health, mind, misfortune, money
from pipelines.county.lives import Lives
from pipelines.county.params import CountyParams
from pipelines.county.people import make_people
from pipelines.county.places import make_places
from pipelines.county.truth import Truth
from pipelines.county.world import KEPT, World
from pipelines.stage import say

SECONDS_BETWEEN = 5  # lines of progress
WARM_UP = 24  # months before starts_on; what ended before it is left out


def simulate(params: CountyParams) -> tuple[World, Truth]:
    """Live the county's lives. Returns its last state, with the diary of all that happened, and the hidden truth."""
    place_rng, people_rng, lives_rng, world_rng = np.random.default_rng(params.seed).spawn(4)
    first = params.starts_on.year * 12 + params.starts_on.month - 1 - WARM_UP
    last = params.extract_on.year * 12 + params.extract_on.month  # the month after the extraction's
    calendar = [date(m // 12, m % 12 + 1, 1) for m in range(first, last + 1)]
    months = np.array([day_number(day) for day in calendar], np.int32)
    places = make_places(params.residents, int(months[0]), day_number(params.extract_on), place_rng)
    start = make_people(params.residents, int(months[0]), places, people_rng)
    world = World(places, start, months, world_rng, Lives(lives_rng))
    truth, told = Truth(), time.monotonic()
    for world.m in range(len(months) - 2 + (params.extract_on.day > 1)):
        month = calendar[world.m].month
        if month % 3 == 1 and world.m:
            world.lives.drift(world.people.mood, world.households.climate)
        world.look()
        if month % 3 == 1 and world.m >= WARM_UP:
            world.rates = truth.open(world)
        misfortune.happen(world)
        crime.happen(world)
        children.happen(world, month)
        adults.happen(world)
        health.happen(world)
        mind.happen(world)
        money.happen(world, month)
        fire.happen(world)
        if world.rates is not None:
            truth.keep(world)
            world.rates = None
        if world.m:  # stocks stand first, then people come and go
            demography.live(world, params.residents)
        world.people.excited *= KEPT[:, None]
        world.households.abuse *= np.float32(0.72)
        world.households.debt *= np.float32(0.86)
        if time.monotonic() - told > SECONDS_BETWEEN:
            say(f"lives of {len(world.ids):,} residents up to {calendar[world.m]:%B %Y}")
            told = time.monotonic()
    return world, truth


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()
