"""Run a command in a process of its own and say how long it took and how much memory it held; print tables of that.

Whoever imports this must stay small: on Linux a child's peak starts from its parent's size when it was started, so
the programs that measure import the standard library alone and leave the data to their children.
"""

import json
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("duckdb", "numba", "numpy", "pandas", "polars", "pyarrow")
LOOK = 0.1  # seconds between two looks at a child's memory
started = time.monotonic()


@dataclass(frozen=True)
class Budget:
    """What a run may take, in seconds and in bytes of memory; beyond either it is ended."""

    seconds: float
    memory: float


@dataclass(frozen=True)
class Run:
    """What came of a child.

    `seconds` is the time of its work as it says itself, else of all of it; `busy` the processor's seconds in all of
    it, which a busy machine stretches less; `memory` its peak in bytes. `fault` is None where it finished, else why
    it did not, in a few words. `said` is the JSON line that it printed last.
    """

    seconds: float
    busy: float
    memory: int
    fault: str | None
    said: dict


def say(message: str) -> None:
    """A line of progress on standard error, with the seconds since the start."""
    print(f"[{time.monotonic() - started:7.1f} s] {message}", file=sys.stderr, flush=True)


def run(module: str, *words: object, budget: Budget, python: str = sys.executable) -> Run:
    """Run `python -m module words`, within the budget; its output but for the last line goes to standard error.

    A child that times its own work leaves out starting Python and importing libraries; the peak of memory, of its
    resident set as the system kept it, is of everything.
    """
    begun = time.monotonic()
    command = [python, "-W", "ignore", "-m", module, *map(str, words)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    ended: list[str] = []
    finished = threading.Event()
    watch = threading.Thread(target=_watch, args=(child.pid, budget, finished, ended), daemon=True)
    watch.start()
    lines = child.stdout.read().splitlines()
    finished.set()
    watch.join()  # before the child is reaped, so that its number is nobody else's
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begun
    if child.returncode and not ended:
        ended.append(f"failed (exit {child.returncode})")
    said = json.loads(lines.pop()) if lines and not ended else {}
    print(*lines, sep="\n", end="\n" if lines else "", file=sys.stderr)
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Run(said.get("seconds", wall), usage.ru_utime + usage.ru_stime, peak, ended[0] if ended else None, said)


def _watch(pid: int, budget: Budget, finished: threading.Event, ended: list[str]) -> None:
    """End the child once it is over its budget; where the system does not tell its memory, only its time counts."""
    begun, told = time.monotonic(), Path(f"/proc/{pid}/statm")
    while not finished.wait(LOOK):
        held = int(told.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if told.exists() else 0
        if time.monotonic() - begun > budget.seconds:
            ended.append(f"over {budget.seconds:.0f} s")
        elif held > budget.memory:
            ended.append(f"over {gigabytes(budget.memory)}")
        else:
            continue
        os.kill(pid, signal.SIGKILL)
        return


def machine() -> str:
    """One line on what this runs on: processor, cores, memory, system and the versions that matter."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    has = ", ".join(f"{name} {found}" for name in PACKAGES if (found := _version(name)))
    return (
        f"{_processor()}, {cores()} cores, {gigabytes(memory)}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {has}"
    )


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    names = [line for line in listed.read_text().splitlines() if "model name" in line] if listed.exists() else []
    return names[0].split(":", 1)[1].strip() if names else platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, the first column to the left and figures to the right.

    >>> print(table(("tool", "time"), [("ours", "2 s")]))
    | tool | time |
    |---|--:|
    | ours | 2 s |
    """
    lines = [heads, ["---"] + ["--:"] * (len(heads) - 1), *rows]
    return "\n".join(
        "|" + "|".join(map(str, line)) + "|" if i == 1 else "| " + " | ".join(map(str, line)) + " |"
        for i, line in enumerate(lines)
    )


def times(of: float, by: float) -> str:
    """How many times `by` goes into `of`.

    >>> times(12.0, 3.0)
    '4.0x'
    """
    return f"{of / by:.1f}x" if by else ""


def gigabytes(size: float) -> str:
    return f"{size / 1e9:.1f} GB"
