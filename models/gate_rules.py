"""The rule of each gate: from the evidence of a run and the limits to what was found; `models.gate_lists` has those of
the gates that ask what a list is worth.

Each takes `evidence` (`models.gates.judge` says what is in it) and `at`, the limits by their names in params, and
returns a Finding; its docstring is the rule as it is printed, with the limits put in.
"""

import math

from models import released, soundness
from models.beside_county import by_attribute, untried
from models.disclosure import count, too_few
from models.findings import (
    ENDLESS,
    FAIL,
    PASS,
    UNEVALUABLE,
    Finding,
    interval,
    lacking,
    numbers,
    order,
    within,
    worst,
)
from models.label_choice import RECORDED
from models.linkage import hidden
from models.released import WITHHELD
from models.titles import CANDIDATES
from models.wording import capital, day, listed, plain

GROUP_FIGURES = {
    "fnr_gap": "gap in those missed",
    "ppv_ratio": "precision over the county's",
    "o_e": "observed over expected",
}
# What is wrong with a group whose figure is below the limits, and above them.
BEYOND = {
    "fnr_gap": ("", "missed too often"),
    "ppv_ratio": ("listed wrongly too often", "listed wrongly far less often than others"),
    "o_e": ("scored too high", "scored too low"),
}


def agreements(evidence: dict, at: dict) -> Finding:
    """Every input rests on a sharing agreement that is live on the day of extraction and allows training, scoring and
    the use level of the outcome."""
    found = (evidence.get("recheck") or {}).get("agreements")
    if not found or not found["columns"]:
        return lacking("which agreement each input rests on")
    refused = [c for c in found["columns"] if c["refused"]]
    n = len(found["columns"])
    said = (
        f"{n - len(refused)} of {n} inputs rest on a live agreement on {day(found['on'])}. Approving a model and "
        "scoring with it ask again, each on its own day."
    )
    return Finding(
        FAIL if refused else PASS,
        said,
        details=tuple(f"{_input(evidence, c['name'])}: {c['refused']}" for c in refused),
    )


def past_only(evidence: dict, at: dict) -> Finding:
    """The inputs of {rechecked} pairs come out the same, to the last bit, from a single view that ends at their date;
    every outcome that trains is settled before the test begins and every outcome that tests by the extraction; and
    outcomes dealt out at random give an AUC that chance gives in {shuffled_within} of
    runs."""
    again = evidence.get("recheck") or {}
    past, faults, dealt = (
        again.get("past"),
        again.get("timeline"),
        (evidence.get("stability") or {}).get("shuffled") or {},
    )
    if past is None or faults is None:
        return lacking("the inputs made again from what was on record")
    details = [
        f"{_input(evidence, d['name'])}: another value for {count(d['pairs'])} of {count(past['pairs'])} pairs"
        for d in past["different"]
    ]
    details += faults
    said = f"{count(past['pairs'])} pairs at {past['dates']} dates made again: "
    said += f"{len(past['different'])} inputs differ" if past["different"] else "every value is the same"
    if dealt.get("auc") is None:
        state = UNEVALUABLE
        said += "; what shuffled outcomes give is not known."
    else:
        state = PASS if dealt["low"] <= dealt["auc"] <= dealt["high"] else FAIL
        said += (
            f"; shuffled outcomes give an AUC of {dealt['auc']:.3f}, chance {dealt['low']:.3f} to {dealt['high']:.3f}."
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
    found, alone, shown = test["figures"]["auc"], folds["alone"], released.figures(test["figures"])["auc"]
    faults = soundness.contradictions(test["figures"], (evidence.get("groups") or {}).get("groups", {}))
    of_folds = {CANDIDATES[name]: score["auc"] for name, score in folds["summary"].items()}
    faults += [
        f"{capital(name)}: an AUC of {auc:.3f} over folds" for name, auc in of_folds.items() if auc > at["auc_at_most"]
    ]
    if found["value"] is not None and found["value"] > at["auc_at_most"]:
        faults.append(f"an AUC of {interval(shown)} in the test")
    if alone["auc"] > at["column_auc_at_most"]:
        faults.append(f"{_input(evidence, alone['name'])}: an AUC of {alone['auc']:.3f} alone")
    state = FAIL if faults else UNEVALUABLE if found["value"] is None else PASS
    said = f"AUC {interval(shown)}. The best single input has {alone['auc']:.3f}: {_input(evidence, alone['name'])}."
    return Finding(state, said, **numbers(shown), details=tuple(faults))


def calibration(evidence: dict, at: dict) -> Finding:
    """Calibration slope {slope_within}, observed over expected events {observed_over_expected_within}, mean distance
    from the truth (ICI) at most {ici_share_at_most} of the base rate; and no agency's feed holds less or more at the
    test dates, over those of training, than {feed_within}."""
    if not evidence.get("test"):
        return lacking("the test")
    figures = evidence["test"]["figures"]
    base, told = figures["base_rate"]["value"] or 0.0, released.figures(figures)
    asked = (
        ("slope", "calibration_slope", at["slope_within"]),
        ("observed over expected", "o_e", at["observed_over_expected_within"]),
        ("mean distance from the truth (ICI)", "ici", (0.0, at["ici_share_at_most"] * base)),
    )
    states = [within(figures[name], *limits) for _, name, limits in asked]
    said = {name: f"{what} {interval(told[name], *limits)}" for what, name, limits in asked}
    of_ici = [number for number in numbers(told["ici"]).values() if number is not None]
    said["ici"] += f", at most {interval({'value': asked[-1][2][1]}, *of_ici)}"
    details = [f"{one}: {state}" for one, state in zip(said.values(), states, strict=True)]
    moved = [
        f for f in (evidence.get("recheck") or {}).get("feeds", []) if within(f["ratio"], *at["feed_within"]) == FAIL
    ]
    details += [
        f"{capital(plain(f['agency'], evidence.get('names')))}, {_input(evidence, f['name'])}: {interval(f['ratio'])} "
        "times what training saw: fail"
        for f in moved
    ]
    return Finding(
        worst([*states, *(FAIL for _ in moved)]),
        f"{capital('; '.join(said.values()))}.",
        **numbers(told["o_e"]),
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
    states, details, beyond = [], [], {}
    for attribute, records in asked.items():
        for record in records:
            for name, (low, high) in limits.items():
                found = record["county"].get(name) or {}
                states.append(within(found, low, high))
                if states[-1] == FAIL:
                    wrong = BEYOND[name][found["low"] > high]
                    beyond.setdefault(wrong, {}).setdefault(attribute, []).append(record["group"])
                if states[-1] != PASS:
                    told = interval(found) if states[-1] == FAIL else _needed(found, record, name, low, high)
                    details.append(f"{plain(attribute)}, {record['group']}: {GROUP_FIGURES[name]} {told}: {states[-1]}")
    counted = {state: states.count(state) for state in (PASS, FAIL, UNEVALUABLE)}
    details.sort(key=lambda told: not told.endswith(FAIL))  # what is beyond comes first
    said = (
        f"Of {len(states)} figures of groups {counted[PASS]} are within the limits, {counted[FAIL]} beyond, and "
        f"{counted[UNEVALUABLE]} cannot be told from either."
    )
    for wrong, of in beyond.items():
        said += f" {capital(wrong)}: {by_attribute(of, evidence.get('names'))}."
    return Finding(worst(states), said, details=tuple(details))


def linkage(evidence: dict, at: dict) -> Finding:
    """In every group the share of residents whose records are well linked is within {match_rate_gap_at_most} of the
    county's; and of those with much on record at most {doubles_at_most} have the same record as somebody else."""
    rates = ((evidence.get("audit") or {}).get("linkage") or {}).get("match_rates")
    asked = {name: of for name, of in (rates or {}).items() if name in at["groups"]}
    twice = (evidence.get("recheck") or {}).get("doubles")
    states, details, widest, beyond = [], [], WITHHELD, {}
    for attribute, records in asked.items():
        hides = hidden(records).any(axis=1)
        for record in records:
            gap = record["gap"] or {}
            states.append(within(gap, -at["match_rate_gap_at_most"], at["match_rate_gap_at_most"]))
            shown = gap.get("value") is not None and not hides[record["group"]]
            if shown and abs(gap["value"]) >= abs(order(widest["value"], 0.0)):
                widest = gap
            if states[-1] == FAIL:
                beyond.setdefault(attribute, []).append(record["group"])
            if states[-1] != PASS:
                details.append(f"{plain(attribute)}, {record['group']}: {interval(gap)} from the county: {states[-1]}")
    if not asked:
        details.append("match rates by group were not measured: unevaluable")
    if twice and within(twice["share"], 0.0, at["doubles_at_most"]) == FAIL:
        states.append(FAIL)
        alike = WITHHELD if too_few(round(twice["share"]["value"] * twice["n"]), twice["n"]) else twice["share"]
        details.append(
            f"of those with much on record, share whose record is another's to the last figure: {interval(alike)}: fail"
        )
    elif not asked:
        states.append(UNEVALUABLE)
    said = (
        f"Of the gaps of groups to the county's match rate that can be shown the widest is: {interval(widest)}."
        if asked
        else "No match rates by group."
    )
    if beyond:
        said += f" Beyond the limit: {by_attribute(beyond, evidence.get('names'))}."
    return Finding(worst(states), said, **numbers(widest), details=tuple(details))


def labels(evidence: dict, at: dict) -> Finding:
    """However the outcome is counted, no two groups that are clearly apart, beyond chance, change places. Unevaluable
    where no two are clearly apart."""
    ways = (evidence.get("audit") or {}).get("labels") or {}
    recorded, details, states, compared = ways.get(RECORDED) or {}, [], [], 0
    others = {way: by for way, by in ways.items() if way != RECORDED}
    asked = [(way, name, of) for way, by in others.items() for name, of in by.items() if name in at["groups"]]
    if not asked:
        return lacking("groups under another way of counting")
    for way, name, of in asked:
        turned = [f"{one} and {other}" for one, other in [*of["pairs"], *of["rate_pairs"]]]
        clear = [*recorded[name]["clear"], *recorded[name]["rate_clear"]]
        lost = sorted({group for pair in clear for group in pair} - set(of["order"]))
        compared += sum(set(pair).isdisjoint(lost) for pair in clear)
        states.append(FAIL if of["reversed"] else UNEVALUABLE if lost else PASS)
        if of["reversed"]:
            details.append(f"{way}, {plain(name)}: {', '.join(dict.fromkeys(turned))} change places: fail")
        elif lost:
            details.append(f"{way}, {plain(name)}: too few events of {', '.join(lost)} to tell: unevaluable")
    in_ways = f"Counted in {len(others)} other {'way' if len(others) == 1 else 'ways'}"
    if not compared:
        said = f"{in_ways}, which says nothing: no two groups that are clearly apart as recorded can be compared."
        return Finding(worst([*states, UNEVALUABLE]), said, details=tuple(details))
    pairs = sum(len(of["clear"]) + len(of["rate_clear"]) for name, of in recorded.items() if name in at["groups"])
    changed = sum(len(of["pairs"]) + len(of["rate_pairs"]) for _, _, of in asked)
    said = (
        f"As recorded, {pairs} {'pair of groups is' if pairs == 1 else 'pairs of groups are'} clearly apart in how "
        f"many are missed or have the outcome. {in_ways}, they change places in {changed} of {compared} comparisons."
    )
    return Finding(worst(states), said, details=tuple(details))


def protected(evidence: dict, at: dict) -> Finding:
    """No protected attribute is an input, unless params give the reason; and ethnicity cannot be read from the inputs
    with an AUC above {ethnicity_auc_at_most}, unless a waiver justifies it: neither any group of it with enough
    households to try, nor all of them on average."""
    columns = evidence.get("columns")
    if not columns:
        return lacking("what the inputs mean")
    shown = [
        f"{c['sentence']}: stands for {plain(c['protected'])}, for which params give no reason"
        for c in columns
        if c["protected"] and c["protected"] not in evidence["inputs"]
    ]
    read = (((evidence.get("audit") or {}).get("proxies") or {}).get("ethnicity")) or {}
    told = {of["group"]: of["auc"] for of in read.get("groups", [])}
    states = {name: within(auc, 0.0, at["ethnicity_auc_at_most"]) for name, auc in told.items()}
    mean = within(read.get("auc"), 0.0, at["ethnicity_auc_at_most"])
    state = worst([FAIL if shown else PASS, mean, *states.values()])
    allowed = sorted(
        {plain(c["protected"]) for c in columns if c["protected"] and c["protected"] in evidence["inputs"]}
    )
    said = f"Inputs that stand for a protected attribute without a reason: {len(shown)}; with one: "
    said += f"{listed(allowed) if allowed else 'none'}. "
    said += f"How well ethnicity can be read from them (AUC), on average: {interval(read.get('auc'))}"
    said += "".join(f"; {name}: {interval(auc)}" for name, auc in told.items()) + "."
    for wrong, which in ((FAIL, "Beyond the limit"), (UNEVALUABLE, "Not told from the limit")):
        names = [name for name, of in states.items() if of == wrong]
        said += f" {which}: {listed(names)}." if names else ""
    if few := untried(evidence.get("audit") or {}, "ethnicity"):
        said += f" Not tried, since too few households are of the group or of all others: {listed(few)}."
    return Finding(state, said, **numbers(read.get("auc")), details=tuple(shown))


def disclosure(evidence: dict, at: dict) -> Finding:
    """In no file of figures that leaves is a count of 1 to 7 shown, or any other not rounded to the nearest 5. Looked
    at are those of the outcome that lay there when the gates were judged. Documents are made after that: each is read
    in the same way before it is written, and one that shows such a count is not written. Pictures are not read; every
    one stands beside its table."""
    found = evidence.get("disclosed")
    if found is None or not found["files"]:
        return lacking("what leaves")
    shown, kinds = found["found"], listed([f"{n} {kind.removeprefix('.')}" for kind, n in found["kinds"].items()])
    return Finding(
        FAIL if shown else PASS,
        f"{len(shown)} small or exact counts in {found['files']} files of figures ({kinds}); documents are read later, "
        "before they are written.",
        float(len(shown)),
        details=tuple(shown),
    )


def reproduces(evidence: dict, at: dict) -> Finding:
    """The saved model, loaded again, gives every recorded test probability to the last bit; and every file of evidence
    that the gates rest on bears the run id of the model. Documents are filled from such evidence alone, and refused
    where any is of another run. The run itself is not made again here. Who signed, and until when, stands beside the
    gates; who acts on it looks at the day."""
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
    said = (
        f"{count(again['pairs'])} probabilities computed again by the saved model, {count(again['different'])} differ; "
    )
    said += f"of {len(identities)} files of evidence {len(others)} are of another run."
    return Finding(state, said, float(again["different"]), details=tuple(details))


def _input(evidence: dict, name: str) -> str:
    """What an input is, in plain English."""
    return next((c["sentence"] for c in evidence.get("columns") or [] if c["name"] == name), plain(name))


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
