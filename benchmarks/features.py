"""The feature engine beside a plain DuckDB query per snapshot, polars, pandas and featuretools, on one task.

`python -m benchmarks.features --data FOLDER` runs every contender at growing sizes of county, each in a process of
its own, until one is over the budget or bound to be; prints time, peak memory and ratios; and checks at the
smallest size that all of them say the same. The engine runs at every size at which a peer does.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import county
from benchmarks.measure import Budget, Run, cores, gigabytes, machine, run, say, table, times

SIZES = (2_500, 10_000, 40_000, 75_000, 150_000, 300_000, 600_000)
SNAPSHOTS = 8
GROWS = 0.75  # a size is not tried if this share of growth in step with the residents would be over the budget
HELD = 0.8  # of a peer's budget is what DuckDB is told to keep to: some of its memory it does not count


@dataclass(frozen=True)
class Contender:
    """A tool: the module that runs it, how it reads in a table, and what it is spared (nothing where empty)."""

    module: str
    title: str
    spared: str = ""


ENGINE = Contender("by_engine", "this engine")
PEERS = (
    Contender("by_duckdb", "DuckDB, a query per snapshot"),
    Contender("by_polars", "polars"),
    Contender("by_pandas", "pandas"),
    Contender(
        "by_featuretools",
        "featuretools, cutoff times",
        "the resident's own records only: no household, no property, no open spells, no ratios, no withdrawals",
    ),
)
CONTENDERS = {contender.module.removeprefix("by_"): contender for contender in (ENGINE, *PEERS)}


@dataclass(frozen=True)
class Plan:
    """What was asked for on the command line."""

    data: Path
    sizes: tuple[int, ...]
    peers: tuple[Contender, ...]
    budget: Budget
    memory: str
    featuretools: str


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="foresight-") as scratch:
        plan = _asked(Path(scratch))
        print(f"{machine()}\n", flush=True)
        runs = dict(_runs(plan, Path(scratch)))
        print(_times(plan, runs))
        print("\n" + _agreements(plan, runs, Path(scratch)))
    for peer in plan.peers:
        if peer.spared:
            print(f"\n{peer.title} is given less to do: {peer.spared}.")


def _asked(scratch: Path) -> Plan:
    words = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    words.add_argument("--data", type=Path, help="where counties are kept and made (default: made anew, then removed)")
    words.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="residents (default: %(default)s)")
    peers = [name for name, contender in CONTENDERS.items() if contender is not ENGINE]
    words.add_argument("--only", nargs="+", choices=peers, default=peers, help="peers to run beside the engine")
    words.add_argument("--seconds", type=float, default=120, help="what a peer may take at one size")
    words.add_argument("--gigabytes", type=float, default=12, help="what a peer may hold")
    words.add_argument("--memory", default="2GB", help="what the engine's DuckDB may hold (default: %(default)s)")
    words.add_argument(
        "--featuretools-python", default=sys.executable, help="the interpreter that has featuretools: see README.md"
    )
    given = words.parse_args()
    return Plan(
        given.data or scratch / "data",
        tuple(sorted(given.sizes)),
        tuple(CONTENDERS[name] for name in given.only),
        Budget(given.seconds, given.gigabytes * 1e9),
        given.memory,
        given.featuretools_python,
    )


def _runs(plan: Plan, scratch: Path) -> Iterator[tuple[tuple[Contender, int], Run]]:
    """Every contender at every size that it can do; the results of the smallest size stay in `scratch`."""
    last: dict[Contender, tuple[int, Run]] = {}
    for size in plan.sizes:
        able = [peer for peer in plan.peers if peer not in last or not _hopeless(*last[peer], size, plan.budget)]
        if not able:
            return
        folder = county.prepared(plan.data, size)
        for contender in (ENGINE, *able):
            say(f"{contender.title} at {size:,} residents")
            made = _run(plan, contender, folder, scratch / str(size) / contender.module)
            say(f"  {_outcome(made)}")
            last[contender] = size, made
            yield (contender, size), made
        if size != plan.sizes[0]:
            shutil.rmtree(scratch / str(size))


def _hopeless(done: int, made: Run, size: int, budget: Budget) -> bool:
    """Whether the run at `done` residents rules one at `size` out: it failed, or would take longer than allowed."""
    return made.fault is not None or made.seconds * (size / done) * GROWS > budget.seconds


def _run(plan: Plan, contender: Contender, folder: Path, to: Path) -> Run:
    words = [folder / "view", county.snapshots(folder, SNAPSHOTS), to, "--threads", cores()]
    if contender is ENGINE:
        # Ours is measured wherever a peer is, however long it takes.
        return run("benchmarks.by_engine", *words, "--memory", plan.memory, budget=county.ENOUGH)
    python = plan.featuretools if contender.module == "by_featuretools" else sys.executable
    words += ["--memory", f"{plan.budget.memory * HELD / 1e9:.1f}GB"]
    return run(f"benchmarks.{contender.module}", *words, budget=plan.budget, python=python)


def _times(plan: Plan, runs: dict[tuple[Contender, int], Run]) -> str:
    rows = []
    for (contender, size), made in runs.items():
        ours = runs[ENGINE, size]
        if made.fault or ours.fault:
            ratio = busy = memory = ""
        else:
            ratio, memory = times(made.seconds, ours.seconds), times(made.memory, ours.memory)
            busy = times(made.busy, ours.busy)
        wall = made.fault or f"{made.seconds:.1f} s"
        row = (contender.title, f"{size:,}", wall, ratio, f"{made.busy:.1f} s", busy, gigabytes(made.memory), memory)
        rows.append(row)
    ordered = [row for contender in (ENGINE, *plan.peers) for row in rows if row[0] == contender.title]
    heads = ("tool", "residents", "wall", "of ours", "processor", "of ours", "peak memory", "of ours")
    return table(heads, ordered)


def _agreements(plan: Plan, runs: dict[tuple[Contender, int], Run], scratch: Path) -> str:
    size = plan.sizes[0]
    view, built = plan.data / str(size) / "view", scratch / str(size)
    rows = []
    for peer in plan.peers:
        if runs[ENGINE, size].fault or runs[peer, size].fault:
            rows.append((peer.title, "not compared", "", "", ""))
            continue
        words = [built / ENGINE.module, built / peer.module, view, *(["--no-withdrawn"] if peer.spared else [])]
        found = run("benchmarks.agreement", *words, budget=county.ENOUGH).said
        alone = found["missing"] + found["alone"]
        rows.append((peer.title, f"{found['pairs']:,}", found["columns"], f"{found['largest']:g}", alone))
    heads = (f"against ours at {size:,} residents", "pairs", "columns", "largest difference", "on one side only")
    return table(heads, rows)


def _outcome(made: Run) -> str:
    return made.fault or f"{made.seconds:.1f} s, {gigabytes(made.memory)}"


if __name__ == "__main__":
    main()
