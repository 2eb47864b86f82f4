"""A document from its sections: each is written from the evidence that it needs, and none is left unfilled."""

from collections.abc import Callable
from typing import Any

from features.errors import InputError
from models.blocks import Block, Document, Section
from models.ends import ends
from models.evidence import Evidence
from models.wording import day

# Identifier, title, the evidence it needs (keys joined by dots), and who writes it.
Part = tuple[str, str, tuple[str, ...], Callable[[Any], list[Block]]]


def fill(name: str, kind: str, parts: tuple[Part, ...], evidence: Evidence) -> Document:
    """The document of that name, its sections in the order of `parts`.

    Raises InputError that names every section that is unfilled and the evidence it lacks.
    """
    sections = _filled(name, parts, evidence)
    records, expires = evidence["single_view"], f"not to be used from {day(ends(evidence)[0].on)}"
    return Document(
        name,
        kind,
        evidence["outcome"]["title"],
        f"{records['name']} · records up to {day(records['extract_on'])} · {expires}",
        evidence["identity"],
        records["invented"],
        sections,
    )


def _filled(name: str, parts: tuple[Part, ...], evidence: Evidence) -> list[Section]:
    unfilled = {title: [need for need in needs if _is_empty(_look_up(evidence, need))] for _, title, needs, _ in parts}
    faults = [
        f"{name}: section {title!r} is unfilled: the evidence lacks {', '.join(lacking)}"
        for title, lacking in unfilled.items()
        if lacking
    ]
    if faults:
        raise InputError(*faults)
    sections = [Section(identifier, title, write(evidence)) for identifier, title, _, write in parts]
    faults = [
        f"{name}: section {section.title!r} has an empty part; give it evidence or leave the part out"
        for section in sections
        if section.is_empty()
    ]
    if faults:
        raise InputError(*faults)
    return sections


def _look_up(evidence: Any, path: str) -> Any:
    for key in path.split("."):
        evidence = evidence.get(key) if isinstance(evidence, dict) else None
    return evidence


def _is_empty(value: Any) -> bool:
    return (
        value is None
        or (isinstance(value, str) and not value.strip())
        or (hasattr(value, "__len__") and len(value) == 0)
    )
