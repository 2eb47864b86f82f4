"""Figures in plain English: what each number means for a hundred of those scored, beside the number itself."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Wording:
    """How a metric is titled, what its best value is, and what a value of it means."""

    title: str
    best: str
    means: Callable[[float], str]


def of_100(rate: float) -> str:
    """A rate as so many people of 100, or of 1,000 or 10,000 where it is small.

    >>> of_100(0.234), of_100(0.0042), of_100(0.00007), of_100(0)
    ('23 of 100', '4 of 1,000', '1 of 10,000', 'none of 100')
    """
    if rate <= 0:
        return "none of 100"
    whole = whole_of(rate)
    return f"{max(round(rate * whole), 1):,} of {whole:,}"


def whole_of(rate: float) -> int:
    """Of how many people a rate is told: enough for it to be one of them or more, and no more than 10,000."""
    return next((w for w in (100, 1000) if rate * w >= 1), 10_000)


def _slope(value: float) -> str:
    if value < 0.85:
        return "the scores are too bold: high ones too high, low ones too low"
    return (
        "the scores are too timid: high ones too low, low ones too high"
        if value > 1.15
        else "high and low scores are about as far apart as they should be"
    )


def _shift(value: float) -> str:
    if abs(value) < 0.1:
        return "the scores are about right on the whole"
    return (
        "the outcome came more often than the scores said"
        if value > 0
        else "the outcome came less often than the scores said"
    )


METRICS = {
    "base_rate": Wording("How common the outcome is", "-", lambda v: f"{of_100(v)} of those eligible had the outcome"),
    "precision_at_capacity": Wording(
        "Precision at capacity", "1", lambda v: f"{of_100(v)} on the list had the outcome"
    ),
    "recall_at_capacity": Wording(
        "Recall at capacity", "1", lambda v: f"{of_100(v)} with the outcome were on the list"
    ),
    "auc": Wording(
        "AUC (area under the ROC curve)",
        "1",
        lambda v: (
            f"of one with the outcome and one without it, the first scored higher {round(v * 100)} "
            "times in 100 (chance: 50)"
        ),
    ),
    "average_precision": Wording(
        "Average precision",
        "1",
        lambda v: f"averaged over lists of every length, {of_100(v)} listed had the outcome",
    ),
    "o_e": Wording(
        "Observed over expected events",
        "1",
        lambda v: f"for every 100 events that the scores promised, {round(v * 100)} happened",
    ),
    "ici": Wording(
        "Distance from the truth (ICI)",
        "0",
        lambda v: f"on average a score is {v * 100:.2g} in 100 away from what happened at that score",
    ),
    "calibration_slope": Wording("Calibration slope", "1", _slope),
    "calibration_in_the_large": Wording("Calibration in the large", "0", _shift),
    "brier": Wording("Brier score", "0", lambda v: f"the scores' average squared error is {v:.4f}"),
}


USE = {
    "planning": "Planning: results are read for areas only, never for a person.",
    "prioritisation": (
        "Prioritisation: it ranks a list that a professional works through. It decides nothing by itself."
    ),
    "individual": "Individual: it informs a decision about one person, which a professional takes and answers for.",
}

NOT_FOR = (
    "any use without a professional who looks at the case and may overrule the list; refusing, delaying or withdrawing "
    "a service; enforcement; any outcome, place or population other than those of the model card"
)

OBJECTING = (
    "Anybody may object to their records training a model, to being scored by one, or to both; neither may cost them "
    "care or a service. For that use, what was recorded about them no longer counts for their relatives, their home or "
    "their area either."
)
TOO_FEW = "too few to say"
SHARES = (
    "base_rate",
    "precision_at_capacity",
    "recall_at_capacity",
    "selection_rate",
    "fnr",
    "fpr",
    "ppv",
    "share_of_ceiling",
)


def figure(name: str, of: dict | None) -> str:
    """A figure {"value", "low", "high"} with its 95 % interval; shares in per cent; None rests on too few to be shown.

    >>> figure("auc", {"value": 0.7512, "low": 0.72, "high": 0.781})
    '0.75 (0.72–0.78)'
    >>> figure("ppv", {"value": 0.5, "low": 0.412, "high": 0.6})
    '50% (41–60)'
    >>> figure("base_rate", {"value": 0.0123, "low": None, "high": None}), figure("auc", None)
    ('1.2%', 'too few to say')
    >>> figure("average_precision", {"value": 0.0028, "low": 0.0012, "high": 0.0091})
    '0.0028 (0.0012–0.0091)'
    >>> figure("auc", {"value": None, "low": None, "high": None})
    'cannot be evaluated'
    """
    if of is None:
        return TOO_FEW
    if of["value"] is None:
        return "cannot be evaluated"
    scale, unit = (100, "%") if name in SHARES else (1, "")
    digits = {"brier": 4, "ici": 4, "log_loss": 4, "base_rate": 1, "lost": 3, "regret": 3}.get(name, 0 if unit else 2)
    if unit and 0 < of["value"] < 0.1:
        digits = 1
    if name == "average_precision" and 0 < of["value"] < 0.1:  # of a rare outcome all of it is behind the point
        digits = 1 - math.floor(math.log10(of["value"]))
    value, low, high = (None if of[k] is None else f"{of[k] * scale:z.{digits}f}" for k in ("value", "low", "high"))
    if low is None or high is None:
        return f"{value}{unit}"
    return f"{value}{unit} ({low}{' to ' if of['low'] < 0 else '–'}{high})"


def places(*values: float, significant: int = 2, least: int = 0) -> int:
    """How many digits after the point tell the largest of some numbers to so many significant digits.

    >>> places(0.000346, 0.000133), places(0.763), places(12.3), places(0.0, least=3)
    (5, 2, 0, 3)
    """
    largest = max(map(abs, values), default=0)
    return max(least, significant - 1 - math.floor(math.log10(largest)) if largest else 0)


def signed(value: float, digits: int) -> str:
    """A difference with its sign; what rounds to nought has none.

    >>> signed(5.81, 1), signed(-0.04, 1)
    ('+5.8', '0.0')
    """
    rounded = round(value, digits)
    return f"{rounded:+.{digits}f}" if rounded else f"{0:.{digits}f}"


def difference(of: dict | None, scale: float, digits: int, unit: str = "") -> str:
    """A difference {"value", "low", "high"}, `scale` times as large, with its 95 % interval.

    >>> difference({"value": -0.019, "low": -0.0861, "high": 0.0649}, 100, 1, " in 100")
    '-1.9 in 100 (-8.6 to +6.5)'
    >>> difference(None, 1000, 2), difference({"value": None, "low": None, "high": None}, 1000, 2)
    ('too few to say', 'cannot be evaluated')
    """
    if of is None:
        return TOO_FEW
    if of["value"] is None:
        return "cannot be evaluated"
    value, low, high = (None if of[k] is None else signed(of[k] * scale, digits) for k in ("value", "low", "high"))
    return f"{value}{unit}" + ("" if low is None or high is None else f" ({low} to {high})")


def points(of: dict | None) -> str:
    """A difference of two shares, in points of 100."""
    return difference(of, 100, 1, " in 100")


def day(of: object) -> str:
    """A day as people write it.

    >>> day("2023-07-01")
    '1 July 2023'
    """
    moment = date.fromisoformat(str(of)[:10])
    return f"{moment.day} {moment:%B %Y}"


def period(of: str) -> str:
    """A day as people write it, or a year.

    >>> period("2023-07-01"), period("2023")
    ('1 July 2023', '2023')
    """
    return of if len(of) == 4 else day(of)


def means(name: str, of: dict | None) -> str:
    """What the figure of a metric means, as a phrase.

    >>> means("precision_at_capacity", {"value": 0.2, "low": 0.1, "high": 0.3})
    '20 of 100 on the list had the outcome'
    """
    return TOO_FEW if of is None or of["value"] is None else METRICS[name].means(of["value"])


def listed(words: list[str], by: str = "and") -> str:
    """Words as a list in a sentence.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {by} {words[-1]}"


def days(number: int) -> str:
    """A number of days in words.

    >>> days(365), days(30), days(1)
    ('a year', '30 days', '1 day')
    """
    return "a year" if number == 365 else f"{number:,} day{'' if number == 1 else 's'}"


def plain(name: str, names: dict[str, str] | None = None) -> str:
    """An identifier of the single view in plain English.

    >>> plain("imd_quintile"), plain("several"), plain("police", {"police": "the police"})
    ('deprivation fifth of the area', 'several agencies together', 'the police')
    """
    known = {
        "imd_quintile": "deprivation fifth of the area",
        "imd_band": "deprivation of the area",
        "age_band": "age",
        "oldest_age_band": "age of the oldest who lives there",
        "ethnicity_broad": "ethnicity, in broad groups",
        "caseload": "whether a service has an open case",
        "several": "several agencies together",
        "home": "the home and its address",
        "person": "the person themselves",
    }
    return (names or {}).get(name) or known.get(name) or name.replace("_", " ")


def dates(of: list) -> str:
    """As-of dates in words: all of a few, the first and last of many.

    >>> dates(["2023-01-01", "2023-07-01"])
    '1 January 2023 and 1 July 2023'
    >>> dates([f"{year}-01-01" for year in range(1000, 2024)])
    '1 January 1000 to 1 January 2023 (1,024 dates)'
    """
    told = [day(d) for d in of]
    return listed(told) if len(told) <= 3 else f"{told[0]} to {told[-1]} ({len(told):,} dates)"


def capital(text: str) -> str:
    """The text with its first letter a capital, the others left as they are."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """The text with its first letter a small one, to stand inside a sentence; what is all capitals keeps them.

    >>> lower("Arrears of rent"), lower("A visit"), lower("A&E attendances")
    ('arrears of rent', 'a visit', 'A&E attendances')
    """
    return text[:1].lower() + text[1:] if text[1:2] == " " or text[1:2].islower() else text
