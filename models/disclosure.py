"""The small-number rule: 1 to 7 becomes *, other counts are rounded to the nearest 5 (NHS sub-national rule).

Whatever is published in a count, and every rate that rests on one, goes through here.
"""

import math

import numpy as np
import pandas as pd

SUPPRESSED = "*"
SMALLEST_SHOWN = 8


def count(n: float) -> str:
    """A count as it may be published; expected counts (under ties) are fractions and are treated alike.

    >>> [count(n) for n in (0, 1, 7, 8, 12, 13, 1234)]
    ['0', '*', '*', '10', '10', '15', '1,235']
    """
    return SUPPRESSED if _small(n) else f"{rounded(n):,}"


def rounded(n: float) -> int:
    """A count to the nearest 5, for what is reckoned from one; of 1 to 7 nothing may be."""
    return 5 * int(n / 5 + 0.5)


def table(figures: pd.DataFrame, *, counts: list[str], total=None) -> pd.DataFrame:
    """A table of counts as it may be published: the same rows and columns, as text.

    `figures` has one row per group; `counts` are its columns of counts; `total` is the index label of the row that adds
    the others up, if there is one. Where the suppressed cells of a column add up to few, the smallest other cell is
    suppressed too, because a total published here or elsewhere would give them away. Other columns are passed through;
    those of rates go through `models.group_tables`. Raises ValueError for a name that is no column.

    >>> figures = pd.DataFrame({"n": [900, 60, 41], "events": [90, 9, 3]}, index=list("abc"))
    >>> print(table(figures, counts=["n", "events"]))
         n events
    a  900     90
    b   60      *
    c   40      *
    """
    if unknown := {*counts} - {*figures.columns}:
        raise ValueError(f"disclosure: {', '.join(sorted(unknown))}: not a column of the table")
    is_total = figures.index == total
    shown = {name: column.astype(str) for name, column in figures.items()}
    for name in counts:
        hidden = _hidden(figures[name], is_total)
        shown[name] = [SUPPRESSED if h else count(n) for n, h in zip(figures[name], hidden, strict=True)]
    return pd.DataFrame(shown, index=figures.index, columns=figures.columns, dtype=object)


def percent(part: float, n: int) -> str:
    """A share of n rows, never so exact that a small number of them, or of the others, could be worked out from it.

    >>> [percent(part, 289) for part in (0, 0.01, 0.5, 0.996, 1)]
    ['0%', 'under 3%', '50%', 'over 97%', '100%']
    """
    least = max(1, math.ceil(100 * SMALLEST_SHOWN / max(n, 1)))
    if 0 < part < 1 and least > 50:
        return "too few to say"
    if 0 < part < least / 100:
        return f"under {least}%"
    return f"over {100 - least}%" if 1 - least / 100 < part < 1 else f"{part * 100:.0f}%"


def both_ways(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts (rows x columns) that add up to known totals in either direction, as text that may be published.

    Where those hidden of a row or a column add up to few, the smallest other of it is hidden too: its total, published
    here or elsewhere, would give them away.

    >>> print(both_ways(pd.DataFrame({"a": [43, 60], "b": [103, 90], "c": [1, 20]})))
       a    b  c
    0  *  105  *
    1  *   90  *
    """
    n = counts.to_numpy(dtype=float)
    hidden = small(n)
    while True:
        before = hidden.sum()
        for values, of in (*zip(n, hidden, strict=True), *zip(n.T, hidden.T, strict=True)):
            of[:] = covered(values, of)
        if hidden.sum() == before:
            break
    shown = [[SUPPRESSED if h else count(x) for x, h in zip(*row, strict=True)] for row in zip(n, hidden, strict=True)]
    return pd.DataFrame(shown, index=counts.index, columns=counts.columns, dtype=object)


def covered(n: np.ndarray, hidden: np.ndarray, untold: np.ndarray | None = None) -> np.ndarray:
    """Which cells of counts that add up to a known total to hide, with those `hidden` already.

    The smallest others are hidden until the cells that can't be read, hidden or `untold` for another reason, are
    several where one is hidden, and add up to no small number; or until none is left to cover them. A nought gives no
    cover but for one cell alone: it is the last resort.

    >>> covered(np.array([90, 12, 3]), np.array([False, False, True])).tolist()
    [False, True, True]
    """
    hidden, untold = hidden.copy(), np.zeros(len(n), dtype=bool) if untold is None else untold
    while _small(n[hidden | untold].sum()) or (hidden.any() and (hidden | untold).sum() == 1):
        told = ~(hidden | untold)
        others = [i for i in np.flatnonzero(told) if n[i] > 0 or (~told).sum() == 1]
        if not others:
            break
        hidden[min(others, key=lambda i: (n[i] == 0, n[i]))] = True
    return hidden


def small(n: np.ndarray) -> np.ndarray:
    """Which of these counts (any shape) are 1 to 7."""
    return np.array([_small(x) for x in np.ravel(n)], dtype=bool).reshape(np.shape(n))


def too_few(over: float, under: float) -> bool:
    """Whether a rate that stands alone rests on a small number: above its line, below it, or left below it.

    >>> too_few(7, 100), too_few(8, 100), too_few(93, 100)
    (True, False, True)
    """
    return _small(over) or _small(under) or _small(max(under - over, 0))


def _hidden(column: pd.Series, is_total: np.ndarray) -> np.ndarray:
    """Which cells (rows) may not be shown."""
    n = column.to_numpy(dtype=float)
    hidden = small(n)
    parts = ~is_total
    hidden[parts] = covered(n[parts], hidden[parts])
    if hidden[parts].any() and hidden[parts].all() and _small(n[parts].sum()):
        hidden |= is_total
    return hidden


def _small(n: float) -> bool:
    if not n >= 0:
        raise ValueError(f"a count is 0 or more, not {n}")
    return 0 < n < SMALLEST_SHOWN
