"""The rules of the gates that ask what a model's lists are worth: judged by enough events, better than what is simpler,
well above the base rate, worth their cost, and the same whichever households are on record.

As in `models.gate_rules`. The state rests on exact figures; a figure is told only where the small-number rule lets its
precision be told, since with the length of the list it gives back how many of those listed had the event.
"""

from models import released
from models.disclosure import SMALLEST_SHOWN, count, too_few
from models.fairness import MIN_EVENTS
from models.findings import (
    ENDLESS,
    FAIL,
    PASS,
    UNEVALUABLE,
    UNKNOWN,
    Finding,
    interval,
    lacking,
    numbers,
    order,
    within,
    worst,
)
from models.released import WITHHELD, found_on_lists, on_lists
from models.stability import enough
from models.titles import CANDIDATES, ORDER
from models.wording import figure, points


def events(evidence: dict, at: dict) -> Finding:
    """At least {events_at_least} events in the test; with fewer nothing may be decided about a single person."""
    if not evidence.get("test"):
        return lacking("the test")
    n = evidence["test"]["figures"]["events"]
    state = PASS if n >= at["events_at_least"] else UNEVALUABLE
    return Finding(state, f"{count(n)} events in the test.", float(n))


def beats_rule(evidence: dict, at: dict) -> Finding:
    """With the list as long as the service can see, a larger share of it is right than of the simple rule's and, where
    a more complex model was chosen, than of logistic regression's: the interval of the difference is clear of zero.
    Unevaluable where there are too few events, listed, or right on either list."""
    test = evidence.get("test")
    if not test:
        return lacking("the test")
    if test["chosen"] == "rule":
        return Finding(FAIL, "The simple rule itself was chosen: no model is needed.")
    asked = {"rule": test.get("lift")}
    if test["chosen"] in ORDER and ORDER.index(test["chosen"]) > ORDER.index("logistic"):
        asked["logistic"] = test.get("lift_over_logistic")
    states, told, first = [], [], None
    for other, lift in asked.items():
        better = (lift or {}).get("precision_at_capacity")
        if not better or better["low"] is None:
            states.append(UNEVALUABLE)
            told.append(f"model less {CANDIDATES[other]}: {UNKNOWN}")
            continue
        right = max(found_on_lists(of) for of in (test["figures"], test["candidates"].get(other)) if of)
        # what is not shown to be better is not: only where too little was measured can nothing be said
        states.append((PASS if better["low"] > 0 else FAIL) if _enough(test["figures"], right) else UNEVALUABLE)
        shown = released.than(test, other, better)
        first = first or shown
        told.append(f"model less {CANDIDATES[other]}: {points(shown)}")
    return Finding(worst(states), f"Right flags on the list, {'; '.join(told)}.", **numbers(first), details=tuple(told))


def base_rate(evidence: dict, at: dict) -> Finding:
    """The lower bound of the share of the list that is right is at least {base_rate_times} times the base rate.
    Unevaluable where there are too few events or listed, or both those right and those whom the limit asks for are
    too few."""
    if not evidence.get("test"):
        return lacking("the test")
    figures = evidence["test"]["figures"]
    precision, base = figures["precision_at_capacity"], figures["base_rate"]["value"]
    if precision["low"] is None or not base:
        return lacking("precision at capacity")
    times = {name: precision[name] / base for name in ("value", "low", "high")}
    asked = at["base_rate_times"] * base * on_lists(figures)
    judged = _enough(figures, max(found_on_lists(figures), asked))
    state = (PASS if times["low"] >= at["base_rate_times"] else FAIL) if judged else UNEVALUABLE
    shown = times if released.figures(figures)["precision_at_capacity"]["value"] is not None else WITHHELD
    said = f"How many times as often the list is right as a draw by lot: {interval(shown)}."
    said += "" if shown == WITHHELD else _perfect(figures, at)
    return Finding(state, said, **numbers(shown))


def net_benefit(evidence: dict, at: dict) -> Finding:
    """Net benefit above that of seeing nobody, of seeing everybody and of the simple rule, at {net_benefit_over} times
    the threshold at which a look is worth its cost. Unevaluable where there are too few events, listed, or right."""
    test = evidence.get("test") or {}
    curves = test.get("net_benefit_over")
    if not curves:
        return lacking("net benefit at the agreed thresholds")
    figures, against = test["figures"], {"model": "nobody", "over_all": "everybody", "over_rule": "the simple rule"}
    few = released.figures(figures)["precision_at_capacity"]["value"] is None
    judged, asked = (
        _enough(figures, found_on_lists(figures)),
        [(c, name) for c in curves for name in against if name in c],
    )
    states = [within(c[name], 0.0, ENDLESS) if judged else UNEVALUABLE for c, name in asked]
    shown = [WITHHELD if few else c[name] for c, name in asked]
    details = [
        f"at a risk of {c['threshold']:.3f}, over {against[name]}: {interval(of, 0.0)}: {state}"
        for (c, name), of, state in zip(asked, shown, states, strict=True)
    ]
    least = min(shown, key=lambda of: order(of["value"]))
    said = f"Events found for each seen, least of what it adds: {interval(least, 0.0)}."
    return Finding(worst(states), said, **numbers(least), details=tuple(details))


def stability(evidence: dict, at: dict) -> Finding:
    """Of those listed, at least {recur_at_least} are listed again in seven tenths of the refits on other draws of
    households. Unevaluable with fewer than {refits_at_least} refits."""
    steady = evidence.get("stability")
    if not steady or steady.get("recur") is None:
        return lacking("refits")
    found, refits = steady.get("recurs") or {"value": steady["recur"], "low": None, "high": None}, steady["refits"]
    figures = (evidence.get("test") or {}).get("figures")
    few = figures and too_few(round(found["value"] * on_lists(figures), 2), on_lists(figures))
    shown = None if few else found
    said = f"Of those listed, listed again in at least {enough(refits)} of the {refits} refits: {figure('ppv', shown)}."
    if refits < at["refits_at_least"]:
        said += f" To judge that takes {at['refits_at_least']} refits or more."
        return Finding(UNEVALUABLE, said, **numbers(shown))
    return Finding(within(found, at["recur_at_least"], 1.0), said, **numbers(shown))


def _perfect(figures: dict, at: dict) -> str:
    """How many times the base rate a list of the same length reaches that holds only the right ones, if it may be told.

    Lists that are told by calendar year are taken as one each: no perfect list reaches more.
    """
    listed, base = on_lists(figures), released.figures(figures)["base_rate"]["value"]
    right = sum(min(of["events"], of["flagged"]) for of in figures["by_date"])
    if not base or too_few(round(right, 2), listed):
        return ""
    times = (released.whole(right) or 0) / (released.whole(listed) or 1) / base
    told = f" A perfect list of that length would reach {times:.1f} times at most."
    can = right / listed >= at["base_rate_times"] * figures["base_rate"]["value"]
    return told if can else f"{told} So no list of that length can pass."


def _enough(figures: dict, right: float) -> bool:
    """Whether a list can be judged: enough events, enough listed, and no small number of them right."""
    return min(figures["events"], on_lists(figures)) >= MIN_EVENTS and right >= SMALLEST_SHOWN
