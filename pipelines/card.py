"""Stage `card`: the model card of an outcome, from what the other stages measured."""

from dataclasses import asdict

import pandas as pd

from features.sentences import rule_sentence
from models import bundle, charts, curves, pages, reliability, scorecard, worth
from models.card import card as write_card
from models.disclosed import require_disclosed
from models.explanation import Explanation
from models.titles import CANDIDATES
from pipelines import paths
from pipelines.files import read_json, read_table, write_text
from pipelines.judged import judged
from pipelines.setting import Setting, setting
from pipelines.stage import main, say

UNAPPROVED = {
    True: "Not approved, and not in need of approval: every resident in it is invented.",
    False: "Not approved: it must not score anybody until the ethics group has signed it off.",
}


def card(name: str) -> None:
    at = setting(name)
    meta = bundle.describe(paths.bundle(name))
    measured, audit = read_json(paths.metrics(name)), read_json(paths.audit(name))["groups"]
    explained, about = read_json(paths.explanation(name)), read_json(paths.CHECKED)["about"]
    steady = read_json(paths.stability(name))
    importance = {by: pd.DataFrame(rows) for by, rows in explained["importance"].items()}
    evidence = {
        "outcome": {field: value for field, value in asdict(at.outcome).items() if field not in ("rule", "among")}
        | {"sentence": rule_sentence(at.outcome, at.catalogue)},
        "single_view": about,
        "identity": meta["identity"],
        "card": at.params.card.model_dump(),
        "approval": UNAPPROVED[about["invented"]],
        "names": at.catalogue.names,
        "flow": read_json(paths.flow(name)),
        "settled": read_json(paths.settled(name)),
        "periods": meta["phases"],
        "candidates": measured["candidates"],
        "titles": CANDIDATES,
        "chosen": {"name": meta["chosen"], "reason": meta["reason"], "set_aside": meta["set_aside"]},
        "folds": read_json(paths.folds(name)),
        "calibration": read_json(paths.calibration(name)),
        "worth": {"worth": at.knobs.worth} | {key: measured[key] for key in worth.FIGURES},
        "stability": steady,
        "sensitivity": measured["varied"] | _without(measured),
        "groups": audit,
        "columns": meta["columns"],
        "protected_inputs": at.knobs.inputs,
        "importance": importance,
        "explanation": {key: explained[key] for key in ("method", "background_rows", "rows")},
        "charts": _charts(at, meta, explained, importance, audit) | _curves(at, meta, measured, steady),
    }
    if meta["chosen"] == "scorecard":
        evidence["points"] = scorecard.points(bundle.load(paths.bundle(name))[0].estimators_[0]).to_dict("records")
    say(f"{name}: writing the card")
    written = write_card(evidence)
    for file, text in {"card.md": pages.markdown(written), "card.html": pages.page(written)}.items():
        write_text(paths.report(name) / file, require_disclosed(file, text))
    for chart, (drawn, _) in evidence["charts"].items():
        write_text(paths.charts(name) / f"{chart}.svg", drawn)


def _without(measured: dict) -> dict[str, dict]:
    """The figures without those who are also among the training dates, if enough are left."""
    rest = measured["without_those_in_training"]
    return {"those who were also in training left out": rest} if rest else {}


def _curves(at: Setting, meta: dict, measured: dict, steady: dict) -> dict[str, charts.Chart]:
    name = at.outcome.name
    net_benefit = pd.read_csv(paths.net_benefit(name))
    return {
        "regret": curves.regret(pd.read_csv(paths.regret(name)), CANDIDATES, meta["chosen"]),
        "net_benefit": curves.net_benefit(net_benefit, measured["net_benefit"]["threshold"]),
        "instability": curves.instability(pd.read_csv(paths.instability(name)), steady["refits"]),
    }


def _charts(at: Setting, meta: dict, explained: dict, importance: dict, audit: dict) -> dict[str, charts.Chart]:
    name = at.outcome.name
    test, sample = judged(name), read_table(paths.sample(name))
    columns = tuple(column["name"] for column in meta["columns"])
    values = read_table(paths.values(name), list(columns)).to_numpy()
    explanation = Explanation(values, explained["base"], explained["method"], explained["background_rows"], columns)
    p = test[meta["chosen"]]
    return {
        "beeswarm": charts.beeswarm(explanation, sample[list(columns)], meta["columns"]),
        "agency": charts.importance_bars(importance["agency"], "agency", at.catalogue.names),
        "reliability": charts.reliability(reliability.reliability(test["label"], p)),
        "list_length": charts.list_length(
            test["label"].to_numpy(), p.to_numpy(), pd.factorize(test["listed_on"])[0], at.knobs.capacity
        ),
        "scores": charts.score_distribution(p.to_numpy()),
        "groups": charts.group_auc(audit, at.catalogue.names),
    }


if __name__ == "__main__":
    main(card)
