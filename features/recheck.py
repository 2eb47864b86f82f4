"""Looked at again: whether a matrix holds only what was on record before each of its dates.

The features of some pairs are made once more, from a single view that ends at their date: what was recorded from then
on is not left aside by a rule, it is not there. So whatever reads past the date, on purpose or by a fault of the
engine, comes out as another number. The cut is written here in its own words, and not with `features.timing`, whose
rules it is there to check.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features import engine
from features.pairs import PAIRS, read_pairs
from features.specs import Feature, Kind

MOST_DATES = 30  # of triggers; the records of those asked about are cut for each
OF_AREAS = 2  # dates at which the area's rates are counted again, which takes everybody's records
AFTERWARDS = "_afterwards"  # the whole table, while what is left of it stands in its place
# What each table showed at the start of day t; an end or a death that was not on record by then had not happened.
CUT = {
    "residents": "SELECT * REPLACE ({death}) FROM {whole}",
    "residencies": "SELECT * REPLACE ({end}) FROM {whole} WHERE recorded_on < {t}",
    "properties": "SELECT * FROM {whole} WHERE recorded_on < {t}",
    "events": "SELECT * REPLACE ({end}, {withdrawal}) FROM {whole} WHERE recorded_on < {t}",
}
# Those asked about, who ever lived with them or where they did, and what is recorded of them all.
NEAR = {
    "near": """
        WITH home AS (SELECT DISTINCT household_id FROM residencies
            WHERE resident_id IN (FROM near_given) OR property_id IN (FROM near_given)),
        person AS (SELECT resident_id AS unit_id FROM residencies WHERE household_id IN (FROM home)
            UNION FROM near_given),
        place AS (SELECT property_id AS unit_id FROM residencies WHERE resident_id IN (FROM person)
            UNION FROM near_given)
        SELECT 'resident' AS unit, unit_id FROM person UNION ALL SELECT 'property', unit_id FROM place
        UNION ALL SELECT DISTINCT 'household', household_id FROM residencies WHERE resident_id IN (FROM person)
    """,
    "residents": "FROM residents WHERE ('resident', resident_id) IN (FROM near)",
    "residencies": "FROM residencies WHERE ('resident', resident_id) IN (FROM near)",
    "properties": "FROM properties WHERE ('property', property_id) IN (FROM near)",
    "events": "FROM events WHERE (unit, unit_id) IN (FROM near)",
}


def drawn(pairs, most: int, seed: int) -> pa.Table:
    """At most so many of the pairs, by seed, of at most 30 dates spread over all of theirs."""
    table = read_pairs(pairs)
    as_of = table.column("as_of").to_numpy()
    rows = np.flatnonzero(np.isin(as_of, _spread(np.unique(as_of), MOST_DATES)))
    return table.take(np.sort(np.random.default_rng(seed).choice(rows, min(most, len(rows)), replace=False)))


def recheck(
    view,
    matrix: pa.Table,
    features: tuple[Feature, ...],
    kinds: tuple[Kind, ...],
    unit: str = "resident",
    build: Callable[..., pa.Table] = engine.build,
) -> dict:
    """How many values of these rows of a matrix come out otherwise from a single view that ends at their date.

    `matrix` has unit_id, as_of and a float32 column for each Column of the features; `view` is the single view that it
    was made of, and is left as it was found. Rates of areas are compared at two of the dates. Returns pairs, dates
    (how many), columns, records (how many events are recorded from the first of the dates on: what a leak could have
    read) and different: {"name", "pairs"} of each column that differs.
    """
    local = tuple(feature for feature in features if feature.grain != "area")
    of_areas = tuple(feature for feature in features if feature.grain == "area")
    as_of = matrix.column("as_of").to_numpy()
    dates = np.unique(as_of)
    differs = {column.name: 0 for feature in features for column in feature.columns}
    later = "SELECT count(*) FROM events WHERE recorded_on >= $t"
    records = view.con.execute(later, {"t": dates[0].item()}).fetchall()[0][0] if len(dates) else 0

    def compare(days: np.ndarray, asked: tuple[Feature, ...]) -> None:
        for t in days if asked else ():
            rows = matrix.filter(pc.equal(matrix.column("as_of"), pa.scalar(t.item(), pa.date32())))
            with _stand_in(view, {table: _cut(table, t.item()) for table in CUT}):
                again = build(view, rows.select(PAIRS.names), asked, kinds, unit=unit)
            for name in (column.name for feature in asked for column in feature.columns):
                one, other = (_bits(table.column(name)) for table in (rows, again))
                differs[name] += int((one != other).sum())

    with _near(view, matrix.column("unit_id")):
        compare(dates, local)
    compare(_spread(dates, OF_AREAS), of_areas)
    return {
        "pairs": matrix.num_rows,
        "dates": len(dates),
        "columns": len(differs),
        "records": records,
        "different": [{"name": name, "pairs": n} for name, n in differs.items() if n],
    }


def _spread(dates: np.ndarray, most: int) -> np.ndarray:
    """At most so many of the dates: the first, the last, and some between them at equal steps."""
    return dates[np.unique(np.linspace(0, max(len(dates) - 1, 0), most).round().astype(int))] if len(dates) else dates


def _cut(table: str, t: date) -> str:
    """SQL of the table as it stood at the start of day t."""
    day = f"DATE '{t}'"

    def known(*facts: str) -> str:
        return ", ".join(f"CASE WHEN {facts[-1]} < {day} THEN {fact} END AS {fact}" for fact in facts)

    return CUT[table].format(
        whole=table + AFTERWARDS,
        t=day,
        death=known("died_on", "death_recorded_on"),
        end=known("ended_on", "end_recorded_on"),
        withdrawal=known("withdrawn_on"),
    )


@contextmanager
def _near(view, units: pa.ChunkedArray) -> Iterator[None]:
    """Only the records of these units, and of those who ever lived with them."""
    view.con.register("near_given", pa.table({"unit_id": units}))
    for name, select in NEAR.items():
        view.con.execute(f"CREATE TEMP TABLE near{'' if name == 'near' else f'_{name}'} AS {select}")
    try:
        with _stand_in(view, {table: f"FROM near_{table}" for table in CUT}, "_of_all_the_county"):
            yield
    finally:
        for name in NEAR:
            view.con.execute(f"DROP TABLE near{'' if name == 'near' else f'_{name}'}")
        view.con.unregister("near_given")


@contextmanager
def _stand_in(view, selects: dict[str, str], aside: str = AFTERWARDS) -> Iterator[None]:
    """Views of these names in place of the tables, which are put aside under another name meanwhile."""
    for table, select in selects.items():
        view.con.execute(f"ALTER VIEW {table} RENAME TO {table}{aside}")
        view.con.execute(f"CREATE VIEW {table} AS {select}")
    try:
        yield
    finally:
        for table in selects:
            view.con.execute(f"DROP VIEW {table}")
            view.con.execute(f"ALTER VIEW {table}{aside} RENAME TO {table}")


def _bits(column: pa.ChunkedArray) -> np.ndarray:
    """float32 values as their bits, missing ones all alike."""
    values = column.to_numpy(zero_copy_only=False).astype(np.float32)
    return np.where(np.isnan(values), np.float32(np.nan), values).view(np.int32)
