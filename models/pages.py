"""A document laid out: as Markdown, and as one page of HTML that needs no network."""

from typing import Any

from models.blocks import Document, Link
from models.wording import day


def markdown(document: Document) -> str:
    return _render("document.md.j2", document)


def page(document: Document) -> str:
    return _render("document.html.j2", document)


def _render(template: str, document: Document) -> str:
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
    environment.filters["linked"] = _linked
    environment.filters["cell"] = lambda cell: _linked(cell).replace("|", "\\|").replace("\n", " ")
    environment.filters["shown"] = lambda cell: cell if isinstance(cell, Link) else _unbroken(str(cell))
    return environment.get_template(template).render(document=document)


def _linked(text: Any) -> str:
    """As Markdown has it."""
    return f"[{text}]({text.to})" if isinstance(text, Link) else str(text)


def _unbroken(text: str) -> str:
    """Without a line break at the dash of a range."""
    return text.replace("–", "\u2060–\u2060")
