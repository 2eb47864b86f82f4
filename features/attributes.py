"""What an attribute, a column of residents or properties, is in SQL; and what is wrong with one before work starts."""

from features.specs import Column, Feature
from features.sql import name, text


def attribute_sql(column: Column, table: str) -> str:
    """The value over `table` (r for residents, p for properties): 1 or 0 for a category, the position in an order, or
    the number itself; null where the row is missing."""
    measure = column.feature.measure
    source, key = f"{table}.{name(measure.name)}", {"r": "r.resident_id", "p": "p.property_id"}[table]
    if column.category is not None:
        value = f"CAST(COALESCE({source} = {text(column.category)}, FALSE) AS INTEGER)"
    elif measure.order:
        value = f"CASE {source} " + " ".join(f"WHEN {text(v)} THEN {i}" for i, v in enumerate(measure.order)) + " END"
    else:
        value = source
    return f"CASE WHEN {key} IS NOT NULL THEN CAST({value} AS DOUBLE) END"


def attribute_fault(feature: Feature, types: dict[str, str]) -> str | None:
    """What is wrong with an attribute of a table with columns of these DuckDB types; None if nothing is."""
    measure, table = feature.measure, "residents" if feature.grain == "resident" else "properties"
    if measure.name not in types:
        return f"feature {feature.name}: {table} has no column {measure.name}; correct the catalogue or the single view"
    is_text, listed = types[measure.name] == "VARCHAR", bool(measure.categories or measure.order)
    if is_text and not listed:
        return f"feature {feature.name}: {table}.{measure.name} is text; list its categories or its order"
    if listed and not is_text:
        return f"feature {feature.name}: {table}.{measure.name} is {types[measure.name]}, not text; list no categories"
    return None
