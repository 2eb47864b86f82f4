"""Whether what leaves keeps the small-number rule: looks through tables, figures and documents for counts that do not.

It reads what was written, not how: a CSV file, JSON, a table of Markdown or HTML. A column or key counts people if its
name is one of COUNTED; in it a whole number from 1 to 7, or one that is no multiple of 5, has got past
`models.disclosure`. Ranks, days, years and columns of a model have other names, and rates have a point or a percent
sign.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from features.errors import InputError
from models.disclosure import SMALLEST_SHOWN

# Names, in small letters, of what counts people, homes, or rows of them; a name may go on after a space or a bracket.
COUNTED = (
    "n",
    "rows",
    "pairs",
    "people",
    "residents",
    "households",
    "homes",
    "dwellings",
    "properties",
    "records",
    "triggers",
    "events",
    "with the outcome",
    "of them with the outcome",
    "had the outcome",
    "did not",
    "died first",
    "left the area",
    "too early to tell",
    "known at the date",
    "alive",
    "lived in",
    "living in the county",
    "of eligible age",
    "scored",
    "count",
    "flagged",
    "found",
    "listed",
    "missed",
    "newly found",
    "remaining",
    "joined the list",
    "left the list",
)
KINDS = (".csv", ".json", ".md", ".html")
_WHOLE = re.compile(r"-?\d{1,3}(,\d{3})+|-?\d+(\.0+)?")


def scan(*places: Path) -> dict:
    """What files and folders hold that may not leave, ready for JSON: files (how many were read), kinds (how
    many of each ending) and found.

    `found` has a sentence for each, which names the file and the column and not the number. Files of other kinds
    (pictures) are not read: every picture stands beside its table.
    """
    files = [file for place in places for file in ([place] if place.is_file() else sorted(place.rglob("*")))]
    read = [file for file in files if file.suffix in KINDS and not file.name.startswith(".")]
    found = [fault for file in read for fault in scan_text(file.name, file.read_text(encoding="utf-8"))]
    kinds = dict(sorted(Counter(file.suffix for file in read).items()))
    return {"files": len(read), "kinds": kinds, "found": found}


def scan_text(name: str, text: str) -> list[str]:
    """The same of one text, whose kind the ending of its name says.

    >>> scan_text("groups.csv", "group,n,auc\\na,1200,0.7\\nb,3,0.6\\n")
    ['groups.csv: n shows a count of 1 to 7']
    """
    cells = {".csv": _csv, ".json": _json, ".md": _markdown, ".html": _html}[Path(name).suffix](text)
    found = [f"{name}: {column} {wrong}" for column, cell in cells if _counts(column) and (wrong := _wrong(cell))]
    return list(dict.fromkeys(found))


def require_disclosed(name: str, text: str) -> str:
    """The text, if it may leave. Raises InputError with all that it shows and may not."""
    if found := scan_text(name, text):
        raise InputError(
            *(f"{told}; put it through models.disclosure, so that nothing of {name} is published" for told in found)
        )
    return text


def _counts(column: str) -> bool:
    column = " ".join(column.lower().replace("_", " ").split())
    return any(column == name or column.startswith((f"{name} (", f"{name}:", f"{name},")) for name in COUNTED)


def _wrong(cell: str) -> str | None:
    if not _WHOLE.fullmatch(cell.strip()):
        return None
    number = int(float(cell.replace(",", "")))
    if 0 < number < SMALLEST_SHOWN:
        return f"shows a count of 1 to {SMALLEST_SHOWN - 1}"
    return "shows a count that is not rounded to the nearest 5" if number % 5 else None


def _csv(text: str) -> Iterator[tuple[str, str]]:
    for row in csv.DictReader(io.StringIO(text)):
        yield from ((name, cell or "") for name, cell in row.items() if name)


def _json(text: str) -> Iterator[tuple[str, str]]:
    yield from _in_json(json.loads(text))


def _in_json(node) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, dict | list):
                # {"found": {"value": 3}} is a count as well
                inner = value.items() if isinstance(value, dict) else ()
                yield from ((key, str(x)) for end, x in inner if end in ("value", "low", "high"))
                yield from _in_json(value)
            elif not isinstance(value, bool):
                yield key, str(value)
    elif isinstance(node, list):
        for value in node:
            yield from _in_json(value)


def _markdown(text: str) -> Iterator[tuple[str, str]]:
    head: list[str] = []
    for line in text.splitlines():
        if not line.lstrip().startswith("|"):
            head = []
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not head:
            head = cells
        elif not all(set(cell) <= set("-: ") for cell in cells):
            yield from zip(head, cells, strict=False)


def _html(text: str) -> Iterator[tuple[str, str]]:
    parser = _Tables()
    parser.feed(text)
    for table in parser.tables:
        head = table[0] if table else []
        yield from (pair for row in table[1:] for pair in zip(head, row, strict=False))


class _Tables(HTMLParser):
    """The rows of every table, as lists of cells; the first row is the head."""

    def __init__(self):
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self.tables[-1][-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.tables[-1][-1][-1] += data
