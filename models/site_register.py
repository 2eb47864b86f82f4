"""The feature register: every column of every model, why it is there, what it rests on and how it behaves."""

import pandas as pd

from models.blocks import Answer, Block, Document, Facts, Fold, Items, Link, Section, Table, Text
from models.disclosure import percent
from models.site_overview import site_page, title
from models.wording import capital, listed, plain

REGIMES = {
    "children": "records of children",
    "offence": "records of offences (UK GDPR Article 10)",
    "health": "records of health (UK GDPR Article 9)",
}
DIRECTIONS = {1: "may only raise the risk", -1: "may only lower the risk", 0: "may raise or lower the risk"}
SHIFTED = 0.25  # PSI: above it a column is usually taken to have shifted, from 0.1 on to have moved
MOVED = 0.1


def register(outcomes: dict[str, dict], columns: list[dict], titles: dict[str, str]) -> Document:
    """The register.

    `columns` are the records of columns.json of all outcomes, each once, with `why` and `sensitive` (special regimes);
    `titles` are the agreements' in words; outcomes have `inputs` (the columns of inputs.json) or None.
    """
    first = next(iter(outcomes.values()))
    names, records = first["names"], first["single_view"]
    measured = {name: _by_column(e) for name, e in outcomes.items()}
    sections = [Section("about", "How to read this", _about(columns, outcomes))]
    for agency in sorted({c["agency"] for c in columns}, key=lambda a: plain(a, names)):
        held = [c for c in columns if c["agency"] == agency]
        entries = [_entry(c, outcomes, measured, titles) for c in held]
        sections.append(Section(agency, capital(plain(agency, names)), [_count(held), *entries]))
    identities = ", ".join(e["identity"] for e in outcomes.values())
    return site_page("features", "Feature register", "Everything that a model may use", records, identities, sections)


def _about(columns: list[dict], outcomes: dict[str, dict]) -> list[Block]:
    return [
        Answer(
            f"{len(columns)} columns, by who recorded them. Each opens to show why it is there, which agreement it "
            "rests on, and how it behaves in each model."
        ),
        Facts(
            [
                ("Coverage", "The share of rows in which something is recorded."),
                (
                    "Drift",
                    f"How far the column has moved from training to test (population stability index): below "
                    f"{MOVED} is steady, above {SHIFTED} has shifted.",
                ),
                ("Share", "Of all that moves the model's scores, how much this column does."),
                (
                    "Sensitive",
                    "Records under a special regime of the law: children, offences, health. That says nothing of "
                    "whether a column gives away who somebody is.",
                ),
                (
                    "Alone tells of",
                    "How well this column by itself tells a protected attribute (AUC; 0.5 is guessing), where that was "
                    "measured: for the columns that tell most of each, in the model with most rows. It is tried on the "
                    "same rows, the better way round, so that chance adds to it, and most where rows are few. What all "
                    "columns tell together stands in each model's equality assessment, below. That is tried on other "
                    "households and can come out lower.",
                ),
            ]
        ),
        Items(
            [Link(f"{title(e)}: equality assessment", f"{name}/equality.html#proxies") for name, e in outcomes.items()]
        ),
        *(
            [Text("This run has not measured coverage and drift.")]
            if not any(e["inputs"] for e in outcomes.values())
            else []
        ),
    ]


def _count(columns: list[dict]) -> Text:
    return Text(f"{len(columns)} {'column' if len(columns) == 1 else 'columns'}.")


def _entry(column: dict, outcomes: dict[str, dict], measured: dict[str, dict], titles: dict[str, str]) -> Fold:
    regimes = [REGIMES[name] for name in column["sensitive"]]
    agreements = [titles.get(name, name) for name in column["agreement"].split(", ") if name]
    rows = [
        {"Model": title(e), **_behaves(measured[name][column["name"]])}
        for name, e in outcomes.items()
        if column["name"] in measured[name]
    ]
    return Fold(
        capital(column["sentence"]),
        _note(column, outcomes, measured),
        [
            Facts(
                [
                    ("Why it is there", capital(column["why"])),
                    ("Rests on", "; ".join(agreements) or "no agreement"),
                    ("Sensitive", capital(listed(regimes)) if regimes else "No special regime"),
                    ("Alone tells of", _tells_of(column["name"], outcomes)),
                    (
                        "Stands for",
                        f"The protected attribute {column['protected']}"
                        if column["protected"]
                        else "No protected attribute",
                    ),
                    ("Direction", capital(DIRECTIONS[column["direction"]])),
                    ("Nothing recorded", "Missing" if column["none"] is None else f"Counts as {column['none']:g}"),
                    ("Name", column["name"]),
                ]
            ),
            Table(f"In each model: {column['name']}", pd.DataFrame(rows)),
        ],
    )


def _tells_of(name: str, outcomes: dict[str, dict]) -> str:
    """What a column is among the best to tell of, and how well in the model with most rows: chance adds least there."""
    told: dict[str, list[tuple[int, float, str]]] = {}
    for e in outcomes.values():
        for attribute, of in ((e["audit"] or {}).get("proxies") or {}).items():
            for carrier in of["carriers"]:
                if carrier["name"] == name:
                    told.setdefault(plain(attribute, e["names"]), []).append((of["n"], carrier["auc"], title(e)))
    most = {attribute: max(of) for attribute, of in told.items()}
    return (
        "; ".join(f"{capital(attribute)}: AUC {auc:.2f} ({model})" for attribute, (_, auc, model) in most.items())
        or "Not among the columns that tell most of a protected attribute, or not measured"
    )


def _note(column: dict, outcomes: dict[str, dict], measured: dict[str, dict]) -> str:
    """Where it counts most, and whether it is sensitive."""
    share = {title(e): measured[name].get(column["name"], {"share": 0})["share"] for name, e in outcomes.items()}
    most = max(share, key=share.get)
    moves = f"Moves {most} most: {share[most] * 100:.1f}% of it" if share[most] >= 0.0005 else "Moves no model"
    return f"{moves}. Sensitive: {listed(column['sensitive'])}." if column["sensitive"] else f"{moves}."


def _by_column(e: dict) -> dict[str, dict]:
    """What is known of each column of a model: its share and, where measured, coverage and drift."""
    share = dict(zip(e["importance"]["columns"]["name"], e["importance"]["columns"]["share"], strict=True))
    inputs = {c["name"]: c for c in e["inputs"] or []}
    return {c["name"]: inputs.get(c["name"], {}) | {"share": share.get(c["name"], 0)} for c in e["columns"]}


def _behaves(of: dict) -> dict[str, str]:
    coverage, drift = of.get("coverage"), of.get("drift")
    return {
        "Share": f"{of['share'] * 100:.1f}%",
        "Coverage": "not measured" if coverage is None else percent(coverage, of["rows"]),
        "Drift": "not measured" if drift is None else f"{drift:.2f} ({_moved(drift)})",
    }


def _moved(drift: float) -> str:
    return "steady" if drift < MOVED else "moved" if drift <= SHIFTED else "shifted"
