"""The sections of the model card that say why to trust it, and how far: its choice, its worth, how steady it is."""

import pandas as pd

from models import released
from models.blocks import Block, Items, Picture, Table, Text
from models.card_results import about, chosen, compared, publishable, simple_rule, told_worth
from models.disclosure import count, too_few
from models.stability import enough
from models.titles import MAPS
from models.wording import TOO_FEW, capital, day, difference, figure, of_100, points


def choice(e) -> list[Block]:
    f = e["folds"]
    rows = [
        {
            "Trained until": day(fold["cut"]),
            "Judged on": _span(fold["dates"]),
            "Rows": count(fold["n"]),
            "With the outcome": count(fold["events"]),
            **_in_fold(fold, e["chosen"]["name"]),
        }
        for fold in f["folds"]
    ]
    told = [
        "Going through time as it would in use, every candidate is trained on what was settled by a day and judged on "
        "the dates that follow, several times over; the test dates are not looked at. What counts is how far a "
        "candidate is behind the best of each fold."
    ]
    if f["folds"][0]["of_households"]:
        told = ["There are too few dates to go through time: the candidates are judged on households kept back."]
    if f.get("left_out"):
        why = "; ".join(f"{day(fold['cut'])}, {fold['reason']}" for fold in f["left_out"])
        told.append(f"Folds left out: {why}.")
    return [
        *(Text(text) for text in told),
        Table("The folds of time", pd.DataFrame(rows)),
        Picture("How far each candidate was behind the best", *e["charts"]["regret"]),
        Text(e["chosen"]["reason"]),
        *_set_aside(e),
        *_points_of_card(e),
    ]


def _in_fold(fold: dict, chosen: str) -> dict[str, str]:
    """The AUC of the chosen candidate, and how far behind the best of the fold that is."""
    few = too_few(fold["events"], fold["n"])
    told = {of: {"value": fold[of][chosen], **fold["intervals"][of][chosen]} for of in ("auc", "regret")}
    return {
        "AUC of the chosen": TOO_FEW if few else figure("auc", told["auc"]),
        "Behind the best": TOO_FEW if few else figure("regret", told["regret"]),
    }


def _points_of_card(e) -> list[Block]:
    """The scorecard as it would be added up on paper, where it is what was chosen."""
    lines = e["specification"].get("points")
    if not lines:
        return []
    sentences = {column["name"]: column["sentence"] for column in e["columns"]}
    rows = [
        {
            "What the records show": sentences[line["column"]],
            "Number": f"{line['side']} {line['from']:,.6g}",
            "Points": line["points"],
        }
        for line in lines
    ]
    return [Table("The points of each line, which are added up", pd.DataFrame(rows))]


def _set_aside(e) -> list[Block]:
    aside = e["chosen"].get("set_aside") or {}
    if not aside:
        return []
    return [Items([f"{capital(e['titles'][name])} was set aside: {reason}." for name, reason in aside.items()])]


def _span(dates: dict) -> str:
    first, last = day(dates["first"]), day(dates["last"])
    return first if first == last else f"{first} to {last} ({dates['n']} days)"


def calibrated(e) -> list[Block]:
    c = e["calibration"]
    shown = ("slope", "o_e", "ici", "brier", "log_loss")
    titles = {
        "slope": "Slope (best 1)",
        "o_e": "Observed over expected (best 1)",
        "ici": "Distance from the truth (ICI, best 0)",
        "brier": "Brier score (best 0)",
        "log_loss": "Log loss (best 0)",
    }
    names = list(c["methods"])
    table = {"Method": [capital(MAPS[name]) + (" (used)" if name == "sigmoid" else "") for name in names]} | {
        titles[key]: [figure(key, c["methods"][name][key]) for name in names] for key in shown
    }
    return [
        Text(
            "Households that no candidate was fitted on turn the model's scores into chances. The ways of doing so are "
            f"compared on them, each judged on those that it has not seen. {c['sentence']}"
        ),
        Table("Ways of calibrating, compared", pd.DataFrame(table)),
    ]


def worth(e) -> list[Block]:
    w, m, shown = e["worth"], chosen(e), told_worth(e)
    blocks: list[Block] = []
    lift = shown["lift"]
    if lift and all(m[name] for name in ("precision_at_capacity", "recall_at_capacity", "auc")):
        blocks.append(
            Items(
                [
                    f"Right flags, model less rule: {points(lift['precision_at_capacity'])}; "
                    f"{figure('ratio', lift['precision_ratio'])} times as many.",
                    f"Found of those with the outcome, model less rule: {points(lift['recall_at_capacity'])}.",
                    f"AUC, model less rule: {figure('auc', lift['auc'])}.",
                ]
            )
        )
    at = w["net_benefit"]
    blocks += [
        Text(
            f"One found in time is taken to be worth {w['worth']:,} needless looks, so a risk of "
            f"{of_100(at['threshold'])} or more is worth a look. Net benefit counts those found less the needless "
            "looks at that rate; intervals are of 95%."
        ),
        Items(
            [
                f"{said}: {difference(shown['net_benefit'] and at[name], 1000, 2)}."
                for name, said in (
                    ("model", "Net benefit of the model, per 1,000"),
                    ("over_rule", "Net benefit per 1,000, model less rule"),
                    ("over_all", "Net benefit per 1,000, model less seeing everybody"),
                )
                if at.get(name)
            ]
        ),
        Picture("What the scores are worth at each threshold", *e["charts"]["net_benefit"]),
    ]
    if w.get("newly_found"):
        blocks.append(Text(_newly(w["newly_found"], nobody=e["worth"]["newly_found"]["found"]["value"] is None)))
    if w.get("value") and m["precision_at_capacity"]:
        blocks += _saved(w["value"], e)
    return blocks


def _newly(new: dict, *, nobody: bool) -> str:
    share = new["share_of_found"]
    if nobody:
        return "Everybody asked about has an open case with a service already, so nobody could be newly found."
    if share["value"] is None:
        return f"How many of those rightly listed no service has an open case for: {TOO_FEW}."
    return (
        f"Of those rightly listed, {figure('ppv', share)} have no open case with any service: about "
        f"{count(new['found']['value'])} over all test lists whom the caseloads of that day would not have shown."
    )


def _saved(v: dict, e) -> list[Block]:
    each = f"If each right flag saves {v['each']:g} {v['what']} at £{v['pounds']:g}, as params.yaml assumes"
    rule = simple_rule(e)
    over_rule = v["over_rule"] if rule and rule["precision_at_capacity"] else None
    rows = {
        said + beyond: of[period]
        for of, beyond in ((v, ""), (over_rule, ", more than by the simple rule"))
        for period, said in (("per_list", "For each list"), ("per_year", "In a year"))
        if of and of[period]
    }
    table = {
        "": list(rows),
        "Right flags": [_amount(of["found"], 1) for of in rows.values()],
        capital(v["what"]): [_amount(of["saved"], 0) for of in rows.values()],
        "Pounds": [_amount(of["pounds"], 0) for of in rows.values()],
    }
    return [
        Text(
            f"{each}, the lists are worth this to a county of {count(e['held']['rows']['residents'])} residents on "
            "record. It is a sum, not an experiment: nobody has tried whether a flag saves them."
            + (
                " The simple rule would find many of them too: what the model adds is the difference, and where the "
                "interval of that reaches below 0, it is not shown to add anything."
                if over_rule
                else ""
            )
        ),
        Table("What the lists save", pd.DataFrame(table)),
    ]


def _amount(of: dict, digits: int) -> str:
    """An amount with its interval, and a digit more where one of them is less than one.

    >>> _amount({"value": 1.84, "low": 1.36, "high": 2.23}, 1), _amount({"value": 8.1, "low": -0.2, "high": 19}, 0)
    ('1.8 (1.4 to 2.2)', '8.1 (-0.2 to 19.0)')
    """
    known = [of[end] for end in ("value", "low", "high") if of[end] is not None]
    digits += any(0 < abs(x) < 1 for x in known)
    value, *ends = (f"{x:,.{digits}f}" for x in known)
    return value + (f" ({ends[0]} to {ends[1]})" if ends else "")


def steady(e) -> list[Block]:
    s = e["stability"]
    return [
        Text(
            f"The model was fitted again {s['refits']} times, each time as if other households of the same county had "
            "been on record. A list that changes with that says more about chance than about people."
            + f" {few_refits(e)}".rstrip()
        ),
        Items(
            [
                f"{listed_again(e)}.",
                f"Two lists share {figure('ppv', _with_interval(s, 'jaccard'))} of all who are on either, on average.",
                f"On average a score moves by {_moved(_with_interval(s, 'mean_difference'))} in 100; half of all "
                f"scores move by at most {figure('ppv', _with_interval(s, 'median_move'))} of themselves.",
            ]
        ),
        Picture("How much scores move when the model is fitted again", *e["charts"]["instability"]),
        Text(_shuffled(s["shuffled"])),
        *_counted_otherwise(e),
    ]


def listed_again(e) -> str:
    """How many of those on a list are on it again whichever households are on record, as a sentence without its end."""
    of_again, refits = again(e), e["stability"]["refits"]
    told = TOO_FEW if of_again is None else of_100(of_again["value"])
    if of_again and of_again["low"] is not None:
        told += f" (95% interval {of_again['low'] * 100:.0f} to {of_again['high'] * 100:.0f} in 100)"
    return f"Of those listed, {told} are listed again in at least {enough(refits)} of the {refits} refits"


def few_refits(e) -> str:
    refits, asked = e["stability"]["refits"], e["refits_asked"]
    return f"Only {refits} refits were made: they show the way, and a decision wants {asked}." if refits < asked else ""


def again(e) -> dict | None:
    """The share of those listed who are listed again, None where it rests on too few to be shown."""
    of, places = e["stability"]["recurs"], released.on_lists(e["candidates"][e["chosen"]["name"]])
    return None if of["value"] is None or too_few(round(of["value"] * places, 2), places) else of


def _with_interval(s: dict, name: str) -> dict:
    return {"value": s[name], **s["intervals"][name]}


def _moved(of: dict) -> str:
    value, low, high = (None if of[end] is None else f"{of[end] * 100:.2g}" for end in ("value", "low", "high"))
    return f"{value}" + ("" if low is None else f" ({low} to {high})")


def _counted_otherwise(e) -> list[Block]:
    if not e["sensitivity"]:
        return [Text("Counting deaths, departures or late records otherwise changes no outcome of the test.")]
    return [
        compared(
            "The same figures when something is counted differently",
            "Counted",
            {"as everywhere else in this card": chosen(e)}
            | {name: publishable(of) for name, of in e["sensitivity"].items()},
        ),
        Text(
            f"Deaths count as no outcome and {about(e)[1]} who left are not used, unless the row says otherwise; the "
            "allowance is how long after the window records are waited for."
        ),
    ]


def _shuffled(s: dict) -> str:
    verdict = "as it should" if s["within"] else "which it should not: something in the data gives the outcome away"
    return (
        f"Fitted on outcomes dealt out at random, the same kind of model has an AUC of {s['auc']:.3f}; for so many "
        f"events chance alone gives {s['low']:.3f} to {s['high']:.3f}. It lies "
        f"{'within' if s['within'] else 'outside'} that, {verdict}."
    )
