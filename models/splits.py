"""Training before testing: pairs cut by date with the label gap, and households held out of fitting for calibration.

A training pair's outcome is settled by the cut, a test pair's as-of date is no earlier than it. Held-out households
are picked by hash of their id, so a household is on the same side at every date and in every run: their latest
training dates calibrate without a second gap. Folds of time repeat the cut before the test, to compare candidates.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from features import timing
from features.errors import InputError
from models.disclosure import count

CALIBRATION_EVENTS = 500  # fewer leave observed over expected uncertain by a tenth: a household's events come together
FIRST_FIT = 0.1  # share of the training pairs that the first fold has to fit on: of ten snapshots one


@dataclass(frozen=True, eq=False)
class Split:
    """Positions of the pairs used for each purpose, ascending; a pair in none of them is not used.

    `fit`: training pairs of the households that are not held out; `calibrate`: of the held-out ones, those at
    `calibration_dates`; `test`: pairs from the cut on. `training_dates` and `test_dates` are as-of dates, in order.
    """

    fit: np.ndarray
    calibrate: np.ndarray
    test: np.ndarray
    cut: date
    training_dates: tuple[date, ...]
    calibration_dates: tuple[date, ...]
    test_dates: tuple[date, ...]


@dataclass(frozen=True, eq=False)
class Fold:
    """Positions of the training pairs that a candidate is fitted on and judged on, ascending, and the day between them.

    Of dates: what is fitted on is settled by `cut`, what is judged is as of `cut` or later, whoever it is about. Where
    `of_households`, dates are the same on both sides and households differ; `cut` is then that of the test.
    """

    fit: np.ndarray
    judge: np.ndarray
    cut: date
    dates: tuple[date, ...]  # as-of dates of what is judged
    of_households: bool = False


@dataclass(frozen=True, eq=False)
class Folds:
    """The folds, earliest first, and of each that could not be used its cut and the reason."""

    used: tuple[Fold, ...]
    left_out: tuple[tuple[date, str], ...]


def temporal_split(
    pairs: pd.DataFrame,
    label,
    *,
    cut: date,
    gap_days: int,
    horizon_days: int,
    allowance_days: int,
    held_out: float = 0.2,
    calibration_events: int = CALIBRATION_EVENTS,
) -> Split:
    """Split pairs (unit_id, as_of, group_id) with their labels (rows; nullable, missing = censored or immature).

    Calibration uses as many of the latest training dates as are needed for `calibration_events` events among the
    held-out households, or all. Raises InputError, naming the dates, where fitting, calibration or testing would
    have no pair or only one class; ValueError for a share held out that is not between 0 and 1.
    """
    if not 0 < held_out < 1:
        raise ValueError(f"held_out must be between 0 and 1, not {held_out}")
    as_of, day, settled, labelled, event = _dated(pairs, label, gap_days, horizon_days, allowance_days)
    training = labelled & np.array([s <= cut for s in settled], dtype=bool)[as_of]
    test = labelled & np.array([d >= cut for d in day], dtype=bool)[as_of]
    if not training.any():
        earliest = (
            f"the earliest as-of date, {day[0]}, is settled on {settled[0]}" if day else "there is no pair at all"
        )
        raise InputError(
            f"test_from {cut}: no training pair has its outcome settled by then ({earliest}); test from a "
            "later date, add earlier as-of dates or shorten the horizon, the gap or the allowance"
        )
    if not test.any():
        latest = f"the latest as-of date is {day[-1]}" if day else "there is no pair at all"
        raise InputError(
            f"test_from {cut}: no pair with a mature label is as of that day or later ({latest}); test from "
            "an earlier date, add later as-of dates or take a later extract"
        )

    fit, held = _sides(pairs, training, held_out)
    calibrate = held & (as_of >= _first_calibration_date(as_of[held], event[held], calibration_events))
    parts = {"fit": fit, "calibrate": calibrate, "test": test}
    faults = [_one_class(name, event[part], [day[i] for i in np.unique(as_of[part])]) for name, part in parts.items()]
    if any(faults):
        raise InputError(*filter(None, faults))
    dates = {name: tuple(day[i] for i in np.unique(as_of[part])) for name, part in parts.items()}
    split = Split(
        **{name: np.flatnonzero(part) for name, part in parts.items()},
        cut=cut,
        training_dates=tuple(day[i] for i in np.unique(as_of[training])),
        calibration_dates=dates["calibrate"],
        test_dates=dates["test"],
    )
    assert_no_leak(split, pairs, label, gap_days=gap_days, horizon_days=horizon_days, allowance_days=allowance_days)
    return split


def folds(
    pairs: pd.DataFrame,
    label,
    *,
    cut: date,
    number: int,
    gap_days: int,
    horizon_days: int,
    allowance_days: int,
    held_out: float = 0.2,
) -> Folds:
    """Rolling origin over the training pairs of `temporal_split`: what came later judges what came before.

    The training dates from the first day by which FIRST_FIT of the pairs are settled fall into `number` consecutive
    groups, as even as they can be: few snapshots and thousands of trigger days alike. Each group is judged by what was
    settled by its first day, of all households. A fold with one class on either side is left out. Where no training
    date is that late, held-out households at all training dates are judged by the others. Raises InputError where no
    fold is left.
    """
    as_of, day, settled, labelled, event = _dated(pairs, label, gap_days, horizon_days, allowance_days)
    training = labelled & np.array([s <= cut for s in settled], dtype=bool)[as_of]
    present, pairs_then = np.unique(as_of[training], return_counts=True)
    enough = present[pairs_then.cumsum() >= FIRST_FIT * pairs_then.sum()]
    late = [i for i in present if day[i] >= settled[enough[0]]] if len(enough) else []
    rolled = []
    for group in np.array_split(late, min(number, len(late))) if late else ():
        starts = day[group[0]]
        fit = training & np.array([s <= starts for s in settled], dtype=bool)[as_of]
        rolled.append(_fold(fit, training & np.isin(as_of, group), starts, [day[i] for i in group]))
    if not late:
        rolled.append(_fold(*_sides(pairs, training, held_out), cut, [day[i] for i in present], of_households=True))
    lacking = [_lacking(fold, event, as_of, day) for fold in rolled]
    left_out = tuple((fold.cut, fault) for fold, fault in zip(rolled, lacking, strict=True) if fault)
    if len(left_out) == len(rolled):
        raise InputError(*(f"models.folds: the fold of {starts} cannot be used: {why}" for starts, why in left_out))
    used = tuple(fold for fold, fault in zip(rolled, lacking, strict=True) if not fault)
    for fold in used:
        assert_fold_does_not_leak(
            fold, pairs, label, cut, gap_days=gap_days, horizon_days=horizon_days, allowance_days=allowance_days
        )
    return Folds(used, left_out)


def is_held_out(group_id: pd.Series, share: float) -> np.ndarray:
    """Whether each group (rows) is held out of fitting: its SHA-256, read as a number between 0 and 1, is below share.

    >>> is_held_out(pd.Series(["h1", "h2", "h1"]), 0.5).tolist()
    [True, False, True]
    """
    codes, names = pd.factorize(group_id, use_na_sentinel=False)
    low = [int.from_bytes(hashlib.sha256(str(name).encode()).digest()[:8]) < share * 2**64 for name in names]
    return np.array(low, dtype=bool)[codes]


def assert_no_leak(
    split: Split, pairs: pd.DataFrame, label, *, gap_days: int, horizon_days: int, allowance_days: int
) -> None:
    """Check a split again from the dates themselves, sharing no code with what made it; AssertionError says what leaks.

    This and the next are the only places outside `features.timing` that compare dates: a guard is worth something
    only if a fault in the rule it guards cannot hide in it.
    """
    as_of, cut = _as_of(pairs), np.datetime64(split.cut, "D")
    wait = np.timedelta64(timedelta(days=gap_days) + timedelta(days=horizon_days) + timedelta(days=allowance_days))
    training, used = np.r_[split.fit, split.calibrate], np.r_[split.fit, split.calibrate, split.test]
    _refuse(
        ((as_of[training] + wait <= cut).all(), "a training outcome is settled after the cut"),
        ((as_of[split.test] >= cut).all(), "a test pair is as of a day before the cut"),
        (len(np.unique(used)) == len(used), "a pair is used for two purposes"),
        (_apart(pairs, split.fit, split.calibrate), "a held-out household or resident is also fitted on"),
        (not pd.isna(label[used]).any(), "a pair without a mature label is used"),
    )


def assert_fold_does_not_leak(
    fold: Fold, pairs: pd.DataFrame, label, cut: date, *, gap_days: int, horizon_days: int, allowance_days: int
) -> None:
    """The same of a fold before the cut of the test."""
    as_of, starts, ends = _as_of(pairs), np.datetime64(fold.cut, "D"), np.datetime64(cut, "D")
    wait = np.timedelta64(timedelta(days=gap_days) + timedelta(days=horizon_days) + timedelta(days=allowance_days))
    used = np.r_[fold.fit, fold.judge]
    _refuse(
        ((as_of[fold.fit] + wait <= starts).all(), "an outcome that a fold is fitted on is settled after its cut"),
        ((as_of[fold.judge] + wait <= ends).all(), "an outcome that a fold is judged on is settled after test_from"),
        (len(np.unique(used)) == len(used), "a pair is fitted on and judged"),
        (not pd.isna(label[used]).any(), "a pair without a mature label is used"),
        (_apart(pairs, fold.fit, fold.judge), "a held-out household or resident is also fitted on")
        if fold.of_households
        else ((as_of[fold.judge] >= starts).all(), "a pair is judged as of a day before the fold's cut"),
    )


def _refuse(*checks: tuple[bool, str]) -> None:
    for holds, leak in checks:
        if not holds:
            raise AssertionError(f"leak between training and testing: {leak}")


def _as_of(pairs: pd.DataFrame) -> np.ndarray:
    """Each pair's as-of date (rows, datetime64[D])."""
    number, day = pd.factorize(pairs["as_of"])
    return np.array(list(day), dtype="datetime64[D]")[number]


def _apart(pairs: pd.DataFrame, one: np.ndarray, other: np.ndarray) -> bool:
    """Whether no household and no resident is in both."""
    sides = (pd.factorize(pairs[name])[0] for name in ("group_id", "unit_id"))
    return not any(len(np.intersect1d(ids[one], ids[other])) for ids in sides)


def _dated(pairs: pd.DataFrame, label, gap_days: int, horizon_days: int, allowance_days: int):
    """Number of each pair's as-of date (rows); the dates in order, and when each is settled; labelled, event (rows)."""
    label = pd.array(label, dtype="boolean")
    if len(label) != len(pairs):
        raise ValueError(f"there are {len(pairs)} pairs but {len(label)} labels")
    as_of, day = _days(pairs)
    settled = [timing.settled_on(d, gap_days, horizon_days, allowance_days) for d in day]
    return as_of, day, settled, ~np.asarray(label.isna()), np.asarray(label.fillna(False), dtype=bool)


def _sides(pairs: pd.DataFrame, training: np.ndarray, held_out: float) -> tuple[np.ndarray, np.ndarray]:
    """Which of the training pairs (rows) are fitted on, and which are of held-out households."""
    held = training & is_held_out(pairs["group_id"], held_out)
    fit = training & ~held
    # A resident who moves between households would be on both sides: what was fitted on is held out no more.
    resident, residents = pd.factorize(pairs["unit_id"])
    return fit, held & (np.bincount(resident[fit], minlength=len(residents))[resident] == 0)


def _days(pairs: pd.DataFrame) -> tuple[np.ndarray, list[date]]:
    """Number of each pair's as-of date (rows), and the dates in order."""
    codes, days = pd.factorize(pairs["as_of"], sort=True)
    return codes, [pd.Timestamp(d).date() for d in days]


def _first_calibration_date(as_of: np.ndarray, event: np.ndarray, wanted: int) -> int:
    """Number of the latest date from which on there are at least `wanted` events; 0 where there never are."""
    if not len(as_of):
        return 0
    from_here_on = np.bincount(as_of, event)[::-1].cumsum()[::-1]
    return int(np.flatnonzero(from_here_on >= wanted).max(initial=0))


def _fold(fit: np.ndarray, judge: np.ndarray, cut: date, dates: list[date], **of) -> Fold:
    return Fold(np.flatnonzero(fit), np.flatnonzero(judge), cut, tuple(dates), **of)


def _lacking(fold: Fold, event: np.ndarray, as_of: np.ndarray, day: list[date]) -> str:
    """Why a fold can't be used; empty where it can."""
    parts = {"fit": fold.fit, "judge": fold.judge}
    faults = [_one_class(part, event[rows], [day[i] for i in np.unique(as_of[rows])]) for part, rows in parts.items()]
    return "; ".join(filter(None, faults))


def _one_class(part: str, event: np.ndarray, days: list[date]) -> str | None:
    what = {
        "fit": "to fit on",
        "calibrate": "of held-out households to calibrate on",
        "judge": "to judge",
        "test": "to test on",
    }[part]
    if not len(event):
        return f"{part}: there is no pair {what}; widen the cohort or add as-of dates"
    if event.all() or not event.any():
        span = str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]} ({len(days)} dates)"
        return (
            f"{part}: of the {count(len(event))} pairs {what}, as of {span}, {'all' if event.all() else 'none'} have "
            "the event; widen the cohort, add as-of dates or change the outcome's rule or horizon"
        )
    return None
