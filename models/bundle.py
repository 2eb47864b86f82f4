"""A model bundle: a folder with model.skops and bundle.json, the same bytes for the same model.

skops stores no code, and only objects of the types in TRUSTED (and those it trusts by itself) are ever loaded. It
names objects by memory address and stamps its files with the time; both are made canonical here, so that a bundle's
hash identifies the model and DVC's cache holds.
"""

import hashlib
import io
import json
import os
import tempfile
import zipfile
from pathlib import Path

from features.errors import InputError

TRUSTED = (
    "collections.OrderedDict",
    "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMClassifier",
    "numpy.clip",
    "numpy.dtype",
    "numpy.max",
    "numpy.min",
    "numpy.sum",
    "sklearn.utils._bunch.Bunch",
)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip file can hold


def save(folder: str | Path, model, meta: dict) -> str:
    """Write the bundle whole or not at all, in place of any that is there; returns the SHA-256 of model.skops.

    `meta` is what scoring needs beside the model (columns, identity, typical values, ...), in JSON's types. Raises
    ValueError where it is not (nan included) or the model holds a type that is not trusted.
    """
    import skops.io

    folder = Path(folder)
    content = dumps(model)
    untrusted = set(skops.io.get_untrusted_types(data=content)) - set(TRUSTED)
    if untrusted:
        raise ValueError(
            f"bundle: the model holds types that would not be loaded again: {', '.join(sorted(untrusted))}"
        )
    sha256 = hashlib.sha256(content).hexdigest()
    about = {"version": 1, "sha256": {"model": sha256, "meta": _sha256(meta)}, "meta": meta}
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
        new, old = Path(beside, "new"), Path(beside, "old")
        new.mkdir()
        (new / "model.skops").write_bytes(content)
        (new / "bundle.json").write_text(json.dumps(about, indent=1, sort_keys=True, allow_nan=False) + "\n", "utf-8")
        if folder.exists():
            os.replace(folder, old)
        try:
            os.replace(new, folder)
        except OSError:
            if old.exists():
                os.replace(old, folder)
            raise
    return sha256


def load(folder: str | Path) -> tuple:
    """(model, meta) of a bundle. Raises InputError where it is missing, damaged, altered or not to be trusted."""
    import skops.io

    meta, content = _whole(Path(folder))
    untrusted = set(skops.io.get_untrusted_types(data=content)) - set(TRUSTED)
    if untrusted:
        raise InputError(
            f"{folder}/model.skops: it holds types that are not trusted ({', '.join(sorted(untrusted))}); train the "
            "outcome again with this version"
        )
    return skops.io.loads(content, trusted=list(TRUSTED)), meta


def describe(folder: str | Path) -> dict:
    """The meta of a bundle, without its model: skops takes a second to import. Raises InputError as `load`."""
    return _whole(Path(folder))[0]


def _whole(folder: Path) -> tuple[dict, bytes]:
    """(meta, bytes of the model) of a bundle that is as it was saved."""
    try:
        about = json.loads((folder / "bundle.json").read_text("utf-8"))
        content = (folder / "model.skops").read_bytes()
        version, sha256, meta = about["version"], dict(about["sha256"]), about["meta"]
    except FileNotFoundError as missing:
        raise InputError(
            f"{folder}: there is no model bundle here ({Path(missing.filename).name} is missing); train the "
            "outcome first, with `dvc repro`"
        ) from None
    except (ValueError, KeyError, TypeError, OSError):
        raise InputError(f"{folder}/bundle.json: it is damaged and cannot be read; train the outcome again") from None
    if version != 1:
        raise InputError(f"{folder}/bundle.json: version must be 1, not {version!r}; train the outcome again")
    changed = [
        name
        for name, now in (
            ("model.skops", hashlib.sha256(content).hexdigest() == sha256.get("model")),
            ("bundle.json", _sha256(meta) == sha256.get("meta")),
        )
        if not now
    ]
    if changed:
        raise InputError(
            *(
                f"{folder}/{name}: it has been changed since it was trained (its SHA-256 differs); restore it with "
                "`dvc checkout` or train the outcome again"
                for name in changed
            )
        )
    return meta, content


def dumps(model) -> bytes:
    """The model in the format of skops, the same bytes for the same model in every process."""
    import skops.io

    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as written:
        schema = json.loads(written.read("schema.json"))
        ids, files = {}, {}
        _number(schema, ids, files)
        canonical = io.BytesIO()
        with zipfile.ZipFile(canonical, "w") as archive:
            for old, new in files.items():
                archive.writestr(zipfile.ZipInfo(new, _EPOCH), written.read(old))
            archive.writestr(zipfile.ZipInfo("schema.json", _EPOCH), json.dumps(schema, separators=(",", ":")))
    return canonical.getvalue()


def _number(node, ids: dict, files: dict) -> None:
    """Number objects and files in the order in which they are met, in place of addresses and random names.

    Equal constants (text, numbers) become one object: whether Python happens to share them is no part of the model.
    """
    if isinstance(node, dict):
        if "__id__" in node:
            shared = (node["__class__"], node["content"]) if node.get("is_json") else node["__id__"]
            node["__id__"] = ids.setdefault(shared, len(ids))
        if isinstance(node.get("file"), str) and "__loader__" in node:
            node["file"] = files.setdefault(node["file"], f"{len(files)}{Path(node['file']).suffix}")
        for value in node.values():
            _number(value, ids, files)
    elif isinstance(node, list):
        for value in node:
            _number(value, ids, files)


def _sha256(meta: dict) -> str:
    return hashlib.sha256(json.dumps(meta, sort_keys=True, allow_nan=False).encode()).hexdigest()
