"""Figures of groups as tables that may be shown: each is hidden with the counts that it rests on."""

import pandas as pd

from models import released
from models.disclosure import SUPPRESSED
from models.disclosure import table as disclosed
from models.wording import figure

# What is counted of a group's rows: the margins, and the four parts that they are made of.
COUNTS = ("n", "events", "others", "flagged", "found", "missed", "wrongly", "spared")
# The rates within a group: two of them and a margin give the third, so they are shown together or not at all.
WITHIN = {"fnr": ("found", "events"), "fpr": ("wrongly", "others"), "ppv": ("found", "flagged")}
NOT_TOLD = 1.0  # stands for a count that the evidence withholds: it is small, and hidden as such
NOTHING = ("too few", "cannot be judged")  # said in place of a figure: they give no count away

Column = tuple[str, list[str]]  # the figure that it tells, or compares, and its text for each group


def told(records: list[dict], columns: dict[str, Column]) -> pd.DataFrame:
    """A row per group: Group, Rows, With the outcome and `columns` (by title), small numbers hidden.

    `records` hold group, n, events, flagged and found (flagged that are events), as `models.fairness.by_group` gives
    them. Rates within a group are hidden if any of its four parts is: found, missed, flagged without the event, and
    neither.
    """
    counts = pd.DataFrame(
        {"Group": of["group"], **{name: of[name] for name in ("n", "events", "flagged", "found")}} for of in records
    )
    counts["others"] = counts["n"] - counts["events"]
    for part, whole, other in (
        ("missed", "events", "found"),
        ("wrongly", "flagged", "found"),
        ("spared", "others", "wrongly"),
    ):
        counts[part] = (counts[whole] - counts[other]).clip(lower=0).round(1)
    texts = pd.DataFrame({title: said for title, (_, said) in columns.items()})
    shown = disclosed(
        counts.assign(**{f"within {name}": "" for name in WITHIN}, **texts),
        counts=list(COUNTS),
        rates={f"within {name}": rests_on for name, rests_on in WITHIN.items()}
        | {title: _rests_on(name) for title, (name, _) in columns.items()},
    )
    hidden = (shown[[f"within {name}" for name in WITHIN]] == SUPPRESSED).any(axis=1)
    for title, (name, _) in columns.items():
        if name in WITHIN:
            shown[title] = shown[title].mask(hidden, SUPPRESSED)
    shown[texts.columns] = shown[texts.columns].where(~texts.isin(NOTHING), texts)
    return shown[["Group", "n", "events", *columns]].rename(columns={"n": "Rows", "events": "With the outcome"})


def _rests_on(name: str) -> tuple[str, str]:
    return WITHIN.get(name) or (("flagged", "n") if name == "selection_rate" else ("events", "n"))


def figures(records: list[dict], titles: dict[str, str]) -> pd.DataFrame:
    """The figures `titles` names of each group, by their titles, as `told`."""
    return told(records, {title: said(records, name) for name, title in titles.items()})


def crossed(records: list[dict], titles: dict[str, str]) -> pd.DataFrame:
    """The same of the groups of two attributes together, of which those with enough events to be judged are told.

    Without counts: those of one attribute alone less these would tell of the groups that are hidden.
    """
    judged = [of["group"] for of in records if "fnr" not in of["unevaluable"]]
    shown = figures(records, titles).drop(columns=["Rows", "With the outcome"])
    return shown[shown["Group"].isin(judged)]


def said(records: list[dict], name: str) -> Column:
    """A figure of each group in words, "too few" where it cannot be told."""
    return name, [figure(name, of[name]) if of[name]["value"] is not None else "too few" for of in records]


def side_by_side(tables: dict[str, pd.DataFrame], column: str) -> pd.DataFrame:
    """One column of several tables of `told` beside each other, by the tables' names; "-" where a group is in another.

    >>> a = pd.DataFrame({"Group": ["x", "y"], "AUC": ["0.7", "0.8"]})
    >>> side_by_side({"2019": a, "2020": a.iloc[:1]}, "AUC").values.tolist()
    [['x', '0.7', '0.7'], ['y', '0.8', '-']]
    """
    parts = {name: table.set_index("Group")[column] for name, table in tables.items()}
    return pd.DataFrame(parts).fillna("-").rename_axis("Group").reset_index()


def by_length(records: list[dict], sizes: dict[str, dict]) -> dict[float, list[dict]]:
    """The records of `models.fairness.by_length` of one attribute, by length, with the counts that they rest on.

    `sizes` holds n and events of each group. Counts follow from the rates. Where two lengths of a group are a small
    number of its people apart, one of them is withheld: the difference would tell of a few.
    """
    counted = [_with_counts(of, sizes[of["group"]]) for of in records]
    for group in sizes:
        of_group = [of for of in counted if of["group"] == group and of["flagged"] > NOT_TOLD]
        if not of_group:
            continue
        found, flagged = (pd.Series([of[name] for of in of_group], dtype=float) for name in ("found", "flagged"))
        at_capacity = [place for place, of in enumerate(of_group) if of["times"] == 1]
        wrongly = (flagged - found).clip(lower=0).round(1)
        events, others = of_group[0]["events"], of_group[0]["n"] - of_group[0]["events"]
        kept = released.apart(found.to_numpy(), wrongly.to_numpy(), events, others, at_capacity)
        for place, of in enumerate(of_group):
            if place not in kept:
                of.update(flagged=NOT_TOLD, found=NOT_TOLD)
    return {
        times: [of for of in counted if of["times"] == times] for times in dict.fromkeys(r["times"] for r in records)
    }


def _with_counts(of: dict, size: dict) -> dict:
    n, events = size["n"], size["events"]
    share, wrongly, missed = (of[name]["value"] for name in ("selection_rate", "fpr", "fnr"))
    if share is None or (wrongly is None and missed is None):
        return of | {"n": n, "events": events, "flagged": NOT_TOLD, "found": NOT_TOLD}
    flagged = round(share * n, 1)
    found = (1 - missed) * events if missed is not None else flagged - wrongly * (n - events)
    return of | {"n": n, "events": events, "flagged": flagged, "found": round(max(found, 0.0), 1)}
