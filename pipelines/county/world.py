"""The county as it stands in one month: people, households, dwellings, and the one door through which things happen.

Nothing here loops over people. Whatever happens in a month is drawn in two steps: how many times in the whole county
(Poisson about the yearly rate), then to whom (by weight). So rates hold whatever the weights are, and a weight says
only who is likelier than whom.
"""

import numpy as np

from pipelines.county.diary import KIND, Rows, event_log, residency_log
from pipelines.county.group import AGES, CHANNELS, Group, risk
from pipelines.county.lives import HIDDEN, Lives
from pipelines.county.people import YEAR, Start
from pipelines.county.places import Places

# How much excitement is left a month later.
KEPT = np.array([0.82, 0.86, 0.78, 0.84, 0.84, 0.88, 0.90, 0.90], np.float32)
# Spells that a person or household has one of at a time; a ladder's tiers count as one spell that changes kind.
PERSON_SPELLS = ("children", "adults", "mental", "substance", "neet", "send", "leaver")
HOME_SPELLS = ("housing", "support")
SUBJECTS = ("people", "crime", "children", "adults", "health", "mind", "money", "fire", "discharge")  # a stream each
NEVER = -32_000
NO_SPELL = {"tier": -1, "row": -1, "since": NEVER}
TIERS = 6  # no ladder has a higher one than 5
BLOCK = 64  # units: a draw adds up weights by blocks, and looks within the few that it hits


class World(Group):
    """State of the county, and the group of all who live there.

    `m` counts months from the start of the warm-up; days count from 1970-01-01.
    """

    def __init__(self, places: Places, start: Start, months: np.ndarray, rng: np.random.Generator, lives: Lives):
        n, h = len(start.born), len(start.property)
        self.places, self.months, self.lives, self.m = places, months, lives, 0
        self.rngs = dict(zip(SUBJECTS, rng.spawn(len(SUBJECTS)), strict=True))
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
            excited=np.zeros((len(CHANNELS), n), np.float32),
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
            stirred=np.full(h, NEVER, np.int16),
        )
        self.spells = {name: _spells(n) for name in PERSON_SPELLS} | {name: _spells(h) for name in HOME_SPELLS}
        self.vacant = np.ones(len(places.lsoa), bool)
        self.vacant[start.property] = False
        self.visited = np.full(len(places.lsoa), NEVER, np.int16)  # month of a property's last home safety visit
        self.burnt = np.full(len(places.lsoa), NEVER, np.int16)  # and of its last fire
        self.rates: dict[str, np.ndarray] | None = None  # filled in the months whose truth is kept
        stayed = np.minimum(self.rngs["people"].exponential(11 * YEAR, h), 40 * YEAR)
        days = np.maximum(months[0] - 1 - stayed.astype(np.int32)[start.household], start.born)
        self.people.home[:] = self.homes.add(
            n, resident=np.arange(n), household=start.household, property=start.property[start.household], day=days
        )
        self.look()

    def look(self) -> None:
        """Take stock of who lives where this month, of `ids`: those here since before it."""
        p, hh = self.people, self.households
        self.day0, self.length = self.months[self.m], int(self.months[self.m + 1] - self.months[self.m])
        self.ids = np.flatnonzero((p.household >= 0) & (p.since < self.m))
        self.home = p.household.take(self.ids).astype(np.intp)  # numpy is quickest with indices of its own type
        self.by_home = np.sort((self.home << 32) + self.ids) & 0xFFFFFFFF  # everybody, one household after another
        self.size = np.bincount(self.home, minlength=len(hh))
        self.first = np.cumsum(self.size) - self.size
        self.hids = np.flatnonzero(self.size)
        self.at_home = (np.cumsum(self.size > 0) - 1).take(self.home)
        years = (self.day0 - p.born.take(self.ids)).astype(np.float32) / np.float32(YEAR)
        self.age = np.clip(years, 0, AGES - 1, out=years).astype(np.intp)
        self.band = self.age + AGES * p.sex.take(self.ids).astype(np.intp)
        self.kids = np.bincount(self.home[self.age < 18], minlength=len(hh))
        self.elders = np.bincount(self.home[self.age >= 66], minlength=len(hh))
        self.deprived = self.places.deprivation.take(hh.property)
        self.hidden = self.lives.own(p.trait, p.mood).take(self.ids, axis=1)
        self.hidden += self.lives.shared(hh.climate, self.deprived, hh.crisis).take(self.home, axis=1)
        grown, many = np.flatnonzero(self.age >= 18), len(self.hids)
        homes = self.at_home.take(grown)
        adults = np.maximum(np.bincount(homes, minlength=many), 1)
        means = [np.bincount(homes, dimension.take(grown), many) / adults for dimension in self.hidden]
        self.hidden_home = np.array(means, np.float32)

    def home_risk(self, **betas: float) -> np.ndarray:
        """exp(sum of beta x hidden dimension) of households, for hids, by the mean of their adults."""
        return risk(self.hidden_home, betas)

    def by_tier(self, spell: str, ids: np.ndarray, weights: dict[int, float], other: float = 0) -> np.ndarray:
        """A weight by the tier of each one's open spell, -1 for none, (ids,)."""
        table = np.array([weights.get(tier, other) for tier in (*range(TIERS), -1)], np.float32)
        return table.take(self.spells[spell].tier.take(ids), mode="wrap")  # -1 is the last

    def excite(self, channel: str, ids: np.ndarray, by: float = 1.0) -> None:
        np.add.at(self.people.excited[CHANNELS.index(channel)], ids, np.float32(by))

    def shock(self, ids: np.ndarray, **changes: float) -> None:
        """A life event moves the hidden dimensions, from which they drift back."""
        for name, by in changes.items():
            mood = self.people.mood[HIDDEN.index(name)]
            mood[ids] = np.clip(mood[ids] + by, -4, 4)

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
        blocks = np.cumsum(np.add.reduceat(weight, np.arange(0, len(weight), BLOCK), dtype=np.float64))
        if expected <= 0 or not len(blocks) or blocks[-1] <= 0:
            return over[:0]
        total = blocks[-1]
        if self.rates is not None and truth is not None:
            self.rates[truth][over] += weight * np.float32(expected / total)
        rng = self.rngs[subject]
        chosen = _passed(weight, blocks, np.sort(rng.random(rng.poisson(expected))) * total)
        return over[np.unique(chosen) if once else chosen]

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

    def leaving(self, spell: str, tier: int, monthly: float, subject: str) -> np.ndarray:
        """Units whose open spell at a tier, begun in an earlier month, ends in this one."""
        spells = self.spells[spell]
        open_ = np.flatnonzero(spells.tier == tier)
        open_ = open_[spells.since[open_] < self.m]
        return open_[self.rngs[subject].random(len(open_)) < monthly]

    def inflow(self, spell: str, tier: int, target: float, monthly: float, together: float = 1.0) -> float:
        """How many should begin this month so that about `target` stand open, where a share `monthly` ends."""
        stock = np.count_nonzero(self.spells[spell].tier == tier)
        if self.m == 0:
            return target / together
        return max(0.0, target * monthly / together + (target - stock) / 3)

    def join(self, size: int, **values) -> np.ndarray:
        """Add people who come or are born this month; returns their numbers, (size,)."""
        fill = {"partner": -1, "ex": -1, "died": -1, "home": -1, "since": self.m, "moved": self.m}
        for spell in PERSON_SPELLS:
            self.spells[spell].add(size, NO_SPELL)
        return self.people.add(size, fill, **values)

    def found(self, properties: np.ndarray, climate: np.ndarray) -> np.ndarray:
        """Add households, one in each property; returns their numbers."""
        for spell in HOME_SPELLS:
            self.spells[spell].add(len(properties), NO_SPELL)
        return self.households.add(
            len(properties), {"since": self.m, "stirred": NEVER}, property=properties, climate=climate
        )

    def others_at_home(self, ids: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Some other member of each one's household, or -1, (ids,)."""
        home = self.people.household[ids]
        at = self.first[home] + rng.integers(0, np.maximum(self.size[home], 1))
        other = self.by_home[np.minimum(at, len(self.by_home) - 1)]
        return np.where((self.size[home] > 1) & (other != ids), other, -1)

    def members(self, households: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Who lived in each of the households when the month began: ids, and the place of each one's household."""
        sizes = self.size[households]
        which = np.repeat(np.arange(len(households)), sizes)
        within = np.arange(len(which)) - (np.cumsum(sizes) - sizes)[which]
        return self.by_home[self.first[households][which] + within], which


def _spells(size: int) -> Rows:
    """The open spell of each unit: its tier (-1 for none), its row in the diary, the month it began."""
    kinds = {"tier": np.int8, "row": np.int32, "since": np.int16}
    return Rows(**{name: np.full(size, NO_SPELL[name], kind) for name, kind in kinds.items()})


def _passed(weight: np.ndarray, blocks: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Where the running sum of weights passes each of `at` (both ascending), given the same sum by whole blocks."""
    hit, which = np.unique(np.searchsorted(blocks, at, side="right"), return_inverse=True)
    places = np.minimum(hit[:, None] * BLOCK + np.arange(BLOCK), len(weight) - 1).ravel()
    running = np.cumsum(weight.take(places), dtype=np.float64)  # of the blocks that are hit, and no others
    left_out = blocks[hit] - np.cumsum(np.diff(blocks, prepend=0)[hit])
    found = np.searchsorted(running, at - left_out[which], side="right")
    return places[np.minimum(found, len(places) - 1)]
