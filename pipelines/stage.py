"""How every command runs: arguments in, one clear message and exit code 2 for bad input, progress on standard error."""

import errno
import inspect
import os
import sys
import time
from collections.abc import Callable

import duckdb

from features.errors import InputError

BAD_INPUT = 2
# What a system says of a disk, and of a path that was named wrongly; any other error is a bug and shows its traceback.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
OF_A_PATH = {
    errno.EACCES: "you may not read or write there; give yourself the right to, or name another place",
    errno.EPERM: "you may not read or write there; give yourself the right to, or name another place",
    errno.EISDIR: "it is a folder where a file is wanted; name a file, or move the folder away",
    errno.ENOTDIR: "a file stands where a folder is wanted; name a folder, or move the file away",
    errno.EEXIST: "a file stands where a folder is wanted; name a folder, or move the file away",
    errno.ENOENT: "it is not there; check the path, or run the stage that makes it with `dvc repro`",
}
FULL = "nothing was left half-written: make room or give a folder you may write to, and run it again"
started = time.monotonic()


def say(message: str) -> None:
    """A line of progress, with the seconds since the command began."""
    print(f"[{time.monotonic() - started:6.1f} s] {message}", file=sys.stderr, flush=True)


def run(command: Callable[..., None], *arguments: object) -> None:
    """Run a command; turn what the user can mend into one message and exit code 2, without a traceback."""
    try:
        command(*arguments)
    except InputError as error:
        stop(error.faults)
    except (OSError, duckdb.IOException) as error:
        fault = _of_the_system(error)
        if fault is None or sys.flags.dev_mode:  # python -X dev shows where it came from
            raise
        stop([fault])
    except (MemoryError, duckdb.OutOfMemoryException):
        stop(["out of memory; give memory in params.yaml less than this machine has, or run on a larger one"])


def stop(faults: list[str] | tuple[str, ...]) -> None:
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    raise SystemExit(BAD_INPUT)


def main(command: Callable[..., None]) -> None:
    """Run a stage's command on the words of its command line: nothing, or one outcome of params.yaml."""
    run(_called, command, sys.argv[1:])


def _called(command: Callable[..., None], words: list[str]) -> None:
    if inspect.signature(command).parameters:
        from pipelines.params import load

        outcomes = load().outcomes
        if len(words) != 1 or words[0] not in outcomes:
            raise InputError(f"give one outcome of params.yaml ({', '.join(outcomes)}), not {_listed(words)}")
    elif words:
        raise InputError(f"this stage takes nothing from the command line, not {_listed(words)}")
    command(*words)


def _listed(words: list[str]) -> str:
    return " ".join(words) or "none"


def _of_the_system(error: OSError | duckdb.IOException) -> str | None:
    """What the user can do about an error of the file system; None where it says nothing that they could mend."""
    if isinstance(error, OSError):
        said = error.strerror or str(error)
        if error.errno in NO_ROOM:
            return f"{error.filename or 'the output'}: cannot be written ({said}); {FULL}"
        if error.errno in OF_A_PATH and error.filename is not None:
            return f"{error.filename}: {said}: {OF_A_PATH[error.errno]}"
        return None
    said = str(error).splitlines()[0]
    if any(os.strerror(number).lower() in said.lower() for number in NO_ROOM):
        return f"the output cannot be written ({said}); {FULL}"
    return f"a file cannot be read or written ({said}); look at it, and run this again"
