"""Whether an outcome came true for each pair, once it is settled.

Members of the household and the spells open are as known at the as-of date t; events are those of the outcome window
as known at s, when it is settled (`timing.settled_on`), up to a death or departure before the window's end. A spell
that stays open is one begun before t and open at the window's end, as known at s, of who has not died or left by then.
Death without an event is false: it competes. Departure without one is censored: the label is missing. A dwelling
neither dies nor leaves. `features.reference.label` is the definition.
"""

import numpy as np
import pandas as pd
import pyarrow as pa

from features import kernel, parts, rules, timing
from features.engine import measured
from features.outcomes import Outcome, Rises, StaysOpen
from features.pairs import PAIRS, days, read_pairs, to_frame
from features.records import Reads, Records
from features.specs import Kind

STATUS = ("no event", "event", "died", "left", "immature")
LABEL = {"event": True, "no event": False, "died": False}


def labels(
    view, pairs, outcome: Outcome, allowance_days: int, kinds: tuple[Kind, ...], say: parts.Say | None = None
) -> pd.DataFrame:
    """The label of each pair: unit_id, as_of, label (nullable boolean), status (category); sorted by as_of, unit_id.

    status: "event" (true), "no event" or "died" (false), "left" (missing: censored), "immature" (missing: the view
    was extracted before the outcome was settled). Raises InputError for pairs that are not unique.
    """
    table, extract = read_pairs(pairs), timing.day_number(view.about.extract_on)
    # What is open at t is as known at t; only a spell that stays open is looked at from later.
    allowance = allowance_days if isinstance(outcome.rule, StaysOpen) else 0
    reads = Reads(tuple(column.of for column in rules.asked(outcome.rule, 1)), allowance_days=allowance)
    has_residencies = "residencies" in view.tables

    def work(held: Records, block: pa.Table, who: np.ndarray) -> pa.Table:
        status = _status(held, who, days(block), outcome, allowance_days, kinds, extract, has_residencies)
        return block.append_column("status", pa.array(status))

    empty = PAIRS.append(pa.field("status", pa.int8())).empty_table()
    found = parts.in_order(pa.concat_tables([empty, *parts.over(view, table, reads, work, say, outcome.unit)]), table)
    status = found.column("status").to_numpy()
    label = pd.array([LABEL.get(name) for name in STATUS], dtype="boolean")
    return to_frame(found.select(PAIRS.names)).assign(
        label=label.take(status), status=pd.Categorical.from_codes(status, STATUS)
    )


def varied(found: pd.DataFrame, settled: dict[int, pd.DataFrame]) -> pd.DataFrame:
    """The labels of some pairs counted otherwise: unit_id, as_of, and a nullable boolean column for each way.

    `found` is what `labels` says of the pairs, `settled` what it says under other allowances, by days. A column is
    named in plain English; a way that changes no pair is left out.
    """
    label, died, left = found["label"], found["status"] == "died", found["status"] == "left"
    ways = {
        "those who died left out": label.mask(died),
        "those who left as without the outcome": label.mask(left, False),
        "those who left as with the outcome": label.mask(left, True),
    } | {f"an allowance of {days} days": other["label"].set_axis(found.index) for days, other in settled.items()}
    return found[PAIRS.names].assign(**{name: way for name, way in ways.items() if not way.equals(label)})


def side_by_side(found: pd.DataFrame, others: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The labels of other outcomes of the same pairs: unit_id, as_of, and a nullable boolean column for each."""
    return found[PAIRS.names].assign(**{name: other["label"].set_axis(found.index) for name, other in others.items()})


def _status(
    held: Records,
    who: np.ndarray,
    t: np.ndarray,
    outcome: Outcome,
    allowance_days: int,
    kinds: tuple[Kind, ...],
    extract: int,
    has_residencies: bool,
) -> np.ndarray:
    """Positions in STATUS, (pairs,)."""
    rule, horizon = outcome.rule, outcome.horizon_days
    end = timing.outcome_ends(t, outcome.gap_days, horizon)
    settled = timing.settled_on(t, outcome.gap_days, horizon, allowance_days)
    stays, left, died = kernel.fates(who, end, settled, held.people, held.homes)
    until = np.where(died < end, died + 1, left)  # an event on the day of death counts
    home, until = held.homes_at(who, t), np.minimum(until, end).astype(np.int32)

    def found(high: np.ndarray) -> np.ndarray:
        return measured(held, who, home, t, rules.asked(rule, horizon), kinds, known=settled, base=end, high=high)

    if isinstance(rule, StaysOpen):
        happened = rules.holds(rule, found(t)) & (died >= end) & (left >= end)
    elif isinstance(rule, Rises):
        happened = rules.rises(found(until), measured(held, who, home, t, rules.asked_open(rule), kinds))
    else:
        happened = rules.holds(rule, found(until))
    gone = ~stays if has_residencies else np.zeros(len(t), bool)
    chosen = [timing.unsettled(settled, extract), happened, died < end, gone]
    return np.select(chosen, [STATUS.index(name) for name in ("immature", "event", "died", "left")], 0).astype(np.int8)
