"""params.yaml is read whole: each fault is named with what to do, all of them at once, before any work starts."""

import subprocess
import sys

import pytest
import yaml

from features.errors import InputError
from pipelines import stage
from pipelines.check import check_single_view
from pipelines.code import ROOT
from pipelines.params import load

OUTCOMES = ("complex_dependency", "escalation", "repeat_domestic_abuse", "delayed_discharge", "dwelling_fire")


@pytest.fixture
def written(tmp_path):
    """Write the project's own params with a change made to the parsed content or the text."""

    def write(change=None, text=None):
        path = tmp_path / "params.yaml"
        content = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
        if change:
            change(content)
        path.write_text(yaml.safe_dump(content) if text is None else text)
        return path

    return write


def put(path, value):
    """A change that sets one key, given as `a.b.c`."""

    def change(content):
        *sections, key = path.split(".")
        for section in sections:
            content = content[section]
        content[key] = value

    return change


def drop(path):
    def change(content):
        *sections, key = path.split(".")
        for section in sections:
            content = content[section]
        del content[key]

    return change


def test_the_projects_own_params_are_sound(written):
    assert load(written()).outcomes == OUTCOMES


def test_an_outcome_may_have_other_options_than_the_rest(written):
    params = load(written(put("knobs.escalation.options", {"lightgbm": {"num_leaves": 7}})))
    usual, special = params.options("complex_dependency"), params.options("escalation")
    assert list(usual) == ["rule", "scorecard", "logistic", "additive", "lightgbm", "lightgbm_free"]
    assert special["lightgbm"] == usual["lightgbm"] | {"num_leaves": 7}
    assert special["lightgbm_free"] == usual["lightgbm_free"]
    assert special["rule"] == "household_records_90d"


def test_an_entry_left_out_is_no_candidate(written):
    def change(content):
        del content["models"]["lightgbm_free"]
        for knobs in content["knobs"].values():
            knobs["options"] = {}

    assert list(load(written(change)).options("escalation"))[-2:] == ["additive", "lightgbm"]


BROKEN = [
    pytest.param(
        put("knobs.escalation.horizn_days", 90),
        "knobs.escalation.horizn_days: no such parameter; did you mean horizon_days?",
        id="misspelt",
    ),
    pytest.param(
        put("knobs.escalation.horizon_days", "90"),
        "knobs.escalation.horizon_days: input should be a valid integer, not '90'",
        id="text for a number",
    ),
    pytest.param(
        put("knobs.escalation.capacity", 0),
        "knobs.escalation.capacity: input should be greater than or equal to 1, not 0",
        id="no capacity",
    ),
    pytest.param(
        put("knobs.escalation.worth", 0),
        "knobs.escalation.worth: input should be greater than or equal to 1, not 0",
        id="worth nothing",
    ),
    pytest.param(
        put("knobs.delayed_discharge.saves.pound", 306),
        "knobs.delayed_discharge.saves.pound: no such parameter; did you mean pounds?",
        id="a misspelt saving",
    ),
    pytest.param(
        drop("knobs.delayed_discharge.saves.each"), "saves.each: is missing; add it", id="a saving of how much"
    ),
    pytest.param(
        put("models.held_out", 1.5), "models.held_out: input should be less than 1, not 1.5", id="share above one"
    ),
    pytest.param(
        put("models.lightgbm.max_depth", 12),
        "models.lightgbm.max_depth: input should be less than or equal to 8, not 12",
        id="too deep",
    ),
    pytest.param(
        put("knobs.escalation.options", {"lightgbm": {"max_depth": 12}}),
        "knobs.escalation.options.lightgbm.max_depth: input should be less than or equal to 8, not 12",
        id="too deep for one outcome",
    ),
    pytest.param(
        put("knobs.escalation.options", {"lightgbm": {"max_deph": 4}}),
        "knobs.escalation.options.lightgbm.max_deph: no such parameter; did you mean max_depth?",
        id="misspelt for one outcome",
    ),
    pytest.param(
        put("knobs.escalation.options", {"forest": {}}),
        "knobs.escalation.options.forest: no such candidate under models; they are scorecard, logistic, additive, light",
        id="options of no candidate",
    ),
    pytest.param(
        put("sensitivity.refits", 1),
        "sensitivity.refits: input should be greater than or equal to 2, not 1",
        id="one refit, which spreads nowhere",
    ),
    pytest.param(
        put("sensitivity.weak_link", 90),
        "sensitivity.weak_link: input should be less than 1, not 90",
        id="a probability in percent",
    ),
    pytest.param(
        put("sensitivity.allowance_days", [30, 30]),
        "sensitivity.allowance_days: names each once; given more than once: 30",
        id="an allowance twice",
    ),
    pytest.param(put("models.folds", 1), "models.folds: input should be greater than or equal to 2", id="one fold"),
    pytest.param(put("memory", "lots"), "memory: string should match pattern", id="memory"),
    pytest.param(put("engine", "flink"), "engine: input should be 'duckdb' or 'spark', not 'flink'", id="engine"),
    pytest.param(
        put("test_from", "someday"), "test_from: must be a day such as 2024-03-31, not 'someday'", id="not a date"
    ),
    pytest.param(
        put("test_from", "2030-01-01"),
        "leaves no snapshot before it to train on, or none from it to test on",
        id="test after all snapshots",
    ),
    pytest.param(
        put("cohort.snapshots", ["2020-01-01", "2019-01-01"]),
        "snapshots must be different dates in ascending order",
        id="unordered",
    ),
    pytest.param(
        put("outcomes", ["escalation", "eviction"]), "outcomes: eviction has no entry under knobs", id="unknown outcome"
    ),
    pytest.param(drop("allowance_days"), "allowance_days: is missing; add it", id="missing"),
    pytest.param(
        lambda content: content.update(single_view="mine", cohort={**content["cohort"], "source": "mine"}),
        "for your own, set invent: []",
        id="invented county elsewhere",
    ),
    pytest.param(
        put("knobs.escalation.inputs", {"sex": "yes"}),
        "knobs.escalation.inputs.sex: string should have at least 10 characters",
        id="no reason",
    ),
    pytest.param(put("test_from", 1672531200), "test_from: must be a day such as", id="a number for a day"),
    pytest.param(put("test_from", "1672531200"), "test_from: must be a day such as", id="a quoted number for a day"),
    pytest.param(
        put("test_from", "9999-12-31"), "test_from: must be a day of the years 1900 to 2200", id="the end of time"
    ),
    pytest.param(
        put("knobs.escalation.horizon_days", 3651),
        "knobs.escalation.horizon_days: input should be less than or equal to 3650, not 3651",
        id="a horizon beyond ten years",
    ),
    pytest.param(put("knobs.escalation.gap_days", 10**9), "gap_days: input should be less than", id="an endless gap"),
    pytest.param(put("allowance_days", 10**9), "allowance_days: input should be less than", id="an endless allowance"),
    pytest.param(put("knobs.escalation.rule", ""), "rule: string should have at least 1 character", id="no rule"),
    pytest.param(put("card.contact", " " * 9), "card.contact: string should have at least 5", id="no contact"),
    pytest.param(put("card.contest", "\n" * 30), "card.contest: string should have at least 20", id="no contest"),
    pytest.param(put("audit", []), "audit: list should have at least 1 item", id="no audit"),
    pytest.param(put("audit", ["sex", "sex"]), "audit: names each once; given more than once: sex", id="audited twice"),
    pytest.param(
        put("outcomes", ["escalation", "escalation"]), "outcomes: names each once", id="an outcome listed twice"
    ),
    pytest.param(put("invent", ["county", "county"]), "invent: names each once", id="invented twice"),
]
# What shows only where params meet the county, the catalogue, the agreements and the approvals.
AT_ODDS = [
    pytest.param(
        put("knobs.escalation.inputs", {"agee": "a reason that is long enough"}),
        "knobs.escalation: inputs: no feature of the catalogue stands for agee; did you mean age?",
        id="unknown protected input",
    ),
    pytest.param(
        put("knobs.escalation.rule", "household_record_90d"),
        "household_record_90d is not a column of the catalogue; did you mean household_records_90d?",
        id="unknown rule",
    ),
    pytest.param(
        put("knobs.escalation.rule", "sex_female"), "stands for sex, which is not among inputs", id="barred rule"
    ),
    pytest.param(
        put("knobs.escalation.at_least", 2), "at_least turns only the rule Reaches", id="a knob of another rule"
    ),
    pytest.param(put("county.residents", 5), "county.residents must be a whole number from 2000", id="hamlet"),
    pytest.param(put("catalogue", "none.py"), "none.py: no such catalogue", id="no catalogue"),
    pytest.param(put("agreements", "none.yaml"), "none.yaml: not there", id="no agreements"),
    pytest.param(put("approvals", "params.yaml"), "params.yaml: must be a list of records", id="no approvals"),
    pytest.param(put("waivers", "params.yaml"), "params.yaml: must be a list of records", id="no waivers"),
]


@pytest.mark.parametrize(("change", "message"), BROKEN)
def test_a_broken_file_gives_one_clear_message(written, change, message):
    with pytest.raises(InputError) as error:
        load(written(change))
    assert message in str(error.value)
    assert len(error.value.faults) == 1


def test_all_faults_come_out_together(written):
    def change(content):
        put("threads", 0)(content)
        put("models.seed", 1.5)(content)
        drop("audit")(content)

    with pytest.raises(InputError) as error:
        load(written(change))
    assert len(error.value.faults) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a: [1", "is not valid YAML at line", id="not YAML"),
        pytest.param("", "must hold sections", id="empty"),
        pytest.param("- 1", "must hold sections", id="a list"),
        pytest.param("test_from: 2023-02-30", "is not valid YAML", id="a day that the calendar has not"),
        pytest.param("a: *b", "is not valid YAML at line 1", id="no such anchor"),
        pytest.param("a: \0", "is not valid YAML at character 3", id="binary"),
        pytest.param("[" * 5000, "is not valid YAML", id="nested too deeply"),
        pytest.param("a: !!python/object:os.x 1", "is not valid YAML at line 1", id="code"),
    ],
)
def test_a_file_that_cannot_be_read(written, text, message):
    with pytest.raises(InputError, match=message):
        load(written(text=text))


def test_a_key_given_twice_is_a_fault(written):
    path = written()
    path.write_text(path.read_text() + "group_by: household\nmodels: {seed: 2, seed: 4}\n")
    with pytest.raises(InputError) as error:
        load(path)
    assert {fault.split(": ")[1] for fault in error.value.faults} == {"seed", "models", "group_by"}


@pytest.fixture
def checked(written, monkeypatch, capsys):
    """Run the stage `check` on the project's params with a change made to them: exit code, and what it says."""

    def run(change):
        path = written(change)
        for name in ("features", "data/agreements.yaml", "models/statements.yaml"):
            (path.parent / name).parent.mkdir(exist_ok=True)
            (path.parent / name).symlink_to(ROOT / name)
        monkeypatch.chdir(path.parent)
        with pytest.raises(SystemExit) as end:
            stage.run(check_single_view)
        return end.value.code, capsys.readouterr().err.strip().splitlines()

    return run


@pytest.mark.parametrize(("change", "message"), BROKEN + AT_ODDS)
def test_the_command_says_it_once_and_exits_with_2(checked, change, message):
    code, [said] = checked(change)
    assert code == 2
    assert said.startswith("error: ")
    assert message in said


def test_the_command_says_all_faults_together(checked):
    def change(content):
        for at_odds in AT_ODDS[:2]:
            at_odds.values[0](content)
        put("county.residents", 5)(content)
        put("knobs.complex_dependency.rule", "none")(content)
        put("agreements", "none.yaml")(content)

    code, said = checked(change)
    assert code == 2
    assert len(said) == 5


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("train",), f"give one outcome of params.yaml ({', '.join(OUTCOMES)}), not none"),
        (("explain", "nope"), f"give one outcome of params.yaml ({', '.join(OUTCOMES)}), not nope"),
        (("check", "here"), "this stage takes nothing from the command line, not here"),
    ],
)
def test_a_stage_says_what_it_takes(written, words, message):
    done = subprocess.run(
        [sys.executable, "-m", f"pipelines.{words[0]}", *words[1:]],
        cwd=written().parent,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (2, f"error: {message}")
