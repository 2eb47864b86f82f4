"""Six districts, their LSOAs with deciles of deprivation, and the dwellings.

Shares of people and LSOAs: Census 2021; deciles: Index of Multiple Deprivation 2019 (355 of the county's LSOAs).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

DISTRICTS = ("Bromsgrove", "Malvern Hills", "Redditch", "Worcester", "Wychavon", "Wyre Forest")
PEOPLE = np.array([99_174, 79_477, 87_031, 103_860, 132_492, 101_614])
LSOAS = np.array([60, 45, 57, 64, 81, 67])
DECILES = np.array([18, 26, 27, 25, 48, 40, 38, 47, 48, 38])  # LSOAs in deciles 1 (most deprived) to 10
LEANING = np.array([1.0, 0.3, -0.8, -0.5, 0.6, -0.8])  # which way a district's deciles lean (standard deviations)
CENTRES = np.array(
    [
        [396_000, 270_000],
        [378_500, 246_000],
        [404_500, 267_000],
        [385_000, 255_000],
        [398_000, 244_000],
        [381_500, 276_000],
    ]
)  # easting, northing in metres, British National Grid
SPREAD = np.array([4_500, 6_500, 2_200, 2_300, 7_500, 4_500])
EXTENT = ((360_000, 410_000), (230_000, 285_000))
RESIDENTS_PER_LSOA = 603_648 / 374
HOUSEHOLD_SIZE = 603_648 / 259_950
TENURES = ("owned", "mortgaged", "social rented", "private rented")
OWNED, MORTGAGED, SOCIAL, PRIVATE = range(4)
DWELLINGS = ("detached house", "semi-detached house", "terraced house", "flat", "bungalow")
VACANT, BUILT_LATER = 0.06, 0.07  # dwellings beyond the households at the start: empty, and built in later years


@dataclass(frozen=True)
class Places:
    """LSOAs (l rows) and properties (p rows); `deprivation` is about standard normal, high where deprived."""

    lsoa_district: np.ndarray
    lsoa_decile: np.ndarray
    lsoa: np.ndarray  # of each property
    tenure: np.ndarray
    dwelling: np.ndarray
    easting: np.ndarray
    northing: np.ndarray
    built: np.ndarray  # day from which the property stands on record

    @cached_property
    def district(self) -> np.ndarray:
        return self.lsoa_district[self.lsoa]

    @cached_property
    def decile(self) -> np.ndarray:
        return self.lsoa_decile[self.lsoa]

    @cached_property
    def deprivation(self) -> np.ndarray:
        return ((5.9 - self.decile) / 2.7).astype(np.float32)


def make_places(residents: int, first_day: int, last_day: int, rng: np.random.Generator) -> Places:
    """Places for that many residents; days count from 1970-01-01."""
    lsoas = np.maximum(2, np.round(residents / RESIDENTS_PER_LSOA * LSOAS / LSOAS.sum()).astype(int))
    lsoa_district = np.repeat(np.arange(6), lsoas)
    n = len(lsoa_district)
    # the county's deciles are dealt out by a rank in which the district leans
    decile_of_rank = 1 + np.searchsorted(np.cumsum(DECILES) / DECILES.sum(), (np.arange(n) + 0.5) / n)
    rank = np.argsort(np.argsort(LEANING[lsoa_district] * 0.8 + rng.standard_normal(n), kind="stable"), kind="stable")
    lsoa_decile = decile_of_rank[rank].astype(np.int16)
    centre = CENTRES[lsoa_district] + rng.standard_normal((n, 2)) * SPREAD[lsoa_district, None]

    households = residents / HOUSEHOLD_SIZE
    per_lsoa = households * (1 + VACANT + BUILT_LATER) * (PEOPLE / PEOPLE.sum() / lsoas)[lsoa_district]
    lsoa = np.repeat(np.arange(n), np.maximum(4, np.round(per_lsoa * rng.uniform(0.9, 1.1, n)).astype(int)))
    decile = lsoa_decile[lsoa]
    size = len(lsoa)
    social, private = np.interp(decile, (1, 4, 10), (0.42, 0.20, 0.04)), np.interp(decile, (1, 10), (0.21, 0.11))
    owned = (1 - social - private) * np.interp(decile, (1, 10), (0.42, 0.56))
    tenure = _choose(rng, np.stack([owned, 1 - social - private - owned, social, private], axis=1))
    flat, terrace = np.interp(decile, (1, 10), (0.28, 0.06)), np.interp(decile, (1, 10), (0.35, 0.13))
    bungalow, semi = np.full(size, 0.09), np.full(size, 0.33)
    dwelling = _choose(rng, np.stack([1 - flat - terrace - bungalow - semi, semi, terrace, flat, bungalow], axis=1))
    at = centre[lsoa] + rng.standard_normal((size, 2)) * 350
    built = first_day - rng.integers(200, 5_000, size)
    later = rng.random(size) < BUILT_LATER
    built[later] = rng.integers(first_day + 60, last_day - 60, later.sum())
    return Places(
        lsoa_district,
        lsoa_decile,
        lsoa.astype(np.int32),
        tenure,
        dwelling,
        *(np.clip(np.round(at[:, i]), *EXTENT[i]).astype(np.int64) for i in (0, 1)),
        built.astype(np.int32),
    )


def _choose(rng: np.random.Generator, shares: np.ndarray) -> np.ndarray:
    """One column per row of shares (rows, columns), by those shares."""
    return (rng.random(len(shares))[:, None] > np.cumsum(shares[:, :-1], axis=1)).sum(axis=1).astype(np.int8)
