"""The hidden truth, kept quarterly in a file of its own so that a model's distance from the best possible is known.

For each resident and quarter: the hidden dimensions, the true yearly rates (as logarithms) behind groups of events,
and what follows from them for the outcomes. A model given these is close to the best that anybody could do; only what
happens after that day is left out.
"""

import numpy as np

from pipelines.county.lives import HIDDEN
from pipelines.county.world import World

PERSONAL = (
    "domestic_abuse",
    "offending",
    "anti_social",
    "child_in_need",
    "substance",
    "mental",
    "care",
    "school",
    "neet",
)
OF_HOME = ("homelessness", "financial")
FLOOR = 1e-5  # a yearly rate below this is as good as none
COLUMNS = (
    *HIDDEN,
    *(f"own_{name}" for name in ("domestic_abuse", "offending", "child_in_need", "substance", "mental", "care")),
    "home_financial",
    "home_homelessness",
    "expected_kinds",
    "two_kinds",
    "three_kinds",
    "four_kinds",
    "tier_rises",
)


class Truth:
    """Collects the quarters; `open` before a month's events are drawn, `keep` after."""

    def __init__(self):
        self.quarters: list[tuple[int, np.ndarray, np.ndarray]] = []  # day, residents (n,), values (n, len(COLUMNS))

    def open(self, world: World) -> dict[str, np.ndarray]:
        """Empty intensities, for the month's draws to fill."""
        n, h = len(world.people), len(world.households)
        return {name: np.zeros(n) for name in (*PERSONAL, "rise")} | {
            name: np.zeros(h) for name in (*OF_HOME, "rise_home")
        }

    def keep(self, world: World) -> None:
        """Store the quarter from the intensities of its first month, as if they held for a year."""
        rates, h = world.rates, len(world.households)
        home = world.home
        yearly = {name: np.bincount(home, rates[name][world.ids], h) * 12 for name in PERSONAL}
        yearly |= {name: rates[name] * 12 for name in OF_HOME}
        chance = 1 - np.exp(-np.stack([yearly[name] for name in (*PERSONAL, *OF_HOME)], axis=1))
        reach = _at_least(chance)
        values = [world.hidden]
        values += [
            _log(rates[name][world.ids] * 12)
            for name in ("domestic_abuse", "offending", "child_in_need", "substance", "mental", "care")
        ]
        values += [_log(yearly[name][home]) for name in ("financial", "homelessness")]
        values += [chance.sum(axis=1)[home]] + [_log_odds(reach[k][home]) for k in (2, 3, 4)]
        values += [_log(12 * (rates["rise"][world.ids] + rates["rise_home"][home]))]
        # in half precision: three digits are enough, and it packs well
        self.quarters.append((int(world.day0), world.ids, np.column_stack(values).astype(np.float16)))


def _at_least(chance: np.ndarray) -> dict[int, np.ndarray]:
    """The chance of at least 2, 3, 4 of independent kinds, from each one's chance (h, kinds)."""
    exactly = np.zeros((4, len(chance)))
    exactly[0] = 1
    for kind in range(chance.shape[1]):
        p = chance[:, kind]
        exactly[1:] = exactly[1:] * (1 - p) + exactly[:-1] * p
        exactly[0] *= 1 - p
    below = np.cumsum(exactly, axis=0)
    return {k: np.maximum(1 - below[k - 1], 0) for k in (2, 3, 4)}


def _log(rate: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(rate, FLOOR))


def _log_odds(p: np.ndarray) -> np.ndarray:
    p = np.clip(p, FLOOR, 1 - FLOOR)
    return np.log(p / (1 - p))
