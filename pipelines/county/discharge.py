"""Leaving hospital: how long someone who is referred for discharge stays on, and how likely anybody would be to.

The days from referral to discharge are log-logistic, so whatever multiplies the odds of still being there after one
day multiplies them after any number of days. About 7 days on average, of which the county's pilot saved 2.7.
"""

import numpy as np

from pipelines.county.group import Group, either
from pipelines.county.world import World

HALF_GONE = 4.1  # days after which half of those with the odds of 1 have left
SHAPE = 2.8  # how alike waits are: twice the days, this power of two less odds
USUAL, WEAKENS = 9, 1.2  # days in hospital before a referral; the odds go with this power of them
LONGEST = 120  # days


def odds(world: World, who: Group) -> np.ndarray:
    """The odds that each of `who` (ids,), once referred, is still there when others would have half left.

    Frailty, a mind that is unwell and a home in conflict make a discharge hard to arrange, and so does living alone.
    A package or a home that somebody comes back to makes it easier; nothing is in place for those without one. What the
    stay itself adds, strength lost with every day of it, is left to `waits`: it can't be told before there is one.
    """
    out = who.risk(health=0.65, mental=0.4, conflict=0.25)
    out *= either(world.size.take(who.home) == 1, 3.0, 0.7)
    out *= world.by_tier("adults", who.ids, {1: 0.8, 2: 0.45, 3: 0.2}, other=1.4)
    out *= who.curve((0, 0.6), (60, 0.6), (75, 0.9), (85, 1.3), (95, 1.8))
    out *= np.exp(0.3 * world.deprived).take(who.home)
    return out


def waits(world: World, who: Group, stayed: np.ndarray) -> np.ndarray:
    """Days from referral to discharge, at least 1, (ids,), of those who have `stayed` so many days when referred."""
    luck = world.rngs["discharge"].random(len(who.ids))
    longer = (stayed / np.float32(USUAL)) ** WEAKENS
    days = HALF_GONE * (odds(world, who) * longer * luck / (1 - luck)) ** (1 / SHAPE)
    return np.clip(np.rint(days), 1, LONGEST).astype(np.int32)
