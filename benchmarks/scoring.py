"""Scoring and explaining beside LightGBM's own explanations and shap's, on one model and one matrix.

`python -m benchmarks.scoring` invents rows, fits a model with the options of params.yaml, and gives every contender, in
a process of its own, as many of the rows as it can do in the given seconds. It prints rows per second, ratios and peak
memory, and how far this project's values miss the scores and the values of shap.
"""

import argparse
import math
import tempfile
from pathlib import Path

from benchmarks.measure import Budget, Run, gigabytes, machine, run, say, table, times

TITLES = {
    "predict": "LightGBM, probability only",
    "values": "this project, exact interventional values",
    "everything": "this project, probability, values and reasons",
    "everything_linear": "the same with logistic regression",
    "contrib": "LightGBM pred_contrib, path-dependent values",
    "tree_explainer": "shap.TreeExplainer, interventional, background of 100",
}
OURS = "values"  # what the others are compared with
STARTING = 600  # seconds that a child may take besides its work: loading, checking


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    words.add_argument("--rows", type=int, default=600_000, help="residents to score (default: %(default)s)")
    words.add_argument("--columns", type=int, default=155, help="columns of the matrix (default: %(default)s)")
    words.add_argument("--seconds", type=float, default=180, help="what each contender may take (default: %(default)s)")
    words.add_argument("--only", nargs="+", choices=TITLES, default=list(TITLES), help="contenders to run")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="foresight-") as folder:
        print(f"{machine()}\n", flush=True)
        say(f"{asked.rows:,} rows of {asked.columns} columns, and models fitted to others like them")
        endless = Budget(math.inf, math.inf)
        made = run("benchmarks.model", folder, asked.rows, asked.columns, budget=endless)
        if made.fault:
            raise SystemExit(f"the rows and models could not be made: {made.fault}")
        runs = {name: _run(name, Path(folder), asked) for name in asked.only}
    print(_table(runs))
    for against, title in (("score", "the score, over all rows explained"), ("shap", "shap, same background and rows")):
        for found in runs.values():
            if against in found.said.get("off", {}):
                print(f"\nLargest difference of our values from {title}: {found.said['off'][against]:.1e} log-odds.")


def _run(name: str, folder: Path, asked: argparse.Namespace) -> Run:
    say(TITLES[name])
    budget = Budget(asked.seconds + STARTING, math.inf)
    return run("benchmarks.explainers", name, folder, asked.rows, asked.seconds, budget=budget)


def _table(runs: dict[str, Run]) -> str:
    rates = {name: found.said["rows"] / found.seconds for name, found in runs.items() if not found.fault}
    lines = []
    for name, found in runs.items():
        if found.fault:
            lines.append((TITLES[name], found.fault, "", "", "", gigabytes(found.memory)))
            continue
        ratio = f"{times(rates[OURS], rates[name])} as fast" if OURS in rates else ""
        lines.append(
            (
                TITLES[name],
                f"{found.said['rows']:,}",
                f"{found.seconds:.1f} s",
                f"{rates[name]:,.0f}",
                ratio,
                gigabytes(found.memory),
            )
        )
    return table(("what", "rows", "time", "rows a second", "our values go", "peak memory"), lines)


if __name__ == "__main__":
    main()
