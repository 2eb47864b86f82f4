"""This project's engine."""

from dataclasses import replace

from pyarrow import parquet

from benchmarks.task import COMMON, Task, main
from features import engine
from features.catalogue import FEATURES, KINDS
from features.sources import open_view
from features.specs import MEASURES, Feature

FURTHER = (180, 730)  # windows that the catalogue does not use, for features that it does not have


def build(task: Task) -> dict:
    """Build the features that the task names, and say how many pairs and columns they made."""
    features = CHOICES[task.features]
    with open_view(task.view, memory=task.memory, threads=task.threads, kinds=KINDS) as view:
        engine.build(view, task.pairs, features, KINDS, to=task.to / "built.parquet")
    pairs = parquet.read_metadata(task.pairs).num_rows
    return {"pairs": pairs, "columns": sum(len(feature.columns) for feature in features)}


def _further() -> tuple[Feature, ...]:
    """The catalogue's features of many windows once more, over windows that it does not use."""
    many = (feature for feature in COMMON if MEASURES[feature.measure.op][1] == "many")
    return tuple(replace(feature, name=f"{feature.name}_further", days=FURTHER) for feature in many)


CHOICES = {
    "common": COMMON,
    "all": FEATURES,
    "half": FEATURES[::2],
    "more": FEATURES + _further(),
}

if __name__ == "__main__":
    main(build)
