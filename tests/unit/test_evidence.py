"""What documents are made from is of one run, and what is on file for a model is said as it stands."""

import json
from datetime import date

import pytest

from features.errors import InputError
from models.approvals import ROLES, SignOff, Withdrawal
from pipelines import evidence, paths

OF = [
    {"name": name, "title": title}
    for name, title in (("agreements", "Agreed"), ("events", "Enough events"), ("net_benefit", "Worth its cost"))
]
PASSED = {"verdict": "may be approved", "failed": [], "unevaluable": [], "gates": OF}
FAILED = PASSED | {"verdict": "must not be approved", "failed": ["events", "net_benefit"]}
UNANSWERED = PASSED | {"verdict": "must not be approved", "unevaluable": ["agreements", "events"]}


def signed(role: str, until: date = date(2027, 5, 1), recipients=("police", "fire")) -> SignOff:
    return SignOff(
        outcome="escalation",
        model="0123456789abcdef",
        sha256="a" * 64,
        use_level="prioritisation",
        recipients=recipients,
        role=role,
        name="whoever holds that office",
        signed_on=date(2026, 11, 1),
        until=until,
    )


def withdrawn(role: str) -> Withdrawal:
    return Withdrawal(
        outcome="escalation",
        role=role,
        name="whoever holds that office",
        withdrawn_on=date(2026, 11, 20),
        reason="an agreement that it rests on has ended",
    )


def test_evidence_of_another_run_is_refused_each_file_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = (paths.metrics, paths.audit, paths.fairness, paths.folds, paths.calibration, paths.stability,
             paths.explanation, paths.inputs, paths.agencies, paths.gates)  # fmt: skip
    for file in files:
        file("escalation").parent.mkdir(parents=True, exist_ok=True)
        file("escalation").write_text(json.dumps({"identity": "this"}))
    assert len(evidence._measured("escalation", "this")) == len(files)
    paths.gates("escalation").write_text(json.dumps({"identity": "that"}))
    paths.folds("escalation").write_text(json.dumps({}))
    with pytest.raises(InputError) as error:
        evidence._measured("escalation", "this")
    assert len(error.value.faults) == 2
    assert "gates.json: is of run that, the model of this; make it again with `dvc repro`" in str(error.value)


def test_an_approval_by_all_three_ends_with_the_first_of_them_and_names_whom_all_named():
    first, second, third = ROLES
    on_file = {
        first: signed(first),
        second: signed(second, date(2027, 3, 1)),
        third: signed(third, recipients=("police",)),
    }
    assert evidence._approval(on_file, FAILED, False) == "Signed off by all three until 1 March 2027, for police."


def test_what_is_missing_for_an_approval_is_said():
    first, second, third = ROLES
    said = evidence._approval({first: signed(first), second: withdrawn(second), third: None}, PASSED, False)
    assert said.startswith("The senior responsible owner has signed; the data protection officer has withdrawn; the ")
    assert said.endswith(
        "has not signed. Not approved. Its gates say that it may be approved. It must not score anybody until all "
        "three have signed it off."
    )


@pytest.mark.parametrize("invented", [True, False])
@pytest.mark.parametrize(
    ("gates", "said"),
    [
        (PASSED, "Not approved. Its gates say that it may be approved. "),
        (FAILED, "Must not be approved: 2 gates failed (enough events; worth its cost). "),
        (UNANSWERED, "Must not be approved: 1 gate that must have an answer had none (agreed). "),
    ],
)
def test_while_nothing_is_on_file_what_the_gates_say_of_an_approval_comes_first(invented, gates, said):
    told = evidence._approval(dict.fromkeys(ROLES), gates, invented)
    assert told.startswith(said)
    assert told.endswith("must not be used on real people." if invented else "until all three have signed it off.")
