"""Frozen specs of what is predicted: among whom, what must happen, within how long, and what a flag is worth.

In reading order: the four rules (`Occurs`, `Reaches`, `Rises`, `StaysOpen`), `Among` (who is eligible), `Outcome`. No
date arithmetic and no engine here: `features.labels` and `features.cohorts` give them their meaning.
"""

from dataclasses import dataclass, replace

from features.specs import NAME, USE_LEVELS, Events

# Whose events a rule looks at. Household members are those known at the as-of date.
SCOPES = {
    "resident": "the resident's own events",
    "home": "the resident's own events and those about their household",
    "household": "events of the resident, of the other members of their household, and about the household",
    "property": "events at the property",
}
UNITS = ("resident", "property")


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)


def _require_scope(rule: str, scope: str) -> None:
    _require(scope in SCOPES, f"{rule}: scope must be one of {', '.join(SCOPES)}, not {scope!r}")


@dataclass(frozen=True)
class Occurs:
    """True if at least one of these events occurs.

    >>> from features.specs import events
    >>> Occurs((events("fire", "dwelling_fire"),)).scope
    'resident'
    """

    any_of: tuple[Events, ...]
    scope: str = "resident"

    def __post_init__(self):
        _require(bool(self.any_of), "Occurs: name at least one selection of events in any_of")
        _require_scope("Occurs", self.scope)


@dataclass(frozen=True)
class Reaches:
    """True if at least `at_least` of the named kinds of contact each have an event.

    `contacts` pairs the plain-English name of a kind of disadvantage with the events that show it.
    """

    at_least: int
    contacts: tuple[tuple[str, tuple[Events, ...]], ...]
    scope: str = "household"

    def __post_init__(self):
        names = [name for name, _ in self.contacts]
        _require(len(set(names)) == len(names), "Reaches: each kind of contact is named once")
        _require(all(of for _, of in self.contacts), "Reaches: each kind of contact needs a selection of events")
        _require(
            1 <= self.at_least <= len(names),
            f"Reaches: at_least must be from 1 to the {len(names)} kinds of contact, not {self.at_least}",
        )
        _require_scope("Reaches", self.scope)


@dataclass(frozen=True)
class Rises:
    """True if an event has a higher tier than the highest spell open at the as-of date on the same ladder.

    `ladders` pairs each ladder with its top tier. A ladder on which nothing is open cannot rise: that would be a
    first contact, which is another outcome.
    """

    ladders: tuple[tuple[str, int], ...]
    scope: str = "home"

    def __post_init__(self):
        names = [ladder for ladder, _ in self.ladders]
        _require(bool(names), "Rises: name at least one ladder with its top tier")
        _require(len(set(names)) == len(names), "Rises: each ladder is named once")
        _require_scope("Rises", self.scope)


@dataclass(frozen=True)
class StaysOpen:
    """True if one of these spells, begun before the as-of date, is still open when the horizon ends."""

    of: Events
    scope: str = "resident"

    def __post_init__(self):
        _require_scope("StaysOpen", self.scope)


@dataclass(frozen=True)
class Among:
    """Who is eligible at an as-of date, beyond being known, alive and living in the county.

    `ages`: at least the first, below the second; None is open. Who has no birth date is eligible only where both are.
    `not_already_days`: the rule did not hold over that many days before the date, as known at the date.
    `involved`: on a ladder of the rule a spell is open, and the highest one open is below the ladder's top tier.
    """

    ages: tuple[int | None, int | None] = (None, None)
    not_already_days: int | None = None
    involved: bool = False

    def __post_init__(self):
        low, high = self.ages
        _require(low is None or high is None or low < high, f"Among: ages must be (from, below), not {self.ages}")
        _require(
            self.not_already_days is None or self.not_already_days > 0,
            f"Among: not_already_days must be above 0, not {self.not_already_days}",
        )


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What is predicted: within `horizon_days`, starting `gap_days` after the as-of date, the rule comes true.

    `unit` is whom or what a pair is about. With a `trigger`, a resident is asked about at the first date on which such
    an event about them is known; without one, everybody at the snapshots of params. `purpose` is that of the sharing
    agreements; `use_level` one of `specs.USE_LEVELS`. `correct_flag` and
    `wrong_flag` say in plain English what a right flag is worth and what a wrong one costs, `label_story` how the
    label comes to be recorded and whom it therefore misses: all three stand in the model card.
    """

    name: str
    title: str
    rule: Occurs | Reaches | Rises | StaysOpen
    among: Among = Among()
    trigger: Events | None = None
    horizon_days: int
    gap_days: int = 0
    unit: str = "resident"
    purpose: str
    use_level: str
    correct_flag: str
    wrong_flag: str
    label_story: str

    def __post_init__(self):
        say = f"Outcome {self.name}: "
        _require(NAME.match(self.name) is not None, say + "the name must be lower case with underscores")
        _require(self.unit in UNITS, say + f"unit must be one of {', '.join(UNITS)}, not {self.unit!r}")
        of_property = self.unit == "property"
        _require(
            of_property == (self.rule.scope == "property"),
            say + "a rule about events at the property, and no other, needs unit='property'",
        )
        _require(
            not of_property or (isinstance(self.rule, Occurs) and self.among == Among() and self.trigger is None),
            say + "a property is asked about at snapshots, among all that are lived in, and whether an event Occurs",
        )
        _require(self.horizon_days >= 1, say + f"horizon_days must be at least 1, not {self.horizon_days}")
        _require(self.gap_days >= 0, say + f"gap_days must be at least 0, not {self.gap_days}")
        _require(
            self.use_level in USE_LEVELS,
            say + f"use_level must be one of {', '.join(USE_LEVELS)}, not {self.use_level!r}",
        )
        for text in ("title", "purpose", "correct_flag", "wrong_flag", "label_story"):
            _require(bool(getattr(self, text).strip()), say + f"{text} must say something")
        rises = isinstance(self.rule, Rises)
        _require(rises or not self.among.involved, say + "among.involved needs the rule Rises")
        _require(not rises or self.among.involved, say + "the rule Rises needs Among(involved=True)")
        _require(
            isinstance(self.rule, Occurs | Reaches) or self.among.not_already_days is None,
            say + f"not_already_days has no meaning for {type(self.rule).__name__}; leave it out",
        )

    def turned(
        self, horizon_days: int | None = None, gap_days: int | None = None, at_least: int | None = None
    ) -> "Outcome":
        """The same outcome with the knobs of params turned; None leaves a knob as it is.

        Raises ValueError for a value out of range, or at_least where the rule is not `Reaches`.
        """
        _require(
            at_least is None or isinstance(self.rule, Reaches),
            f"Outcome {self.name}: at_least turns only the rule Reaches; leave it out",
        )
        return replace(
            self,
            horizon_days=self.horizon_days if horizon_days is None else horizon_days,
            gap_days=self.gap_days if gap_days is None else gap_days,
            rule=self.rule if at_least is None else replace(self.rule, at_least=at_least),
        )

    def alternatives(self) -> dict[str, "Outcome"]:
        """Outcomes that might as well have been asked for, by what is done otherwise, in plain English.

        Half the time to come true and, where kinds of contact are counted, one more of them.
        """
        found = {}
        if self.horizon_days >= 2:
            when = "after" if isinstance(self.rule, StaysOpen) else "within"
            half = self.horizon_days // 2
            found[f"{when} {half:,} day{'' if half == 1 else 's'}"] = self.turned(horizon_days=half)
        if isinstance(self.rule, Reaches) and self.rule.at_least < len(self.rule.contacts):
            more = self.rule.at_least + 1
            found[f"at least {more} kinds of contact"] = self.turned(at_least=more)
        return found
