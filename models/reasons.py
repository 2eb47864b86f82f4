"""Why a resident's score differs from the county's, in plain English, without showing anybody else's facts.

A reason says what the model used, the value, what is typical in the county, and which way it moved the score. It
is never a cause, and nobody can change a score by changing it.
"""

import re

import numpy as np
import pandas as pd

from features.specs import NO_AGENCY
from models.explanation import Explanation

SMALLEST = 0.01  # log-odds: a reason that changes the odds by less than 1 % is not worth a reader's time
# Families that are named without detail, since the records may be somebody else's.
HOUSEHOLD = "Records about the household, or others in it,"
PROPERTY = "Records at the property"  # an earlier occupant's, perhaps
WITHHELD = "Records that this recipient may not see"
SILENT = (HOUSEHOLD, PROPERTY, WITHHELD)
# How `features.sentences` marks what a number stands for.
YES_OR_NO, PENCE, SINCE = " (1 if so, 0 if not)", " (in pence)", "Days since the last "


def typical_values(background: pd.DataFrame) -> dict[str, float]:
    """The county's typical value of each column: the median of those recorded, NaN where most have none.

    >>> typical_values(pd.DataFrame({"calls": [0, 0, 3], "days_since_call": [np.nan, np.nan, 40]}))
    {'calls': 0.0, 'days_since_call': nan}
    """
    typical = background.median().where(background.isna().mean() <= 0.5)
    return {str(name): float(value) for name, value in typical.items()}


def reasons(
    explanation: Explanation,
    X: pd.DataFrame,
    meanings: list[dict],
    typical: dict[str, float | None],
    *,
    top: int = 3,
    withheld: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """The strongest reasons of each row of X: text columns reason_1 to reason_<top>, strongest first, None for none.

    `meanings` are the records of columns.json, `typical` comes from `typical_values`. Columns of one feature (its
    windows) make one reason, told by the window that weighs most. Three families of columns make one reason each
    without detail: those of the household, what agencies recorded at the property, and the columns named in
    `withheld`, which the recipient may not see. A rate of the area is compared with what is typical and not printed:
    in a small area it is a neighbour's fact. A reason told in detail ends with how old the newest record of its agency
    is at most, where the model's days-since columns tell and the reason itself does not.
    """
    values, columns = explanation.values, list(explanation.columns)
    meaning = {m["name"]: m for m in meanings}
    shown = [meaning[name] for name in columns]
    families: dict[str, list[int]] = {}  # what is told as one reason -> the positions of its columns
    for position, of in enumerate(shown):
        families.setdefault(family(of, withheld), []).append(position)
    pooled = np.stack([values[:, members].sum(axis=1) for members in families.values()], axis=1)
    strongest = np.argsort(-np.abs(pooled), axis=1, kind="stable")[:, :top]
    lead = np.zeros(strongest.shape, dtype=int)  # the column that weighs most in its family's direction
    for number, members in enumerate(families.values()):
        row, place = np.nonzero(strongest == number)
        weight = values[np.ix_(row, members)] * np.sign(pooled[row, [number]])[:, None]
        lead[row, place] = np.take(members, weight.argmax(axis=1))
    moved = np.take_along_axis(pooled, strongest, axis=1)
    row, place = np.nonzero(np.abs(moved) >= SMALLEST)
    inputs = X[columns].to_numpy(dtype=float)
    lead = lead[row, place]
    told = pd.DataFrame({"column": lead, "value": inputs[row, lead], "raised": moved[row, place] > 0})
    texts = np.full((len(X), top), None, dtype=object)
    texts[row, place] = _words(told, shown, [typical[name] for name in columns], withheld)
    texts[row, place] += _ages(inputs, row, lead, shown, withheld)
    return pd.DataFrame(texts, index=X.index, columns=[f"reason_{i + 1}" for i in range(top)])


def missing_parts(
    X: pd.DataFrame, meanings: list[dict], names: dict[str, str], withheld: frozenset[str] = frozenset()
) -> pd.Series:
    """Which agencies have nothing on record of each row of X: their names, with semicolons; None where each has some.

    Nothing is recorded where all of the agency's columns of the resident's own records are missing or at their `none`.
    `names` are the agencies' names in plain English. An agency of which the recipient may not see every column is
    never named: that it holds nothing is a fact as well.
    """
    hidden = {m["agency"] for m in meanings if m["name"] in withheld}
    own: dict[str, list[dict]] = {}
    for m in meanings:
        if m["grain"] == "resident" and m["agency"] not in (*NO_AGENCY, *hidden):
            own.setdefault(m["agency"], []).append(m)
    silent = np.zeros(len(X), dtype=np.int64)  # a bit for each agency
    for bit, members in enumerate(own.values()):
        inputs = X[[m["name"] for m in members]].to_numpy(dtype=float)
        none = np.array([np.nan if m["none"] is None else m["none"] for m in members])
        silent |= (np.isnan(inputs) | (inputs == none)).all(axis=1).astype(np.int64) << bit
    known, number = np.unique(silent, return_inverse=True)
    agencies = [names.get(agency, agency.replace("_", " ")) for agency in own]
    told = ["; ".join(a for bit, a in enumerate(agencies) if code >> bit & 1) or None for code in known]
    return pd.Series(np.array([*told, None], dtype=object)[number], index=X.index, name="nothing_recorded_by")


def _ages(inputs: np.ndarray, row: np.ndarray, lead: np.ndarray, shown: list[dict], withheld) -> np.ndarray:
    """What is said of the age of the newest record behind each reason, told by column `lead` of `row`; "" for nothing.

    `inputs` (rows x columns). The least of an agency's days-since columns is how old its newest record can be at most.
    """
    own = [m["grain"] == "resident" and m["name"] not in withheld for m in shown]
    dated: dict[str, list[int]] = {}
    for position, m in enumerate(shown):
        if own[position] and m["sentence"].startswith(SINCE):
            dated.setdefault(m["agency"], []).append(position)
    newest = np.full((len(inputs), len(dated) + 1), np.nan)  # the last: of no agency
    for place, members in enumerate(dated.values()):
        newest[:, place] = np.fmin.reduce(inputs[:, members], axis=1)
    order = {agency: place for place, agency in enumerate(dated)}
    of = np.array([order.get(m["agency"], -1) if own[i] else -1 for i, m in enumerate(shown)], dtype=int)
    age, value = newest[row, of[lead]], inputs[row, lead]
    window = np.array([m["days"][-1] if m["days"] else np.inf for m in shown])[lead]
    counts_days = np.array([m["sentence"].startswith("Days since") for m in shown])[lead]
    with np.errstate(invalid="ignore"):
        age[(age >= window) | (counts_days & (age >= value))] = np.nan  # the reason says as much by itself
    anybodys = np.array([m["agency"] == "several" for m in shown])[lead]
    known, number = np.unique(np.where(anybodys, -age, age), return_inverse=True)
    told = [
        ""
        if np.isnan(days)
        else f" The newest record {'from any' if days < 0 else 'of this'} agency is at most "
        f"{abs(days):,.0f} day{'' if abs(days) == 1 else 's'} old."
        for days in known
    ]
    return np.array([*told, ""], dtype=object)[number]


def _words(told: pd.DataFrame, shown: list[dict], typical: list, withheld: frozenset[str]) -> np.ndarray:
    """The sentence of each row of `told` (column, value, raised); however many rows are alike, it is written once."""
    sentences = [
        f"{_subject(family(shown[column], withheld), shown[column], value, typical[column])} "
        f"{'raised' if raised else 'lowered'} the score."
        for column, value, raised in told.drop_duplicates().itertuples(index=False)
    ]
    number = told.groupby(list(told.columns), sort=False, dropna=False).ngroup()
    return np.array(sentences, dtype=object)[number]


def family(meaning: dict, withheld: frozenset[str] = frozenset()) -> str:
    """What a column's contribution is added up into: its feature, at any window, or one of the silent families."""
    if meaning["name"] in withheld:
        return WITHHELD
    if meaning["grain"] == "household":
        return HOUSEHOLD
    if meaning["grain"] == "property" and meaning["agency"] != "home":
        return PROPERTY
    return re.sub(r"_\d+d\Z", "", meaning["name"]) if meaning.get("days") else meaning["name"]


def _subject(family: str, meaning: dict, value: float, typical: float | None) -> str:
    """What moved the score: a silent family's name, or a column with its value and the typical one."""
    if family in SILENT:
        return family
    sentence = meaning["sentence"].removesuffix(YES_OR_NO).replace(PENCE, "")
    if meaning["grain"] == "area":
        return f"{sentence}: {_compare(value, typical)};"
    said = said_of(value, meaning["sentence"]) or "nothing recorded"
    usual = said_of(typical, meaning["sentence"]) or "nothing recorded"
    return f"{sentence}: {said} (typical in the county: {usual});"


def _compare(value: float, typical: float | None) -> str:
    if typical is None or np.isnan(value) or np.isnan(typical):
        return "nothing to compare"
    return "as is typical" if value == typical else f"{'higher' if value > typical else 'lower'} than typical"


def said_of(value: float | None, sentence: str) -> str:
    """A value as its column's sentence means it: yes or no, pounds, or a number; empty where it is missing."""
    if value is None or np.isnan(value):
        return ""
    if sentence.endswith(YES_OR_NO):
        return "yes" if value else "no"
    if PENCE in sentence:
        return f"£{value / 100:,.0f}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3g}"
