"""What people write in YAML, read strictly: one document, no key given twice, days as days."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator

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
