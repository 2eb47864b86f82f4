"""What a gate says: passed, failed or unevaluable, and the figure that says so, in words and in numbers."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from models.wording import TOO_FEW, listed, places, plain

PASS, FAIL, UNEVALUABLE = "pass", "fail", "unevaluable"
ENDLESS = math.inf
UNKNOWN = "not known"
LEAST, MOST = 3, 6  # digits after the point


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


def interval(found: dict | None, *limits: float) -> str:
    """A figure with its interval, to as many digits as tell it from the limits; without a value it rests on too few.

    >>> interval({"value": 0.763, "low": 0.7213, "high": 0.802}), interval({"value": None}), interval(None)
    ('0.763 (0.721 to 0.802)', 'too few to say', 'not known')
    >>> interval({"value": 0.006, "low": -0.00002, "high": 0.013}, 0.0)
    '0.00600 (-0.00002 to 0.01300)'
    """
    if not found:
        return UNKNOWN
    if found.get("value") is None:
        return TOO_FEW
    told = [found[name] for name in ("value", "low", "high") if found.get(name) is not None]
    digits = places(*told, *limits, least=LEAST)
    while digits < MOST and any(_same(number, limit, digits) for number in told for limit in limits):
        digits += 1
    value, *ends = (f"{number:z.{digits}f}" for number in told)
    return f"{value} ({' to '.join(ends)})" if len(ends) == 2 else value


def _same(number: float, limit: float, digits: int) -> bool:
    """Whether a number is beside a limit and would be told as if it were the limit."""
    return number != limit and round(number, digits) == round(limit, digits)


def order(value: float | None, missing: float = ENDLESS) -> float:
    """A value to compare by."""
    return missing if value is None else value


def told(limit) -> str:
    """A limit in words.

    >>> told(0.95), told([0.85, 1.15]), told(["sex", "age_band"]), told(["ethnicity", "ethnicity_broad"])
    ('0.95', '0.85 to 1.15', 'sex and age', 'ethnicity; ethnicity, in broad groups')
    """
    if not isinstance(limit, list | tuple):
        return f"{limit:g}"
    if len(limit) == 2 and not isinstance(limit[0], str):
        return f"{limit[0]:g} to {limit[1]:g}"
    words = [plain(x) if isinstance(x, str) else f"{x:g}" for x in limit]
    return "; ".join(words) if any("," in word for word in words) else listed(words)
