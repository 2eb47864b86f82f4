"""The equality assessment: what was recorded and measured of each of the nine protected characteristics, and what not.

Due regard under the Equality Act 2010, section 149; a characteristic that is not recorded is a gap in the evidence.
"""

from collections.abc import Callable
from functools import partial

import pandas as pd

from models import beside_county
from models.blocks import Block, Facts, Items, Link, Table, Text
from models.card_results import GROUP_FIGURES, HOW_TO_READ, about, held
from models.characteristics import CHARACTERISTICS
from models.disclosure import SUPPRESSED
from models.filling import Part
from models.group_tables import crossed, figures, near
from models.label_choice import RECORDED
from models.offered import stands_for
from models.wording import capital, figure, listed, plain, points

TITLES = {
    "group": "Group",
    "fnr_gap": "Missed, more or less than the county",
    "ppv_ratio": "Right flags, as a multiple of the county's",
    "o_e": "Observed over expected",
}
ASKED = {
    "fnr_gap": "whether they are missed more often",
    "ppv_ratio": "whether they are listed wrongly more often",
    "o_e": "whether their scores are too high or too low",
}
NOT_ON_RECORD = "nothing about that is on record"
OF_HOMES = (
    "This model ranks homes. The nine characteristics belong to the people who live in them: homes can be compared "
    "only by what can be said of a whole home."
)
NAMED_ALL_THE_SAME = (
    "A group is named wherever all of its interval is on the worse side. Where its figure rests on too few people to "
    "be shown, the tables below have * for it."
)
SETTLES = "how many with the outcome, and how many years of records as they come now"
SHOWN_PAIRS = 10  # of the intersections that can be judged, those missed most often


def not_recorded(e) -> list[str]:
    """The characteristics of which nothing is on record for the audit, of whomever it may be."""
    return [name for name, known in CHARACTERISTICS.items() if not {*known} & {*e["groups"], *e["recorded"]}]


def not_compared(e) -> list[str]:
    """The characteristics that are on record of people, but not of the homes that a model ranks."""
    return [name for name, known in held(e).items() if not known and name not in not_recorded(e)]


def used(e) -> list[str]:
    """The characteristics that move the scores, by columns that stand for them."""
    stand = stands_for(e)
    named = [name for name, known in CHARACTERISTICS.items() if {name, *known} & stand]
    known = {name for name in named for name in (name, *CHARACTERISTICS[name])}
    return [*named, *(plain(name, e["names"]) for name in sorted(stand - known))]


def _aims(e) -> list[Block]:
    measured = [name for name, known in held(e).items() if known]
    facts = {
        "Measured": measured or ["none"],
        "On record of the people who live there, but not compared": not_compared(e),
        "Not recorded, so not measured": not_recorded(e) or ["none"],
    }
    told = beside_county.sentences(e)
    how_named = NAMED_ALL_THE_SAME if told != [beside_county.nobody_worse(e)] else ""
    return [
        Text(
            "A public body must have due regard to the need to end discrimination, to advance equality of opportunity "
            "and to foster good relations (Equality Act 2010, section 149). This page says what was measured of each "
            "of the nine protected characteristics, and names what was not."
        ),
        *([Text(OF_HOMES)] if _of_homes(e) else []),
        Facts([(head, capital(listed(names))) for head, names in facts.items() if names]),
        Items(told),
        *([Text(said)] if (said := f"{how_named} {beside_county.by_chance(e)}".strip()) else []),
        Text(f"How to read the tables. {HOW_TO_READ}"),
        Items(
            [
                Link("Every figure by group: other lengths of list, folds of time, calibration", "audit.html"),
                Link("What every group that cannot be judged would take", "audit.html#settle"),
            ]
        ),
    ]


def _of_homes(e) -> bool:
    return e["outcome"]["unit"] == "property"


def _characteristic(name: str, e) -> list[Block]:
    blocks: list[Block] = []
    for attribute in held(e)[name]:
        blocks += _measured(attribute, e)
    if not blocks:
        blocks = [Text(_gap(name, e))]
    return [*blocks, Text(f"Due regard. {e['statements']['due_regard'][name]}")]


def _gap(name: str, e) -> str:
    if name in not_compared(e):
        uses = f" The model does use {name}, for the reason that its card gives." if name in used(e) else ""
        return (
            f"Not compared: {name} is on record of the people who live in the homes, but this model ranks homes, and "
            "people who differ in it may share one. Whether the homes that are listed, and those that are missed, "
            f"differ in who lives there was not looked at. That is a gap in the evidence, not a pass.{uses}"
        )
    return (
        f"Not recorded: the single view holds nothing about {name} that the audit could use. Nobody can tell whether "
        "the list treats people alike in this respect. That is a gap in the evidence, not a pass."
    )


def _measured(attribute: str, e) -> list[Block]:
    table = Table(f"Results by {plain(attribute, e['names'])}", figures(e["groups"][attribute], GROUP_FIGURES))
    return [table, *_beside(attribute, e)]


def _beside(attribute: str, e) -> list[Block]:
    if not e["audit"]["gaps"].get(attribute):
        return []
    said = {"fnr_gap": points, "ppv_ratio": partial(figure, "ratio"), "o_e": partial(figure, "o_e")}
    said = {name: _said(how) for name, how in said.items()}
    shown = beside_county.table(attribute, e, said).rename(columns=TITLES)
    return [
        Table(f"By {plain(attribute, e['names'])}, beside the whole county (95% interval)", shown),
        *would_settle(attribute, e),
    ]


def _said(how: Callable[[dict], str]) -> Callable[[dict | None], str]:
    return lambda of: "cannot be judged" if not of or of["value"] is None else how(of)


def would_settle(attribute: str, e) -> list[Block]:
    """How many events, and years of records, the figures that cannot be judged would take."""
    needs = beside_county.to_settle(attribute, e)
    rows = {need.group: dict.fromkeys(beside_county.FIGURES, "can be judged") for need in needs}
    for need in needs:
        time = f"{need.years:,} {'year' if need.years == 1 else 'years'}" if need.years else "years cannot be said"
        rows[need.group][need.figure] = f"about {need.events:,}; {time}"
    if not rows:
        return []
    table = pd.DataFrame([{"Group": group, **of} for group, of in rows.items()]).rename(columns=TITLES)
    return [Table(f"What would settle what cannot be judged by {plain(attribute, e['names'])}: {SETTLES}", table)]


def _others(e) -> list[Block]:
    known = {attribute for of in CHARACTERISTICS.values() for attribute in of}
    others = [name for name, records in e["groups"].items() if name not in known and len(records) > 1]
    blocks = [block for attribute in others for block in _measured(attribute, e)]
    return blocks or [Text("Nothing beside the nine characteristics is in the audit.")]


def _together(e) -> list[Block]:
    pairs = e["audit"].get("pairwise") or {}
    n = sum(len(records) for records in pairs.values())
    if not n:
        return [Text("Pairs of characteristics were not looked at: at most one was compared.")]
    missed = {
        f"{_both(pair, e)}: {of['group']}": of["fnr"]["value"]
        for pair, records in pairs.items()
        for of in near(records)
        if "fnr" not in of["unevaluable"]
    }
    if not missed:
        return [Text(f"None of the {n} groups made of two characteristics has enough events to be judged.")]
    tables = {pair: crossed(records, GROUP_FIGURES) for pair, records in pairs.items()}
    shown = pd.concat(table.assign(Group=f"{_both(pair, e)}: " + table["Group"]) for pair, table in tables.items())
    shown = shown[shown[GROUP_FIGURES["fnr"]] != SUPPRESSED].set_index("Group")  # a place in the order would tell it
    worst = sorted(shown.index, key=lambda group: -missed[group])[:SHOWN_PAIRS]
    return [
        Text(
            f"Someone may be treated worse for two things together. Of {n} groups made of two characteristics, "
            f"{len(missed)} have enough events to be judged; of {len(shown) or 'none'} of them it may be shown how "
            "many are missed."
        ),
        *(
            [
                Text("Rates are those of counts to the nearest 5."),
                Table("Groups made of two characteristics, those missed most often", shown.loc[worst].reset_index()),
            ]
            if worst
            else []
        ),
    ]


def _both(pair: str, e) -> str:
    return capital(" and ".join(plain(name, e["names"]) for name in pair.split(" x ")))


def _proxies(e) -> list[Block]:
    proxies = e["audit"].get("proxies") or {}
    if not proxies:
        return [
            Text(f"Whether a protected characteristic could be read from the inputs was not measured: {_unread(e)}.")
        ]
    rows = [
        {
            "Characteristic": capital(plain(name, e["names"])),
            "How well it can be guessed, on average over its groups (AUC; 0.5 is chance)": figure("auc", of["auc"]),
            "The group that is guessed best": _best_guessed(of),
            "What gives most of it away": "; ".join(carrier["sentence"] for carrier in of["carriers"][:3]) or "nothing",
        }
        for name, of in proxies.items()
    ]
    return [
        Text(
            "A model that does not use a characteristic may still act on it, if other columns give it away. So a "
            "second model tried to guess each from the inputs. The gate record says from which value on that wants a "
            "reason."
        ),
        Table("Could the model be reading it?", pd.DataFrame(rows)),
    ]


def _best_guessed(of: dict) -> str:
    best = of.get("highest")
    return f"{best['group']}: {figure('auc', best['auc'])}" if best else "cannot be judged"


def _unread(e) -> str:
    if _of_homes(e):
        return (
            "a home has none of its own to be guessed. Where it stands, and what is recorded of the people who live "
            "there, may still give theirs away"
        )
    return "none of those that could be guessed is on record"


def _recording(e) -> list[Block]:
    labels, blocks = e["audit"].get("labels") or {}, []
    apart = any(of["clear"] or of["rate_clear"] for of in labels.get(RECORDED, {}).values())
    labels = {way: by for way, by in labels.items() if way != RECORDED}
    reversed_in = [
        f"{capital(way)}: by {plain(attribute, e['names'])}, "
        f"{listed([f'{a} and {b}' for a, b in [*of['pairs'], *of.get('rate_pairs', [])]])} change places."
        for way, by in labels.items()
        for attribute, of in by.items()
        if of["reversed"]
    ]
    if labels:
        ways = "one other way" if len(labels) == 1 else f"{len(labels)} other ways"
        told = "groups that are clearly apart change places"
        blocks.append(
            Text(
                f"The outcome was also counted in {ways}. "
                + (
                    f"In some of them {told}:"
                    if reversed_in
                    else f"In none of them do {told}."
                    if apart
                    else "That says nothing yet: as recorded no two groups are clearly apart."
                )
            )
        )
        blocks += [Items(reversed_in)] if reversed_in else []
    blocks += _tips(e)
    return [
        *blocks,
        Text(e["outcome"]["label_story"]),
        Text("If one group's outcomes are recorded less often than another's, every figure above flatters the list."),
    ]


def _tips(e) -> list[Block]:
    """At which share of outcomes never recorded a group would change places with another in being missed."""
    tips = [of for of in e["audit"].get("under_recording") or [] if of["tips_at"] is not None]
    if not tips:
        return []
    rows = [
        {
            "By": capital(plain(of["attribute"], e["names"])),
            "Group": of["group"],
            "If never recorded of its outcomes": f"{of['tips_at'] * 100:.0f}%",
            "It would change places with": of["tips_with"],
        }
        for of in tips
    ]
    return [Table("What it would take to change who is missed most", pd.DataFrame(rows))]


def _gaps(e) -> list[Block]:
    lines = [f"Nothing is on record about {name}." for name in not_recorded(e)]
    lines += [f"Homes were not compared by the {name} of the people who live there." for name in not_compared(e)]
    lines += [
        f"By {plain(attribute, e['names'])}, too few to tell {listed([ASKED[figure] for figure in lacking], 'or')}: "
        f"{listed(groups)}."
        for (attribute, lacking), groups in _lacking(e).items()
    ]
    return [Items(lines or [f"Every group of {about(e)[1]} on record could be judged."])]


def _lacking(e) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    """The groups by attribute and by the figures that can't be told of them."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for attribute, records in e["audit"]["gaps"].items():
        for record in records:
            lacking = tuple(figure for figure in ASKED if not beside_county.can_tell(record, figure))
            if lacking and len(records) > 1:
                found.setdefault((attribute, lacking), []).append(record["group"])
    return found


PARTS: tuple[Part, ...] = (
    ("aims", "What this is, and what was found", ("audit.gaps", "groups"), _aims),
    *(
        (name.replace(" ", "-"), capital(name), ("groups", "statements.due_regard"), partial(_characteristic, name))
        for name in CHARACTERISTICS
    ),
    ("others", "Other differences that were checked", ("groups",), _others),
    ("together", "Two characteristics together", ("groups",), _together),
    ("proxies", "Could the model be reading a characteristic?", ("audit",), _proxies),
    ("recording", "If some are recorded less than others", ("outcome.label_story",), _recording),
    ("gaps", "Gaps in the evidence", ("groups",), _gaps),
)
