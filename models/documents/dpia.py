"""The annex to a data protection impact assessment, under the headings of the ICO's template, with the lawful basis of
every source that a column of the model rests on."""

import re

import pandas as pd

from models import released
from models.blocks import Block, Facts, Items, Link, Table, Text
from models.card_results import about, chosen, each
from models.card_sections import wrong_flag
from models.disclosure import count
from models.documents.approval import sign_offs
from models.filling import Part
from models.offered import left_out, not_needed
from models.recipients import goes_to
from models.wording import USE, capital, day, days, figure, listed, plain, points

# What an agreement says that it covers -> the regime in law, and how a legal basis names its condition.
REGIMES = {
    "health": ("health (UK GDPR Article 9)", r"\b9\(2\)|Article 9|Schedule 1"),
    "ethnicity": ("ethnic origin (UK GDPR Article 9)", r"\b9\(2\)|Article 9|Schedule 1"),
    "offence": ("offences (UK GDPR Article 10)", r"Article 10|Schedule 1"),
    "children": ("children", None),  # a duty of care, not a condition that a legal basis must name
}
# Caldicott principles: National Data Guardian 2020, "The Eight Caldicott Principles".
CONFIDENTIAL = (
    "Data protection law is not all. What patients and people in care tell is also under the common law duty of "
    "confidentiality. Before real use it has to be settled, with the Caldicott Guardian of each partner, for each "
    "source below: which of its records are confidential; by what they may be used here (consent, a power in law, or "
    "an approval under section 251 of the National Health Service Act 2006); whether the national data opt-out holds; "
    "and whether making a list counts as care of the individual, without which section 251B of the Health and Social "
    "Care Act 2012 is no ground for it. Agreements that cover health:"
)
ARTICLE_22 = (
    "Informed: the plain-English summary and the transparency record are public; a letter about an offer says that a "
    "list was one of the reasons for it.",
    "Heard: what a resident says is written beside the record, and read before anything is decided again.",
    "A human takes part: see human review below; a list that nobody reads is a fault of use and ends the approval.",
    "Contest: a person who did not take the decision looks at it again.",
)


def _need(e) -> list[Block]:
    return [
        Text(e["statements"]["need"]),
        Text(e["outcome"]["purpose"]),
        Text(_required(e)),
    ]


def _required(e) -> str:
    """Why UK GDPR Article 35 asks for an assessment: what the inputs rest on says it, by agreement."""
    sources = {of["agency"] for of in e["agreements"]}
    matched = [f"it matches records of {len(sources)} sources"] if len(sources) > 1 else []
    covered = [name for name in REGIMES if any(name in of["covers"] for of in e["agreements"])]
    special = (
        [f"the agreements under its inputs cover records of {listed([REGIMES[name][0] for name in covered])}"]
        if covered
        else []
    )
    reasons = [f"the model scores {about(e)[1]} systematically", *matched, *special, "it concerns vulnerable people"]
    return f"An assessment is required (UK GDPR Article 35): {'; '.join(reasons)}."


def _nature(e) -> list[Block]:
    m = chosen(e)
    return [
        Text(e["statements"]["collection"]),
        Text(e["statements"]["linkage"]),
        Facts(
            [
                (
                    "What is done with them",
                    f"{len(e['columns'])} columns are made of what was known at a date; a model "
                    f"({e['titles'][e['chosen']['name']]}) gives each {about(e)[0]} a chance between 0 and 1.",
                ),
                ("What comes out", f"A list of {m['capacity']:,} {each(e)}, with reasons in plain English."),
                ("Where they lie", e["statements"]["storage"]),
                ("How long", e["policies"]["retention"]),
                ("Who gets the list", goes_to(e)),
                ("Others who process them", e["statements"]["third_parties"]),
            ]
        ),
    ]


def _scope(e) -> list[Block]:
    rows, special = e["held"]["rows"], sorted({regime for of in e["agreements"] for regime in of["covers"]})
    fit, test = e["periods"]["fit"], e["periods"]["test"]
    return [
        Facts(
            [
                ("People on record", f"{count(rows['residents'])} residents, with those who objected"),
                (
                    "Records about them",
                    f"{count(rows['events'])} events, known before {day(e['single_view']['extract_on'])}",
                ),
                ("Learnt from", f"{count(fit['n'])} rows, one per {about(e)[0]} and date"),
                ("Tested on", f"{count(test['n'])} rows of later dates"),
                ("Special regimes", capital(listed([REGIMES[name][0] for name in special] or ["none"]))),
                (
                    "Who objected",
                    f"{count(rows.get('objections', 0))} objections are honoured: those residents' records"
                    " leave training, scoring or both",
                ),
                ("For how long", f"Until {day(e['card']['expires_on'])}, then it is assessed again"),
            ]
        )
    ]


def _context(e) -> list[Block]:
    return [
        Text(
            "Residents gave these facts to one service, or had them recorded without being asked. Most do not expect "
            "them to be read together. Many have little choice but to deal with these services."
        ),
        Facts(
            [
                ("Children", e["policies"]["children"]),
                ("Records of offences", e["policies"]["offence"]),
                (
                    "State of the art",
                    f"{e['statements']['comparable']} Here the AUC is {figure('auc', chosen(e)['auc'])}.",
                ),
            ]
        ),
    ]


def _purposes(e) -> list[Block]:
    return [
        Text(e["statements"]["benefits"]),
        Facts(
            [
                ("Effect on a person rightly flagged", e["outcome"]["correct_flag"]),
                ("Effect on a person wrongly flagged", e["outcome"]["wrong_flag"]),
                ("Use level", USE[e["outcome"]["use_level"]]),
            ]
        ),
    ]


def _consultation(e) -> list[Block]:
    return [Text(e["statements"]["consultation"])]


def _necessity(e) -> list[Block]:
    return [
        Text(e["statements"]["necessity"]),
        Text(f"Other ways that were considered: {e['statements']['alternatives']}"),
        *_what_each_buys(e),
    ]


def _what_each_buys(e) -> list[Block]:
    """What would be lost without each agency's data: the measure of whether they are needed."""
    flags_lost = released.precision_lost(e["agencies"], chosen(e))
    rows = [
        {
            "Without the records of": capital(plain(of["agency"], e["names"])),
            "Columns": of["columns"],
            "AUC": figure("auc", of["auc_without"]),
            "AUC lost": figure("lost", of["lost"]),
            "Right flags lost": points(lost),
        }
        for of, lost in zip(e["agencies"]["agencies"], flags_lost, strict=True)
    ]
    nothing = not_needed(e)
    return [
        Text(
            f"With all columns of a sample of rows the model's AUC is {figure('auc', e['agencies']['whole'])}. "
            f"{left_out(e)}"
        ),
        Text(
            "Where the interval of what is lost reaches 0, it was not shown that these data are needed: "
            f"{listed(nothing) if nothing else 'none'}. Using them then wants another reason, or the columns should go."
        ),
        Table("What each agency's data buys", pd.DataFrame(rows)),
    ]


def _lawful(e) -> list[Block]:
    basis = [
        {
            "Source": capital(plain(of["agency"], e["names"])),
            "Agreement": of["title"],
            "Legal basis": of["legal_basis"],
            "Special regimes": _conditions(of),
            "Columns that rest on it": sum(of["name"] in column["agreement"].split(", ") for column in e["columns"]),
        }
        for of in e["agreements"]
    ]
    allowed = [
        {
            "Agreement": of["title"],
            "Records": capital(", ".join(of["kinds"])),
            "Purposes": listed([{"train": "training", "score": "scoring"}[purpose] for purpose in of["purposes"]]),
            "Use levels": listed(list(of["use_levels"])),
            "May be shown reasons": listed([plain(agency, e["names"]) for agency in of["recipients"]]),
            "Until": day(of["until"]),
        }
        for of in e["agreements"]
    ]
    confidential = [of["title"] for of in e["agreements"] if "health" in of["covers"]]
    wanting = [of["title"] for of in e["agreements"] if "none is named" in _conditions(of)]
    return [
        Text(
            "A column is built only if every kind of record that it reads is covered by an agreement that is live on "
            "the day of extraction, for the purpose and the use level."
        ),
        Table("The lawful basis of each source", pd.DataFrame(basis)),
        *(
            [
                Text(
                    "To be mended before any real use, because a special regime needs a condition of its own and the "
                    "legal basis names none:"
                ),
                Items(wanting),
            ]
            if wanting
            else []
        ),
        Table("What each agreement allows", pd.DataFrame(allowed)),
        *([Text(CONFIDENTIAL), Items(confidential)] if confidential else []),
    ]


def _conditions(agreement: dict) -> str:
    """The special regimes of an agreement, each with whether its legal basis names a condition for it."""
    told = []
    for regime in agreement["covers"]:
        name, condition = REGIMES[regime]
        named = condition is None or re.search(condition, agreement["legal_basis"])
        told.append(name if condition is None else f"{name}: {'condition named' if named else 'none is named'}")
    return "; ".join(told) or "none"


def _automated(e) -> list[Block]:
    return [
        Text(
            "Nothing is decided by the model alone, so UK GDPR Articles 22A to 22D on solely automated decisions do "
            "not apply, as long as the human part is meaningful. The safeguards are kept all the same:"
        ),
        Items(list(ARTICLE_22)),
        Facts(
            [
                ("Human review", e["statements"]["human_review"]),
                ("How a resident contests", str(e["card"]["contest"])),
                ("Appeals", e["statements"]["appeals"]),
                ("Erasure", e["policies"]["erasure"]),
            ]
        ),
    ]


def _risks(e) -> list[Block]:
    risks = e["statements"]["risks"]
    rows = [
        {
            "Area": capital(of["area"]),
            "Risk": of["risk"],
            "Likelihood": capital(of["likelihood"]),
            "Severity": capital(of["severity"]),
            "What is done about it": of["measure"],
            "Risk that is left": capital(of["residual"]),
        }
        for of in risks
    ]
    high = [of["area"] for of in risks if of["residual"] == "high"]
    prior = (
        f"The writer judged the risk that is left to be high in {listed(high)}: the Information Commissioner must be "
        "consulted before anything is processed (UK GDPR Article 36)."
        if high
        else "The writer judged none of the risks that are left to be high, so that the Information Commissioner need "
        "not be consulted beforehand. The data protection officer has to confirm that (UK GDPR Article 36)."
    )
    failed = sum(gate["state"] == "fail" for gate in e["gates"]["gates"])
    if failed:
        prior += f" It has to be judged again, because {failed} {'gate' if failed == 1 else 'gates'} failed."
    return [
        *wrong_flag(e),
        Text(
            "How likely and how severe each risk would be if nothing were done, and what is left with the measure, are "
            "judgements of whoever wrote them down; the ethics group and the data protection officer may judge "
            "otherwise."
        ),
        Table("Risks, and what is done about them", pd.DataFrame(rows)),
        Text(prior),
        Items([Link("What was measured for whom", "equality.html")]),
    ]


def _measures(e) -> list[Block]:
    gates = [gate for gate in e["gates"]["gates"] if gate["state"] != "pass"]
    return [
        Text(f"Fifteen gates stand between a model and a service. This one {e['gates']['verdict']}."),
        *([Items([f"{gate['title']}: {gate['figure']}" for gate in gates])] if gates else []),
        Facts(
            [
                ("Training of staff", e["statements"]["training"]),
                ("Maintenance", e["statements"]["maintenance"]),
                (
                    "Time between list and outcome",
                    f"A list looks {days(e['outcome']['horizon_days'])} ahead; what came "
                    "of it is known only after that, so harm shows late.",
                ),
                ("Every gate", Link("Gate record", "gates.html")),
            ]
        ),
    ]


def _sign_off(e) -> list[Block]:
    s = e["statements"]
    return [
        Facts(
            [
                ("Who answers for it", s["senior_responsible_owner"]),
                ("Organisation", s["organisation"]),
                ("Advice of the data protection officer", s["officers_advice"]),
                ("To be looked at again", f"By {day(e['card']['expires_on'])}"),
            ]
        ),
        *sign_offs(e),
    ]


PARTS: tuple[Part, ...] = (
    ("need", "Need for the assessment", ("statements.need", "outcome.purpose"), _need),
    ("nature", "Nature of the processing", ("statements.collection", "statements.storage", "agreements"), _nature),
    ("scope", "Scope", ("held.rows", "periods.fit", "periods.test"), _scope),
    ("context", "Context", ("policies.children", "policies.offence"), _context),
    ("purposes", "Purposes", ("statements.benefits", "outcome.correct_flag", "outcome.wrong_flag"), _purposes),
    ("consultation", "Consultation", ("statements.consultation",), _consultation),
    ("necessity", "Necessity and proportionality", ("statements.necessity", "agencies.agencies"), _necessity),
    ("lawful", "Lawful basis of each source", ("agreements", "columns"), _lawful),
    ("automated", "Automated decisions, rights and contest", ("statements.human_review", "card.contest"), _automated),
    ("risks", "Risks", ("statements.risks", "outcome.wrong_flag", "gates.gates"), _risks),
    ("measures", "Measures", ("gates.gates", "statements.training"), _measures),
    ("signoff", "Sign-off", ("statements.officers_advice", "approval"), _sign_off),
)
