"""Figures of groups as tables that may be shown: each is hidden with the counts that it rests on."""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from models import released
from models.disclosure import SUPPRESSED, count, covered, rounded, small
from models.fairness import MIN_EVENTS, RESTS_ON
from models.wording import figure

# The rates within a group, with the counts above and below the line: two of them and a margin give the third, so they
# are shown together or not at all, with all counts that they tell of.
WITHIN = {"fnr": ("found", "events"), "fpr": ("wrongly", "others"), "ppv": ("found", "flagged")}
PARTS = ["events", "others", "flagged", "found", "missed", "wrongly", "spared"]
TELLS = dict.fromkeys(WITHIN, PARTS) | {"selection_rate": ["n", "flagged", "passed over"]}
OF_ALL = ["n", "events", "others"]  # what any other figure tells of
NOT_TOLD = 1.0  # stands for a count that the evidence withholds: it is small, and hidden as such
NOTHING = ("too few", "cannot be judged")  # said in place of a figure: they give no count away

Column = tuple[str, list[str]]  # the figure that it tells, or compares, and its text for each group


def told(records: list[dict], columns: dict[str, Column]) -> pd.DataFrame:
    """A row per group: Group, Rows, With the outcome and `columns` (by title), small numbers hidden.

    `records` hold group, n, events, flagged and found (flagged that are events), as `models.fairness.by_group` gives
    them. Rates within a group are hidden if any of its four parts is: found, missed, flagged without the event, and
    neither.
    """
    counts = _counts(records)
    return _shown(counts, hidden_counts(counts, _untold), columns)


def hidden_counts(
    counts: pd.DataFrame,
    untold: Callable[[pd.DataFrame], pd.DataFrame] = lambda counts: pd.DataFrame(index=counts.index),
) -> pd.DataFrame:
    """Which counts (groups x counts) may neither be shown nor be told by a rate.

    Small ones, and others that cover them: what can't be known of all groups is no small number together. Nor is what
    can't be known of the parts of a group that is told elsewhere, as "Asian" is beside "Asian: Indian" and others;
    where it is hidden, so are its parts. `untold` gives which counts no rate tells (groups x some of the counts), as it
    would be of too few: they can't be known either.
    """
    larger = np.array([str(group).partition(": ")[0] for group in counts.index], dtype=object)
    nested, hides = len(set(larger)) < len(counts), small(counts.to_numpy())
    if nested:
        hides |= hidden_counts(counts.groupby(larger).sum(), untold).loc[larger].to_numpy()
    n = counts.to_numpy()
    unknown = untold(counts).reindex(columns=counts.columns, fill_value=False).to_numpy(dtype=bool)
    for rows in counts.groupby(larger if nested else np.zeros(len(counts))).indices.values():
        for of in range(n.shape[1]):
            hides[rows, of] = covered(n[rows, of], hides[rows, of], unknown[rows, of])
    return pd.DataFrame(hides, counts.index, counts.columns)


def masked(texts: Iterable[str], hides: Iterable[bool], of_all: Iterable[bool]) -> list[str]:
    """These texts, * in place of those to hide. One that says nothing of a count stays, but where what it is `of_all`
    is hidden: that it is too few would tell how small."""
    return [
        SUPPRESSED if (whole if text in NOTHING else hidden) else text
        for text, hidden, whole in zip(texts, hides, of_all, strict=True)
    ]


def _shown(counts: pd.DataFrame, which: pd.DataFrame, columns: dict[str, Column]) -> pd.DataFrame:
    shown, of_all = {"Group": list(counts.index)}, which[OF_ALL].any(axis=1)
    for title, name in (("Rows", "n"), ("With the outcome", "events")):
        shown[title] = masked(counts[name].map(count), which[name], which[name])
    for title, (name, texts) in columns.items():
        shown[title] = masked(texts, which[TELLS.get(name, OF_ALL)].any(axis=1), of_all)
    return pd.DataFrame(shown, dtype=object)


def _counts(records: list[dict]) -> pd.DataFrame:
    """The margins of each group (groups x counts) and the parts that they are made of."""
    of = pd.DataFrame(records, columns=["group", "n", "events", "flagged", "found"]).set_index("group").astype(float)
    left = {
        "others": ("n", "events"),
        "missed": ("events", "found"),
        "wrongly": ("flagged", "found"),
        "passed over": ("n", "flagged"),
        "spared": ("others", "wrongly"),
    }
    for name, (whole, part) in left.items():
        of[name] = (of[whole] - of[part]).clip(lower=0).round(1)
    return of


def _untold(counts: pd.DataFrame) -> pd.DataFrame:
    few = {rate: counts[RESTS_ON[rate]] < MIN_EVENTS for rate in ("selection_rate", *WITHIN)}
    told = {
        "flagged": few["selection_rate"],
        "passed over": few["selection_rate"],
        "found": few["fnr"] & few["ppv"],
        "missed": few["fnr"],
        "wrongly": few["fpr"] & few["ppv"],
        "spared": few["fpr"],
    }
    return pd.DataFrame(told, index=counts.index)


def figures(records: list[dict], titles: dict[str, str]) -> pd.DataFrame:
    """The figures `titles` names of each group, by their titles, as `told`."""
    return told(records, {title: said(records, name) for name, title in titles.items()})


def crossed(records: list[dict], titles: dict[str, str]) -> pd.DataFrame:
    """The same of the groups of two attributes together, of which those with enough events to be judged are told.

    Without counts, and with the rates of counts to the nearest 5: the exact ones of a group of either attribute, told
    elsewhere, less those of the others that it was crossed with would tell of one that is hidden.
    """
    judged = [of["group"] for of in records if "fnr" not in of["unevaluable"]]
    counts = _counts(records)
    which = pd.DataFrame(small(counts.to_numpy()), counts.index, counts.columns)
    told = near(records)
    shown = _shown(counts, which, {title: said(told, name) for name, title in titles.items()})
    return shown.drop(columns=["Rows", "With the outcome"])[shown["Group"].isin(judged)]


def near(records: list[dict]) -> list[dict]:
    """The same records with the rates, and their intervals, of counts to the nearest 5."""
    counts = _counts(records)

    def of_near(of: dict, n: float) -> dict:
        return {
            end: None if rate is None or not rounded(n) else rounded(rate * n) / rounded(n) for end, rate in of.items()
        }

    return [of | {name: of_near(of[name], counts.at[of["group"], RESTS_ON[name]]) for name in TELLS} for of in records]


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
