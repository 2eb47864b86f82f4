"""The equality assessment: what was recorded and measured of each of the nine protected characteristics, and what not.

Due regard under the Equality Act 2010, section 149; a characteristic that is not recorded is a gap in the evidence.
"""

from collections.abc import Callable
from functools import partial

import pandas as pd

from models.blocks import Block, Facts, Items, Table, Text
from models.card_results import HOW_TO_READ, about, group_table, held, unevaluated
from models.characteristics import CHARACTERISTICS
from models.disclosure import SUPPRESSED, rounded
from models.disclosure import table as disclosed
from models.filling import Part
from models.wording import capital, figure, listed, plain, points

BROAD = "_broad"  # of an attribute whose groups the audit has also put together
SHOWN_PAIRS = 10  # of the intersections that can be judged, those missed most often


def not_recorded(e) -> list[str]:
    """The characteristics of which nothing is on record for the audit."""
    return [name for name in CHARACTERISTICS if not held(e)[name]]


def worse_off(e, said: Callable[..., str] = plain) -> list[str]:
    """The groups clearly missed more often, or listed wrongly more often, than the whole county: a sentence each.

    `said` puts an attribute in words, as `models.wording.plain` does.
    """
    found = []
    for attribute, records in e["audit"]["gaps"].items():
        missed = [of["group"] for of in records if _beyond(of, "fnr_gap", above=0)]
        wrongly = [of["group"] for of in records if _beyond(of, "ppv_ratio", below=1)]
        name = said(attribute, e["names"])
        if missed:
            found.append(f"By {name}, missed more often than the county as a whole: {listed(missed)}.")
        if wrongly:
            found.append(f"By {name}, listed wrongly more often: {listed(wrongly)}.")
    return found


def _beyond(record: dict, name: str, *, above: float | None = None, below: float | None = None) -> bool:
    """Whether a group has enough events for a figure, and its whole interval lies above, or below, a value."""
    of = record["county"].get(name)
    if name in record["unevaluable"] or not of or of["low"] is None or of["high"] is None:
        return False
    return of["low"] > above if above is not None else of["high"] < below


def _aims(e) -> list[Block]:
    gaps = not_recorded(e)
    return [
        Text(
            "A public body must have due regard to the need to end discrimination, to advance equality of opportunity "
            "and to foster good relations (Equality Act 2010, section 149). This page says what was measured of each "
            "of the nine protected characteristics, and names what was not."
        ),
        Facts(
            [
                ("Measured", capital(listed([name for name in CHARACTERISTICS if name not in gaps] or ["none"]))),
                ("Not recorded, so not measured", capital(listed(gaps or ["none"]))),
            ]
        ),
        *([Items(worse_off(e))] if worse_off(e) else [Text("No group that can be judged is clearly worse off.")]),
        Text(f"How to read the tables. {HOW_TO_READ}"),
    ]


def _characteristic(name: str, e) -> list[Block]:
    blocks: list[Block] = []
    for attribute in held(e)[name]:
        blocks += _measured(attribute, e)
        if f"{attribute}{BROAD}" in e["audit"]["gaps"]:
            blocks += _beside(f"{attribute}{BROAD}", e)
    if not blocks:
        blocks = [Text(_gap(name, e))]
    return [*blocks, Text(f"Due regard. {e['statements']['due_regard'][name]}")]


def _gap(name: str, e) -> str:
    if e["outcome"]["unit"] == "property":
        return (
            "Not measured: this model ranks homes, not people. Whether the people in the homes that are listed, and in "
            f"those that are missed, differ by {name} was not compared. That is a gap in the evidence, not a pass."
        )
    return (
        f"Not recorded: the single view holds nothing about {name} that the audit could use. Nobody can tell whether "
        "the list treats people alike in this respect. That is a gap in the evidence, not a pass."
    )


def _measured(attribute: str, e) -> list[Block]:
    table = Table(f"Results by {plain(attribute, e['names'])}", group_table(e["groups"][attribute]))
    return [table, *_beside(attribute, e)]


def _beside(attribute: str, e) -> list[Block]:
    gaps = e["audit"]["gaps"].get(attribute)
    if not gaps:
        return []
    blocks: list[Block] = [_compared(attribute, gaps, e)]
    lacking = _would_settle(gaps)
    if lacking:
        blocks += [Text("What cannot be judged here, and what would settle it:"), Items(lacking)]
    return blocks


def _compared(attribute: str, gaps: list[dict], e) -> Table:
    """Each group beside the county as a whole; figures are hidden with the counts that they rest on."""
    rows = [
        {
            "Group": of["group"],
            "n": of["n"],
            "events": of["events"],
            **{name: _counted(attribute, of["group"], name, e) for name in ("flagged", "found")},
            "missed": _said(of["county"].get("fnr_gap"), points),
            "right": _said(of["county"].get("ppv_ratio"), partial(figure, "ratio")),
            "o_e": _said(of["county"].get("o_e"), partial(figure, "o_e")),
        }
        for of in gaps
    ]
    shown = disclosed(
        pd.DataFrame(rows),
        counts=["n", "events", "flagged", "found"],
        rates={"missed": ("found", "events"), "right": ("found", "flagged"), "o_e": ("events", "n")},
    )
    titles = {
        "missed": "Missed, more or less than the county",
        "right": "Right flags, as a multiple of the county's",
        "o_e": "Observed over expected",
    }
    return Table(
        f"By {plain(attribute, e['names'])}, beside the whole county (95% interval)",
        shown[["Group", *titles]].rename(columns=titles),
    )


def _counted(attribute: str, group: str, name: str, e) -> float:
    """A count of a group, or of a broad one: that of "Asian" is the sum over "Asian: Indian" and the like."""
    records = e["groups"][attribute.removesuffix(BROAD)]
    if not attribute.endswith(BROAD):
        return next(record[name] for record in records if record["group"] == group)
    return sum(record[name] for record in records if record["group"].partition(": ")[0] == group)


def _said(of: dict | None, how) -> str:
    return "cannot be judged" if not of or of["value"] is None else how(of)


def _would_settle(gaps: list[dict]) -> list[str]:
    """How many events, and years of records, the groups that cannot be judged would take.

    Years are reckoned from the count as it may be shown: from the exact one, or one that is hidden, they would give it
    away.
    """
    told, few = [], []
    counts = pd.DataFrame({name: [of[name] for of in gaps] for name in ("n", "events")})
    counts = disclosed(counts, counts=["n", "events"])
    for of, shown in zip(gaps, counts["events"], strict=True):
        needs = [need for need in of["unevaluable"].values() if need["events_needed"]]
        if not needs:
            few += [of["group"]] if of["unevaluable"] else []
            continue
        most = max(needs, key=lambda need: need["events_needed"])
        if shown in (SUPPRESSED, "0") or not most["years_needed"]:
            few.append(of["group"])
        else:
            years = most["years_needed"] * of["events"] / rounded(of["events"])
            told.append(
                f"{of['group']}: about {most['events_needed']:,} with the outcome, or {max(round(years), 1):,} years "
                "of records as they come now."
            )
    if few:
        told.append(f"{'; '.join(few)}: so few are on record that how long it would take cannot be said.")
    return told


def _others(e) -> list[Block]:
    known = {attribute for of in CHARACTERISTICS.values() for attribute in of}
    others = [name for name, records in e["groups"].items() if name not in known and len(records) > 1]
    blocks = [block for attribute in others for block in _measured(attribute, e)]
    return blocks or [Text("Nothing beside the nine characteristics is in the audit.")]


def _together(e) -> list[Block]:
    pairs = e["audit"].get("pairwise") or {}
    judged = [
        record | {"group": f"{_both(pair, e)}: {record['group']}"}
        for pair, records in pairs.items()
        for record in records
        if "fnr" not in record["unevaluable"]
    ]
    n = sum(len(records) for records in pairs.values())
    if not n:
        return [Text("Pairs of characteristics were not looked at: at most one characteristic is on record.")]
    if not judged:
        return [Text(f"None of the {n} groups made of two characteristics has enough events to be judged.")]
    worst = sorted(judged, key=lambda record: -record["fnr"]["value"])[:SHOWN_PAIRS]
    return [
        Text(
            f"Someone may be treated worse for two things together. Of {n} groups made of two characteristics, "
            f"{len(judged)} have enough events to be judged; here are those missed most often."
        ),
        Table("Groups made of two characteristics", group_table(worst)),
    ]


def _both(pair: str, e) -> str:
    return capital(" and ".join(plain(name, e["names"]) for name in pair.split(" x ")))


def _proxies(e) -> list[Block]:
    proxies = e["audit"].get("proxies") or {}
    if not proxies:
        return [
            Text(
                "Whether a protected characteristic could be read from the inputs was not measured: none of those "
                "that could be guessed is on record for what this model ranks."
            )
        ]
    rows = [
        {
            "Characteristic": capital(plain(name, e["names"])),
            "How well it can be guessed (AUC; 0.5 is chance)": figure("auc", of["auc"]),
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


def _recording(e) -> list[Block]:
    labels, blocks = e["audit"].get("labels") or {}, []
    labels = {way: by for way, by in labels.items() if way != "as recorded"}
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
                + (f"In some of them {told}:" if reversed_in else f"In none of them do {told}.")
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
    lines += [
        f"By {plain(attribute, e['names'])}, too few had the outcome to judge: {listed(groups)}."
        for attribute, groups in unevaluated(e).items()
    ]
    return [Items(lines or [f"Every group of {about(e)[1]} on record could be judged."])]


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
