"""A list that found next to nobody: no gate and no document says how many, or lets anybody reckon it."""

import math
import re

import pytest

from models import gates, pages, released
from models.documents.written import PARTS, document
from models.findings import FAIL, UNEVALUABLE
from models.site_outcome import outcome_page
from tests.evidence import evidence
from tests.unit.test_gates import LIMITS, near, sound

ROWS, EVENTS, LISTED = 36000, 24, 200
BASE = EVENTS / ROWS


def figure(value: float, by: float = 0.0) -> dict[str, float]:
    return {"value": round(value, 6), "low": round(value - by, 6), "high": round(value + 2 * by, 6)}


def judged(found: float, of: dict) -> dict:
    """The figures of a candidate whose lists found so many of the events."""
    precision, recall = found / LISTED, found / EVENTS
    date = of["by_date"][0] | {"n": ROWS, "events": EVENTS, "flagged": LISTED}
    date |= {"as_of": "2023-01-01", "precision_at_capacity": precision, "recall_at_capacity": recall}
    ends = {"precision_at_capacity": precision, "recall_at_capacity": recall}
    return of | {
        "n": ROWS,
        "events": EVENTS,
        "base_rate": {"value": BASE, "low": BASE, "high": BASE},
        "precision_at_capacity": figure(precision, precision),
        "recall_at_capacity": figure(recall, recall),
        "by_date": [date],
        "ties": {name: {"worst": value, "best": value} for name, value in ends.items()},
    }


def told(found: int, by_rule: int = 2) -> dict[str, str]:
    """What the gates say and every document but the explanation report, of a list that found so many."""
    e = evidence()
    e["candidates"] = {name: judged(by_rule if name == "rule" else found, of) for name, of in e["candidates"].items()}
    of = e["candidates"][e["chosen"]["name"]]
    more = figure((found - by_rule) / LISTED, 0.01)
    lift = {
        "precision_at_capacity": more,
        "recall_at_capacity": figure((found - by_rule) / EVENTS, 0.1),
        "precision_ratio": figure(found / by_rule, 0.5),
        "auc": figure(0.1, 0.05),
    }
    benefit = {name: figure(found / ROWS - 0.0001, 0.00001) for name in ("model", "over_all", "over_rule")}
    e["worth"] = e["worth"] | {
        "lift": lift,
        "net_benefit": e["worth"]["net_benefit"] | benefit,
        "newly_found": {
            "listed": figure(100.0),
            "found": figure(float(found)),
            "share_of_found": figure(1.0),
        },
        "value": e["worth"]["value"] | {"per_list": dict.fromkeys(("found", "saved", "pounds"), figure(float(found)))},
    }
    e["agencies"] = e["agencies"] | {
        "whole_precision": figure(found / LISTED),
        "agencies": [a | {"precision_lost": figure((found - 1) / LISTED)} for a in e["agencies"]["agencies"]],
    }
    test = {
        "chosen": e["chosen"]["name"],
        "figures": of,
        "candidates": e["candidates"],
        "lift": lift,
        "lift_over_logistic": lift,
        "net_benefit_over": [{"threshold": 0.005, **benefit}],
    }
    steady = {"refits": 50, "recur": found / LISTED, "recurs": figure(found / LISTED, 0.001)}
    given = sound() | {"identity": e["identity"], "test": test}
    e["gates"] = gates.judge(given | {"stability": given["stability"] | steady}, LIMITS)
    texts = {name: pages.markdown(document(name, e)) for name in PARTS if name != "explanation"}
    texts["index"] = pages.page(outcome_page(e))
    return texts | {gate["name"]: repr(gate) for gate in e["gates"]["gates"]}


@pytest.fixture(scope="module")
def one() -> dict[str, str]:
    return told(1)


def test_whether_one_was_found_or_five_makes_no_difference_to_anything_that_is_told(one):
    assert one == told(5)
    assert one == told(1, by_rule=4)


def test_neither_the_ratio_to_chance_nor_the_difference_to_another_list_is_told(one):
    ratio, difference = 1 / LISTED / BASE, (1 - 2) / LISTED
    for name, text in one.items():
        if name == "audit":  # all figures of groups, hundreds of them: one is like that by chance
            continue
        # So are some shares of groups elsewhere.
        told = re.findall(r"(?<![\d.])-?\d+\.\d+", re.sub(r"<svg.*?</svg>|[\d.]+%( \([^)]*\))?", "", text))
        assert not any(math.isclose(float(number), ratio, rel_tol=0.01) for number in told), name
        assert not {f"{difference:.3f}", f"{difference:.4f}"} & set(told), name
        assert f"{difference * 100:.1f} in 100" not in text, name


def test_the_gates_that_rest_on_the_list_say_that_too_few_were_found(one):
    for name in ("beats_rule", "base_rate", "net_benefit"):
        assert f"'state': '{UNEVALUABLE}'" in one[name]
        assert "too few to say" in one[name]
    assert "too few to say" in one["gates"]
    assert "too few of those on a list for any figure of it to be shown" in one["index"]


def test_what_is_found_by_enough_is_told():
    several = told(12, by_rule=9)
    assert f"right as a draw by lot: {12 / LISTED / BASE:.3f}" in several["gates"]
    assert "model less the simple rule: +1.5 in 100" in several["gates"]


@pytest.mark.parametrize("changed", [{"events": 19}, {"flagged": 19}])
def test_too_few_events_or_listed_never_fail_a_list(changed):
    given = sound()
    figures = given["test"]["figures"]
    figures |= {"precision_at_capacity": near(0.05)} | {k: v for k, v in changed.items() if k == "events"}
    figures["by_date"] = [figures["by_date"][0] | changed]
    states = {gate["name"]: gate["state"] for gate in gates.judge(given, LIMITS)["gates"]}
    assert {states[name] for name in ("beats_rule", "base_rate", "net_benefit")} == {UNEVALUABLE}


def test_where_many_should_have_been_found_a_list_that_found_few_fails_and_does_not_say_how_few():
    given = sound()
    given["test"]["figures"] |= {"precision_at_capacity": near(0.01, 0.005), "recall_at_capacity": near(0.003333)}
    [gate] = [gate for gate in gates.judge(given, LIMITS)["gates"] if gate["name"] == "base_rate"]
    assert (gate["state"], gate["value"]) == (FAIL, None)
    assert gate["figure"].endswith("too few to say.")


def test_right_flags_lost_are_told_only_where_both_lists_found_enough():
    of = {"by_date": [{"flagged": LISTED}]}
    agencies = {
        "whole_precision": figure(0.1),
        "agencies": [{"precision_lost": lost and figure(lost)} for lost in (0.05, 0.08, -0.05, None)],
    }
    shown = [lost and lost["value"] for lost in released.precision_lost(agencies, of)]
    assert shown == [0.05, None, -0.05, None]  # of 20 found 10, 4 and 30 are left
    assert released.precision_lost(agencies | {"whole_precision": figure(0.02)}, of) == [None] * 4
