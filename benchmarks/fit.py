"""One fit of LightGBM on the rows of a county's training dates: as training draws them, and on all of them.

`python -m benchmarks.fit` prints wall time, processor time and peak memory of each, as a process of its own that holds
the whole matrix. Training never fits on all rows of a large county: it draws some, and copies those once.
"""

import argparse
import math

from benchmarks.measure import Budget, Run, gigabytes, machine, run, say, table, times

TITLES = {"drawn": "as training draws them", "all": "all rows"}


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    words.add_argument("--residents", type=int, default=600_000, help="residents (default: %(default)s)")
    words.add_argument("--snapshots", type=int, default=8, help="dates, each with all of them (default: %(default)s)")
    words.add_argument("--columns", type=int, default=155, help="columns of the matrix (default: %(default)s)")
    words.add_argument("--share", type=float, default=0.03, help="of rows with the event (default: %(default)s)")
    words.add_argument("--only", nargs="+", choices=TITLES, default=list(TITLES), help="fits to make")
    asked = words.parse_args()
    rows = asked.residents * asked.snapshots
    print(f"{machine()}\n", flush=True)
    runs = {name: _run(name, rows, asked.columns, asked.share) for name in asked.only}
    print(_table(f"LightGBM of {rows:,} rows and {asked.columns} columns", runs))


def _run(name: str, rows: int, columns: int, share: float) -> Run:
    say(f"{rows:,} rows: {TITLES[name]}")
    return run("benchmarks.fitted", name, rows, columns, share, budget=Budget(math.inf, math.inf))


def _table(title: str, runs: dict[str, Run]) -> str:
    first, lines = next(iter(runs.values())), []
    for name, made in runs.items():
        if made.fault or first.fault:
            lines.append((TITLES[name], "", made.fault or "", "", "", "", gigabytes(made.memory), ""))
            continue
        measured = [(made.seconds, first.seconds), (made.said["busy"], first.said["busy"])]
        took = [cell for of, by in measured for cell in (f"{of:.0f} s", times(of, by))]
        memory = gigabytes(made.memory), times(made.memory, first.memory)
        lines.append((TITLES[name], f"{made.said['fitted_on']:,}", *took, *memory))
    ratio = "of the first"
    return table((title, "fitted on", "wall", ratio, "processor", ratio, "peak memory", ratio), lines)


if __name__ == "__main__":
    main()
