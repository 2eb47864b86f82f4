"""Scoring and explaining by this project, by LightGBM and by shap: as many rows as fit in a number of seconds.

`python -m benchmarks.explainers CONTENDER FOLDER ROWS SECONDS` works on what `benchmarks.model` made and prints a line
of JSON: the rows done, the seconds they took, and how far values miss what they should be.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from benchmarks.model import MATRIX, load_model
from features.parts import BLOCK
from models.calibration import calibration_map
from models.explanation import Explainer
from models.scoring import Scorer

COMMON = 100  # rows of the background that shap is given: the largest that its documentation advises


@dataclass(frozen=True)
class Work:
    """What a contender does to a block of rows, and how many rows it takes at once.

    It returns what was wrong at most, by what it was held against, in log-odds; that is not part of the time.
    """

    block: int
    do: Callable[[pd.DataFrame], Callable[[], dict[str, float]] | None]


def predict(folder: Path) -> Work:
    model = load_model(folder, "lightgbm")[0]

    def do(rows):
        model.predict_proba(rows.astype("float64"))

    return Work(BLOCK, do)


def values(folder: Path) -> Work:
    """This project's exact interventional values, held against the score of every row."""
    model, _, background = load_model(folder, "lightgbm")
    explainer = Explainer(model, background)

    def do(rows):
        found = explainer(rows)
        return lambda: {"score": float(np.abs(found.values.sum(axis=1, dtype=float) + found.base - found.score).max())}

    return Work(BLOCK, do)


def everything(folder: Path, name: str = "lightgbm") -> Work:
    """What `foresight score` does with a block: probability, values, reasons in English."""
    model, meta, background = load_model(folder, name)
    scorer = Scorer(model, meta, background, pd.DataFrame({"score": [0.1], "low": [0.05], "high": [0.2]}))

    def do(rows):
        scorer(rows)

    return Work(BLOCK, do)


def everything_linear(folder: Path) -> Work:
    return everything(folder, "logistic")


def contrib(folder: Path) -> Work:
    """LightGBM's own values, which depend on the path and compare with the training rows, not with a background."""
    booster = load_model(folder, "lightgbm")[0].estimators_[0].booster_

    def do(rows):
        booster.predict(rows.astype("float64"), pred_contrib=True)

    return Work(2000, do)


def tree_explainer(folder: Path) -> Work:
    """shap's interventional values, with which ours are compared on the same rows and the same background."""
    import shap

    model, _, background = load_model(folder, "lightgbm")
    background = background[:COMMON].astype("float64")
    slope = calibration_map(model)[1]
    theirs = shap.TreeExplainer(model.estimators_[0].booster_, background, feature_perturbation="interventional")
    ours = Explainer(model, background)

    def do(rows):
        found = theirs.shap_values(rows.astype("float64"), check_additivity=False)
        return lambda: {"shap": float(np.abs(ours(rows).values - slope * found).max())}

    return Work(500, do)


CONTENDERS = {work.__name__: work for work in (predict, values, everything, everything_linear, contrib, tree_explainer)}


def measure(work: Work, folder: Path, rows: int, seconds: float) -> dict:
    """Do block after block until the rows or the seconds are used up: {"rows", "seconds", "off": largest faults}."""
    done, took, off = 0, 0.0, {}
    for block in _blocks(folder / MATRIX, rows, work.block):
        begun = time.perf_counter()
        check = work.do(block)
        took += time.perf_counter() - begun
        done += len(block)
        for against, fault in (check() if check else {}).items():
            off[against] = max(fault, off.get(against, 0.0))
        if took > seconds:
            break
    return {"rows": done, "seconds": took, "off": off}


def _blocks(matrix: Path, rows: int, size: int) -> Iterator[pd.DataFrame]:
    with pq.ParquetFile(matrix) as file:
        for batch in file.iter_batches(min(size, rows)):
            if rows <= 0:
                return
            yield batch.slice(0, rows).to_pandas()
            rows -= len(batch)


if __name__ == "__main__":
    contender, folder, rows, seconds = sys.argv[1:]
    print(json.dumps(measure(CONTENDERS[contender](Path(folder)), Path(folder), int(rows), float(seconds))))
