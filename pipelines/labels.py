"""Stage `labels`: what became of each pair, where enough time has passed to know."""

from features.labels import labels
from pipelines import paths
from pipelines.files import read_table, write_json, write_table
from pipelines.setting import setting
from pipelines.stage import main, say


def build_labels(name: str) -> None:
    at = setting(name)
    pairs = read_table(paths.cohort(name), ["unit_id", "as_of"])
    say(f"{name}: looking at what became of {len(pairs):,} pairs")
    with at.open_view("train") as view:
        found = labels(view, pairs, at.outcome, at.params.allowance_days, at.catalogue.kinds)
    counts = found.groupby(["as_of", "status"], as_index=False).size().rename(columns={"size": "n"})
    say(f"{name}: {int(found['label'].sum()):,} events among {len(found):,} pairs")
    write_table(paths.labels(name), found)
    write_json(paths.settled(name), counts.to_dict("records"))


if __name__ == "__main__":
    main(build_labels)
