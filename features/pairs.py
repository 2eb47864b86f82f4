"""Pairs (resident or property, as-of date): what a cohort is, and what every task of the engine is asked about."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.errors import InputError

PAIRS = pa.schema([("unit_id", pa.string()), ("as_of", pa.date32())])
DAY = pd.ArrowDtype(pa.date32())  # a day in a frame: millions of Python dates take seconds and gigabytes
ORDER = [("as_of", "ascending"), ("unit_id", "ascending")]


def read_pairs(pairs: pd.DataFrame | pa.Table | Path | str) -> pa.Table:
    """Pairs as an Arrow table of unit_id (text) and as_of (day), sorted by (as_of, unit_id).

    Raises InputError if a column is missing, a value is null, or a pair stands twice.
    """
    if isinstance(pairs, Path | str):
        pairs = pq.read_table(pairs, columns=PAIRS.names)
    elif isinstance(pairs, pd.DataFrame):
        given = [name for name in PAIRS.names if name in pairs.columns]
        pairs = pa.Table.from_pandas(pairs[given], preserve_index=False)
    missing = [name for name in PAIRS.names if name not in pairs.column_names]
    if missing:
        raise InputError(f"pairs: no column {' or '.join(missing)}; give unit_id (text) and as_of (day)")
    try:
        table = pairs.select(PAIRS.names).cast(PAIRS)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise InputError("pairs: unit_id must be text and as_of whole days; convert them first") from None
    nulls = sum(table.column(name).null_count for name in PAIRS.names)
    if nulls:
        raise InputError(
            f"pairs: {nulls} value{' is' if nulls == 1 else 's are'} missing; every pair needs a unit_id and an as_of"
        )
    if _ascends(table := table.combine_chunks()):
        return table
    table = table.sort_by(ORDER).combine_chunks()
    twice = table.num_rows - table.group_by(PAIRS.names).aggregate([]).num_rows
    if twice:
        raise InputError(
            f"pairs: {twice} row{' repeats' if twice == 1 else 's repeat'} a pair; give each unit_id and as_of once"
        )
    return table


def _ascends(table: pa.Table) -> bool:
    """Whether every pair comes after the one before it: sorted, and none twice."""
    (who, before), (t, earlier) = (
        (table.column(c).slice(1), table.column(c).slice(0, table.num_rows - 1)) for c in PAIRS.names
    )
    later = pc.or_(pc.greater(t, earlier), pc.and_(pc.equal(t, earlier), pc.greater(who, before)))
    return table.num_rows < 2 or pc.all(later).as_py()


def days(pairs: pa.Table) -> np.ndarray:
    """The as-of dates as days since 1970-01-01, (pairs,) int32."""
    return pairs.column("as_of").cast(pa.int32()).to_numpy()


def to_frame(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as a frame whose days stay days, of type DAY."""
    return table.to_pandas(types_mapper={pa.date32(): DAY}.get)
