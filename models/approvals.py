"""Which model may score whom: the records that the ethics group signs off, kept in `models/approvals.yaml`.

The file is a list of records, reviewed like code:

    - outcome: escalation
      model: 0123456789abcdef        # the identity on the model card
      approved_by: Ethics chair      # a role, not a person's name
      use_level: prioritisation
      until: 2027-06-30
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from features.errors import InputError
from features.specs import USE_LEVELS
from features.yaml_file import day, read_yaml


@dataclass(frozen=True)
class Approval:
    """One sign-off: this model, for this use, until this day (exclusive)."""

    outcome: str
    model: str
    approved_by: str
    use_level: str
    until: date


def load_approvals(path: Path) -> tuple[Approval, ...]:
    """The records on file; none where there is no file.

    Raises InputError with every fault of the file.
    """
    if not path.exists():
        return ()
    records = read_yaml(path)
    records = [] if records is None else records if isinstance(records, list) else [records]
    known, found, faults = [field.name for field in fields(Approval)], [], []
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict) or set(record) != set(known):
            faults.append(f"{path}: record {number} must have exactly the keys {', '.join(known)}")
            continue
        wrong = list(_faults(record))
        faults += [f"{path}: record {number}: {fault}" for fault in wrong]
        if not wrong:
            found.append(Approval(**record | {"until": day(record["until"])}))
    if faults:
        raise InputError(*faults)
    return tuple(found)


def live(path: Path, outcome: str, use_level: str, on: date) -> tuple[Approval, ...]:
    """The records of an outcome for a use that have not ended on that day. Raises InputError as `load_approvals`."""
    return tuple(
        record
        for record in load_approvals(path)
        if (record.outcome, record.use_level) == (outcome, use_level) and on < record.until
    )


def require_approval(path: Path, outcome: str, model: str, use_level: str, on: date) -> Approval:
    """The live approval of a model for a use.

    Raises InputError, saying what is on file, where there is none.
    """
    for record in live(path, outcome, use_level, on):
        if record.model == model:
            return record
    of_outcome = [record for record in load_approvals(path) if record.outcome == outcome]
    on_file = "; ".join(f"model {r.model} for {r.use_level} until {r.until}" for r in of_outcome)
    raise InputError(
        f"{path}: model {model} of {outcome} has no live approval for {use_level} on {on} "
        f"(on file: {on_file or 'none'}). "
        "A real single view is scored only by an approved model: bring its card to the ethics group"
    )


def _faults(record: dict[str, object]) -> Iterator[str]:
    for name in ("outcome", "model", "approved_by", "use_level"):
        text = record[name]
        if not isinstance(text, str) or not text.strip():
            yield f"{name} must be text, not {text!r}; put it in quotes if it looks like a number"
    if isinstance(record["use_level"], str) and record["use_level"] not in USE_LEVELS:
        yield f"use_level must be one of {', '.join(USE_LEVELS)}, not {record['use_level']!r}"
    try:
        day(record["until"])
    except ValueError as error:
        yield f"until {error}"
