"""When agencies come to know what happened, and what they never record: delays, late ends, withdrawals, planted bias.

The simulation knows what is true; this module alone decides what the single view knows, and from which day.
"""

from collections.abc import Sequence

import numpy as np

from features.catalogue.kinds import KINDS
from pipelines.county.diary import KIND, NONE
from pipelines.county.params import Bias

# Mean days from what happened to its record: police about a day, hospital about a week, social care weeks.
DELAY = {
    "police": 1.0,
    "adult_social_care": 19.0,
    "children_services": 11.0,
    "education": 24.0,
    "housing": 12.0,
    "hospital": 7.0,
    "urgent_care": 3.0,
    "fire": 2.0,
    "behavioural_health": 18.0,
}
MONTHLY = ("revenues",)  # recorded with the batch on the fifth of the next month
END_DELAY = 2.0  # ends are noticed that many times later than beginnings
FORGOTTEN, FORGOTTEN_DAYS = 0.10, 150.0  # share of ends recorded months late, and how late on average
WITHDRAWN, WITHDRAWN_AFTER = 0.005, 90.0  # share of records taken back, and mean days until then
AGENCY = np.array([kind.agency for kind in KINDS])
SAME_DAY_SHAPE = 1.3  # of the gamma distribution of delays: many short, a few long


def record(events: dict[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Add to events (rows each) the days `recorded`, `end_recorded` and `withdrawn`; -1 for none."""
    size = len(events["day"])
    mean = np.array([DELAY.get(kind.agency, 0.0) for kind in KINDS])[events["kind"]]
    recorded = events["day"] + np.rint(rng.gamma(SAME_DAY_SHAPE, mean / SAME_DAY_SHAPE, size)).astype(np.int32)
    batched = np.isin(AGENCY, MONTHLY)[events["kind"]]
    recorded[batched] = _next_batch(events["day"][batched])
    over = events["end"] != NONE
    late = np.maximum(events["end"], recorded) + rng.gamma(
        SAME_DAY_SHAPE, END_DELAY * np.maximum(mean, 10.0) / SAME_DAY_SHAPE, size
    ).astype(np.int32)
    late += np.where(rng.random(size) < FORGOTTEN, rng.exponential(FORGOTTEN_DAYS, size), 0).astype(np.int32)
    prompt = events["kind"] == KIND["hospital", "discharge_referral"]  # kept day by day on the ward's list
    recorded[prompt] = events["day"][prompt] + rng.integers(0, 2, prompt.sum())
    late[prompt] = np.maximum(events["end"], recorded)[prompt] + rng.integers(0, 5, prompt.sum())
    back = rng.random(size) < WITHDRAWN
    withdrawn = np.where(back, recorded + 1 + rng.exponential(WITHDRAWN_AFTER, size).astype(np.int32), NONE)
    return events | {
        "recorded": recorded.astype(np.int32),
        "end_recorded": np.where(over, late, NONE).astype(np.int32),
        "withdrawn": withdrawn.astype(np.int32),
    }


def record_homes(homes: dict[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The same of residencies: new addresses are noticed in weeks, old ones are given up on paper in months.

    Who comes to an address, or leaves it, together is recorded together.
    """
    come, which = _together(homes["household"], homes["day"])
    recorded = _next_batch(homes["day"] + rng.exponential(14.0, come).astype(np.int32)[which])
    gone, which = _together(homes["household"], homes["end"])
    late = np.where(rng.random(gone) < 0.55, rng.exponential(25.0, gone), rng.exponential(110.0, gone)).astype(np.int32)
    ended = np.where(homes["end"] != NONE, np.maximum(_next_batch(homes["end"] + late[which]), recorded), NONE)
    return homes | {"recorded": recorded.astype(np.int32), "end_recorded": ended.astype(np.int32)}


def record_deaths(died: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The day each death became known, -1 for the living: registered within days, a few after an inquest."""
    days = (
        3
        + rng.gamma(2.0, 4.0, len(died))
        + np.where(rng.random(len(died)) < 0.06, rng.exponential(120.0, len(died)), 0)
    )
    return np.where(died != NONE, died + days.astype(np.int32), NONE).astype(np.int32)


def plant(
    events: dict[str, np.ndarray],
    of: np.ndarray,
    attributes: dict[str, np.ndarray],
    under: Sequence[Bias],
    late: Sequence[Bias],
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Plant the faults of recording that the parameters ask for.

    `of` is the resident whose record each event is (for a household's, its first member; -1 for a property's);
    `attributes` holds the residents' columns by name.
    """
    for bias in late:
        hit = _struck(events, of, attributes, bias)
        events["recorded"] = events["recorded"] + (hit * round(bias.amount)).astype(np.int32)
        for name in ("end_recorded", "withdrawn"):
            events[name] = np.where(events[name] == NONE, NONE, events[name] + hit * round(bias.amount)).astype(
                np.int32
            )
    kept = np.ones(len(of), bool)
    for bias in under:
        kept &= ~_struck(events, of, attributes, bias) | (rng.random(len(of)) >= bias.amount)
    return {name: values[kept] for name, values in events.items()}


def _struck(events: dict[str, np.ndarray], of: np.ndarray, attributes: dict[str, np.ndarray], bias: Bias) -> np.ndarray:
    member = np.isin(attributes[bias.column], bias.groups)
    return np.isin(AGENCY, [bias.agency])[events["kind"]] & (of != NONE) & member[of]


def _together(households: np.ndarray, days: np.ndarray) -> tuple[int, np.ndarray]:
    """How many households and days there are, and which of them each row is."""
    found, which = np.unique((households.astype(np.int64) << 32) + days, return_inverse=True)
    return len(found), which


def _next_batch(days: np.ndarray) -> np.ndarray:
    """The fifth of the month after each day."""
    months = days.astype("datetime64[D]").astype("datetime64[M]") + 1
    return (months.astype("datetime64[D]").astype(np.int64) + 4).astype(np.int32)
