"""Opens a single view, wherever it lies, as the same tables in the same types.

A folder of Parquet files is read through views, so that filters and column choices reach the files and nothing is
copied; a DuckDB file is attached read-only. A further kind of source needs one more branch in `_attach`.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from features.errors import InputError
from features.specs import Kind
from features.tables import ABOUT, TABLES, TYPES, VERSION, Column, Fault, Table
from features.timing import in_force_sql, latest

PURPOSES = ("train", "score")
ENGINES = ("duckdb", "spark")
# The source types that become each type of the contract without loss; text is never read as a date.
LOSSLESS = {
    "text": ("VARCHAR", "ENUM"),
    "date": ("DATE",),
    "int": ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"),
    "float": ("DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"),
    "bool": ("BOOLEAN",),
}
ADVICE = {
    "text": "write it as text, so that leading zeros survive",
    "date": "write it as a date of whole days (SQL: CAST(... AS DATE)) before it comes here",
    "int": "write it as a whole number of at most 64 bits",
    "float": "write it as a 64-bit floating-point number",
    "bool": "write it as true or false",
}
DAMAGED = "the file is damaged or of another format: write it again"
WHOLE = "single view"  # what a fault names when it is of no table in particular


@dataclass(frozen=True)
class About:
    """The one row of table about: contract version, name, the day of extraction, whether all of it is invented."""

    version: int
    name: str
    extract_on: date
    invented: bool


class _Held:
    """A connection and the folder it spills to, closed together."""

    con: duckdb.DuckDBPyConnection
    spill: tempfile.TemporaryDirectory

    def close(self) -> None:
        self.con.close()
        self.spill.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.close()


@dataclass
class View(_Held):
    """An open single view: in `con` every table of the contract stands under its bare name, in the contract's types.

    Tables that the source lacks are empty; `tables` names those it has. `used_on` is the day on which agreements and
    objections must hold: that of the extraction, or the later one it was opened for. `objected` is how many residents
    were left out for the purpose. Close it, or use it in a `with` statement: what DuckDB spilled to disk goes with it.
    """

    con: duckdb.DuckDBPyConnection
    location: str | Path
    about: About
    used_on: date
    tables: frozenset[str]
    objected: int
    threads: int
    arrays: int  # bytes that the records of a part may take outside DuckDB
    spill: tempfile.TemporaryDirectory = field(repr=False)
    elsewhere: Callable[[], "View"] | None = None  # opens it once more, for a thread of Spark's; None: tasks run here


def open_view(
    location: str | Path,
    purpose: str | None = None,
    memory: str = "4GB",
    threads: int = 2,
    kinds: tuple[Kind, ...] | None = None,
    engine: str = "duckdb",
    today: date | None = None,
) -> View:
    """Open a single view (a folder of Parquet files, or a DuckDB file) read-only.

    With a purpose ("train" or "score"), residents whose objection to it is in force on the day of extraction are
    left out of residents, residencies and events. `today` moves that day on where the view is not invented, so that
    an objection from a later day holds as soon as the day has come. With `kinds`, events of any other kind are left out
    too: no agreement is asked about a kind that the catalogue does not list, so none may reach a feature. Half of
    `memory` is for DuckDB, half for the records that are taken out of it; on engine "spark", each of so many `threads`
    has its share. Raises InputError with every fault of its structure: a missing path, table or column, a wrong type,
    an unreadable file, a wrong version; or for a file on Spark. What is in the rows is for `features.check`.
    """
    if purpose is not None and purpose not in PURPOSES:
        raise ValueError(f"purpose must be one of {', '.join(PURPOSES)} or None, not {purpose!r}")
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}, not {engine!r}")
    if engine == "spark" and Path(location).is_file():
        raise InputError(
            f"engine: spark reads a folder of Parquet files, and {location} is a file; write engine: duckdb"
        )
    source = look(location, _half(memory), threads)
    if source.faults or source.about is None:
        source.close()
        raise InputError(*map(str, source.faults))
    if kinds is not None:
        _keep_listed(source.con, kinds)
    used_on = source.about.extract_on
    if today is not None and not source.about.invented:
        used_on = latest(used_on, today)
    objected = _honour_objections(source.con, purpose, used_on) if purpose else 0
    half, elsewhere = _bytes(memory) // 2, None
    if engine == "spark":
        share = f"{max(1, _bytes(memory) // 10**6 // threads)}MB"
        elsewhere = partial(open_view, Path(location).resolve(), purpose, share, 1, kinds, today=today)
        half //= threads
    found = frozenset(source.found)
    return View(source.con, location, source.about, used_on, found, objected, threads, half, source.spill, elsewhere)


@dataclass
class Source(_Held):
    """What a location holds: the faults of its structure, and views of whatever is sound in it.

    `found` maps each table that is there to its columns and their source types; `sound` names the (table, column)
    that can be read. Columns that cannot are null in the views. `about` is None if it cannot be read.
    """

    con: duckdb.DuckDBPyConnection
    spill: tempfile.TemporaryDirectory
    faults: list[Fault]
    found: dict[str, dict[str, str]]
    sound: set[tuple[str, str]]
    strangers: tuple[str, ...]
    about: About | None = None


def look(location: str | Path, memory: str = "4GB", threads: int = 2) -> Source:
    """Inspect the structure of a single view without reading its rows (only those of table about)."""
    spill = tempfile.TemporaryDirectory(prefix="foresight-", ignore_cleanup_errors=True)
    con = duckdb.connect(
        config={
            "memory_limit": memory,
            "threads": threads,
            "temp_directory": spill.name,
            "autoinstall_known_extensions": False,
        }
    )
    relations, faults = _attach(con, location)
    strangers = tuple(sorted(set(relations) - {table.name for table in TABLES}))
    source = Source(con, spill, faults, {}, set(), strangers)
    if not faults:
        for table in TABLES:
            _define(source, table, relations.get(table.name))
        source.about = _read_about(source)
    return source


def _attach(con: duckdb.DuckDBPyConnection, location: str | Path) -> tuple[dict[str, str], list[Fault]]:
    """The tables at a location, as name -> SQL that can stand after FROM; or why there are none."""

    def fault(rule: str, advice: str) -> tuple[dict[str, str], list[Fault]]:
        return {}, [Fault(WHOLE, "", rule, None, "fatal", advice)]

    path = Path(location)
    if path.is_dir():
        files = sorted(path.glob("*.parquet"))
        if not files:
            return fault(
                "must hold tables as Parquet files",
                f"no file in {path} ends in .parquet: give the folder that holds residents.parquet and so on",
            )
        return {file.stem: f"read_parquet({_quote(_literal(file))})" for file in files}, []
    if not path.exists():
        return fault("must exist", f"there is no {path}: give a folder of Parquet files or a DuckDB file")
    try:
        con.execute(f"ATTACH {_quote(str(path))} AS source (TYPE duckdb, READ_ONLY)")
    except duckdb.Error:
        return fault(
            "must be a folder of Parquet files or a DuckDB file",
            f"{path} cannot be opened as DuckDB: is it another format, damaged, or in use by another program?",
        )
    names = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'source' AND schema_name = 'main' UNION ALL "
        "SELECT view_name FROM duckdb_views() WHERE database_name = 'source' AND schema_name = 'main' AND NOT internal"
    ).fetchall()
    if not names:
        return fault("must hold tables", f"{path} holds none in its schema main")
    return {name: f"source.main.{_name(name)}" for (name,) in names}, []


def _define(source: Source, table: Table, relation: str | None) -> None:
    """Make the view of one table, and note the faults of its structure."""
    found: dict[str, str] = {}
    if relation is not None:
        try:
            rows = source.con.execute(f"DESCRIBE FROM {relation}").fetchall()
            found = source.found[table.name] = {name: type_ for name, type_, *_ in rows}
        except duckdb.Error:
            source.faults.append(Fault(table.name, "", "must be readable", None, "fatal", DAMAGED))
            relation = None
    elif table.required:
        source.faults.append(
            Fault(
                table.name,
                "",
                "must be there",
                None,
                "fatal",
                f"every single view has {', '.join(t.name for t in TABLES if t.required)}: add it",
            )
        )
    select = []
    for column in table.columns:
        expression = "NULL"
        if column.name in found:
            if _lossless(column, found[column.name]):
                expression = _name(column.name)
                source.sound.add((table.name, column.name))
            else:
                rule = f"must be of type {column.type}, not {found[column.name]}"
                source.faults.append(Fault(table.name, column.name, rule, None, "fatal", ADVICE[column.type]))
        elif table.name in source.found and column.required:
            advice = f"add the column ({column.type})" + (", empty where unknown" if column.nullable else "")
            source.faults.append(Fault(table.name, column.name, "must be there", None, "fatal", advice))
        select.append(f"CAST({expression} AS {TYPES[column.type]}) AS {column.name}")
    if table.open:
        known = {column.name for column in table.columns}
        select += [
            f"CAST({_name(name)} AS VARCHAR) AS {_name(name)}" if type_.startswith("ENUM") else _name(name)
            for name, type_ in found.items()
            if name not in known
        ]
    rows = f"FROM {relation}" if relation else "WHERE FALSE"
    source.con.execute(f"CREATE VIEW {table.name} AS SELECT {', '.join(select)} {rows}")


def _lossless(column: Column, found: str) -> bool:
    # A Parquet column in which every row is empty may have no type of its own.
    return found == '"NULL"' or found.split("(")[0] in LOSSLESS[column.type]


def _read_about(source: Source) -> About | None:
    if any((ABOUT.name, column.name) not in source.sound for column in ABOUT.columns):
        return None
    try:
        rows = source.con.execute("SELECT version, name, extract_on, invented FROM about LIMIT 2").fetchall()
    except duckdb.Error:
        source.faults.append(Fault("about", "", "must be readable", None, "fatal", DAMAGED))
        return None
    faults = []
    if len(rows) != 1:
        faults.append(
            Fault(
                "about",
                "",
                f"must have exactly one row, not {'none' if not rows else 'several'}",
                source.con.execute("SELECT count(*) FROM about").fetchall()[0][0],
                "fatal",
                "write one row: version, name, extract_on, invented",
            )
        )
    else:
        faults += [
            Fault("about", column.name, "must be given", 1, "fatal", "fill it in")
            for column, value in zip(ABOUT.columns, rows[0], strict=True)
            if value is None or value == ""
        ]
        if rows[0][0] not in (None, VERSION):
            faults.append(
                Fault(
                    "about",
                    "version",
                    f"must be {VERSION}, not {rows[0][0]}",
                    1,
                    "fatal",
                    f"this program reads version {VERSION} of the single view: convert it",
                )
            )
    source.faults += faults
    return None if faults else About(*rows[0])


def _keep_listed(con: duckdb.DuckDBPyConnection, kinds: tuple[Kind, ...]) -> None:
    """Leave events of kinds that are not listed out of the view."""
    con.execute("CREATE TABLE listed (agency VARCHAR, kind VARCHAR)")
    if kinds:
        con.executemany("INSERT INTO listed VALUES (?, ?)", [(kind.agency, kind.kind) for kind in kinds])
    con.execute("ALTER VIEW events RENAME TO events_of_any_kind")
    con.execute("CREATE VIEW events AS FROM events_of_any_kind WHERE (agency, kind) IN (FROM listed)")


def _honour_objections(con: duckdb.DuckDBPyConnection, purpose: str, used_on: date) -> int:
    """Leave residents whose objection is in force out of the views; how many they are.

    Nothing about them is left for anybody's features: not for those of their household, the next to live in their
    home, or their area. What is recorded of a household or a property is not about one person, and stays.
    """
    con.execute(
        "CREATE TABLE objected AS SELECT DISTINCT resident_id FROM objections "
        f"WHERE purpose IN ($purpose, 'all') AND {in_force_sql('from_on', '$used_on')}",
        {"purpose": purpose, "used_on": used_on},
    )
    count = con.execute("SELECT count(*) FROM objected").fetchall()[0][0]
    theirs = {
        "residents": "e.resident_id",
        "residencies": "e.resident_id",
        "events": "CASE WHEN e.unit = 'resident' THEN e.unit_id END",
    }
    for table, resident in theirs.items() if count else ():
        con.execute(f"ALTER VIEW {table} RENAME TO {table}_of_all")
        con.execute(
            f"CREATE VIEW {table} AS SELECT e.* FROM {table}_of_all e "
            f"ANTI JOIN objected o ON o.resident_id = {resident}"
        )
    return count


def _bytes(memory: str) -> int:
    """A size such as 4GB or 500MB in bytes."""
    return int(memory[:-2]) * {"MB": 10**6, "GB": 10**9}[memory[-2:]]


def _half(memory: str) -> str:
    return f"{_bytes(memory) // 2_000_000}MB"


def _literal(path: Path) -> str:
    """A path in which DuckDB sees no pattern."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in str(path))


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
