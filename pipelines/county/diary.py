"""What truly happened: the events and residencies of the county, before any agency records them."""

import numpy as np

from features.catalogue.kinds import KINDS

KIND = {(kind.agency, kind.kind): i for i, kind in enumerate(KINDS)}
NONE = -1  # inside the simulation only: a missing day, tier, amount or unit is -1, and null once written
ROLES = ("victim", "suspect", "subject")
VICTIM, SUSPECT, SUBJECT = range(3)


class Log:
    """Columns of whole numbers that grow by batches; a row's number is its place, so an end can be set later."""

    def __init__(self, **columns: type):
        self._types = columns
        self._batches: list[dict] = []
        self._ends: list[tuple[np.ndarray, np.ndarray]] = []
        self._rows = 0

    def add(self, size: int, **values) -> np.ndarray:
        """Append `size` rows; a column not given is missing. Returns their row numbers, (size,)."""
        self._batches.append(
            {
                name: np.broadcast_to(np.asarray(values.get(name, NONE), dtype), size)
                for name, dtype in self._types.items()
            }
        )
        self._rows += size
        return np.arange(self._rows - size, self._rows, dtype=np.int32)

    def end(self, rows: np.ndarray, days: np.ndarray) -> None:
        """Set the end of rows; of two ends the later call holds."""
        self._ends.append((rows, days))

    def columns(self) -> dict[str, np.ndarray]:
        """Every column, (rows,), with the ends applied."""
        out = {
            name: np.concatenate([b[name] for b in self._batches]) if self._batches else np.empty(0, dtype)
            for name, dtype in self._types.items()
        }
        for rows, days in self._ends:
            out["end"][rows] = days
        return out


def event_log() -> Log:
    return Log(kind=np.int8, unit=np.int32, role=np.int8, tier=np.int8, amount=np.int32, day=np.int32, end=np.int32)


def residency_log() -> Log:
    return Log(resident=np.int32, household=np.int32, property=np.int32, day=np.int32, end=np.int32)


class Rows:
    """A table of arrays of equal length, (rows,) or (several, rows), that people and households are added to.

    Each is a view of an array with room to spare: read it from here every time, for it moves when the room is used up.
    """

    def __init__(self, **columns: np.ndarray):
        self._held = columns
        self._size = next(iter(columns.values())).shape[-1]
        self.__dict__.update(columns)

    def __len__(self) -> int:
        return self._size

    def add(self, size: int, fill: dict, **values) -> np.ndarray:
        """Append `size` rows; a column not given takes its value of `fill`, or 0. Returns their numbers, (size,)."""
        before, self._size = self._size, self._size + size
        for name, held in self._held.items():
            if held.shape[-1] < self._size:
                held = np.empty((*held.shape[:-1], self._size + self._size // 4), held.dtype)
                held[..., :before] = getattr(self, name)
                self._held[name] = held
            held[..., before : self._size] = values[name] if name in values else fill.get(name, 0)
            setattr(self, name, held[..., : self._size])
        return np.arange(before, self._size)
