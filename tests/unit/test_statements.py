"""Statements are read whole: each fault is named with where it stands and what to write, all of them together."""

import pytest
import yaml

from features.errors import InputError
from models.statements import load_statements
from pipelines.code import ROOT
from tests.governance import STATEMENTS

KNOWN = ("escalation", "dwelling_fire")


@pytest.fixture
def read(tmp_path):
    """Read what is said of `outcomes` from a file that holds the drawn statements, with these changes."""

    def load(outcomes=("escalation",), own=None, without=(), **changed):
        content = {key: value for key, value in (STATEMENTS | changed).items() if key not in without}
        path = tmp_path / "statements.yaml"
        path.write_text(yaml.safe_dump(content | ({"outcomes": own} if own is not None else {})))
        return load_statements(path, outcomes, KNOWN)

    return load


def faults_of(read, *given, **changed) -> list[str]:
    with pytest.raises(InputError) as error:
        read(*given, **changed)
    return [fault.split("statements.yaml: ")[1] for fault in error.value.faults]


def test_the_projects_own_statements_hold_all_that_is_said_of_every_outcome():
    outcomes = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))["outcomes"]
    said = load_statements(ROOT / "models/statements.yaml", outcomes, outcomes)
    assert list(said) == outcomes
    assert len({of.previous_process for of in said.values()}) == len(outcomes)
    for of in said.values():
        assert {risk.area for risk in of.risks} == {
            "data",
            "use",
            "efficacy",
            "outputs",
            "organisation",
            "public engagement",
        }


def test_what_an_outcome_says_itself_holds_for_it_alone(read):
    said = read(KNOWN, own={"dwelling_fire": {"benefits": "A home gets working alarms in time."}})
    assert said["dwelling_fire"].benefits == "A home gets working alarms in time."
    assert said["escalation"].benefits == STATEMENTS["benefits"]


def test_what_every_outcome_says_itself_need_not_stand_at_the_top(read):
    own = {name: {"benefits": f"Something good comes of {name}."} for name in KNOWN}
    assert read(KNOWN, own=own, without=["benefits"])["escalation"].benefits == "Something good comes of escalation."


def test_all_faults_come_together_each_with_where_it_stands(read):
    found = faults_of(
        read,
        KNOWN,
        own={"dwelling_fire": {"training": "some"}, "escalaton": {}},
        without=["appeals"],
        conflict="None",
        need="too short",
    )
    assert found == [
        "outcomes.escalaton: no such outcome; did you mean escalation?",
        "appeals: is missing for escalation; add it at the top, or under outcomes.escalation",
        "need: string should have at least 20 characters, not 'too short'",
        "conflict: no such statement; did you mean conflicts?",
        "outcomes.dwelling_fire.training: string should have at least 20 characters, not 'some'",
        "appeals: is missing for dwelling_fire; add it at the top, or under outcomes.dwelling_fire",
    ]


def test_due_regard_is_had_to_each_of_the_nine(read):
    due_regard = {name: text for name, text in STATEMENTS["due_regard"].items() if name != "sex"}
    found = faults_of(read, due_regard=due_regard | {"height": "Not an input, and not measured."})
    assert found[0] == "due_regard: 'sex' is missing; add it"
    assert found[1].startswith("due_regard: 'height' is none of the nine: age, disability,")


def test_a_risk_is_of_an_area_that_the_record_asks_about(read):
    risk = STATEMENTS["risks"][0] | {"area": "weather"}
    assert faults_of(read, risks=[risk])[0].startswith("risks.0.area: input should be 'data', 'use',")


@pytest.mark.parametrize("judged", ["likelihood", "severity", "residual"])
def test_how_large_a_risk_is_must_be_said_in_one_of_three_words(read, judged):
    risk = STATEMENTS["risks"][0]
    said = f"risks.0.{judged}: input should be 'low', 'medium' or 'high', not 'some'"
    assert faults_of(read, risks=[risk | {judged: "some"}])[0] == said
    without = {key: value for key, value in risk.items() if key != judged}
    assert faults_of(read, risks=[without])[0].startswith(f"risks.0.{judged}: ")


@pytest.mark.parametrize("text", ["", "[]", "- a"])
def test_a_file_that_holds_none_is_refused(tmp_path, text):
    path = tmp_path / "statements.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match="must hold statements such as organisation and appeals"):
        load_statements(path, KNOWN, KNOWN)


def test_an_entry_of_an_outcome_that_is_no_section_is_refused(read):
    assert faults_of(read, own={"escalation": "none"}) == [
        "outcomes: must name each outcome with what is said of it, as key: text"
    ]
