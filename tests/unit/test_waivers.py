"""A failed gate may be answered for by name, for one model, until a day; some gates by nobody."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from features.errors import InputError
from models.waivers import HEADER, NEVER, load_waivers, of_gate

ROOT = Path(__file__).parents[2]
END = date(2027, 6, 30)


def draw(**given):
    return {
        "outcome": "escalation",
        "gate": "beats_rule",
        "model": "0a1b2c3d4e5f6071",
        "role": "ethics_chair",
        "name": "who in that role",
        "reason": "The rule can't be used where the records of a home are late.",
        "until": END,
    } | given


def load(tmp_path, *drawn):
    path = tmp_path / "waivers.yaml"
    path.write_text(HEADER + yaml.safe_dump(list(drawn), sort_keys=False), encoding="utf-8")
    return load_waivers(path)


def asked(waivers, gate="beats_rule", outcome="escalation", model="0a1b2c3d4e5f6071", on=date(2027, 6, 29)):
    return of_gate(waivers, outcome, gate, model, on)


def test_a_waiver_is_for_one_gate_of_one_model_until_a_day(tmp_path):
    waivers = load(tmp_path, draw())
    assert asked(waivers).by == "ethics chair, who in that role"
    assert asked(waivers, gate="stability") is None
    assert asked(waivers, outcome="dwelling_fire") is None
    assert asked(waivers, model="ffffffffffffffff") is None
    assert asked(waivers, on=END) is None
    assert asked(waivers, on=None).until == END  # on file, whether it still counts or not


def test_of_two_the_later_end_counts(tmp_path):
    waivers = load(tmp_path, draw(until=date(2027, 1, 1)), draw(), draw(until=date(2026, 1, 1)))
    assert asked(waivers, on=date(2026, 12, 1)).until == END


@pytest.mark.parametrize("gate", NEVER)
def test_some_gates_nobody_may_waive(tmp_path, gate):
    with pytest.raises(InputError, match=f"record 1: gate: {gate} can't be waived: {NEVER[gate]}"):
        load(tmp_path, draw(gate=gate))


def test_the_file_says_which_gates_can_not_be_waived():
    *others, last = NEVER
    assert f"# {', '.join(others)} and {last} can't be waived" in HEADER


def test_every_fault_of_the_file_is_named_at_once(tmp_path):
    wrong = draw(reason="because", until="soon", gate="Beats the rule")
    del wrong["name"]
    with pytest.raises(InputError) as error:
        load(tmp_path, draw(), wrong)
    assert sorted(fault.split(": ")[2] for fault in error.value.faults) == ["gate", "name", "reason", "until"]
    assert all(": record 2: " in fault for fault in error.value.faults)


def test_nothing_is_waived_in_the_project_as_it_comes():
    assert load_waivers(ROOT / "models/waivers.yaml") == ()
    assert (ROOT / "models/waivers.yaml").read_text(encoding="utf-8") == HEADER + "[]\n"


def test_the_example_in_the_file_is_a_waiver(tmp_path):
    lines = [line.removeprefix("#     ") for line in HEADER.splitlines() if line.startswith("#     ")]
    [example] = load(tmp_path, *yaml.safe_load("\n".join(lines)))
    assert example.gate == "beats_rule"
