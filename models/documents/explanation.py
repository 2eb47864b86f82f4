"""The explanation report: what drives a model's scores, for whom, and how far its reasons can be relied on.

Written for readers who are shown reasons and must judge them: the ethics group, team leads, a resident's adviser.
"""

import numpy as np
import pandas as pd

from models.blocks import Block, Facts, Items, Picture, Table, Text
from models.card_results import about
from models.disclosure import count, percent
from models.documents.worked_cases import cases
from models.drift import MOVED, MOVED_FAR
from models.explanation_charts import between, cluster_bars, dependence, group_differences, is_clear
from models.filling import Part
from models.recipients import goes_to
from models.wording import capital, dates, lower, of_100, plain

STARTS_FROM = "the score at the average of the log-odds, which is not how common the outcome is"
STEADY = 0.8  # the share of top reasons that a reader would expect to stand


def _reading(e: dict) -> list[Block]:
    x = e["explanation"]
    compared = (
        f"{x['background_rows']:,} {about(e)[1]} drawn by chance, of the training dates: "
        f"{dates(e['periods']['fit']['dates'])}"
        if x["background_rows"]
        else "all rows that the model was fitted on"
    )
    return [
        Text(
            "A score is taken apart into contributions, one for each input. They say how far what is recorded moved "
            "this score from the county's average: they add up exactly to the score. They say what the model used. "
            "They do not say why anything happened, and nobody can change what will happen by changing an input."
        ),
        Text(
            "Contributions are told by what they make of the odds. A chance of 5 in 100 is odds of 5 to 95. Twice the "
            "odds are 10 to 95, a chance of about 10 in 100; half the odds, about 3 in 100. Contributions multiply: "
            "two that each double the odds make them four times what they were. On the technical scale, the log-odds, "
            "twice the odds is +0.69 and half is −0.69, and contributions are added."
        ),
        Facts(
            [
                ("What is explained", f"{capital(e['titles'][e['chosen']['name']])}, with its calibration"),
                ("How", f"{x['method']}: Shapley values, which share a score out among all inputs by fixed rules"),
                ("Compared with", compared),
                ("Where every score starts from", f"{of_100(_chance(x['base']))}: {STARTS_FROM}"),
                ("Shown below", f"{count(x['rows'])} rows of the test, as of {dates(x['dates'])}"),
                ("Intervals", "95%, by drawing whole households again and again"),
            ]
        ),
    ]


def _overall(e: dict) -> list[Block]:
    x = e["explanation"]
    many = [c for c in x["clusters"] if len(c["members"]) > 1 and c["importance"] > 0]
    told = (
        f"{len(many)} groups of inputs go together so closely (rank correlation of at least 0.7 between any two) that "
        "the model could as well have used another of the group. Which one it used is partly chance; what they do "
        "together is not, so they are counted together here."
        if many
        else "No two inputs go together so closely that the model could as well have used the other."
    )
    return [
        Picture("Whose records move the scores", *e["charts"]["agency"]),
        Picture("Which themes move the scores", *e["charts"]["theme"]),
        Text(told),
        Picture("What moves the scores, inputs that go together as one", *cluster_bars(x["clusters"])),
        *([Table("Inputs that are told as one", _members(many, e))] if many else []),
        Text(
            "Input by input, for a sample: each dot is one row of the test, and its colour is how high the value is. "
            "Nobody can be followed from one input to the next: dots are rounded, the extremes pulled in, and every "
            "input has a sample in an order of its own."
        ),
        Picture("What the model used, for a sample", *e["charts"]["beeswarm"]),
    ]


def _members(many: list[dict], e: dict) -> pd.DataFrame:
    sentences = {column["name"]: column["sentence"] for column in e["columns"]}
    rows = [(c["sentence"], "; ".join(lower(sentences[name]) for name in c["members"][1:])) for c in many[:10]]
    return pd.DataFrame(rows, columns=["The strongest", "Told with it"])


def _curves(e: dict) -> list[Block]:
    drawn = [curve for curve in e["explanation"]["curves"] if curve["bins"]]
    if not drawn:
        return [Text("Too few rows are explained to say how a contribution goes with the value of an input.")]
    return [
        Text(
            f"The {len(drawn)} inputs that move the scores most, value by value. The dot is what the value does to the "
            f"odds on average, the bar what it does for the middle 90 of 100 {about(e)[1]} with such a value: where "
            "the bar is long, what else is recorded matters. Every mark rests on at least 20 rows. A curve says what "
            "the model has learnt from past records, not what the input does to people."
        ),
        *(
            Picture(curve["sentence"], *dependence(curve, about(e)[1], prefix=f"curve-{number}"))
            for number, curve in enumerate(drawn, 1)
        ),
    ]


def _together(e: dict) -> list[Block]:
    x = e["explanation"]["interactions"]
    if x["pairs"] is None:
        return [Text(f"What inputs do together beyond what each does by itself: {x['method']}.")]
    if not x["pairs"]:
        return [
            Text(
                "Each input counts by itself, whatever the others say: this kind of model is a sum, so there are no "
                "interactions, by construction."
            )
        ]
    rows = [
        (*pair["sentences"], f"{pair['importance']['value']:.3f}{_ends(pair['importance'])}") for pair in x["pairs"]
    ]
    return [
        Text(
            "Some inputs say more together than each by itself: one may matter only when the other is high. If no two "
            f"did anything together, the odds of a score would be off by {_off(x['net'])} on average. That is worked "
            f"out for {count(x['rows'])} rows, by {x['method']}."
        ),
        Table(
            "The pairs that do most together",
            pd.DataFrame(rows, columns=["One input", "The other", "Average size (log-odds, 95% interval)"]),
        ),
    ]


def _off(net: dict) -> str:
    return f"a factor of {np.exp(net['value']):.2f} ({np.exp(net['low']):.2f} to {np.exp(net['high']):.2f})"


def _ends(of: dict) -> str:
    return "" if of["low"] is None else f" ({of['low']:z.3f} to {of['high']:z.3f})"


def _groups(e: dict) -> list[Block]:
    blocks: list[Block] = [
        Text(
            "Where the scores of a group are higher or lower than everybody else's, this says by how much, and through "
            "whose records. The parts add up exactly to the whole difference. It does not say whether a difference is "
            "fair: if a group is recorded more, or in greater need, its scores are higher either way. The equality "
            "assessment and the audit of errors by group are where to judge that."
        )
    ]
    for number, (attribute, records) in enumerate(e["explanation"]["by_group"].items()):
        title = capital(plain(attribute, e["names"]))
        if any("difference" in record for record in records):
            drawn = group_differences(records, attribute, e["names"], prefix=f"groups-{number}")
            blocks.append(Picture(f"{title}: scores beside everybody else's", *drawn))
            rows = [
                (r["group"], column["sentence"], between(column["difference"]))
                for r in records
                if "difference" in r and is_clear(r["difference"])
                for column in r["columns"][:3]
            ]
            columns = ["Group", "Input that sets its scores apart most", "Makes its odds"]
            if rows:
                found = pd.DataFrame(rows, columns=columns)
                blocks.append(Table(f"{title}: the three inputs that do most, where a group differs", found))
        few = [record["group"] for record in records if "unevaluable" in record]
        if few:
            blocks.append(
                Text(
                    f"{title}: not evaluable, with fewer than 100 explained rows in the group or outside it: "
                    f"{'; '.join(few)}. That is no finding that their scores are alike."
                )
            )
    return blocks


def _steady(e: dict) -> list[Block]:
    s, asked = e["stability"]["reasons"], e["refits_asked"]
    if s["same_top"] is None:
        return [Text("No refit of the model could be explained, so nothing can be said of how steady its reasons are.")]
    top = s["same_top"]["value"]
    together = "read all reasons together, and the records themselves."
    if s["refits"] < asked:
        verdict = f"Too few refits to judge: that takes {asked}, as in the gates. Until then, {together}"
    elif top >= STEADY:
        verdict = "Reasons may be read one by one."
    else:
        verdict = f"A single reason is no firm ground: {together}"
    return [
        Text(
            f"The model was fitted again {s['refits']} times, as if other households of the county had been on record, "
            f"and asked for its reasons for the same {count(s['rows'])} rows."
        ),
        Facts(
            [
                ("The weightiest reason is the same one, in the same direction", _share_of(s["same_top"], "rows")),
                (
                    "Of the three weightiest reasons, how many stay among the three",
                    _share_of(s["top_three"], "reasons"),
                ),
                ("How alike the order of all inputs is (1 is the same order)", _figure(s["importance"])),
            ]
        ),
        Text(verdict),
    ]


def _share_of(of: dict, what: str) -> str:
    low, high = (f"{of[key] * 100:.0f}" for key in ("low", "high"))
    return f"{of['value'] * 100:.0f} of 100 {what} ({low} to {high})"


def _figure(of: dict) -> str:
    return f"{of['value']:z.2f}" + ("" if of["low"] is None else f" ({of['low']:z.2f} to {of['high']:z.2f})")


def _inputs(e: dict) -> list[Block]:
    known = e["inputs"]
    sentences = {column["name"]: column["sentence"] for column in e["columns"]}
    weightiest = sorted(known, key=lambda c: -c["share"])[:12]
    moved = [c for c in known if c["drift"] > max(MOVED, c["by_chance"]) and c["share"] > 0]
    moved.sort(key=lambda c: -c["drift"])
    far = [c for c in moved if c["drift"] > MOVED_FAR]
    rows = [
        (sentences[c["name"]], f"{c['share'] * 100:.1f}%", percent(c["coverage"], c["rows"]), f"{c['drift']:.2f}")
        for c in weightiest
    ]
    said = (
        f"{len(moved)} of {len(known)} inputs that the model uses have moved since training by more than {MOVED:g}, "
        f"{len(far)} of them by more than {MOVED_FAR:g}. Those that moved most: {_names(moved[:5], sentences)}."
        if moved
        else f"No input that the model uses has moved by more than {MOVED:g} since training."
    )
    return [
        Text(
            "How often the weightiest inputs have anything to say, and how far their values have moved between the "
            "training dates and the test dates. Movement is the population stability index: up to 0.1 is small, above "
            f"0.25 a model should be looked at again. The rule of thumb takes {about(e)[1]} one by one, and a whole "
            "neighbourhood moves at once: its rates pass 0.1 sooner. The feature register has every input."
        ),
        Table(
            "The weightiest inputs",
            pd.DataFrame(
                rows, columns=["Input", "Share of what moves the scores", "Something recorded for", "Moved by"]
            ),
        ),
        Text(said),
    ]


def _names(columns: list[dict], sentences: dict[str, str]) -> str:
    return "; ".join(f"{lower(sentences[c['name']])} ({c['drift']:.2f})" for c in columns)


def _given(e: dict) -> list[Block]:
    return [
        Text(
            "With each score come its weightiest reasons, in words: what is recorded, what is typical, which way "
            "it moved the score, and how old the newest record of that agency is at most. Beside them stand the "
            f"agencies that hold nothing on the {about(e)[0]}, and how old the newest record of all is."
        ),
        Text(
            "A reason without that age either says by itself how old the record is (days since something, or a window "
            "that it must lie in), or rests on what has no such age to tell: age, the home, rates of the area, records "
            "of others or that the recipient may not see, or an agency of which the model holds no days since a record."
        ),
        Items(
            [
                "What other members of the household did or suffered is never told: such reasons say only that records "
                "about the household moved the score.",
                "What was recorded at the property may be an earlier occupant's, and is not told either.",
                "A rate of the neighbourhood is compared with the typical one and not printed: in a small area it is a "
                "neighbour's fact.",
                "A reason that rests on records which the recipient may not see is withheld, and said to be withheld; "
                "that an agency holds nothing is then withheld as well.",
                f"Who gets the list: {goes_to(e)}",
            ]
        ),
    ]


def _limits(e: dict) -> list[Block]:
    x = e["explanation"]
    return [
        Items(
            [
                "A contribution is not a cause. Rent arrears that raise a score may stand for low income, illness or a "
                "late payment of benefits.",
                "What is not recorded cannot be a reason. A low score with little behind it may be a life that no "
                "agency has seen.",
                "Where inputs go together, contributions are shared out among them in part by chance: read groups and "
                "agencies before single inputs.",
                f"An input that is left out is replaced by what other {about(e)[1]} have, one input at a time. Some of "
                "the combinations that are asked about so never occur.",
                f"Averages and curves are of {count(x['rows'])} rows of {dates(x['dates'])}. On later dates "
                "they may be others; those who score differ from those who are seen.",
                "What-ifs change records as time might; windows of more than a year are left as they are, and what one "
                "agency's silence would mean for another's records is not known.",
                "Reasons explain the score. Whether the score is right for somebody, only who knows them can say.",
            ]
        )
    ]


def _chance(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-log_odds)))


PARTS: tuple[Part, ...] = (
    ("reading", "How to read this", ("explanation.method", "periods.fit", "titles"), _reading),
    ("overall", "What moves the scores", ("explanation.clusters", "charts.beeswarm"), _overall),
    ("curves", "Value by value", ("explanation.curves",), _curves),
    ("together", "What inputs do together", ("explanation.interactions",), _together),
    ("groups", "What sets groups apart", ("explanation.by_group",), _groups),
    ("cases", "Worked cases", ("explanation.cases",), cases),
    ("steady", "Would the reasons be the same another time?", ("stability.reasons", "refits_asked"), _steady),
    ("inputs", "What the inputs hold, and whether they have moved", ("inputs", "columns"), _inputs),
    (
        "given",
        "What is told with a score, and what is withheld",
        ("statements.list_goes_to", "agreements", "columns"),
        _given,
    ),
    ("limits", "Limits", ("explanation.rows",), _limits),
)
