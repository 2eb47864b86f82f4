"""Frozen specs of what is recorded, what is measured and what is predicted; no date arithmetic, no engine.

In reading order: `Kind` (a kind of event an agency records), `Events` (which events), `Measure` (what is made of
them), `Feature` (a measure with its windows, its meaning when nothing is recorded and its reason), `Column` (one
number in the matrix). Every spec is validated when it is made and says what to write instead.
"""

import re
from dataclasses import dataclass, field

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
GRAINS = {
    "resident": "the resident's own records",
    "household": "records of the other members of the household, and about the household itself",
    "property": "records about the property",
    "area": "the rate per 1,000 residents of the LSOA, on the first day of the month",
}
# Attributes that are a protected characteristic (Equality Act 2010, section 4) under their usual names.
PROTECTED = (
    "age",
    "age_band",
    "disability",
    "ethnicity",
    "gender_identity",
    "marital_status",
    "pregnancy",
    "religion",
    "sex",
    "sexual_orientation",
)
# What stands for a column's agency where no one agency records it.
LINKED = ("person", "home")  # the linked record of people and homes says it itself
NO_AGENCY = (*LINKED, "several")  # so does it, or the records of several agencies together
USE_LEVELS = ("planning", "prioritisation", "individual")


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)


@dataclass(frozen=True)
class Kind:
    """A kind of event that an agency records.

    `phrase` is its plain-English singular ("domestic abuse incident"), `plural` defaults to the phrase with an s.
    `tiers` names the rungs of `ladder`; `amount` is the unit of the amount (pence, days, ticks, marks).
    `sensitive` lists the special regimes it falls under: "children", "offence" (Article 10), "health" (Article 9).
    """

    agency: str
    kind: str
    phrase: str
    unit: str = "resident"
    plural: str = ""
    roles: tuple[str, ...] = ()
    ladder: str | None = None
    tiers: tuple[tuple[int, str], ...] = ()
    spell: bool = False
    amount: str | None = None
    sensitive: tuple[str, ...] = ()

    def __post_init__(self):
        for what in (self.agency, self.kind):
            _require(NAME.match(what) is not None, f"Kind: {what!r} must be lower case with underscores")
        _require(
            self.unit in ("resident", "household", "property"),
            f"Kind {self.kind}: unit must be resident, household or property, not {self.unit!r}",
        )
        _require(bool(self.tiers) == (self.ladder is not None), f"Kind {self.kind}: give ladder and tiers together")
        if not self.plural:
            object.__setattr__(self, "plural", self.phrase + "s")


@dataclass(frozen=True)
class Events:
    """Which events: of one agency or (None) any, of the kinds listed or (none listed) any, narrowed further.

    A missing role, ladder, tier or amount never matches a condition on it.
    """

    agency: str | None = None
    kinds: tuple[str, ...] = ()
    role: str | None = None
    ladder: str | None = None
    min_tier: int | None = None
    min_amount: int | None = None

    def __post_init__(self):
        _require(self.agency is not None or not self.kinds, "events: name the agency that records these kinds")


def events(
    agency: str | None = None,
    *kinds: str,
    role: str | None = None,
    ladder: str | None = None,
    min_tier: int | None = None,
    min_amount: int | None = None,
) -> Events:
    """Select events.

    >>> events("police", "domestic_abuse", role="victim").kinds
    ('domestic_abuse',)
    """
    return Events(agency, kinds, role, ladder, min_tier, min_amount)


# What each measure needs: events or not; windows "many" (one column each), "optional", "pair" (recent, long), "none".
MEASURES = {
    "count": (True, "many"),
    "distinct_days": (True, "many"),
    "total": (True, "many"),
    "largest": (True, "many"),
    "highest_tier": (True, "many"),
    "distinct_agencies": (True, "many"),
    "days_since_last": (True, "optional"),
    "recent_to_long": (True, "pair"),
    "open_now": (True, "none"),
    "days_open": (True, "none"),
    "highest_open_tier": (True, "none"),
    "moves": (False, "many"),
    "days_at_home": (False, "none"),
    "age": (False, "none"),
    "members": (False, "none"),
    "attribute": (False, "none"),
}


@dataclass(frozen=True)
class Measure:
    """What is made of the events, residencies or attributes; made by the functions below."""

    op: str
    of: Events | None = None
    name: str | None = None
    categories: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    ages: tuple[int | None, int | None] = (None, None)

    def __post_init__(self):
        _require(self.op in MEASURES, f"Measure: unknown {self.op!r}; use one of {', '.join(MEASURES)}")
        _require(
            MEASURES[self.op][0] == (self.of is not None),
            f"{self.op}: wants {'events' if MEASURES[self.op][0] else 'no events'}",
        )
        _require(not (self.categories and self.order), "attribute: give categories or order, not both")


def count(of: Events) -> Measure:
    """How many events."""
    return Measure("count", of)


def distinct_days(of: Events) -> Measure:
    """On how many different days."""
    return Measure("distinct_days", of)


def total(of: Events) -> Measure:
    """Sum of the amounts recorded, in the kind's unit; missing amounts add nothing."""
    return Measure("total", of)


def largest(of: Events) -> Measure:
    """Largest amount recorded, in the kind's unit."""
    return Measure("largest", of)


def highest_tier(of: Events) -> Measure:
    """Highest tier recorded in the window."""
    return Measure("highest_tier", of)


def distinct_agencies(of: Events) -> Measure:
    """How many different agencies recorded something."""
    return Measure("distinct_agencies", of)


def days_since_last(of: Events) -> Measure:
    """Days from the latest event before t to t; at least 1."""
    return Measure("days_since_last", of)


def recent_to_long(of: Events) -> Measure:
    """Events a day in the recent window over events a day in the long one: above 1 is speeding up."""
    return Measure("recent_to_long", of)


def open_now(of: Events) -> Measure:
    """How many spells were open."""
    return Measure("open_now", of)


def days_open(of: Events) -> Measure:
    """Days since the start of the open spell that began first."""
    return Measure("days_open", of)


def highest_open_tier(of: Events) -> Measure:
    """Highest tier among the open spells."""
    return Measure("highest_open_tier", of)


def moves() -> Measure:
    """Changes of home: residencies begun in the window."""
    return Measure("moves")


def days_at_home() -> Measure:
    """Days since the residency at the present home began."""
    return Measure("days_at_home")


def age() -> Measure:
    """Completed years."""
    return Measure("age")


def members(ages: tuple[int | None, int | None] = (None, None)) -> Measure:
    """People of the household (the resident included) whose age is at least the first and below the second."""
    return Measure("members", ages=ages)


def attribute(name: str, categories: tuple[str, ...] = (), order: tuple[str, ...] = ()) -> Measure:
    """A column of residents (grain resident) or properties (grain property).

    With `categories`, a 0/1 column for each that is listed; with `order`, one column holding the position in the
    order, from 0; with neither, the number itself. A value that is not listed counts as missing: 0 in every
    category column.
    """
    return Measure("attribute", name=name, categories=categories, order=order)


@dataclass(frozen=True)
class Column:
    """One number of the matrix: a feature at one window, or one category of an attribute."""

    name: str
    feature: "Feature"
    days: tuple[int, ...] = ()
    category: str | None = None


@dataclass(frozen=True)
class Feature:
    """A measure, where and over which windows it is taken, and why.

    `none` is the value when nothing is recorded: a number, or None for missing. `direction` is the way it may push
    the risk where that is known (+1, -1; 0 unknown): the monotone constraint. `protected` names the protected
    attribute it is or stands for: such a feature is an input only where params allow it, with a reason. `static`
    must give the reason why an attribute, which has no date, counts as known at every date.

    >>> da = Feature("police_da_victim", count(events("police", "domestic_abuse", role="victim")), days=(90, 365),
    ...              none=0, why="past victimisation, and how recent, is the strongest published signal")
    >>> [column.name for column in da.columns]
    ['police_da_victim_90d', 'police_da_victim_365d']
    """

    name: str
    measure: Measure
    none: float | None = field(kw_only=True)
    why: str = field(kw_only=True)
    days: tuple[int, ...] = field(default=(), kw_only=True)
    grain: str = field(default="resident", kw_only=True)
    direction: int = field(default=0, kw_only=True)
    theme: str = field(default="", kw_only=True)
    protected: str | None = field(default=None, kw_only=True)
    static: str | None = field(default=None, kw_only=True)

    def __post_init__(self):
        say = f"Feature {self.name}: "
        _require(NAME.match(self.name) is not None, say + "the name must be lower case with underscores")
        _require(bool(self.why.strip()), say + "say why it is there")
        _require(self.grain in GRAINS, say + f"grain must be one of {', '.join(GRAINS)}, not {self.grain!r}")
        _require(self.direction in (-1, 0, 1), say + f"direction must be -1, 0 or 1, not {self.direction!r}")
        windows = MEASURES[self.measure.op][1]
        wanted = {
            "many": len(self.days) >= 1,
            "optional": len(self.days) <= 1,
            "pair": len(self.days) == 2 and self.days[0] < self.days[1],
            "none": not self.days,
        }[windows]
        _require(
            wanted,
            say
            + {
                "many": "give days, one or more windows",
                "optional": "give at most one window in days",
                "pair": "give days=(recent, long)",
                "none": "takes no window; leave out days",
            }[windows],
        )
        _require(all(isinstance(d, int) and d > 0 for d in self.days), say + "days must be whole and above 0")
        _require(self.grain != "area" or self.measure.op == "count", say + "an area feature counts events (a rate)")
        op = self.measure.op
        _require(
            op not in ("moves", "days_at_home", "age") or self.grain == "resident", say + f"{op} is of the resident"
        )
        _require(op != "members" or self.grain == "household", say + "members is of the household")
        _require(
            op != "attribute" or self.grain in ("resident", "property"),
            say + "an attribute is of the resident or the property",
        )
        characteristic = "age" if op == "age" else self.measure.name
        _require(
            characteristic not in PROTECTED or self.protected is not None,
            say
            + f"a protected characteristic is an input only where params allow it: say protected={characteristic!r}",
        )
        _require(
            op != "attribute" or bool(self.static),
            say + "an undated column is a feature only with static='the reason it counts as known at every date'",
        )

    def is_of(self, unit: str) -> bool:
        """Whether pairs of a unit (resident or property) have it: a property has nothing of a resident's own."""
        return unit == "resident" or self.grain != "resident"

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns it becomes, in order."""
        if self.measure.categories:
            return tuple(Column(f"{self.name}_{slug(c)}", self, category=c) for c in self.measure.categories)
        if MEASURES[self.measure.op][1] == "many":
            return tuple(Column(f"{self.name}_{d}d", self, (d,)) for d in self.days)
        return (Column(self.name, self, self.days),)


def slug(text: str) -> str:
    """A category as part of a column name.

    >>> slug("Asian or Asian British: Indian"), slug("90-100%"), slug("<=35")
    ('asian_or_asian_british_indian', '90_100', 'le_35')
    """
    return re.sub(
        r"[^a-z0-9]+",
        "_",
        text.lower().replace("<=", "le ").replace(">=", "ge ").replace("<", "lt ").replace(">", "gt "),
    ).strip("_")
