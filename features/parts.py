"""Runs a task over all pairs: the records around them are loaded once, and blocks of pairs go through in threads.

A view that would not fit the memory it may use is taken in parts, each a range of resident ids with all that those
residents can need; a pair's result does not depend on which others are asked about with it.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features import records
from features.pairs import ORDER, PAIRS
from features.records import Reads, Records

BLOCK = 50_000  # pairs: 150 columns of float32 are 30 MB
EVENT_BYTES = 80  # of an event while it is loaded: its columns, and those of them already sorted
COMPANY = 6  # how many residents' records one resident asked about brings along, at most
TELL = 5  # seconds between lines of progress

Work = Callable[[Records, pa.Table, np.ndarray], pa.Table]  # records, pairs, the number of each pair's resident
Say = Callable[[str], None]


def over(view, pairs: pa.Table, reads: Reads, work: Work, say: Say | None = None) -> Iterator[pa.Table]:
    """What `work` makes of the records and each block of pairs; `work` runs in threads, so it may not use the view.

    `pairs` are as `read_pairs` gives them; results come in their order, or, where there are several parts, in their
    order within each part.
    """
    done, told = 0, time.monotonic()
    for part in _parts(view, pairs):
        held = records.load(view.con, pc.unique(part.column("unit_id")), reads)
        who = held.numbers(part.column("unit_id"))
        blocks = [(held, part.slice(i, BLOCK), who[i : i + BLOCK]) for i in range(0, part.num_rows, BLOCK)]
        for result in _in_threads(work, blocks, view.threads):
            yield result
            done += result.num_rows
            if say and time.monotonic() - told > TELL:
                say(f"{done:,} of {pairs.num_rows:,} pairs")
                told = time.monotonic()


def in_order(found: pa.Table, pairs: pa.Table) -> pa.Table:
    """All results of `over`, in the order of the pairs."""
    return found if found.select(PAIRS.names).equals(pairs) else found.sort_by(ORDER)


def ranges(view, ids: pa.Array, share: float = 1.0) -> list[pa.Array]:
    """The ids, in order, cut into ranges whose records fit the memory; they have a `share` of all events together."""
    [(events,)] = view.con.execute("SELECT count(*) FROM events").fetchall()
    size = max(1, -(-len(ids) // max(1, -(-int(events * share * EVENT_BYTES) // view.arrays))))
    return [ids.slice(start, size) for start in range(0, len(ids), size)]


def _parts(view, pairs: pa.Table) -> Iterator[pa.Table]:
    """The pairs of one range of residents after another."""
    ids = pc.unique(pairs.column("unit_id")).sort()
    [(residents,)] = view.con.execute("SELECT count(*) FROM residents").fetchall()
    found = ranges(view, ids, min(1, COMPANY * len(ids) / max(residents, 1)))
    for part in found:
        yield pairs if len(found) == 1 else pairs.filter(pc.is_in(pairs.column("unit_id"), value_set=part))


def _in_threads(work: Work, blocks: list[tuple], threads: int) -> Iterator[pa.Table]:
    """work(*block) for each, in order, with no more results waiting than there are threads."""
    with ThreadPoolExecutor(threads) as pool:
        waiting = deque()
        for block in blocks:
            waiting.append(pool.submit(work, *block))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
