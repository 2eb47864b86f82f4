"""The pictures of an outcome's documents, each with the table of what it shows."""

import pandas as pd

from models import charts, curves, group_charts, reliability
from models.evidence import Evidence
from models.explanation import Explanation
from pipelines import paths
from pipelines.files import read_table
from pipelines.judged import judged
from pipelines.setting import setting


def pictures(name: str, e: Evidence) -> dict[str, charts.Chart]:
    """Those of the judged pairs, of the explained sample, and of what was measured over time."""
    return _judged(name, e) | _by_group(name, e) | _explained(name, e) | _over_time(name, e)


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


def _by_group(name: str, e: Evidence) -> dict[str, charts.Chart]:
    """Reliability of each attribute's groups, where at least one of them has a band that may be shown."""
    bands = pd.read_csv(paths.reliability_by_group(name))
    found = {f"reliability_{attribute}": (attribute, of) for attribute, of in bands.groupby("attribute", sort=False)}
    return {
        chart: group_charts.reliability_by_group(of, attribute, e["names"], prefix=chart.replace("_", "-"))
        for chart, (attribute, of) in found.items()
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
