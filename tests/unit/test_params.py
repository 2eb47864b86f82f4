"""params.yaml is read whole: each fault is named with what to do, all of them at once, before any work starts."""

import subprocess
import sys

import pytest
import yaml

from features.errors import InputError
from pipelines.params import load
from tests.closure import ROOT


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
    assert load(written()).outcomes == ("complex_dependency", "escalation")


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
        put("models.held_out", 1.5), "models.held_out: input should be less than 1, not 1.5", id="share above one"
    ),
    pytest.param(
        put("models.lightgbm.max_depth", 12),
        "models.lightgbm.max_depth: input should be less than or equal to 8, not 12",
        id="too deep",
    ),
    pytest.param(put("engine.memory", "lots"), "engine.memory: string should match pattern", id="memory"),
    pytest.param(put("test_from", "someday"), "test_from: input should be a valid date", id="not a date"),
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
]


@pytest.mark.parametrize(("change", "message"), BROKEN)
def test_a_broken_file_gives_one_clear_message(written, change, message):
    with pytest.raises(InputError) as error:
        load(written(change))
    assert message in str(error.value)
    assert len(error.value.faults) == 1


def test_all_faults_come_out_together(written):
    def change(content):
        put("engine.threads", 0)(content)
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
    ],
)
def test_a_file_that_cannot_be_read(written, text, message):
    with pytest.raises(InputError, match=message):
        load(written(text=text))


def test_a_command_exits_with_2_and_no_traceback(written):
    path = written(put("knobs.escalation.capacity", 0))
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.check"],
        cwd=path.parent,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 2
    assert (
        done.stderr.strip()
        == "error: params.yaml: knobs.escalation.capacity: input should be greater than or equal to 1, not 0"
    )
