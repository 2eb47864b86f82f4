"""The approval status: who has signed a model off, for what and for whom, when that ends, and what ends it sooner."""

import pandas as pd

from models.approvals import ROLES
from models.blocks import Block, Facts, Items, Table, Text
from models.disclosure import count
from models.ends import at_the_latest, ends_table
from models.filling import Part
from models.wording import USE, capital, day, listed, plain


def sign_offs(e) -> list[Block]:
    """What each of the three roles has signed, or that it has not."""
    rows = [{"Role": capital(ROLES[role]), **_word(of, e)} for role, of in e["sign_offs"].items()]
    return [Table("Sign-offs on file for this model", pd.DataFrame(rows))]


def _word(of: dict | None, e) -> dict[str, str]:
    if of is None:
        return {"Has": "not signed", "On": "-", "For": "-", "May be sent to": "-", "Until": "-"}
    if "withdrawn_on" in of:
        return {
            "Has": f"withdrawn: {of['reason']}",
            "On": day(of["withdrawn_on"]),
            "For": "-",
            "May be sent to": "-",
            "Until": "-",
        }
    return {
        "Has": "signed",
        "On": day(of["signed_on"]),
        "For": of["use_level"],
        "May be sent to": listed([plain(agency, e["names"]) for agency in of["recipients"]]),
        "Until": day(of["until"]),
    }


def _stands(e) -> list[Block]:
    return [
        Text(e["approval"]),
        Facts(
            [
                ("Use level", USE[e["outcome"]["use_level"]]),
                ("The card expires on", f"{day(e['card']['expires_on'])}. No approval outlives it."),
                ("Model and run id", e["identity"]),
            ]
        ),
    ]


def _ends(e) -> list[Block]:
    return [
        Text(
            f"{at_the_latest(e)} From the day on which a sharing agreement that it rests on ends, or a sign-off, "
            "scoring refuses to use real records with it. No sign-off may outlive the card, such an "
            "agreement, or a waiver that it needs."
        ),
        Items(
            [
                "A sign-off ends on its date, and at once if one of the three withdraws it.",
                "It holds for this model alone: a model that was changed by a single byte is another.",
                "It holds for this use level, and for the recipients named in all three sign-offs.",
                "Expiry is checked on the day of scoring. This page shows what was on file when it was made.",
            ]
        ),
        ends_table(e),
    ]


def _before(e) -> list[Block]:
    n = count(e["periods"]["test"]["events"])
    return [
        Items(
            [
                "Whether a gate failed; if one did, whether it is waived by name, with a reason and an end.",
                f"The number of events tested on, {n}: fewer than 200 are not enough for individual use.",
                "The equality assessment: for whom it fails, and for whom that cannot be told.",
                "What residents and staff said when they were asked.",
            ]
        )
    ]


PARTS: tuple[Part, ...] = (
    ("status", "Where it stands", ("approval", "card.expires_on"), _stands),
    ("signoffs", "Who has signed", ("approval", "sign_offs"), sign_offs),
    ("ends", "What ends an approval", ("agreements",), _ends),
    ("before", "What to look at before signing", ("periods.test",), _before),
)
