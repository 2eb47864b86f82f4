"""`params.yaml`, read and validated whole: every fault is reported at once, before any work starts."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from features import yaml_file
from features.errors import InputError
from features.yaml_file import Day, read_yaml
from pipelines import paths

# Strict numbers: "12" or true in place of a number is a fault, never quietly one.
Share = Annotated[float, Field(gt=0, lt=1, strict=True)]
Positive = Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=1, strict=True)]
Rate = Annotated[float, Field(gt=0, le=1, strict=True)]
NotNegative = Annotated[float, Field(ge=0, strict=True, allow_inf_nan=False)]
# Ten years of days: longer than any single view settles, and short of what the calendar can't hold.
Days = Annotated[int, Field(ge=1, le=3650, strict=True)]
DaysOrZero = Annotated[int, Field(ge=0, le=3650, strict=True)]


def _in_calendar(day: date) -> date:
    if not 1900 <= day.year <= 2200:
        raise ValueError(f"must be a day of the years 1900 to 2200, not {day}")
    return day


def _different(names: tuple) -> tuple:
    again = sorted({str(name) for name in names if names.count(name) > 1})
    if again:
        raise ValueError(f"names each once; given more than once: {', '.join(again)}")
    return names


AsOf = Annotated[Day, AfterValidator(_in_calendar)]  # days are added to it, which must stay within the calendar
Different = AfterValidator(_different)
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CohortParams(_Section):
    """Where the pairs (unit, as-of date) come from: snapshots of the single view, or a file of pairs."""

    source: Path
    snapshots: tuple[AsOf, ...] = ()

    @model_validator(mode="after")
    def _in_order(self):
        if list(self.snapshots) != sorted(set(self.snapshots)):
            raise ValueError("snapshots must be different dates in ascending order")
        return self


class Saves(_Section):
    """What finding one person in time saves: so many of what, and pounds for each of them."""

    what: Name
    each: Positive
    pounds: Positive


class Knobs(_Section):
    """What a data scientist turns for one outcome."""

    horizon_days: Days
    gap_days: DaysOrZero
    at_least: Whole | None = None
    capacity: Whole
    worth: Whole
    saves: Saves | None = None
    rule: Name
    inputs: dict[Name, Annotated[str, StringConstraints(strip_whitespace=True, min_length=10)]] = {}
    options: dict[str, dict[str, Any]]  # candidate: option: value, in place of those under models


class Scorecard(_Section):
    columns: Annotated[int, Field(ge=1, le=30, strict=True)]
    cuts: Annotated[int, Field(ge=1, le=10, strict=True)]


class Logistic(_Section):
    C: Positive


class Additive(_Section):
    n_estimators: Whole
    learning_rate: Rate
    min_child_samples: Whole
    reg_lambda: NotNegative


class LightGBM(_Section):
    n_estimators: Whole
    learning_rate: Rate
    num_leaves: Annotated[int, Field(ge=2, strict=True)]
    max_depth: Annotated[int, Field(ge=1, le=8, strict=True)]
    min_child_samples: Whole
    colsample_bytree: Rate
    reg_lambda: NotNegative


class Models(_Section):
    """How models are fitted and compared; an entry of a candidate that is left out is no candidate."""

    seed: Annotated[int, Field(ge=0, lt=2**32, strict=True)]
    held_out: Share
    folds: Annotated[int, Field(ge=2, le=50, strict=True)]
    resamples: Annotated[int, Field(ge=20, strict=True)]
    scorecard: Scorecard | None = None
    logistic: Logistic | None = None
    additive: Additive | None = None
    lightgbm: LightGBM | None = None
    lightgbm_free: LightGBM | None = None

    def candidates(self) -> dict[str, _Section]:
        """The entries of candidates, by name."""
        return {name: entry for name in type(self).model_fields if isinstance(entry := getattr(self, name), _Section)}


class Sensitivity(_Section):
    """What is done to see how far the results hang on a choice or on chance."""

    allowance_days: Annotated[tuple[DaysOrZero, ...], Different]
    refits: Annotated[int, Field(ge=2, le=1000, strict=True)]
    weak_link: Share


class Explain(_Section):
    background: Annotated[int, Field(ge=100, strict=True)]
    sample: Annotated[int, Field(ge=100, strict=True)]
    reasons: Annotated[int, Field(ge=1, le=10, strict=True)]


class _Gate(_Section):
    """A limit, and the reason for it that the documents print."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20)]


class ShareGate(_Gate):
    limit: Share


class CountGate(_Gate):
    limit: Whole


class TimesGate(_Gate):
    limit: Positive


class RangeGate(_Gate):
    limit: tuple[Positive, Positive]

    @model_validator(mode="after")
    def _in_order(self):
        if self.limit[0] >= self.limit[1]:
            raise ValueError(f"limit: the first of the two must be the lower, not {list(self.limit)}")
        return self


class ManyGate(_Gate):
    limit: Annotated[tuple[Positive, ...], Field(min_length=1), Different]


class NamesGate(_Gate):
    limit: Annotated[tuple[Name, ...], Field(min_length=1), Different]


class Gates(_Section):
    """What a model must pass on its way to a service: models/gates.py says which gate asks what."""

    rechecked: CountGate
    shuffled_within: ShareGate
    auc_at_most: ShareGate
    column_auc_at_most: ShareGate
    events_at_least: CountGate
    base_rate_times: TimesGate
    slope_within: RangeGate
    observed_over_expected_within: RangeGate
    ici_share_at_most: ShareGate
    feed_within: RangeGate
    net_benefit_over: ManyGate
    groups: NamesGate
    fnr_gap_at_most: ShareGate
    ratio_within: RangeGate
    match_rate_gap_at_most: ShareGate
    doubles_at_most: ShareGate
    recur_at_least: ShareGate
    refits_at_least: CountGate
    ethnicity_auc_at_most: ShareGate


class Card(_Section):
    expires_on: Day
    contact: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5)]
    contest: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20)]


class Params(_Section):
    """All of `params.yaml`; the comments there give the reason for each value."""

    single_view: Path
    catalogue: Path
    agreements: Path
    approvals: Path
    waivers: Path
    statements: Path
    invent: Annotated[tuple[Literal["county"], ...], Different]
    county: dict[str, Any] = {}
    engine: Literal["duckdb", "spark"]
    memory: Annotated[str, Field(pattern=r"^[1-9]\d{0,5}(MB|GB)$")]
    threads: Annotated[int, Field(ge=1, le=1024, strict=True)]
    cohort: CohortParams
    group_by: Name
    allowance_days: DaysOrZero
    test_from: AsOf
    audit: Annotated[tuple[Name, ...], Field(min_length=1), Different]
    outcomes: Annotated[tuple[Name, ...], Field(min_length=1), Different]
    knobs: dict[str, Knobs]
    models: Models
    sensitivity: Sensitivity
    explain: Explain
    gates: Gates
    card: Card

    def options(self, outcome: str) -> dict[str, Any]:
        """What `models.candidates` takes: the column of the rule, and each candidate's options for this outcome."""
        knobs = self.knobs[outcome]
        asked = {
            name: entry.model_dump() | knobs.options.get(name, {}) for name, entry in self.models.candidates().items()
        }
        return {"rule": knobs.rule, **asked}

    @model_validator(mode="after")
    def _agree(self):
        faults = [f"outcomes: {name} has no entry under knobs" for name in self.outcomes if name not in self.knobs]
        faults += [fault for name in self.knobs for fault in self._options_at_fault(name)]
        if self.invent and self.single_view != paths.SINGLE_VIEW:
            faults.append(
                f"single_view: must be {paths.SINGLE_VIEW} while invent lists county; for your own, set invent: []"
            )
        if self.cohort.source == self.single_view and not self.cohort.snapshots:
            faults.append("cohort.snapshots: give the as-of dates, or a file of pairs as cohort.source")
        if self.cohort.source != self.single_view and self.cohort.snapshots:
            faults.append("cohort.snapshots: leave them out where cohort.source is a file of pairs")
        if self.cohort.snapshots and not self.cohort.snapshots[0] < self.test_from <= self.cohort.snapshots[-1]:
            faults.append(
                f"test_from: {self.test_from} leaves no snapshot before it to train on, or none from it to test on"
            )
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _options_at_fault(self, outcome: str) -> list[str]:
        candidates, faults = self.models.candidates(), []
        for name in self.knobs[outcome].options:
            where = f"knobs.{outcome}.options.{name}"
            if name not in candidates:
                faults.append(f"{where}: no such candidate under models; they are {', '.join(candidates) or 'none'}")
                continue
            try:
                candidates[name].model_validate(self.options(outcome)[name])
            except ValidationError as error:
                faults += yaml_file.faults(error, Params, f"{where}.")
        return faults


def load(path: Path = paths.PARAMS) -> Params:
    """The parameters.

    Raises InputError with every fault of the file: what is wrong where, what was found, what to write.
    """
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise InputError(f"{path}: must hold sections such as single_view and outcomes, and holds none")
    try:
        return Params.model_validate(content)
    except ValidationError as error:
        raise InputError(*(f"{path}: {fault}" for fault in yaml_file.faults(error, Params))) from None
