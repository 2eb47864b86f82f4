"""The hidden truth, kept quarterly in files of its own so that a model's distance from the best possible is known.

For each resident, and for each dwelling that is lived in, and quarter: the hidden dimensions, the true yearly rates (as
logarithms) behind groups of events, and what follows from them for the outcomes. A model given these is close to the
best that anybody could do; only what happens after that day is left out.
"""

import numpy as np

from pipelines.county import discharge
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
# What each column of a unit is about, and the columns, in the order of the file.
COLUMNS = {
    "resident": {
        **dict(zip(HIDDEN, ("conflict", "health", "money", "drugs and alcohol", "mental health"), strict=True)),
        "own_domestic_abuse": "conflict",
        "own_offending": "conflict",
        "own_child_in_need": "conflict",
        "own_substance": "drugs and alcohol",
        "own_mental": "mental health",
        "own_care": "health",
        "home_financial": "money",
        "home_homelessness": "money",
        "expected_kinds": "needs of the household together",
        "two_kinds": "needs of the household together",
        "three_kinds": "needs of the household together",
        "four_kinds": "needs of the household together",
        "tier_rises": "how near a higher tier is",
        "stays_in_hospital": "what a discharge would take",
    },
    "property": {
        **dict(zip(HIDDEN, ("conflict", "health", "money", "drugs and alcohol", "mental health"), strict=True)),
        "fire": "how near a fire is",
    },
}


class Truth:
    """Collects the quarters; `open` before a month's events are drawn, `keep` after."""

    def __init__(self):
        # of each unit: day, units (n,), values (columns, n)
        self.quarters: dict[str, list[tuple[int, np.ndarray, np.ndarray]]] = {unit: [] for unit in COLUMNS}

    def open(self, world: World) -> dict[str, np.ndarray]:
        """Empty intensities, for the month's draws to fill."""
        n, h = len(world.people), len(world.households)
        return {name: np.zeros(n, np.float32) for name in (*PERSONAL, "rise")} | {
            name: np.zeros(h, np.float32) for name in (*OF_HOME, "rise_home", "fire")
        }

    def keep(self, world: World) -> None:
        """Store the quarter from the intensities of its first month, as if they held for a year."""
        own = {name: world.rates[name].take(world.ids) * 12 for name in (*PERSONAL, "rise")}
        shared = {name: world.rates[name].take(world.hids) * 12 for name in (*OF_HOME, "rise_home", "fire")}
        yearly = [np.bincount(world.at_home, own[name], len(world.hids)) for name in PERSONAL]
        chance = [-np.expm1(-rate) for rate in (*yearly, *(shared[name] for name in OF_HOME))]
        of_home = [_log(shared[name]) for name in ("financial", "homelessness")] + [sum(chance)]
        of_home += [_log_odds(reached) for reached in _at_least(chance)]
        values = [*world.hidden]
        values += [
            _log(own[name]) for name in ("domestic_abuse", "offending", "child_in_need", "substance", "mental", "care")
        ]
        values += [of.astype(np.float32).take(world.at_home) for of in of_home]
        values += [_log(own["rise"] + shared["rise_home"].take(world.at_home))]
        values += [np.log(discharge.odds(world, world))]
        self._store("resident", world, world.ids, values)
        dwellings = world.households.property.take(world.hids)
        self._store("property", world, dwellings, [*world.hidden_home, _log(shared["fire"])])

    def _store(self, unit: str, world: World, who: np.ndarray, values: list[np.ndarray]) -> None:
        # in half precision: three digits are enough, and it packs well
        kept = np.stack([of.astype(np.float16) for of in values])
        self.quarters[unit].append((int(world.day0), who.astype(np.int32), kept))


def _at_least(chance: list[np.ndarray]) -> list[np.ndarray]:
    """The chance of at least 2, 3, 4 of independent kinds, from each one's chance, (homes,) for each kind."""
    exactly = [np.ones_like(chance[0]), *(np.zeros_like(chance[0]) for _ in range(3))]
    for p in chance:
        for count in (3, 2, 1):
            exactly[count] += (exactly[count - 1] - exactly[count]) * p
        exactly[0] -= exactly[0] * p
    below = np.cumsum(exactly, axis=0)
    return [np.maximum(1 - below[count - 1], 0) for count in (2, 3, 4)]


def _log(rate: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(rate, FLOOR))


def _log_odds(p: np.ndarray) -> np.ndarray:
    p = np.clip(p, FLOOR, 1 - FLOOR)
    return np.log(p / (1 - p))
