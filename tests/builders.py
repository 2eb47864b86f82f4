"""Small single views in readable rows, for every test.

A table is a drawing, or a list of dicts where values are awkward to draw. Columns that are left out take the defaults
below; so does a blank cell. `null` in a drawing (None in a dict) is an empty value.

>>> import tempfile
>>> from features.sources import open_view
>>> folder = single_view(tempfile.mkdtemp(), events='''
...     unit_id | kind           | occurred_on | recorded_on
...     ann     | domestic_abuse | 2024-03-02  |
...     ann     | arrest         | 2024-03-02  | 2024-04-01
... ''', residencies='''
...     resident_id | household_id | started_on | ended_on
...     ann         | h1           | 2015-06-01 | 2024-05-01
...     bob         | h1           | 2015-06-01 |
... ''')
>>> with open_view(folder) as view:
...     print(view.con.execute("SELECT unit_id, kind, recorded_on::VARCHAR FROM events ORDER BY event_id").fetchall())
...     print(view.con.execute("SELECT resident_id FROM residents ORDER BY ALL").fetchall())
...     print(view.con.execute("SELECT end_recorded_on::VARCHAR FROM residencies ORDER BY resident_id").fetchall())
[('ann', 'domestic_abuse', '2024-03-03'), ('ann', 'arrest', '2024-04-01')]
[('ann',), ('bob',)]
[('2024-05-02',), (None,)]
"""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from features.tables import TABLES

ARROW = {"text": pa.string(), "date": pa.date32(), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}
FROM_TEXT = {"text": str, "date": date.fromisoformat, "int": int, "float": float, "bool": lambda text: text == "true"}
# What a row holds where it says nothing. A day on which something was recorded is the day after what it records.
DEFAULTS = {
    "about": {"version": 1, "name": "test", "extract_on": "2025-01-01", "invented": True},
    "residents": {"born_on": "1980-01-01", "sex": "F", "link_probability": 1.0},
    "residencies": {"household_id": "h1", "started_on": "2000-01-01"},
    "properties": {
        "lsoa": "E01000001",
        "district": "Worcester",
        "imd_decile": 5,
        "tenure": "owned",
        "dwelling_type": "house",
        "easting": 385000.0,
        "northing": 255000.0,
        "recorded_on": "2000-01-01",
    },
    "events": {"unit": "resident", "agency": "police", "kind": "arrest", "occurred_on": "2024-01-01"},
    "objections": {"purpose": "all", "from_on": "2020-01-01"},
}
Rows = str | list[dict] | None


def single_view(
    folder,
    residents: Rows = None,
    residencies: Rows = None,
    properties: Rows = None,
    events: Rows = "",
    objections: Rows = None,
    about: dict | None = None,
    as_duckdb: bool = False,
) -> Path:
    """Write a single view and return where it is: the folder, or single_view.duckdb in it.

    Tables given as None are not written, but `residents`: left out, they are those whom the others name. Dates are
    ISO text or dates. Events are numbered e1, e2, ... in their order. `about` overrides single values of its row.
    Columns that the contract does not know are kept, as text when drawn.
    """
    drawn = {"residencies": residencies, "properties": properties, "events": events, "objections": objections}
    rows = {name: read_rows(table) for name, table in drawn.items() if table is not None}
    rows["about"] = [about or {}]
    rows["residents"] = [{"resident_id": name} for name in _named(rows)] if residents is None else read_rows(residents)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tables = {name: arrow_table(name, of) for name, of in rows.items()}
    if not as_duckdb:
        for name, table in tables.items():
            pq.write_table(table, folder / f"{name}.parquet")
        return folder
    with duckdb.connect(folder / "single_view.duckdb") as con:
        for name, table in tables.items():
            con.register("arrow", table)
            con.execute(f"CREATE TABLE {name} AS FROM arrow")
    return folder / "single_view.duckdb"


def read_rows(table: str | list[dict]) -> list[dict]:
    """The rows of a drawing, in which a first line names the columns and | parts the cells; blank cells are left out.

    >>> read_rows('''
    ...     unit_id | tier | occurred_on
    ...     ann     |      | 2024-03-02
    ...     bob     | null | 2024-03-03
    ... ''')
    [{'unit_id': 'ann', 'occurred_on': '2024-03-02'}, {'unit_id': 'bob', 'tier': None, 'occurred_on': '2024-03-03'}]
    """
    if not isinstance(table, str):
        return table
    lines = [[cell.strip() for cell in line.split("|")] for line in table.splitlines() if line.strip()]
    return [
        {name: None if cell == "null" else cell for name, cell in zip(lines[0], line, strict=True) if cell}
        for line in lines[1:]
    ]


def arrow_table(name: str, rows: list[dict]) -> pa.Table:
    """Rows of one table of the contract, defaults filled in, as Arrow with the contract's types."""
    [contract] = [table for table in TABLES if table.name == name]
    rows = [{"event_id": f"e{i}"} | row if name == "events" else row for i, row in enumerate(rows, 1)]
    columns, filled = {}, [DEFAULTS[name] | row for row in rows]
    for column in contract.columns:
        if column.required or any(column.name in row for row in rows):
            values = [row[column.name] if column.name in row else _day_after(column, row) for row in filled]
            columns[column.name] = pa.array([_value(column.type, value) for value in values], ARROW[column.type])
    known = {column.name for column in contract.columns}
    for extra in dict.fromkeys(key for row in rows for key in row if key not in known):
        columns[extra] = pa.array([row.get(extra) for row in rows])
    return pa.table(columns)


def rewrite(folder: Path, table: str, select: str) -> None:
    """Replace a table of a Parquet single view by a query on it: how a test breaks what the builder would not write.

    For example rewrite(folder, "events", "SELECT * EXCLUDE recorded_on FROM events").
    """
    file = folder / f"{table}.parquet"
    with duckdb.connect() as con:
        con.register(table, pq.read_table(file))
        pq.write_table(con.sql(select).to_arrow_table(), file)


def _day_after(column, row: dict):
    fact = _value("date", row.get(column.records)) if column.records else None
    return fact and fact + timedelta(days=1)


def _value(type_: str, value):
    return FROM_TEXT[type_](value) if isinstance(value, str) else value


def _named(rows: dict[str, list[dict]]) -> list[str]:
    events = [row["unit_id"] for row in rows["events"] if row.get("unit", "resident") == "resident"]
    others = [row["resident_id"] for name in ("residencies", "objections") for row in rows.get(name, [])]
    return sorted(set(events + others))
