"""The task that every tool is set, and how a contender takes it: from a single view and pairs to Parquet files.

For each pair (resident, as-of date t): what was known at t of the resident's own records, of the other members of the
household as known at t together with the household's own records, and of the property. All columns of the
catalogue that are made of events at these three grains. Left out is what is not made of events (age, moves,
attributes, who the members are) and the rates of the area: no peer would do them much differently.

A contender is a module with `build(task)` and ends in `main(build)`. `python -m benchmarks.by_polars VIEW PAIRS TO`
runs it and prints, as one line of JSON, the seconds of its work, reading and writing included, and what `build` says
of it.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from features.catalogue import FEATURES, KINDS
from features.specs import MEASURES, Column

SPELLS = tuple((kind.agency, kind.kind) for kind in KINDS if kind.spell)
OPEN = ("open_now", "days_open", "highest_open_tier")  # measures of the spells that are open
COMMON = tuple(f for f in FEATURES if MEASURES[f.measure.op][0] and f.grain in ("resident", "household", "property"))


@dataclass(frozen=True)
class Task:
    """What a contender is given: a folder of the single view's Parquet files, a Parquet file of pairs (unit_id,
    as_of), and a folder, empty, for its Parquet files of unit_id, as_of and one float32 column for each Column."""

    view: Path
    pairs: Path
    to: Path
    threads: int
    memory: str  # what a tool that can be held to it may use
    features: str  # which the engine builds: "common", "all", "all but 4"; the peers only know the common ones

    def table(self, name: str) -> str:
        return str(self.view / f"{name}.parquet")


def columns(grain: str) -> tuple[Column, ...]:
    """The common columns of a grain, in the catalogue's order."""
    return tuple(column for feature in COMMON if feature.grain == grain for column in feature.columns)


def main(build: Callable[[Task], dict | None]) -> None:
    """Take the task from the command line, do it, and say how long it took."""
    words = argparse.ArgumentParser()
    words.add_argument("view", type=Path)
    words.add_argument("pairs", type=Path)
    words.add_argument("to", type=Path)
    words.add_argument("--threads", type=int, default=2)
    words.add_argument("--memory", default="4GB")
    words.add_argument("--features", default="common")
    task = Task(**vars(words.parse_args()))
    task.to.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    said = build(task) or {}
    print(json.dumps({"seconds": time.monotonic() - begun, **said}))
