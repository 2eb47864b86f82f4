"""Who the model was made with and tested on: how many, how common the outcome, and which groups, side by side."""

from collections import Counter

import pandas as pd

from models.blocks import Block, Table, Text
from models.card_results import about
from models.disclosure import SUPPRESSED, count, rounded, too_few
from models.group_tables import hidden_counts
from models.wording import TOO_FEW, capital, dates, plain

PHASES = {"fit": "Fitting", "calibrate": "Calibration", "test": "Test"}


def participants(e) -> list[Block]:
    rows = [
        {
            "": title,
            "As-of dates": dates(of["dates"]),
            "Rows": count(of["n"]),
            "With the outcome": count(of["events"]),
            "How common it is": _common(of["events"], of["n"]),
        }
        for phase, title in PHASES.items()
        for of in [e["periods"][phase]]
    ]
    compared = [part for attribute in e["groups"] if len(part := _groups(attribute, e)) > 1]
    return [
        Table(f"In development and in the test (rows, one per {about(e)[0]} and date)", pd.DataFrame(rows)),
        *(
            [
                Text(
                    "Development stands here for the dates that were judged in the folds of time. Where the shares or "
                    "the outcome differ, the test is of others than the model was made with."
                ),
                Table("Groups in development and in the test, of 100 rows", pd.concat(compared)),
            ]
            if compared
            else [Text("No attribute is on record by which development and test could be compared.")]
        ),
    ]


def _groups(attribute: str, e) -> pd.DataFrame:
    """The groups of an attribute: their share of the rows, and how common the outcome is, before and in the test."""
    before = [of for fold in e["audit"].get("folds") or [] for of in fold["groups"].get(attribute, [])]
    sides = {"development": before, "test": e["groups"][attribute]}
    shown = {name: _shares(records) for name, records in sides.items() if records}
    table = pd.concat([of.add_suffix(f", {name}") for name, of in shown.items()], axis=1).fillna("-").sort_index()
    table.insert(0, "Group", table.index)
    table.insert(0, "By", capital(plain(attribute, e["names"])))
    return table


def _shares(records: list[dict]) -> pd.DataFrame:
    sums = {name: Counter[str]() for name in ("n", "events")}
    for of in records:
        for name, total in sums.items():
            total[of["group"]] += of[name]
    counts = pd.DataFrame(sums).fillna(0)
    counts["others"] = counts["n"] - counts["events"]
    hides = hidden_counts(counts)
    near = counts.map(rounded)  # exact shares, of rows that are known from elsewhere, would tell exact counts
    return pd.DataFrame(
        {
            "Share": (near["n"] / near["n"].sum()).map(_percent).mask(hides["n"], SUPPRESSED),
            "With the outcome": (near["events"] / near["n"]).map(_percent).mask(hides.any(axis=1), SUPPRESSED),
        }
    )


def _common(events: int, n: int) -> str:
    return TOO_FEW if too_few(events, n) else _percent(events / n)


def _percent(share: float) -> str:
    return f"{share * 100:.1f}%" if share >= 0.01 or not share else f"{share * 100:.2g}%"
