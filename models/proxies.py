"""How well what a model may use tells a protected attribute that it may not, and which columns carry it."""

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.model_selection import GroupKFold, cross_val_predict

from models import leaks
from models.fairness import MIN_EVENTS, UNDEFINED
from models.ranking import Ranking, auc
from models.resampling import figure, number, resample
from models.training import taken

LOOKED_AT = 20_000  # rows at most: what more would find is too faint to matter
PARTS = 3  # of the households, each told from a fit on the others
SHOWN = 5  # columns that carry an attribute best
# Small trees: they find what two or three columns say together, and little that is not there.
OPTIONS = {"n_estimators": 40, "num_leaves": 8, "learning_rate": 0.15, "colsample_bytree": 0.5, "max_bin": 31}


def proxies(
    X: pd.DataFrame,
    groups: pd.DataFrame,
    clusters,
    columns: list[dict],
    *,
    leave_out: str = "not stated",
    fewest: int = MIN_EVENTS,
    resamples: int = 200,
    seed: int = 0,
) -> dict[str, dict]:
    """How well each attribute can be read from the columns, ready for JSON: {attribute: record}.

    `X` (rows x columns, NaN for missing) holds what the model may use, `columns` what each means ("name", "sentence");
    `groups` (rows x attributes) text; `clusters` (rows) what is kept together. At most LOOKED_AT rows are looked at,
    without those of the group `leave_out`, of which nothing is known. A record holds n; "groups": group, n and auc of
    each group of at least `fewest` households, told from all others by LightGBM fitted on other households; "auc",
    the mean of these weighted by the groups' sizes, and "highest", the group that is told best and its auc, all AUC as
    {"value", "low", "high"}; "carriers": the columns that tell most alone (name, sentence, auc: the same mean); and
    "reason", why nothing can be said, else None.
    """
    return {
        attribute: _attribute(X, groups[attribute].astype("str"), clusters, columns, leave_out, fewest, resamples, seed)
        for attribute in groups.columns
    }


def _attribute(X, group: pd.Series, clusters, columns, leave_out, fewest, resamples, seed) -> dict:
    rows = np.flatnonzero(group != leave_out)
    rows = np.sort(np.random.default_rng(seed).permutation(rows)[:LOOKED_AT])
    group, clusters = group.to_numpy()[rows], pd.factorize(np.asarray(clusters)[rows], sort=True)[0]
    told = _large_enough(group, clusters, fewest)
    if len(told) < 2:
        return _record(len(rows), [], UNDEFINED, None, [], f"fewer than two groups are of {fewest} households or more")
    X, draws = taken(X, rows), resample(clusters, resamples, seed)
    weight = np.array(list(told.values())) / sum(told.values())
    tallies = [Ranking(group == name, p) for name, p in _out_of_fold(X, group, clusters, list(told), seed).items()]
    value = np.array([auc(*tally()) for tally in tallies])
    drawn = np.array(draws.each(lambda weights: [auc(*tally(weights)) for tally in tallies]))
    by_group = [
        {"group": name, "n": n, "auc": figure(value[place], drawn[:, place])}
        for place, (name, n) in enumerate(told.items())
    ]
    best = by_group[int(value.argmax())]
    return _record(
        len(rows),
        by_group,
        figure(value @ weight, drawn @ weight),
        {"group": best["group"], "auc": best["auc"]},
        _carriers(X, group, told, columns, seed),
        None,
    )


def _large_enough(group: np.ndarray, clusters: np.ndarray, fewest: int) -> dict[str, int]:
    """Rows of each group that `fewest` households are of, and as many are not: on both sides of every fit, then."""
    found = {}
    for name in np.unique(group):
        member = group == name
        if min(len(np.unique(clusters[member])), len(np.unique(clusters[~member]))) >= fewest:
            found[str(name)] = int(member.sum())
    return found


def _record(n: int, by_group: list, whole: dict, highest: dict | None, carriers: list, reason: str | None) -> dict:
    return {"n": n, "auc": whole, "highest": highest, "groups": by_group, "carriers": carriers, "reason": reason}


def _out_of_fold(X: pd.DataFrame, group, clusters: np.ndarray, names: list[str], seed: int) -> dict:
    """What fits on other households say of each row, group by group: {name: (rows,)}."""
    fixed = {"random_state": seed, "deterministic": True, "force_col_wise": True, "n_jobs": 1, "verbosity": -1}
    values, found = X.to_numpy(), {}
    parts = list(GroupKFold(PARTS, shuffle=True, random_state=seed).split(values, groups=clusters))
    for name in names:
        if len(np.unique(group)) == 2 and found:  # who is not of the one is of the other
            found[name] = 1 - next(iter(found.values()))
            continue
        model = LGBMClassifier(**OPTIONS, **fixed)
        found[name] = cross_val_predict(model, values, group == name, cv=parts, method="predict_proba")[:, 1]
    return found


def _carriers(X: pd.DataFrame, group: np.ndarray, told: dict[str, int], columns: list[dict], seed: int) -> list[dict]:
    alone = [leaks.alone(X, group == name, np.arange(len(X)), seed) * n for name, n in told.items()]
    mean = (sum(alone) / sum(told.values())).sort_values(ascending=False, kind="stable")
    sentence = {column["name"]: column["sentence"] for column in columns}
    return [
        {"name": str(name), "sentence": sentence[name], "auc": number(value)} for name, value in mean[:SHOWN].items()
    ]
