"""Runs a task over all pairs: the records around them are loaded once, and blocks of pairs go through in threads.

A view that would not fit the memory it may use is taken in parts, each a range of ids with all that those residents
(properties) can need; a pair's result does not depend on which others are asked about with it.
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

# Pairs: 150 columns of float32 are 30 MB. Smaller blocks pay too often for what explaining does once a block.
BLOCK = 50_000
EVENT_BYTES = 48  # of an event: 32, and what comes along with it while it is loaded
COMPANY = {"resident": 6, "property": 10}  # how many residents' records one that is asked about brings along, at most
TELL = 5  # seconds between lines of progress

Work = Callable[[Records, pa.Table, np.ndarray], pa.Table]  # records, pairs, the number of each pair's unit
Say = Callable[[str], None]


def over(
    view, pairs: pa.Table, reads: Reads, work: Work, say: Say | None = None, unit: str = "resident"
) -> Iterator[pa.Table]:
    """What `work` makes of the records and each block of pairs; it runs in threads or on Spark, so it may not use the
    view, and Spark must be able to pickle it.

    `pairs` are as `read_pairs` gives them, of residents or properties as `unit` says, or areas (unit_id) with "area";
    results come in their order, or, where there are several parts, in their order within each part.
    """
    done, told = 0, time.monotonic()
    for result in (_on_spark if view.elsewhere else _here)(view, pairs, reads, work, say, unit):
        yield result
        done += result.num_rows
        if say and time.monotonic() - told > TELL:
            say(f"{done:,} of {pairs.num_rows:,} pairs")
            told = time.monotonic()


def of_part(view, pairs: pa.Table, reads: Reads, work: Work, unit: str) -> Iterator[pa.Table]:
    """What `work` makes of each block of the pairs of one part, in order."""
    held = records.load(view.con, pc.unique(pairs.column("unit_id")), reads, unit)
    who = held.numbers(unit, pairs.column("unit_id"))
    blocks = [(held, pairs.slice(i, BLOCK), who[i : i + BLOCK]) for i in range(0, pairs.num_rows, BLOCK)]
    return _in_threads(work, blocks, view.threads)


def cut(view, pairs: pa.Table, unit: str, at_least: int = 1) -> Iterator[pa.Table]:
    """The pairs of one range of ids after another, whose records fit the memory; at least so many, if there are ids."""
    ids = pc.unique(pairs.column("unit_id")).sort()
    of = {name: view.con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in ("residents", "events")}
    share = min(1, COMPANY[unit] * len(ids) / max(of["residents"], 1)) if unit in COMPANY else 1
    count = max(at_least, -(-int(of["events"] * share * EVENT_BYTES) // view.arrays))
    size = max(1, -(-len(ids) // count))
    for start in range(0, len(ids), size):
        some = ids.slice(start, size)
        yield pairs if len(some) == len(ids) else pairs.filter(pc.is_in(pairs.column("unit_id"), value_set=some))


def in_order(found: pa.Table, pairs: pa.Table) -> pa.Table:
    """All results of `over`, in the order of the pairs."""
    return found if found.select(PAIRS.names).equals(pairs) else found.sort_by(ORDER)


def _here(view, pairs: pa.Table, reads: Reads, work: Work, _say, unit: str) -> Iterator[pa.Table]:
    for part in cut(view, pairs, unit):
        yield from of_part(view, part, reads, work, unit)


def _on_spark(view, pairs: pa.Table, reads: Reads, work: Work, say: Say | None, unit: str) -> Iterator[pa.Table]:
    from features import spark  # only here: it needs packages that others need not install

    return spark.over(view, pairs, reads, work, unit, say)


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
