"""The groups by which an audit looks at pairs: protected attributes and places, as text. Never a model's input."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from features import parts, timing
from features.engine import measured
from features.errors import InputError
from features.pairs import PAIRS, days, read_pairs, to_frame
from features.plan import OUTCOME_PARTS, Asked
from features.records import Reads, Records
from features.specs import Events, Kind
from features.sql import name as sql_name

NOT_STATED = "not stated"
MOST = 50  # groups of one attribute: beyond that it tells people apart, and no figure by group means anything
AGE_BANDS = ((0, "0-15"), (16, "16-24"), (25, "25-39"), (40, "40-64"), (65, "65-79"), (80, "80+"))
CASELOAD = ("open case", "no open case")
# Worked out where no table has such a column: from the age at t, the spells open at t, who lives there at t, or by SQL
# over p, the property.
OF_RESIDENT = ("age_band", "caseload")
OF_HOME = "oldest_age_band"
OF_PROPERTY = {
    "imd_quintile": "CASE (p.imd_decile + 1) // 2 WHEN 1 THEN '1 most deprived' WHEN 2 THEN '2' WHEN 3 THEN '3' "
    "WHEN 4 THEN '4' WHEN 5 THEN '5 least deprived' END",
}


def groups(
    view, pairs, names: tuple[str, ...], kinds: tuple[Kind, ...], unit: str = "resident", most: int | None = MOST
) -> pd.DataFrame:
    """The groups of each pair: unit_id, as_of, one categorical column for each name; "not stated" where it is missing.

    A name is a column of residents (one of type bool reads yes or no), age_band (at t), caseload ("open case" where a
    spell on a ladder of need is open at t, of the resident or about their household), imd_quintile ("1 most deprived"
    to "5 least deprived") or a text column of properties, such as district; both of the home property known at t. Of
    properties only the last two are, and oldest_age_band, the age band of the oldest who is known at t to live there;
    names that are not of the unit are left out. Raises InputError for any other name, all together, or where none is
    left.
    """
    of_resident, of_property = (
        {name: _text(f"{table[0]}.{sql_name(name)}", type_) for name, type_ in _columns(view, table).items()}
        for table in ("residents", "properties")
    )
    of_property = {name: _text(sql, "VARCHAR") for name, sql in OF_PROPERTY.items()} | of_property
    unknown = [name for name in names if name not in (*of_resident, *OF_RESIDENT, *of_property, OF_HOME)]
    if unknown:
        listed = ", ".join(dict.fromkeys((*of_resident, *OF_RESIDENT, *of_property, OF_HOME)))
        raise InputError(*(f"audit: {name} is no group of residents; name one of {listed}" for name in unknown))
    if unit == "property":
        of_resident, of_unit = {}, (*of_property, OF_HOME)
    else:
        of_unit = (*of_resident, *OF_RESIDENT, *of_property)
    names = tuple(name for name in names if name in of_unit)
    if not names:
        units = {"property": "properties", "resident": "residents"}[unit]
        raise InputError(f"audit: {units} have none of these groups; name one of {', '.join(of_unit)} too")
    ladders = [Events(ladder=kind.ladder) for kind in kinds if kind.spell and kind.ladder]
    cases = tuple(Asked("open_now", of, (), OUTCOME_PARTS["home"], none=0) for of in dict.fromkeys(ladders))
    reads = Reads(
        events=tuple(of.of for of in cases) if "caseload" in names and "caseload" not in of_resident else (),
        of_resident=tuple((name, of_resident[name]) for name in names if name in of_resident),
        of_property=tuple((name, of_property[name]) for name in names if name in of_property),
    )

    def work(held: Records, block: pa.Table, who: np.ndarray) -> pa.Table:
        t, found = days(block), block
        home = held.homes_at(who, t)
        place = held.property_of(home, t)
        for name in names:
            if name in held.of_resident.column_names:
                group = held.of_resident.column(name).combine_chunks().take(pa.array(who))
            elif name == "age_band":
                group = _bands(timing.ages(held.people.born[who], t))
            elif name == OF_HOME and name not in of_property:
                group = _oldest(measured(held, who, home, t, _of_each_band(), kinds))
            elif name == "caseload":
                is_open = (measured(held, who, home, t, cases, kinds) > 0).any(axis=1)
                group = pa.array(CASELOAD).take(pa.array(np.where(is_open, 0, 1)))
            else:
                group = held.of_property.column(name).combine_chunks().take(pa.array(place, mask=place < 0))
            found = found.append_column(name, group.fill_null(NOT_STATED))
        return found

    table = read_pairs(pairs)
    empty = pa.schema([*PAIRS, *(pa.field(name, pa.string()) for name in names)]).empty_table()
    found = parts.in_order(pa.concat_tables([empty, *parts.over(view, table, reads, work, unit=unit)]), table)
    many = [name for name in names if most is not None and pc.count_distinct(found.column(name)).as_py() > most]
    if many:
        raise InputError(*(f"audit: {name} has more than {most} groups; name one that sorts people" for name in many))
    return to_frame(found.select(PAIRS.names)).assign(
        **{name: found.column(name).dictionary_encode().to_pandas() for name in names}
    )


def _of_each_band() -> tuple[Asked, ...]:
    """How many people of each age band live there."""
    lows = [low for low, _ in AGE_BANDS]
    return tuple(Asked("members", ages=ages, none=0) for ages in zip(lows, [*lows[1:], None], strict=True))


def _oldest(people: np.ndarray) -> pa.Array:
    """The last of AGE_BANDS with anybody in it, null where nobody lives; `people` is (homes, bands)."""
    there = people > 0
    last = there.shape[1] - 1 - there[:, ::-1].argmax(axis=1)
    return pa.array([name for _, name in AGE_BANDS]).take(pa.array(last, mask=~there.any(axis=1)))


def _columns(view, table: str) -> dict[str, str]:
    """The columns by which a table sorts its rows, with their types."""
    held = {row[0]: row[1] for row in view.con.execute(f"DESCRIBE {table}").fetchall()}
    keys = ("resident_id", "property_id")
    return {name: type_ for name, type_ in held.items() if type_ in ("VARCHAR", "BOOLEAN") and name not in keys}


def _text(column: str, type_: str) -> str:
    if type_ == "BOOLEAN":
        column = f"CASE WHEN {column} THEN 'yes' WHEN NOT {column} THEN 'no' END"
    return f"NULLIF(trim(CAST({column} AS VARCHAR)), '')"


def _bands(ages: np.ndarray) -> pa.Array:
    """The band of each age, null for an unknown one or before birth."""
    lows, names = zip(*AGE_BANDS, strict=True)
    return pa.array(names).take(pa.array(np.searchsorted(lows, ages, side="right") - 1, mask=~(ages >= lows[0])))
