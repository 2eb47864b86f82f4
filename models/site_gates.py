"""What the gates said of a model, in words and tables, for its page and for the overview."""

import pandas as pd

from models.blocks import Answer, Block, Table, Text
from models.gates import LEFT_OUT
from models.wording import capital, day, listed

STATES = {"pass": "passed", "fail": "failed", "unevaluable": "could not be judged"}
UNJUDGED = "This run has no gate record, so nothing has been checked: the model must not be used."


def said_of_gates(e) -> list[Block]:
    if not e["gates"]:
        return [Answer(UNJUDGED)]
    gates = e["gates"]["gates"]
    table = pd.DataFrame(
        {
            "Gate": [f"{g['number']}. {g['title']}" for g in gates],
            "State": [capital(g["state"]) for g in gates],
            "What was found": [g["figure"] for g in gates],
            "Waived": [_waived(g["waiver"]) for g in gates],
        }
    )
    return [
        Answer(f"{capital(tally(e['gates']))}: it {e['gates']['verdict']}. {_waivers(gates)}"),
        Table("The fifteen gates" if len(gates) == 15 else "The gates", table),
        Text("A gate that could not be judged is not passed: it had too little data, or an analysis is missing."),
        Text(LEFT_OUT),
    ]


def tally(gates: dict | None) -> str:
    """How many gates passed, failed and could not be judged.

    >>> tally({"gates": [{"state": "pass"}, {"state": "fail"}, {"state": "pass"}]})
    '2 of 3 gates passed, 1 failed and 0 could not be judged'
    """
    if not gates:
        return "no gate record"
    states = [g["state"] for g in gates["gates"]]
    passed, *others = (f"{states.count(state)} {said}" for state, said in STATES.items())
    return listed([passed.replace(" passed", f" of {len(states)} gates passed"), *others])


def matrix(gates: dict[str, dict | None], titles: dict[str, str]) -> Table | Text:
    """A row for each gate, a column for each outcome."""
    judged = {name: of["gates"] for name, of in gates.items() if of}
    if not judged:
        return Text(UNJUDGED)
    first = next(iter(judged.values()))
    table = pd.DataFrame(
        {"Gate": [f"{g['number']}. {g['title']}" for g in first]}
        | {titles[name]: _states(first, of) for name, of in judged.items()}
    )
    return Table("The state of every gate", table)


def _states(order: list[dict], gates: list[dict]) -> list[str]:
    state = {g["number"]: capital(g["state"]) for g in gates}
    return [state.get(g["number"], "not run") for g in order]


def _waived(waiver: dict | None) -> str:
    return f"by {waiver['by']} until {day(waiver['until'])}: {waiver['reason']}" if waiver else "no"


def _waivers(gates: list[dict]) -> str:
    waived = [g for g in gates if g["waiver"]]
    if not waived:
        return "Nobody has waived anything."
    return f"Waived: {listed([str(g['number']) for g in waived])}."
