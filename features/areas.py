"""Rates of an area: events for every 1,000 residents of an LSOA, all as known on the first day of a month.

They are counted once for each LSOA and month, then given to each pair that lives there.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features import kernel, parts, timing
from features.plan import PARTS, Asked, plan
from features.records import Reads, Records, distinct
from features.specs import Column, Kind


@dataclass(frozen=True, eq=False)
class Rates:
    """values (areas, months, columns) float64, NaN where nobody lives; `months` are ascending days since 1970-01-01."""

    areas: pa.Array
    months: np.ndarray
    values: np.ndarray

    def at(self, held: Records, home_property: np.ndarray, t: np.ndarray) -> np.ndarray:
        """The rates of the area of each home property (from 0, or NOBODY) at t: (pairs, columns)."""
        out = np.full((len(t), self.values.shape[2]), np.nan)
        if len(held.areas) and len(self.areas):
            number = pc.index_in(held.areas, value_set=self.areas).fill_null(-1).to_numpy()
            area = np.where(home_property >= 0, held.area[home_property], kernel.NOBODY)
            area = np.where(area >= 0, number[area], kernel.NOBODY)
            month = np.searchsorted(self.months, timing.month_starts(t))
            out[area >= 0] = self.values[area[area >= 0], month[area >= 0]]
        return out


def rates(view, t: np.ndarray, columns: tuple[Column, ...], kinds: tuple[Kind, ...]) -> Rates:
    """The rates of every area at the start of each month that a day of t (days since 1970-01-01) falls in."""
    months = np.unique(timing.month_starts(t))
    areas = view.con.sql("SELECT DISTINCT lsoa AS unit_id FROM properties WHERE lsoa IS NOT NULL ORDER BY 1")
    areas, shape = areas.to_arrow_table(), (len(months), len(columns))
    threads = 1 if view.elsewhere else view.threads

    def work(held: Records, some: pa.Table, _) -> pa.Table:
        found = _of_areas(held, some.column("unit_id").combine_chunks(), months, columns, kinds, threads)
        return some.append_column("rates", pa.FixedSizeListArray.from_arrays(found.ravel(), shape[0] * shape[1]))

    reads, values = Reads(tuple(column.feature.measure.of for column in columns)), np.empty((0, *shape))
    if len(months) and areas.num_rows:
        found = pa.concat_tables(parts.over(view, areas, reads, work, unit="area"))
        values = found.column("rates").combine_chunks().flatten().to_numpy().reshape(-1, *shape)
    return Rates(areas.column("unit_id").combine_chunks(), months, values)


def _of_areas(
    held: Records,
    areas: pa.Array,
    months: np.ndarray,
    columns: tuple[Column, ...],
    kinds: tuple[Kind, ...],
    threads: int,
) -> np.ndarray:
    """The rates of these areas, whose records are held: (areas, months, columns), NaN where nobody lives."""
    asked = tuple(Asked("count", column.feature.measure.of, column.days, PARTS["area"]) for column in columns)
    to_do = plan(asked, held.combos, kinds)
    number = pc.index_in(held.areas, value_set=areas).fill_null(-1).to_numpy().astype(np.int32)
    # Of each property, the number of its area among those asked about; the last is that of no property.
    area = np.append(np.where(held.area >= 0, number[held.area] if len(number) else -1, -1), kernel.NOBODY)

    def at(month: int) -> np.ndarray:
        home = kernel.homes_of_all(month, held.people, held.homes)
        where = area[held.property_of(home, np.full(len(home), month))]
        lives = np.flatnonzero(where >= 0)
        people = np.bincount(where[lives], minlength=len(areas))
        # A household counts once in each area where a member of it lives: a key whose low half is the area.
        households = distinct(held.homes.rows["household"][home[lives]].astype(np.int64) << 32 | where[lives])
        known = np.flatnonzero((area[:-1] >= 0) & (held.property_known_from <= month))
        units = np.concatenate([lives, households >> 32, known + held.first_property]).astype(np.int32)
        of = np.concatenate([where[lives], households & 0xFFFFFFFF, area[known]]).astype(np.int32)
        slots = np.zeros((len(areas), len(to_do.fresh)), np.int64)
        kernel.add_up(units, of, month, held.events, to_do, slots)
        counts = 1000 * slots[:, to_do.read["slot"]].astype(np.float64)
        return np.divide(counts, people[:, None], out=np.full(counts.shape, np.nan), where=people[:, None] > 0)

    with ThreadPoolExecutor(threads) as pool:
        return np.stack(list(pool.map(at, months)), axis=1)
