"""Stage `labels`: what became of each pair, where enough time has passed to know; and, of the test dates, what would
have become of it had deaths, departures or late records counted otherwise, or another outcome been asked for."""

import pandas as pd

from features.labels import labels, side_by_side, varied
from pipelines import paths
from pipelines.files import read_table, write_json, write_table
from pipelines.inputs import require_agreed
from pipelines.setting import setting
from pipelines.stage import main, say


def build_labels(name: str) -> None:
    at = setting(name)
    say(f"{name}: looking at what became of every pair")
    with at.open_view("train") as view:
        require_agreed(at, view, "train")
        found = labels(view, paths.cohort(name), at.outcome, at.params.allowance_days, at.catalogue.kinds, say)
        tested = found[found["as_of"] >= at.params.test_from]
        say(f"{name}: counting deaths, departures and late records of {len(tested):,} test pairs otherwise")
        settled = {
            days: labels(view, tested, at.outcome, days, at.catalogue.kinds)
            for days in at.params.sensitivity.allowance_days
        }
        others = {
            name: labels(view, tested, other, at.params.allowance_days, at.catalogue.kinds)
            for name, other in at.outcome.alternatives().items()
        }
    # Both are sorted by date and id: the list of each pair stands beside its status.
    listed = pd.DataFrame({"listed_on": read_table(paths.cohort(name))["listed_on"], "status": found["status"]})
    counts = listed.groupby(["listed_on", "status"], as_index=False, observed=True).size().rename(columns={"size": "n"})
    counts = counts.astype({"status": "str"}).sort_values(["listed_on", "status"])
    say(f"{name}: {int(found['label'].sum()):,} events among {len(found):,} pairs")
    write_table(paths.labels(name), found)
    write_table(paths.varied(name), varied(tested, settled))
    write_table(paths.alternatives(name), side_by_side(tested, others))
    write_json(paths.settled(name), counts.to_dict("records"))


if __name__ == "__main__":
    main(build_labels)
