"""The groups by which an audit looks at pairs: protected attributes and places, as text. Never a model's input."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from features import kernel, parts, timing
from features.errors import InputError
from features.pairs import PAIRS, days, read_pairs, to_frame
from features.records import Reads, Records
from features.sql import name as sql_name

NOT_STATED = "not stated"
MOST = 50  # groups of one attribute: beyond that it tells people apart, and no figure by group means anything
AGE_BANDS = ((0, "0-15"), (16, "16-24"), (25, "25-39"), (40, "40-64"), (65, "65-79"), (80, "80+"))
# Worked out where residents has no such column: from the age at t, or by SQL over p, the home property known at t.
OF_PROPERTY = {
    "imd_quintile": "CASE (p.imd_decile + 1) // 2 WHEN 1 THEN '1 most deprived' WHEN 2 THEN '2' WHEN 3 THEN '3' "
    "WHEN 4 THEN '4' WHEN 5 THEN '5 least deprived' END",
    "district": "p.district",
}
COMPUTED = ("age_band", *OF_PROPERTY)


def groups(view, pairs, names: tuple[str, ...]) -> pd.DataFrame:
    """The groups of each pair: unit_id, as_of, one categorical column for each name; "not stated" where it is missing.

    A name is a column of residents (one of type bool reads yes or no), or age_band (at t), imd_quintile ("1 most
    deprived" to "5 least deprived") or district (both of the home property known at t). Raises InputError for any
    other name, all together.
    """
    held = {row[0]: row[1] for row in view.con.execute("DESCRIBE residents").fetchall()}
    known = [name for name, kind in held.items() if kind in ("VARCHAR", "BOOLEAN") and name != "resident_id"]
    unknown = [name for name in names if name not in known and name not in COMPUTED]
    if unknown:
        listed = ", ".join((*known, *COMPUTED))
        raise InputError(*(f"audit: {name} is no group of residents; name one of {listed}" for name in unknown))
    reads = Reads(
        of_resident=tuple((name, _text(_of_resident(name, held))) for name in names if name in held),
        of_property=tuple(
            (name, _text(OF_PROPERTY[name])) for name in names if name not in held and name != "age_band"
        ),
    )

    def work(held: Records, block: pa.Table, who: np.ndarray) -> pa.Table:
        t, found = days(block), block
        place = held.property_of(kernel.homes_at(who, t, held.homes), t)
        for name in names:
            if name in held.of_resident.column_names:
                group = held.of_resident.column(name).combine_chunks().take(pa.array(who))
            elif name == "age_band":
                group = _bands(timing.ages(held.people.born[who], t))
            else:
                group = held.of_property.column(name).combine_chunks().take(pa.array(place, mask=place < 0))
            found = found.append_column(name, group.fill_null(NOT_STATED))
        return found

    table = read_pairs(pairs)
    empty = pa.schema([*PAIRS, *(pa.field(name, pa.string()) for name in names)]).empty_table()
    found = parts.in_order(pa.concat_tables([empty, *parts.over(view, table, reads, work)]), table)
    many = [name for name in names if pc.count_distinct(found.column(name)).as_py() > MOST]
    if many:
        raise InputError(*(f"audit: {name} has more than {MOST} groups; name one that sorts people" for name in many))
    return to_frame(found.select(PAIRS.names)).assign(
        **{name: found.column(name).dictionary_encode().to_pandas() for name in names}
    )


def _of_resident(name: str, held: dict[str, str]) -> str:
    column = f"r.{sql_name(name)}"
    return f"CASE WHEN {column} THEN 'yes' WHEN NOT {column} THEN 'no' END" if held[name] == "BOOLEAN" else column


def _text(value: str) -> str:
    return f"NULLIF(trim(CAST({value} AS VARCHAR)), '')"


def _bands(ages: np.ndarray) -> pa.Array:
    """The band of each age, null for an unknown one or before birth."""
    lows, names = zip(*AGE_BANDS, strict=True)
    return pa.array(names).take(pa.array(np.searchsorted(lows, ages, side="right") - 1, mask=~(ages >= lows[0])))
