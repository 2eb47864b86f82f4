"""The audit annex: every figure by group behind the equality assessment and the gates, to be looked up in tables."""

from collections.abc import Callable, Iterable
from functools import partial

import pandas as pd

from models import beside_county
from models.beside_county import counts_of
from models.blocks import Block, Fold, Items, Link, Picture, Table, Text
from models.card_results import about, chosen
from models.disclosure import SMALLEST_SHOWN
from models.disclosure import table as disclosed
from models.documents.equality import would_settle
from models.fairness import largest
from models.filling import Part
from models.group_tables import by_length, crossed, figures, side_by_side, told
from models.label_choice import RECORDED
from models.wording import capital, day, figure, listed, plain, points

RATES = {
    "selection_rate": "Flagged",
    "fnr": "Missed (FNR)",
    "fpr": "Flagged, of those without the outcome (FPR)",
    "ppv": "Right flags (PPV)",
}
CALIBRATION = {
    "calibration_slope": "Slope (best 1)",
    "o_e": "Observed over expected (best 1)",
    "ici": "Distance from the truth (ICI, best 0)",
}
EVERY = RATES | {"auc": "AUC"} | CALIBRATION
# How a comparison of two groups is titled, and the rate whose counts it rests on.
COMPARED = {
    "selection_rate_ratio": ("Flagged, so many times", "selection_rate"),
    "fnr_gap": ("Missed (FNR), more or less", "fnr"),
    "fnr_ratio": ("Missed (FNR), so many times", "fnr"),
    "fpr_gap": ("Flagged without the outcome (FPR), more or less", "fpr"),
    "fpr_ratio": ("Flagged without the outcome (FPR), so many times", "fpr"),
    "ppv_ratio": ("Right flags (PPV), so many times", "ppv"),
}


def _reading(e) -> list[Block]:
    return [
        Text(
            "These are all figures by group that were worked out for this model. The equality assessment says what "
            "they come to; this is where to look one up. Each part has a line for each attribute, which opens its "
            "tables."
        ),
        Items(
            [
                f"Rows: one per {about(e)[0]} and date of the test. Brackets: 95% intervals, from drawing whole "
                "households again and again.",
                "Flagged: on the list. Missed: of those with the outcome, not flagged (false negative rate). Flagged "
                "without the outcome: of those without it, flagged (false positive rate). Right flags: of those "
                "flagged, with the outcome (positive predictive value).",
                "Too few, or cannot be judged: the figure would rest on fewer than 20, and nothing is known. That is "
                "never a pass.",
                "*: the figure rests on a count of 1 to 7, or would give one away; or it rests on too few, and how few "
                "is hidden.",
            ]
        ),
        Items([Link("What these figures come to, by protected characteristic", "equality.html")]),
    ]


def _each(e, attributes: Iterable[str], tables: Callable[[str], list[Block]], *, none: str) -> list[Block]:
    """A fold for each attribute of which there is something to show, or the text `none`."""
    folds: list[Block] = [
        Fold(capital(_named(attribute, e)), "", blocks) for attribute in attributes if (blocks := tables(attribute))
    ]
    return folds or [Text(none)]


def _each_figure(columns: dict[str, list[dict]], titles: dict[str, str], caption: str) -> list[Block]:
    """A table for each of these figures, with the records of its groups in columns."""
    shown = {head: figures(records, titles) for head, records in columns.items()}
    return [Table(f"{title} {caption}", side_by_side(shown, title)) for title in titles.values() if shown]


def _compared_groups(e) -> list[str]:
    """The attributes with more than one group, broad ones among them."""
    return [attribute for attribute, records in e["audit"]["gaps"].items() if len(records) > 1]


def _named(attribute: str, e) -> str:
    """An attribute, or two that were crossed, in words."""
    return " and ".join(plain(name, e["names"]) for name in attribute.split(" x "))


def _errors(e) -> list[Block]:
    def tables(attribute: str) -> list[Block]:
        records = e["groups"][attribute]
        return [Table(f"How the list treats groups, by {_named(attribute, e)}", figures(records, RATES))]

    return [
        Text(
            f"The list holds {chosen(e)['capacity']:,} at a time. A group may be missed more often, or flagged more "
            "often without cause, or both; which of them matters more is for the ethics group to say."
        ),
        *_each(e, _compared_groups(e), tables, none="No attribute is on record for the audit."),
    ]


def _beside(side: str, intro: str, e) -> list[Block]:
    counts = counts_of(e["groups"])

    def tables(attribute: str) -> list[Block]:
        gaps = e["audit"]["gaps"][attribute]
        reference = gaps[0]["reference"] if side == "against_reference" and gaps else None
        records = [counts[attribute, of["group"]] for of in gaps]
        columns = {
            title: (rate, [_compared(name, of[side], is_itself=of["group"] == reference) for of in gaps])
            for name, (title, rate) in COMPARED.items()
        }
        beside = f"“{reference}”" if reference else "the whole county"
        caption = f"Beside {beside}, by {_named(attribute, e)}"
        return [Table(caption, told(records, columns).drop(columns=["Rows", "With the outcome"]))] if gaps else []

    return [Text(intro), *_each(e, _compared_groups(e), tables, none="No groups were compared.")]


def _compared(name: str, of: dict, *, is_itself: bool) -> str:
    if is_itself:
        return "itself"
    if not of.get(name) or of[name]["value"] is None:
        return "cannot be judged"
    return points(of[name]) if name.endswith("_gap") else figure("ratio", of[name])


def _calibration(e) -> list[Block]:
    def tables(attribute: str) -> list[Block]:
        records = e["groups"][attribute]
        by, drawn = _named(attribute, e), e["charts"].get(f"reliability_{attribute}")
        return [
            Table(f"Whether scores are true, by {by}", figures(records, CALIBRATION)),
            Picture(f"What the scores promise and what happened, by {by}", *drawn)
            if drawn
            else Text("Nothing is drawn: no group has ten with the outcome and ten without it."),
        ]

    return [
        Text(
            "Whether a score means the same whoever it is about. Slope: below 1, scores of the group are too far "
            "apart. Observed over expected: above 1, the scores promised the group too little. Distance: how far a "
            "score lies from what happened at that score, on average."
        ),
        *_each(e, _compared_groups(e), tables, none="No attribute is on record for the audit."),
    ]


def _lengths(e) -> list[Block]:
    def tables(attribute: str) -> list[Block]:
        records = e["audit"]["thresholds"].get(attribute, [])
        lengths = by_length(records, {of["group"]: of for of in e["audit"]["gaps"][attribute]})
        columns = {f"{times:g} × capacity": of for times, of in lengths.items()}
        return _each_figure(columns, RATES, f"on lists of other lengths, by {_named(attribute, e)}")

    return [
        Text(
            "The same on shorter and longer lists, as multiples of what the service can see: whether a difference "
            "between groups hangs on where the list is cut. Where two lengths differ by a few people of a group, one "
            "of them is *."
        ),
        *_each(e, largest(_compared_groups(e)), tables, none="Lists of other lengths were not looked at."),
    ]


def _folds(e) -> list[Block]:
    folds = e["audit"]["folds"]

    def tables(attribute: str) -> list[Block]:
        columns = {f"From {day(of['cut'])}": of["groups"].get(attribute) for of in folds}
        of_folds = {fold: records for fold, records in columns.items() if records}
        return _each_figure(of_folds, EVERY, f"in each fold of time, by {_named(attribute, e)}")

    return [
        Text(
            "Whether a group fared the same in earlier years. A model of the same kind was trained and calibrated, as "
            "this one was, on what was settled by a day, and judged on the dates that follow, with lists of the same "
            "share. What shows in one fold alone may be chance."
        ),
        *(
            Text(f"The fold from {day(of['cut'])} could not be judged: {of['reason']}.")
            for of in e["folds"]["untrained"]
        ),
        *_each(e, _compared_groups(e), tables, none="Groups were not compared in the folds of time."),
    ]


def _crossed(e) -> list[Block]:
    pairs = e["audit"]["pairwise"]

    def tables(pair: str) -> list[Block]:
        records = pairs[pair]
        few = [of["group"] for of in records if "fnr" in of["unevaluable"] and of["n"] >= SMALLEST_SHOWN]
        shown = crossed(records, EVERY)
        return [
            *([Table(f"Groups by {_named(pair, e)}", shown)] if len(shown) else []),
            *([Text(f"Too few had the outcome to judge: {'; '.join(few)}.")] if few else []),
        ]

    return [
        Text(
            "Someone may be treated worse for two things together. Every two attributes that say who somebody is were "
            "crossed; groups too small to judge are named below their table, but for those of hardly anybody. Rates "
            "are those of counts to the nearest 5: exact ones, less those of either attribute alone, would tell of "
            "groups that are hidden."
        ),
        *_each(e, pairs, tables, none="At most one attribute that says who somebody is is on record."),
    ]


def _labels(e) -> list[Block]:
    ways = e["audit"]["labels"]

    def tables(attribute: str) -> list[Block]:
        may = beside_county.shown(attribute, e, "fnr_gap", "ppv_ratio")
        rows = [
            {
                "How the outcome is counted": capital(way),
                "Missed, from least to most": _in_order(of["order"], may),
                "Has the outcome, from rarest to commonest": _in_order(of["rate_order"], may),
                "Change places beyond chance": _pairs([*of["pairs"], *of["rate_pairs"]]),
                "Change places, perhaps by chance": _pairs(of["perhaps"]),
            }
            for way, by in ways.items()
            if len((of := by.get(attribute, {"order": []}))["order"]) > 1
        ]
        return [Table(f"The order of groups, by {_named(attribute, e)}", pd.DataFrame(rows))] if rows else []

    attributes = ways.get(RECORDED) or {}
    return [
        Text(
            "Whether the picture hangs on how the outcome is counted: the order of groups, those with at least 20 with "
            "the outcome, under every way that was tried. Two groups change places beyond chance if they are clearly "
            "apart both as recorded and here, the other way round. Groups whose rates are * elsewhere stand in no "
            "order: their place would tell what is hidden."
        ),
        *_each(e, attributes, tables, none="No attribute has two groups with at least 20 with the outcome."),
    ]


def _in_order(groups: list[str], may: set[str]) -> str:
    """The groups that may be named, where two or more are left."""
    shown = [group for group in groups if group in may]
    return " < ".join(shown) if len(shown) > 1 else "*"


def _pairs(of: list[list[str]]) -> str:
    return "; ".join(listed(list(pair)) for pair in of) or "none"


def _links(e) -> list[Block]:
    linkage = e["audit"]["linkage"]
    if not linkage.get("dropped"):
        return [Text(f"Not measured: {linkage.get('reason') or 'no record is linked from several'}.")]

    def tables(attribute: str) -> list[Block]:
        columns = {"listed": "Listed", "dropped": "Would drop out", "came_in": "Would come in"}
        moved = pd.DataFrame(linkage["dropped"]["by_group"][attribute]).rename(columns={"group": "Group"} | columns)
        shown = disclosed(moved, counts=list(columns.values()))[["Group", *columns.values()]]
        return [Table(f"Who would drop out, by {_named(attribute, e)}", shown)]

    return [
        Text(
            f"Whose place on the test lists rests on a link between records that is less sure than "
            f"{linkage['threshold']:g}: those would drop out if weak links were left out, and others come in."
        ),
        *_each(e, _compared_groups(e), tables, none="No attribute is on record for the audit."),
    ]


def _settle(e) -> list[Block]:
    return [
        Text(
            "How many with the outcome a group would need before it can be told whether it is treated alike, and how "
            "long its records would take to get there. Until then it is unevaluable, not passed."
        ),
        *_each(e, _compared_groups(e), partial(would_settle, e=e), none="Every group on record could be judged."),
    ]


_COUNTY = "A difference is in points of 100; a ratio of 1 is alike. The county includes the group."
_REFERENCE = (
    "The same beside the largest group of each attribute. Being the largest does not make it the right one to compare "
    "with."
)

PARTS: tuple[Part, ...] = (
    ("reading", "How to read this", ("audit.gaps",), _reading),
    ("errors", "Who is flagged, missed, and flagged without the outcome", ("groups",), _errors),
    ("county", "Beside the whole county", ("audit.gaps", "groups"), partial(_beside, "county", _COUNTY)),
    (
        "reference",
        "Beside the largest group",
        ("audit.gaps", "groups"),
        partial(_beside, "against_reference", _REFERENCE),
    ),
    ("calibration", "Whether scores are true for each group", ("groups", "charts"), _calibration),
    ("lengths", "On shorter and longer lists", ("audit",), _lengths),
    ("folds", "In each fold of time", ("audit", "folds"), _folds),
    ("crossed", "Two attributes together", ("audit",), _crossed),
    ("labels", "If the outcome were counted otherwise", ("audit",), _labels),
    ("links", "If weak links were left out", ("audit",), _links),
    ("settle", "What cannot be judged, and what would settle it", ("audit.gaps",), _settle),
)
