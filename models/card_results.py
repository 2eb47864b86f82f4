"""The sections of the model card that hold results: figures, comparison, groups, explanation."""

import pandas as pd

from models.card_blocks import Block, Items, Picture, Table, Text
from models.disclosure import count
from models.disclosure import table as disclosed
from models.wording import METRICS, capital, day, figure, listed, means, of_100, plain

CHARACTERISTICS = {  # the Equality Act's nine, and the audit's names for what is held of them
    "age": ("age_band", "age"),
    "disability": ("disability",),
    "gender reassignment": ("gender_identity",),
    "marriage and civil partnership": ("marital_status",),
    "pregnancy and maternity": ("pregnancy",),
    "race": ("ethnicity",),
    "religion or belief": ("religion",),
    "sex": ("sex",),
    "sexual orientation": ("sexual_orientation",),
}

RATES = {
    "Flagged": "selection_rate",
    "Missed": "fnr",
    "Right flags": "ppv",
    "Observed over expected": "o_e",
    "AUC": "auc",
}


def how_good(e) -> list[Block]:
    m = chosen(e)
    blocks: list[Block] = [
        Table(
            "How good the model is on the test dates",
            pd.DataFrame(
                {
                    "Figure": [w.title for w in METRICS.values()],
                    "Value (95% interval)": [figure(name, m[name]) for name in METRICS],
                    "In plain English": [capital(means(name, m[name])) for name in METRICS],
                    "Best": [w.best for w in METRICS.values()],
                }
            ),
        ),
        Text(
            "Intervals come from resampling whole households. Capacity is how many people the service can see at "
            f"each date: {m['capacity']:,}."
        ),
        Picture("What the scores promise and what happened", *e["charts"]["reliability"]),
        Picture("How right and how complete the list is, by its length", *e["charts"]["list_length"]),
        Picture("How the scores are spread", *e["charts"]["scores"]),
    ]
    if e.get("sensitivity"):
        blocks.append(
            _compared("The same figures when some rows are left out", "Left out", {"nothing": m} | e["sensitivity"])
        )
    return blocks


def practice(e) -> list[Block]:
    rows = {
        f"{capital(e['titles'][name])}{' (chosen)' if name == e['chosen']['name'] else ''}": m
        for name, m in e["candidates"].items()
    }
    if e.get("ceiling"):
        rows["The hidden truth: the best that any model could do"] = e["ceiling"]
    return [
        Text(
            "The simple rule is what a practitioner would sort by today. A model is worth its complexity only if it "
            "does better."
        ),
        _compared("The candidates on the same test dates", "Model", rows),
        Text(against_rule(chosen(e), simple_rule(e), e)),
    ]


def factors(e) -> list[Block]:
    held = {name: [a for a in known if a in e["groups"]] for name, known in CHARACTERISTICS.items()}
    missing = [name for name, known in held.items() if not known]
    others = [a for a in e["groups"] if not any(a in known for known in CHARACTERISTICS.values())]
    lines = [
        f"Protected characteristics checked: {listed([n for n, known in held.items() if known] or ['none'])}.",
        (
            f"Not checked, for want of a column in the audit: {listed(missing or ['none'])}. That is a gap in the "
            "evidence, not a pass."
        ),
    ]
    if others:
        lines.append(f"Also checked: {listed([plain(a, e['names']) for a in others])}.")
    return [Items(lines)]


def by_group(e) -> list[Block]:
    blocks: list[Block] = [
        Text(
            "Flagged: on a list of the service's capacity. Missed: of those who had the outcome, not flagged. Right "
            "flags: of those flagged, had the outcome. Observed over expected: above 1, the scores promised the "
            "group too little."
        )
    ]
    for attribute, records in e["groups"].items():
        blocks.append(Table(f"By {plain(attribute, e['names'])}", _group_table(records)))
    return [*blocks, Picture("How well the model ranks within each group", *e["charts"]["groups"])]


def unevaluable(e) -> list[Block]:
    words = {
        "selection_rate": "how often they are flagged",
        "fnr": "how many are missed",
        "ppv": "how often a flag is right",
        "o_e": "whether scores are too high or too low",
        "auc": "how well the model ranks",
    }
    together: dict[tuple, list[str]] = {}
    for attribute, record in _too_few(e):
        lacking = tuple(words[name] for name in words if name in record["unevaluable"])
        together.setdefault((attribute, lacking), []).append(record["group"])
    if not together:
        return [Text("Every group had enough events in the test to be evaluated.")]
    rows = [
        (
            capital(plain(attribute, e["names"])),
            "; ".join(groups),
            "Anything" if len(lacking) == len(words) else capital(listed(list(lacking))),
        )
        for (attribute, lacking), groups in together.items()
    ]
    return [
        Text(
            "For these groups the test holds too few people with the outcome. Nothing is known about whether the "
            "model serves them well, and that must not be read as a pass."
        ),
        Table("What cannot be told", pd.DataFrame(rows, columns=["By", "Groups", "What the test cannot tell"])),
    ]


def what_moves(e) -> list[Block]:
    x = e["explanation"]
    drawn = f"{count(x['background_rows'])} training residents drawn at random"
    return [
        Text(
            "Each score is taken apart exactly into what each column added to it or took away, compared with "
            f"{drawn if x['background_rows'] else 'the training data'}. Method: {x['method']}. The pictures show "
            f"{count(x['rows'])} test rows. Contributions are in log-odds: 0.7 doubles the odds, -0.7 halves them."
        ),
        Text(
            "This says what the model used. It does not say why something happened, and changing an input would not "
            "change anyone's future."
        ),
        Picture("What the model used, for a sample of residents", *e["charts"]["beeswarm"]),
        Picture("What moves the scores, by who recorded it", *e["charts"]["agency"]),
    ]


def by_date(e) -> list[Block]:
    dates = chosen(e)["by_date"]
    shown = ("auc", "precision_at_capacity", "recall_at_capacity", "o_e")
    table = {
        "As-of date": [day(d["as_of"]) for d in dates],
        "Rows": [count(d["n"]) for d in dates],
        "With the outcome": [count(d["events"]) for d in dates],
    }
    table |= {
        METRICS[name].title: [figure(name, {"value": d[name], "low": None, "high": None}) for d in dates]
        for name in shown
    }
    return [Table("Each test date by itself", pd.DataFrame(table))]


def chosen(e) -> dict:
    return e["candidates"][e["chosen"]["name"]]


def simple_rule(e) -> dict | None:
    return e["candidates"].get("rule") if e["chosen"]["name"] != "rule" else None


def against_rule(m: dict, rule: dict | None, e) -> str:
    if rule is None:
        return "The simple rule itself was chosen, because nothing more complex was clearly better."
    return (
        f"Sorting by the simple rule, {means('precision_at_capacity', rule['precision_at_capacity'])} "
        f"({interval(rule['precision_at_capacity'])}); with {e['titles'][e['chosen']['name']]}, "
        f"{of_100(m['precision_at_capacity']['value'])}."
    )


def interval(of: dict) -> str:
    return "too few to say" if of["low"] is None else f"{of['low'] * 100:.0f} to {of['high'] * 100:.0f} in 100"


def cannot_tell_line(e) -> str:
    groups, found = sum(len(records) for records in e["groups"].values()), len(_too_few(e))
    if not found:
        return f"Nothing was out of reach: all {groups} groups of people could be evaluated."
    return f"Whether it serves {found} of {groups} groups of people well: too few of them had the outcome."


def _compared(caption: str, head: str, rows: dict[str, dict]) -> Table:
    shown = ("precision_at_capacity", "recall_at_capacity", "auc", "average_precision", "calibration_slope", "o_e")
    table = {head: list(rows)} | {
        METRICS[name].title: [figure(name, m[name]) if name in m else "-" for m in rows.values()] for name in shown
    }
    return Table(caption, pd.DataFrame(table))


def _group_table(records: list[dict]) -> pd.DataFrame:
    """The groups of one attribute; small numbers, and every rate that rests on one, are not shown."""
    counts = pd.DataFrame(records)[["group", "n", "events"]].rename(
        columns={"group": "Group", "n": "Rows", "events": "With the outcome"}
    )
    return disclosed(counts, counts=["Rows", "With the outcome"]).assign(
        **{title: [_rate(name, record) for record in records] for title, name in RATES.items()}
    )


def _rate(name: str, record: dict) -> str:
    if name in record["unevaluable"]:
        return "too few"
    found = _found(record)
    rests_on = {
        "selection_rate": [record["flagged"]],
        "fnr": [record["events"] - found, found],
        "ppv": [found, record["flagged"] - found],
    }.get(name, [record["events"]])
    return "*" if "*" in [count(max(n, 0)) for n in rests_on] else figure(name, record[name])


def _found(record: dict) -> float:
    """Expected number of a group's events that were flagged, from whichever rate is given; 0 where neither is."""
    if record["fnr"]["value"] is not None:
        return (1 - record["fnr"]["value"]) * record["events"]
    return (record["ppv"]["value"] or 0.0) * record["flagged"]


def _too_few(e) -> list[tuple[str, dict]]:
    """The groups (attribute, record) for which a figure that the card shows rests on too few events."""
    return [
        (attribute, record)
        for attribute, records in e["groups"].items()
        for record in records
        if set(record["unevaluable"]) & set(RATES.values())
    ]
