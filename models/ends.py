"""When a model may no longer be used: when the first of its card, sharing agreements, sign-offs and waivers ends."""

from typing import NamedTuple

import pandas as pd

from models.approvals import ROLES
from models.blocks import Table
from models.wording import capital, day, listed


class End(NamedTuple):
    """The first day on which something no longer holds, and what."""

    on: str
    what: str


def ends(e) -> list[End]:
    """All that ends, the earliest first; of the same day in the order of the alphabet."""
    signed = [(role, of) for role, of in e["sign_offs"].items() if of and "until" in of]
    waived = [gate for gate in (e["gates"] or {}).get("gates", []) if gate["waiver"]]
    return sorted(
        [
            End(str(e["card"]["expires_on"]), "the model card"),
            *(End(str(of["until"]), f"the agreement “{of['title']}”") for of in e["agreements"]),
            *(End(str(of["until"]), f"what {ROLES[role]} signed") for role, of in signed),
            *(End(str(of["waiver"]["until"]), f"the waiver of gate {of['number']}") for of in waived),
        ]
    )


def at_the_latest(e) -> str:
    """The first of these days, with all that ends on it."""
    found = ends(e)
    first = found[0].on
    return f"At the latest on {day(first)}, with the end of {listed([of.what for of in found if of.on == first])}."


def ends_table(e) -> Table:
    found: dict[str, list[str]] = {}
    for of in ends(e):
        found.setdefault(day(of.on), []).append(of.what)
    rows = {"Until": list(found), "What ends": [capital("; ".join(what)) for what in found.values()]}
    return Table("What ends, and when", pd.DataFrame(rows))
