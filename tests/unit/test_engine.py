"""The matrix: sorted, typed, the same whatever the blocks; and pairs that are refused."""

from datetime import date

import pandas as pd
import pyarrow as pa
import pytest

from features import engine, parts
from features.errors import InputError
from features.pairs import read_pairs
from features.sources import open_view
from features.specs import Feature, age, count, events
from tests.builders import single_view

FEATURES = (
    Feature("arrests", count(events("police", "arrest")), days=(30, 365), none=0, why="an example"),
    Feature("age", age(), none=None, protected="age", why="an example"),
)
VIEW = {
    "residents": "resident_id | born_on\nann | 1980-01-01\nbob | null",
    "events": "unit_id | occurred_on\nann | 2024-01-10\nann | 2024-05-20\nbob | 2024-05-20",
}
PAIRS = pd.DataFrame(
    {
        "unit_id": ["bob", "ann", "ann"],
        "as_of": [date(2024, 6, 1), date(2024, 6, 1), date(2024, 2, 1)],
        "group_id": "g",
    }
)
MATRIX = {
    "unit_id": ["ann", "ann", "bob"],
    "as_of": [date(2024, 2, 1), date(2024, 6, 1), date(2024, 6, 1)],
    "arrests_30d": [1, 1, 1],
    "arrests_365d": [1, 2, 1],
    "age": [44, 44, None],
}


@pytest.fixture
def view(tmp_path):
    with open_view(single_view(tmp_path / "view", **VIEW)) as opened:
        yield opened


def test_the_matrix_is_sorted_and_typed(view):
    table = engine.build(view, PAIRS, FEATURES, ())
    assert table.to_pydict() == MATRIX
    assert [str(field.type) for field in table.schema] == ["string", "date32[day]", "float", "float", "float"]


def test_blocks_make_no_difference(view, monkeypatch):
    whole = engine.build(view, PAIRS, FEATURES, ())
    monkeypatch.setattr(parts, "BLOCK", 1)
    assert engine.build(view, PAIRS, FEATURES, ()).equals(whole)


def test_parts_make_no_difference(view, monkeypatch):
    """A view that does not fit the memory is taken a few residents at a time."""
    whole = engine.build(view, PAIRS, FEATURES, ())
    monkeypatch.setattr(parts, "EVENT_BYTES", view.arrays)
    assert engine.build(view, PAIRS, FEATURES, ()).equals(whole)


def test_progress_is_told_in_counts(view, monkeypatch):
    monkeypatch.setattr(parts, "BLOCK", 2)
    monkeypatch.setattr(parts, "TELL", -1)
    told = []
    engine.build(view, PAIRS, FEATURES, (), say=told.append)
    assert told == ["2 of 3 pairs", "3 of 3 pairs"]


@pytest.mark.parametrize(
    "pairs",
    [
        PAIRS,
        pa.Table.from_pandas(PAIRS),
        PAIRS.assign(as_of=pd.to_datetime(PAIRS["as_of"])),
    ],
    ids=["frame", "arrow", "time stamps"],
)
def test_pairs_come_in_several_forms(pairs):
    assert read_pairs(pairs).to_pydict() == {name: MATRIX[name] for name in ("unit_id", "as_of")}


def test_pairs_come_from_a_file(tmp_path):
    PAIRS.to_parquet(tmp_path / "pairs.parquet")
    assert read_pairs(tmp_path / "pairs.parquet").num_rows == 3


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (PAIRS.drop(columns="as_of"), "pairs: no column as_of; give unit_id (text) and as_of (day)"),
        (
            PAIRS.assign(unit_id=["ann", None, "bob"]),
            "pairs: 1 value is missing; every pair needs a unit_id and an as_of",
        ),
        (PAIRS.assign(as_of=[1.5, 2.5, 3.5]), "pairs: unit_id must be text and as_of whole days; convert them first"),
        (pd.concat([PAIRS, PAIRS.head(1)]), "pairs: 1 row repeats a pair; give each unit_id and as_of once"),
    ],
)
def test_pairs_that_are_refused(pairs, message):
    with pytest.raises(InputError) as told:
        read_pairs(pairs)
    assert str(told.value) == message
