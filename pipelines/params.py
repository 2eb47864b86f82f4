"""`params.yaml`, read and validated whole: every fault is reported at once, before any work starts."""

import difflib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from features.errors import InputError
from pipelines import paths

# Strict numbers: "12" or true in place of a number is a fault, never quietly one.
Share = Annotated[float, Field(gt=0, lt=1, strict=True)]
Positive = Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=1, strict=True)]
WholeOrZero = Annotated[int, Field(ge=0, strict=True)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Engine(_Section):
    """What the feature engine may use of the machine."""

    memory: Annotated[str, Field(pattern=r"^[1-9]\d*(MB|GB)$")]
    threads: Whole


class CohortParams(_Section):
    """Where the pairs (unit, as-of date) come from: snapshots of the single view, or a file of pairs."""

    source: Path
    snapshots: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _in_order(self):
        if list(self.snapshots) != sorted(set(self.snapshots)):
            raise ValueError("snapshots must be different dates in ascending order")
        return self


class Knobs(_Section):
    """What a data scientist turns for one outcome."""

    horizon_days: Whole
    gap_days: WholeOrZero
    at_least: Whole | None = None
    capacity: Whole
    rule: str
    inputs: dict[str, Annotated[str, Field(min_length=10)]] = {}


class LightGBM(_Section):
    n_estimators: Whole
    learning_rate: Annotated[float, Field(gt=0, le=1, strict=True)]
    num_leaves: Annotated[int, Field(ge=2, strict=True)]
    max_depth: Annotated[int, Field(ge=1, le=8, strict=True)]
    min_child_samples: Whole
    colsample_bytree: Annotated[float, Field(gt=0, le=1, strict=True)]
    reg_lambda: Annotated[float, Field(ge=0, strict=True, allow_inf_nan=False)]


class Logistic(_Section):
    C: Positive


class Models(_Section):
    seed: WholeOrZero
    held_out: Share
    resamples: Annotated[int, Field(ge=20, strict=True)]
    logistic: Logistic
    lightgbm: LightGBM


class Explain(_Section):
    background: Annotated[int, Field(ge=100, strict=True)]
    sample: Annotated[int, Field(ge=100, strict=True)]
    reasons: Annotated[int, Field(ge=1, le=10, strict=True)]


class Card(_Section):
    expires_on: date
    contact: Annotated[str, Field(min_length=5)]
    contest: Annotated[str, Field(min_length=20)]


class Params(_Section):
    """All of `params.yaml`; the comments there give the reason for each value."""

    single_view: Path
    catalogue: Path
    agreements: Path
    approvals: Path
    invent: tuple[Literal["county"], ...]
    county: dict[str, Any] = {}
    engine: Engine
    cohort: CohortParams
    group_by: str
    allowance_days: WholeOrZero
    test_from: date
    audit: tuple[str, ...]
    outcomes: Annotated[tuple[str, ...], Field(min_length=1)]
    knobs: dict[str, Knobs]
    models: Models
    explain: Explain
    card: Card

    @model_validator(mode="after")
    def _agree(self):
        faults = [f"outcomes: {name} has no entry under knobs" for name in self.outcomes if name not in self.knobs]
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


def load(path: Path = paths.PARAMS) -> Params:
    """The parameters.

    Raises InputError with every fault of the file: what is wrong where, what was found, what to write.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: not there; run from the project folder") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        where = getattr(error, "problem_mark", None)
        raise InputError(
            f"{path}: is not valid YAML{f' at line {where.line + 1}' if where else ''}; mend it there"
        ) from None
    if not isinstance(content, dict):
        raise InputError(f"{path}: must hold sections such as single_view and outcomes, and holds none")
    try:
        return Params.model_validate(content)
    except ValidationError as error:
        raise InputError(*(fault for detail in error.errors() for fault in _faults(path, detail))) from None


def _faults(path: Path, detail: Any) -> list[str]:
    where = ".".join(str(step) for step in detail["loc"])
    kind = detail["type"]
    if kind == "extra_forbidden":
        close = difflib.get_close_matches(str(detail["loc"][-1]), _known_keys(Params), n=1)
        return [f"{path}: {where}: no such parameter" + (f"; did you mean {close[0]}?" if close else "; remove it")]
    if kind == "missing":
        return [f"{path}: {where}: is missing; add it"]
    if kind == "value_error":
        return [f"{path}: {where + ': ' if where else ''}{line}" for line in str(detail["ctx"]["error"]).splitlines()]
    return [f"{path}: {where}: {_lower(detail['msg'])}, not {detail['input']!r}"]


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _known_keys(section: type[BaseModel]) -> list[str]:
    keys = []
    for name, info in section.model_fields.items():
        keys.append(name)
        inner = [t for t in (info.annotation, *getattr(info.annotation, "__args__", ())) if isinstance(t, type)]
        keys += [key for t in inner if issubclass(t, _Section) for key in _known_keys(t)]
    return keys
