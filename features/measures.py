"""What each measure is in SQL: an aggregate over a pair's known events, or an expression over its home and person.

An event measure reads the relation that the engine prepares, one row for each event that a pair sees, with the
columns as_of, occurred_on, agency, tier, amount, is_open (an open spell) and one truth column for each selection
of events and window. It is null where nothing is recorded, and exact: sums and counts are of whole numbers, and
the only division is one of float64.
"""

from collections.abc import Callable

from features import timing
from features.errors import InputError
from features.scope import name, text
from features.specs import Column, Feature

Holds = Callable[[int | None], str]  # from a window in days to the truth column of the feature's events in it


def event_sql(column: Column, holds: Holds) -> str:
    """The aggregate of a measure of events.

    >>> from features.specs import Feature, count, events
    >>> calls = Feature("calls", count(events("police")), days=(30,), none=0, why="an example")
    >>> event_sql(calls.columns[0], lambda days: f"police_{days}")
    'NULLIF(count(*) FILTER (police_30), 0)'
    """
    op = column.feature.measure.op
    if op == "recent_to_long":
        recent, long = column.days
        n_recent, n_long = (f"count(*) FILTER ({holds(days)})" for days in column.days)
        return f"CAST({n_recent} * {long} AS DOUBLE) / NULLIF(CAST({n_long} * {recent} AS DOUBLE), 0)"
    seen = holds(column.days[0] if column.days else None)
    is_open = f"{seen} AND is_open"
    return {
        "count": f"NULLIF(count(*) FILTER ({seen}), 0)",
        "distinct_days": f"NULLIF(count(DISTINCT occurred_on) FILTER ({seen}), 0)",
        "total": f"sum(COALESCE(amount, 0)) FILTER ({seen})",
        "largest": f"max(amount) FILTER ({seen})",
        "highest_tier": f"max(tier) FILTER ({seen})",
        "distinct_agencies": f"NULLIF(count(DISTINCT agency) FILTER ({seen}), 0)",
        "days_since_last": timing.days_between_sql(f"max(occurred_on) FILTER ({seen})", "as_of"),
        "open_now": f"NULLIF(count(*) FILTER ({is_open}), 0)",
        "days_open": timing.days_between_sql(f"min(occurred_on) FILTER ({is_open})", "as_of"),
        "highest_open_tier": f"max(tier) FILTER ({is_open})",
    }[op]


def attribute_sql(column: Column, table: str, types: dict[str, str]) -> str:
    """A column of the table: 1 or 0 for a category, the position in an order, or the number itself.

    `types` are the table's column types in DuckDB. Raises InputError if the column is absent, or not text where
    categories or an order are listed, or not a number or truth value where they are not.
    """
    feature, measure = column.feature, column.feature.measure
    source = f"{table}.{name(measure.name)}"
    fault = attribute_fault(feature, types)
    if fault:
        raise InputError(fault)
    if column.category is not None:
        return f"CAST(COALESCE({source} = {text(column.category)}, FALSE) AS INTEGER)"
    if measure.order:
        return f"CASE {source} " + " ".join(f"WHEN {text(v)} THEN {i}" for i, v in enumerate(measure.order)) + " END"
    return f"CAST({source} AS DOUBLE)"


def attribute_fault(feature: Feature, types: dict[str, str]) -> str | None:
    """What is wrong with an attribute of a table with columns of these types; None if nothing is."""
    measure, table = feature.measure, "residents" if feature.grain == "resident" else "properties"
    if measure.name not in types:
        return f"feature {feature.name}: {table} has no column {measure.name}; correct the catalogue or the single view"
    is_text, listed = types[measure.name] == "VARCHAR", bool(measure.categories or measure.order)
    if is_text and not listed:
        return f"feature {feature.name}: {table}.{measure.name} is text; list its categories or its order"
    if listed and not is_text:
        return f"feature {feature.name}: {table}.{measure.name} is {types[measure.name]}, not text; list no categories"
    return None


def member_sql(column: Column) -> str:
    """How many of a pair's people, in a relation with as_of and born_on, are of these ages."""
    return f"count(*) FILTER ({of_ages_sql('born_on', 'as_of', column.feature.measure.ages)})"


def of_ages_sql(born_on: str, t: str, ages: tuple[int | None, int | None]) -> str:
    """Whether someone is at least the first age and below the second; null for an unknown one, if either matters."""
    (low, high), age = ages, timing.age_at_sql(born_on, t)
    bounds = [] if low is None else [f"{age} >= {low:d}"]
    bounds += [] if high is None else [f"{age} < {high:d}"]
    return " AND ".join(bounds) or "TRUE"
