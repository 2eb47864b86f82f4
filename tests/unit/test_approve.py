"""Signing off and withdrawing: what stands on file afterwards, and what is refused."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.linear_model import LogisticRegression
from typer.testing import CliRunner

from features.errors import InputError
from models import bundle
from models.approvals import HEADER, ROLES, Withdrawal, load_approvals, require_approval
from models.waivers import NEVER
from pipelines import approve as commands
from pipelines import paths
from pipelines.cli import app
from pipelines.files import write_json, write_table
from pipelines.identity import digest
from pipelines.seal import seal

ROOT = Path(__file__).parents[2]
SRO, DPO, CHAIR = ROLES
TODAY = date.today()
UNTIL = TODAY + timedelta(days=100)
SOONER = UNTIL - timedelta(days=1)
IDENTITY = "0a1b2c3d4e5f6071"
REASON = "Two families came to harm by it and nobody can say why."


NAMES = {1: "agreements", 2: "past_only", 3: "too_good", 4: "events", 5: "beats_rule", 9: "groups", 14: "disclosure"}
NAMES |= {15: "reproduces"}


def gate(number, state="pass"):
    told = {"number": number, "name": NAMES[number], "title": f"Title {number}", "state": state}
    return told | {"figure": f"figure {number}"}


def put_model(identity=IDENTITY, weight=1.0, columns=("visits",)):
    """A model of escalation of some columns, with all that scoring uses."""
    model = LogisticRegression().fit(pd.DataFrame({name: [0.0, weight] for name in columns}), [0, 1])
    seen = {name: np.array([0.0, 1.0], np.float32) for name in columns}
    write_table(paths.background("escalation"), pd.DataFrame(seen))
    meta = {
        "identity": identity,
        "columns": [{"name": name} for name in columns],
        "background": digest(paths.background("escalation")),
    }
    bundle.save(paths.bundle("escalation"), model, meta)
    write_json(
        paths.intervals("escalation"), {"identity": identity, "table": [{"score": 0.5, "low": 0.4, "high": 0.6}]}
    )


def put_gates(*gates, identity=IDENTITY, verdict="may be approved"):
    write_json(paths.gates("escalation"), {"identity": identity, "verdict": verdict, "gates": list(gates)})


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with a model whose gates all passed, where commands can run."""
    monkeypatch.chdir(tmp_path)
    content = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    content["catalogue"], content["agreements"] = str(ROOT / content["catalogue"]), str(ROOT / content["agreements"])
    content["card"]["expires_on"] = UNTIL + timedelta(days=10)
    Path("params.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    put_model()
    put_gates(*map(gate, NAMES))
    Path("models/approvals.yaml").write_text(HEADER + "[]\n", encoding="utf-8")
    return tmp_path


def sign(role=SRO, name="who", until=UNTIL, use_level=None, recipients=("police", "housing")):
    commands.approve("escalation", role, name, until, use_level, recipients)


def approved(recipient="police", on=TODAY):
    model = bundle.load(paths.bundle("escalation"))[1]["identity"]
    file = Path("models/approvals.yaml")
    return require_approval(file, "escalation", model, seal("escalation"), "prioritisation", recipient, on)


def waive(**given):
    told = {
        "outcome": "escalation",
        "gate": "beats_rule",
        "model": IDENTITY,
        "role": CHAIR,
        "name": "who",
        "reason": "The rule can't be used where the records of a home are late.",
        "until": UNTIL,
    } | given
    Path("models/waivers.yaml").write_text(yaml.safe_dump([told]), encoding="utf-8")


def test_a_model_is_approved_when_the_third_has_signed(project, capsys):
    for role in (SRO, DPO):
        sign(role)
        with pytest.raises(InputError, match="has not signed"):
            approved()
    assert "still to sign: the chair of the ethics group" in capsys.readouterr().err
    sign(CHAIR)
    assert "all three have signed" in capsys.readouterr().err
    found = approved()
    assert (found.recipients, found.until, found.sha256) == (("housing", "police"), UNTIL, seal("escalation"))
    assert Path("models/approvals.yaml").read_text(encoding="utf-8").startswith(HEADER + "- outcome: escalation\n")


def test_signing_the_same_again_changes_nothing_and_another_end_is_added(project, capsys):
    sign()
    before = Path("models/approvals.yaml").read_bytes()
    sign(recipients=("housing", "police"))
    assert "nothing was changed" in capsys.readouterr().err
    assert Path("models/approvals.yaml").read_bytes() == before
    sign(until=UNTIL - timedelta(days=1))
    assert len(load_approvals(Path("models/approvals.yaml"))) == 2


def test_what_was_signed_and_withdrawn_stays_on_file(project, capsys):
    for role in ROLES:
        sign(role)
    commands.withdraw("escalation", DPO, "who", REASON)
    with pytest.raises(InputError, match="the data protection officer withdrew on"):
        approved()
    before = Path("models/approvals.yaml").read_bytes()
    commands.withdraw("escalation", DPO, "who", REASON)
    assert "nothing was changed" in capsys.readouterr().err
    assert Path("models/approvals.yaml").read_bytes() == before
    assert len(load_approvals(Path("models/approvals.yaml"))) == 4
    sign(DPO)
    assert approved()


def test_only_what_was_signed_can_be_withdrawn_and_with_a_reason(project):
    with pytest.raises(InputError, match="has signed nothing about escalation"):
        commands.withdraw("escalation", DPO, "who", REASON)
    with pytest.raises(InputError) as error:
        commands.withdraw("escalation", "reviewer", " ", "because")
    assert [fault.split(" ")[0].rstrip(":") for fault in error.value.faults] == ["--role", "--name", "--reason"]


@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(lambda: put_model(weight=2.0), id="another model of the same identity"),
        pytest.param(
            lambda: write_json(paths.intervals("escalation"), {"identity": IDENTITY, "table": []}), id="other intervals"
        ),
    ],
)
def test_whatever_scoring_uses_is_altered_is_not_what_was_signed(project, alter):
    for role in ROLES:
        sign(role)
    before = seal("escalation")
    alter()
    assert seal("escalation") != before
    with pytest.raises(InputError, match="it has been altered since it was signed off"):
        approved()


def test_the_seal_is_the_same_in_another_folder(project, tmp_path_factory, monkeypatch):
    before, elsewhere = seal("escalation"), tmp_path_factory.mktemp("elsewhere")
    shutil.copytree("models", elsewhere / "models")
    monkeypatch.chdir(elsewhere)
    assert seal("escalation") == before


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param({"role": "reviewer"}, "--role must be one of senior_responsible_owner, ", id="role"),
        pytest.param({"name": " "}, "--name: say who signs", id="name"),
        pytest.param({"until": TODAY}, f"--until must be later than today, {TODAY}, not {TODAY}", id="past"),
        pytest.param({"until": UNTIL + timedelta(days=11)}, "when the card expires (card.expires_on)", id="too late"),
        pytest.param({"use_level": "individual"}, "--use-level must be that of the outcome, prioritisation", id="use"),
        pytest.param(
            {"recipients": ("florist",)}, "--recipient florist: no sharing agreement names it", id="recipient"
        ),
        pytest.param({"recipients": ()}, "--recipient: name each agency", id="no recipient"),
    ],
)
def test_what_is_refused(project, given, told):
    with pytest.raises(InputError) as error:
        sign(**given)
    assert len(error.value.faults) == 1
    assert told in error.value.faults[0]
    assert load_approvals(Path("models/approvals.yaml")) == ()


def put_agreements(**until):
    """The county's agreements, all with years to go but for these."""
    content = yaml.safe_load((ROOT / "data/agreements.yaml").read_text(encoding="utf-8"))
    for agreement in content["agreements"]:
        agreement["until"] = until.get(agreement["name"], TODAY + timedelta(days=1000))
    Path("agreements.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    params = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))
    Path("params.yaml").write_text(yaml.safe_dump(params | {"agreements": "agreements.yaml"}), encoding="utf-8")


INPUTS = ("police_da_victim_365d", "rent_arrears_notices_365d")


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        pytest.param(TODAY, f"today, {TODAY}, 1 of its inputs may not be used", id="today"),
        pytest.param(SOONER, f"--until {UNTIL} is too late: on {SOONER} 1 of its inputs may not be used", id="sooner"),
    ],
)
def test_no_approval_outlives_an_agreement_that_its_inputs_rest_on(project, ends, told):
    put_model(columns=INPUTS)
    put_agreements(housing=ends, fire=TODAY)  # no input is of the fire service
    with pytest.raises(InputError) as error:
        sign()
    [fault] = error.value.faults
    assert told in fault
    assert fault.endswith(f"(agreements.yaml): housing ended on {ends}")
    put_agreements(housing=UNTIL, fire=TODAY)
    sign()
    assert len(load_approvals(Path("models/approvals.yaml"))) == 1


@pytest.mark.parametrize(
    ("field", "left", "told"),
    [("purposes", ["train"], "purpose score"), ("use_levels", ["planning"], "use level prioritisation")],
)
def test_an_agreement_without_the_purpose_or_the_use_bars_approval(project, field, left, told):
    put_model(columns=INPUTS)
    put_agreements()
    content = yaml.safe_load(Path("agreements.yaml").read_text(encoding="utf-8"))
    content["agreements"] = [agreement | {field: left} for agreement in content["agreements"]]
    Path("agreements.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(InputError, match=f"police_safeguarding does not allow the {told}"):
        sign()


def test_all_that_speaks_against_it_comes_out_together(project):
    put_gates(gate(5, "fail"), gate(14, "fail"), gate(9, "unevaluable"))
    with pytest.raises(InputError) as error:
        sign("reviewer", until=TODAY, recipients=("florist",))
    assert len(error.value.faults) == 5


def test_a_use_that_reaches_less_far_may_be_signed(project):
    for role in ROLES:
        sign(role, use_level="planning")
    with pytest.raises(InputError, match="it is signed off for planning only"):
        approved()


def test_a_failed_gate_stands_in_the_way_unless_it_is_waived(project, capsys):
    put_gates(gate(4), gate(5, "fail"))
    with pytest.raises(
        InputError, match=r"gate 5 \(Title 5\) failed: figure 5; nobody has waived it in models/waivers"
    ):
        sign()
    for wrong in ({"gate": "groups"}, {"model": "ffff"}, {"outcome": "dwelling_fire"}):
        waive(**wrong)
        with pytest.raises(InputError, match="nobody has waived it"):
            sign()
    waive(until=TODAY)
    with pytest.raises(InputError, match=f"its waiver ended on {TODAY}"):
        sign()
    waive(until=UNTIL - timedelta(days=1))
    with pytest.raises(
        InputError, match=f"no later than {UNTIL - timedelta(days=1)}, when the waiver of beats_rule ends"
    ):
        sign()
    waive()
    sign()
    assert "failed: figure 5; waived until" in capsys.readouterr().err


@pytest.mark.parametrize("number", [number for number, name in NAMES.items() if name in NEVER])
@pytest.mark.parametrize("state", ["fail", "unevaluable"])
def test_some_gates_must_be_passed_and_nobody_can_waive_them(project, number, state):
    put_gates(gate(number, state))
    with pytest.raises(InputError, match=f"it can't be waived: {NEVER[NAMES[number]]}"):
        sign()
    waive(gate=NAMES[number])
    with pytest.raises(InputError, match=f"record 1: gate: {NAMES[number]} can't be waived"):
        sign()


def test_a_run_that_nobody_could_repeat_is_no_evidence_unless_somebody_answers_for_it(project):
    put_gates(gate(15, "unevaluable"))
    with pytest.raises(InputError, match="can't be judged: figure 15; no other figure means anything without it"):
        sign()
    waive(gate="reproduces")
    sign()


def test_the_gate_record_must_show_the_waivers_that_an_approval_rests_on(project):
    put_gates(gate(5, "fail"), verdict="must not be approved")
    waive()
    with pytest.raises(InputError, match="it was made before the waivers on file were; make it again with `dvc repro"):
        sign()


def test_too_few_events_bar_individual_use_alone(project, capsys):
    put_gates(gate(4, "unevaluable"), gate(9, "unevaluable"), verdict="may be approved for planning only")
    sign()
    assert len(load_approvals(Path("models/approvals.yaml"))) == 1
    catalogue = Path("catalogue")
    shutil.copytree(ROOT / "features/catalogue", catalogue)
    outcomes = (catalogue / "outcomes.py").read_text(encoding="utf-8")
    assert 'use_level="prioritisation"' in outcomes
    (catalogue / "outcomes.py").write_text(outcomes.replace('"prioritisation"', '"individual"'), encoding="utf-8")
    content = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8")) | {"catalogue": str(catalogue)}
    Path("params.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    sign(DPO, use_level="prioritisation")
    with pytest.raises(InputError) as error:
        sign(CHAIR)
    assert [fault.split(" (")[0] for fault in error.value.faults] == [
        f"escalation can't be signed off: gate {number}" for number in (4, 9)
    ]
    assert all("individual use needs it" in fault for fault in error.value.faults)
    put_gates(gate(4), gate(9))
    sign(CHAIR)


def test_gates_that_are_absent_or_of_another_model_are_refused(project):
    put_gates(gate(4), identity="ffff")
    with pytest.raises(InputError, match=r"gates\.json is of another model, ffff"):
        sign()
    paths.gates("escalation").unlink()
    with pytest.raises(InputError, match=r"gates\.json: not there"):
        sign()


def test_intervals_of_another_model_are_refused(project):
    write_json(paths.intervals("escalation"), {"identity": "ffff", "table": []})
    with pytest.raises(InputError, match="is not of this model"):
        sign()


def test_what_several_add_at_the_same_moment_is_all_on_file(project):
    path, names = Path("models/approvals.yaml"), [f"number {n}" for n in range(12)]

    def withdraw(name: str) -> None:
        record = Withdrawal(outcome="escalation", role=SRO, name=name, withdrawn_on=TODAY, reason=REASON)
        commands._add(path, record)

    sign()
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(withdraw, names))
    assert sorted(record.name for record in load_approvals(path)[1:]) == sorted(names)


def test_a_file_that_can_not_be_added_to_is_left_as_it_is(project):
    sign()
    [record] = yaml.safe_load(Path("models/approvals.yaml").read_text(encoding="utf-8"))
    written = json.dumps([record], default=str)
    Path("models/approvals.yaml").write_text(written, encoding="utf-8")
    with pytest.raises(InputError, match=r"approvals\.yaml: its records must be a list with a dash before each"):
        sign(CHAIR)
    assert Path("models/approvals.yaml").read_text(encoding="utf-8") == written
    assert [path.name for path in Path("models").glob(".*.part")] == []


def test_the_commands_say_what_was_wrong_and_exit_with_2(project):
    words = ["approve", "escalation", "--role", "reviewer", "--name", "who", "--until", str(UNTIL)]
    done = CliRunner().invoke(app, [*words, "--recipient", "police"])
    assert done.exit_code == 2
    assert "error: escalation can't be signed off: --role must be one of" in done.output
    words[3] = SRO
    assert CliRunner().invoke(app, [*words, "--recipient", "police", "--recipient", "housing"]).exit_code == 0
    words = ["withdraw", "escalation", "--role", SRO, "--name", "who", "--reason", REASON]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert len(load_approvals(Path("models/approvals.yaml"))) == 2
