"""A single view reads the same from Parquet and DuckDB, in the contract's types, and never half-heartedly."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from features.errors import InputError
from features.sources import About, open_view
from features.specs import Kind
from features.tables import TABLES, TYPES
from tests.builders import rewrite, single_view

FAMILY = {
    "residents": """
        resident_id | sex | region
        ann         | F   | north
        bob         | M   | south
    """,
    "residencies": """
        resident_id | household_id | started_on
        ann         | h1           | 2010-01-01
        bob         | h1           | 2011-01-01
    """,
    "events": """
        unit      | unit_id | occurred_on | tier
        resident  | ann     | 2020-01-01  | 2
        resident  | bob     | 2020-01-02  |
        household | h1      | 2020-01-03  |
    """,
}


def rows(view, sql):
    return view.con.execute(sql).fetchall()


@pytest.mark.parametrize("as_duckdb", [False, True], ids=["parquet", "duckdb"])
def test_every_table_stands_in_the_types_of_the_contract(tmp_path, as_duckdb):
    with open_view(single_view(tmp_path, **FAMILY, as_duckdb=as_duckdb)) as view:
        assert view.about == About(version=1, name="test", extract_on=date(2025, 1, 1), invented=True)
        assert view.tables == {"about", "residents", "residencies", "events"}
        assert view.objected == 0
        for table in TABLES:
            types = {name: type_ for name, type_, *_ in rows(view, f"DESCRIBE {table.name}")}
            assert {column.name: types[column.name] for column in table.columns} == {
                column.name: TYPES[column.type] for column in table.columns
            }
        assert rows(view, "SELECT unit_id, tier FROM events ORDER BY ALL") == [("ann", 2), ("bob", None), ("h1", None)]
        assert rows(view, "SELECT resident_id, region FROM residents ORDER BY ALL") == [
            ("ann", "north"),
            ("bob", "south"),
        ]
        assert rows(view, "SELECT count(*) FROM properties") == [(0,)]


@pytest.mark.parametrize(
    ("table", "narrower"),
    [
        ("events", "SELECT * REPLACE (CAST(tier AS UTINYINT) AS tier, CAST(amount AS SMALLINT) AS amount) FROM events"),
        ("events", "SELECT * REPLACE (NULL AS role, NULL AS ended_on) FROM events"),
        ("residents", "SELECT * REPLACE (CAST(link_probability AS FLOAT) AS link_probability) FROM residents"),
        ("residents", "SELECT * REPLACE (CAST(sex AS ENUM('F', 'M')) AS sex) FROM residents"),
    ],
    ids=["narrow whole numbers", "columns with no type since all is empty", "single precision", "categories"],
)
def test_types_that_lose_nothing_are_widened(tmp_path, table, narrower):
    folder = single_view(tmp_path, **FAMILY)
    rewrite(folder, table, narrower)
    with open_view(folder) as view:
        assert rows(view, "SELECT tier FROM events WHERE unit_id = 'ann'") == [(2,)]
        assert rows(view, "SELECT sex, link_probability FROM residents WHERE resident_id = 'bob'") == [("M", 1.0)]


def test_a_category_in_a_duckdb_file_is_text(tmp_path):
    file = single_view(tmp_path, **FAMILY, as_duckdb=True)
    with duckdb.connect(file) as con:
        con.execute("CREATE TYPE regions AS ENUM ('north', 'south')")
        con.execute("ALTER TABLE residents ALTER region TYPE regions")
    with open_view(file) as view:
        assert rows(view, "SELECT resident_id FROM residents WHERE region = 'nowhere'") == []
        assert rows(view, "SELECT typeof(region) FROM residents LIMIT 1") == [("VARCHAR",)]


def test_optional_columns_are_empty_where_absent(tmp_path):
    with open_view(single_view(tmp_path, properties="property_id\np1")) as view:
        assert rows(view, "SELECT property_id, business_count, employees FROM properties") == [("p1", None, None)]


@pytest.mark.parametrize(
    ("purpose", "seen", "objected"),
    [
        (None, ["ann", "bob", "cat", "dee"], 0),
        ("train", ["bob", "dee"], 2),
        ("score", ["cat", "dee"], 2),
    ],
)
def test_an_objection_in_force_removes_the_resident_for_its_purpose(tmp_path, purpose, seen, objected):
    view = single_view(
        tmp_path,
        residencies="resident_id | household_id\nann | h1\nbob | h1\ncat | h1\ndee | h1",
        events="unit | unit_id\nresident | ann\nresident | bob\nresident | cat\nresident | dee\nhousehold | ann",
        objections="""
            resident_id | purpose | from_on
            ann         | all     | 2020-01-01
            ann         | train   | 2021-01-01
            bob         | score   | 2025-01-01
            cat         | train   | 2020-01-01
            dee         | all     | 2025-01-02
        """,
    )
    with open_view(view, purpose) as view:
        assert view.objected == objected
        for residents in (
            "resident_id FROM residents",
            "resident_id FROM residencies",
            "unit_id FROM events WHERE unit = 'resident'",
        ):
            assert rows(view, f"SELECT {residents} ORDER BY ALL") == [(name,) for name in seen]
        # A household that happens to bear the identifier of a resident who objected.
        assert rows(view, "SELECT unit_id FROM events WHERE unit = 'household'") == [("ann",)]


@pytest.mark.parametrize(
    ("invented", "today", "used_on", "objected"),
    [
        pytest.param(False, None, date(2025, 1, 1), 1, id="as of the extraction"),
        pytest.param(False, date(2025, 2, 1), date(2025, 2, 1), 2, id="the day has come"),
        pytest.param(False, date(2025, 1, 31), date(2025, 1, 31), 1, id="the day has not come"),
        pytest.param(False, date(2024, 1, 1), date(2025, 1, 1), 1, id="a clock that is slow"),
        pytest.param(True, date(2025, 2, 1), date(2025, 1, 1), 1, id="invented"),
    ],
)
def test_an_objection_from_a_later_day_holds_once_it_has_come(tmp_path, invented, today, used_on, objected):
    view = single_view(
        tmp_path,
        about={"invented": invented},
        objections="resident_id | from_on\nann | 2025-01-01\nbob | 2025-02-01",
    )
    with open_view(view, "score", today=today) as view:
        assert (view.used_on, view.objected) == (used_on, objected)


def test_an_unknown_purpose_is_refused(tmp_path):
    with pytest.raises(ValueError, match="train, score"):
        open_view(single_view(tmp_path), "marketing")


def test_filters_and_columns_reach_the_parquet_file(tmp_path):
    with open_view(single_view(tmp_path, **FAMILY), "train") as view:
        [(_, plan)] = rows(view, "EXPLAIN SELECT unit_id FROM events WHERE occurred_on < DATE '2020-01-03'")
    assert "READ_PARQUET" in plan
    assert "occurred_on <" in plan
    assert "agency" not in plan


def test_a_duckdb_file_is_opened_read_only(tmp_path):
    with open_view(single_view(tmp_path, as_duckdb=True)) as view, pytest.raises(duckdb.Error, match="read-only"):
        view.con.execute("CREATE TABLE source.main.mine AS SELECT 1")


def test_what_was_spilled_goes_at_close(tmp_path):
    view = open_view(single_view(tmp_path))
    [(folder,)] = rows(view, "SELECT current_setting('temp_directory')")
    assert Path(folder).is_dir()
    view.close()
    assert not Path(folder).exists()


def test_a_folder_name_is_never_a_pattern(tmp_path):
    with open_view(single_view(tmp_path / "it's a [view]*", **FAMILY)) as view:
        assert rows(view, "SELECT count(*) FROM events") == [(3,)]


def becomes(table, select):
    return lambda folder: rewrite(folder, table, select)


def cast(column, table, to):
    return becomes(table, f"SELECT * REPLACE (CAST({column} AS {to}) AS {column}) FROM {table}")


BROKEN = {
    "no such table": (
        lambda folder: (folder / "events.parquet").unlink(),
        "events must be there: every single view has about, residents, events",
    ),
    "not Parquet": (
        lambda folder: (folder / "residents.parquet").write_bytes(b"not a table"),
        "residents must be readable: the file is damaged",
    ),
    "no such column": (
        becomes("events", "SELECT * EXCLUDE recorded_on FROM events"),
        "events.recorded_on must be there: add the column (date)",
    ),
    "dates as text": (
        cast("occurred_on", "events", "VARCHAR"),
        "events.occurred_on must be of type date, not VARCHAR: write it as a date of whole days",
    ),
    "dates with a time": (
        cast("recorded_on", "events", "TIMESTAMP"),
        "events.recorded_on must be of type date, not TIMESTAMP: write it as a date of whole days",
    ),
    "numbers as identifiers": (
        becomes("events", "SELECT * REPLACE (7 AS unit_id) FROM events"),
        "events.unit_id must be of type text, not INTEGER: write it as text",
    ),
    "amounts with decimals": (
        cast("amount", "events", "DECIMAL(9, 2)"),
        "events.amount must be of type int, not DECIMAL(9,2): write it as a whole number",
    ),
    "another version": (
        becomes("about", "SELECT * REPLACE (2 AS version) FROM about"),
        "about.version must be 1, not 2 (1 row)",
    ),
    "nobody said what it is": (
        becomes("about", "FROM about WHERE FALSE"),
        "about must have exactly one row, not none (0 rows)",
    ),
    "said twice": (
        becomes("about", "FROM about UNION ALL FROM about"),
        "about must have exactly one row, not several (2 rows)",
    ),
    "no day of extraction": (
        becomes("about", "SELECT * REPLACE (NULL AS extract_on) FROM about"),
        "about.extract_on must be given (1 row): fill it in",
    ),
    "invented as text": (cast("invented", "about", "VARCHAR"), "about.invented must be of type bool, not VARCHAR"),
    "column in capitals": (
        becomes("residents", "SELECT * RENAME (sex AS SEX) FROM residents"),
        "residents.sex must be there: add the column (text), empty where unknown",
    ),
}


@pytest.mark.parametrize(("break_it", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_structure_gives_one_clear_message(tmp_path, break_it, message):
    folder = single_view(tmp_path, **FAMILY)
    break_it(folder)
    with pytest.raises(InputError) as error:
        open_view(folder)
    [fault] = error.value.faults
    assert fault.startswith(message)


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("nowhere", "single view must exist: there is no"),
        ("empty", "single view must hold tables as Parquet files"),
        ("text.duckdb", "single view must be a folder of Parquet files or a DuckDB file"),
        ("bare.duckdb", "single view must hold tables"),
    ],
)
def test_a_location_that_holds_no_single_view(tmp_path, location, message):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.duckdb").write_text("not a database")
    duckdb.connect(tmp_path / "bare.duckdb").close()
    with pytest.raises(InputError) as error:
        open_view(tmp_path / location)
    [fault] = error.value.faults
    assert fault.startswith(message)


def test_all_faults_of_the_structure_come_together(tmp_path):
    folder = single_view(tmp_path, **FAMILY)
    for break_it in (BROKEN["no such column"], BROKEN["not Parquet"], BROKEN["another version"]):
        break_it[0](folder)
    with pytest.raises(InputError) as error:
        open_view(folder)
    assert [fault.split(" ")[0] for fault in error.value.faults] == ["residents", "events.recorded_on", "about.version"]


def test_events_of_kinds_that_are_not_listed_are_left_out(tmp_path):
    folder = single_view(tmp_path, events="unit_id | agency | kind\nann | police | arrest\nann | probation | recall")
    with open_view(folder, kinds=(Kind("police", "arrest", "arrest"),)) as view:
        assert view.con.execute("SELECT agency, kind FROM events").fetchall() == [("police", "arrest")]
