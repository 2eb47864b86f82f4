"""Stage `matrix`: what was known about each pair at its date, and what every column means."""

from pathlib import Path

from features import partitions
from features.meaning import meanings
from pipelines import paths
from pipelines.files import write_json
from pipelines.identity import digest
from pipelines.inputs import allowed
from pipelines.setting import setting
from pipelines.stage import main, say

FEW = 5  # features that are named; the rest are counted


def build_matrix(name: str) -> None:
    at = setting(name)
    made_of = f"{digest(Path(at.params.single_view))} for training"
    with at.open_view("train") as view:
        inputs = allowed(at, view.used_on, "train")
        for reason in dict.fromkeys(reason for _, reason in inputs.dropped):
            features = [feature for feature, why in inputs.dropped if why == reason]
            some = ", ".join(features[:FEW]) + (f" and {len(features) - FEW} more" if len(features) > FEW else "")
            say(f"{name}: not built, since {reason}: {some}")
        done = partitions.write(
            view,
            paths.cohort(name),
            inputs.features,
            at.catalogue.kinds,
            paths.matrix(name),
            made_of,
            say,
            at.outcome.unit,
        )
    say(f"{name}: {told(done)}")
    write_json(paths.columns(name), meanings(inputs.features, at.catalogue, inputs.agreements, at.outcome.unit))


def told(done: partitions.Written) -> str:
    """What became of the dates, in a line."""
    parts = [
        (done.built, "built"),
        (done.extended, f"given {len(done.columns)} new columns" if done.columns else "rid of columns"),
        (done.kept, "as they were"),
        (done.dropped, "taken away"),
    ]
    return ", ".join(f"{len(dates)} {'date' if len(dates) == 1 else 'dates'} {what}" for dates, what in parts if dates)


if __name__ == "__main__":
    main(build_matrix)
