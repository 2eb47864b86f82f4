"""The gate record: what each of the fifteen gates said, why it stands where it does, and what was waived by whom."""

from typing import Any

import pandas as pd

from models.blocks import Block, Facts, Items, Link, Table, Text
from models.documents.approval import sign_offs
from models.filling import Part
from models.gates import LEFT_OUT, MUST_NOT, SOUND
from models.wording import capital, day, listed

# Gates whose details are figures of small groups: told where the small-number rule is applied to them.
BY_GROUP = {
    "groups": [Link("Every group beside the county", "equality.html#aims")],
    "linkage": [Link("Match rates of every group", "datasheet.html#linkage")],
}


def verdict(gates: dict[str, Any]) -> str:
    """What came of all gates, in one sentence.

    >>> made = [{"number": 1, "title": "Agreements", "state": "pass", "waiver": None}]
    >>> made.append({"number": 4, "title": "Enough events", "state": "fail", "waiver": None})
    >>> verdict({"verdict": "must not be approved", "gates": made})
    'It must not be approved: of 2 gates, 1 passed and 1 failed (enough events).'
    """
    of = gates["gates"]
    told = [f"{len(_in_state(of, 'pass'))} passed"]
    for state, said in (("fail", "failed"), ("unevaluable", "could not be judged")):
        if found := _in_state(of, state):
            told.append(f"{len(found)} {said} ({'; '.join(_title(gate) for gate in found)})")
    return f"It {gates['verdict']}: of {len(of)} gates, {listed(told)}."


def in_the_way(gates: dict[str, Any]) -> str:
    """What the gates say of an approval that is not there yet: that it must not be, and why, or how far it may.

    >>> of = [{"name": "events", "title": "Enough events"}, {"name": "agreements", "title": "Agreed"}]
    >>> in_the_way({"verdict": MUST_NOT, "failed": ["events"], "unevaluable": ["agreements"], "gates": of})
    'Must not be approved: 1 gate failed (enough events) and 1 gate that must have an answer had none (agreed).'
    >>> in_the_way({"verdict": "may be approved", "failed": [], "unevaluable": [], "gates": of})
    'Not approved. Its gates say that it may be approved.'
    """
    if gates["verdict"] != MUST_NOT:
        return f"Not approved. Its gates say that it {gates['verdict']}."
    without_answer = [name for name in gates["unevaluable"] if name in SOUND]
    told = [
        f"{len(names)} gate{'' if len(names) == 1 else 's'} {what} "
        f"({'; '.join(_title(gate) for gate in gates['gates'] if gate['name'] in names)})"
        for names, what in ((gates["failed"], "failed"), (without_answer, "that must have an answer had none"))
        if names
    ]
    return f"Must not be approved: {listed(told)}."


def _in_state(gates: list[dict], state: str) -> list[dict]:
    return [gate for gate in gates if gate["state"] == state]


def _title(gate: dict) -> str:
    title = gate["title"]
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _verdict(e) -> list[Block]:
    return [
        Text(verdict(e["gates"])),
        Text(LEFT_OUT),
        Items(
            [
                "Pass: all of the figure's 95% interval is within the limit, or the rule is simply kept.",
                "Fail: all of it is beyond the limit, or the rule is broken. That a list is better than what is "
                "simpler is for the model to show: with enough to judge it by, what is not shown fails.",
                "Unevaluable: the data do not say. That is never a pass: it is listed with what would settle it.",
            ]
        ),
    ]


def _gates(e) -> list[Block]:
    found = [
        {
            "Gate": f"{gate['number']}. {gate['title']}",
            "State": capital(gate["state"]),
            "Figure": gate["figure"],
            "Waiver": capital(_waiver(gate["waiver"])) if gate["waiver"] else "none",
        }
        for gate in e["gates"]["gates"]
    ]
    return [Table("What every gate found", pd.DataFrame(found))]


def _rules(e) -> list[Block]:
    asked = [
        {"Gate": f"{gate['number']}. {gate['title']}", "Rule": gate["rule"], "Why the limit is there": gate["reason"]}
        for gate in e["gates"]["gates"]
    ]
    return [Table("What every gate asks, and why", pd.DataFrame(asked))]


def _details(e) -> list[Block]:
    told = [gate for gate in e["gates"]["gates"] if gate["details"]]
    if not told:
        return [Text("No gate has more to tell than its figure.")]
    return [
        block
        for gate in told
        for block in (Text(f"{gate['number']}. {gate['title']}:"), Items(BY_GROUP.get(gate["name"], gate["details"])))
    ]


def _waivers(e) -> list[Block]:
    waived = [gate for gate in e["gates"]["gates"] if gate["waiver"]]
    if not waived:
        return [Text("No gate is waived.")]
    return [Facts([(gate["title"], capital(_waiver(gate["waiver"]))) for gate in waived])]


def _waiver(waiver: dict) -> str:
    return f"by {waiver['by']} until {day(waiver['until'])}: {waiver['reason']}"


PARTS: tuple[Part, ...] = (
    ("verdict", "What the gates said", ("gates.verdict", "gates.gates"), _verdict),
    ("gates", "Every gate", ("gates.gates",), _gates),
    ("rules", "What each asks, and why", ("gates.gates",), _rules),
    ("details", "What stands behind the figures", ("gates.gates",), _details),
    ("waivers", "What was waived", ("gates.gates",), _waivers),
    ("signoffs", "Who has signed", ("approval", "sign_offs"), sign_offs),
)
