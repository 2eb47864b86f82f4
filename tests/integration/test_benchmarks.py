"""The benchmarks still run against the engine as it is, and their README says what is there."""

import doctest
import subprocess
import sys

from benchmarks import measure
from tests.closure import ROOT

FOLDER = ROOT / "benchmarks"


def test_the_readme_names_every_file():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    files = {file.name for file in FOLDER.iterdir() if file.suffix in (".py", ".txt")} - {"__init__.py"}
    assert [name for name in sorted(files) if f"`{name}`" not in text] == []


def test_a_child_that_fails_is_a_row_and_not_an_end():
    made = measure.run("benchmarks.no_such_module", budget=measure.Budget(seconds=60, memory=4e9))
    assert made.fault == "failed (exit 1)"


def test_a_child_over_its_budget_is_ended():
    made = measure.run("http.server", "0", "--bind", "127.0.0.1", budget=measure.Budget(seconds=1, memory=4e9))
    assert made.fault == "over 1 s"


def test_the_examples_in_measure_hold():
    assert doctest.testmod(measure).failed == 0


def test_a_plain_query_agrees_with_the_engine(tmp_path):
    words = ["--data", tmp_path, "--sizes", "2000", "--only", "duckdb"]
    command = [sys.executable, "-m", "benchmarks.features", *map(str, words)]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (row,) = (line for line in printed.splitlines() if line.endswith("| 131 | 0 | 0 |"))
    assert row.startswith("| DuckDB")
