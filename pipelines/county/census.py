"""Tables over a single view from which rates are measured: who lived where at each mid-year, and what happened."""

import duckdb

from features.catalogue.outcomes import DISADVANTAGES
from features.specs import Events


def take(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables in a connection that holds the single view's: midyears (the full calendar years but the first
    and the last), census (who lived where on 1 July), homes (households then), incidents (events of those years),
    contacts (kinds of disadvantage by household and year), duties, supported, cases, births, attendances."""
    for name, query in TABLES.items():
        con.execute(f"CREATE TEMP TABLE {name} AS {query}")


def _condition(event: Events) -> str:
    """The SQL that says whether a row of events is one of these."""
    parts = [f"agency = '{event.agency}'"] if event.agency else []
    if event.kinds:
        parts.append(f"kind IN ({', '.join(repr(kind) for kind in event.kinds)})")
    parts += [f"{name} = '{value}'" for name, value in (("role", event.role), ("ladder", event.ladder)) if value]
    if event.min_tier is not None:
        parts.append(f"tier >= {event.min_tier}")
    if event.min_amount is not None:
        parts.append(f"amount >= {event.min_amount}")
    return " AND ".join(parts)


def _contact() -> str:
    """The SQL of the kind of disadvantage that an event is contact over, null for none."""
    cases = (
        f"WHEN {' OR '.join(f'({_condition(event)})' for event in selectors)} THEN '{name}'"
        for name, selectors in DISADVANTAGES
    )
    return f"CASE {' '.join(cases)} END"


TABLES = {
    "midyears": """
        SELECT year, make_date(year, 7, 1) AS on_day FROM (
            SELECT unnest(range(min(year(occurred_on)) + 1, max(year(occurred_on)))) AS year
            FROM events WHERE kind = 'ae_attendance')""",
    "census": """
        SELECT m.year, m.on_day, h.resident_id AS resident, h.household_id AS household, p.district,
            p.imd_decile AS decile, date_diff('day', r.born_on, m.on_day) / 365.25 AS age
        FROM midyears m
        JOIN residencies h ON h.started_on <= m.on_day AND (h.ended_on IS NULL OR h.ended_on > m.on_day)
        JOIN residents r USING (resident_id) JOIN properties p USING (property_id)
        WHERE r.died_on IS NULL OR r.died_on > m.on_day
        QUALIFY row_number() OVER (PARTITION BY m.year, h.resident_id ORDER BY h.started_on DESC, household_id) = 1""",
    "homes": """
        SELECT year, household, any_value(district) AS district FROM census GROUP BY year, household""",
    "incidents": f"""
        SELECT year(occurred_on) AS year, {_contact()} AS contact, *
        FROM events WHERE year(occurred_on) IN (SELECT year FROM midyears)""",
    "contacts": """
        SELECT year, household, count(DISTINCT contact) AS kinds FROM (
            SELECT i.year, c.household, i.contact
            FROM incidents i JOIN census c ON c.year = i.year AND c.resident = i.unit_id
            WHERE i.unit = 'resident' AND contact IS NOT NULL
            UNION ALL SELECT i.year, h.household, i.contact
            FROM incidents i JOIN homes h ON h.year = i.year AND h.household = i.unit_id
            WHERE i.unit = 'household' AND contact IS NOT NULL)
        GROUP BY year, household""",
    # Owed at first: relief that follows failed prevention is the same duty going on.
    "duties": """
        SELECT d.unit_id, h.district, EXISTS (
            FROM residencies s JOIN events a ON a.unit_id = s.resident_id
            WHERE s.household_id = d.unit_id AND a.kind = 'domestic_abuse' AND a.role = 'victim'
            AND s.started_on <= a.occurred_on AND (s.ended_on IS NULL OR s.ended_on > a.occurred_on)
            AND a.occurred_on <= d.occurred_on AND a.occurred_on > d.occurred_on - 180) AS after_abuse
        FROM incidents d JOIN homes h ON h.year = d.year AND h.household = d.unit_id
        WHERE d.kind = 'prevention_duty' OR (d.kind = 'relief_duty' AND NOT EXISTS (
            FROM events e
            WHERE e.unit_id = d.unit_id AND e.kind = 'prevention_duty' AND e.ended_on = d.occurred_on))""",
    "supported": """
        SELECT DISTINCT c.year, c.resident, c.age FROM census c JOIN events e ON e.unit_id = c.resident
        WHERE e.kind IN ('long_term', 'residential') AND e.occurred_on < make_date(c.year + 1, 1, 1)
        AND (e.ended_on IS NULL OR e.ended_on >= make_date(c.year, 1, 1))""",
    "cases": """
        SELECT c.year, c.resident, max(e.tier) AS tier FROM census c JOIN events e ON e.unit_id = c.resident
        WHERE e.ladder = 'children' AND e.tier >= 3 AND c.age < 18
        AND e.occurred_on <= c.on_day AND (e.ended_on IS NULL OR e.ended_on > c.on_day)
        GROUP BY c.year, c.resident""",
    "births": """
        SELECT r.resident_id FROM residents r
        JOIN residencies h ON h.resident_id = r.resident_id AND h.started_on = r.born_on
        WHERE year(born_on) IN (SELECT year FROM midyears)""",
    "attendances": """
        SELECT *, lead(occurred_on) OVER (PARTITION BY unit_id ORDER BY occurred_on) - occurred_on AS again
        FROM incidents WHERE kind = 'ae_attendance'""",
}
