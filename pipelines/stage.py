"""How every command runs: arguments in, one clear message and exit code 2 for bad input, progress on standard error."""

import errno
import sys
import time
from collections.abc import Callable

import duckdb

from features.errors import InputError

BAD_INPUT = 2
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EROFS)
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
        if getattr(error, "errno", errno.ENOSPC) not in NO_ROOM:
            raise
        stop(
            [
                f"the output cannot be written ({getattr(error, 'strerror', None) or error}); nothing was left "
                "half-written: make room or give a folder you may write to, and run it again"
            ]
        )
    except (MemoryError, duckdb.OutOfMemoryException):
        stop(["out of memory; give engine.memory in params.yaml less than this machine has, or run on a larger one"])


def stop(faults: list[str] | tuple[str, ...]) -> None:
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    raise SystemExit(BAD_INPUT)


def main(command: Callable[..., None]) -> None:
    """Run a stage's command on the words of its command line."""
    run(command, *sys.argv[1:])
