"""DuckDB as an analyst would write it: one query for each snapshot, one FILTER for each column."""

import duckdb

from benchmarks.task import OPEN, SPELLS, Task, columns, main
from features.specs import Column, Events

# Who sees whose events: the resident; the other members and the household; the property.
SUBJECTS = {
    "resident": "SELECT resident_id AS pair, 'resident' AS unit, resident_id AS unit_id FROM cohort",
    "household": """
        SELECT c.resident_id AS pair, 'household' AS unit, c.household_id AS unit_id FROM cohort c
        UNION ALL
        SELECT c.resident_id, 'resident', m.resident_id
        FROM cohort c JOIN home m ON m.household_id = c.household_id AND m.alive
        WHERE m.resident_id <> c.resident_id""",
    "property": """
        SELECT resident_id AS pair, 'property' AS unit, property_id AS unit_id FROM cohort
        WHERE property_id IS NOT NULL""",
}


def build(task: Task) -> None:
    spill = str(task.to / "spill")
    con = duckdb.connect(config={"threads": task.threads, "memory_limit": task.memory, "temp_directory": spill})
    for name in ("residents", "residencies", "events"):
        con.execute(f"CREATE VIEW {name} AS FROM '{task.table(name)}'")
    con.execute(f"CREATE VIEW pairs AS FROM '{task.pairs}'")
    for (t,) in con.execute("SELECT DISTINCT as_of FROM pairs ORDER BY 1").fetchall():
        file = task.to / f"{t}.parquet"
        query = _query(f"DATE '{t}'")
        con.execute(f"COPY ({query}) TO '{file}' (COMPRESSION zstd)")


def _query(t: str) -> str:
    parts = "".join(f", {grain} AS ({_part(grain, t)})" for grain in SUBJECTS)
    joins = " ".join(f"LEFT JOIN {grain} ON {grain}.pair = cohort.unit_id" for grain in SUBJECTS)
    values = ", ".join(_value(column) for grain in SUBJECTS for column in columns(grain))
    return f"""
        WITH home AS (
            SELECT r.resident_id, h.household_id, h.property_id,
                   (r.born_on IS NULL OR r.born_on < {t})
                   AND NOT coalesce(r.died_on < {t} AND r.death_recorded_on < {t}, FALSE) AS alive
            FROM (SELECT * FROM residencies
                  WHERE recorded_on < {t} AND started_on < {t}
                    AND NOT coalesce(ended_on <= {t} AND end_recorded_on < {t}, FALSE)
                  QUALIFY row_number() OVER (
                      PARTITION BY resident_id
                      ORDER BY started_on DESC, recorded_on DESC, household_id DESC, property_id DESC NULLS LAST) = 1) h
            JOIN residents r USING (resident_id)),
        cohort AS (
            SELECT p.unit_id, p.unit_id AS resident_id, household_id, property_id
            FROM pairs p LEFT JOIN home ON home.resident_id = p.unit_id WHERE p.as_of = {t}),
        known AS (
            SELECT *, (agency, kind) IN {SPELLS!r}
                      AND NOT coalesce(ended_on <= {t} AND end_recorded_on < {t}, FALSE) AS is_open
            FROM events
            WHERE recorded_on < {t} AND (withdrawn_on IS NULL OR withdrawn_on >= {t}) AND occurred_on < {t})
        {parts}
        SELECT cohort.unit_id, {t} AS as_of, {values} FROM cohort {joins}"""


def _part(grain: str, t: str) -> str:
    values = ", ".join(f"{_aggregate(column, t)} AS {column.name}" for column in columns(grain))
    return f"""
        SELECT s.pair, {values}
        FROM ({SUBJECTS[grain]}) s JOIN known e ON e.unit = s.unit AND e.unit_id = s.unit_id
        GROUP BY s.pair"""


def _aggregate(column: Column, t: str) -> str:
    op, of = column.feature.measure.op, column.feature.measure.of
    if op == "recent_to_long":
        recent, long = column.days
        counts = [f"count(*) FILTER (WHERE {_selected(of)} AND occurred_on >= {t} - {days})" for days in column.days]
        return f"{counts[0]} * {long}.0::DOUBLE / nullif({counts[1]} * {recent}, 0)"
    chosen = _selected(of) + (f" AND occurred_on >= {t} - {column.days[0]}" if column.days else "")
    if op in OPEN:
        chosen += " AND is_open"
    aggregate = {
        "count": "nullif(count(*){}, 0)",
        "distinct_days": "nullif(count(DISTINCT occurred_on){}, 0)",
        "total": "sum(coalesce(amount, 0)){}",
        "largest": "max(amount){}",
        "highest_tier": "max(tier){}",
        "distinct_agencies": "nullif(count(DISTINCT agency){}, 0)",
        "days_since_last": t + " - max(occurred_on){}",
        "open_now": "nullif(count(*){}, 0)",
        "days_open": t + " - min(occurred_on){}",
        "highest_open_tier": "max(tier){}",
    }[op]
    return aggregate.format(f" FILTER (WHERE {chosen})")


def _selected(of: Events) -> str:
    conditions = [f"{name} = '{value}'" for name in ("agency", "role", "ladder") if (value := getattr(of, name))]
    if of.kinds:
        conditions.append("kind IN (" + ", ".join(f"'{kind}'" for kind in of.kinds) + ")")
    conditions += [f"tier >= {of.min_tier}"] if of.min_tier is not None else []
    conditions += [f"amount >= {of.min_amount}"] if of.min_amount is not None else []
    return " AND ".join(conditions) or "TRUE"


def _value(column: Column) -> str:
    none = column.feature.none
    value = column.name if none is None else f"coalesce({column.name}, {none})"
    return f"CAST({value} AS FLOAT) AS {column.name}"


if __name__ == "__main__":
    main(build)
