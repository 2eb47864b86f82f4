"""Every fault of a single view, reported together, before anything is built from it.

The rules of single rows, keys and references come from the contract (`features.tables`); those across rows stand
below. All of it is SQL aggregates, one scan of a table for all its row rules, so twelve million events take seconds.
"""

import re
from functools import partial
from pathlib import Path

import duckdb

from features.sources import DAMAGED, WHOLE, Source, look
from features.specs import Kind
from features.tables import TABLES, UNITS, Fault, Reference, Table, rules
from features.timing import calendar_number_sql, ended_from_sql, known_dead_from_sql, open_from_sql

ADULT_AGE = 18
NAMED_FROM_ROWS = 10  # rarer words than this are not printed: they may be anything, even an identifier
PLAIN_WORD = re.compile(r"[a-z_]+\Z")
NAMES_SHOWN = 5
# What is not the fault of a file; damage comes as any other error of DuckDB.
OTHERS_FAULT = (duckdb.OutOfMemoryException, duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)


def check(location: str | Path, kinds: tuple[Kind, ...], memory: str = "4GB", threads: int = 2) -> list[Fault]:
    """Every fault of the single view at a location: fatal ones first, then in the order of the contract.

    `kinds` is what the catalogue knows. A rule is left out where a column that it reads is missing or of the wrong
    type, which is a fault of its own; so is a table that cannot be read to its end.
    """
    with look(location, memory, threads) as source:
        faults = list(source.faults)
        faults += _strangers(source)
        for examine in (_nobody, _broken_rows, _repeated_keys, _unknown_names, partial(_across_rows, kinds=kinds)):
            for table in TABLES:
                if table.name not in source.found or table.name == "about":
                    continue  # the one row of about is read when the source is looked at
                try:
                    faults += examine(source, table)
                except OTHERS_FAULT:
                    raise
                except duckdb.Error:
                    faults.append(Fault(table.name, "", "must be readable to its end", None, "fatal", DAMAGED))
                    source.sound -= {(table.name, column.name) for column in table.columns}
    order = [WHOLE, *(table.name for table in TABLES)]
    return sorted(faults, key=lambda fault: (fault.severity != "fatal", order.index(fault.table)))


def report(faults: list[Fault]) -> str:
    """The faults as plain text, fatal ones first, each with its place, rule, number of rows and what to do.

    >>> print(report([Fault("events", "tier", "must be at least 0", 1200, "fatal", "correct it")]))
    1 fatal fault, 0 warnings
    <BLANKLINE>
    FATAL    events.tier  must be at least 0  1,200 rows
             correct it
    """
    if not faults:
        return "no faults"
    fatal = sum(fault.severity == "fatal" for fault in faults)
    warnings = len(faults) - fatal
    lines = [f"{fatal} fatal fault{'' if fatal == 1 else 's'}, {warnings} warning{'' if warnings == 1 else 's'}"]
    ordered = sorted(faults, key=lambda fault: fault.severity != "fatal")
    places = [f"{fault.table}.{fault.column}" if fault.column else fault.table for fault in ordered]
    for fault, place in zip(ordered, places, strict=True):
        rows = "" if fault.rows is None else f"  {fault.rows:,} row{'' if fault.rows == 1 else 's'}"
        lines += ["", f"{fault.severity.upper():9}{place:{max(map(len, places))}}  {fault.rule}{rows}"]
        lines += [" " * 9 + fault.advice]
    return "\n".join(lines)


def _count(source: Source, sql: str) -> int:
    return source.con.execute(sql).fetchall()[0][0] or 0


def _sound(source: Source, table: str, *columns: str) -> bool:
    return all((table, column) in source.sound for column in columns)


def _strangers(source: Source):
    for name in source.strangers:
        yield Fault(
            WHOLE,
            "",
            f"has a table that the contract does not know: {name}",
            None,
            "warning",
            f"it is not read; if it is misspelt, the names are {', '.join(table.name for table in TABLES)}",
        )
    for table in TABLES:
        known = {column.name for column in table.columns}
        for name in () if table.open else source.found.get(table.name, ()):
            if name not in known:
                yield Fault(table.name, name, "is not a column of the contract", None, "warning", "it is not read")


def _nobody(source: Source, table: Table):
    if table.name == "residents" and _count(source, "SELECT count(*) = 0 FROM residents"):
        rule, advice = "must have at least one row", "nobody can be asked about: see what the export left out"
        yield Fault("residents", "", rule, None, "fatal", advice)


def _broken_rows(source: Source, table: Table):
    tested = [
        rule
        for rule in rules(table)
        if _sound(source, table.name, *rule.columns) and (source.about or "{extract_on}" not in rule.broken)
    ]
    if not tested:
        return
    extract_on = f"DATE '{source.about.extract_on}'" if source.about else ""
    counts = ", ".join(f"count_if({rule.broken.format(extract_on=extract_on)})" for rule in tested)
    for rule, rows in zip(tested, source.con.execute(f"SELECT {counts} FROM {table.name}").fetchall()[0], strict=True):
        if rows:
            yield Fault(table.name, rule.columns[0], rule.says, rows, rule.severity, rule.advice)


def _repeated_keys(source: Source, table: Table):
    if not table.key or not _sound(source, table.name, *table.key):
        return
    key = ", ".join(table.key)
    given = " AND ".join(f"{column} IS NOT NULL" for column in table.key)
    # Hashes are grouped first: they take a fraction of the memory, and equal keys have equal hashes.
    twins = f"SELECT hash({key}) FROM {table.name} WHERE {given} GROUP BY ALL HAVING count(*) > 1"
    if _count(source, f"SELECT count(*) FROM ({twins})"):
        rows = _count(
            source,
            f"SELECT sum(n) FROM (SELECT count(*) AS n FROM {table.name} "
            f"WHERE {given} AND hash({key}) IN ({twins}) GROUP BY {key} HAVING n > 1)",
        )
        if rows:
            rule = "must not repeat" + (f" together with {', '.join(table.key[1:])}" if table.key[1:] else "")
            yield Fault(table.name, table.key[0], rule, rows, "fatal", "keep one row of each, or give each its own")


def _unknown_names(source: Source, table: Table):
    """Values that stand nowhere in the table they point to."""
    for reference in table.references:
        yield from _unknown(source, table, reference)


def _unknown(source: Source, table: Table, reference: Reference):
    reads = (reference.column, "unit") if reference.where != "TRUE" else (reference.column,)
    if not _sound(source, table.name, *reads):
        return
    some = f"SELECT count(*) FROM {table.name} c"
    which = f"WHERE c.{reference.column} IS NOT NULL AND c.{reference.column} <> '' AND ({reference.where})"
    what = reference.key.removesuffix("_id")
    if reference.table not in source.found:
        rows = 0 if _required(reference.table) else _count(source, f"{some} {which}")
        if rows:
            rule = f"names a {what}, and there is no table {reference.table}"
            yield Fault(
                table.name,
                reference.column,
                rule,
                rows,
                "warning",
                f"add {reference.table}, or expect nothing to be made of these",
            )
    elif _sound(source, reference.table, reference.key):
        parent = f"{reference.table} p ON p.{reference.key} = c.{reference.column}"
        rows = _count(source, f"{some} ANTI JOIN {parent} {which}")
        if rows:
            yield Fault(
                table.name,
                reference.column,
                f"must name a {what} of table {reference.table}",
                rows,
                "fatal",
                f"add the {what} to {reference.table}, or leave these rows out",
            )


def _required(name: str) -> bool:
    return any(table.required for table in TABLES if table.name == name)


def _across_rows(source: Source, table: Table, kinds: tuple[Kind, ...]):
    if table.name == "residencies":
        yield from _overlaps(source)
        yield from _children_alone(source)
    elif table.name == "events":
        yield from _unfamiliar(source, kinds)


def _overlaps(source: Source):
    """Residencies begun before an earlier one of the same resident ended."""
    if _sound(source, "residencies", "resident_id", "started_on", "ended_on"):
        rows = _count(
            source,
            """
            SELECT count_if(started_on < earlier_until) FROM (
                SELECT started_on, max(COALESCE(ended_on, DATE 'infinity')) OVER (
                    PARTITION BY resident_id ORDER BY started_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ) AS earlier_until
                FROM residencies)""",
        )
        if rows:
            yield Fault(
                "residencies",
                "started_on",
                "should not be before an earlier residency of the resident ended",
                rows,
                "warning",
                "the residency begun last counts as home; see whether ends are missing",
            )


def _children_alone(source: Source):
    """Children in whose household, on the day of extraction, there is nobody who is or may be an adult."""
    reads = {
        "residents": ("resident_id", "born_on", "died_on", "death_recorded_on"),
        "residencies": ("resident_id", "household_id", "started_on", "ended_on", "recorded_on", "end_recorded_on"),
    }
    if source.about is None or not all(_sound(source, table, *columns) for table, columns in reads.items()):
        return
    t = f"DATE '{source.about.extract_on}'"
    ten_thousandths = f"{calendar_number_sql(t)} - {calendar_number_sql('born_on')}"
    rows = _count(
        source,
        f"""
        WITH homes AS (
            SELECT resident_id, arg_max(household_id, ROW(started_on, recorded_on, household_id)) AS household_id
            FROM residencies
            WHERE {open_from_sql("started_on", "recorded_on")} <= {t}
              AND COALESCE({ended_from_sql("ended_on", "end_recorded_on")} > {t}, TRUE)
            GROUP BY resident_id),
        members AS (
            SELECT household_id, COALESCE({ten_thousandths} < {ADULT_AGE * 10_000}, FALSE) AS child
            FROM homes JOIN residents USING (resident_id)
            WHERE COALESCE({known_dead_from_sql("died_on", "death_recorded_on")} > {t}, TRUE))
        SELECT sum(n) FROM (SELECT count(*) AS n FROM members GROUP BY household_id HAVING bool_and(child))""",
    )
    if rows:
        yield Fault(
            "residencies",
            "household_id",
            "should hold an adult where a child lives",
            rows,
            "warning",
            "children live with no adult on the day of extraction: see whether adults were linked elsewhere",
        )


def _unfamiliar(source: Source, kinds: tuple[Kind, ...]):
    """Events of agencies, kinds or units that the catalogue does not know."""
    if not _sound(source, "events", "agency", "kind", "unit"):
        return
    units: dict[str, dict[str, set[str]]] = {}
    for kind in kinds:
        units.setdefault(kind.agency, {}).setdefault(kind.kind, set()).add(kind.unit)
    agencies: dict[str, int] = {}
    unknown: dict[str, int] = {}
    elsewhere: dict[str, int] = {}
    groups = "SELECT agency, kind, unit, count(*) FROM events WHERE agency <> '' AND kind <> '' GROUP BY ALL"
    for agency, kind, unit, rows in source.con.execute(groups).fetchall():
        if agency not in units:
            agencies[agency] = agencies.get(agency, 0) + rows
        elif kind not in units[agency]:
            unknown[kind] = unknown.get(kind, 0) + rows
        elif unit in UNITS and unit not in units[agency][kind]:
            elsewhere[kind] = elsewhere.get(kind, 0) + rows
    yield from _words(agencies, "agency", "should be an agency of the catalogue")
    yield from _words(unknown, "kind", "should be a kind that the catalogue lists for its agency")
    yield from _words(elsewhere, "unit", "should be the unit that the catalogue gives for the kind")


def _words(rows: dict[str, int], column: str, rule: str):
    if rows:
        plain = sorted(word for word, n in rows.items() if n >= NAMED_FROM_ROWS and PLAIN_WORD.match(word))
        shown = plain[:NAMES_SHOWN]
        rest = len(rows) - len(shown)
        listed = ", ".join(shown + ([f"{rest} {'more' if shown else 'in all'}"] if rest else []))
        yield Fault(
            "events",
            column,
            rule,
            sum(rows.values()),
            "warning",
            f"correct these or add them to the catalogue's kinds, or features by kind pass them over: {listed}",
        )
