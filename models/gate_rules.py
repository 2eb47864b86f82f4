"""The rule of each gate: from the evidence of a run and the limits to what was found.

Each takes `evidence` (`models.gates.judge` says what is in it) and `at`, the limits by their names in params, and
returns a Finding; its docstring is the rule as it is printed, with the limits put in.
"""

import math

from scipy.stats import norm

from models import soundness
from models.disclosure import count
from models.findings import (
    ENDLESS,
    FAIL,
    PASS,
    UNEVALUABLE,
    Finding,
    interval,
    lacking,
    named,
    numbers,
    order,
    within,
    worst,
)
from models.titles import ORDER


def agreements(evidence: dict, at: dict) -> Finding:
    """Every input rests on a sharing agreement that is live on the day of extraction and allows training, scoring and
    the use level of the outcome."""
    found = (evidence.get("recheck") or {}).get("agreements")
    if not found or not found["columns"]:
        return lacking("which agreement each input rests on")
    refused = [c for c in found["columns"] if c["refused"]]
    n = len(found["columns"])
    said = f"{n - len(refused)} of {n} inputs rest on a live agreement on {found['on']}."
    return Finding(FAIL if refused else PASS, said, details=tuple(f"{c['name']}: {c['refused']}" for c in refused))


def past_only(evidence: dict, at: dict) -> Finding:
    """The inputs of {rechecked} pairs come out the same, to the last bit, from a single view that ends at their date;
    every outcome that trains is settled before the test begins and every outcome that tests by the extraction; and
    outcomes dealt out at random give an AUC that chance gives in {shuffled_within} of runs."""
    again = evidence.get("recheck") or {}
    past, faults, dealt = (
        again.get("past"),
        again.get("timeline"),
        (evidence.get("stability") or {}).get("shuffled") or {},
    )
    if past is None or faults is None:
        return lacking("the inputs made again from what was on record")
    details = [
        f"{d['name']}: another value for {count(d['pairs'])} of {count(past['pairs'])} pairs" for d in past["different"]
    ]
    details += faults
    said = f"{count(past['pairs'])} pairs at {past['dates']} dates made again: "
    said += "every value is the same" if not past["different"] else f"{len(past['different'])} inputs differ"
    if dealt.get("auc") is None:
        state = UNEVALUABLE
        said += "; what shuffled outcomes give is not known."
    else:
        # the interval on file is that of 95 % of runs, beyond which one honest run in twenty is
        wider = norm.ppf((1 + at["shuffled_within"]) / 2) / norm.ppf(0.975)
        apart, chance = abs(dealt["auc"] - 0.5), wider * (dealt["high"] - dealt["low"]) / 2
        state = PASS if apart <= chance else FAIL
        said += (
            f"; shuffled outcomes give an AUC of {dealt['auc']:.3f}, chance {0.5 - chance:.3f} to {0.5 + chance:.3f}."
        )
        if state == FAIL:
            details.append("shuffled outcomes are learnt beyond chance: test pairs are known from training")
    enough = PASS if past["pairs"] else UNEVALUABLE
    state = worst([state, enough, FAIL if past["different"] or faults else PASS])
    return Finding(state, said, dealt.get("auc"), dealt.get("low"), dealt.get("high"), tuple(details))


def too_good(evidence: dict, at: dict) -> Finding:
    """No AUC above {auc_at_most}, in folds or in the test; no input alone above {column_auc_at_most}; no figures that
    cannot all be true."""
    test, folds = evidence.get("test"), evidence.get("folds")
    if not test or not folds or not folds.get("alone"):
        return lacking("the figures of the test, the folds and each input alone")
    found, alone = test["figures"]["auc"], folds["alone"]
    faults = soundness.contradictions(test["figures"], (evidence.get("groups") or {}).get("groups", {}))
    of_folds = {name: score["auc"] for name, score in folds["summary"].items()}
    faults += [f"{name}: an AUC of {auc:.3f} over folds" for name, auc in of_folds.items() if auc > at["auc_at_most"]]
    if found["value"] is not None and found["value"] > at["auc_at_most"]:
        faults.append(f"an AUC of {found['value']:.3f} in the test")
    if alone["auc"] > at["column_auc_at_most"]:
        faults.append(f"{alone['name']}: an AUC of {alone['auc']:.3f} alone")
    state = FAIL if faults else UNEVALUABLE if found["value"] is None else PASS
    said = f"AUC {interval(found)}; of the inputs alone {alone['name']} is best with {alone['auc']:.3f}."
    return Finding(state, said, **numbers(found), details=tuple(faults))


def events(evidence: dict, at: dict) -> Finding:
    """At least {events_at_least} events in the test; with fewer nothing may be decided about a single person."""
    if not evidence.get("test"):
        return lacking("the test")
    n = evidence["test"]["figures"]["events"]
    state = PASS if n >= at["events_at_least"] else UNEVALUABLE
    return Finding(state, f"{count(n)} events in the test.", float(n))


def beats_rule(evidence: dict, at: dict) -> Finding:
    """With the list as long as the service can see, a larger share of it is right than of the simple rule's and, where
    a more complex model was chosen, than of logistic regression's: the interval of the difference is clear of zero."""
    test = evidence.get("test")
    if not test:
        return lacking("the test")
    if test["chosen"] == "rule":
        return Finding(FAIL, "The simple rule itself was chosen: no model is needed.")
    asked = [("the simple rule", test.get("lift"))]
    if test["chosen"] in ORDER and ORDER.index(test["chosen"]) > ORDER.index("logistic"):
        asked.append(("logistic regression", test.get("lift_over_logistic")))
    states, details = [], []
    for than, lift in asked:
        better = (lift or {}).get("precision_at_capacity")
        # what is not shown to be better is not: only where nothing was measured can nothing be said
        measured = better and better["low"] is not None
        states.append((PASS if better["low"] > 0 else FAIL) if measured else UNEVALUABLE)
        details.append(f"than {than}: {interval(better) if measured else 'not measured'}")
    first = (test.get("lift") or {}).get("precision_at_capacity") or {}
    said = "More of those listed are right, in shares of the list: " + "; ".join(details) + "."
    return Finding(worst(states), said, **numbers(first), details=tuple(details))


def base_rate(evidence: dict, at: dict) -> Finding:
    """The lower bound of the share of the list that is right is at least {base_rate_times} times the base rate."""
    if not evidence.get("test"):
        return lacking("the test")
    figures = evidence["test"]["figures"]
    precision, base = figures["precision_at_capacity"], figures["base_rate"]["value"]
    if precision["low"] is None or not base:
        return lacking("precision at capacity")
    times = {name: precision[name] / base for name in ("value", "low", "high")}
    state = PASS if times["low"] >= at["base_rate_times"] else FAIL
    return Finding(state, f"The list is right {interval(times)} times as often as a draw by lot.", **numbers(times))


def calibration(evidence: dict, at: dict) -> Finding:
    """Calibration slope {slope_within}, observed over expected events {observed_over_expected_within}, mean distance
    from the truth (ICI) at most {ici_share_at_most} of the base rate; and no agency's feed holds less or more at the
    test dates, over those of training, than {feed_within}."""
    if not evidence.get("test"):
        return lacking("the test")
    figures = evidence["test"]["figures"]
    base = figures["base_rate"]["value"] or 0.0
    asked = (
        ("slope", figures["calibration_slope"], at["slope_within"]),
        ("observed over expected", figures["o_e"], at["observed_over_expected_within"]),
        ("ICI", figures["ici"], (0.0, at["ici_share_at_most"] * base)),
    )
    states = [within(found, *limits) for _, found, limits in asked]
    details = [f"{name} {interval(found)}: {state}" for (name, found, _), state in zip(asked, states, strict=True)]
    moved = [
        f for f in (evidence.get("recheck") or {}).get("feeds", []) if within(f["ratio"], *at["feed_within"]) == FAIL
    ]
    details += [f"{f['agency']}, {f['name']}: {interval(f['ratio'])} times what training saw: fail" for f in moved]
    said = f"Slope {interval(figures['calibration_slope'])}, observed over expected {interval(figures['o_e'])}, ICI "
    said += f"{interval(figures['ici'])} where the base rate is {base:.3f}."
    return Finding(worst([*states, *(FAIL for _ in moved)]), said, **numbers(figures["o_e"]), details=tuple(details))


def net_benefit(evidence: dict, at: dict) -> Finding:
    """Net benefit above that of seeing nobody, of seeing everybody and of the simple rule, at {net_benefit_over} times
    the threshold at which a look is worth its cost."""
    curves = (evidence.get("test") or {}).get("net_benefit_over")
    if not curves:
        return lacking("net benefit at the agreed thresholds")
    against = {"model": "nobody", "over_all": "everybody", "over_rule": "the simple rule"}
    states, details = [], []
    for curve in curves:
        for name, than in against.items():
            if name in curve:
                states.append(within(curve[name], 0.0, ENDLESS))
                details.append(
                    f"at a risk of {curve['threshold']:.3f}, over {than}: {interval(curve[name], 4)}: {states[-1]}"
                )
    least = min((c[name] for c in curves for name in against if name in c), key=lambda f: order(f["value"]))
    return Finding(
        worst(states),
        f"Least added: {interval(least, 4)} events found for each seen.",
        **numbers(least),
        details=tuple(details),
    )


def groups(evidence: dict, at: dict) -> Finding:
    """In every group of {groups}: of those in need at most {fnr_gap_at_most} more are missed than in the county, and
    precision and observed over expected are {ratio_within} times the county's and the promised. Failed where the whole
    interval is beyond, passed where all of it is within, else unevaluable."""
    gaps = (evidence.get("audit") or {}).get("gaps")
    asked = {name: of for name, of in (gaps or {}).items() if name in at["groups"]}
    if not asked:
        return lacking("figures by group")
    limits = {"fnr_gap": (-ENDLESS, at["fnr_gap_at_most"]), "ppv_ratio": at["ratio_within"], "o_e": at["ratio_within"]}
    states, details, first = [], [], {}
    for attribute, records in asked.items():
        for record in records:
            for name, (low, high) in limits.items():
                found = record["county"].get(name) or {}
                states.append(within(found, low, high))
                if name == "fnr_gap" and order(found.get("value"), -ENDLESS) > order(first.get("value"), -ENDLESS):
                    first = found
                if states[-1] != PASS:
                    told = interval(found) if states[-1] == FAIL else _needed(found, record, name, low, high)
                    details.append(f"{attribute}, {record['group']}: {named(name)} {told}: {states[-1]}")
    counted = {state: states.count(state) for state in (PASS, FAIL, UNEVALUABLE)}
    details.sort(key=lambda told: not told.endswith(FAIL))  # what is beyond comes first
    said = (
        f"Of {len(states)} figures of groups {counted[PASS]} are within the limits, {counted[FAIL]} beyond, and "
        f"{counted[UNEVALUABLE]} cannot be told from either. The largest gap in those missed: {interval(first)}."
    )
    return Finding(worst(states), said, **numbers(first), details=tuple(details))


def linkage(evidence: dict, at: dict) -> Finding:
    """In every group the share of residents whose records are well linked is within {match_rate_gap_at_most} of the
    county's; and of those with much on record at most {doubles_at_most} have the same record as somebody else."""
    rates = ((evidence.get("audit") or {}).get("linkage") or {}).get("match_rates")
    asked = {name: of for name, of in (rates or {}).items() if name in at["groups"]}
    twice = (evidence.get("recheck") or {}).get("doubles")
    states, details, widest = [], [], {}
    for attribute, records in asked.items():
        for record in records:
            gap = record["gap"] or {}
            states.append(within(gap, -at["match_rate_gap_at_most"], at["match_rate_gap_at_most"]))
            if abs(order(gap.get("value"), 0.0)) >= abs(order(widest.get("value"), 0.0)):
                widest = gap
            if states[-1] != PASS:
                details.append(f"{attribute}, {record['group']}: {interval(gap)} from the county: {states[-1]}")
    if not asked:
        details.append("match rates by group were not measured: unevaluable")
    if twice and within(twice["share"], 0.0, at["doubles_at_most"]) == FAIL:
        states.append(FAIL)
        details.append(
            f"{interval(twice['share'], 4)} of those with much on record have another's record to the last figure: fail"
        )
    elif not asked:
        states.append(UNEVALUABLE)
    said = (
        f"The widest gap of a group to the county's match rate: {interval(widest)}."
        if asked
        else "No match rates by group."
    )
    return Finding(worst(states), said, **numbers(widest), details=tuple(details))


def stability(evidence: dict, at: dict) -> Finding:
    """Of those flagged, at least {recur_at_least} are flagged in seven of ten refits on other draws of households; of
    at least {refits_at_least} refits."""
    steady = evidence.get("stability")
    if not steady or steady.get("recur") is None:
        return lacking("refits")
    found = steady.get("recurs") or {"value": steady["recur"], "low": None, "high": None}
    state = within(found, at["recur_at_least"], 1.0)
    details = ()
    if steady["refits"] < at["refits_at_least"]:
        state = FAIL if state == FAIL else UNEVALUABLE
        details = (f"{steady['refits']} refits are too few to pass by",)
    return Finding(
        state,
        f"{interval(found)} of those flagged recur, in {steady['refits']} refits.",
        **numbers(found),
        details=details,
    )


def labels(evidence: dict, at: dict) -> Finding:
    """However the outcome is counted, no two groups that are clear of chance apart change places."""
    ways = (evidence.get("audit") or {}).get("labels") or {}
    asked = [(way, name, of) for way, by in ways.items() for name, of in by.items() if name in at["groups"]]
    if not asked:
        return lacking("groups under another way of counting")
    recorded, details, states = next(iter(ways.values())), [], []
    for way, name, of in asked:
        turned = [f"{one} and {other}" for one, other in [*of["pairs"], *of["rate_pairs"]]]
        clear = [*recorded[name]["clear"], *recorded[name]["rate_clear"]]
        lost = sorted({group for pair in clear for group in pair} - set(of["order"]))
        states.append(FAIL if of["reversed"] else UNEVALUABLE if lost else PASS)
        if of["reversed"]:
            details.append(f"{way}, {name}: {', '.join(dict.fromkeys(turned))} change places: fail")
        elif lost:
            details.append(f"{way}, {name}: too few events of {', '.join(lost)} to tell: unevaluable")
    said = (
        f"Counted in {len(ways)} ways: the order of groups turns in {states.count(FAIL)} of {len(asked)} comparisons."
    )
    return Finding(worst(states), said, details=tuple(details))


def protected(evidence: dict, at: dict) -> Finding:
    """No protected attribute is an input, unless params give the reason; and ethnicity cannot be read from the inputs
    with an AUC above {ethnicity_auc_at_most}, unless a waiver justifies it."""
    columns = evidence.get("columns")
    if not columns:
        return lacking("what the inputs mean")
    shown = [
        f"{c['name']} stands for {c['protected']}, for which params give no reason"
        for c in columns
        if c["protected"] and c["protected"] not in evidence["inputs"]
    ]
    read = (((evidence.get("audit") or {}).get("proxies") or {}).get("ethnicity") or {}).get("auc")
    state = worst([FAIL if shown else PASS, within(read, 0.0, at["ethnicity_auc_at_most"])])
    allowed = ", ".join(
        sorted({c["protected"] for c in columns if c["protected"] and c["protected"] in evidence["inputs"]})
    )
    said = f"{len(shown)} inputs stand for a protected attribute without a reason; with one: {allowed or 'none'}. "
    said += (
        f"Ethnicity is read with an AUC of {interval(read)}."
        if read
        else "How well ethnicity can be read is not known."
    )
    return Finding(state, said, **numbers(read), details=tuple(shown))


def disclosure(evidence: dict, at: dict) -> Finding:
    """In nothing that leaves is a count of 1 to 7 shown, or any other not rounded to the nearest 5."""
    found = evidence.get("disclosed")
    if found is None or not found["files"]:
        return lacking("what leaves")
    shown = found["found"]
    return Finding(
        FAIL if shown else PASS,
        f"{len(shown)} small or exact numbers in {found['files']} files.",
        float(len(shown)),
        details=tuple(shown),
    )


def reproduces(evidence: dict, at: dict) -> Finding:
    """The saved model, loaded again, gives every recorded test probability to the last bit; everything that was
    measured bears its run id. Who signed, and until when, stands beside the gates; who acts on it looks at the day."""
    again = (evidence.get("recheck") or {}).get("reproduced")
    identities = evidence.get("identities")
    if again is None or not identities:
        return lacking("the model loaded again")
    others = [
        f"{name} bears {told or 'no run id'}" for name, told in identities.items() if told != evidence["identity"]
    ]
    details = ([again["fault"]] if again["fault"] else []) + others
    if again["different"]:
        details.append(f"{count(again['different'])} of {count(again['pairs'])} probabilities differ")
    state = FAIL if details else PASS if again["pairs"] else UNEVALUABLE
    said = f"{count(again['pairs'])} probabilities made again, {count(again['different'])} differ; "
    said += f"{len(identities)} files, {len(others)} of another run."
    return Finding(state, said, float(again["different"]), details=tuple(details))


def _needed(found: dict, record: dict, name: str, low: float, high: float) -> str:
    """What would settle a figure: as the audit says, or as many events as shrink the interval to the nearer limit.

    An interval's width falls with the root of the events behind it.
    """
    told = (record.get("unevaluable") or {}).get(name)
    if told:
        return f"cannot be told: about {told['events_needed']} events would settle it, {told['years_needed']:.0f} years"
    if found.get("low") is None:
        return "cannot be told"
    distance = min(abs(found["value"] - limit) for limit in (low, high) if math.isfinite(limit))
    half = (found["high"] - found["low"]) / 2
    if distance < half / 10:
        return f"{interval(found)}, too near the limit for any number of events to settle"
    needed = math.ceil(record["events"] * (half / distance) ** 2 / 5) * 5
    return f"{interval(found)}: about {needed} events would settle it"
