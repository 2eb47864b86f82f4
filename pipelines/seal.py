"""The hash that a signatory signs: of the model and of all else that scoring uses of it."""

import hashlib

from pipelines import paths
from pipelines.identity import digest


def seal(outcome: str) -> str:
    """SHA-256 of an outcome's bundle and score intervals, the same wherever the project's folder is.

    The bundle holds the hash of the background that explanations need, which `pipelines.background` checks.
    """
    used = {"bundle": paths.bundle(outcome), "intervals": paths.intervals(outcome)}
    return hashlib.sha256("\n".join(f"{name} {digest(path)}" for name, path in used.items()).encode()).hexdigest()
