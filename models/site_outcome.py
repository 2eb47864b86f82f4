"""The page of an outcome: the twelve questions that an ethics group asks first, each with a short answer.

`QUESTIONS` lists them in reading order with who answers; the answers about doubt are in `models.site_doubts`. A
question whose analysis the run lacks says so: nothing is left out for being missing.
"""

import pandas as pd

from models.blocks import Answer, Block, Document, Facts, Items, Link, Picture, Section, Table, Text
from models.card_results import (
    about,
    against_rule,
    also_in_training,
    as_if_seen,
    chosen,
    done_today,
    each,
    rule_said,
    simple_rule,
    told_worth,
    value,
)
from models.disclosure import count
from models.documents import TITLES
from models.ends import at_the_latest, ends_table
from models.offered import from_whom, left_out, needed
from models.recipients import goes_to
from models.site_doubts import cannot_be_judged, ethnicity, fails_for, stable, wrong_flag
from models.site_gates import said_of_gates
from models.svg import hundred
from models.wording import METRICS, OBJECTING, USE, capital, day, figure, listed, lower, means, plain

UNTRIED = "This run has not tried what each agency's data buys."


def outcome_page(e: dict) -> Document:
    """The page, which `models.pages` lays out.

    `e` is the evidence of all documents (models.evidence.Evidence).
    """
    records = e["single_view"]
    return Document(
        "index",
        "Twelve questions",
        e["outcome"]["title"],
        f"{records['name']} · records up to {day(records['extract_on'])} · about ten minutes to read",
        e["identity"],
        records["invented"],
        [
            Section(identifier, question, [*answer(e), Items(list(more))])
            for identifier, question, answer, more in QUESTIONS
        ],
    )


def see(document: str, section: str = "", said: str = "") -> Link:
    """A link to a document of the same outcome, or to a section of it."""
    return Link(
        f"{TITLES[document]}{f': {said}' if said else ''}", f"{document}.html{f'#{section}' if section else ''}"
    )


def _purpose(e) -> list[Block]:
    o = e["outcome"]
    return [
        Answer(o["purpose"]),
        Facts(
            [
                ("What it says", f"For each eligible {about(e)[0]}, how likely this is: {_what(o)}."),
                ("How it may be used", USE[o["use_level"]]),
                (
                    "How long its lists are",
                    f"{chosen(e)['capacity']:,} {about(e)[1]} {each(e)}. {as_if_seen(e)}".strip(),
                ),
                ("Who gets the list", goes_to(e)),
                ("Where it stands", e["approval"]),
            ]
        ),
    ]


def _what(outcome: dict) -> str:
    return lower(outcome["title"].split(": ")[-1])


def _whose_data(e) -> list[Block]:
    columns = pd.DataFrame(e["columns"])
    share = e["importance"]["agency"].set_index("agency")["share"]
    titles = {a["name"]: a for a in e["agreements"]}
    order = columns.groupby("agency").size().index
    order = sorted(order, key=lambda name: -share.get(name, 0))
    rows = []
    for agency in order:
        names = _agreement_names(columns.loc[columns["agency"] == agency, "agreement"])
        held = [titles[name] for name in names if name in titles]
        rows.append(
            {
                "Recorded by": capital(plain(agency, e["names"])),
                "Columns": int((columns["agency"] == agency).sum()),
                "Share of what moves the scores": f"{share.get(agency, 0) * 100:.0f}%",
                "Agreements": "; ".join(a["title"] for a in held) if len(held) <= 2 else f"{len(held)} agreements",
                "First ends on": day(min(str(a["until"]) for a in held)) if held else "no agreement on file",
            }
        )
    blocks: list[Block] = [
        Answer(f"{needed(e)} {left_out(e)}" if e["agencies"] else UNTRIED),
        Text(
            f"{from_whom(e)} The inputs rest on {len(_resting_on(e))} sharing agreements; what no live "
            "agreement allows is not built into the model."
        ),
        Table("Whose records the model uses", pd.DataFrame(rows)),
    ]
    return [*blocks, *_bought(e)]


def _bought(e) -> list[Block]:
    """What each agency's data buys, where the run tried without."""
    if not e["agencies"]:
        return []
    found = sorted(e["agencies"]["agencies"], key=lambda a: -((a["lost"] or {}).get("value") or 0))
    rows = {
        "Without": [capital(plain(a["agency"], e["names"])) for a in found],
        **{
            head: [figure(name, a[of]) if a[of] else "cannot be made without" for a in found]
            for head, name, of in (("AUC without", "auc", "auc_without"), ("AUC lost", "lost", "lost"))
        },
    }
    return [Table("What each agency's data buys: the model fitted without it", pd.DataFrame(rows))]


def _agreement_names(column: pd.Series) -> list[str]:
    return list(dict.fromkeys(name for names in column for name in names.split(", ") if name))


def _resting_on(e) -> list[dict]:
    """The agreements on which the model's columns rest."""
    names = _agreement_names(pd.Series([c["agreement"] for c in e["columns"]], dtype=object))
    return [a for a in e["agreements"] if a["name"] in names]


def _how_good(e) -> list[Block]:
    m, rule = chosen(e), simple_rule(e)
    told = value(m, "precision_at_capacity") is not None
    answer = against_rule(m, rule, e) if told else f"{_too_few(m, e)} {rule_said(e)}"
    blocks: list[Block] = [Answer(f"{answer} {as_if_seen(e)}".strip()), Text(done_today(e)), Text(also_in_training(e))]
    for prefix, whose, of in (("model", "the model's list", m), ("rule", "the simple rule's list", rule)):
        right = None if of is None else value(of, "precision_at_capacity")
        if right is not None:
            said = f"Of 100 {about(e)[1]} on {whose}, about {round(right * 100)} had the outcome"
            drawn = hundred(round(right * 100), f"good-{prefix}", said)
            blocks.append(Picture(said, drawn, pd.DataFrame({said: [round(right * 100)]}), small=True))
    names = [name for name in ("auc", "precision_at_capacity", "recall_at_capacity", "base_rate") if m[name]]
    table = {
        "Figure": [METRICS[name].title for name in names],
        "The model": [figure(name, m[name]) for name in names],
        **({"The simple rule": [figure(name, rule[name]) for name in names]} if rule else {}),
        "In plain English": [capital(means(name, m[name])) for name in names],
    }
    if names:
        blocks.append(Table("The model beside the simple rule", pd.DataFrame(table)))
    return [*blocks, *(_of_lists(rule, e) if told else [])]


def _too_few(m: dict, e) -> str:
    """What can be said where too few of those listed had the outcome, and what more it would take."""
    who, test = about(e)[1], e["periods"]["test"]
    ranks = "" if value(m, "auc") is None else f" What can be told is how it ranks: {_ranks(m)}."
    return (
        "Whether its lists are better than the simple rule's cannot be told. In the test "
        f"{count(test['events'])} {who} had the outcome, and too few of those on a list for any figure of "
        f"it to be shown.{ranks} It would take more years of records, or a larger area. {_asked_for(e)}"
    ).strip()


def _ranks(m: dict) -> str:
    return f"{means('auc', m['auc'])}, AUC {figure('auc', m['auc'])}"


def _asked_for(e) -> str:
    gate = next((gate for gate in (e["gates"] or {}).get("gates", []) if gate["name"] == "events"), None)
    return f"What the gates ask for: {lower(gate['rule'])}" if gate else ""


def _of_lists(rule: dict | None, e) -> list[Block]:
    said = _clearly_better(told_worth(e)["lift"]) if rule else "There is no simple rule beside it to compare with."
    return [Text(said), Picture("How right and how complete the list is, by its length", *e["charts"]["list_length"])]


def _clearly_better(lift: dict | None) -> str:
    of = lift and lift["precision_at_capacity"]
    if not of or of["low"] is None:
        return "Whether it is better than the simple rule can't be told from so few."
    span = f"between {of['low'] * 100:+.0f} and {of['high'] * 100:+.0f} right flags in 100 (95% interval)"
    if of["low"] > 0:
        return f"It is better than the simple rule beyond chance: {span}."
    if of["high"] < 0:
        return f"It is worse than the simple rule beyond chance: {span}."
    return f"The difference to the simple rule could be chance: {span}."


def _drives(e) -> list[Block]:
    agencies, columns = e["importance"]["agency"], e["importance"]["columns"]
    first = [plain(name, e["names"]) for name in agencies["agency"].head(3)]
    sentences = {c["name"]: c["sentence"] for c in e["columns"]}
    top = columns.head(10)
    rows = {
        "What the model uses": [sentences[name] for name in top["name"]],
        "Share": [f"{s * 100:.0f}%" for s in top["share"]],
    }
    return [
        Answer(f"Most of all what was recorded by {listed(first)}."),
        Picture("What moves the scores, by who recorded it", *e["charts"]["agency"]),
        Table("The ten columns that move the scores most", pd.DataFrame(rows)),
        Text(
            "This says what the model used, not why something happened; changing an input would change nobody's life."
        ),
    ]


def _ends(e) -> list[Block]:
    return [Answer(f"{at_the_latest(e)} {e['approval']}"), ends_table(e)]


def _contest(e) -> list[Block]:
    return [
        Answer(e["card"]["contest"]),
        Text(OBJECTING),
        Text(f"Write to {e['card']['contact']}. Quote {e['identity']}, which names this model and no other."),
        Text("A score is never a reason by itself: whoever acts on it must be able to say what else they looked at."),
    ]


# Identifier, question, who answers, and where there is more.
QUESTIONS = (
    ("purpose", "What is it for, and who may use it?", _purpose, (see("card", "use", "intended use"), see("summary"))),
    ("data", "Whose data does it use, under which agreement?", _whose_data, (see("dpia"), see("datasheet"))),
    ("good", "How good is it against what we do today?", _how_good, (see("evaluation"), see("card", "practice"))),
    ("fails", "For whom does it fail?", fails_for, (see("equality"), see("card", "groups", "results by group"))),
    ("unknown", "What can't be judged here?", cannot_be_judged, (see("equality"), see("gates"))),
    ("drives", "What drives it?", _drives, (see("explanation"), Link("Feature register", "../features.html"))),
    ("ethnicity", "Could it be reading ethnicity?", ethnicity, (see("equality"), see("gates"))),
    ("wrong", "What does a wrong flag cost?", wrong_flag, (see("card", "wrong"), see("card", "worth", "its worth"))),
    ("steady", "How stable is who gets flagged?", stable, (see("card", "steady", "how steady it is"),)),
    ("gates", "What did the gates say, and who waived what?", said_of_gates, (see("gates"),)),
    ("approval", "When does approval end?", _ends, (see("approval"), see("gates"))),
    ("contest", "How does a resident contest it?", _contest, (see("summary"), see("dpia"))),
)
