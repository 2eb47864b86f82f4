"""The few figures by which two runs of an outcome are compared, flat: what `dvc metrics diff` and MLflow's tables show.

Their intervals, and all other figures, stay where they were measured.
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
    than the simple rule's. Four digits, so that a difference can be read; None for what rests on a small number.

    >>> figures = {"n": 900, "events": 42, "by_date": [{"flagged": 100}], "auc": {"value": 0.760118}}
    >>> figures |= {"precision_at_capacity": {"value": 0.2}, "recall_at_capacity": {"value": 0.4762}}
    >>> measured = {"chosen": "rule", "figures": figures, "net_benefit": {"model": {"value": 0.0123456}}}
    >>> measured |= {"candidates": {}, "lift": None, "newly_found": None, "value": None}
    >>> told = summary(measured, {"folds": [{"regret": {"rule": 0.2}}, {"regret": {"rule": 0.1}}]})
    >>> told["events"], told["auc"], told["precision_at_capacity"], told["net_benefit"], told["regret"]
    (40, 0.7601, 0.2, 0.01235, 0.15)
    """
    chosen, figures = measured["chosen"], measured["figures"]
    may, worth = released.figures(figures), released.worth(measured)
    regret = [fold["regret"][chosen] for fold in folds["folds"]]
    found = {name: may[name]["value"] for name in FIGURES if name in may} | {
        "net_benefit": worth["net_benefit"] and worth["net_benefit"]["model"]["value"],
        "over_rule": worth["lift"] and worth["lift"]["precision_at_capacity"]["value"],
        "regret": sum(regret) / len(regret),
    }
    told = {name: None if value is None else float(f"{value:.4g}") for name, value in found.items()}
    return {"chosen": chosen, "events": released.whole(figures["events"]), **told}
