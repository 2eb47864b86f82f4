"""The pictures of an outcome's documents, each with the table of what it shows."""

import pandas as pd

from models import charts, curves, reliability
from models.evidence import Evidence
from models.explanation import Explanation
from pipelines import paths
from pipelines.files import read_table
from pipelines.judged import judged
from pipelines.setting import setting


def pictures(name: str, e: Evidence) -> dict[str, charts.Chart]:
    """Those of the judged pairs, of the explained sample, and of what was measured over time."""
    return _judged(name, e) | _explained(name, e) | _over_time(name, e)


def _judged(name: str, e: Evidence) -> dict[str, charts.Chart]:
    chosen = e["chosen"]["name"]
    test = judged(name, ["listed_on", "label", chosen])
    label, p, lists = test["label"].to_numpy(), test[chosen].to_numpy(), pd.factorize(test["listed_on"])[0]
    return {
        "reliability": charts.reliability(reliability.reliability(label, p)),
        "list_length": charts.list_length(label, p, lists, setting(name).knobs.capacity),
        "scores": charts.score_distribution(p),
        "groups": charts.group_auc(e["groups"], e["names"]),
    }


def _explained(name: str, e: Evidence) -> dict[str, charts.Chart]:
    columns, of = [column["name"] for column in e["columns"]], e["explanation"]
    values = read_table(paths.values(name), columns).to_numpy()
    explanation = Explanation(values, of["base"], of["method"], of["background_rows"], tuple(columns))
    bars = {by: (e["importance"][by], by, e["names"]) for by in ("agency", "theme")}
    return {by: charts.importance_bars(*given, prefix=by) for by, given in bars.items()} | {
        "beeswarm": charts.beeswarm(explanation, read_table(paths.sample(name), columns), e["columns"])
    }


def _over_time(name: str, e: Evidence) -> dict[str, charts.Chart]:
    regret, net_benefit, instability = (
        pd.read_csv(path(name)) for path in (paths.regret, paths.net_benefit, paths.instability)
    )
    return {
        "regret": curves.regret(regret, e["titles"], e["chosen"]["name"]),
        "net_benefit": curves.net_benefit(net_benefit, e["worth"]["net_benefit"]["threshold"]),
        "instability": curves.instability(instability, e["stability"]["refits"]),
    }
