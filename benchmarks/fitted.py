"""One LightGBM fit, in a process that holds the whole matrix as training does.

`python -m benchmarks.fitted drawn|all ROWS COLUMNS SHARE` says how long it took, in seconds and in the processor's, and
how many rows it was fitted on; making the matrix is not counted.
"""

import json
import sys
import time

import numpy as np
import pandas as pd

from benchmarks.model import SEED, invented
from models import training
from models.candidates import candidates
from pipelines.params import load

KIND = "lightgbm"
DRAWN = 50_000  # rows drawn; the matrix repeats them, each time in another order


def made(rows: int, columns: int, share: float) -> tuple[pd.DataFrame, np.ndarray, list[dict]]:
    """A matrix (float32) in the one array that holds it, who has the event (rows), and what its columns mean."""
    X, event, meanings = invented(min(rows, DRAWN), columns)
    rng, values = np.random.default_rng(SEED), np.empty((rows, columns), np.float32)
    event &= rng.random(len(event)) < share / event.mean()
    label = np.empty(rows, dtype=bool)
    for start in range(0, rows, len(X)):
        order = rng.permutation(len(X))[: rows - start]
        values[start : start + len(order)], label[start : start + len(order)] = X.to_numpy()[order], event[order]
    return pd.DataFrame(values, columns=X.columns, copy=False), label, meanings


def fit(which: str, X: pd.DataFrame, label: np.ndarray, meanings: list[dict]) -> int:
    """Fit, and say on how many rows: as `models.training.train` does, or on all of the matrix as it lies there."""
    model = candidates(meanings, {KIND: getattr(load().models, KIND).model_dump()}, seed=SEED)[KIND]
    if which == "all":
        training.fit_to(model, X, label, None)
        return len(X)
    drawn, weight = training.thinned(np.arange(len(X)), label, SEED)
    training.fit_to(model, training.taken(X, drawn), training.truth(label, drawn), weight)
    return len(drawn)


if __name__ == "__main__":
    matrix = made(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
    begun, busy = time.perf_counter(), time.process_time()
    on = fit(sys.argv[1], *matrix)
    print(json.dumps({"seconds": time.perf_counter() - begun, "busy": time.process_time() - busy, "fitted_on": on}))
