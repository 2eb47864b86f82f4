"""Stage `explanation_report`: what drives a model's scores, for whom, and how far its reasons can be relied on."""

import pandas as pd

from features.agreements import load_agreements
from models import bundle, charts, pages
from models.document_explanation import explanation_report as write_report
from models.explanation import Explanation
from models.titles import CANDIDATES
from models.wording import capital
from pipelines import paths
from pipelines.files import read_json, read_table, write_text
from pipelines.setting import Setting, setting
from pipelines.stage import main, say


def explanation_report(name: str) -> None:
    at = setting(name)
    meta = bundle.describe(paths.bundle(name))
    explained = read_json(paths.explanation(name))
    evidence = {
        "outcome": {"title": at.outcome.title},
        "single_view": read_json(paths.CHECKED)["about"],
        "identity": meta["identity"],
        "names": at.catalogue.names,
        "model": capital(CANDIDATES[meta["chosen"]]),
        "trained_on": meta["phases"]["fit"]["dates"],
        "columns": meta["columns"],
        "recipients": _recipients(at, meta),
        "explanation": explained,
        "inputs": read_json(paths.inputs(name)),
        "stability": read_json(paths.stability(name)),
        "charts": _charts(at, meta, explained),
    }
    say(f"{name}: writing the explanation report")
    written = write_report(evidence)
    write_text(paths.report(name) / "explanation.md", pages.markdown(written))
    write_text(paths.report(name) / "explanation.html", pages.page(written))


def _recipients(at: Setting, meta: dict) -> list[str]:
    """Who may see something of what the model rests on, in plain English."""
    used = {name for column in meta["columns"] for name in column["agreement"].split(", ")}
    agreements = load_agreements(at.params.agreements)
    found = sorted({who for agreement in agreements if agreement.name in used for who in agreement.recipients})
    return [at.catalogue.names.get(who, who.replace("_", " ")) for who in found]


def _charts(at: Setting, meta: dict, explained: dict) -> dict[str, charts.Chart]:
    columns = [column["name"] for column in meta["columns"]]
    sample = read_table(paths.sample(at.outcome.name), columns)
    values = read_table(paths.values(at.outcome.name), columns).to_numpy()
    explanation = Explanation(
        values, explained["base"], explained["method"], explained["background_rows"], tuple(columns)
    )
    bars = {
        by: charts.importance_bars(pd.DataFrame(explained["importance"][by]), by, names, prefix=by)
        for by, names in (("agency", at.catalogue.names), ("theme", None))
    }
    return bars | {"beeswarm": charts.beeswarm(explanation, sample, meta["columns"])}


if __name__ == "__main__":
    main(explanation_report)
