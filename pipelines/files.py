"""Reading and writing whole files: a file is there complete, or not at all."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.errors import InputError
from features.pairs import to_frame


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Call `write` with a file beside `path`, then put it in place in one step; nothing is left of a failed write.

    Raises InputError where the path cannot be written: a full disk, no right to, a folder in the way.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(draft)
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror or error}); nothing was left half-written: make room, or "
            "give a place you may write to, and run it again"
        ) from error


def write_json(path: Path, content: Any) -> None:
    text = json.dumps(content, indent=1, sort_keys=False, allow_nan=False, default=str, ensure_ascii=False)
    write_text(path, text + "\n")


def write_text(path: Path, text: str) -> None:
    write_whole(path, lambda draft: draft.write_text(text, encoding="utf-8"))


def write_table(path: Path, frame: pd.DataFrame) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    write_whole(path, lambda draft: pq.write_table(table, draft, compression="zstd"))


def write_plot(path: Path, table: pd.DataFrame) -> None:
    """The points of a DVC plot, as CSV."""
    write_whole(path, lambda draft: table.to_csv(draft, index=False, float_format="%.6g"))


def read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: not there; run the stage that makes it with `dvc repro`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'it is not text'})") from None
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: is not valid JSON ({error.msg}, line {error.lineno}); make it again") from None


def read_table(path: Path, columns: list[str] | None = None, where: pc.Expression | None = None) -> pd.DataFrame:
    """As `read_arrow`, as a frame, its days of type `features.pairs.DAY`."""
    return to_frame(read_arrow(path, columns, where))


def read_arrow(path: Path, columns: list[str] | None = None, where: pc.Expression | None = None) -> pa.Table:
    """A Parquet file, or a folder of them in the order of their names: the rows for which `where` holds.

    Raises InputError where it is missing, is not Parquet, or lacks a column asked for.
    """
    with _readable(path):
        held = pq.ParquetDataset(path).schema.names
        missing = [name for name in columns or [] if name not in held]
        if missing:
            raise InputError(f"{path}: has no column {', '.join(missing)}; it has {', '.join(held[:20])}")
        return pq.read_table(path, columns=columns, filters=where)


def read_blocks(path: Path, columns: list[str], rows: int) -> Iterator[pa.Table]:
    """The files of a folder in the order of their names, at most this many rows of one at a time; errors as above."""
    for file in sorted(path.glob("*.parquet")):
        with _readable(file):
            for block in pq.ParquetFile(file).iter_batches(rows, columns=columns):
                yield pa.Table.from_batches([block])


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Make one InputError of what goes wrong while a Parquet file is read."""
    try:
        yield
    except FileNotFoundError:
        raise InputError(
            f"{path}: not there; check the path, or run the stage that makes it with `dvc repro`"
        ) from None
    except PermissionError:
        raise InputError(f"{path}: cannot be read: give yourself the right to, or name another file") from None
    except (pa.ArrowInvalid, OSError):
        raise InputError(f"{path}: cannot be read as Parquet; the file is damaged or of another kind") from None
