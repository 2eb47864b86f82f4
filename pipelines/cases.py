"""Worked cases of an explanation report: residents who were invented, or nobody at all; never a real one."""

import re

import numpy as np
import pandas as pd
from scipy.special import expit

from features.specs import Column
from models import whatif
from models.capacity import bands
from models.explanation import Explainer
from models.reasons import HOUSEHOLD, SINCE, SMALLEST, missing_parts, reasons
from models.scoring import around
from pipelines.nobody import invented_rows

NOBODY = ("a case of the county's typical values", "the same with nothing recorded")
MOST = 8  # what-ifs told of a case: those that would move the score most
REASONS = 5  # told of a case: a report has more room than a list


def chosen(test: pd.DataFrame, p: np.ndarray, capacity: int) -> pd.DataFrame:
    """Three rows of `test` from the last list whole enough: high on it, at its edge, and low, three quarters down.

    `test` (rows) has unit_id, as_of, listed_on; `p` (rows) the scores. Returns unit_id, as_of, case, place (1 is the
    highest score), of (how many are on the list) and band.
    """
    sizes = test["listed_on"].value_counts()
    full = sizes[sizes > 2 * capacity].index
    last = (full if len(full) else sizes[sizes == sizes.max()].index).max()
    on_it = np.flatnonzero((test["listed_on"] == last).to_numpy())
    order = on_it[np.lexsort((test["unit_id"].iloc[on_it].astype(str), -p[on_it]))]
    places = {
        "A high score": min(max(capacity // 10, 1), len(order)),
        "At the edge of the list": min(capacity, len(order)),
        "A low score": -(-3 * len(order) // 4),
    }
    rows = test[["unit_id", "as_of"]].iloc[[order[place - 1] for place in places.values()]].reset_index(drop=True)
    place = list(places.values())
    return rows.assign(case=list(places), place=place, of=len(order), band=bands(place, capacity))


def nobody(meta: dict) -> pd.DataFrame:
    """Rows that stand in for residents where these are real: case, and the model's columns."""
    return invented_rows(meta).assign(case=[name[0].upper() + name[1:] for name in NOBODY])


def worked(
    rows: pd.DataFrame,
    model,
    meta: dict,
    explainer: Explainer,
    intervals: pd.DataFrame,
    columns: tuple[Column, ...],
    names: dict[str, str],
) -> list[dict]:
    """What the model says of each row and would say if feasible things were otherwise; ready for JSON.

    `rows` holds case, the model's columns, and what else is known of the case, which is passed through; `columns` are
    the catalogue's, `names` those of agencies. A case has score with low and high, reasons (sentences),
    nothing_recorded_by, unused (the share of columns with nothing recorded), and what_ifs: kind, what (a sentence),
    score, factor (by which the odds change), the greatest change first.
    """
    used = [m["name"] for m in meta["columns"]]
    typical = {name: np.nan if value is None else value for name, value in meta["typical"].items()}
    X = rows[used].astype("float64").reset_index(drop=True)
    explained = explainer(X)
    low, high = around(explained.score, intervals)
    told = reasons(explained, X, meta["columns"], typical, top=REASONS)
    silent = missing_parts(X, meta["columns"], names)
    none = np.array([np.nan if m["none"] is None else m["none"] for m in meta["columns"]])
    unused = (X.isna() | (none == X)).mean(axis=1)
    cases = []
    for place, known in enumerate(rows.drop(columns=[*used, "unit_id"], errors="ignore").to_dict("records")):
        cases.append(
            {
                **known,
                "score": float(expit(explained.score[place])),
                "low": float(low[place]),
                "high": float(high[place]),
                "reasons": [text for text in told.iloc[place] if isinstance(text, str)],
                "nothing_recorded_by": silent.iloc[place] if isinstance(silent.iloc[place], str) else None,
                "unused": float(unused.iloc[place]),
                "what_ifs": _what_ifs(X.iloc[place], model, meta, columns),
            }
        )
    return cases


def _what_ifs(row: pd.Series, model, meta: dict, columns: tuple[Column, ...]) -> list[dict]:
    changes = whatif.changes(row, columns)
    if not changes:
        return []
    again = whatif.rescored(model, row, changes)
    sentences = {m["name"]: m["sentence"] for m in meta["columns"]}
    found = [
        {
            "kind": line.kind,
            "what": _what(change.column, sentences),
            "score": float(line.probability),
            "factor": float(np.exp(line.difference)),
        }
        for line, change in zip(again.itertuples(), changes, strict=True)
    ]
    # What hardly moves the score is not told, and what moves it alike once, by the widest.
    once = {(of["kind"], of["score"]): of for of in reversed(found) if abs(np.log(of["factor"])) >= SMALLEST}
    return sorted(once.values(), key=lambda of: -abs(np.log(of["factor"])))[:MOST]


def _what(column: Column, sentences: dict[str, str]) -> str:
    """What would be otherwise, without its window, and without what is another person's."""
    if column.feature.grain == "household":
        return HOUSEHOLD.rstrip(",")
    said = re.sub(r", in the last [^,]*$", "", sentences[column.name]).removeprefix(SINCE)
    return said[0].upper() + said[1:]
