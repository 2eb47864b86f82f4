"""A document laid out: as Markdown, and as one page of HTML that needs no network.

All pages of a run make one site: a folder for each outcome with its documents side by side, and the overview above
them. So every page carries the way back and, in an outcome's folder, the way to its other documents.
"""

from typing import Any

from models.blocks import Document, Link
from models.documents import DOCUMENTS, Kind
from models.wording import day

HOME, OUTCOME = "Overview", "index.html"
# A cell that says one of these, and nothing else, is shown with its sign.
SIGNS = {"pass": "✓", "fail": "✕", "unevaluable": "?"}

Crumbs = tuple[tuple[str, str], ...]  # the pages above this one, (name, where), outermost first


def markdown(document: Document) -> str:
    return _render("document.md.j2", document=document)


def page(document: Document, crumbs: Crumbs | None = None, shelf: tuple[Kind, ...] = DOCUMENTS) -> str:
    """The document as a page; `shelf` are the documents beside it.

    Left out, `crumbs` and `shelf` are those of a document in an outcome's folder.
    """
    return _render(
        "document.html.j2",
        document=document,
        crumbs=((HOME, "../index.html"), (document.title.split(": ")[0], OUTCOME)) if crumbs is None else crumbs,
        shelf=shelf,
    )


def sign(cell: object) -> str | None:
    """The sign of a gate's state, where a cell says one: states are told apart by sign and word, not by colour alone.

    >>> sign("Pass"), sign("passed")
    ('✓', None)
    """
    return SIGNS.get(str(cell).lower())


def _render(template: str, **given) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("models"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=template.endswith(".html.j2"),
        keep_trailing_newline=True,
    )
    environment.filters["day"] = day
    environment.filters["sign"] = sign
    environment.filters["linked"] = _linked
    environment.filters["cell"] = lambda cell: _linked(cell).replace("|", "\\|").replace("\n", " ")
    environment.filters["shown"] = lambda cell: cell if isinstance(cell, Link) else _unbroken(str(cell))
    return environment.get_template(template).render(**given)


def _linked(text: Any) -> str:
    """As Markdown has it."""
    return f"[{text}]({text.to})" if isinstance(text, Link) else str(text)


def _unbroken(text: str) -> str:
    """Without a line break at the dash of a range."""
    return text.replace("–", "\u2060–\u2060")
