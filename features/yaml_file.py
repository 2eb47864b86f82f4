"""What people write in YAML, read strictly: one document, no key given twice, days as days."""

import difflib
import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ValidationError

from features.errors import InputError

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def read_yaml(path: str | Path) -> Any:
    """The content of a YAML file.

    Raises InputError where it cannot be read or is not valid YAML, and with every key that is given twice.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"{path}: not there; check the path, and run from the project folder") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); name a YAML file that you may read") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not valid YAML: it is not text in UTF-8; name a YAML file") from None
    try:
        loader = _Strict(text)
        content = loader.get_single_data()
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: 2023-02-30 without quotes
        raise InputError(f"{path}: is not valid YAML{_place(error)}; mend it there") from None
    if loader.repeated:
        raise InputError(
            *(f"{path}: {key}: is given again at line {line}; keep one of them" for key, line in loader.repeated)
        )
    return content


def day(value: object) -> date:
    """A day given as a date or as ISO text; a number is none, for 1672531200 would quietly be 2023-01-01.

    Raises ValueError for anything else.

    >>> day("2024-02-29")
    datetime.date(2024, 2, 29)
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and ISO_DAY.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass  # a day that the calendar does not have
    raise ValueError(f"must be a day such as 2024-03-31, not {value!r}")


Day = Annotated[date, BeforeValidator(day)]


def faults(error: ValidationError, of: type[BaseModel], above: str = "", called: str = "parameter") -> list[str]:
    """Every fault that validating `of` found: where in the file (below `above`), what is wrong, what to write.

    `called` is what the file's keys are: a parameter, a statement.
    """
    details = error.errors()
    inner = {detail["loc"][:-1] for detail in details}
    # A list is too short only because an item in it is at fault, which is said already.
    told = [detail for detail in details if detail["type"] != "too_short" or detail["loc"] not in inner]
    return [fault for detail in told for fault in _told(above, detail, of, called)]


def _told(above: str, detail: Any, of: type[BaseModel], called: str) -> list[str]:
    where = above + ".".join(str(step) for step in detail["loc"])
    kind = detail["type"]
    if kind == "extra_forbidden":
        close = difflib.get_close_matches(str(detail["loc"][-1]), _known_keys(of), n=1)
        return [f"{where}: no such {called}" + (f"; did you mean {close[0]}?" if close else "; remove it")]
    if kind == "missing":
        return [f"{where}: is missing; add it"]
    if kind == "value_error":
        return [f"{where + ': ' if where else ''}{line}" for line in str(detail["ctx"]["error"]).splitlines()]
    return [f"{where}: {_plain(detail['msg'])}, not {detail['input']!r}"]


def _plain(said: str) -> str:
    """What pydantic says, in the words of a YAML file."""
    said = said[0].lower() + said[1:]
    for theirs, ours in (
        (r"tuple", "list"),
        (r"dictionary( or instance of \w+)?", "section"),
        (r" after validation, not 0", ""),
        (r"path for <class .*>", "path"),
    ):
        said = re.sub(theirs, ours, said)
    return said


def _known_keys(section: type[BaseModel]) -> list[str]:
    keys = []
    for name, info in section.model_fields.items():
        keys.append(name)
        inner = [t for t in (info.annotation, *getattr(info.annotation, "__args__", ())) if isinstance(t, type)]
        keys += [key for t in inner if issubclass(t, BaseModel) for key in _known_keys(t)]
    return keys


class _Strict(yaml.SafeLoader):
    """PyYAML's safe loader, which keeps the last of two equal keys, made to note them."""

    def __init__(self, text: str):
        super().__init__(text)
        self.repeated: list[tuple[str, int]] = []

    def compose_mapping_node(self, anchor):
        node = super().compose_mapping_node(anchor)
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if (key.tag, key.value) in seen:
                    self.repeated.append((key.value, key.start_mark.line + 1))
                seen.add((key.tag, key.value))
        return node


def _place(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f" at line {error.problem_mark.line + 1} ({error.problem})"
    if isinstance(error, yaml.reader.ReaderError):
        return f" at character {error.position} ({error.reason})"
    if isinstance(error, RecursionError):
        return ": it is nested too deeply"
    return f" ({error})"
