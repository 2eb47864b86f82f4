"""Which records a pair (resident, as-of date) can see: SQL that places each pair at its home and among its people.

A pair is numbered, placed at its home at t, and given its subjects: whose events it may look at, and as what.
Worked example: A and B live in household H at property P; A is asked about at t.

    pair  as_of  part       unit       unit_id
    1     t      own        resident   A
    1     t      household  household  H
    1     t      member     resident   B
    1     t      property   property   P

Feature grains and outcome scopes are choices of parts: grain household is member and household; the outcome scope
home is own and household. Which of a subject's events are seen is a matter of dates alone (`features.timing`).
The tables made here are temporary, in the view's own connection, and replaced by the next call.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from features import timing
from features.errors import InputError
from features.specs import Events, Kind

# Parts of a pair's surroundings that a feature grain or an outcome scope looks at.
PARTS = {
    "resident": ("own",),
    "household": ("member", "household"),
    "property": ("property",),
}
OUTCOME_PARTS = {
    "resident": ("own",),
    "home": ("own", "household"),
    "household": ("own", "household", "member"),
}
BLOCK = 400_000  # pairs at a time: about 250 MB of float32 for 150 columns, and a few times that while grouping
PAIRS = pa.schema([("unit_id", pa.string()), ("as_of", pa.date32())])


def read_pairs(pairs: pd.DataFrame | pa.Table | Path | str) -> pa.Table:
    """Pairs as an Arrow table of unit_id (text) and as_of (day), sorted by (as_of, unit_id).

    Raises InputError if a column is missing, a value is null, or a pair stands twice.
    """
    if isinstance(pairs, Path | str):
        pairs = pq.read_table(pairs, columns=PAIRS.names)
    elif isinstance(pairs, pd.DataFrame):
        given = [name for name in PAIRS.names if name in pairs.columns]
        pairs = pa.Table.from_pandas(pairs[given], preserve_index=False)
    missing = [name for name in PAIRS.names if name not in pairs.column_names]
    if missing:
        raise InputError(f"pairs: no column {' or '.join(missing)}; give unit_id (text) and as_of (day)")
    try:
        table = pairs.select(PAIRS.names).cast(PAIRS)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise InputError("pairs: unit_id must be text and as_of whole days; convert them first") from None
    table = table.sort_by([("as_of", "ascending"), ("unit_id", "ascending")])
    nulls = sum(table.column(name).null_count for name in PAIRS.names)
    if nulls:
        raise InputError(
            f"pairs: {nulls} value{' is' if nulls == 1 else 's are'} missing; every pair needs a unit_id and an as_of"
        )
    twice = table.num_rows - table.group_by(PAIRS.names).aggregate([]).num_rows
    if twice:
        raise InputError(
            f"pairs: {twice} row{' repeats' if twice == 1 else 's repeat'} a pair; give each unit_id and as_of once"
        )
    return table


def blocks(pairs: pa.Table) -> Iterator[pa.Table]:
    """The pairs a block at a time, so that memory stays bounded however many there are."""
    for start in range(0, pairs.num_rows, BLOCK):
        yield pairs.slice(start, BLOCK)


def place(con: duckdb.DuckDBPyConnection, pairs: pa.Table) -> None:
    """Make the temporary tables `pair`, `home` and `scope` of these pairs.

    pair(pair, unit_id, as_of): numbered from 0, in order. home(pair, as_of, resident_id, household_id,
    property_id, started_on): only pairs with a known home. scope(pair, as_of, part, unit, unit_id): as drawn above.
    """
    number = pa.array(range(pairs.num_rows), pa.int64())
    con.register("pair_given", pairs.append_column("pair", number))
    con.execute("CREATE OR REPLACE TEMP TABLE pair AS SELECT pair, unit_id, as_of FROM pair_given")
    con.unregister("pair_given")
    con.execute("CREATE OR REPLACE TEMP TABLE wanted AS SELECT DISTINCT unit_id AS resident_id, as_of FROM pair")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE home AS
        SELECT pair.pair, h.* FROM ({home_sql("wanted")}) h
        JOIN pair ON pair.unit_id = h.resident_id AND pair.as_of = h.as_of""")
    # Everybody ever known to live in a wanted household by t is a candidate; only their homes are worked out.
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE wanted AS
        SELECT DISTINCT r.resident_id, h.as_of
        FROM (SELECT DISTINCT household_id, as_of FROM home) h JOIN residencies r USING (household_id)
        WHERE {timing.known_sql("r.recorded_on", "NULL", "h.as_of")}""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE scope AS
        WITH alive AS (SELECT h.* FROM ({home_sql("wanted")}) h JOIN residents r USING (resident_id)
                       WHERE {living_sql("h.as_of")})
        SELECT pair, as_of, 'own' AS part, 'resident' AS unit, unit_id FROM pair
        UNION ALL SELECT pair, as_of, 'household', 'household', household_id FROM home
        UNION ALL SELECT pair, as_of, 'property', 'property', property_id FROM home WHERE property_id IS NOT NULL
        UNION ALL SELECT home.pair, home.as_of, 'member', 'resident', alive.resident_id
        FROM home JOIN alive ON alive.household_id = home.household_id AND alive.as_of = home.as_of
        WHERE alive.resident_id <> home.resident_id""")
    con.execute("DROP TABLE wanted")


def home_sql(wanted: str) -> str:
    """The home at t of each (resident_id, as_of) in the relation `wanted`, for those that have one.

    Several residencies are routinely open at once, because ends are recorded late: the latest start counts, then
    the latest recording, then household_id (and property_id, so that no tie is left to chance).
    """
    return f"""
        SELECT resident_id, as_of, home.household_id AS household_id,
               NULLIF(home.property_id, '') AS property_id, home.started_on AS started_on
        FROM (SELECT w.resident_id, w.as_of,
                     max({{'started_on': r.started_on, 'recorded_on': r.recorded_on, 'household_id': r.household_id,
                           'property_id': COALESCE(r.property_id, '')}}) AS home
              FROM {wanted} w JOIN residencies r USING (resident_id)
              WHERE {timing.known_sql("r.recorded_on", "NULL", "w.as_of")}
                AND {timing.open_at_sql("r.started_on", "r.ended_on", "r.end_recorded_on", "w.as_of")}
              GROUP BY ALL)"""


def living_sql(t: str) -> str:
    """Whether the resident r was born by t and not known to have died."""
    return (
        f"((r.born_on IS NULL OR {timing.in_window_sql('r.born_on', t, None)}) "
        f"AND NOT {timing.known_dead_sql('r.died_on', 'r.death_recorded_on', t)})"
    )


def place_areas(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary tables `area` and `area_scope` of the pairs placed before.

    area(pair, lsoa, month): the LSOA of the pair's home, known at t, and the first day of t's month.
    area_scope(lsoa, month, unit, unit_id): who lived there, known alive, at that month's start; their households;
    and the properties there. Only LSOAs and months that a pair asks for.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE area AS
        SELECT home.pair, p.lsoa, {timing.month_start_sql("home.as_of")} AS month
        FROM home JOIN properties p USING (property_id)
        WHERE p.lsoa IS NOT NULL AND {timing.known_sql("p.recorded_on", "NULL", "home.as_of")}""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE area_property AS
        SELECT lsoa, month, property_id FROM (SELECT DISTINCT lsoa, month FROM area) JOIN properties p USING (lsoa)
        WHERE {timing.known_sql("p.recorded_on", "NULL", "month")}""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE wanted AS
        SELECT DISTINCT r.resident_id, a.month AS as_of FROM area_property a JOIN residencies r USING (property_id)
        WHERE {timing.known_sql("r.recorded_on", "NULL", "a.month")}""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE area_scope AS
        WITH there AS (
            SELECT a.lsoa, a.month, h.resident_id, h.household_id
            FROM ({home_sql("wanted")}) h
            JOIN area_property a ON a.property_id = h.property_id AND a.month = h.as_of
            JOIN residents r ON r.resident_id = h.resident_id
            WHERE {living_sql("h.as_of")})
        SELECT lsoa, month, 'resident' AS unit, resident_id AS unit_id FROM there
        UNION ALL SELECT DISTINCT lsoa, month, 'household', household_id FROM there
        UNION ALL SELECT lsoa, month, 'property', property_id FROM area_property""")
    con.execute("DROP TABLE wanted")
    con.execute("DROP TABLE area_property")


def text(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def texts(values) -> str:
    """Texts as an SQL list; an empty one matches nothing."""
    return "(" + (", ".join(text(value) for value in values) or "NULL") + ")"


def name(column: str) -> str:
    """A column name, quoted for SQL."""
    return '"' + column.replace('"', '""') + '"'


def selects_sql(of: Events) -> str:
    """Whether an event of the table `e` is one of these: never null, since a missing value matches no condition."""
    conditions = [] if of.agency is None else [f"e.agency = {text(of.agency)}"]
    if of.kinds:
        conditions.append(f"e.kind IN {texts(of.kinds)}")
    if of.role is not None:
        conditions.append(f"e.role = {text(of.role)}")
    if of.ladder is not None:
        conditions.append(f"e.ladder = {text(of.ladder)}")
    if of.min_tier is not None:
        conditions.append(f"e.tier >= {of.min_tier:d}")
    if of.min_amount is not None:
        conditions.append(f"e.amount >= {of.min_amount:d}")
    return f"COALESCE({' AND '.join(conditions) or 'TRUE'}, FALSE)"


def spell_sql(kinds: tuple[Kind, ...]) -> str:
    """Whether an event of the table `e` is of a kind that lasts."""
    spells = [f"(e.agency = {text(k.agency)} AND e.kind = {text(k.kind)})" for k in kinds if k.spell]
    return f"({' OR '.join(spells) or 'FALSE'})"
