"""Substance misuse and mental health: treatment, referral, community care, crisis and detention.

Of the size of national figures (NDTMS: about 7 adults per 1,000 in treatment in a year; MHSDS; Mental Health Act
statistics: about 0.9 detentions per 1,000 a year).
"""

import numpy as np

from pipelines.county.world import World

TREATED, TREATMENT_ENDS = 0.0063, 1 / 9  # stock of adults; monthly
REFERRALS, CRISES, DETENTIONS = 34.0, 17.0, 0.9  # per 1,000 residents aged 10+ (18+) a year
CARED_FOR, CARE_ENDS = 0.018, 1 / 9
DETENTION_ENDS = 1 / 1.6


def happen(world: World) -> None:
    _substance(world)
    _mental(world)


def _substance(world: World) -> None:
    done = world.leaving("substance", 0, TREATMENT_ENDS, "mind")
    world.stop("substance", done, world.days("mind", len(done)))
    world.excite("substance", done, 0.8)  # many relapse
    weight = world.curve((17, 0), (18, 0.6), (30, 1.4), (45, 1.3), (60, 0.6), (75, 0.1), (90, 0.02), women=0.5)
    weight *= world.risk(substance=1.35, mental=0.3, conflict=0.15)
    weight *= world.excited("substance", 2.2)
    weight *= world.excited("offence", 0.4)
    weight *= world.by_tier("substance", world.ids, {-1: 1.0})
    stock = TREATED * np.count_nonzero(world.age >= 18)
    expected = world.inflow("substance", 0, stock, TREATMENT_ENDS * 1.05)
    begun = world.draw("mind", world.ids, weight, expected, "substance")
    world.begin("substance", begun, 0, "behavioural_health", "substance_treatment", "mind", mean_months=9)
    world.excite("substance", begun)


def _mental(world: World) -> None:
    rng, spells = world.rngs["mind"], world.spells["mental"]
    over = np.count_nonzero(world.age >= 10)
    thousands = over / 12_000
    weight = world.curve((9, 0), (10, 0.5), (16, 1.5), (25, 1.5), (50, 1.0), (70, 0.6), (85, 0.7))
    weight *= world.risk(mental=0.95, substance=0.25, conflict=0.2)
    weight *= world.excited("mental", 0.9)
    for tier, ends in ((1, CARE_ENDS), (3, DETENTION_ENDS)):
        done = world.leaving("mental", tier, ends, "mind")
        back = (rng.random(len(done)) < 0.55) & (tier == 3)
        world.stop("mental", done[~back], world.days("mind", int((~back).sum())))
        world.begin("mental", done[back], 1, "behavioural_health", "mental_health_care", "mind", rung=1)
    referred = world.draw("mind", world.ids, weight, REFERRALS * thousands, once=False)
    world.note("behavioural_health", "mental_health_referral", referred, world.days("mind", len(referred)), tier=0)
    world.excite("mental", referred, 0.5)
    in_care = spells.tier.take(world.ids) == 1
    free, crisis, detention = (
        world.by_tier("mental", world.ids, tiers) for tiers in ({-1: 1.0}, {-1: 1.0, 1: 4.0}, {-1: 1.0, 1: 3.0})
    )
    expected = world.inflow("mental", 1, CARED_FOR * over, CARE_ENDS * 1.05)
    begun = world.draw("mind", world.ids, weight * free, expected, "mental")
    begun = begun[spells.since[begun] < world.m]
    world.begin("mental", begun, 1, "behavioural_health", "mental_health_care", "mind", rung=1, mean_months=9)
    world.excite("mental", begun, 0.6)
    grave = weight * world.risk(mental=0.35, substance=0.2) * crisis
    self_harm = world.draw("mind", world.ids, grave, CRISES * thousands, "mental", once=False)
    world.note("behavioural_health", "mental_health_crisis", self_harm, world.days("mind", len(self_harm)), tier=2)
    world.excite("mental", self_harm)
    detain = grave * detention * (world.age >= 16)
    detained = world.draw("mind", world.ids, detain, DETENTIONS * thousands, "mental")
    detained = detained[spells.since[detained] < world.m]
    world.begin("mental", detained, 3, "behavioural_health", "detention", "mind", rung=3, mean_months=1.6)
    world.excite("mental", detained)
    world.shock(detained, mental=0.3)
    if world.rates is not None:
        rise = grave / grave.sum() * CRISES * thousands + detain / detain.sum() * DETENTIONS * thousands
        world.rates["rise"][world.ids] += rise * in_care
