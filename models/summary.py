"""The few figures by which two runs of an outcome are compared, flat: what `dvc metrics diff` and MLflow's tables show.

Beside each stands its interval, which says whether a difference is more than chance; all other figures stay where they
were measured.
"""

from models import released

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

    `measured` is what test.json holds, `folds` what folds.json holds. over_rule is how much more precise the lists are
    than the simple rule's. The 95 % interval of auc is from auc.low to auc.high, and so on. Four digits, so that a
    difference can be read; None for what rests on a small number.

    >>> auc = {"value": 0.760118, "low": 0.7, "high": 0.81}
    >>> figures = {"n": 900, "events": 42, "by_date": [{"flagged": 100}], "auc": auc}
    >>> nothing = released.WITHHELD
    >>> figures |= {"precision_at_capacity": nothing | {"value": 0.2}, "recall_at_capacity": nothing}
    >>> measured = {"chosen": "rule", "figures": figures, "net_benefit": {"model": auc | {"value": 0.0123456}}}
    >>> measured |= {"candidates": {}, "lift": None, "newly_found": None, "value": None}
    >>> regret = {"regret": 0.15, "intervals": {"regret": {"low": 0.1, "high": 0.2}}}
    >>> told = summary(measured, {"summary": {"rule": regret}})
    >>> told["events"], told["auc"], told["auc.low"], told["precision_at_capacity"], told["net_benefit"]
    (40, 0.7601, 0.7, 0.2, 0.01235)
    >>> told["regret"], told["regret.high"], told["over_rule"], told["recall_at_capacity.low"]
    (0.15, 0.2, None, None)
    """
    chosen, figures = measured["chosen"], measured["figures"]
    may, worth, over_time = released.figures(figures), released.worth(measured), folds["summary"][chosen]
    found = {name: may[name] for name in FIGURES if name in may} | {
        "net_benefit": worth["net_benefit"] and worth["net_benefit"]["model"],
        "over_rule": worth["lift"] and worth["lift"]["precision_at_capacity"],
        "regret": {"value": over_time["regret"], **over_time["intervals"]["regret"]},
    }
    told = {
        name + end: None if of is None or of[key] is None else float(f"{of[key]:.4g}")
        for name, of in found.items()
        for key, end in (("value", ""), ("low", ".low"), ("high", ".high"))
    }
    return {"chosen": chosen, "events": released.whole(figures["events"]), **told}
