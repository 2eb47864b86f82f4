"""Fifteen gates: none is passed for lack of data, each is closed by what it is for, and each prints its reason."""

import re
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import pytest

from models import gates
from models.findings import FAIL, PASS, UNEVALUABLE, within, worst
from pipelines.params import load

LIMITS = load(Path(__file__).parents[2] / "params.yaml").gates.model_dump()
NAMES = [gate.name for gate in gates.GATES]


@dataclass(frozen=True)
class Record:
    outcome: str = "escalation"
    model: str = "m1"
    gate: str = "base_rate"
    role: str = "ethics_chair"
    by: str = "ethics chair"
    use_level: str = "prioritisation"
    reason: str = "the service has no other list, and reads this one with care"
    until: str = "2027-01-01"


def near(value, by=0.01):
    return {"value": value, "low": value - by, "high": value + by}


def sound() -> dict:
    """Evidence of a model without a fault, as the stages write it."""
    date = {"as_of": "2023-01-01", "n": 9000, "events": 900, "flagged": 300, "auc": 0.85, "precision_at_capacity": 0.5}
    figures = {
        "n": 9000,
        "events": 900,
        "by_date": [date],
        "auc": near(0.85),
        "base_rate": near(0.1),
        "precision_at_capacity": near(0.5),
        "recall_at_capacity": near(0.166667),
        "calibration_slope": near(1.0),
        "o_e": near(1.0),
        "ici": near(0.01, 0.005),
    }
    gap = {"fnr_gap": near(0.0), "ppv_ratio": near(1.0), "o_e": near(1.0)}
    group = {"group": "female", "n": 4500, "events": 450, "county": gap, "unevaluable": {}}
    order = {
        "reversed": False,
        "pairs": [],
        "rate_pairs": [],
        "order": ["a", "b"],
        "clear": [["a", "b"]],
        "rate_clear": [],
    }
    curve = {"threshold": 0.1, "model": near(0.05), "over_all": near(0.04), "over_rule": near(0.02)}
    return {
        "outcome": "escalation",
        "identity": "m1",
        "columns": [
            {"name": "visits", "sentence": "Visits of the nurse, in the last year", "protected": None},
            {"name": "age", "sentence": "Age in years", "protected": "age"},
        ],
        "inputs": {"age": "services are commissioned by age"},
        "test": {
            "chosen": "lightgbm",
            "figures": figures,
            "candidates": {"rule": figures, "logistic": figures, "lightgbm": figures},
            "lift": {"precision_at_capacity": near(0.2)},
            "lift_over_logistic": {"precision_at_capacity": near(0.05)},
            "net_benefit_over": [curve],
        },
        "folds": {"summary": {"lightgbm": {"auc": 0.84}}, "alone": {"name": "visits", "auc": 0.7}},
        "stability": {
            "refits": 50,
            "recur": 0.9,
            "recurs": near(0.9),
            "shuffled": {"auc": 0.51, "low": 0.46, "high": 0.54, "within": True},
        },
        "groups": {"groups": {}},
        "audit": {
            "gaps": {"sex": [group]},
            "proxies": {"ethnicity": {"auc": near(0.6), "groups": [{"group": "White", "n": 8000, "auc": near(0.6)}]}},
            "labels": {"as recorded": {"sex": order}, "otherwise": {"sex": order}},
            "linkage": {
                "match_rates": {
                    "sex": [{"group": "female", "n": 4500, "sure": 4050, "rate": near(0.9), "gap": near(0.0)}]
                }
            },
        },
        "recheck": {
            "past": {"pairs": 200, "dates": 10, "columns": 2, "records": 9, "different": []},
            "agreements": {"on": "2025-01-01", "columns": [{"name": "visits", "refused": None}]},
            "timeline": [],
            "feeds": [{"agency": "police", "name": "calls_90d", "days": 90, "ratio": near(1.0)}],
            "doubles": {"n": 500, "share": near(0.001, 0.001)},
            "reproduced": {"pairs": 9000, "different": 0, "fault": None},
        },
        "identities": {"test.json": "m1"},
        "disclosed": {"files": 9, "kinds": {".csv": 7, ".json": 2}, "found": []},
    }


def changed(*path, to) -> dict:
    evidence = deepcopy(sound())
    place = evidence
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return evidence


def states(evidence: dict) -> dict[str, str]:
    return {gate["name"]: gate["state"] for gate in gates.judge(evidence, LIMITS)["gates"]}


def told(evidence: dict, name: str) -> dict:
    return next(gate for gate in gates.judge(evidence, LIMITS)["gates"] if gate["name"] == name)


def test_a_model_without_a_fault_passes_every_gate():
    judged = gates.judge(sound(), LIMITS)
    assert [(g["number"], g["state"]) for g in judged["gates"]] == [(n, PASS) for n in range(1, 16)]
    assert judged["verdict"] == "may be approved"
    assert judged["failed"] == judged["unevaluable"] == []


def test_nothing_is_passed_for_lack_of_data():
    nothing = {"outcome": "escalation", "identity": "m1", "inputs": {}}
    judged = gates.judge(nothing, LIMITS)
    assert {gate["state"] for gate in judged["gates"]} == {UNEVALUABLE}
    assert judged["verdict"] == "must not be approved"


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ("agreements", changed("recheck", "agreements", "columns", 0, "refused", to="police ended on 2024-01-01")),
        ("past_only", changed("recheck", "past", "different", to=[{"name": "visits", "pairs": 12}])),
        ("past_only", changed("recheck", "timeline", to=["test pairs were not settled"])),
        ("past_only", changed("stability", "shuffled", "auc", to=0.6)),
        ("too_good", changed("folds", "alone", "auc", to=0.91)),
        ("too_good", changed("folds", "summary", "lightgbm", "auc", to=0.96)),
        ("too_good", changed("test", "figures", "auc", to=near(0.96))),
        ("too_good", changed("test", "figures", "recall_at_capacity", to=near(0.3))),
        ("beats_rule", changed("test", "lift", "precision_at_capacity", to=near(0.005))),
        ("beats_rule", changed("test", "lift_over_logistic", "precision_at_capacity", to=near(0.0))),
        ("beats_rule", changed("test", "chosen", to="rule")),
        ("base_rate", changed("test", "figures", "precision_at_capacity", "low", to=0.29)),
        ("calibration", changed("test", "figures", "calibration_slope", to=near(1.3))),
        ("calibration", changed("test", "figures", "o_e", to=near(0.7))),
        ("calibration", changed("test", "figures", "ici", to=near(0.05))),
        ("calibration", changed("recheck", "feeds", 0, "ratio", to=near(2.0))),
        ("net_benefit", changed("test", "net_benefit_over", 0, "over_rule", to=near(-0.1))),
        ("groups", changed("audit", "gaps", "sex", 0, "county", "fnr_gap", to=near(0.2))),
        ("groups", changed("audit", "gaps", "sex", 0, "county", "o_e", to=near(1.5))),
        ("linkage", changed("audit", "linkage", "match_rates", "sex", 0, "gap", to=near(-0.09))),
        ("linkage", changed("recheck", "doubles", "share", to=near(0.05))),
        ("stability", changed("stability", "recurs", to=near(0.6))),
        ("labels", changed("audit", "labels", "otherwise", "sex", "reversed", to=True)),
        ("protected", changed("inputs", to={})),
        ("protected", changed("audit", "proxies", "ethnicity", "auc", to=near(0.9))),
        ("protected", changed("audit", "proxies", "ethnicity", "groups", 0, "auc", to=near(0.9))),
        ("disclosure", changed("disclosed", "found", to=["groups.csv: n shows a count of 1 to 7"])),
        ("reproduces", changed("recheck", "reproduced", "different", to=1)),
        ("reproduces", changed("recheck", "reproduced", "fault", to="it has been changed since it was trained")),
        ("reproduces", changed("identities", "test.json", to="m2")),
    ],
)
def test_each_gate_is_closed_by_what_it_is_there_for_and_no_other_is(name, evidence):
    found = states(evidence)
    assert found.pop(name) == FAIL
    assert FAIL not in found.values()
    assert gates.judge(evidence, LIMITS)["verdict"] == "must not be approved"


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ("events", changed("test", "figures", "events", to=199)),
        ("calibration", changed("test", "figures", "o_e", to=near(1.0, 0.2))),
        ("net_benefit", changed("test", "net_benefit_over", 0, "model", to=near(0.0))),
        ("groups", changed("audit", "gaps", "sex", 0, "county", "fnr_gap", to=near(0.1, 0.05))),
        (
            "groups",
            changed("audit", "gaps", "sex", 0, "county", "ppv_ratio", to=dict.fromkeys(("value", "low", "high"))),
        ),
        ("linkage", changed("audit", "linkage", "match_rates", to={})),
        ("stability", changed("stability", "refits", to=5)),
        ("labels", changed("audit", "labels", "otherwise", "sex", "order", to=["a"])),
        ("labels", changed("audit", "labels", "as recorded", "sex", "clear", to=[])),
        ("protected", changed("audit", "proxies", "ethnicity", "auc", to=near(0.75, 0.05))),
        ("protected", changed("audit", "proxies", "ethnicity", "groups", 0, "auc", to=near(0.75, 0.05))),
    ],
)
def test_where_the_limit_is_within_the_interval_nobody_knows_and_no_person_may_be_decided_about(name, evidence):
    assert states(evidence)[name] == UNEVALUABLE
    if name != "events":  # fewer events contradict the other figures drawn here
        assert gates.judge(evidence, LIMITS)["verdict"] == "may be approved for planning/prioritisation only"


def test_a_group_is_told_how_many_events_would_settle_it():
    evidence = changed("audit", "gaps", "sex", 0, "county", "fnr_gap", to=near(0.06, 0.08))
    [groups] = [g for g in gates.judge(evidence, LIMITS)["gates"] if g["name"] == "groups"]
    # half an interval of 0.08 must shrink to the 0.04 that are left to the limit: four times the 450 events
    assert "about 1800 events would settle it" in groups["details"][0]


def test_a_waiver_of_this_model_lets_a_failed_gate_pass_by_and_is_told():
    evidence = changed("test", "figures", "precision_at_capacity", "low", to=0.29)
    judged = gates.judge(evidence, LIMITS, waivers=[Record()])
    [waived] = [g for g in judged["gates"] if g["name"] == "base_rate"]
    assert (waived["state"], waived["waiver"]["by"], judged["waived"]) == (FAIL, "ethics chair", ["base_rate"])
    assert judged["failed"] == []
    for other in (Record(model="m2"), Record(outcome="fire"), Record(gate="groups")):
        assert gates.judge(evidence, LIMITS, waivers=[other])["failed"] == ["base_rate"]


@pytest.mark.parametrize("name", gates.NEVER)
def test_some_gates_nobody_may_waive(name):
    assert name in NAMES
    evidence = {"outcome": "escalation", "identity": "m1", "inputs": {}}
    judged = gates.judge(evidence, LIMITS, waivers=[Record(gate=name)])
    assert judged["waived"] == []


def test_who_signed_is_told_and_a_withdrawal_ends_it():
    @dataclass(frozen=True)
    class Withdrawn:
        outcome: str = "escalation"
        role: str = "ethics_chair"
        withdrawn_on: str = "2026-01-01"

    signed = [Record(), Record(role="data_protection_officer"), Record(role="other", model="m2")]
    roles = [of["role"] for of in gates.judge(sound(), LIMITS, signed=signed)["signed"]]
    assert roles == ["ethics_chair", "data_protection_officer"]
    roles = [of["role"] for of in gates.judge(sound(), LIMITS, signed=[*signed, Withdrawn()])["signed"]]
    assert roles == ["data_protection_officer"]


def test_each_gate_prints_its_rule_with_its_limits_and_the_reason():
    for gate, told in zip(gates.GATES, gates.judge(sound(), LIMITS)["gates"], strict=True):
        assert "{" not in told["rule"]
        assert len(told["rule"]) > 30
        for name in gate.limits:
            assert LIMITS[name]["reason"].strip() in told["reason"]
    used = {name for gate in gates.GATES for name in gate.limits}
    assert used == set(LIMITS), "every limit in params belongs to a gate"


def test_the_whole_interval_decides():
    assert within(near(1.0, 0.05), 0.9, 1.1) == PASS
    assert within(near(1.2, 0.05), 0.9, 1.1) == FAIL
    assert within(near(1.1, 0.05), 0.9, 1.1) == UNEVALUABLE
    assert within({"value": 1.0, "low": None, "high": None}, 0.9, 1.1) == UNEVALUABLE
    assert within(None, 0.9, 1.1) == UNEVALUABLE
    assert [worst(of) for of in ([PASS], [PASS, UNEVALUABLE], [UNEVALUABLE, FAIL], [])] == [
        PASS,
        UNEVALUABLE,
        FAIL,
        UNEVALUABLE,
    ]


def test_what_a_gate_says_is_for_people_who_do_not_know_the_names_of_columns():
    refused = changed("recheck", "agreements", "columns", 0, "refused", to="no agreement covers it")
    for evidence in (sound(), refused, changed("recheck", "past", "different", to=[{"name": "visits", "pairs": 12}])):
        for gate in gates.judge(evidence, LIMITS)["gates"]:
            said = " ".join((gate["rule"], gate["reason"], gate["figure"], *gate["details"]))
            assert not re.search(r"[a-z]_[a-z]", said), said
    assert told(refused, "agreements")["details"] == ("Visits of the nurse, in the last year: no agreement covers it",)
    assert told(sound(), "too_good")["figure"].endswith("Visits of the nurse, in the last year.")


def test_a_figure_that_fails_is_told_to_as_many_digits_as_its_limit_wants():
    evidence = changed("test", "figures", "ici", to={"value": 0.000346, "low": 0.000202, "high": 0.000655})
    figures = evidence["test"]["figures"]
    evidence["test"]["figures"] = figures | {"base_rate": near(0.000666, 0.0001)}
    assert "0.00035 (0.00020 to 0.00065), at most 0.00013" in told(evidence, "calibration")["figure"]


def test_too_few_refits_say_how_many_there_were_and_how_many_it_takes():
    few = changed("stability", "refits", to=5)
    few["stability"]["recurs"] = near(0.4)
    found = told(few, "stability")
    assert found["state"] == UNEVALUABLE
    assert found["figure"].endswith(
        "again in at least 4 of the 5 refits: 40% (39–41). To judge that takes 20 refits or more."
    )


def test_what_was_read_for_small_numbers_is_told_and_no_more():
    assert "in 9 files of figures (7 csv and 2 json)" in told(sound(), "disclosure")["figure"]


@pytest.mark.parametrize(
    ("figure", "value", "said"),
    [
        ("fnr_gap", 0.463, "Missed too often: by sex, female."),
        ("ppv_ratio", 0.463, "Listed wrongly too often: by sex, female."),
        ("o_e", 0.463, "Scored too high: by sex, female."),
        ("o_e", 1.463, "Scored too low: by sex, female."),
    ],
)
def test_each_group_beyond_the_limits_is_named_with_what_is_wrong_and_without_a_figure(figure, value, said):
    found = told(changed("audit", "gaps", "sex", 0, "county", figure, to=near(value)), "groups")
    assert found["figure"].endswith(f"2 are within the limits, 1 beyond, and 0 cannot be told from either. {said}")
    assert (found["value"], found["low"], found["high"]) == (None, None, None)
    assert "largest" not in found["figure"]


def test_a_group_whose_links_are_beyond_the_limit_is_named():
    found = told(changed("audit", "linkage", "match_rates", "sex", 0, "gap", to=near(-0.09)), "linkage")
    assert found["figure"].endswith("Beyond the limit: by sex, female.")


def test_how_many_pairs_of_groups_could_change_places_is_told():
    assert told(sound(), "labels")["figure"] == (
        "As recorded, 1 pair of groups is clearly apart in how many are missed or have the outcome. Counted in 1 other "
        "way, they change places in 0 of 1 comparisons."
    )
    alike = told(changed("audit", "labels", "as recorded", "sex", "clear", to=[]), "labels")
    assert "says nothing: no two groups that are clearly apart as recorded can be compared" in alike["figure"]
    alone = changed("audit", "labels", to={"as recorded": sound()["audit"]["labels"]["as recorded"]})
    assert told(alone, "labels")["state"] == UNEVALUABLE


def test_ethnicity_is_judged_of_each_group_and_those_that_could_not_be_are_named():
    evidence = sound()
    small = {"group": "Asian", "n": 90, "auc": near(0.9)}
    evidence["audit"]["proxies"]["ethnicity"]["groups"].append(small)
    groups = [{"group": name, "county": {}, "unevaluable": {}} for name in ("Asian", "Black", "White", "not stated")]
    evidence["audit"]["gaps"]["ethnicity_broad"] = groups
    found = told(evidence, "protected")
    assert found["state"] == FAIL
    assert "on average: 0.600 (0.590 to 0.610); White: 0.600 (0.590 to 0.610); Asian: 0.900" in found["figure"]
    assert "Beyond the limit: Asian." in found["figure"]
    assert found["figure"].endswith("Not tried, since too few households are of the group or of all others: Black.")


def test_what_a_perfect_list_would_reach_is_told_beside_the_times_that_are_asked_for():
    figure = told(sound(), "base_rate")["figure"]
    assert figure.endswith("A perfect list of that length would reach 10.0 times at most.")
    often = changed("test", "figures", "base_rate", to=near(0.4))
    often["test"]["figures"] |= {
        "events": 3600,
        "by_date": [sound()["test"]["figures"]["by_date"][0] | {"events": 3600}],
    }
    assert told(often, "base_rate")["figure"].endswith("2.5 times at most. So no list of that length can pass.")
    rare = changed("test", "figures", "by_date", 0, "events", to=5)
    assert "perfect" not in told(rare, "base_rate")["figure"]


def test_the_reason_for_the_times_says_what_a_draw_by_lot_would_find():
    assert "of three finds a draw by lot would make one" in told(sound(), "base_rate")["reason"]


def test_agreements_are_said_to_be_asked_for_again():
    assert told(sound(), "agreements")["figure"].endswith(
        "Approving a model and scoring with it ask again, each on its own day."
    )


def test_the_widest_gap_of_links_is_that_of_a_group_whose_badly_linked_may_be_told():
    records = [
        {"group": "female", "n": 4500, "sure": 4050, "rate": near(0.9), "gap": near(-0.01)},
        {"group": "male", "n": 900, "sure": 850, "rate": near(0.944), "gap": near(0.03)},
        {"group": "not stated", "n": 300, "sure": 297, "rate": near(0.99), "gap": near(0.08)},
    ]
    found = told(changed("audit", "linkage", "match_rates", "sex", to=records), "linkage")
    assert (found["value"], found["state"]) == (pytest.approx(-0.01), FAIL)  # the next smallest covers the three
