"""A stage runs again when code that it can load has changed, and only then."""

import re

import pytest
import yaml

from pipelines.code import ROOT, TEMPLATES, closure, stages

STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
OF_CODE = STAGES.pop("code")


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_depends_on_its_list_of_code_and_on_what_that_reads(stage):
    module = re.match(r"python -m pipelines\.(\S+)", STAGES[stage]["cmd"]).group(1)
    needed, code = {f"data/code/{module}.txt"}, closure(f"pipelines.{module}")
    if "features/load.py" in code:
        needed.add("${catalogue}")
    if "features/agreements.py" in code:
        needed.add("${agreements}")
    assert needed == {dep for dep in STAGES[stage]["deps"] if re.match(r"data/code/|\$\{(catalogue|agreements)\}", dep)}


def test_the_lists_are_made_of_all_our_code_and_for_all_stages():
    ours = {str(path.relative_to(ROOT)) for path in (ROOT / "models").glob("*.py")}
    ours |= {str(path.parent.relative_to(ROOT)) for path in (ROOT / "models").glob("*/__init__.py")}
    # models/ holds what stages make, too, so that DVC can't follow it as a whole
    assert set(OF_CODE["deps"]) == {"features", "pipelines", TEMPLATES, *ours}, (
        "dvc.yaml: code: list all of models/*.py and its packages"
    )
    assert OF_CODE["outs"] == [f"data/code/{stage}.txt" for stage in stages()]


def test_a_list_holds_what_a_stage_imports_through_others_and_nothing_else():
    explain = closure("pipelines.explain")
    assert {"pipelines/explain.py", "models/explanation.py", "features/errors.py"} <= explain
    assert not explain & {"features/engine.py", "models/registry.py"}
    assert any(file.startswith(TEMPLATES) for file in closure("pipelines.documents"))


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_says_what_it_is_for(stage):
    assert len(STAGES[stage]["desc"].split()) >= 4
