"""Stage `page`: the page of an outcome, which answers the twelve questions that an ethics group asks first."""

import pandas as pd

from models import charts, curves, pages
from models.site_outcome import outcome_page
from pipelines import paths
from pipelines.files import write_text
from pipelines.judged import judged
from pipelines.seen import seen
from pipelines.setting import setting
from pipelines.stage import main, say


def page(name: str) -> None:
    at = setting(name)
    e = seen(at)
    test = judged(name, ["listed_on", "label", e["chosen"]["name"]])
    p, lists = test[e["chosen"]["name"]].to_numpy(), pd.factorize(test["listed_on"])[0]
    instability = pd.read_csv(paths.instability(name))
    e["charts"] = {
        "list_length": charts.list_length(test["label"].to_numpy(), p, lists, at.knobs.capacity),
        "agency": charts.importance_bars(e["importance"]["agency"], "agency", at.catalogue.names),
        "groups": charts.group_auc(e["groups"], at.catalogue.names),
        "instability": curves.instability(instability, e["stability"]["refits"]),
    }
    above = ((pages.HOME, f"../{paths.OVERVIEW.name}"),)
    say(f"{name}: writing the page of its twelve questions")
    write_text(paths.report(name) / pages.OUTCOME, pages.page(outcome_page(e), above))


if __name__ == "__main__":
    main(page)
