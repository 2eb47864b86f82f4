"""The documents of drawn evidence, and what stands in them: for tests of what they say."""

import re
from collections.abc import Iterable
from html import unescape

from models import pages
from models.blocks import Document
from models.documents.written import PARTS, document
from models.fairness import RESTS_ON
from models.site_outcome import outcome_page
from tests.evidence import evidence
from tests.governance import audit


def write(given: dict) -> list[Document]:
    """All but the explanation report, which has evidence and tests of its own."""
    return [document(name, given) for name in PARTS if name != "explanation"]


def text_of(name: str, given: dict) -> str:
    return pages.markdown(document(name, given))


def rows_of(markdown: str, caption: str) -> dict[str, list[str]]:
    """The rows of the table with that caption, by their first cell."""
    table = markdown.split(f"**{caption}**")[1].split("\n\n")[1]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    return {first: rest for first, *rest in cells}


def section(given: dict, identifier: str) -> str:
    """What a section of the outcome's page says, without its marks and pictures."""
    page = pages.page(outcome_page(given)).split(f'<section id="{identifier}"')[1].split("</section>")[0]
    return " ".join(unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", page, flags=re.DOTALL)).split())


def homes() -> dict:
    """The evidence of a model that ranks homes: nothing is known of who people are."""
    given = evidence()
    given["outcome"] = given["outcome"] | {"unit": "property", "title": "Dwelling fire: a fire at home"}
    given["groups"] = {name: given["groups"][name] for name in ("imd_quintile", "district")}
    return given | {"audit": audit(given["identity"], given["groups"])}


def group(name: str, **told) -> dict:
    clear = {"value": 0.5, "low": 0.4, "high": 0.6}
    figures = dict.fromkeys(RESTS_ON, clear)
    return (
        {"group": name, "n": 4000, "events": 400, "flagged": 300.0, "found": 150.0, "unevaluable": []} | figures | told
    )


def with_groups(*records: dict) -> dict:
    given = evidence()
    given["groups"] = {"sex": list(records), "ethnicity": list(records)}
    if any(": " in record["group"] for record in records):
        given["groups"]["ethnicity_broad"] = _together(records)
    return given | {"audit": audit(given["identity"], given["groups"])}


def _together(records: Iterable[dict]) -> list[dict]:
    """A record for each broad group, with the counts of its parts and the figures of the first."""
    found: dict[str, dict] = {}
    for record in records:
        name = record["group"].partition(": ")[0]
        sums = {of: found.get(name, {}).get(of, 0) + record[of] for of in ("n", "events", "flagged", "found")}
        found[name] = {**record, **found.get(name, {}), **sums, "group": name}
    return list(found.values())
