"""The few figures by which two runs of an outcome are compared, flat: what `dvc metrics diff` and MLflow's tables show.

Their intervals, and all other figures, stay where they were measured.
"""

FIGURES = (
    "auc",
    "average_precision",
    "calibration_slope",
    "o_e",
    "ici",
    "precision_at_capacity",
    "recall_at_capacity",
)


def summary(measured: dict, folds: dict) -> dict[str, str | float | None]:
    """The chosen candidate, its figures on the test dates, and its mean regret over the temporal folds.

    `measured` is what test.json holds, `folds` what folds.json holds. Four digits, so that a difference can be read.

    >>> figures = {"events": 40, "auc": {"value": 0.760118, "low": 0.719374, "high": 0.796689}}
    >>> folds = {"folds": [{"regret": {"rule": 0.2, "logistic": 0.01}}, {"regret": {"rule": 0.1, "logistic": 0.0}}]}
    >>> summary({"chosen": "logistic", "figures": figures}, folds)
    {'chosen': 'logistic', 'events': 40, 'auc': 0.7601, 'regret_in_folds': 0.005}
    """
    chosen, figures = measured["chosen"], measured["figures"]
    regret = [fold["regret"][chosen] for fold in folds["folds"]]
    return {
        "chosen": chosen,
        "events": figures["events"],
        **{name: _rounded(figures[name]["value"]) for name in FIGURES if name in figures},
        "regret_in_folds": _rounded(sum(regret) / len(regret)),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
