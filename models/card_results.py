"""The sections of the model card that hold results: figures, comparison, groups."""

import pandas as pd

from models import beside_county, released
from models.blocks import Block, Items, Picture, Table, Text
from models.characteristics import CHARACTERISTICS
from models.disclosure import count, too_few
from models.fairness import largest
from models.group_tables import WITHIN, figures, told
from models.wording import METRICS, TOO_FEW, capital, figure, listed, means, of_100, period, plain, points

GROUP_FIGURES = {
    "selection_rate": "Flagged",
    "fnr": "Missed",
    "ppv": "Right flags",
    "o_e": "Observed over expected",
    "auc": "AUC",
}
DATE_FIGURES = {name: METRICS[name].title for name in ("auc", "precision_at_capacity", "recall_at_capacity", "o_e")}

# What precision and recall are of a group. The counts that they rest on; every other figure: events and rows.
AS_OF_A_GROUP = {"precision_at_capacity": "ppv", "recall_at_capacity": "fnr"}
RESTS_ON = {name: WITHIN[rate] for name, rate in AS_OF_A_GROUP.items()}

UNSEEN = "those who were also in training left out"  # a way in which the test is judged again
HOW_TO_READ = (
    "Flagged: on a list of the service's capacity. Missed: of those who had the outcome, not flagged. Right flags: of "
    "those flagged, had the outcome. Observed over expected: above 1, the scores promised the group too little. A rate "
    "is *, as a count is, where it rests on a count of 1 to 7 or would give one away."
)


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
            "Intervals come from resampling whole households. Capacity is how many the service can see "
            f"{each(e)}: {m['capacity']:,}. {as_if_seen(e)} {_ties(m)}".strip()
        ),
        Text(also_in_training(e)),
        Picture("What the scores promise and what happened", *e["charts"]["reliability"]),
        Picture("How right and how complete the list is, by its length", *e["charts"]["list_length"]),
        Picture("How the scores are spread", *e["charts"]["scores"]),
    ]
    return blocks


def _ties(m: dict) -> str:
    """What ties for the last places could make of precision and recall."""
    worst, best = (
        [m["ties"][name][how] for name in ("precision_at_capacity", "recall_at_capacity")] for how in ("worst", "best")
    )
    if not m["precision_at_capacity"] or not m["recall_at_capacity"] or None in (*worst, *best):
        return ""
    if worst == best:
        return "No ties for the last places move a figure."
    return (
        "Ties for the last places are counted at their expectation; at worst precision and recall would be "
        f"{worst[0] * 100:.0f}% and {worst[1] * 100:.0f}%, at best {best[0] * 100:.0f}% and {best[1] * 100:.0f}%."
    )


def practice(e) -> list[Block]:
    rows = {
        f"{capital(e['titles'][name])}{' (chosen)' if name == e['chosen']['name'] else ''}": publishable(m)
        for name, m in e["candidates"].items()
    }
    return [
        Text(f"{rule_said(e)} A model is worth its complexity only if it does better. {done_today(e)}"),
        compared("The candidates on the same test dates", "Model", rows),
        Text(against_rule(chosen(e), simple_rule(e), e)),
    ]


def factors(e) -> list[Block]:
    known_of = held(e)
    missing = [name for name, known in known_of.items() if not known]
    others = [a for a in e["groups"] if not any(a in known for known in CHARACTERISTICS.values())]
    lines = [
        f"Protected characteristics checked: {listed([n for n, known in known_of.items() if known] or ['none'])}.",
        (
            f"Not checked, for want of a column in the audit: {listed(missing or ['none'])}. That is a gap in the "
            "evidence, not a pass."
        ),
    ]
    if others:
        lines.append(f"Also checked: {listed([plain(a, e['names']) for a in others])}.")
    return [Items(lines)]


def held(e) -> dict[str, list[str]]:
    """Each protected characteristic with what the audit holds of it."""
    return {name: [a for a in known if a in e["groups"]] for name, known in CHARACTERISTICS.items()}


def by_group(e) -> list[Block]:
    blocks: list[Block] = [Items(beside_county.sentences(e)), Text(HOW_TO_READ)]
    for attribute, records in e["groups"].items():
        blocks.append(Table(f"By {plain(attribute, e['names'])}", figures(records, GROUP_FIGURES)))
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
    for attribute, record in with_gaps(e):
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
            f"For these groups the test holds too few {about(e)[1]} with the outcome. Nothing is known about whether "
            "the model serves them well, and that must not be read as a pass."
        ),
        Table("What cannot be told", pd.DataFrame(rows, columns=["By", "Groups", "What the test cannot tell"])),
    ]


def by_date(e) -> list[Block]:
    dates = chosen(e)["by_date"]
    periods = [of | {"group": period(d["as_of"])} for d, of in zip(dates, _counts(chosen(e)), strict=True)]
    columns = {
        title: (
            AS_OF_A_GROUP.get(name, name),
            [figure(name, {"value": d[name], **d["intervals"][name]}) for d in dates],
        )
        for name, title in DATE_FIGURES.items()
    }
    return [Table("Each test period by itself", told(periods, columns).rename(columns={"Group": "As of"}))]


def about(e) -> tuple[str, str]:
    """What a row is about, and several of them."""
    return {"resident": ("resident", "residents"), "property": ("dwelling", "dwellings")}[e["outcome"]["unit"]]


def sources(e) -> list[str]:
    """Whose records it rests on, in plain English; the linked record of people and homes itself is none."""
    named = dict.fromkeys(plain(of["agency"], e["names"]) for of in e["agreements"] if of["agency"] != "single_view")
    return list(named)


def each(e) -> str:
    """What a list of the service's capacity is of."""
    return "each month" if e["outcome"].get("trigger") else "at each date"


def lists(e) -> int:
    """How many lists of the service's capacity the test holds: one of each month, where events trigger the question."""
    length = 7 if e["outcome"].get("trigger") else 10
    return len({str(day)[:length] for day in e["periods"]["test"]["dates"]})


def as_if_seen(e) -> str:
    """What the lists of the test know that a list in use does not, where cases come one by one."""
    if not e["outcome"].get("trigger"):
        return ""
    return (
        "Each list is chosen as if all of a month's cases had been seen before choosing. In use they come one by one: "
        "expect fewer right flags, and more missed."
    )


def also_in_training(e) -> str:
    """How many tested rows are of whoever was in training too, at earlier dates, and how it does for the others."""
    m, rest, who = chosen(e), e["sensitivity"].get(UNSEEN), about(e)[1]
    were = f"{who} seen in training as well, themselves or their household, at earlier dates"
    if not rest:
        return f"Some rows may be of {were}. Too few of the others had the outcome to say how it does for them."
    others = publishable(rest)
    told = (
        f"Of the {count(m['n'])} rows tested, {count(m['n'] - rest['n'])} are of {were}. For the other "
        f"{count(rest['n'])} the AUC is {figure('auc', others['auc'])}, and observed over expected "
        f"{figure('o_e', others['o_e'])}"
    )
    off = promised(rest)
    return f"{told}: the scores promised them too {'little' if off == 'low' else 'much'}." if off else f"{told}."


def promised(m: dict) -> str:
    """Whether scores were too low or too high, beyond chance: by observed over expected; nothing where they were not.

    >>> by_date = [{"n": 900, "events": 90, "flagged": 50, "recall_at_capacity": 0.3}]
    >>> promised({"by_date": by_date, "o_e": {"value": 1.4, "low": 1.1, "high": 1.7}})
    'low'
    """
    of = publishable(m)["o_e"]
    if not of or of["low"] is None or of["low"] <= 1 <= of["high"]:
        return ""
    return "low" if of["low"] > 1 else "high"


def chosen(e) -> dict:
    return publishable(e["candidates"][e["chosen"]["name"]])


def simple_rule(e) -> dict | None:
    rule = e["candidates"].get("rule")
    return None if rule is None or e["chosen"]["name"] == "rule" else publishable(rule)


def against_rule(m: dict, rule: dict | None, e) -> str:
    if rule is None and e["chosen"]["name"] != "rule":
        return f"{rule_said(e)} It could not be used on these records, so that nothing is compared with it."
    if rule is None:
        return f"{rule_said(e)} It was chosen itself, because nothing more complex was clearly better."
    if value(m, "precision_at_capacity") is None or value(rule, "precision_at_capacity") is None:
        return f"{rule_said(e)} Whether the model is better: {TOO_FEW}."
    model = e["titles"][e["chosen"]["name"]]
    return (
        f"{rule_said(e)} By it, {with_interval(rule, 'precision_at_capacity')}; "
        f"with {model}, {of_100(value(m, 'precision_at_capacity'))}: a difference of "
        f"{points(e['worth']['lift']['precision_at_capacity'])}. So {model} {beside_rule(e)}."
    )


def rule_said(e) -> str:
    """What the simple rule sorts by, as a sentence."""
    sentence = next(column["sentence"] for column in e["columns"] if column["name"] == e["rule"])
    return f"The simple rule, which staff could use without a model, is sorting by “{sentence}”."


def done_today(e) -> str:
    """What is done today, as stated; nobody has measured it, so that only the simple rule stands beside the model."""
    return (
        f"What is done today: {e['statements']['previous_process']} Whom that would list was not measured: the model "
        "is measured against the simple rule alone."
    )


def beside_rule(e) -> str:
    """Whether the chosen model was shown to be better than the simple rule, to follow its name; see `shown_better`."""
    return f"is {shown_better(e)} than the simple rule"


def shown_better(e) -> str:
    """Whether the chosen model's lists were shown to be better than the simple rule's: by the interval, not the value.

    What rests on too few to be shown is for the caller to hold back.
    """
    of = e["worth"]["lift"]["precision_at_capacity"]
    if of["low"] is not None and of["low"] > 0:
        return "better"
    if of["high"] is not None and of["high"] < 0:
        return "worse"
    return "not shown to be better"


def told_worth(e) -> dict:
    """What the lists are worth, None where it rests on too few to be shown."""
    return released.worth(
        {"figures": e["candidates"][e["chosen"]["name"]], "candidates": e["candidates"], **e["worth"]}
    )


def value(m: dict, name: str) -> float | None:
    """A figure of a publishable record, None where it is undefined or rests on too few to be shown."""
    return m[name]["value"] if m[name] else None


def with_interval(m: dict, name: str) -> str:
    """What a share means, with its interval."""
    of = m[name]
    if not of or of["low"] is None:
        return means(name, of)
    return f"{means(name, of)} (95% interval {of['low'] * 100:.0f} to {of['high'] * 100:.0f} in 100)"


def cannot_tell_line(e) -> str:
    counted = largest(e["groups"])
    groups = sum(len(e["groups"][attribute]) for attribute in counted)
    found = sum(attribute in counted for attribute, _ in with_gaps(e))
    if not found:
        return f"Nothing was out of reach: all {groups} groups of {about(e)[1]} could be evaluated."
    return f"Whether it serves {found} of {groups} groups of {about(e)[1]} well: too few of them had the outcome."


def compared(caption: str, head: str, rows: dict[str, dict]) -> Table:
    shown = ("precision_at_capacity", "recall_at_capacity", "auc", "average_precision", "calibration_slope", "o_e")
    table = {head: list(rows)} | {METRICS[name].title: [figure(name, m[name]) for m in rows.values()] for name in shown}
    return Table(caption, pd.DataFrame(table))


def publishable(m: dict) -> dict:
    """A record of models.metrics.evaluate with None for every figure that rests on too few people to be shown."""
    total = pd.DataFrame(_counts(m)).sum()
    return m | {name: None for name in METRICS if too_few(*total[list(RESTS_ON.get(name, ("events", "n")))])}


def _counts(m: dict) -> list[dict]:
    """What the figures of a record of models.metrics.evaluate rest on, at each date."""
    return [
        {
            "n": d["n"],
            "events": d["events"],
            "flagged": d["flagged"],
            "found": round((d["recall_at_capacity"] or 0) * d["events"], 1),
        }
        for d in m["by_date"]
    ]


def with_gaps(e) -> list[tuple[str, dict]]:
    """The groups (attribute, record) for which a figure that the card shows rests on too few events."""
    return [
        (attribute, record)
        for attribute, records in e["groups"].items()
        for record in records
        if set(record["unevaluable"]) & set(GROUP_FIGURES)
    ]
