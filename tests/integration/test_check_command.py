"""`foresight check` on broken single views: one clear message, exit code 2, no traceback."""

import subprocess
import sys

import pytest

from pipelines.code import ROOT
from tests.builders import rewrite, single_view

BASE = {"residents": "resident_id\nann\nbob", "events": "unit_id | occurred_on\nann | 2024-02-01\nbob | 2024-03-01"}


def sound(folder):
    return single_view(folder, **BASE)


def with_rows(**tables):
    return lambda folder: single_view(folder, **BASE | tables)


def with_query(table, select):
    return lambda folder: rewrite(single_view(folder, **BASE), table, select)


def corrupt(folder):
    (sound(folder) / "events.parquet").write_bytes(b"PAR1 not really PAR1")


def without(table):
    return lambda folder: (sound(folder) / f"{table}.parquet").unlink()


BROKEN = {
    "a missing table": (without("residents"), "residents"),
    "a missing column": (with_query("events", "SELECT * EXCLUDE recorded_on FROM events"), "events.recorded_on"),
    "a date that is text": (
        with_query("events", "SELECT * REPLACE (occurred_on::VARCHAR AS occurred_on) FROM events"),
        "events.occurred_on",
    ),
    "a corrupt file": (corrupt, "events"),
    "a duplicate key": (with_rows(residents="resident_id\nann\nbob\nbob"), "residents.resident_id"),
    "a future record": (
        with_rows(events="unit_id | occurred_on | recorded_on\nann | 2024-02-01 | 2031-01-01"),
        "events.recorded_on",
    ),
    "an unknown resident": (with_rows(events="unit_id\nnobody"), "events.unit_id"),
    "an end that nobody recorded": (
        with_rows(events="unit_id | ended_on | end_recorded_on\nann | 2024-02-01 | null"),
        "events.end_recorded_on",
    ),
    "a unit outside the vocabulary": (with_rows(events="unit_id | unit\nann | person"), "events.unit"),
    "a probability above one": (
        with_rows(residents="resident_id | link_probability\nann | 1.5\nbob | 0.5"),
        "residents.link_probability",
    ),
    "another version of the contract": (with_rows(about={"version": 2}), "about.version"),
}


def check(location):
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "check", str(location)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_single_view_gives_one_clear_message(tmp_path, name):
    write, named = BROKEN[name]
    write(tmp_path / "view")
    done = check(tmp_path / "view")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "1 fatal fault" in done.stderr
    assert named in done.stderr
    assert "Traceback" not in done.stderr


def test_a_location_that_is_not_there(tmp_path):
    done = check(tmp_path / "nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stderr


def test_a_sound_single_view_passes_with_its_warnings(tmp_path):
    sound(tmp_path / "view")
    done = check(tmp_path / "view")
    assert done.returncode == 0
    assert "can be used" in done.stderr
