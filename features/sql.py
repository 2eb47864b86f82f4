"""SQL text: literals, names, and which events a selection means."""

from features.specs import Events


def text(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def name(column: str) -> str:
    """A column name, quoted for SQL."""
    return '"' + column.replace('"', '""') + '"'


def selects_sql(of: Events) -> str:
    """Whether an event of the table `e` is one of these: never null, since a missing value matches no condition."""
    conditions = [] if of.agency is None else [f"e.agency = {text(of.agency)}"]
    if of.kinds:
        conditions.append(f"e.kind IN ({', '.join(text(kind) for kind in of.kinds)})")
    if of.role is not None:
        conditions.append(f"e.role = {text(of.role)}")
    if of.ladder is not None:
        conditions.append(f"e.ladder = {text(of.ladder)}")
    if of.min_tier is not None:
        conditions.append(f"e.tier >= {of.min_tier:d}")
    if of.min_amount is not None:
        conditions.append(f"e.amount >= {of.min_amount:d}")
    return f"COALESCE({' AND '.join(conditions) or 'TRUE'}, FALSE)"
