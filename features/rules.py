"""What an outcome's rule asks of events, as columns, and whether it holds of them."""

import numpy as np

from features.outcomes import Occurs, Reaches, Rises, StaysOpen
from features.plan import OUTCOME_PARTS, Asked
from features.specs import Events


def asked(rule: Occurs | Reaches | Rises | StaysOpen, days: int) -> tuple[Asked, ...]:
    """The columns that the rule needs over a window: how many of each selection, or the highest tier on each ladder;
    of spells that stay open, how many are open where the window ends."""
    parts = OUTCOME_PARTS[rule.scope]
    if isinstance(rule, Rises):
        return tuple(Asked("highest_tier", Events(ladder=ladder), (days,), parts) for ladder, _ in rule.ladders)
    if isinstance(rule, StaysOpen):
        return (Asked("open_now", rule.of, (), parts, none=0),)
    return tuple(Asked("count", of, (days,), parts, none=0) for any_of in _groups(rule) for of in any_of)


def asked_open(rule: Rises) -> tuple[Asked, ...]:
    """The columns of the highest tier open on each ladder of the rule."""
    parts = OUTCOME_PARTS[rule.scope]
    return tuple(Asked("highest_open_tier", Events(ladder=ladder), (), parts) for ladder, _ in rule.ladders)


def holds(rule: Occurs | Reaches | StaysOpen, found: np.ndarray) -> np.ndarray:
    """Whether the rule holds of each pair, (pairs,), from the columns of `asked`."""
    sizes = [len(any_of) for any_of in _groups(rule)]
    ends = np.cumsum(sizes)
    shown = [(found[:, end - size : end] > 0).any(axis=1) for size, end in zip(sizes, ends, strict=True)]
    return np.sum(shown, axis=0) >= (rule.at_least if isinstance(rule, Reaches) else 1)


def rises(found: np.ndarray, open_before: np.ndarray) -> np.ndarray:
    """Whether a higher tier came on a ladder where something was open, (pairs,), from both kinds of columns."""
    return (found > open_before).any(axis=1)  # NaN, for nothing found or nothing open, is above nothing


def _groups(rule: Occurs | Reaches | StaysOpen) -> list[tuple[Events, ...]]:
    if isinstance(rule, Reaches):
        return [any_of for _, any_of in rule.contacts]
    return [rule.any_of] if isinstance(rule, Occurs) else [(rule.of,)]
