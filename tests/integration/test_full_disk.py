"""A disk with no room left: one clear message, exit code 2, and nothing half-written or lost."""

import resource
import shutil
import subprocess
import sys

import pytest

from pipelines.code import ROOT
from tests.builders import single_view


def little_room():
    """As where the disk is full: no file may grow beyond 2 kB."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))


@pytest.fixture
def folder(tmp_path):
    """A project folder with a sound single view and an earlier result that must survive."""
    text = (ROOT / "params.yaml").read_text().replace("invent: [county]", "invent: []").replace(" disability,", "")
    (tmp_path / "params.yaml").write_text(text.replace("residents: 40000", "residents: 2000"))
    for name in ("features/catalogue", "data/agreements.yaml"):
        source = ROOT / name
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, tmp_path / name) if source.is_dir() else shutil.copy(source, tmp_path / name)
    rows = "\n".join(f"{name} | h{number}" for number, name in enumerate(f"r{i}" for i in range(400)))
    single_view(tmp_path / "data/single_view", residencies=f"resident_id | household_id\n{rows}")
    (tmp_path / "data/cohort").mkdir()
    (tmp_path / "data/cohort/complex_dependency.parquet").write_bytes(b"an earlier result")
    return tmp_path


@pytest.mark.parametrize("command", [("pipelines.cohort", "complex_dependency"), ("pipelines.county",)])
def test_nothing_is_half_written_or_lost(folder, command):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=little_room,
    )
    assert done.returncode == 2, done.stderr
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
