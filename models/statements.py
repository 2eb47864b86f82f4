"""What the documents say that no run can measure: who owns a model, how it is used, how a resident appeals.

One short file, `models/statements.yaml`, reviewed like code. What stands at its top holds for every outcome; an entry
under `outcomes` says it otherwise, or says what holds for that outcome alone.
"""

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from features.errors import InputError
from features.yaml_file import faults, read_yaml
from models.characteristics import CHARACTERISTICS

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=20)]  # shorter than that says nothing


def _of_each(due_regard: dict[str, str]) -> dict[str, str]:
    missing, unknown = set(CHARACTERISTICS) - set(due_regard), set(due_regard) - set(CHARACTERISTICS)
    if missing or unknown:
        raise ValueError(
            "\n".join(
                [f"{name!r} is missing; add it" for name in sorted(missing)]
                + [f"{name!r} is none of the nine: {', '.join(CHARACTERISTICS)}" for name in sorted(unknown)]
            )
        )
    return due_regard


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Level = Literal["low", "medium", "high"]


class Risk(_Section):
    """A risk and what is done about it, in one of the areas that an ATRS record asks about (section 2.5).

    How likely and how severe it is if nothing were done, and what is left of it with the measure, as the ICO's template
    for a data protection impact assessment asks (steps 5 and 6).
    """

    area: Literal["data", "use", "efficacy", "outputs", "organisation", "public engagement"]
    risk: Said
    likelihood: Level
    severity: Level
    measure: Said
    residual: Level


class Statements(_Section):
    """All that is said of one outcome's model."""

    organisation: Name
    team: Name
    senior_responsible_owner: Name  # a role, never a person's name
    third_parties: Said
    website: Name
    benefits: Said
    previous_process: Said
    alternatives: Said
    integration: Said
    human_review: Said
    frequency: Said
    training: Said
    appeals: Said
    maintenance: Said
    who: Said
    list_goes_to: Name  # the one team that gets the list
    need: Said
    comparable: Said
    inequalities: Said
    necessity: Said
    consultation: Said
    officers_advice: Said  # the data protection officer's (UK GDPR Article 35(2)), and what was made of it
    collection: Said
    cleaning: Said
    storage: Said
    linkage: Said
    due_regard: Annotated[dict[str, Said], AfterValidator(_of_each)]
    risks: Annotated[tuple[Risk, ...], Field(min_length=1)]
    funding: Name
    conflicts: Name
    ethical_approval: Said  # what was sought of whom, or why nothing was
    protocol: Said
    registration: Said
    data_sharing: Said
    code_sharing: Said


def load_statements(path: Path, outcomes: Iterable[str], known: Iterable[str]) -> dict[str, Statements]:
    """What is said of each of `outcomes`; `known` are all that the catalogue has.

    Raises InputError with every fault of the file: one that is unknown, missing or says nothing.
    """
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise InputError(f"{path}: must hold statements such as organisation and appeals, and holds none")
    own = content.pop("outcomes", None) or {}
    if not isinstance(own, dict) or not all(isinstance(entry, dict) for entry in own.values()):
        raise InputError(f"{path}: outcomes: must name each outcome with what is said of it, as key: text")
    found, said = [f"{path}: {fault}" for fault in _unknown(own, tuple(known))], {}
    for name in outcomes:
        try:
            said[name] = Statements.model_validate(content | own.get(name, {}))
        except ValidationError as error:
            found += [f"{path}: {fault}" for fault in _placed(error, name, own.get(name, {}))]
    if found:
        raise InputError(*dict.fromkeys(found))
    return said


def _unknown(own: dict[str, Any], known: tuple[str, ...]) -> Iterator[str]:
    for name in own:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            yield f"outcomes.{name}: no such outcome" + (f"; did you mean {close[0]}?" if close else "; remove it")


def _placed(error: ValidationError, outcome: str, own: dict[str, Any]) -> Iterator[str]:
    """The faults, each where it stands: at the top of the file, or in the outcome's own entry."""
    absent = {detail["loc"] for detail in error.errors() if detail["type"] == "missing"}
    for fault in faults(error, Statements, called="statement"):
        key = fault.split(":")[0].split(".")[0]
        if (key,) in absent:
            yield f"{key}: is missing for {outcome}; add it at the top, or under outcomes.{outcome}"
        else:
            yield f"outcomes.{outcome}.{fault}" if key in own else fault
