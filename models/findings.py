"""What a gate says: passed, failed or unevaluable, and the figure that says so, in words and in numbers."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

PASS, FAIL, UNEVALUABLE = "pass", "fail", "unevaluable"
ENDLESS = math.inf


@dataclass(frozen=True)
class Finding:
    """What a gate found: its state, the figure it rests on as a sentence and as numbers, and the parts of it."""

    state: str
    figure: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    details: tuple[str, ...] = ()


def within(found: dict | None, low: float, high: float) -> str:
    """How a figure with its interval stands to limits: passed if all of it is within, failed if all is beyond.

    >>> [within({"value": 1.0, "low": low, "high": high}, 0.9, 1.1) for low, high in ((0.95, 1.05), (0.8, 1.2))]
    ['pass', 'unevaluable']
    """
    if not found or found.get("low") is None or found.get("high") is None:
        return UNEVALUABLE
    if found["low"] > high or found["high"] < low:
        return FAIL
    return PASS if low <= found["low"] and found["high"] <= high else UNEVALUABLE


def worst(states: Iterable[str]) -> str:
    """Failed if any is; else unevaluable if any is, or there is none; else passed."""
    states = list(states)
    return FAIL if FAIL in states else UNEVALUABLE if UNEVALUABLE in states or not states else PASS


def lacking(what: str) -> Finding:
    """Nothing can be said, for want of this."""
    return Finding(UNEVALUABLE, f"Not measured: {what}.")


def numbers(found: dict | None) -> dict[str, float | None]:
    """The numbers of a Finding."""
    return {name: (found or {}).get(name) for name in ("value", "low", "high")}


def interval(found: dict | None, digits: int = 3) -> str:
    """A figure with its interval: 0.763 (0.721 to 0.802)."""
    if not found or found.get("value") is None:
        return "unknown"
    if found.get("low") is None:
        return f"{found['value']:.{digits}f}"
    return f"{found['value']:.{digits}f} ({found['low']:.{digits}f} to {found['high']:.{digits}f})"


def order(value: float | None, missing: float = ENDLESS) -> float:
    """A value to compare by."""
    return missing if value is None else value


def told(limit) -> str:
    """A limit in words."""
    if isinstance(limit, list | tuple):
        if len(limit) == 2 and not isinstance(limit[0], str):
            return f"{limit[0]:g} to {limit[1]:g}"
        words = [x if isinstance(x, str) else f"{x:g}" for x in limit]
        return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else words[0]
    return f"{limit:g}"


def named(name: str) -> str:
    """The name of a limit or figure in words."""
    words = {
        "fnr_gap": "gap in those missed",
        "ppv_ratio": "precision over the county's",
        "o_e": "observed over expected",
    }
    return words.get(name, name.replace("_", " ").capitalize())
