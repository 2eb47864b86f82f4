"""The engine: from pairs and features to one row of float32 columns for each pair.

`features.reference` says what every number means; this makes the same numbers fast. `features.records` takes the
records around the pairs out of the view as arrays; `features.plan` turns the features into instructions; the compiled
loops of `features.kernel`, where an example is worked, follow them. Columns that are not made of events (age, moves,
attributes, the area's rates) are filled here. Pairs never see each other, so a date built alone or among thousands is
the same, and a few dates with everybody and thousands of dates with a few go through the same door.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa

from features import kernel, parts, timing
from features.areas import Rates, rates
from features.attributes import attribute_fault, attribute_sql
from features.errors import InputError
from features.pairs import PAIRS, days, read_pairs
from features.plan import PARTS, Asked, plan
from features.records import Reads, Records
from features.specs import MEASURES, Column, Feature, Kind

Then = Callable[[pa.Table], pa.Table]  # a block of a matrix in, the same pairs out


def build(
    view,
    pairs,
    features: tuple[Feature, ...],
    kinds: tuple[Kind, ...],
    say: parts.Say | None = None,
    then: Then | None = None,
    unit: str = "resident",
) -> pa.Table:
    """The features of the pairs: unit_id, as_of and one float32 column for each Column, sorted by date and id.

    `pairs` is a frame, an Arrow table or a Parquet path with unit_id (of residents or properties, as `unit` says) and
    as_of (days). `say` is told how far it is, in counts; `then` is what `rows` does with each block. Raises InputError
    for pairs that are not unique, or features that the single view or the unit does not have.
    """
    table = read_pairs(pairs)
    check(view, features, unit)
    columns = tuple(column for feature in features for column in feature.columns)
    blocks = [*rows(view, table, columns, kinds, say, then, unit)] or [schema(columns).empty_table()]
    return parts.in_order(pa.concat_tables(blocks), table).combine_chunks()


def check(view, features: tuple[Feature, ...], unit: str = "resident") -> None:
    """Raise InputError with every feature of a resident's own where properties are asked about, and every attribute
    that the single view does not have as the features want it."""
    types = {
        grain: {row[0]: row[1] for row in view.con.execute(f"DESCRIBE {table}").fetchall()}
        for grain, table in (("resident", "residents"), ("property", "properties"))
    }
    others = [feature for feature in features if not feature.is_of(unit)]
    faults = [f"feature {f.name}: is of a resident's own, and properties are asked about; leave it out" for f in others]
    attributes = [feature for feature in features if feature.measure.op == "attribute"]
    faults += [fault for feature in attributes if (fault := attribute_fault(feature, types[feature.grain]))]
    if faults:
        raise InputError(*faults)


def schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The columns of a matrix, in order."""
    return pa.schema([*PAIRS, *(pa.field(column.name, pa.float32()) for column in columns)])


def rows(
    view,
    pairs: pa.Table,
    columns: tuple[Column, ...],
    kinds: tuple[Kind, ...],
    say: parts.Say | None = None,
    then: Then | None = None,
    unit: str = "resident",
) -> Iterator[pa.Table]:
    """Blocks of the matrix, as `parts.over` gives them, for pairs as `read_pairs` gives them.

    With `then`, what it makes of each block, in the thread or Spark worker that made the block; like the work of
    `parts.over`, it may not use the view.
    """
    of_area = tuple(column for column in columns if column.feature.grain == "area")
    known = rates(view, days(pairs), of_area, kinds) if of_area else None

    def work(held: Records, block: pa.Table, who: np.ndarray) -> pa.Table:
        made = block_of(held, block, who, columns, kinds, known)
        return then(made) if then else made

    return parts.over(view, pairs, reads(columns), work, say, unit)


def reads(columns: tuple[Column, ...]) -> Reads:
    """What these columns read: only that is taken out of the view."""
    attributes = [column for column in columns if column.feature.measure.op == "attribute"]
    return Reads(
        tuple(c.feature.measure.of for c in columns if c.feature.measure.of and c.feature.grain != "area"),
        tuple((c.name, attribute_sql(c, "r")) for c in attributes if c.feature.grain == "resident"),
        tuple((c.name, attribute_sql(c, "p")) for c in attributes if c.feature.grain == "property"),
    )


def block_of(
    held: Records,
    pairs: pa.Table,
    who: np.ndarray,
    columns: tuple[Column, ...],
    kinds: tuple[Kind, ...],
    known: Rates | None,
) -> pa.Table:
    """The rows of these pairs, whose units have the numbers `who`."""
    t = days(pairs)
    home = held.homes_at(who, t)
    out = measured(held, who, home, t, tuple(_asked(column) for column in columns), kinds)
    place = held.property_of(home, t)
    area = {column.name: i for i, column in enumerate(c for c in columns if c.feature.grain == "area")}
    values = known.at(held, place, t) if known else None
    for i, column in enumerate(columns):
        if column.name in area:
            out[:, i] = _filled(values[:, area[column.name]], column)
        elif not MEASURES[column.feature.measure.op][0] and column.feature.measure.op != "members":
            out[:, i] = _filled(_of_person(held, column, who, t, home, place), column)
    arrays = [_nullable(values) for values in np.ascontiguousarray(out.T)]
    return pa.Table.from_arrays([*pairs.columns, *arrays], schema=schema(columns))


def _nullable(values: np.ndarray) -> pa.Array:
    """float32 values as Arrow, NaN as null, without a copy."""
    missing = np.isnan(values)
    known = pa.py_buffer(np.packbits(~missing, bitorder="little")) if missing.any() else None
    return pa.Array.from_buffers(pa.float32(), len(values), [known, pa.py_buffer(values)])


def measured(
    held: Records,
    who: np.ndarray,
    home: np.ndarray,
    t: np.ndarray,
    asked: tuple[Asked, ...],
    kinds: tuple[Kind, ...],
    known: np.ndarray | None = None,
    base: np.ndarray | None = None,
    high: np.ndarray | None = None,
) -> np.ndarray:
    """The columns asked for, (pairs, columns) float32, of units whose homes at t are `home` (residencies, or NOBODY).

    The events are those known on day `known` and before `high`; windows count back from `base`, and spells are open
    at it: t, where not given.
    """
    out = np.empty((len(who), len(asked)), np.float32)
    known, base, high = (t if days is None else days for days in (known, base, high))
    to_do, calendar = plan(asked, held.combos, kinds), timing.calendar_numbers(t)
    kernel.rows(who, home, t, known, base, high, calendar, held.people, held.homes, held.events, to_do, out)
    return out


def _asked(column: Column) -> Asked:
    measure, grain, none = column.feature.measure, column.feature.grain, column.feature.none
    if measure.op == "members":
        return Asked("members", ages=measure.ages, none=none)
    if measure.of is None or grain == "area":
        return Asked()
    return Asked(measure.op, measure.of, column.days, PARTS[grain], none=none)


def _of_person(
    held: Records, column: Column, who: np.ndarray, t: np.ndarray, home: np.ndarray, place: np.ndarray
) -> np.ndarray:
    """A column that is not made of events, (pairs,), NaN where nothing is recorded."""
    match column.feature.measure.op:
        case "age":
            return timing.ages(held.people.born[who], t)
        case "days_at_home":
            started = np.append(held.homes.rows["started"], 0)  # the last is that of nobody
            return np.where(home >= 0, t - started[home], np.nan)
        case "moves":
            return kernel.moves(who, t, column.days[0], held.homes)
        case "attribute" if column.feature.grain == "resident":
            return held.of_resident.column(column.name).to_numpy()[who]
    values = np.append(held.of_property.column(column.name).to_numpy(), np.nan)  # the last is that of no property
    return values[place]


def _filled(values: np.ndarray, column: Column) -> np.ndarray:
    none = column.feature.none
    return values if none is None else np.where(np.isnan(values), none, values)
