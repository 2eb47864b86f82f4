"""A feature that was built from what happened after its date stops the training, and is named."""

import os
import shutil
import subprocess
import sys

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.code import ROOT

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
        matrix = pq.read_table(path)
        pairs = pd.MultiIndex.from_frame(matrix.select(["unit_id", "as_of"]).to_pandas())
        happened = pa.array(labels.reindex(pairs).astype("Float32"), pa.float32(), from_pandas=True)
        path.unlink()  # it may be a link into DVC's cache
        pq.write_table(matrix.set_column(matrix.column_names.index("moves_1095d"), "moves_1095d", happened), path)
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
