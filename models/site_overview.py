"""The front page of a run, and the pages that stand beside its outcomes: the feature register and the map of areas."""

import pandas as pd

from models.area_map import area_map, group_table
from models.blocks import Answer, Block, Document, Facts, Items, Link, Picture, Section, Table, Text, Tile, Tiles
from models.card_results import chosen, shown_better, simple_rule, value
from models.documents import DOCUMENTS
from models.site_gates import UNJUDGED, matrix, tally
from models.wording import OBJECTING, TOO_FEW, capital, day, figure, listed, of_100, plain

WHO = {"resident": "residents", "property": "dwellings"}


def overview(outcomes: dict[str, dict], agreements: list[dict]) -> Document:
    """The front page of a run; `outcomes` holds what `models.site_outcome.outcome_page` takes, by name."""
    first = next(iter(outcomes.values()))
    records = first["single_view"]
    sections = [
        Section("what", "What this is", _what(records, first["card"])),
        Section("outcomes", "The models", [_tiles(outcomes)]),
        Section("gates", "What the gates say", _gates(outcomes)),
        Section("data", "Whose data, under which agreement", _agreements(agreements, first["names"])),
        Section("documents", "Every document", _documents(outcomes)),
    ]
    identities = ", ".join(e["identity"] for e in outcomes.values())
    return site_page("index", "Overview", "Early warning, so that help comes sooner", records, identities, sections)


def areas_page(outcomes: dict[str, dict], areas: dict[str, dict]) -> Document:
    """A map of average risk for each outcome, with tables by district and deprivation; `areas` are areas.json."""
    first = next(iter(outcomes.values()))
    sections = [Section(name, title(e), _areas(e, areas[name])) for name, e in outcomes.items()]
    identities = ", ".join(e["identity"] for e in outcomes.values())
    return site_page("areas", "Area map", "Where risk is higher on average", first["single_view"], identities, sections)


def site_page(name: str, kind: str, heading: str, records: dict, identity: str, sections: list[Section]) -> Document:
    """A page beside the folders of the outcomes."""
    lead = f"{records['name']} · records up to {day(records['extract_on'])}"
    return Document(name, kind, heading, lead, identity, records["invented"], sections)


def title(e: dict) -> str:
    """An outcome's title without what it means.

    >>> title({"outcome": {"title": "Escalation: a higher tier within half a year"}})
    'Escalation'
    """
    return e["outcome"]["title"].split(": ")[0]


def _what(records: dict, card: dict) -> list[Block]:
    return [
        Answer(
            "Police, fire, hospitals, councils and social care share what they hold, so that people are helped before "
            "things escalate. Each model here ranks a list that a professional works through. None decides anything."
        ),
        Text(
            "A right flag can bring support a year earlier; a wrong one can bring an unwanted knock on the door, and a "
            "missed one silence. These pages hold what an ethics group needs before it allows a model, all of it "
            "measured in one run; counts of 1 to 7 are shown as *, others to the nearest 5."
        ),
        Facts(
            [
                ("Records", f"{records['name']}, everything recorded before {day(records['extract_on'])}"),
                ("These pages expire on", day(card["expires_on"])),
                ("To contest it", card["contest"]),
                ("To object", OBJECTING),
                ("Contact", card["contact"]),
            ]
        ),
        Items([Link("Area map: where risk is higher", "areas.html"), Link("Feature register", "features.html")]),
    ]


def _tiles(outcomes: dict[str, dict]) -> Tiles:
    return Tiles(
        [
            Tile(title(e), f"{name}/index.html", capital(e["outcome"]["title"].split(": ")[-1]), _told(e))
            for name, e in outcomes.items()
        ]
    )


def _told(e) -> list[tuple[str, str]]:
    m, rule = chosen(e), simple_rule(e)
    right, of_rule = (None if of is None else value(of, "precision_at_capacity") for of in (m, rule))
    beside = "" if rule is None or of_rule is None else f"; with the simple rule, {of_100(of_rule)}: {shown_better(e)}"
    auc = value(m, "auc")
    return [
        ("Gates", f"It {e['gates']['verdict']}: {tally(e['gates'])}" if e["gates"] else UNJUDGED),
        ("Right flags", capital(TOO_FEW) if right is None else f"{of_100(right)} on its list{beside}"),
        ("How well it ranks", TOO_FEW if auc is None else f"{capital(ranks(auc))} (AUC {figure('auc', m['auc'])})"),
        ("Standing", e["approval"]),
    ]


def ranks(auc: float) -> str:
    """How well a model ranks, in words.

    >>> ranks(0.76), ranks(0.52)
    ('of one with the outcome and one without, it put the first higher 76 times in 100', 'hardly better than chance')
    """
    if auc < 0.55:
        return "hardly better than chance"
    return f"of one with the outcome and one without, it put the first higher {round(auc * 100)} times in 100"


def _gates(outcomes: dict[str, dict]) -> list[Block]:
    return [
        Text(
            "Each gate is a rule that a model must meet before it may be used. One that could not be judged, for want "
            "of data, is not passed."
        ),
        matrix({name: e["gates"] for name, e in outcomes.items()}, {name: title(e) for name, e in outcomes.items()}),
    ]


def _agreements(agreements: list[dict], names: dict[str, str]) -> list[Block]:
    rows = [
        {
            "Agreement": a["title"],
            "Whose records": capital(plain(a["agency"], names)),
            "Ends on": day(a["until"]),
            "For": capital(listed([{"train": "training", "score": "scoring"}[p] for p in a["purposes"]])),
            "Special regimes": capital(listed(list(a["covers"]))) if a["covers"] else "None",
            "Who may be shown a reason": capital(listed([plain(name, names) for name in a["recipients"]])),
        }
        for a in agreements
    ]
    return [
        Answer("A feature without a live agreement for the purpose is not built."),
        Table("The sharing agreements", pd.DataFrame(rows)),
        Text("The law that each rests on stands in the data protection impact assessment of every model."),
    ]


def _documents(outcomes: dict[str, dict]) -> list[Block]:
    table = {"Document": [kind.title for kind in DOCUMENTS], "What it answers": [kind.answers for kind in DOCUMENTS]}
    for name, e in outcomes.items():
        table[title(e)] = [Link(title(e), f"{name}/{kind.name}.html") for kind in DOCUMENTS]
    return [Table("The documents of each model", pd.DataFrame(table))]


def _counted(who: str, dates: int) -> list[Block]:
    """Why counts and the average risk of a table do not go into each other."""
    if dates == 1:
        return []
    return [
        Text(
            f"In the tables each of the {who} is counted once, however many of the {dates:,} test dates they were "
            "scored on: as on a list, or as with the outcome, if that was so of any of them. The average risk is of a "
            "single date. So the counts may give a larger share than the average risk."
        )
    ]


def _areas(e, found: dict) -> list[Block]:
    if "absent" in found:
        return [Answer(f"There is no map: {found['absent']}.")]
    who = WHO[e["outcome"]["unit"]]
    drawn = area_map(found["areas"], found["districts"], who, prefix=f"areas-{e['outcome']['name']}")
    dates = found["dates"]
    span = day(dates[0]) if len(dates) == 1 else f"{day(dates[0])} to {day(dates[-1])}"
    name = title(e)
    return [
        Text(
            f"The average of the scores of the {who} of each area, on the test dates ({span}). A circle is as large as "
            "the number of people or homes scored there; an area stands where its homes are on average, moved aside "
            "as far as its neighbours need. An area with too few, or one that its district's total would give away, "
            "is shown as *. An average says nothing about anybody who lives there."
        ),
        Picture(f"{name}: average risk by area", *drawn),
        *_counted(who, len(dates)),
        Table(f"{name}: by district", group_table(found["districts"], found["whole"], "District", who)),
        Table(
            f"{name}: by deprivation of the area (fifths of England; 1 is the most deprived)",
            group_table(found["deprivation"], found["whole"], "Deprivation", who),
        ),
        Items([Link(f"{name}: twelve questions", f"{e['outcome']['name']}/index.html")]),
    ]
