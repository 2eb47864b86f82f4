"""The evaluation report: how the model was made and tested, and where each item of TRIPOD+AI is answered.

Items of Collins et al. 2024 (BMJ 385:e078378, "TRIPOD+AI statement"), checklist for development and evaluation.
"""

import pandas as pd

from models.blocks import Block, Facts, Items, Link, Table, Text
from models.card_best import beside_the_best
from models.card_results import (
    GROUP_FIGURES,
    about,
    against_rule,
    by_date,
    by_group,
    cannot_tell_line,
    chosen,
    each,
    how_good,
    practice,
    simple_rule,
    with_interval,
)
from models.card_sections import SECTIONS, caveats, data, evaluation, label, training
from models.card_trust import calibrated, choice, steady, worth
from models.disclosure import count
from models.documents import TITLES, datasheet, equality, specification
from models.documents.participants import participants
from models.documents.tripod import ITEMS
from models.filling import Part
from models.group_tables import figures
from models.wording import capital, dates, day, days, figure, lower, of_100, plain


def _abstract(e) -> list[Block]:
    o, m, test = e["outcome"], chosen(e), e["periods"]["test"]
    return [
        Facts(
            [
                (
                    "Title",
                    f"Development and test on later dates of a prediction model ({e['titles'][e['chosen']['name']]}). "
                    f"Outcome: {lower(o['title'].split(': ')[-1])}. Population: {lower(e['statements']['who'])}",
                ),
                ("Background", e["statements"]["need"]),
                ("Objective", f"To develop and to evaluate a model of this outcome: {o['title']}."),
                ("Data", f"{e['single_view']['name']}, records known before {day(e['single_view']['extract_on'])}."),
                ("Outcome", o["sentence"]),
                (
                    "Methods",
                    f"{capital(e['titles'][e['chosen']['name']])}, chosen among {len(e['candidates'])} "
                    "candidates in folds of time, calibrated on households held back, tested on later dates.",
                ),
                (
                    "Tested on",
                    f"{count(test['n'])} rows as of {dates(test['dates'])}, {count(test['events'])} with the outcome.",
                ),
                (
                    "Results",
                    f"AUC {figure('auc', m['auc'])}. With a list of {m['capacity']:,}: "
                    f"{with_interval(m, 'precision_at_capacity')}. {against_rule(m, simple_rule(e), e)}",
                ),
                ("What it cannot tell", cannot_tell_line(e)),
            ]
        )
    ]


def _context(e) -> list[Block]:
    return [
        Text(e["outcome"]["purpose"]),
        Text(f"Today: {e['statements']['previous_process']}"),
        Text(f"Elsewhere: {e['statements']['comparable']}"),
        Text(f"Who is worse off to begin with: {e['statements']['inequalities']}"),
    ]


def _objectives(e) -> list[Block]:
    return [
        Items(
            [
                "To develop a model from what was known at a date, and nothing later.",
                "To evaluate it on later dates: how well it ranks, whether its chances are true, what its lists are "
                "worth beside a simple rule, and for whom it fails.",
            ]
        )
    ]


def _predictors(e) -> list[Block]:
    by_theme = pd.DataFrame(e["columns"]).groupby("theme", sort=True).size().sort_values(ascending=False, kind="stable")
    rows = {"Theme": [capital(theme) for theme in by_theme.index], "Columns": by_theme.to_numpy()}
    return [
        Text(
            "Every column is computed by rule from dated records, the same way for everybody, without anybody's "
            "judgement and blind to the outcome; the outcome is recorded by agencies that knew no score. Each column "
            "has a reason for being there, and where it is known which way it should push, a model with directions "
            "may not push the other way."
        ),
        Table("The columns by theme", pd.DataFrame(rows)),
    ]


def _sample_size(e) -> list[Block]:
    fit, test = e["periods"]["fit"], e["periods"]["test"]
    each_column = fit["events"] / len(e["columns"])
    return [
        Text(
            "All that is on record was used; nobody was recruited. For fitting there are "
            f"{count(fit['events'])} events for {len(e['columns'])} columns: about {max(round(each_column), 1)} for "
            "each, which is why the candidates are held back firmly (see the parameters) and simple ones come first."
        ),
        Text(
            f"For the test there are {count(test['events'])} events. At least 100, better 200 or more, are "
            "wanted before calibration can be judged (Collins et al. 2016, Statistics in Medicine 35(2))."
        ),
    ]


def _missing(e) -> list[Block]:
    ever = [of for of in e["inputs"] if of["missing"]]
    return [
        Text(
            "Nothing is guessed or filled in. A column says what it holds where nothing is recorded (usually none), "
            "and is missing only where a value would make no sense, such as the days since an event that never was. "
            "The models take missing values as they are, or as the typical value beside a mark."
        ),
        Text(f"{len(ever)} of {len(e['inputs'])} columns are ever missing. The datasheet names them."),
    ]


def _analysis(e) -> list[Block]:
    return [
        Items(
            [
                "Time: training outcomes were settled before the first test date; nothing from the test was looked at.",
                "Treatments: help that people already get is in the records like any other contact. It is not held "
                "constant, so somebody who was helped may look as if they had never been at risk.",
                "Calibration is on whole households that were not fitted on, and intervals come from resampling whole "
                "households. The test is on later dates; its households may have been in training at earlier ones, and "
                "how many were is told beside the results.",
                "Imbalance: no outcome is copied or invented. Where rows without it are drawn, they weigh as many as "
                "they stand for, and calibration puts the level right.",
                "Fairness: protected attributes are not inputs unless named with a reason; every figure is given by "
                "group; nothing is adjusted by group, because that would need the attribute at scoring.",
                f"Output: a chance between 0 and 1. The list is the {chosen(e)['capacity']:,} highest {each(e)}, "
                "because that is how many the service can see; no threshold of risk decides.",
                f"Updating: the model is not updated between approvals. {e['statements']['maintenance']}",
            ]
        )
    ]


def _places(e) -> list[Block]:
    """How the model did in each period, and in each district."""
    records = e["groups"].get("district")
    return [
        *by_date(e),
        Table("Each district by itself", figures(records, GROUP_FIGURES))
        if records
        else Text("Places were not compared: no district is on record for the audit."),
    ]


def _folds(e) -> list[Block]:
    """How the groups fared in each fold of time, where that was measured."""
    folds = e["audit"].get("folds") or []
    rows = [
        {"By": capital(plain(attribute, e["names"]))}
        | {f"Judged from {day(fold['cut'])}": _judged(fold["groups"].get(attribute, [])) for fold in folds}
        for attribute in dict.fromkeys(attribute for fold in folds for attribute in fold["groups"])
    ]
    if not rows:
        return [Text("Groups were not compared in the folds of time: too few in each had the outcome.")]
    return [
        Text("Every group was compared in each fold of time as well, where enough of it had the outcome."),
        Table("Groups that could be judged in the folds of time", pd.DataFrame(rows)),
    ]


def _judged(records: list[dict]) -> str:
    return f"{sum('fnr' not in of['unevaluable'] for of in records)} of {len(records)}"


def _interpretation(e) -> list[Block]:
    m = chosen(e)
    right = m["precision_at_capacity"]
    said = "cannot be said" if not right else f"are right for {of_100(right['value'])} {about(e)[1]}"
    return [
        Text(
            f"Flags {said}. {against_rule(m, simple_rule(e), e)} That is for the ethics group to weigh against what a "
            "wrong flag costs. The model says who is likely, from records, to have the outcome recorded; it does not "
            "say why, nor what would help."
        ),
        *caveats(e),
        Text(
            "Next: a trial without consequences, in which lists are made and not used, and what came of those listed "
            "is compared after the horizon. Whether a list helps anybody can be told only by comparing places with and "
            "without it."
        ),
    ]


def _use(e) -> list[Block]:
    o = e["outcome"]
    return [
        Text(
            "Who has no record, or can't be scored, is put in a separate file with the reason, never dropped silently. "
            "Each score comes with its interval and the age of the newest record behind it, so that a poor one can be "
            "seen to be poor."
        ),
        Text(e["statements"]["training"]),
        Text(e["statements"]["human_review"]),
        Text(f"A list looks {days(o['horizon_days'])} ahead, so what came of it is known only after that."),
    ]


def _open_science(e) -> list[Block]:
    s = e["statements"]
    return [
        Facts(
            [
                ("Funding", s["funding"]),
                ("Conflicts of interest", s["conflicts"]),
                ("Ethical approval", s["ethical_approval"]),
                ("Protocol", s["protocol"]),
                ("Registration", s["registration"]),
                ("Data", s["data_sharing"]),
                ("Code", s["code_sharing"]),
                ("Involvement of residents and staff", s["consultation"]),
            ]
        )
    ]


def _index(e) -> list[Block]:
    parts = {
        "evaluation": PARTS,
        "card": SECTIONS,
        "equality": equality.PARTS,
        "datasheet": datasheet.PARTS,
    }
    where = {
        (name, at): Link(f"{TITLES[name]}: {title}", f"{name}.html#{at}")
        for name, of in parts.items()
        for at, title, _, _ in of
    } | {("features", ""): Link("Feature register: every column", "../features.html")}
    rows = [{"Item": number, "What is asked": asked, "Where": where[name, at]} for number, asked, name, at in ITEMS]
    return [Table("TRIPOD+AI, item by item", pd.DataFrame(rows))]


PARTS: tuple[Part, ...] = (
    ("abstract", "Abstract", ("statements.need", "candidates", "periods.test"), _abstract),
    (
        "context",
        "Context, and who is worse off to begin with",
        ("statements.previous_process", "statements.comparable", "statements.inequalities"),
        _context,
    ),
    ("objectives", "Objectives", ("identity",), _objectives),
    ("participants", "Who is in it", ("flow", "settled"), data),
    ("characteristics", "Who they are", ("periods", "groups"), participants),
    ("outcome", "The outcome", ("outcome.sentence", "outcome.label_story"), label),
    ("predictors", "The columns", ("columns",), _predictors),
    ("size", "Sample size", ("periods.fit", "periods.test"), _sample_size),
    ("missing", "Missing data", ("inputs",), _missing),
    ("analysis", "How it was analysed", ("statements.maintenance",), _analysis),
    ("training", "Training data", ("periods.fit", "periods.calibrate"), training),
    ("choice", "How the model was chosen", ("folds.folds", "charts.regret", "specification"), choice),
    (
        "specification",
        "The model itself",
        ("chosen.options", "columns", "specification", "seal"),
        specification.section,
    ),
    ("evaluation", "Test data", ("periods.test", "candidates"), evaluation),
    ("performance", "How good it is", ("candidates", "charts.reliability"), how_good),
    ("dates", "In each period and place", ("candidates", "groups"), _places),
    ("calibration", "Whether its chances are true", ("calibration.methods",), calibrated),
    ("practice", "Beside a simple rule", ("candidates", "titles", "rule"), practice),
    ("best", "Beside the best possible", ("identity",), beside_the_best),
    ("worth", "What it is worth", ("worth.net_benefit", "charts.net_benefit"), worth),
    ("steady", "How steady it is", ("stability.shuffled", "charts.instability"), steady),
    ("groups", "For whom", ("groups", "charts.groups"), by_group),
    ("folds", "For whom, in the folds of time", ("audit",), _folds),
    ("interpretation", "What it means, and what it does not", ("statements", "candidates"), _interpretation),
    ("use", "Poor inputs, and who may use it", ("statements.training",), _use),
    ("open", "Open science and involvement", ("statements.funding", "statements.consultation"), _open_science),
    ("tripod", "Where each item of TRIPOD+AI is answered", ("identity",), _index),
)
