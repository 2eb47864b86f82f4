"""The sharing agreements: which records may be used, for which purpose, on which day, and who may be shown what.

A feature rests on an agreement for every kind of record that it reads; those of the single view itself (who people
are, where they live, the properties) are kinds of the agency `single_view`. What no live agreement covers is not
built, and the run says so with the reason. An outcome can't do without what says who is asked about and what came of
it: where no live agreement covers that, there is no outcome, and the run stops.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from features.errors import InputError
from features.load import of_feature, of_outcome, selected
from features.outcomes import Outcome
from features.specs import Feature, Kind
from features.yaml_file import Day, read_yaml

SINGLE_VIEW = "single_view"
Text = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[Text, ...], Field(min_length=1)]
Policy = Annotated[str, StringConstraints(strip_whitespace=True, min_length=40)]  # a heading is no policy


class Agreement(BaseModel):
    """One sharing agreement: whose records of which kinds may be used for what, until when, and who may see them.

    `until` is the first day on which it no longer holds. `covers` lists the special regimes that it allows for:
    records of children, of offences (UK GDPR Article 10), of ethnic origin and of health (Article 9). `recipients` are
    the agencies that may be shown a reason that rests on these records.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: Text
    agency: Text
    kinds: Names
    purposes: Annotated[tuple[Literal["train", "score"], ...], Field(min_length=1)]
    use_levels: Annotated[tuple[Literal["planning", "prioritisation", "individual"], ...], Field(min_length=1)]
    recipients: Names
    from_on: Day
    until: Day
    covers: tuple[Literal["children", "offence", "ethnicity", "health"], ...] = ()
    legal_basis: Text

    @model_validator(mode="after")
    def _ends_after_it_begins(self):
        if self.until <= self.from_on:
            raise ValueError(f"until must be later than from_on, {self.from_on}, not {self.until}")
        return self

    def refuses(self, need: "Need", purpose: str, use_level: str, on: date) -> str | None:
        """Why the agreement does not let these records be used so on that day; None if it does."""
        uncovered = [regime for regime in need.sensitive if regime not in self.covers]
        if on < self.from_on:
            return f"{self.name} begins only on {self.from_on}"
        if on >= self.until:
            return f"{self.name} ended on {self.until}"
        if purpose not in self.purposes:
            return f"{self.name} does not allow the purpose {purpose}"
        if use_level not in self.use_levels:
            return f"{self.name} does not allow the use level {use_level}"
        if uncovered:
            return f"{self.name} does not cover {' and '.join(uncovered)} data, which {need.kind} is"
        return None


@dataclass(frozen=True)
class Need:
    """A kind of record that a feature reads."""

    agency: str
    kind: str
    sensitive: tuple[str, ...] = ()


class Policies(BaseModel):
    """What the partners have agreed about all of the records, in words that the documents repeat."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    children: Policy
    offence: Policy  # UK GDPR Article 10
    retention: Policy
    erasure: Policy


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    single_view: Text
    invented: bool
    policies: Policies
    agreements: Annotated[tuple[Agreement, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_are_unique(self):
        names = [agreement.name for agreement in self.agreements]
        again = sorted({name for name in names if names.count(name) > 1})
        if again:
            raise ValueError(f"give each agreement a name of its own; used more than once: {', '.join(again)}")
        return self


def load_agreements(path: str | Path) -> tuple[Agreement, ...]:
    """The agreements of a file, in its order. Raises InputError with every fault of the file together."""
    return _read(path).agreements


def load_policies(path: str | Path) -> Policies:
    """What the file says of children, offences, retention and erasure. Raises InputError as `load_agreements`."""
    return _read(path).policies


def agreed(
    features: Iterable[Feature],
    kinds: tuple[Kind, ...],
    agreements: Iterable[Agreement],
    purpose: str,
    use_level: str,
    on: date,
) -> tuple[tuple[Feature, ...], list[tuple[str, str]]]:
    """The features that rest on live agreements, and those that do not as (name, reason).

    `purpose` is train or score, `use_level` that of the outcome, `on` the day of extraction.
    """
    agreements, kept, dropped = tuple(agreements), [], []
    for feature in features:
        reasons = [
            reason for need in needs(feature, kinds) if (reason := _refusal(need, agreements, purpose, use_level, on))
        ]
        if reasons:
            dropped.append((feature.name, "; ".join(dict.fromkeys(reasons))))
        else:
            kept.append(feature)
    return tuple(kept), dropped


def unagreed(
    outcome: Outcome,
    kinds: tuple[Kind, ...],
    agreements: Iterable[Agreement],
    purpose: str,
    on: date,
    homes: bool = True,
) -> list[str]:
    """Why an outcome may not be asked about: a reason for each kind of record it can't do without; none if it may.

    To train, that is what its rule and its eligibility read; to score, what its eligibility reads. `homes` says
    whether the single view has residencies, which then say who lives in the county.
    """
    agreements = tuple(agreements)
    refusals = (
        _refusal(need, agreements, purpose, outcome.use_level, on)
        for need in _of_outcome(outcome, kinds, purpose, homes)
    )
    return list(dict.fromkeys(filter(None, refusals)))


def usable(
    kinds: Iterable[Kind], agreements: Iterable[Agreement], purpose: str, use_level: str, on: date
) -> tuple[Kind, ...]:
    """The kinds of event that a live agreement covers."""
    agreements = tuple(agreements)
    return tuple(
        kind
        for kind in kinds
        if not _refusal(Need(kind.agency, kind.kind, kind.sensitive), agreements, purpose, use_level, on)
    )


def shown_to(recipient: str, agreements: Iterable[Agreement]) -> tuple[Agreement, ...]:
    """The agreements that let this agency be shown what rests on their records.

    Raises InputError where none names it.
    """
    agreements = tuple(agreements)
    found = tuple(agreement for agreement in agreements if recipient in agreement.recipients)
    if not found:
        known = sorted({name for agreement in agreements for name in agreement.recipients})
        raise InputError(f"--recipient {recipient}: no sharing agreement names it; they name {', '.join(known)}")
    return found


def resting_on(feature: Feature, kinds: tuple[Kind, ...], agreements: Iterable[Agreement]) -> tuple[str, ...]:
    """The names of the agreements, live or not, that cover a kind of record that the feature reads."""
    wanted = needs(feature, kinds)
    return tuple(agreement.name for agreement in agreements if any(_covers(agreement, need) for need in wanted))


def needs(feature: Feature, kinds: tuple[Kind, ...]) -> tuple[Need, ...]:
    """The kinds of record that a feature reads.

    >>> from features.specs import Feature, moves
    >>> [need.kind for need in needs(Feature("moves", moves(), days=(365,), none=0, why="it is an example"), ())]
    ['residencies']
    """
    read = [Need(kind.agency, kind.kind, kind.sensitive) for kind in of_feature(feature, kinds)]
    return tuple(read + [Need(SINGLE_VIEW, table) for table in _tables(feature)])


def _of_outcome(outcome: Outcome, kinds: tuple[Kind, ...], purpose: str, homes: bool) -> Iterator[Need]:
    looks_back = outcome.among.involved or outcome.among.not_already_days is not None
    asked = set(of_outcome(outcome, kinds)) if purpose == "train" or looks_back else set()
    asked |= set(selected(outcome.trigger, kinds, "resident")) if outcome.trigger else set()
    yield from (Need(kind.agency, kind.kind, kind.sensitive) for kind in kinds if kind in asked)
    if outcome.unit == "resident":
        yield Need(SINGLE_VIEW, "residents")
    if outcome.unit == "property" or homes:
        yield Need(SINGLE_VIEW, "residencies")
    if outcome.unit == "property":
        yield Need(SINGLE_VIEW, "properties")


def _tables(feature: Feature) -> Iterator[str]:
    op = feature.measure.op
    if op in ("age", "members") or (op == "attribute" and feature.grain == "resident"):
        yield "residents"
    if op in ("moves", "days_at_home") or feature.grain != "resident":
        yield "residencies"
    if feature.grain in ("property", "area"):
        yield "properties"


def _covers(agreement: Agreement, need: Need) -> bool:
    return agreement.agency == need.agency and need.kind in agreement.kinds


def _refusal(need: Need, agreements: tuple[Agreement, ...], purpose: str, use_level: str, on: date) -> str | None:
    refusals = [agreement.refuses(need, purpose, use_level, on) for agreement in agreements if _covers(agreement, need)]
    if not refusals:
        return f"no agreement covers {need.agency} {need.kind}"
    return None if None in refusals else "; ".join(refusals)


def _read(path: str | Path) -> _File:
    told = read_yaml(path)
    try:
        return _File.model_validate(told)
    except ValidationError as error:
        raise InputError(*(f"{path}: {fault}" for fault in _faults(error))) from None


def _faults(error: ValidationError) -> Iterator[str]:
    faults = error.errors()
    within = {fault["loc"][:depth] for fault in faults for depth in range(len(fault["loc"]))}
    for fault in faults:
        if fault["type"] == "too_short" and fault["loc"] in within:
            continue  # too short only because an item in it is at fault, which is said already
        where = "".join(f"{part}: " for part in _place(fault["loc"]))
        said = fault["msg"].removeprefix("Value error, ")
        # A whole record is no help as the value received; a single value is.
        single = fault["type"] not in ("missing", "value_error") and not isinstance(fault["input"], dict | list)
        yield where + said + (f", not {fault['input']!r}" if single else "")


def _place(loc: tuple) -> tuple:
    if loc[:1] == ("agreements",) and len(loc) > 1:  # such as ("agreements", 1, "purposes", 0)
        return (f"agreement {loc[1] + 1}", *loc[2:3])
    return loc
