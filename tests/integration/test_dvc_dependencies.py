"""Every stage of dvc.yaml depends on exactly the code it can load: a change re-runs all it should and no more."""

import re

import pytest
import yaml

from tests.closure import ROOT, closure

STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]


@pytest.mark.parametrize("stage", STAGES)
def test_code_dependencies_are_the_import_closure(stage):
    module = re.match(r"python -m (\S+)", STAGES[stage]["cmd"]).group(1)
    needed = closure(module)
    if "models/pages.py" in needed:
        needed.add("models/templates")
    if "features/load.py" in needed:
        needed.add("${catalogue}")
    if "features/agreements.py" in needed:
        needed.add("${agreements}")
    listed = {
        dep
        for dep in STAGES[stage]["deps"]
        if re.match(r"(features|models|pipelines)/|\$\{(catalogue|agreements)\}", dep)
    }
    listed = {dep for dep in listed if not dep.startswith(("models/bundles", "models/intervals", "models/registered"))}
    assert sorted(listed) == sorted(needed), f"dvc.yaml: {stage}: list these under deps:\n" + "\n".join(
        f"    - {dep}" for dep in sorted(needed)
    )


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_says_what_it_is_for(stage):
    assert len(STAGES[stage]["desc"].split()) >= 4
