"""Stage `code`: which of our files each stage can load, with their hashes.

DVC follows no imports. A stage that depends on its list here runs again when, and only when, code that it can load has
changed; a list that differs says by which file.
"""

import ast
import re
from pathlib import Path

from pipelines import paths
from pipelines.files import write_text
from pipelines.identity import OURS, digest
from pipelines.stage import main

ROOT = Path(__file__).parent.parent
RUN = r"\n    main\(\w"  # the last line of a stage's module
TEMPLATES = "models/templates"  # what `models.pages` loads


def list_code() -> None:
    for stage in stages():
        files = sorted(closure(f"pipelines.{stage}"))
        write_text(paths.code(stage), "".join(f"{digest(ROOT / file)}  {file}\n" for file in files))


def stages() -> list[str]:
    """The modules of `pipelines` that other stages run."""
    runs = [path for path in (ROOT / "pipelines").glob("*.py") if re.search(RUN, path.read_text("utf-8"))]
    runs += [path.parent for path in (ROOT / "pipelines").glob("*/__main__.py")]
    return sorted(path.stem for path in runs if path.stem != "code")


def closure(module: str) -> set[str]:
    """The source files, relative to the project, that running a module can load, wherever in a file it is imported.

    >>> sorted(closure("features.errors"))
    ['features/__init__.py', 'features/errors.py']
    """
    files: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = _file(name)
        if path is None or str(path) in files:
            continue
        files.add(str(path))
        if (ROOT / path.parent / "__main__.py").is_file() and name == module:
            waiting.append(f"{name}.__main__")
        parents = name.split(".")[:-1]
        waiting += [".".join(parents[:depth]) for depth in range(1, len(parents) + 1)]
        waiting += _imported(name, path)
    if "models/pages.py" in files:
        files |= {str(path.relative_to(ROOT)) for path in (ROOT / TEMPLATES).glob("*")}
    return files


def _file(name: str) -> Path | None:
    path = Path(*name.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if name.split(".")[0] in OURS and (ROOT / candidate).is_file():
            return candidate
    return None


def _imported(name: str, path: Path) -> list[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = []
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base]).strip(".")
            found += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return found


if __name__ == "__main__":
    main(list_code)
