"""The identity of a result: a hash of the data, the parameters and the code it came from.

The same inputs give the same identity, so it can stand on every card, metric and score without making two runs of
the same thing look different.
"""

import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

OURS = ("features", "models", "pipelines")


def digest(path: Path) -> str:
    """SHA-256 of a file, or of the names and bytes of all files in a folder."""
    if path.is_dir():
        inside = sorted(file for file in path.rglob("*") if file.is_file())
        return _hash(f"{file.relative_to(path)} {digest(file)}" for file in inside)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def identity(files: Iterable[Path], params: dict[str, Any]) -> str:
    """16 hexadecimal digits that stand for these files, these parameters and the code loaded so far."""
    return _hash([*(digest(path) for path in files), of_params(params), _code()])[:16]


def of_params(params: dict[str, Any]) -> str:
    """16 hexadecimal digits that stand for these parameters."""
    return _hash([json.dumps(params, sort_keys=True, default=str)])[:16]


def _code() -> str:
    """What of our own code this process has loaded: the import closure of the running stage."""
    ours = [module for name, module in sys.modules.items() if name.split(".")[0] in (*OURS, "__main__")]
    sources = {Path(module.__file__) for module in ours if getattr(module, "__file__", None)}
    return _hash(f"{source.parent.name}/{source.name} {digest(source)}" for source in sorted(sources))


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
