"""The plain-English summary: two sides of paper for anybody, in the words of everyday life and in short sentences."""

from models import beside_county
from models.blocks import Block, Items, Link, Text
from models.card_results import (
    UNSEEN,
    about,
    as_if_seen,
    beside_rule,
    chosen,
    each,
    lists,
    promised,
    rule_said,
    simple_rule,
    value,
)
from models.disclosure import count, too_few
from models.documents.equality import NOT_ON_RECORD, not_compared, not_recorded, used
from models.fairness import largest
from models.filling import Part
from models.offered import from_whom, needed, protected, unused
from models.wording import OBJECTING, TOO_FEW, listed, lower, of_100, plain

ASKED_ABOUT = ("age", "race", "religion or belief", "sex", "disability")
MISSED, WRONGLY = "missed more often", "wrongly listed more often"
NAMED = 3  # groups; more of them would fill the page, and the equality assessment names them all
EVERYDAY = {
    "imd_quintile": "how poor the area is",
    "imd_band": "how poor the area is",
    "caseload": "open case",
    "ethnicity": "race",
    "ethnicity_broad": "race, in large groups",
}


def _what(e) -> list[Block]:
    o = e["outcome"]
    return [
        Text(
            f"A computer program that reads what public services have written down, and makes a list of {about(e)[1]}. "
            f"It looks for one thing: {_looked_for(e)}. It gives each a number: how likely that is."
        ),
        Text(f"What it is for: {lower(o['purpose'])}"),
    ]


def _looked_for(e) -> str:
    return lower(e["outcome"]["title"].split(": ")[-1])


def _who(e) -> list[Block]:
    return [
        Text(
            f"{e['statements']['who']} In the test that was about {count(e['periods']['test']['n'] / lists(e))} "
            f"{about(e)[1]} {each(e)}."
        )
    ]


def _whose(e) -> list[Block]:
    return [
        Text(f"{from_whom(e)} Each was read under a written agreement. {needed(e)}"),
        Text(
            "It reads who lives where, and the dates and kinds of contact, such as a visit to a hospital. It does not "
            f"read names, letters or notes. {_of_them(e)}"
        ),
    ]


def _of_them(e) -> str:
    """Which protected characteristics it uses, of those that people ask about first and of any other."""
    uses = used(e)
    others, not_used = [name for name in ASKED_ABOUT if name not in uses], protected(e)[1]
    of_homes = e["outcome"]["unit"] == "property"
    whose = f"the {listed(uses)} of the people who live there" if of_homes and uses else listed(uses or ["none"])
    return " ".join(
        [
            *([f"It does use {whose}: the model card says why."] if uses else []),
            f"It does not use {listed(others, 'or')} to make the list.",
            *([unused(not_used, e)] if not_used else []),
        ]
    )


def _does(e) -> list[Block]:
    m = chosen(e)
    return [Text(f"It puts the {m['capacity']:,} with the highest numbers on a list, {each(e)}. It does nothing else.")]


def _right(e) -> list[Block]:
    m, rule = chosen(e), simple_rule(e)
    right, found, common = (value(m, n) for n in ("precision_at_capacity", "recall_at_capacity", "base_rate"))
    who = about(e)[1]
    lines = [
        f"Of 100 {who} on the list, about {round(right * 100)} were rightly there. The other "
        f"{100 - round(right * 100)} were not."
        if right is not None
        else f"How often it is right: {TOO_FEW}.",
        f"Of 100 {who} that had it, the list held about {round(found * 100)}. It missed the other "
        f"{100 - round(found * 100)}."
        if found is not None
        else f"How many it misses: {TOO_FEW}.",
        f"Picking at random would be right for {TOO_FEW if common is None else of_100(common)}.",
    ]
    if rule and (by_rule := value(rule, "precision_at_capacity")) is not None:
        lines.append(f"{rule_said(e)} It is right for about {of_100(by_rule)}. The program {beside_rule(e)}.")
    tried = "It was tried on later dates that it had not seen, where it is known what happened."
    return [
        Text(f"{tried} {_known_before(e)}".strip()),
        Items([*lines, *([as_if_seen(e)] if as_if_seen(e) else [])]),
        Text("It does not know why something happens, and it can't see what nobody wrote down."),
    ]


def _known_before(e) -> str:
    """How many of those that it was tried on it had learnt from, at earlier dates."""
    rest, m = e["sensitivity"].get(UNSEEN), chosen(e)
    if not rest or too_few(rest["n"], m["n"]):
        return ""
    share, off = of_100(1 - rest["n"] / m["n"]), promised(rest)
    told = f"It had learnt from {share} of them, or from their household, before."
    return told + (f" For the others its numbers are too {off}." if off else "")


def _wrong(e) -> list[Block]:
    return [Text(e["outcome"]["wrong_flag"])]


def _decides(e) -> list[Block]:
    return [Text(f"A person, never the program. {e['statements']['human_review']}")]


def _worse(e) -> list[Block]:
    return [Items(beside_county.sentences(e, _plainest))]


def _unknown(e) -> list[Block]:
    few = [
        f"Whether some groups are {asked}: too few to tell {'; '.join(told)}."
        for asked, of in _cannot_tell(e).items()
        if (told := [_too_few(attribute, groups, e) for attribute, groups in of.items() if groups])
    ]
    gaps = [
        f"Whether it is fair by {listed(names, 'or')}: {why}."
        for names, why in ((not_compared(e), "the homes were not compared by that"), (not_recorded(e), NOT_ON_RECORD))
        if names
    ]
    told = (
        "Not everything that happens is written down. Some people are written about more than others. The program "
        "learns from that too."
    )
    return [Items([*few, *gaps, told, Link("What was measured for every group", "equality.html")])]


def _cannot_tell(e) -> dict[str, dict[str, list[str]]]:
    """What can't be told, with the groups of each attribute; small groups that were also put together are left out."""
    missed, listed_wrongly = (beside_county.cannot_tell(e, figure) for figure in ("fnr_gap", "ppv_ratio"))
    found: dict[str, dict[str, list[str]]] = {"missed or wrongly listed more often": {}, MISSED: {}, WRONGLY: {}}
    for attribute in largest(e["audit"]["gaps"]):
        one, other = missed.get(attribute, []), listed_wrongly.get(attribute, [])
        both, only_missed, only_listed = found.values()
        both[attribute] = [group for group in one if group in other]
        only_missed[attribute] = [group for group in one if group not in other]
        only_listed[attribute] = [group for group in other if group not in one]
    return found


def _too_few(attribute: str, groups: list[str], e) -> str:
    n = len(e["audit"]["gaps"][attribute])
    which = listed([f"“{group}”" for group in groups]) if len(groups) <= NAMED else f"{len(groups)} of {n} groups"
    return f"by {_plainest(attribute, e['names'])}, {which}"


def _plainest(attribute: str, names: dict[str, str]) -> str:
    return EVERYDAY.get(attribute) or plain(attribute, names)


def _checked(e) -> list[Block]:
    gates = e["gates"]["gates"]
    by = {state: [gate for gate in gates if gate["state"] == state] for state in ("pass", "fail", "unevaluable")}
    told = f"There are {len(gates)} checks. It passed {len(by['pass'])}"
    if by["fail"]:
        told += f" and failed {len(by['fail'])}"
    if by["unevaluable"]:
        told += f"; for {len(by['unevaluable'])} there is too little to go by"
    waived = [f"Not met, but waived: {lower(gate['title'])}." for gate in by["fail"] if gate["waiver"]]
    return [
        Text(f"{told}. {e['approval']}"),
        Items([*waived, Link("Every check, with what it found", "gates.html")]),
    ]


def _object(e) -> list[Block]:
    return [
        Text(e["statements"]["appeals"]),
        Text(f"{OBJECTING} Whom to ask: {e['card']['contact']}."),
    ]


PARTS: tuple[Part, ...] = (
    ("what", "What is it?", ("outcome.title", "outcome.purpose"), _what),
    ("who", "Who is it about?", ("statements.who", "periods.test"), _who),
    ("whose", "Whose records does it read?", ("agreements",), _whose),
    ("does", "What does it do?", ("candidates", "chosen.name"), _does),
    ("right", "How often is it right?", ("candidates", "chosen.name"), _right),
    ("wrong", "What if it is wrong?", ("outcome.wrong_flag",), _wrong),
    ("decides", "Who decides?", ("statements.human_review",), _decides),
    ("worse", "Who is it worse for?", ("audit.gaps", "groups"), _worse),
    ("unknown", "What is not known?", ("groups",), _unknown),
    ("checked", "Was it checked?", ("gates.gates", "approval"), _checked),
    ("object", "How can I object?", ("statements.appeals", "card.contact"), _object),
)
