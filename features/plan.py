"""What is asked of events, turned into a plan for the compiled loops: instructions for each kind of event, and how to
read the columns from the slots they fill.

Worked example: calls over 30 and 90 days, and the days since the last one, of A's own events. Two windows of one
selection make two slots that count, a third keeps the latest day; a call seen as one's own obeys all three, a visit
none:

    instruction  does    slot  days         column     read    slot
    0            COUNT   0     30           calls_30d  NUMBER  0
    1            COUNT   1     90           calls_90d  NUMBER  1
    2            LATEST  2     (no window)  since      SINCE   2

Columns that need the same instruction share it, so a ratio of two windows that are counted anyway costs nothing.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from features import kernel as k
from features.specs import Events, Kind

# As what an event may be seen by a feature of each grain, and by an outcome of each scope.
PARTS = {
    "resident": (k.OWN,),
    "household": (k.MEMBER, k.HOUSEHOLD),
    "property": (k.PROPERTY,),
    "area": (k.OWN,),  # of whoever and whatever is in the area
}
OUTCOME_PARTS = {
    "resident": (k.OWN,),
    "home": (k.OWN, k.HOUSEHOLD),
    "household": (k.OWN, k.HOUSEHOLD, k.MEMBER),
    "property": (k.PROPERTY,),
}
EVER = 2**30  # days: the window of what has none
ELSEWHERE = "elsewhere"
ADDS = (k.COUNT, k.AMOUNT, k.AGENCY)  # slots that begin at 0; the others are maxima


@dataclass(frozen=True)
class Combo:
    """Events that are alike in what tells them apart but for tier and amount."""

    agency: str
    kind: str
    role: str | None
    ladder: str | None

    def among(self, of: Events) -> bool:
        """Whether events of this combination may be among those selected."""
        return (
            of.agency in (None, self.agency)
            and (not of.kinds or self.kind in of.kinds)
            and of.role in (None, self.role)
            and of.ladder in (None, self.ladder)
        )


@dataclass(frozen=True)
class Asked:
    """One column of events: a measure of those selected, seen as these parts, over a window, or None elsewhere.

    `ages` instead of events asks for the people of the household between the two; neither is a column made elsewhere.
    """

    op: str = ELSEWHERE
    of: Events | None = None
    days: tuple[int, ...] = ()
    parts: tuple[int, ...] = ()
    ages: tuple[int | None, int | None] | None = None
    none: float | None = None


@lru_cache(maxsize=16)  # every block of pairs asks for the same one
def plan(asked: tuple[Asked, ...], combos: tuple[Combo, ...], kinds: tuple[Kind, ...]) -> k.Plan:
    """The plan for these columns, in order, over events of these combinations; `kinds` say which of them last."""
    agencies = sorted({combo.agency for combo in combos})
    slots = _Slots(len(agencies))
    read = [
        (i, *slots.read(column), np.nan if column.none is None else column.none)
        for i, column in enumerate(asked)
        if column.op != ELSEWHERE
    ]
    first, steps = np.zeros((4, len(combos) + 1), np.int64), []
    for part in range(4):
        for c, combo in enumerate(combos):
            first[part, c] = len(steps)
            found = [step for step in slots.steps if part in step.parts and combo.among(step.of)]
            steps += sorted(found, key=lambda step: -step.days)
        first[part, len(combos)] = len(steps)
    marks = np.array([agencies.index(combo.agency) for combo in combos], np.int64)
    spells = {(kind.agency, kind.kind) for kind in kinds if kind.spell}
    return k.Plan(
        first=first,
        steps=np.array([step.packed() for step in steps], k.STEP),
        is_spell=np.array([(combo.agency, combo.kind) in spells for combo in combos], bool),
        agency_slot=marks // k.BITS,
        agency_bit=1 << marks % k.BITS,
        fresh=np.array(slots.fresh or [0], np.int64),
        read=np.sort(np.array(read, k.READ), order=["how", "column"]),
        ages=np.array(slots.ages, np.int64).reshape(-1, 3),
        looks_at_members=bool(slots.ages) or any(k.MEMBER in step.parts for step in slots.steps),
        notes=sum(step.does == k.DAY for step in slots.steps),
    )


@dataclass(frozen=True)
class _Step:
    does: int
    of: Events
    parts: tuple[int, ...]
    days: int
    only_open: bool
    slot: int

    def packed(self) -> tuple:
        """A row of `kernel.STEP`; a missing amount or tier counts as less than any."""
        least_tier = k.NO_TIER if self.of.min_tier is None else self.of.min_tier
        least_amount = k.MISSING if self.of.min_amount is None else self.of.min_amount
        picks = self.only_open or self.of.min_tier is not None or self.of.min_amount is not None
        return least_amount, self.days, self.slot, least_tier, self.does, picks, self.only_open


class _Slots:
    """The slots and instructions that columns need, each of them once."""

    def __init__(self, agencies: int):
        self.fresh: list[int] = []
        self.ages: list[tuple[int, int, int]] = []
        self._steps: dict[tuple, _Step] = {}
        self._width = -(-agencies // k.BITS)  # slots in which agencies are marked

    @property
    def steps(self) -> list[_Step]:
        return list(self._steps.values())

    def read(self, column: Asked) -> tuple[int, int, int, int, int]:
        """How to read the column: a row of `kernel.READ` but for the last field."""

        def slot(does: int, window: int = 0, only_open: bool = False) -> int:
            days = column.days[window] if column.days else EVER
            key = (does, column.of, column.parts, days, only_open)
            if key not in self._steps:
                self._steps[key] = _Step(*key, slot=len(self.fresh))
                self.fresh += [0 if does in ADDS else int(k.MISSING)] * (self._width if does == k.AGENCY else 1)
            return self._steps[key].slot

        match column.op:
            case "count":
                return k.NUMBER, slot(k.COUNT), 0, 0, 0
            case "distinct_days":
                return k.DAYS, slot(k.DAY), 0, 0, 0
            case "total":
                return k.SUM, slot(k.AMOUNT), slot(k.COUNT), 0, 0
            case "largest":
                return k.VALUE, slot(k.LARGEST), 0, 0, 0
            case "highest_tier":
                return k.VALUE, slot(k.TIER), 0, 0, 0
            case "distinct_agencies":
                return k.AGENCIES, slot(k.AGENCY), self._width, 0, 0
            case "days_since_last":
                return k.SINCE, slot(k.LATEST), 0, 0, 0
            case "recent_to_long":
                recent, long = column.days
                return k.RATIO, slot(k.COUNT, 0), slot(k.COUNT, 1), recent, long
            case "open_now":
                return k.NUMBER, slot(k.COUNT, only_open=True), 0, 0, 0
            case "days_open":
                return k.SPAN, slot(k.EARLIEST, only_open=True), 0, 0, 0
            case "highest_open_tier":
                return k.VALUE, slot(k.TIER, only_open=True), 0, 0, 0
            case "members":
                low, high = column.ages
                self.ages.append(
                    (
                        len(self.fresh),
                        -k.ANY_AGE if low is None else low * 10_000,
                        k.ANY_AGE if high is None else high * 10_000,
                    )
                )
                self.fresh.append(0)
                return k.PEOPLE, len(self.fresh) - 1, 0, 0, 0
        raise ValueError(f"no column is read as {column.op}")
