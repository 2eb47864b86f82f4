"""The county as it stands in one month: people, households, dwellings, and the one door through which things happen.

Nothing here loops over people. Whatever happens in a month is drawn in two steps: how many times in the whole county
(Poisson about the yearly rate), then to whom (by weight). So rates hold whatever the weights are, and a weight says
only who is likelier than whom.
"""

import numpy as np

from pipelines.county.diary import KIND, Rows, event_log, residency_log
from pipelines.county.lives import HIDDEN, Lives
from pipelines.county.people import YEAR, Start
from pipelines.county.places import Places

CHANNELS = ("conflict", "offence", "health", "child", "mental", "substance", "school")  # what excites itself
KEPT = np.array([0.82, 0.86, 0.78, 0.84, 0.84, 0.88, 0.90], np.float32)  # how much of it is left a month later
# Spells that a person or household has one of at a time; a ladder's tiers count as one spell that changes kind.
PERSON_SPELLS = ("children", "adults", "mental", "substance", "neet", "send", "leaver")
HOME_SPELLS = ("housing", "support")
STEEP = np.float32(0.68)  # how much hidden vulnerability matters to every hazard: chance has the rest
NEVER = -32_000


class World:
    """State of the county. `m` counts months from the start of the warm-up; days count from 1970-01-01."""

    def __init__(self, places: Places, start: Start, months: np.ndarray, rng: np.random.Generator, lives: Lives):
        n, h = len(start.born), len(start.property)
        self.places, self.months, self.lives, self.m = places, months, lives, 0
        self.rngs = dict(
            zip(("people", "crime", "children", "adults", "health", "mind", "money", "fire"), rng.spawn(8), strict=True)
        )
        self.events, self.homes = event_log(), residency_log()
        trait, mood = lives.people(n)
        self.people = Rows(
            born=start.born,
            sex=start.sex,
            ethnicity=start.ethnicity,
            household=start.household,
            partner=start.partner,
            child=start.child,
            ex=np.full(n, -1, np.int32),
            died=np.full(n, -1, np.int32),
            trait=trait,
            mood=mood,
            excited=np.zeros((n, len(CHANNELS)), np.float32),
            moved=np.full(n, NEVER, np.int16),
            since=np.full(n, NEVER, np.int16),
            home=np.full(n, -1, np.int32),
        )
        self.households = Rows(
            property=start.property,
            climate=lives.homes(h),
            since=np.full(h, NEVER, np.int16),
            abuse=np.zeros(h, np.float32),
            debt=np.zeros(h, np.float32),
            crisis=np.zeros(h, np.float32),
        )
        self.spells = {name: Spells(n) for name in PERSON_SPELLS} | {name: Spells(h) for name in HOME_SPELLS}
        self.vacant = np.ones(len(places.lsoa), bool)
        self.vacant[start.property] = False
        self.rates: dict[str, np.ndarray] | None = None  # filled in the months whose truth is kept
        stayed = np.minimum(self.rngs["people"].exponential(11 * YEAR, h), 40 * YEAR)
        days = np.maximum(months[0] - 1 - stayed.astype(np.int32)[start.household], start.born)
        self.people.home[:] = self.homes.add(
            n, resident=np.arange(n), household=start.household, property=start.property[start.household], day=days
        )
        self.look()

    def look(self) -> None:
        """Take stock of who lives where this month: everything below is of `ids`, those here since before it."""
        p, hh = self.people, self.households
        self.day0, self.length = self.months[self.m], int(self.months[self.m + 1] - self.months[self.m])
        self.ids = np.flatnonzero((p.household >= 0) & (p.since < self.m)).astype(np.int32)
        self.home = p.household[self.ids]
        self.age = np.clip((self.day0 - p.born[self.ids]) / YEAR, 0, 109).astype(np.int16)
        self.female = p.sex[self.ids] == 0
        by_home = np.argsort(self.home, kind="stable")
        self.by_home = self.ids[by_home]  # everybody, one household after another
        self.size = np.bincount(self.home, minlength=len(hh))
        self.first = np.concatenate([[0], np.cumsum(self.size)[:-1]])
        self.hids = np.flatnonzero(self.size > 0).astype(np.int32)
        self.kids = np.bincount(self.home[self.age < 18], minlength=len(hh))
        self.elders = np.bincount(self.home[self.age >= 66], minlength=len(hh))
        self.deprived = self.places.deprivation[hh.property]
        self.hidden = self.lives.of(
            p.trait[self.ids], p.mood[self.ids], hh.climate[self.home], self.deprived[self.home], hh.crisis[self.home]
        )
        grown = self.age >= 18
        adults = np.maximum(np.bincount(self.home[grown], minlength=len(hh)), 1)
        self.hidden_home = np.stack(
            [np.bincount(self.home[grown], self.hidden[grown, k], len(hh)) / adults for k in range(len(HIDDEN))], axis=1
        ).astype(np.float32)

    def curve(self, *points: tuple[float, float]) -> np.ndarray:
        """A weight by age through the points (age, weight), for ids."""
        ages, weights = zip(*points, strict=True)
        return np.interp(np.arange(110), ages, weights, left=0, right=weights[-1]).astype(np.float32)[self.age]

    def risk(self, **betas: float) -> np.ndarray:
        """exp(sum of beta x hidden dimension), for ids."""
        return np.exp(STEEP * (self.hidden @ _vector(betas)))

    def home_risk(self, **betas: float) -> np.ndarray:
        """The same of households, for hids, by the mean of their adults."""
        return np.exp(STEEP * (self.hidden_home[self.hids] @ _vector(betas)))

    def around(self, **betas: float) -> np.ndarray:
        """The same of the household that each of ids lives in."""
        return np.exp(STEEP * (self.hidden_home[self.home] @ _vector(betas)))

    def excited(self, channel: str, slope: float, top: float = 4.0) -> np.ndarray:
        """1 + slope x recent events of a channel (at most `top`), for ids."""
        return 1 + slope * np.minimum(self.people.excited[self.ids, CHANNELS.index(channel)], top)

    def excite(self, channel: str, ids: np.ndarray, by: float = 1.0) -> None:
        np.add.at(self.people.excited[:, CHANNELS.index(channel)], ids, by)

    def shock(self, ids: np.ndarray, **changes: float) -> None:
        """A life event moves the hidden dimensions, from which they drift back."""
        self.people.mood[ids] = np.clip(self.people.mood[ids] + _vector(changes), -4, 4)

    def draw(
        self,
        subject: str,
        over: np.ndarray,
        weight: np.ndarray,
        expected: float,
        truth: str | None = None,
        once: bool = True,
    ) -> np.ndarray:
        """Units of `over` to whom something happens this month: about `expected` times, by weight.

        `once`: a unit at most once (where weights are so uneven that a unit would be drawn often, fewer happen).
        `truth` names the kind of disadvantage whose true intensity this is.
        """
        total = float(weight.sum(dtype=np.float64))
        if total <= 0 or expected <= 0:
            return over[:0]
        if self.rates is not None and truth is not None:
            at = self.rates[truth]
            at[over] += weight * (expected / total)
        rng = self.rngs[subject]
        chosen = np.searchsorted(
            np.cumsum(weight, dtype=np.float64), rng.random(rng.poisson(expected)) * total, side="right"
        )
        chosen = np.minimum(chosen, len(over) - 1)
        return over[np.unique(chosen) if once else np.sort(chosen)]

    def days(self, subject: str, size: int) -> np.ndarray:
        """Days of this month, (size,)."""
        return (self.day0 + self.rngs[subject].integers(0, self.length, size)).astype(np.int32)

    def note(self, agency: str, kind: str, units: np.ndarray, days: np.ndarray, **more) -> np.ndarray:
        """Put what happened in the diary; returns the rows."""
        return self.events.add(len(units), kind=KIND[agency, kind], unit=units, day=days, **more)

    def begin(
        self,
        spell: str,
        units: np.ndarray,
        tier: int,
        agency: str,
        kind: str,
        subject: str,
        rung: int = -1,
        mean_months: float = 0.0,
    ) -> np.ndarray:
        """Begin a spell for units (an open one of that name ends the same day); returns the days.

        In the first month the stock that already stands is begun at dates before it, `mean_months` ago on average.
        """
        spells, days = self.spells[spell], self.days(subject, len(units))
        if self.m == 0 and mean_months:
            ago = self.rngs[subject].exponential(mean_months * 30.4, len(units))
            days = (days - np.minimum(ago, 12 * YEAR)).astype(np.int32)
            if spell in PERSON_SPELLS:
                days = np.maximum(days, self.people.born[units] + 20)
        self.stop(spell, units[spells.tier[units] >= 0], days[spells.tier[units] >= 0])
        spells.row[units] = self.note(agency, kind, units, days, tier=rung)
        spells.tier[units], spells.since[units] = tier, self.m
        return days

    def stop(self, spell: str, units: np.ndarray, days: np.ndarray) -> None:
        """End the open spells of units."""
        spells = self.spells[spell]
        self.events.end(spells.row[units], days)
        spells.tier[units], spells.row[units] = -1, -1

    def leaving(
        self, spell: str, tier: int, monthly: float, subject: str, among: np.ndarray | None = None
    ) -> np.ndarray:
        """Units whose open spell at a tier, begun in an earlier month, ends in this one."""
        spells = self.spells[spell]
        open_ = np.flatnonzero((spells.tier == tier) & (spells.since < self.m)).astype(np.int32)
        chance = monthly if among is None else monthly * among[open_]
        return open_[self.rngs[subject].random(len(open_)) < chance]

    def inflow(self, spell: str, tier: int, target: float, monthly: float, together: float = 1.0) -> float:
        """How many should begin this month so that about `target` stand open, where a share `monthly` ends."""
        stock = float((self.spells[spell].tier == tier).sum())
        if self.m == 0:
            return target / together
        return max(0.0, target * monthly / together + (target - stock) / 3)

    def join(self, size: int, **values) -> np.ndarray:
        """Add people who come or are born this month; returns their numbers, (size,)."""
        fill = {"partner": -1, "ex": -1, "died": -1, "home": -1, "since": self.m, "moved": self.m}
        for spell in PERSON_SPELLS:
            self.spells[spell].grow(size)
        return self.people.add(size, fill, **values)

    def found(self, properties: np.ndarray, climate: np.ndarray) -> np.ndarray:
        """Add households, one in each property; returns their numbers."""
        for spell in HOME_SPELLS:
            self.spells[spell].grow(len(properties))
        return self.households.add(len(properties), {"since": self.m}, property=properties, climate=climate)

    def others_at_home(self, ids: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Some other member of each one's household, or -1, (ids,)."""
        home = self.people.household[ids]
        at = self.first[home] + rng.integers(0, np.maximum(self.size[home], 1))
        other = self.by_home[np.minimum(at, len(self.by_home) - 1)]
        return np.where((self.size[home] > 1) & (other != ids), other, -1)

    def household_of(self, ids: np.ndarray) -> np.ndarray:
        """All who live with any of ids, and they themselves."""
        wanted = np.zeros(len(self.households), bool)
        wanted[self.people.household[ids]] = True
        return self.ids[wanted[self.home]]


class Spells:
    """The open spell of each unit: its tier (-1 for none), its row in the diary, the month it began."""

    def __init__(self, size: int):
        self.tier, self.row, self.since = (
            np.full(size, -1, np.int8),
            np.full(size, -1, np.int32),
            np.full(size, NEVER, np.int16),
        )

    def grow(self, size: int) -> None:
        self.tier = np.concatenate([self.tier, np.full(size, -1, np.int8)])
        self.row = np.concatenate([self.row, np.full(size, -1, np.int32)])
        self.since = np.concatenate([self.since, np.full(size, NEVER, np.int16)])


def _vector(betas: dict[str, float]) -> np.ndarray:
    return np.array([betas.get(name, 0.0) for name in HIDDEN], np.float32)
