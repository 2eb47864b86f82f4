"""The people and households that live in the county when the story begins."""

from dataclasses import dataclass

import numpy as np

from pipelines.county.ethnicity import household_ethnicity
from pipelines.county.places import HOUSEHOLD_SIZE, MORTGAGED, OWNED, PRIVATE, SOCIAL, Places

FEMALE, MALE = 0, 1
SEXES, DISABLED = ("female", "male"), ("no", "yes", "not stated")
YEAR = 365.25
# Composition of households (about Census 2021, TS003): share, adults (ages from-to), dependent and grown-up children,
# how deprived its area tends to be, and which tenure it tends to.
COMPOSITION = (
    # share, head's ages, partners?, dependent children, grown-up children, unrelated adults, need
    (0.150, (66, 95), False, 0.00, 0.00, 0.0, 0.0),  # one person of pension age
    (0.130, (21, 66), False, 0.00, 0.00, 0.0, 0.7),  # one person of working age
    (0.150, (66, 90), True, 0.00, 0.00, 0.0, -0.5),  # couple of pension age
    (0.198, (23, 66), True, 0.00, 0.00, 0.0, -0.3),  # couple
    (0.196, (25, 52), True, 1.00, 0.10, 0.0, -0.1),  # couple with dependent children
    (0.074, (45, 70), True, 0.00, 1.00, 0.0, -0.2),  # couple with grown-up children
    (0.059, (20, 50), False, 1.00, 0.15, 0.0, 1.4),  # lone parent
    (0.030, (42, 75), False, 0.00, 1.00, 0.0, 0.5),  # lone parent of grown-up children
    (0.025, (19, 50), False, 0.00, 0.00, 1.0, 0.8),  # shared
)


@dataclass(frozen=True)
class Start:
    """People (n rows) and households (h rows) at the start; `born` in days, `need` of a household as a rank."""

    household: np.ndarray
    born: np.ndarray
    sex: np.ndarray
    partner: np.ndarray  # row of the partner, -1 for none
    child: np.ndarray  # lives with a parent
    ethnicity: np.ndarray
    property: np.ndarray  # of each household


def make_people(residents: int, today: int, places: Places, rng: np.random.Generator) -> Start:
    """About `residents` people in households, each household in a property of its own that stands today."""
    h = round(residents / HOUSEHOLD_SIZE)
    kind = rng.choice(len(COMPOSITION), h, p=np.array([c[0] for c in COMPOSITION]) / sum(c[0] for c in COMPOSITION))
    columns = [np.array([c[i] for c in COMPOSITION])[kind] for i in (2, 3, 4, 5, 6)]
    coupled, dependent, grown, shared, need = columns
    low, high = np.array([c[1] for c in COMPOSITION])[kind].T
    tilt = np.where(high > 70, rng.beta(1.0, 1.7, h), rng.beta(1.3, 1.2, h))
    head_age = low + (high - low) * tilt
    head_sex = (rng.random(h) < np.where(kind == 6, 0.13, np.where(kind == 0, 0.36, 0.5))).astype(np.int8)

    groups = [(np.arange(h), head_age, head_sex, False)]
    couples = np.flatnonzero(coupled)
    partner_age = np.maximum(19, head_age[couples] + rng.normal(0, 3.5, len(couples)))
    same = rng.random(len(couples)) < 0.012
    groups.append((couples, partner_age, np.where(same, head_sex[couples], 1 - head_sex[couples]), False))
    with_children = np.flatnonzero(dependent > 0)
    children = np.repeat(with_children, rng.choice((1, 2, 3, 4), len(with_children), p=(0.42, 0.41, 0.13, 0.04)))
    oldest = np.clip(head_age[children] - rng.uniform(19, 33, len(children)), 0.05, 18.5)
    groups.append((children, oldest * rng.uniform(0.35, 1, len(children)), rng.integers(0, 2, len(children)), True))
    stay = np.flatnonzero(rng.random(h) < grown)
    stay = np.repeat(stay, rng.choice((1, 2), len(stay), p=(0.72, 0.28)))
    age = np.clip(head_age[stay] - rng.uniform(21, 34, len(stay)), 18, 45)
    groups.append((stay, age, (rng.random(len(stay)) < 0.6).astype(int), True))
    sharers = np.repeat(np.flatnonzero(shared), 1 + rng.poisson(1.0, int(shared.sum())))
    groups.append(
        (
            sharers,
            np.maximum(18.2, head_age[sharers] + rng.normal(0, 4, len(sharers))),
            rng.integers(0, 2, len(sharers)),
            False,
        )
    )

    household, age, sex = (np.concatenate([np.asarray(g[i]) for g in groups]) for i in (0, 1, 2))
    child = np.concatenate([np.full(len(g[0]), g[3]) for g in groups])
    partner = np.full(len(household), -1, np.int32)
    second = h + np.arange(len(couples))
    partner[couples], partner[second] = second, couples
    born = (today - 1 - age * YEAR).astype(np.int32)
    home = _settle(np.asarray(need, float) - 0.02 * (head_age - 45), today, places, rng)
    ethnicity = household_ethnicity(places.district[home], rng)
    return Start(household.astype(np.int32), born, sex.astype(np.int8), partner, child, ethnicity[household], home)


def _settle(need: np.ndarray, today: int, places: Places, rng: np.random.Generator) -> np.ndarray:
    """A property for each household: the needier tend to rented homes in deprived areas."""
    standing = np.flatnonzero(places.built <= today)
    chosen = rng.permutation(standing)[: len(need)]
    rent = np.select([places.tenure[chosen] == k for k in (OWNED, MORTGAGED, SOCIAL, PRIVATE)], [-0.6, -0.3, 1.3, 0.8])
    wanted = places.deprivation[chosen] * 0.6 + rent + rng.standard_normal(len(need)) * 0.6
    out = np.empty(len(need), np.int32)
    out[np.argsort(need + rng.standard_normal(len(need)) * 0.9, kind="stable")] = chosen[
        np.argsort(wanted, kind="stable")
    ]
    return out
