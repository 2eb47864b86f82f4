"""What drives the difference in score between a group and everybody else: exact, because contributions add up.

A difference in mean contributions says through which records a group's scores come out higher or lower, never whether
that is deserved: the audit's error rates say that.
"""

import numpy as np
import pandas as pd

from models.explanation import Explanation, pool
from models.resampling import Resamples, figure

FEWEST = 100  # rows in the group, and outside it: fewer, and a mean says more about who was drawn than about the group
TOP = 5  # columns told for each group


def drivers(explanation: Explanation, groups: pd.DataFrame, meanings: list[dict], draws: Resamples) -> dict:
    """Each group's mean score less that of everybody else explained, taken apart: {attribute: [record]}, for JSON.

    `groups` (rows x attributes, text) and `draws` (whole households) are of the rows explained. A record holds group,
    n, difference (calibrated log-odds), themes and agencies ({"theme" or "agency", "difference"}; each list adds up to
    the whole) and columns (the weightiest: "name", "sentence", "difference"), by size; every difference is
    {"value", "low", "high"}. A group of fewer than 100 rows, or with fewer outside it, has "unevaluable", a sentence,
    in their place.
    """
    meaning = {m["name"]: m for m in meanings}
    used = [meaning[name] for name in explanation.columns]
    values = explanation.values.astype(float)
    parts = {by: _pooled(values, [m[by] for m in used]) for by in ("theme", "agency")}
    found = {}
    for attribute in groups.columns:
        records = []
        for group in sorted(groups[attribute].astype(str).unique()):
            member = (groups[attribute].astype(str) == group).to_numpy()
            if min(member.sum(), (~member).sum()) < FEWEST:
                where = "in it" if member.sum() < FEWEST else "outside it"
                few = f"fewer than {FEWEST} of those explained are {where}"
                records.append({"group": group, "n": int(member.sum()), "unevaluable": few})
                continue
            apart = _Apart(member, draws)
            weightiest = np.argsort(-np.abs(apart.differences(values)), kind="stable")[:TOP]
            told = [{"name": used[i]["name"], "sentence": used[i]["sentence"]} for i in weightiest]
            records.append(
                {
                    "group": group,
                    "n": int(member.sum()),
                    "difference": apart.figures(values.sum(axis=1, keepdims=True))[0],
                    "themes": _by_size(
                        [{"theme": name} for name in parts["theme"][0]], apart.figures(parts["theme"][1])
                    ),
                    "agencies": _by_size(
                        [{"agency": name} for name in parts["agency"][0]], apart.figures(parts["agency"][1])
                    ),
                    "columns": _by_size(told, apart.figures(values[:, weightiest])),
                }
            )
        found[attribute] = records
    return found


class _Apart:
    """Mean of a group less mean of the others, as it is and in each draw."""

    def __init__(self, member: np.ndarray, draws: Resamples):
        self._inside = member.astype(float)
        self._draws = draws

    def differences(self, columns: np.ndarray) -> np.ndarray:
        """(rows x columns) -> (columns)."""
        inside = self._inside > 0
        return columns[inside].mean(axis=0) - columns[~inside].mean(axis=0)

    def figures(self, columns: np.ndarray) -> list[dict]:
        """The same with intervals."""
        width, inside = columns.shape[1], self._inside[:, None]
        ones = np.ones((len(columns), 1))
        sums = self._draws.sums(np.hstack([columns * inside, columns, inside, ones]))
        of_group, of_all = sums[:, :width], sums[:, width : 2 * width]
        n_group, n_all = sums[:, -2:-1], sums[:, -1:]
        with np.errstate(divide="ignore", invalid="ignore"):
            drawn = of_group / n_group - (of_all - of_group) / (n_all - n_group)
        return [figure(value, d) for value, d in zip(self.differences(columns), drawn.T, strict=True)]


def _pooled(values: np.ndarray, labels: list[str]) -> tuple[list[str], np.ndarray]:
    names = list(dict.fromkeys(labels))
    return names, pool(values, [names.index(label) for label in labels])


def _by_size(records: list[dict], figures: list[dict]) -> list[dict]:
    told = [record | {"difference": of} for record, of in zip(records, figures, strict=True)]
    return sorted(told, key=lambda record: -abs(record["difference"]["value"]))
