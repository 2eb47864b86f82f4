"""Residents in one month, and how likely each of them is to meet something beside the others: weights.

Weights are float32 and their parts are stored by column, because every month asks for some fifty of them.
"""

import numpy as np

from pipelines.county.diary import Rows
from pipelines.county.lives import HIDDEN

CHANNELS = ("conflict", "offence", "health", "child", "mental", "substance", "school", "abuse")  # what excites itself
STEEP = 0.68  # how much hidden vulnerability matters to every hazard: chance has the rest
AGES = 110  # ages run from 0 to 109
COLUMNS = ("ids", "home", "at_home", "age", "band", "hidden")


class Group:
    """Residents `ids` of a month: each one's household (`home`), `age` in years and `hidden` dimensions, (5, ids).

    `band` is the age of a woman, and AGES more for a man; `people` and `hidden_home` (5, households with somebody in
    them) are the county's, `at_home` is where each one's household stands in the latter.
    """

    people: Rows
    hidden_home: np.ndarray
    ids: np.ndarray
    home: np.ndarray
    at_home: np.ndarray
    age: np.ndarray
    band: np.ndarray
    hidden: np.ndarray

    def among(self, chosen: np.ndarray) -> "Group":
        """Those of the group for whom `chosen`, (ids,), holds: where weights are wanted of few, it is quicker."""
        return Part(self, np.flatnonzero(chosen))

    @property
    def female(self) -> np.ndarray:
        return self.band < AGES

    def curve(self, *points: tuple[float, float], women: float = 1.0) -> np.ndarray:
        """A weight by age through the points (age, weight), that of women times `women`."""
        ages, weights = zip(*points, strict=True)
        men = np.interp(np.arange(AGES), ages, weights, left=0, right=weights[-1]).astype(np.float32)
        if women == 1:
            return men.take(self.age)
        return np.concatenate([men * np.float32(women), men]).take(self.band)

    def risk(self, **betas: float) -> np.ndarray:
        """exp(sum of beta x hidden dimension), for ids."""
        return risk(self.hidden, betas)

    def around(self, **betas: float) -> np.ndarray:
        """The same of the household that each of ids lives in, by the mean of its adults."""
        return risk(self.hidden_home, betas).take(self.at_home)

    def excited(self, channel: str, slope: float, top: float = 4.0) -> np.ndarray:
        """1 + slope x recent events of a channel (at most `top`), for ids."""
        out = self.people.excited[CHANNELS.index(channel)].take(self.ids)
        np.minimum(out, top, out=out)
        out *= slope
        out += 1
        return out


class Part(Group):
    """Those at some places of a group; each column is taken from the group when it is first asked for."""

    def __init__(self, whole: Group, at: np.ndarray):
        self.people, self.hidden_home, self._whole, self._at = whole.people, whole.hidden_home, whole, at

    def __getattr__(self, name: str) -> np.ndarray:
        if name not in COLUMNS:
            raise AttributeError(name)
        column = getattr(self._whole, name).take(self._at, axis=-1)
        setattr(self, name, column)
        return column


def risk(hidden: np.ndarray, betas: dict[str, float]) -> np.ndarray:
    """exp(sum of beta x hidden dimension) of units, from their dimensions (5, units)."""
    out = np.zeros(hidden.shape[1], np.float32)
    for name, beta in betas.items():
        out += hidden[HIDDEN.index(name)] * np.float32(STEEP * beta)
    return np.exp(out, out=out)


def either(holds: np.ndarray, yes: float, no: float) -> np.ndarray:
    """A weight by whether something holds of a unit; np.where would make twice the bytes of it."""
    out = holds.astype(np.float32)
    out *= yes - no
    out += no
    return out
