"""A document laid out: as Markdown, and as one page of HTML that needs no network."""

from models.blocks import Document
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
    environment.filters["cell"] = lambda text: str(text).replace("|", "\\|").replace("\n", " ")
    return environment.get_template(template).render(document=document)
