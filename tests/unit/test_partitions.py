"""The matrix on disk: only what has changed is built again, and a run that was stopped is gone on with."""

import os
import signal
import subprocess
import sys
from datetime import date, timedelta

import pandas as pd
import pyarrow.parquet as pq
import pytest

from features import engine, partitions, records
from features.errors import InputError
from features.sources import open_view
from features.specs import Feature, age, count, days_since_last, events
from tests.builders import single_view

ARRESTS = Feature("arrests", count(events("police", "arrest")), days=(30, 365), none=0, why="an example")
CALLS = Feature("calls", count(events("police", "call")), days=(365,), none=0, why="an example")
SINCE = Feature("since", days_since_last(events("police")), none=None, why="an example")
AGE = Feature("age", age(), none=None, protected="age", why="an example")
FEATURES = (ARRESTS, CALLS, AGE)
DATES = (date(2024, 2, 1), date(2024, 3, 1), date(2024, 6, 1))
VIEW = {
    "residents": "resident_id | born_on\nann | 1980-01-01\nbob | null\ncat | 1990-05-05",
    "events": """
        unit_id | kind   | occurred_on
        ann     | arrest | 2024-01-10
        ann     | call   | 2024-05-20
        bob     | arrest | 2024-05-20
    """,
}


def asked(*dates: date, who=("ann", "bob", "cat")) -> pd.DataFrame:
    return pd.DataFrame([(unit_id, t) for t in dates for unit_id in who], columns=["unit_id", "as_of"])


@pytest.fixture
def view(tmp_path):
    with open_view(single_view(tmp_path / "view", **VIEW)) as opened:
        yield opened


@pytest.fixture
def write(view, tmp_path):
    """Write the pairs of these dates to the same folder, and check that it holds what building afresh gives."""

    def write(dates=DATES, features=FEATURES, made_of="the view", who=("ann", "bob", "cat")):
        folder, pairs = tmp_path / "matrix", asked(*dates, who=who)
        done = partitions.write(view, pairs, features, (), folder, made_of)
        assert pq.read_table(folder).equals(engine.build(view, pairs, features, ()))
        return done

    return write


@pytest.fixture
def loads(monkeypatch):
    """What was read of the view: the selections of events of each time that records were taken out of it."""
    read = []

    def load(con, ids, reads, *around):
        read.append(tuple(dict.fromkeys(reads.events)))
        return whole(con, ids, reads, *around)

    whole = records.load
    monkeypatch.setattr(records, "load", load)
    return read


def names(*dates: date) -> list[str]:
    return [str(day) for day in dates]


def stamps(folder) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_a_file_for_each_date(write, tmp_path):
    assert write().built == names(*DATES)
    assert sorted(path.name for path in (tmp_path / "matrix").iterdir()) == [f"{day}.parquet" for day in DATES]


def test_what_is_made_of_the_same_is_left_alone(write, tmp_path, view):
    write()
    before = stamps(tmp_path / "matrix")
    done = partitions.write(view, asked(*DATES), FEATURES, (), tmp_path / "matrix", "the view")
    assert (done.built, done.kept, stamps(tmp_path / "matrix")) == ([], names(*DATES), before)


def test_a_date_more_or_less(write):
    write(DATES[:2])
    done = write(DATES[1:])
    assert (done.built, done.kept, done.dropped) == (names(DATES[2]), names(DATES[1]), names(DATES[0]))


def test_a_feature_more_reads_only_what_it_needs(write, loads, view, tmp_path):
    write()
    loads.clear()
    done = partitions.write(view, asked(*DATES), (ARRESTS, SINCE, CALLS, AGE), (), tmp_path / "matrix", "the view")
    assert (done.built, done.extended, done.columns) == ([], names(*DATES), ["since"])
    assert loads == [(events("police"),)]
    write(features=(ARRESTS, SINCE, CALLS, AGE))


def test_a_feature_less_or_elsewhere_reads_nothing(write, loads, view, tmp_path):
    write()
    loads.clear()
    partitions.write(view, asked(*DATES), (AGE, ARRESTS), (), tmp_path / "matrix", "the view")
    assert loads == []
    write(features=(AGE, ARRESTS))


def test_a_feature_that_means_something_else_is_built_again(write):
    write()
    other = Feature("calls", count(events("police", "arrest")), days=(365,), none=0, why="an example")
    assert write(features=(ARRESTS, other, AGE)).columns == ["calls_365d"]
    reworded = Feature("calls", count(events("police", "arrest")), days=(365,), none=0, why="put otherwise")
    assert write(features=(ARRESTS, reworded, AGE)).kept == names(*DATES)


def test_other_records_other_residents_or_other_code_build_all_again(write, monkeypatch, tmp_path):
    write()
    assert write(made_of="another view").built == names(*DATES)
    assert write(made_of="another view", who=("ann", "cat")).built == names(*DATES)
    (tmp_path / "changed.py").write_text("# another rule")
    monkeypatch.setattr(partitions.timing, "__file__", str(tmp_path / "changed.py"))
    assert write(made_of="another view", who=("ann", "cat")).built == names(*DATES)


def test_the_code_that_makes_a_number_is_all_that_the_engine_imports():
    from pipelines.code import closure

    made_by = {f"features/{module.__name__.split('.')[-1]}.py" for module in partitions.CODE}
    without_numbers = {f"features/{name}.py" for name in ("__init__", "errors", "spark")}
    assert made_by == set(closure("features.engine")) - without_numbers | {"features/sources.py", "features/tables.py"}


@pytest.mark.parametrize("rows", [1, 2, 1000])
def test_the_bytes_depend_on_neither_blocks_nor_parts_nor_history(write, view, tmp_path, monkeypatch, rows):
    monkeypatch.setattr(partitions, "ROW_GROUP", 2)
    write(DATES[:1], (CALLS,))
    write(DATES[1:], (CALLS, SINCE))
    write(DATES, FEATURES)
    monkeypatch.setattr("features.parts.BLOCK", rows)
    monkeypatch.setattr("features.parts.EVENT_BYTES", view.arrays if rows == 1 else 80)
    partitions.write(view, asked(*DATES).sample(frac=1, random_state=1), FEATURES, (), tmp_path / "afresh", "the view")
    for day in DATES:
        one, other = ((tmp_path / folder / f"{day}.parquet").read_bytes() for folder in ("matrix", "afresh"))
        assert one == other


@pytest.mark.parametrize("event_bytes", [48, 10**12], ids=["one part", "a part for each resident"])
def test_many_dates_have_a_file_for_each_month(view, tmp_path, monkeypatch, event_bytes):
    monkeypatch.setattr(partitions, "MOST", 40)
    monkeypatch.setattr("features.parts.EVENT_BYTES", event_bytes)
    pairs = asked(*(date(2024, 1, 20) + timedelta(n) for n in range(60)))
    assert partitions.write(view, pairs, FEATURES, (), tmp_path / "matrix", "x").built == [
        "2024-01",
        "2024-02",
        "2024-03",
    ]
    assert pq.read_table(tmp_path / "matrix").equals(engine.build(view, pairs, FEATURES, ()))


def test_nobody_to_write(view, tmp_path):
    assert partitions.write(view, asked(), FEATURES, (), tmp_path / "matrix", "x") == partitions.Written()


def test_a_failure_leaves_what_was_finished_and_nothing_half(view, write, tmp_path, monkeypatch):
    monkeypatch.setattr("features.parts.BLOCK", 1)
    written = partitions._File._write

    def full_disk(self, rows):
        if self._path.stem == str(DATES[1]):
            raise OSError(28, "No space left on device")
        written(self, rows)

    monkeypatch.setattr(partitions._File, "_write", full_disk)
    with pytest.raises(OSError, match="No space"):
        partitions.write(view, asked(*DATES), FEATURES, (), tmp_path / "matrix", "the view")
    assert [path.name for path in (tmp_path / "matrix").iterdir()] == [f"{DATES[0]}.parquet"]
    monkeypatch.undo()
    assert write().kept == names(DATES[0])


KILLED = """
import os, signal, sys
from features import partitions
from features.sources import open_view
from tests.unit import test_partitions as t

written, n = partitions._File._write, 0
def kill(self, rows):
    global n
    n += 1
    written(self, rows)
    if n == 3:
        os.kill(os.getpid(), signal.SIGKILL)
partitions._File._write = kill
partitions.ROW_GROUP = 2
with open_view(sys.argv[1]) as view:
    partitions.write(view, t.asked(*t.DATES), t.FEATURES, (), __import__("pathlib").Path(sys.argv[2]), "the view")
"""


def test_a_run_killed_midway_leaves_no_partial_partition_and_continues(view, write, tmp_path, monkeypatch):
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(view.location), str(tmp_path / "matrix")],
        env=os.environ | {"PYTHONPATH": os.getcwd()},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    left = sorted(path.name for path in (tmp_path / "matrix").iterdir())
    assert left == [f"{DATES[0]}.parquet", f"{DATES[1]}{partitions.UNFINISHED}"]
    done = write()
    assert (done.kept, done.built, done.dropped) == (names(DATES[0]), names(*DATES[1:]), [])


def test_damage_is_mended_or_said(write, view, tmp_path):
    write()
    file = tmp_path / "matrix" / f"{DATES[1]}.parquet"
    sound = file.read_bytes()
    file.write_bytes(sound[:-200])
    assert write().built == names(DATES[1])
    file.write_bytes(sound[:4] + b"\0" * 300 + sound[304:])
    with pytest.raises(InputError, match=r"2024-03-01.parquet: is damaged; remove it"):
        partitions.write(view, asked(*DATES), (*FEATURES, SINCE), (), tmp_path / "matrix", "the view")
