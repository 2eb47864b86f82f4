"""YAML files that are lists of records, reviewed like code: read whole with every fault; added to, never rewritten."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from features.errors import InputError
from features.yaml_file import read_yaml

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
# Why somebody waived or withdrew: shorter than a sentence is no reason that a reader can weigh.
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=30)]


class Record(BaseModel):
    """One entry of such a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_records(path: Path, kind_of: Callable[[dict], type[Record]]) -> tuple[Record, ...]:
    """The records of a file in its order, each of the kind that `kind_of` sees in it; none where there is no file.

    Raises InputError with every fault of the file.
    """
    if not path.exists():
        return ()
    content = read_yaml(path)
    if not isinstance(content, list | None):
        raise InputError(f"{path}: must be a list of records, each begun with a dash; write [] where there are none")
    found, faults = [], []
    for number, record in enumerate(content or (), start=1):
        where = f"{path}: record {number}"
        if not isinstance(record, dict):
            faults.append(f"{where}: must be lines of key: value, not {record!r}")
            continue
        try:
            found.append(kind_of(record).model_validate(record))
        except ValidationError as error:
            faults += [f"{where}: {fault}" for fault in _faults(error)]
    if faults:
        raise InputError(*faults)
    return tuple(found)


def with_record(text: str, record: Record) -> str:
    """The text of a file with a record put at its end, and everything before it as it was, comments too.

    >>> class Visit(Record):
    ...     who: str
    >>> print(with_record("# who came\\n[]\\n", Visit(who="the fire service")), end="")
    # who came
    - who: the fire service
    """
    kept = text.rstrip().removesuffix("[]").rstrip()
    told = {key: list(value) if isinstance(value, tuple) else value for key, value in record}
    return f"{kept}\n{yaml.safe_dump([told], sort_keys=False, allow_unicode=True, width=110)}".lstrip("\n")


def _faults(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        name, said = str(fault["loc"][0]) if fault["loc"] else "", fault["msg"].removeprefix("Value error, ")
        yield f"{name + ': ' if name else ''}{said[0].lower()}{said[1:]}{_received(fault)}"


def _received(fault: Any) -> str:
    """The value that was given; left out where there is none, or the message names it already."""
    if fault["type"] in ("missing", "value_error") or isinstance(fault["input"], dict):
        return ""
    advice = "; put it in quotes if it looks like a number" if fault["type"] == "string_type" else ""
    return f", not {fault['input']!r}{advice}"
