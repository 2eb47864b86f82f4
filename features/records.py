"""The records that some residents (properties, areas) can need, taken out of a view as arrays for the compiled loops.

Units are numbered: residents, then households, then properties. Whom a resident can need is a matter of who ever lived
with whom, whatever the dates; which of it counts at a date is for the loops.
"""

from dataclasses import dataclass
from functools import cached_property

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features import kernel, timing
from features.plan import Combo
from features.specs import Events

BATCH = 500_000  # events that are taken out of the view at a time
EVER = "-2147483647"  # a day before every other
# Whose records units that are asked about can need, at any date: SQL over the table asked.
AROUND = {
    # Whoever ever had a residency in a household in which one of those asked about had one.
    "resident": """
        SELECT unit_id AS resident_id FROM asked
        UNION SELECT resident_id FROM residencies SEMI JOIN (
            SELECT household_id FROM residencies SEMI JOIN asked ON asked.unit_id = residencies.resident_id
        ) shared USING (household_id)""",
    # Whoever ever had a residency in a household that ever lived there.
    "property": """
        SELECT DISTINCT resident_id FROM residencies SEMI JOIN (
            SELECT household_id FROM residencies SEMI JOIN asked ON asked.unit_id = residencies.property_id
        ) lived USING (household_id)""",
    # Whoever ever had a residency in it.
    "area": """
        SELECT DISTINCT r.resident_id FROM residencies r JOIN properties p ON p.property_id = r.property_id
        JOIN asked ON asked.unit_id = p.lsoa""",
}
# The properties that count beside those where one of these ever lived.
PROPERTIES = {
    "resident": "",
    "property": "UNION SELECT unit_id FROM asked",
    "area": "UNION SELECT p.property_id FROM properties p JOIN asked ON asked.unit_id = p.lsoa",
}


@dataclass(frozen=True)
class Reads:
    """What a task reads beside who lives where: events, and values of residents (r) and properties (p), as SQL.

    That a spell ended counts from when it was recorded, or so many days of allowance earlier: see `timing.ended`.
    """

    events: tuple[Events, ...] = ()
    of_resident: tuple[tuple[str, str], ...] = ()
    of_property: tuple[tuple[str, str], ...] = ()
    allowance_days: int = 0


@dataclass(frozen=True, eq=False)
class Records:
    """The arrays, and what their numbers stand for.

    `of_resident` and `of_property` hold the values asked for, a row for each resident and property in order; of one
    that is not on record they are null. `area` is the number of each property's LSOA in `areas`, or NOBODY.
    """

    people: kernel.People
    homes: kernel.Homes
    events: kernel.Events
    combos: tuple[Combo, ...]
    residents: pa.Array
    households: pa.Array
    properties: pa.Array
    of_resident: pa.Table
    of_property: pa.Table
    areas: pa.Array
    area: np.ndarray  # (properties,)
    property_known_from: np.ndarray  # (properties,)

    def numbers(self, unit: str, ids: pa.Array | pa.ChunkedArray) -> np.ndarray:
        """The numbers of units, (ids,); of areas, those in `areas`. NOBODY for what is no such unit's id."""
        known, first = {
            "resident": (self.residents, 0),
            "property": (self.properties, self.first_property),
            "area": (self.areas, 0),
        }[unit]
        number = pc.index_in(ids, value_set=known).fill_null(kernel.NOBODY).to_numpy()
        return np.where(number >= 0, number + first, kernel.NOBODY).astype(np.int32)

    def homes_at(self, who: np.ndarray, t: np.ndarray) -> np.ndarray:
        """The home at t of each resident, (pairs,): a residency, or NOBODY. Of a property (all pairs are of one unit),
        the home of those who live there; where several are, the latest begun, then recorded, then household_id."""
        if not len(who) or who[0] < self.first_property:
            return kernel.homes_at(who, t, self.homes)
        home = np.empty(len(who), np.int32)
        for day in np.unique(t):
            of_all = kernel.homes_of_all(day, self.people, self.homes)
            lived_in = np.zeros(len(self.homes.rows), bool)
            lived_in[of_all[of_all >= 0]] = True
            in_order = self._in_order[lived_in[self._in_order]]
            by = np.full(self.first_property + len(self.properties) + 1, kernel.NOBODY)  # the last is that of nowhere
            by[self.homes.rows["property"][in_order]] = in_order  # of several the last stays
            home[t == day] = by[who[t == day]]
        return home

    @cached_property
    def _in_order(self) -> np.ndarray:
        """The residencies in the order in which those of a property take precedence, the last before all others."""
        rows = self.homes.rows
        return np.lexsort((rows["household"], rows["known_from"], rows["started"])).astype(np.int32)

    def household_of(self, home: np.ndarray) -> pa.Array:
        """The household of each home (a residency, or NOBODY), null for none."""
        number = pa.array(
            self.homes.rows["household"][home] - len(self.residents) if len(self.households) else home, mask=home < 0
        )
        return self.households.take(number)

    def property_of(self, home: np.ndarray, t: np.ndarray) -> np.ndarray:
        """The property, from 0, of each home (a residency, or NOBODY) if it was known at t; else NOBODY."""
        at = np.where(home >= 0, self.homes.rows["property"][home], kernel.NOBODY) if len(self.homes.rows) else home
        at = np.where(at >= 0, at - self.first_property, kernel.NOBODY)
        known = self.property_known_from[at] <= t if len(self.property_known_from) else False
        return np.where((at >= 0) & known, at, kernel.NOBODY)

    @property
    def first_property(self) -> int:
        return len(self.residents) + len(self.households)


def load(con: duckdb.DuckDBPyConnection, asked: pa.Array, reads: Reads, unit: str) -> Records:
    """The records around those asked about: ids of residents, properties or areas, whichever the unit is."""
    con.register("asked_given", pa.table({"unit_id": asked}))
    con.execute("CREATE OR REPLACE TEMP TABLE asked AS SELECT DISTINCT unit_id FROM asked_given")
    con.unregister("asked_given")
    residents, households, properties = _number_units(con, unit)
    people, of_resident = _people(con, reads)
    areas, area, known_from, of_property = _properties(con, reads)
    events, combos = _events(con, reads, residents + households + properties)
    loaded = Records(
        people=people,
        homes=_homes(con, residents, households, people.on_record),
        events=events,
        combos=combos,
        residents=_ids(con, "resident"),
        households=_ids(con, "household"),
        properties=_ids(con, "property"),
        of_resident=of_resident,
        of_property=of_property,
        areas=areas,
        area=area,
        property_known_from=known_from,
    )
    con.execute("DROP TABLE unit; DROP TABLE asked")
    return loaded


def _number_units(con: duckdb.DuckDBPyConnection, unit: str) -> list[int]:
    """Make the temporary table unit(unit, unit_id, number); returns how many residents, households and properties.

    Residents stand in the order of a household of theirs, so that those of one home lie beside each other in memory.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE unit AS
        WITH resident AS ({AROUND[unit]}),
             lived AS (SELECT r.* FROM residencies r SEMI JOIN resident USING (resident_id)),
             named AS (
                SELECT 0 AS part, 'resident' AS unit, resident_id AS unit_id, max(household_id) AS beside
                FROM resident LEFT JOIN lived USING (resident_id) GROUP BY resident_id
                UNION ALL SELECT DISTINCT 1, 'household', household_id, household_id FROM lived
                UNION ALL SELECT 2, 'property', property_id, NULL
                          FROM (SELECT DISTINCT property_id FROM lived WHERE property_id <> '' {PROPERTIES[unit]}))
        SELECT unit, unit_id, CAST(row_number() OVER (ORDER BY part, beside, unit_id) - 1 AS INTEGER) AS number
        FROM named""")
    counted = dict(con.execute("SELECT unit, count(*) FROM unit GROUP BY unit").fetchall())
    return [counted.get(name, 0) for name in ("resident", "household", "property")]


def _ids(con: duckdb.DuckDBPyConnection, unit: str) -> pa.Array:
    return con.sql(f"SELECT unit_id FROM unit WHERE unit = '{unit}' ORDER BY number").to_arrow_table().column(0)


def _people(con: duckdb.DuckDBPyConnection, reads: Reads) -> tuple[kernel.People, pa.Table]:
    table = con.sql(f"""
        SELECT r.resident_id IS NOT NULL AS on_record,
               {_day("r.born_on + 1", EVER)} AS alive_from,
               {_day(timing.known_dead_from_sql("r.died_on", "r.death_recorded_on"))} AS dead_from,
               COALESCE(CAST({timing.calendar_number_sql("r.born_on")} AS INTEGER), 0) AS born,
               {_day("r.died_on")} AS died,
               {_day(timing.first_known_on_sql("r.death_recorded_on"))} AS death_known_from {_values(reads.of_resident)}
        FROM unit LEFT JOIN residents r ON r.resident_id = unit.unit_id WHERE unit.unit = 'resident'
        ORDER BY number""").to_arrow_table()
    people = kernel.People(*(_array(table, name) for name in kernel.People._fields))
    return people, table.select([name for name, _ in reads.of_resident])


def _properties(con: duckdb.DuckDBPyConnection, reads: Reads) -> tuple[pa.Array, np.ndarray, np.ndarray, pa.Table]:
    table = con.sql(f"""
        SELECT p.lsoa AS area, {_day(timing.first_known_on_sql("p.recorded_on"))} AS known_from
               {_values(reads.of_property)}
        FROM unit LEFT JOIN properties p ON p.property_id = unit.unit_id WHERE unit.unit = 'property'
        ORDER BY number""").to_arrow_table()
    area = table.column("area").combine_chunks()
    areas = pc.unique(area.drop_null()).sort()
    numbers = pc.index_in(area, value_set=areas).fill_null(-1).to_numpy().astype(np.int32)
    return areas, numbers, _array(table, "known_from"), table.select([name for name, _ in reads.of_property])


def _homes(con: duckdb.DuckDBPyConnection, residents: int, households: int, on_record: np.ndarray) -> kernel.Homes:
    """Several residencies are routinely open at once, because ends are recorded late: the latest start counts, then
    the latest recording, then household_id (and property_id, so that no tie is left to chance)."""
    table = con.sql(f"""
        SELECT u.number AS resident, h.number AS household, COALESCE(p.number, -1) AS property,
               {_day(timing.open_from_sql("r.started_on", "r.recorded_on"))} AS open_from,
               {_day(timing.ended_from_sql("r.ended_on", "r.end_recorded_on"))} AS ended_from,
               {_day("r.started_on")} AS started, {_day(timing.first_known_on_sql("r.recorded_on"))} AS known_from,
               {_day("r.ended_on")} AS ended, {_day(timing.first_known_on_sql("r.end_recorded_on"))} AS end_known_from
        FROM residencies r JOIN unit u ON u.unit = 'resident' AND u.unit_id = r.resident_id
        JOIN unit h ON h.unit = 'household' AND h.unit_id = r.household_id
        LEFT JOIN unit p ON p.unit = 'property' AND p.unit_id = r.property_id
        ORDER BY u.number, r.started_on, r.recorded_on, r.household_id, COALESCE(r.property_id, '')""").to_arrow_table()
    resident, household = _array(table, "resident"), _array(table, "household")
    # Everybody on record once for each household: a key whose high half is the household.
    lived = distinct((household.astype(np.int64) << 32 | resident)[on_record[resident]])
    return kernel.Homes(
        start=_starts(resident, residents),
        rows=_records(table, kernel.RESIDENCY),
        first_household=residents,
        others_start=_starts((lived >> 32) - residents, households),
        others=(lived & 0xFFFFFFFF).astype(np.int32),
    )


def _events(con: duckdb.DuckDBPyConnection, reads: Reads, units: int) -> tuple[kernel.Events, tuple[Combo, ...]]:
    """The events that any selection may look at, and what combinations of agency, kind, role and ladder there are."""
    selected = tuple(dict.fromkeys(reads.events))
    if not selected:
        return kernel.Events(np.zeros(units + 1, np.int64), np.empty(0, kernel.EVENT)), ()
    found = con.execute("SELECT DISTINCT agency, kind, role, ladder FROM events ORDER BY ALL").fetchall()
    combos = tuple(combo for row in found if any((combo := Combo(*row)).among(of) for of in selected))
    con.register("combo_given", _combo_table(combos))
    of_unit = """
        FROM events e JOIN combo_given c ON c.agency = e.agency AND c.kind = e.kind
          AND c.role IS NOT DISTINCT FROM e.role AND c.ladder IS NOT DISTINCT FROM e.ladder
        JOIN unit u ON u.unit = e.unit AND u.unit_id = e.unit_id"""
    counted = con.sql(f"SELECT u.number, count(*) AS events {of_unit} GROUP BY u.number").to_arrow_table()
    start = _starts(_array(counted, "number"), units, _array(counted, "events"))
    # Counted first, so that each event goes straight to its place: two copies of a county's would be the peak.
    rows, place = np.empty(start[-1], kernel.EVENT), start[:-1].copy()
    for batch in con.sql(f"""
        SELECT u.number AS unit, {_day("e.occurred_on")} AS occurred,
               {_day(timing.first_known_on_sql("e.recorded_on"))} AS known_from,
               {_day(timing.withdrawn_from_sql("e.withdrawn_on"))} AS withdrawn_from,
               {_day(timing.ended_from_sql("e.ended_on", "e.end_recorded_on", reads.allowance_days))} AS ended_from,
               c.combo, CAST(COALESCE(e.tier, {kernel.NO_TIER}) AS INTEGER) AS tier,
               CAST(COALESCE(e.amount, {kernel.MISSING}) AS BIGINT) AS amount {of_unit}""").to_arrow_reader(BATCH):
        kernel.scatter(_array(batch, "unit"), _records(batch, kernel.EVENT), place, rows)
    con.unregister("combo_given")
    return kernel.Events(start, rows), combos


def _combo_table(combos: tuple[Combo, ...]) -> pa.Table:
    names = ("agency", "kind", "role", "ladder")
    columns = {name: pa.array([getattr(combo, name) for combo in combos], pa.string()) for name in names}
    return pa.table(columns | {"combo": pa.array(range(len(combos)), pa.int32())})


def _starts(unit: np.ndarray, units: int, weights: np.ndarray | None = None) -> np.ndarray:
    """Where each unit's rows start among rows sorted by unit, (units + 1,)."""
    counts = np.bincount(unit, weights, minlength=units)
    return np.append(0, np.cumsum(counts.astype(np.int64)))


def _day(day: str, otherwise: str = str(kernel.NEVER)) -> str:
    """A day as a number, NEVER for none."""
    return f"CAST(COALESCE(({day}) - DATE '1970-01-01', {otherwise}) AS INTEGER)"


def _values(values: tuple[tuple[str, str], ...]) -> str:
    return "".join(f', {sql} AS "{name}"' for name, sql in values)


def distinct(keys: np.ndarray) -> np.ndarray:
    """The keys, in order, once each: sorting is several times faster than numpy's hashing."""
    keys = np.sort(keys)
    return keys[np.append(True, keys[1:] != keys[:-1])] if len(keys) else keys


def _records(table: pa.Table | pa.RecordBatch, of: np.dtype) -> np.ndarray:
    """Rows of a structured type from columns of the same names."""
    out = np.empty(table.num_rows, of)
    for name in of.names:
        out[name] = _array(table, name)
    return out


def _array(table: pa.Table | pa.RecordBatch, name: str) -> np.ndarray:
    return table.column(name).to_numpy()
