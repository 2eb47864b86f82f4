"""The DuckDB engine: from pairs and features to one row of float32 columns for each pair.

`features.reference` says what every number means; this says it in SQL, fast. Three steps, for a block of pairs at a
time so that memory stays bounded whatever the number of pairs:

1. `scope.place` gives each pair its home, and the subjects whose events it may see;
2. each part (the resident's own events, the household's, the property's, the area's, the home, the people of the
   household, moves, the person) becomes one query that yields one row for each pair, one column for each feature;
3. the parts are put side by side, and what is null becomes the feature's `none`.

Worked example: police calls over 30 days for A on 1 June 2020, with calls on 4 and 20 May. Step 1 lets pair 0 see the
events of resident A. Step 2 joins them and marks which count (`h0`: a police event, in the 30 days before):

    pair  as_of       occurred_on  h0
    0     2020-06-01  2020-05-04   true
    0     2020-06-01  2020-05-20   true

and `count(*) FILTER (h0)` makes 2 of it. Pairs never see each other, so a date built alone or among thousands is
the same, and nothing depends on the order in which DuckDB works.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from features import scope, timing
from features.errors import InputError
from features.measures import attribute_fault, attribute_sql, event_sql, member_sql
from features.specs import MEASURES, Column, Feature, Kind


@dataclass(frozen=True)
class Part:
    """One query: `select` has one row for each `pair` at most, with these columns, null where nothing is recorded."""

    title: str
    columns: tuple[Column, ...]
    select: str


def build(
    view,
    pairs,
    features: tuple[Feature, ...],
    kinds: tuple[Kind, ...],
    to: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> pa.Table | None:
    """Build the features of the pairs: unit_id, as_of and one float32 column for each Column, sorted by date and id.

    `pairs` is a frame, an Arrow table or a Parquet path with unit_id and as_of (days). With `to`, the table is
    written there as Parquet, whole or not at all, with the same bytes for the same input, and None is returned.
    `progress` is told each step in a few words, never an identifier.
    Raises InputError for pairs that are not unique, or attributes that the single view does not have.
    """
    say = progress or (lambda _: None)
    table = scope.read_pairs(pairs)
    _check(view.con, features)
    columns = tuple(column for feature in features for column in feature.columns)
    schema = scope.PAIRS
    for column in columns:
        schema = schema.append(pa.field(column.name, pa.float32()))
    blocks = _blocks(view.con, table, columns, kinds, say)
    if to is None:
        return pa.concat_tables([schema.empty_table(), *(block.cast(schema) for block in blocks)]).combine_chunks()
    to = Path(to)
    to.parent.mkdir(parents=True, exist_ok=True)
    unfinished = to.with_name(to.name + ".part")
    try:
        with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
            for block in blocks:
                writer.write_table(block.cast(schema))
        os.replace(unfinished, to)
    finally:
        unfinished.unlink(missing_ok=True)
    return None


def _check(con: duckdb.DuckDBPyConnection, features: tuple[Feature, ...]) -> None:
    """All faults together, before work starts."""
    types = {"resident": _types(con, "residents"), "property": _types(con, "properties")}
    attributes = [feature for feature in features if feature.measure.op == "attribute"]
    faults = [fault for feature in attributes if (fault := attribute_fault(feature, types[feature.grain]))]
    if faults:
        raise InputError(*faults)


def _types(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in con.execute(f"DESCRIBE {table}").fetchall()}


def _blocks(
    con, table: pa.Table, columns: tuple[Column, ...], kinds: tuple[Kind, ...], say: Callable[[str], None]
) -> Iterator[pa.Table]:
    done = 0
    for block in scope.blocks(table):
        say(f"pairs {done + 1:,} to {done + block.num_rows:,} of {table.num_rows:,}: homes and households")
        done += block.num_rows
        scope.place(con, block)
        parts = list(_parts(con, columns, kinds))
        for i, part in enumerate(parts):
            say(f"  {part.title}: {len(part.columns)} columns")
            con.execute(f"CREATE OR REPLACE TEMP TABLE part_{i} AS {part.select}")
        where = {column.name: i for i, part in enumerate(parts) for column in part.columns}
        listed = ["pair.unit_id", "pair.as_of", *(_value_sql(column, where[column.name]) for column in columns)]
        joins = " ".join(f"LEFT JOIN part_{i} ON part_{i}.pair = pair.pair" for i in range(len(parts)))
        yield con.sql(f"SELECT {', '.join(listed)} FROM pair {joins} ORDER BY pair.pair").to_arrow_table()
        for i in range(len(parts)):
            con.execute(f"DROP TABLE part_{i}")


def _value_sql(column: Column, part: int) -> str:
    value, none = f"part_{part}.{scope.name(column.name)}", column.feature.none
    if none is not None:
        value = f"COALESCE({value}, CAST(CAST('{float(none)!r}' AS DOUBLE) AS FLOAT))"
    return f"{value} AS {scope.name(column.name)}"


def _parts(con, columns: tuple[Column, ...], kinds: tuple[Kind, ...]) -> Iterator[Part]:
    """The queries that these columns need, each column in one of them."""

    def of(grain: str, *ops: str) -> tuple[Column, ...]:
        return tuple(c for c in columns if c.feature.grain == grain and c.feature.measure.op in ops)

    on_events = tuple(op for op, (needs_events, _) in MEASURES.items() if needs_events)
    for grain in scope.PARTS:
        if chosen := of(grain, *on_events):
            yield Part(f"events of the {grain}", chosen, _events_select(chosen, kinds))
    if chosen := of("area", *on_events):
        scope.place_areas(con)
        yield Part("rates of the area", chosen, _area_select(chosen))
    if chosen := of("resident", "age", "attribute"):
        yield Part("the person", chosen, _person_select(chosen, _types(con, "residents")))
    if chosen := of("resident", "days_at_home"):
        days = timing.days_between_sql("started_on", "as_of")
        yield Part("time at home", chosen, _select(chosen, lambda _: days, "home"))
    if chosen := of("resident", "moves"):
        yield Part("moves", chosen, _moves_select(chosen))
    if chosen := of("property", "attribute"):
        yield Part("the property", chosen, _property_select(chosen, _types(con, "properties")))
    if chosen := of("household", "members"):
        yield Part("people of the household", chosen, _members_select(chosen))


def _select(columns: tuple[Column, ...], expression: Callable[[Column], str], relation: str, tail: str = "") -> str:
    values = (f"CAST(CAST({expression(column)} AS DOUBLE) AS FLOAT) AS {scope.name(column.name)}" for column in columns)
    return f"SELECT pair, {', '.join(values)} FROM {relation} {tail}"


def _events_select(columns: tuple[Column, ...], kinds: tuple[Kind, ...]) -> str:
    seen = _Seen(columns, "s.as_of")
    parts = scope.PARTS[columns[0].feature.grain]
    is_open = "e.is_spell AND " + timing.open_at_sql("e.occurred_on", "e.ended_on", "e.end_recorded_on", "s.as_of")
    relation = f"""
        (SELECT s.pair, s.as_of, e.occurred_on, e.agency, e.tier, e.amount, {is_open} AS is_open, {seen.windows}
         FROM ({seen.picked(kinds)}) e JOIN scope s ON s.unit_id = e.unit_id AND s.unit = e.unit
         WHERE s.part IN {scope.texts(parts)} AND {seen.known})"""
    return _select(columns, lambda column: event_sql(column, seen.holds(column)), relation, "GROUP BY pair, as_of")


def _area_select(columns: tuple[Column, ...]) -> str:
    """Rates are counted once for an LSOA and month, then given to each pair that lives there."""
    seen = _Seen(columns, "s.month")
    counts = (f"count(*) FILTER ({seen.holds(c)(c.days[0])}) AS {scope.name(c.name)}" for c in columns)

    def rate(column: Column) -> str:
        return f"CAST(1000 * COALESCE({scope.name(column.name)}, 0) AS DOUBLE) / CAST(residents AS DOUBLE)"

    relation = f"""
        (SELECT area.pair, there.residents, counted.* EXCLUDE (lsoa, month)
         FROM area
         JOIN (SELECT lsoa, month, count(*) AS residents FROM area_scope WHERE unit = 'resident' GROUP BY ALL) there
           USING (lsoa, month)
         LEFT JOIN (SELECT lsoa, month, {", ".join(counts)}
                    FROM (SELECT s.lsoa, s.month, {seen.windows}
                          FROM ({seen.picked(())}) e JOIN area_scope s ON s.unit_id = e.unit_id AND s.unit = e.unit
                          WHERE {seen.known})
                    GROUP BY ALL) counted
           USING (lsoa, month))"""
    return _select(columns, rate, relation)


class _Seen:
    """Which events some columns look at: a truth column for each selection (on the event), and for each window of it.

    >>> from features.specs import Feature, count, events
    >>> calls = Feature("calls", count(events("police")), days=(30, 90), none=0, why="an example")
    >>> seen = _Seen(calls.columns, "s.as_of")
    >>> seen.holds(calls.columns[1])(90), seen.windows.split(", ")[1]
    ('h1', 'e.of_0 AND (e.occurred_on < s.as_of AND e.occurred_on >= s.as_of - 90) AS h1')
    """

    def __init__(self, columns: tuple[Column, ...], t: str):
        selections = dict.fromkeys(column.feature.measure.of for column in columns)
        self._of = {of: f"of_{i}" for i, of in enumerate(selections)}
        windows = dict.fromkeys((c.feature.measure.of, days) for c in columns for days in c.days or (None,))
        self._h = {window: f"h{i}" for i, window in enumerate(windows)}
        self.windows = ", ".join(
            f"e.{self._of[of]} AND {timing.in_window_sql('e.occurred_on', t, days)} AS {h}"
            for (of, days), h in self._h.items()
        )
        self.known = (
            timing.known_sql("e.recorded_on", "e.withdrawn_on", t)
            + " AND "
            + timing.in_window_sql("e.occurred_on", t, None)
        )

    def picked(self, kinds: tuple[Kind, ...]) -> str:
        """The events that any of the columns looks at, marked."""
        marks = ", ".join(f"{scope.selects_sql(of)} AS {mark}" for of, mark in self._of.items())
        return (
            f"SELECT * FROM (SELECT e.*, {scope.spell_sql(kinds)} AS is_spell, {marks} FROM events e) "
            f"WHERE {' OR '.join(self._of.values())}"
        )

    def holds(self, column: Column) -> Callable[[int | None], str]:
        return lambda days: self._h[column.feature.measure.of, days]


def _person_select(columns: tuple[Column, ...], types: dict[str, str]) -> str:
    def value(column: Column) -> str:
        if column.feature.measure.op == "age":
            return timing.age_at_sql("r.born_on", "pair.as_of")
        return attribute_sql(column, "r", types)

    return _select(columns, value, "pair JOIN residents r ON r.resident_id = pair.unit_id")


def _property_select(columns: tuple[Column, ...], types: dict[str, str]) -> str:
    known = timing.known_sql("p.recorded_on", "NULL", "home.as_of")
    return _select(
        columns,
        lambda column: attribute_sql(column, "p", types),
        "home JOIN properties p USING (property_id)",
        f"WHERE {known}",
    )


def _moves_select(columns: tuple[Column, ...]) -> str:
    """Residencies begun in the window; the first one known is where a life here began, not a move."""
    relation = f"""
        (SELECT pair.pair, pair.as_of, r.started_on,
                min(r.started_on) OVER (PARTITION BY pair.pair) AS first_on
         FROM pair JOIN residencies r ON r.resident_id = pair.unit_id
         WHERE {timing.known_sql("r.recorded_on", "NULL", "pair.as_of")})"""
    later = timing.days_between_sql("first_on", "started_on") + " > 0"

    def moves(column: Column) -> str:
        window = timing.in_window_sql("started_on", "as_of", column.days[0])
        return f"NULLIF(count(*) FILTER ({later} AND {window}), 0)"

    return _select(columns, moves, relation, "GROUP BY pair")


def _members_select(columns: tuple[Column, ...]) -> str:
    """The resident counts whenever they have a home; the others if they are known alive."""
    relation = """
        (SELECT home.pair, home.as_of, r.born_on
         FROM home JOIN scope USING (pair) JOIN residents r ON r.resident_id = scope.unit_id
         WHERE scope.part IN ('own', 'member'))"""
    return _select(columns, member_sql, relation, "GROUP BY pair")
