"""The matrix on disk: one Parquet file for each as-of date, of which only what has changed is built again.

A file carries, in its own metadata, what its rows and each of its columns were made of. A file made of the same is left
alone; where only columns are missing, they are built and the others copied; a date that is no longer asked for goes.
Every file is whole or not there: it is written beside its place and moved into it, so what a stopped run had finished
stands, and the next run goes on from there.

A cohort with more than MOST dates (triggers) has a file for each month instead, named 2020-02 rather than 2020-02-29.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features import areas, attributes, engine, kernel, parts, plan, records, sources, specs, sql, tables, timing
from features import pairs as pairs_
from features.errors import InputError
from features.meaning import spec_hash
from features.pairs import PAIRS, days, read_pairs
from features.specs import Column, Feature, Kind

MOST = 100  # dates with a file of their own
ROW_GROUP = 50_000  # rows
MADE_OF = b"made_of"
UNFINISHED = ".part"
CODE = (areas, attributes, engine, kernel, pairs_, parts, plan, records, sources, specs, sql, tables, timing)


@dataclass
class Partition:
    """One file to be: its pairs, and what its rows and each of its columns are made of."""

    path: Path
    pairs: pa.Table
    rows_of: str
    columns_of: dict[str, str]

    def missing(self) -> tuple[str, ...] | None:
        """The columns to build before the file is as it should be: all where it is not there; None where it is."""
        try:
            held = json.loads(pq.read_schema(self.path).metadata[MADE_OF])
            rows_of, columns_of = held["rows"], held["columns"]
        except (OSError, ValueError, KeyError, TypeError):
            return tuple(self.columns_of)
        if rows_of != self.rows_of:
            return tuple(self.columns_of)
        if list(columns_of.items()) == list(self.columns_of.items()):
            return None
        return tuple(name for name, of in self.columns_of.items() if columns_of.get(name) != of)


@dataclass
class Written:
    """What became of the partitions, by name; `columns` are those built for the ones extended."""

    built: list[str] = field(default_factory=list)
    extended: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)


def write(
    view,
    pairs,
    features: tuple[Feature, ...],
    kinds: tuple[Kind, ...],
    folder: Path,
    made_of: str,
    say: parts.Say | None = None,
    unit: str = "resident",
) -> Written:
    """Write the matrix of the pairs to the folder, with the rows and columns of `engine.build`.

    `made_of` stands for the records that the view shows: the same records, the same text. Raises InputError as
    `engine.build` does.
    """
    table = read_pairs(pairs)
    engine.check(view, features, unit)
    columns = tuple(column for feature in features for column in feature.columns)
    folder.mkdir(parents=True, exist_ok=True)
    wanted, done = _partitions(table, columns, kinds, folder, f"{made_of}, of a {unit}"), Written()
    for path in sorted(set(folder.iterdir()) - {partition.path for partition in wanted}):
        path.unlink()
        done.dropped += [] if path.suffix == UNFINISHED else [path.stem]
    to_do: dict[tuple[str, ...], list[Partition]] = {}
    for partition in wanted:
        missing = partition.missing()
        if missing is None:
            done.kept.append(partition.path.stem)
        else:
            (done.built if len(missing) == len(columns) else done.extended).append(partition.path.stem)
            to_do.setdefault(missing, []).append(partition)
    for missing, some in to_do.items():
        chosen = tuple(column for column in columns if column.name in missing)
        asked = pa.concat_tables([partition.pairs for partition in some]).combine_chunks()
        done.columns += [] if chosen == columns else [name for name in missing if name not in done.columns]
        # Columns that are only to go, or to stand elsewhere, need no record.
        blocks = engine.rows(view, asked, chosen, kinds, say, unit=unit) if chosen else [asked]
        _write(blocks, some, engine.schema(columns))
    return done


def _partitions(
    pairs: pa.Table, columns: tuple[Column, ...], kinds: tuple[Kind, ...], folder: Path, made_of: str
) -> list[Partition]:
    """The pairs cut by date or month, with what each file is to be made of."""
    t = days(pairs)
    by_month = len(np.unique(t)) > MOST
    dates, first = np.unique(timing.month_starts(t) if by_month else t, return_index=True)
    names = [str(day)[: 7 if by_month else 10] for day in dates.astype("datetime64[D]")]
    code = [Path(file).read_text(encoding="utf-8") for file in (__file__, *(module.__file__ for module in CODE))]
    common = _hash(made_of, *code, *(f"{kind.agency} {kind.kind} {kind.spell}" for kind in kinds))
    columns_of = {column.name: spec_hash(column, kinds) for column in columns}
    found = []
    for name, rows in zip(names, np.split(np.arange(len(t)), first[1:]), strict=False):
        some = pairs.slice(rows[0], len(rows))
        rows_of = _hash(common, t[rows].tobytes().hex(), *some.column("unit_id").to_pylist())
        found.append(Partition(folder / f"{name}.parquet", some, rows_of, columns_of))
    return found


def _write(blocks: Iterable[pa.Table], some: list[Partition], schema: pa.Schema) -> None:
    """Give each partition its rows, out of blocks that hold those of a date in order, in between those of others."""
    files, last = [_File(partition, schema) for partition in some], [days(p.pairs)[-1] for p in some]
    try:
        for block in blocks:
            of = np.searchsorted(last, days(block))
            for number in np.unique(of):
                rows = np.flatnonzero(of == number)
                files[number].add(block.slice(rows[0], len(rows)))
    finally:
        for file in files:
            file.close()


class _File:
    """A partition being written: beside its place, in row groups of one size, and into it once it has all its rows."""

    def __init__(self, partition: Partition, schema: pa.Schema):
        self._path, self._rows, self._pairs = partition.path, partition.pairs.num_rows, partition.pairs
        # The parts of a task come one after another: only rows of a single date are in order whatever the parts.
        self._waits = len(np.unique(days(partition.pairs))) > 1
        self._draft = partition.path.with_suffix(UNFINISHED)
        made_of = json.dumps({"rows": partition.rows_of, "columns": partition.columns_of})
        self._schema, self._waiting, self._group = schema.with_metadata({MADE_OF: made_of}), [], 0
        self._writer = self._old = None

    def add(self, block: pa.Table) -> None:
        """Take the next rows, with the columns that are new."""
        self._waiting.append(block)
        self._rows -= block.num_rows
        if self._waits and not self._rows:
            self._waiting = [parts.in_order(pa.concat_tables(self._waiting), self._pairs)]
        while held := sum(table.num_rows for table in self._waiting):
            if self._rows and (self._waits or held < ROW_GROUP):
                return
            waiting = pa.concat_tables(self._waiting)
            self._write(waiting.slice(0, ROW_GROUP).combine_chunks())
            self._waiting = [waiting.slice(ROW_GROUP)] if held > ROW_GROUP else []
        if not self._rows:
            self._writer.close()
            self._writer = self._old = self._pairs = None
            os.replace(self._draft, self._path)

    def _write(self, rows: pa.Table) -> None:
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._draft, self._schema, compression="zstd")
            if rows.num_columns < len(self._schema):
                self._old = pq.ParquetFile(self._path)
        if self._old:
            rows = self._with_old_columns(rows)
        self._writer.write_table(rows.select(self._schema.names).cast(self._schema), row_group_size=ROW_GROUP)
        self._group += 1

    def _with_old_columns(self, rows: pa.Table) -> pa.Table:
        names = [name for name in self._schema.names if name not in rows.column_names]
        try:
            old = self._old.read_row_group(self._group, [*PAIRS.names, *names])
        except (OSError, pa.ArrowInvalid):
            raise InputError(f"{self._path}: is damaged; remove it, and `dvc repro` builds it again") from None
        if not old.select(PAIRS.names).equals(rows.select(PAIRS.names)):
            raise InputError(f"{self._path}: is damaged; remove it, and `dvc repro` builds it again")
        for name in names:
            rows = rows.append_column(name, old.column(name))
        return rows

    def close(self) -> None:
        """Leave nothing of a file that was not finished."""
        if self._writer is not None:
            self._writer.close()
            self._draft.unlink(missing_ok=True)


def _hash(*parts_of_it: str) -> str:
    return hashlib.sha256("\n".join(parts_of_it).encode()).hexdigest()
