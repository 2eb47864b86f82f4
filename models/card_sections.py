"""The sections of the model card, which an ethics group reads before it allows a model.

After Mitchell et al. 2019 (FAT*, "Model Cards for Model Reporting"), with the cost of a wrong flag, the groups that
cannot be evaluated, current practice, the label's causal story and an expiry date. Each section turns evidence
(models.evidence.Evidence) into blocks that a template lays out.

`SECTIONS` lists them in reading order with the evidence each needs; `models.filling` refuses a card that lacks any.
"""

import pandas as pd

from models.blocks import Block, Facts, Items, Link, Picture, Table, Text
from models.card_best import best_line
from models.card_inputs import inputs, what_moves
from models.card_results import (
    about,
    against_rule,
    also_in_training,
    as_if_seen,
    by_date,
    by_group,
    cannot_tell_line,
    chosen,
    each,
    factors,
    how_good,
    practice,
    simple_rule,
    unevaluable,
    value,
    with_interval,
)
from models.card_trust import calibrated, choice, steady, worth
from models.disclosure import both_ways, count
from models.disclosure import table as disclosed
from models.documents.gate_record import verdict
from models.offered import from_whom, moving
from models.svg import hundred
from models.wording import NOT_FOR, OBJECTING, TOO_FEW, USE, capital, dates, day, days, lower, of_100, period

MOST_DATES = 12  # told one by one; beyond that, by calendar year
# What `features.labels` says became of a pair.
BECAME = {
    "event": "had the outcome",
    "no event": "did not",
    "died": "died first (counts as no outcome)",
    "left": "left the area (not used)",
    "immature": "too early to tell (not used)",
}


def _summary(e) -> list[Block]:
    o, m, rule = e["outcome"], chosen(e), simple_rule(e)
    base_rate, precision, recall = (
        value(m, name) for name in ("base_rate", "precision_at_capacity", "recall_at_capacity")
    )
    lines = [
        ("What it says", f"For each eligible {about(e)[0]}, how likely this is: {lower(o['title'].split(': ')[-1])}."),
        ("What it is for", o["purpose"]),
        (
            "How right it is",
            f"With a list of {m['capacity']:,} {each(e)}: {with_interval(m, 'precision_at_capacity')}. "
            f"Of all eligible {about(e)[1]}: {TOO_FEW if base_rate is None else of_100(base_rate)}. "
            f"{as_if_seen(e)}".strip(),
        ),
        ("How complete it is", f"{capital(with_interval(m, 'recall_at_capacity'))}."),
        ("Compared with a simple rule", against_rule(m, rule, e)),
        *best_line(e),
        (
            "What it was tested on",
            f"{count(m['n'])} rows, one per {about(e)[0]} and date, as of {dates(e['periods']['test']['dates'])}: "
            f"{count(m['events'])} with the outcome. No outcome of these dates was used in training. "
            f"{also_in_training(e)}",
        ),
        ("What it cannot tell", cannot_tell_line(e)),
        ("What the gates said", verdict(e["gates"])),
        ("Where it stands", e["approval"]),
    ]
    return [
        *_people("listed", f"{about(e)[1]} on the list", "had the outcome", precision),
        *_people("found", f"{about(e)[1]} with the outcome", "were on the list", recall),
        Facts(lines),
    ]


def _people(prefix: str, who: str, did: str, rate: float | None) -> list[Picture]:
    if rate is None:
        return []
    filled = round(rate * 100)
    label = f"Of 100 {who}, about {filled} {did}"
    return [Picture(label, hundred(filled, prefix, label), pd.DataFrame({label: [filled]}), small=True)]


def _details(e) -> list[Block]:
    o = e["outcome"]
    return [
        Facts(
            [
                ("Outcome", o["title"]),
                ("Model", f"{e['titles'][e['chosen']['name']]}, calibrated on households it was not fitted on"),
                ("Why this model", e["chosen"]["reason"]),
                ("Model and run id", e["identity"]),
                (
                    "Single view",
                    f"{e['single_view']['name']}, everything recorded before {day(e['single_view']['extract_on'])}",
                ),
                (
                    "Inputs",
                    f"{len(e['columns'])} columns, from what was known at each date; {len(moving(e))} of them move the "
                    "scores",
                ),
                ("Contact", e["card"]["contact"]),
                ("Expires on", f"{day(e['card']['expires_on'])}: not to be used after that without a new card"),
            ]
        )
    ]


def intended_use(e) -> list[Block]:
    o = e["outcome"]
    return [
        Text(o["purpose"]),
        Text(USE[o["use_level"]]),
        Facts([("What a right flag is worth", o["correct_flag"])]),
        Text(f"Out of scope: {NOT_FOR}."),
    ]


def wrong_flag(e) -> list[Block]:
    m = chosen(e)
    right, found = value(m, "precision_at_capacity"), value(m, "recall_at_capacity")
    wrong = f"{about(e)[1]} on a list of {m['capacity']:,} did not have the outcome"
    missed = f"{about(e)[1]} with the outcome were not on the list"
    return [
        Text(e["outcome"]["wrong_flag"]),
        Items(
            [
                f"Flagged wrongly: {TOO_FEW if right is None else f'{of_100(1 - right)} {wrong}'}.",
                f"Missed: {TOO_FEW if found is None else f'{of_100(1 - found)} {missed}'}.",
            ]
        ),
    ]


def label(e) -> list[Block]:
    o = e["outcome"]
    gap = (
        f"It starts {days(o['gap_days'])} after the list is made, so that there is time to act."
        if o["gap_days"]
        else "It starts on the day of the list."
    )
    return [Text(o["sentence"]), Text(f"The window is {days(o['horizon_days'])} long. {gap}"), Text(o["label_story"])]


def data(e) -> list[Block]:
    flow = _by_date(e["flow"], "step", "remaining").fillna(0)
    settled = _by_date(e["settled"], "status", "n").fillna(0)
    became = {status: said for status, said in BECAME.items() if status in settled}
    return [
        Text(
            "An as-of date is the start of a day; only what was recorded before it is used. At each date, "
            f"{about(e)[1]} are left out step by step; the table counts those that remain. Residents who objected to "
            "training are left out before the first step."
        ),
        Table(
            f"What is eligible: {about(e)[1]} that remain after each exclusion",
            disclosed(flow, counts=list(flow)).rename(columns=capital).reset_index(),
        ),
        Table(
            "What became of them",
            both_ways(settled[list(became)]).rename(columns=lambda status: capital(became[status])).reset_index(),
        ),
        Text(
            "In every table, counts of 1 to 7 are shown as * and others are rounded to the nearest 5, so sums may "
            "differ."
        ),
    ]


def _by_date(counts: list[dict], by: str, n: str) -> pd.DataFrame:
    """Counts by date (or year, of more than a dozen dates), as people write it, with a column for each of `by`."""
    told = [day and str(day) for day in (of["listed_on"] for of in counts)]
    length = 4 if len(set(told)) > MOST_DATES else 10
    dated = pd.DataFrame(counts).assign(
        listed_on=["All dates" if day is None else period(day[:length]) for day in told]
    )
    summed = dated.pivot_table(index="listed_on", columns=by, values=n, aggfunc="sum", sort=False)
    return summed[list(dict.fromkeys(dated[by]))].rename_axis(index="As-of date", columns=None)


def training(e) -> list[Block]:
    return [
        Text(
            "Most households are used for fitting. The others, picked by a fixed scramble of their id, are kept back, "
            "and the latest of their training dates calibrate the model. Every training outcome was settled before "
            "the first test date."
        ),
        _periods(e, ("fit", "calibrate")),
        *_drawn(e["periods"]["fit"].get("drawn")),
    ]


def _drawn(rows: int | None) -> list[Block]:
    if rows is None:
        return []
    told = f"Of the rows for fitting, {count(rows)} were drawn and fitted on, each weighing as many as it stands for."
    return [Text(told)]


def evaluation(e) -> list[Block]:
    return [
        Text("The last dates, seen neither in fitting, nor in calibration, nor in the choice of the model."),
        _periods(e, ("test",)),
        *by_date(e),
    ]


def _ethics(e) -> list[Block]:
    others = sum(c["grain"] == "household" for c in e["columns"])
    lines = [
        f"The inputs bring together records that no single service sees. {from_whom(e)} Each input rests on a sharing "
        "agreement that is live; one without is not built.",
        (
            "Records show contact with services, not need: whoever is watched more is recorded more, and the model "
            "learns that."
        ),
        "People may be on the list through no act of their own; being on it says nothing about blame.",
        "A score must never be the only ground for a decision: a professional looks at the case and may overrule it.",
        OBJECTING,
    ]
    if others:
        lines.insert(
            2,
            f"{others} of the {len(e['columns'])} inputs rest on records of the household or of its other members. "
            "Reasons shown to staff never name the person or the fact.",
        )
    return [Items(lines)]


def caveats(e) -> list[Block]:
    m = chosen(e)
    lines = [
        f"The figures hold for {e['single_view']['name']} as it was on {day(e['single_view']['extract_on'])}; "
        "services, thresholds and recording change, and a model in use changes what it is later trained on.",
        f"The test rests on {count(m['events'])} events: small differences in it are chance.",
        "A missed link between records makes a person look as if they had less contact than they had; this falls "
        "more often on people without a fixed home and on minority ethnic residents.",
    ]
    if e["single_view"]["invented"]:
        lines.insert(
            0,
            "All residents are invented. The figures show that the method works; they say nothing of any real place, "
            "and the model must not be used on real people.",
        )
    if m["events"] < 200:
        lines.insert(1, "Fewer than 200 events were tested on: not enough to approve individual use.")
    return [Items(lines)]


def _contest(e) -> list[Block]:
    return [Text(str(e["card"]["contest"])), Text(OBJECTING), Facts([("Contact", e["card"]["contact"])])]


def _approval(e) -> list[Block]:
    return [
        Facts(
            [
                ("Approval", e["approval"]),
                ("Gates", verdict(e["gates"])),
                ("Each gate, with its limit and its reason", Link("Gate record", "gates.html")),
                ("Who has signed, and what ends it", Link("Approval status", "approval.html")),
                ("Use level", USE[e["outcome"]["use_level"]]),
                ("Expires on", day(e["card"]["expires_on"])),
                ("Model and run id", e["identity"]),
            ]
        )
    ]


def _periods(e, names: tuple[str, ...]) -> Table:
    titles = {"fit": "Fitting", "calibrate": "Calibration", "test": "Test"}
    used = [e["periods"][name] for name in names]
    rows = pd.DataFrame(
        {
            "Used for": [titles[n] for n in names],
            "As-of dates": [dates(p["dates"]) for p in used],
            "Rows": [p["n"] for p in used],
            "With the outcome": [p["events"] for p in used],
        }
    )
    return Table(f"Rows (one per {about(e)[0]} and date)", disclosed(rows, counts=["Rows", "With the outcome"]))


# Identifier, title, the evidence it needs, and who writes it; in reading order.
SECTIONS = (
    (
        "summary",
        "In one minute",
        (
            "outcome.title",
            "outcome.purpose",
            "candidates",
            "chosen.name",
            "rule",
            "approval",
            "gates.verdict",
            "groups",
        ),
        _summary,
    ),
    (
        "details",
        "Model details",
        (
            "outcome.title",
            "titles",
            "chosen.reason",
            "identity",
            "single_view.name",
            "single_view.extract_on",
            "columns",
            "card.contact",
            "card.expires_on",
        ),
        _details,
    ),
    ("use", "Intended use", ("outcome.purpose", "outcome.use_level", "outcome.correct_flag"), intended_use),
    ("wrong", "The cost of a wrong flag", ("outcome.wrong_flag", "candidates", "chosen.name"), wrong_flag),
    (
        "label",
        "What is predicted, and how it comes to be recorded",
        ("outcome.sentence", "outcome.label_story", "outcome.horizon_days"),
        label,
    ),
    (
        "inputs",
        "What the model uses",
        ("columns", "importance.agency", "importance.columns", "agencies.agencies"),
        inputs,
    ),
    ("data", "Data and dates", ("flow", "settled"), data),
    ("training", "Training data", ("periods.fit", "periods.calibrate"), training),
    ("choice", "How the model was chosen", ("folds.folds", "charts.regret", "chosen.reason", "specification"), choice),
    ("evaluation", "Evaluation data", ("periods.test", "candidates", "chosen.name"), evaluation),
    (
        "metrics",
        "Metrics",
        ("candidates", "chosen.name", "charts.reliability", "charts.list_length", "charts.scores"),
        how_good,
    ),
    ("calibration", "Calibration", ("calibration.methods", "calibration.sentence"), calibrated),
    ("practice", "Comparison with a simple rule", ("candidates", "titles", "chosen.name", "rule"), practice),
    ("worth", "What it is worth", ("worth.net_benefit", "charts.net_benefit"), worth),
    ("steady", "How steady it is", ("stability.shuffled", "charts.instability"), steady),
    ("factors", "Factors", ("groups",), factors),
    ("groups", "Results by group", ("groups", "audit.gaps", "charts.groups"), by_group),
    ("unevaluable", "Groups that cannot be evaluated", ("groups",), unevaluable),
    (
        "explanation",
        "What moves the scores",
        ("explanation.method", "explanation.background_rows", "explanation.rows", "charts.beeswarm", "charts.agency"),
        what_moves,
    ),
    ("ethics", "Ethical considerations", ("columns",), _ethics),
    ("caveats", "Caveats", ("single_view.name", "single_view.extract_on", "candidates", "chosen.name"), caveats),
    ("contest", "How a resident can contest it", ("card.contest", "card.contact"), _contest),
    (
        "approval",
        "Approval and expiry",
        ("approval", "gates.gates", "card.expires_on", "identity", "outcome.use_level"),
        _approval,
    ),
)
