"""Why a resident's score differs from the county's, in plain English, without showing anybody else's facts.

A reason says what the model used, the value, what is typical in the county, and which way it moved the score. It
is never a cause, and nobody can change a score by changing it.
"""

import re

import numpy as np
import pandas as pd

from models.explanation import Explanation, pool

SMALLEST = 0.01  # log-odds: a reason that changes the odds by less than 1 % is not worth a reader's time
ANOTHER_PERSON = "Records in the household"
WITHHELD = "Records that this recipient may not see"
YES_OR_NO, PENCE = " (1 if so, 0 if not)", " (in pence)"  # how `features.sentences` marks what a number stands for
CHUNK = 50_000


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
    windows) make one reason, told by the window that weighs most. All household columns make one reason without
    detail, since they rest on other people's records; so do the columns named in `withheld`, which the recipient
    may not see.
    """
    columns = list(explanation.columns)
    shown = {m["name"]: m for m in meanings}
    families = [_family(shown[c], withheld) for c in columns]
    of_family = list(dict.fromkeys(families))
    of_column = np.array([of_family.index(family) for family in families])
    inputs = X[columns].to_numpy()
    texts = np.full((len(X), top), None, dtype=object)
    for start in range(0, len(X), CHUNK):
        rows = slice(start, start + CHUNK)
        told = _strongest(explanation.values[rows], of_column, top)
        lead = told["column"].to_numpy()
        told["value"] = inputs[rows][told["row"], lead]
        told.loc[[families[c] in (ANOTHER_PERSON, WITHHELD) for c in lead], "value"] = np.nan
        kinds = told.groupby(["column", "value", "raised"], dropna=False, sort=False)
        worded = [
            _word(families[c], shown[columns[c]], value, typical[columns[c]], raised)
            for c, value, raised in kinds["rank"].first().index
        ]
        texts[start + told["row"].to_numpy(), told["rank"]] = np.array(worded, dtype=object)[kinds.ngroup()]
    return pd.DataFrame(texts, index=X.index, columns=[f"reason_{i + 1}" for i in range(top)])


def _family(meaning: dict, withheld: frozenset[str]) -> str:
    """What a column's contribution is added up into: its feature, at any window, or one of the two silent ones."""
    if meaning["name"] in withheld:
        return WITHHELD
    if meaning["grain"] == "household":
        return ANOTHER_PERSON
    return re.sub(r"_\d+d\Z", "", meaning["name"]) if meaning.get("days") else meaning["name"]


def _strongest(values: np.ndarray, of_column: np.ndarray, top: int) -> pd.DataFrame:
    """The families that weigh most on each row: row, rank from 0, leading column (position), whether it raised."""
    pooled = pool(values, of_column)
    top = min(top, pooled.shape[1])
    order = np.argsort(-np.abs(pooled), axis=1, kind="stable")[:, :top]
    rows, ranks = np.divmod(np.arange(order.size), top)
    family = order.ravel()
    contribution = pooled[rows, family]
    lead = np.empty(order.size, dtype=np.int64)
    for f in np.unique(family):
        chosen, members = np.flatnonzero(family == f), np.flatnonzero(of_column == f)
        lead[chosen] = members[
            np.argmax(values[np.ix_(rows[chosen], members)] * np.sign(contribution[chosen])[:, None], axis=1)
        ]
    told = pd.DataFrame({"row": rows, "rank": ranks, "column": lead, "raised": contribution > 0})
    return told[np.abs(contribution) >= SMALLEST]


def _word(family: str, meaning: dict, value: float, typical: float | None, raised: bool) -> str:
    effect = "raised the score" if raised else "lowered the score"
    if family in (ANOTHER_PERSON, WITHHELD):
        return f"{family} {effect}."
    sentence = meaning["sentence"].removesuffix(YES_OR_NO).replace(PENCE, "")
    said = _say(value, meaning["sentence"]) or "nothing recorded"
    usual = _say(typical, meaning["sentence"]) or "nothing recorded"
    return f"{sentence}: {said} (typical resident: {usual}); {effect}."


def _say(value: float | None, sentence: str) -> str:
    """A value as the sentence means it: yes or no, pounds, or a number; empty where it is missing."""
    if value is None or np.isnan(value):
        return ""
    if sentence.endswith(YES_OR_NO):
        return "yes" if value else "no"
    if PENCE in sentence:
        return f"£{value / 100:,.0f}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3g}"
