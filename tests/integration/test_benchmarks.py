"""The benchmarks still run against the engine as it is, and their README says what is there."""

import doctest
import subprocess
import sys

import pytest

from benchmarks import measure
from benchmarks.task import COMMON
from pipelines.code import ROOT

FOLDER = ROOT / "benchmarks"


def test_the_readme_names_every_file():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    files = {file.name for file in FOLDER.iterdir() if file.suffix in (".py", ".txt")} - {"__init__.py"}
    assert [name for name in sorted(files) if f"`{name}`" not in text] == []


def test_a_child_that_fails_is_a_row_and_not_an_end():
    made = measure.run("benchmarks.no_such_module", budget=measure.Budget(seconds=60, memory=4e9))
    assert made.fault == "failed (exit 1)"


def test_a_child_over_its_time_is_ended():
    made = measure.run("timeit", "import time; time.sleep(600)", budget=measure.Budget(seconds=1, memory=4e9))
    assert made.fault == "over 1 s"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the memory of another process here")
def test_a_child_over_its_memory_is_ended_and_its_peak_is_its_own():
    held = "held = b'x' * 1_000_000_000; import time; time.sleep(600)"
    made = measure.run("timeit", held, budget=measure.Budget(seconds=600, memory=5e8))
    assert made.fault == "over 0.5 GB"
    assert 5e8 <= made.memory <= 1.2e9


def test_the_examples_in_measure_hold():
    assert doctest.testmod(measure).failed == 0


def test_a_plain_query_agrees_with_the_engine(tmp_path):
    words = ["--data", tmp_path, "--sizes", "2000", "--only", "duckdb"]
    command = [sys.executable, "-m", "benchmarks.features", *map(str, words)]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    common = sum(len(feature.columns) for feature in COMMON)
    (row,) = (line for line in printed.splitlines() if line.endswith(f"| {common} | 0 | 0 |"))
    assert row.startswith("| DuckDB")


def test_a_fit_is_of_the_rows_that_training_draws_and_of_all():
    words = ["--residents", "20000", "--snapshots", "2", "--columns", "20", "--share", "0.02"]
    command = [sys.executable, "-m", "benchmarks.fit", *words]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    drawn, whole = (line.split("|") for line in printed.splitlines()[-2:])
    assert whole[2].strip() == "40,000"
    assert int(drawn[2].strip().replace(",", "")) < 40_000
