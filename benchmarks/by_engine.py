"""This project's engine."""

import time

from pyarrow import parquet

from benchmarks.task import COMMON, Task, main
from features import partitions
from features.catalogue import FEATURES, KINDS
from features.sources import open_view
from features.specs import Feature


def build(task: Task) -> dict:
    """Build the features that the task names, and say how many pairs and columns they made.

    Asked for a number of features fewer ("all but 8"), it says as well how long it then took to add them.
    """
    features, added = _chosen(task.features)
    with open_view(task.view, memory=task.memory, threads=task.threads, kinds=KINDS) as view:
        partitions.write(view, task.pairs, features, KINDS, task.to, made_of="the benchmark's county")
        said = {"columns": sum(len(feature.columns) for feature in features)}
        if added:
            began = time.perf_counter()
            partitions.write(view, task.pairs, features + added, KINDS, task.to, made_of="the benchmark's county")
            said |= {"added": sum(len(feature.columns) for feature in added), "adding": time.perf_counter() - began}
    return said | {"pairs": parquet.read_metadata(task.pairs).num_rows}


def _chosen(which: str) -> tuple[tuple[Feature, ...], tuple[Feature, ...]]:
    """The features to build first, and those to add then."""
    whole = COMMON if which == "common" else FEATURES
    later = int(which.removeprefix("all but ")) if which.startswith("all but ") else 0
    return whole[later:], whole[:later]


if __name__ == "__main__":
    main(build)
