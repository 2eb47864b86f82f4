"""Every command says what it does, and the documents say when to use it."""

import pytest
from typer.main import get_command

from pipelines.cli import app
from pipelines.code import ROOT

COMMANDS = get_command(app).commands


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_in_the_documents_and_explains_all_that_it_takes(name):
    told = "".join((ROOT / file).read_text(encoding="utf-8") for file in ("README.md", "CONTRIBUTING.md"))
    assert f"foresight {name}" in told
    assert len(COMMANDS[name].help.split()) >= 4
    assert [given.name for given in COMMANDS[name].params if not given.help] == []
