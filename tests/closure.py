"""Which of the project's own files a module imports, directly or through others, wherever in the file it does so."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
OURS = ("features", "models", "pipelines")


def closure(module: str) -> set[str]:
    """The source files, relative to the project, that running a module can load.

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
