"""The datasheet of a model's data and of how they were linked.

Headings of Gebru et al. 2021 (CACM 64(12), "Datasheets for Datasets"); linkage after GUILD (Gilbert et al. 2018, J
Public Health 40(1)) and item 12.3 of RECORD (Benchimol et al. 2015, PLoS Medicine 12(10)).
"""

import numpy as np
import pandas as pd

from models.blocks import Block, Facts, Items, Link, Table, Text
from models.card_results import about, sources
from models.card_sections import data
from models.disclosure import count, percent
from models.filling import Part
from models.group_tables import masked
from models.linkage import hidden
from models.wording import capital, day, figure, listed, plain, points

DRIFTED = (
    0.25  # a population stability index from which on a shift is called large (Siddiqi 2006, Credit Risk Scorecards)
)
MOST = 10  # columns named one by one
TABLES = {
    "residents": "Residents",
    "residencies": "Spells at an address",
    "properties": "Properties",
    "events": "Events recorded by agencies",
    "objections": "Objections",
}


def _motivation(e) -> list[Block]:
    return [Text(e["statements"]["need"]), Text(e["outcome"]["purpose"]), Text(f"Paid for by: {_funding(e)}.")]


def _funding(e) -> str:
    return e["statements"]["funding"][:1].lower() + e["statements"]["funding"][1:]


def _composition(e) -> list[Block]:
    rows = e["held"]["rows"]
    held = [{"What": title, "How many": count(rows[name])} for name, title in TABLES.items() if rows.get(name)]
    return [
        Text(
            f"{e['single_view']['name']}: everything recorded before {day(e['single_view']['extract_on'])}. "
            + (
                "Every resident, household and event is invented."
                if e["single_view"]["invented"]
                else "The records are real."
            )
        ),
        Table("What the single view holds", pd.DataFrame(held)),
        *data(e),
        Text(
            "Protected characteristics are held apart from the inputs, for the audit alone, unless the model card "
            "names one as an input with its reason."
        ),
    ]


def _collection(e) -> list[Block]:
    inputs = {of["name"]: of for of in e["inputs"]}
    columns = pd.DataFrame(e["columns"]).assign(
        **{key: [inputs.get(c["name"], {}).get(key) for c in e["columns"]] for key in ("coverage", "rows")}
    )
    rows = [
        {
            "Recorded by": capital(plain(agency, e["names"])),
            "Columns": len(of),
            "Something recorded, on average": _share(of["coverage"].mean(), of["rows"].min()),
        }
        for agency, of in columns.groupby("agency", sort=True)
    ]
    return [Text(e["statements"]["collection"]), Table("The inputs, by who recorded them", pd.DataFrame(rows))]


def _share(of: float | None, rows: int) -> str:
    return "not known" if of is None or not np.isfinite(of) else f"{percent(of, rows)} of rows"


def _preparation(e) -> list[Block]:
    missing = sorted((of for of in e["inputs"] if of["missing"]), key=lambda of: (-of["missing"], of["name"]))
    moved = sorted(
        (of for of in e["inputs"] if (of["drift"] or 0) >= DRIFTED), key=lambda of: (-of["drift"], of["name"])
    )
    said = {column["name"]: column["sentence"] for column in e["columns"]}
    blocks: list[Block] = [Text(e["statements"]["cleaning"])]
    if missing:
        blocks.append(
            Table(
                f"The {len(missing[:MOST])} columns that are missing most often, of {len(missing)} that ever are",
                pd.DataFrame(
                    {
                        "What the column holds": [said.get(of["name"], of["name"]) for of in missing[:MOST]],
                        "Missing": [_share(of["missing"], of["rows"]) for of in missing[:MOST]],
                    }
                ),
            )
        )
    else:
        blocks.append(Text("No column is ever missing."))
    if moved:
        blocks += [
            Text(
                "Columns whose values are spread otherwise on the test dates than in training (population stability "
                f"index of {DRIFTED:g} or more): what was learnt may hold less for them."
            ),
            Table(
                "Columns that have moved",
                pd.DataFrame(
                    {
                        "What the column holds": [said.get(of["name"], of["name"]) for of in moved[:MOST]],
                        "Index": [f"{of['drift']:.2f}" for of in moved[:MOST]],
                    }
                ),
            ),
        ]
    else:
        blocks.append(Text(f"No column has moved far between training and test (stability index below {DRIFTED:g})."))
    return blocks


def _labelling(e) -> list[Block]:
    return [Text(e["outcome"]["sentence"]), Text(e["outcome"]["label_story"])]


def _linkage(e) -> list[Block]:
    linkage = e["audit"].get("linkage") or {}
    blocks: list[Block] = [Text(e["statements"]["linkage"])]
    if not linkage.get("match_rates"):
        return [*blocks, Text(_no_linkage(e, linkage))]
    return [
        *blocks,
        Text(
            f"A person counts as well matched if the weakest match behind their record has a probability of "
            f"{linkage['threshold']:g} or more. A missed match makes somebody look as if they had less contact than "
            "they had, so a group that is matched less often is flagged less often than it should be."
        ),
        *(
            Table(f"Well matched, by {plain(attribute, e['names'])}", _match_rates(records))
            for attribute, records in linkage["match_rates"].items()
        ),
        *_dropped(linkage),
    ]


def _no_linkage(e, linkage: dict) -> str:
    if e["outcome"]["unit"] == "property":
        return (
            "Match rates were not compared here: this model ranks homes, which are joined by their property number, "
            "and the matching of people is measured with the models that rank residents."
        )
    reason = linkage.get("reason") or "the single view gives no probability of a match"
    return f"Match rates were not compared: {reason}."


def _match_rates(records: list[dict]) -> pd.DataFrame:
    hides = hidden(records)
    texts = {
        "Well matched": ["too few" if of["rate"]["value"] is None else figure("ppv", of["rate"]) for of in records],
        "More or less than all": ["too few" if of["gap"]["value"] is None else points(of["gap"]) for of in records],
    }
    return pd.DataFrame(
        {"Group": hides.index, "Rows": masked([count(of["n"]) for of in records], hides["n"], hides["n"])}
        | {title: masked(of, hides.any(axis=1), hides["n"]) for title, of in texts.items()}
    )


def _dropped(linkage: dict) -> list[Block]:
    dropped = linkage.get("dropped") or {}
    if "listed" not in dropped:
        return []
    listed_in_all, out = dropped["listed"], dropped["dropped"]
    return [
        Text(
            f"Of {count(listed_in_all)} places on the test lists, {count(out)} are held by badly matched records; left "
            "out, others would take them."
        )
    ]


def _uses(e) -> list[Block]:
    return [
        Text(f"For this model, and for the audit of it. {e['statements']['integration']}"),
        Items(
            [
                "Not for enforcement, and not to refuse, delay or withdraw a service.",
                "Not to say anything about a place or a group: the labels are contact, not need.",
                *(
                    ["Not to say anything about real people: how groups differ was put there by parameters."]
                    if e["single_view"]["invented"]
                    else []
                ),
            ]
        ),
    ]


def _distribution(e) -> list[Block]:
    return [
        Text(e["statements"]["data_sharing"]),
        Facts(
            [
                ("Where they lie", e["statements"]["storage"]),
                ("Under which agreements", Link("Lawful basis of each source", "dpia.html#lawful")),
            ]
        ),
    ]


def _maintenance(e) -> list[Block]:
    policies, ends = e["policies"], sorted(of["until"] for of in e["agreements"])
    return [
        Text(e["statements"]["maintenance"]),
        Facts(
            [
                ("Kept for", policies["retention"]),
                ("Erasure", policies["erasure"]),
                ("First agreement to end", day(ends[0])),
                ("Whom to ask", e["card"]["contact"]),
            ]
        ),
    ]


def _limits(e) -> list[Block]:
    warnings = [
        f"{capital(of['table'])}, {of['column'].replace('_', ' ')}: {of['rule']} ({count(of['rows'])} rows)."
        for of in e["held"].get("warnings", [])
    ]
    return [
        Items(
            [
                f"It holds what {listed(sources(e) or ['nobody'])} recorded. What no agency recorded is not there.",
                f"A {about(e)[0]} with no record may have no need, or a need that nobody wrote down.",
                *warnings,
            ]
        )
    ]


PARTS: tuple[Part, ...] = (
    ("motivation", "Why these data", ("statements.need", "outcome.purpose"), _motivation),
    ("composition", "What they hold", ("held.rows", "flow", "settled"), _composition),
    ("collection", "How they were collected", ("statements.collection", "inputs", "columns"), _collection),
    ("preparation", "How they were prepared", ("statements.cleaning", "inputs"), _preparation),
    ("labelling", "What counts as the outcome", ("outcome.sentence", "outcome.label_story"), _labelling),
    ("linkage", "How records were joined, and for whom that fails", ("statements.linkage", "audit"), _linkage),
    ("uses", "What they may be used for", ("statements.integration",), _uses),
    ("distribution", "Who gets them", ("statements.data_sharing", "statements.storage"), _distribution),
    ("maintenance", "How they are kept up, and when they go", ("policies", "agreements"), _maintenance),
    ("limits", "What is wrong with them", ("agreements",), _limits),
)
