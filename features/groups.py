"""The groups by which an audit looks at pairs: protected attributes and places, as text. Never a model's input."""

import pandas as pd

from features import scope, timing
from features.errors import InputError

NOT_STATED = "not stated"
MOST = 50  # groups of one attribute: beyond that it tells people apart, and no figure by group means anything
AGE_BANDS = ((0, "0-15"), (16, "16-24"), (25, "25-39"), (40, "40-64"), (65, "65-79"), (80, "80+"))
# Worked out where residents has no such column: SQL over pair, r (the resident) and p (the home property known at t).
COMPUTED = ("age_band", "imd_quintile", "district")


def groups(view, pairs, names: tuple[str, ...]) -> pd.DataFrame:
    """The groups of each pair: unit_id, as_of, one text column for each name; "not stated" where it is missing.

    A name is a column of residents (one of type bool reads yes or no), or age_band (at t), imd_quintile ("1 most
    deprived" to "5 least deprived") or district (both of the home property known at t). Raises InputError for any
    other name, all together.
    """
    con = view.con
    held = {row[0]: row[1] for row in con.execute("DESCRIBE residents").fetchall()}
    known = [name for name, kind in held.items() if kind in ("VARCHAR", "BOOLEAN") and name != "resident_id"]
    unknown = [name for name in names if name not in known and name not in COMPUTED]
    if unknown:
        listed = ", ".join((*known, *COMPUTED))
        raise InputError(*(f"audit: {name} is no group of residents; name one of {listed}" for name in unknown))
    values = ", ".join(
        f"COALESCE(NULLIF(trim({_value_sql(name, held)}), ''), '{NOT_STATED}') AS {scope.name(name)}" for name in names
    )
    frames = []
    for block in scope.blocks(scope.read_pairs(pairs)):
        scope.place(con, block)
        frames.append(
            con.execute(f"""
            SELECT pair.unit_id, pair.as_of, {values}
            FROM pair LEFT JOIN residents r ON r.resident_id = pair.unit_id LEFT JOIN home ON home.pair = pair.pair
            LEFT JOIN properties p ON p.property_id = home.property_id
              AND {timing.known_sql("p.recorded_on", "NULL", "pair.as_of")}
            ORDER BY pair.pair""").df()
        )
    if not frames:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in ("unit_id", "as_of", *names)})
    frame = pd.concat(frames, ignore_index=True)
    frame["as_of"] = pd.to_datetime(frame["as_of"]).dt.date
    many = [name for name in names if frame[name].nunique() > MOST]
    if many:
        raise InputError(*(f"audit: {name} has more than {MOST} groups; name one that sorts people" for name in many))
    return frame


def _value_sql(name: str, held: dict[str, str]) -> str:
    if name in held:
        column = f"r.{scope.name(name)}"
        if held[name] == "BOOLEAN":
            return f"CASE WHEN {column} THEN 'yes' WHEN NOT {column} THEN 'no' END"
        return f"CAST({column} AS VARCHAR)"
    if name == "district":
        return "p.district"
    if name == "imd_quintile":
        return (
            "CASE (p.imd_decile + 1) // 2 WHEN 1 THEN '1 most deprived' WHEN 2 THEN '2' WHEN 3 THEN '3' "
            "WHEN 4 THEN '4' WHEN 5 THEN '5 least deprived' END"
        )
    age = timing.age_at_sql("r.born_on", "pair.as_of")
    return "CASE " + " ".join(f"WHEN {age} >= {low} THEN '{band}'" for low, band in reversed(AGE_BANDS)) + " END"
