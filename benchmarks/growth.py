"""How the feature engine and the county generator grow: with residents, snapshots, trigger dates and columns.

`python -m benchmarks.growth --data FOLDER` prints five tables. Every run is a process of its own, and builds all
features of the catalogue unless the table is about columns.
"""

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import county
from benchmarks.measure import Budget, Run, cores, gigabytes, machine, run, say, table, times

SIZES = (75_000, 150_000, 300_000, 600_000)
DATES = (1, 2, 4, 8, 16)
SNAPSHOTS = 8  # where the number of snapshots is not what grows
ADDED = (1, 4, 16)  # features, to a matrix that has all the others
HEADS = ("wall", "of the first", "peak memory", "of the first")


@dataclass(frozen=True)
class Engine:
    """Runs this project's engine on a county, each different run once; a run's `said` has its pairs and columns."""

    budget: Budget
    memory: str
    done: dict[tuple, Run]

    def build(self, folder: Path, pairs: Path, features: str = "all") -> Run:
        key = folder, pairs, features
        if key not in self.done:
            say(f"the engine on {folder.name} residents: {pairs.stem}, {features} features")
            words = ["--threads", cores(), "--memory", self.memory, "--features", features]
            with tempfile.TemporaryDirectory(prefix="foresight-") as to:
                made = run("benchmarks.by_engine", folder / "view", pairs, to, *words, budget=self.budget)
            say(f"  {made.fault or f'{made.seconds:.1f} s, {gigabytes(made.memory)}'}")
            self.done[key] = made
        return self.done[key]


def main() -> None:
    tables: dict[str, Callable[[Engine, list[Path]], str]] = {
        "generator": _of_the_generator,
        "residents": _of_residents,
        "snapshots": _of_snapshots,
        "triggers": _of_triggers,
        "columns": _of_columns,
    }
    words = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    words.add_argument("--data", type=Path, help="where counties are kept and made (default: made anew, then removed)")
    words.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="residents (default: %(default)s)")
    words.add_argument("--only", nargs="+", choices=tables, default=list(tables), help="tables to make")
    words.add_argument("--seconds", type=float, default=900, help="what a run may take (default: %(default)s)")
    words.add_argument("--gigabytes", type=float, default=12, help="what a run may hold (default: %(default)s)")
    words.add_argument("--memory", default="2GB", help="what the engine's DuckDB may hold (default: %(default)s)")
    given = words.parse_args()
    engine = Engine(Budget(given.seconds, given.gigabytes * 1e9), given.memory, {})
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="foresight-") as scratch:
        folders = [county.prepared(given.data or Path(scratch), size) for size in sorted(given.sizes)]
        for name in given.only:
            print("\n" + tables[name](engine, folders), flush=True)


def _of_the_generator(_: Engine, folders: list[Path]) -> str:
    return _grown("the county generator, residents", [(_size(f), county.invention(f)) for f in folders])


def _of_residents(engine: Engine, folders: list[Path]) -> str:
    runs = [(_size(f), engine.build(f, county.snapshots(f, SNAPSHOTS))) for f in folders]
    return _grown(f"the engine at {SNAPSHOTS} snapshots, residents", runs)


def _of_snapshots(engine: Engine, folders: list[Path]) -> str:
    folder = folders[-1]
    runs = [(str(dates), engine.build(folder, county.snapshots(folder, dates))) for dates in DATES]
    return _grown(f"the engine at {_size(folder)} residents, snapshots", runs)


def _of_triggers(engine: Engine, folders: list[Path]) -> str:
    """The time of one pair, against that of a pair of snapshots."""
    folder = folders[-1]
    cases = [
        (f"{SNAPSHOTS} snapshots", engine.build(folder, county.snapshots(folder, SNAPSHOTS))),
        (f"{county.TRIGGER_DATES:,} trigger dates", engine.build(folder, county.triggers(folder))),
    ]
    each = [made.seconds / made.said["pairs"] if not made.fault else None for _, made in cases]
    rows = [
        (
            title,
            *((f"{made.said['pairs']:,}", f"{each[i] * 1e6:.1f} µs") if not made.fault else ("", "")),
            times(each[i], each[0]) if each[i] and each[0] else "",
            made.fault or f"{made.seconds:.1f} s",
            gigabytes(made.memory),
        )
        for i, (title, made) in enumerate(cases)
    ]
    heads = (f"the engine at {_size(folder)} residents", "pairs", "a pair", "of the first", "wall", "peak memory")
    return table(heads, rows)


def _of_columns(engine: Engine, folders: list[Path]) -> str:
    """What adding features to a matrix takes, beside building all of it."""
    folder = folders[-1]
    pairs = county.snapshots(folder, SNAPSHOTS)
    whole = engine.build(folder, pairs)
    rows = [
        (f"all {whole.said.get('columns', '?')} columns", *_column(whole, whole.seconds, whole.said.get("columns")))
    ]
    for features in ADDED:
        made = engine.build(folder, pairs, f"all but {features}")
        title = f"{made.said.get('added', '?')} columns more"
        rows.append((title, *_column(made, made.said.get("adding"), made.said.get("added"))))
    heads = (f"columns, at {_size(folder)} residents and {SNAPSHOTS} snapshots", "wall", "a column", "peak memory")
    return table(heads, rows)


def _column(made: Run, seconds: float | None, columns: int | None) -> tuple[str, str, str]:
    if made.fault or not columns:
        return made.fault or "failed", "", gigabytes(made.memory)
    return f"{seconds:.1f} s", f"{seconds / columns * 1000:.0f} ms", gigabytes(made.memory)


def _grown(title: str, runs: list[tuple[str, Run]]) -> str:
    first = runs[0][1]
    rows = []
    for name, made in runs:
        sound = not (made.fault or first.fault)
        ratios = (times(made.seconds, first.seconds), times(made.memory, first.memory)) if sound else ("", "")
        wall = made.fault or f"{made.seconds:.1f} s"
        rows.append((name, wall, ratios[0], gigabytes(made.memory), ratios[1]))
    return table((title, *HEADS), rows)


def _size(folder: Path) -> str:
    return f"{int(folder.name):,}"


if __name__ == "__main__":
    main()
