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

    `measured` is what test.json holds, `folds` what folds.json holds. over_rule is how much more precise the lists are
    than the simple rule's. Four digits, so that a difference can be read.

    >>> figures = {"events": 40, "auc": {"value": 0.760118, "low": 0.719374, "high": 0.796689}}
    >>> measured = {"chosen": "rule", "figures": figures, "lift": None, "net_benefit": {"model": {"value": 0.0123456}}}
    >>> summary(measured, {"folds": [{"regret": {"rule": 0.2}}, {"regret": {"rule": 0.1}}]})
    {'chosen': 'rule', 'events': 40, 'auc': 0.7601, 'net_benefit': 0.01235, 'over_rule': None, 'regret': 0.15}
    """
    chosen, figures = measured["chosen"], measured["figures"]
    regret = [fold["regret"][chosen] for fold in folds["folds"]]
    found = {name: figures[name]["value"] for name in FIGURES if name in figures} | {
        "net_benefit": measured["net_benefit"]["model"]["value"],
        "over_rule": measured["lift"] and measured["lift"]["precision_at_capacity"]["value"],
        "regret": sum(regret) / len(regret),
    }
    told = {name: None if value is None else float(f"{value:.4g}") for name, value in found.items()}
    return {"chosen": chosen, "events": figures["events"], **told}
