"""A feature that was built from what happened after its date stops the training, and is named."""

import os
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from tests.closure import ROOT

FED = ("params.yaml", "data/cohort", "data/labels", "data/matrix")


@pytest.fixture
def copied(small_run, tmp_path):
    """What training reads, in a folder of its own."""
    for name in FED:
        here, there = small_run.folder / name, tmp_path / name
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(here, there) if here.is_dir() else shutil.copy(here, there)
    return tmp_path


def test_a_column_that_holds_the_outcome_stops_the_training(copied):
    labels = pd.read_parquet(copied / "data/labels/escalation.parquet").set_index(["unit_id", "as_of"])["label"]
    for path in (copied / "data/matrix/escalation").glob("*.parquet"):
        matrix = pd.read_parquet(path)
        happened = labels.reindex(pd.MultiIndex.from_frame(matrix[["unit_id", "as_of"]])).astype("float32")
        path.unlink()  # it may be a link into DVC's cache
        matrix.assign(moves_1095d=happened.to_numpy()).to_parquet(path, index=False)
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.train", "escalation"],
        cwd=copied,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    [fault] = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert fault.startswith("error: moves_1095d: too good to be true: alone it has an AUC of 1.000")
    assert "recorded_on" in fault
    assert not (copied / "models").exists()
