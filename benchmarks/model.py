"""What scoring and explaining are measured on: invented rows, and the project's two kinds of model fitted to them.

`python -m benchmarks.model FOLDER ROWS COLUMNS` writes FOLDER/matrix.parquet (float32, missing as null), and a bundle
and a background for each of MODELS, fitted with the options of params.yaml.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from models import bundle
from models.calibration import calibrate
from models.candidates import candidates
from models.explanation import sample_background
from models.reasons import typical_values
from pipelines.params import load

MODELS = ("lightgbm", "logistic")
MATRIX = "matrix.parquet"
PIECE = 50_000  # rows made at once
FITTED = 40_000  # rows that models are fitted on, as many again calibrate; none is scored
SEED = 20260101


def make(folder: Path, rows: int, columns: int) -> None:
    """Write matrix, bundles and backgrounds."""
    folder.mkdir(parents=True, exist_ok=True)
    meanings = [_meaning(number) for number in range(columns)]
    with pq.ParquetWriter(folder / MATRIX, pa.schema([(m["name"], pa.float32()) for m in meanings])) as writer:
        for start in range(0, rows, PIECE):
            writer.write_table(pa.Table.from_pandas(_rows(min(PIECE, rows - start), meanings, start)))
    fit, held = _rows(FITTED, meanings, rows), _rows(FITTED, meanings, rows + 1)
    chosen = load()
    options = {name: getattr(chosen.models, name).model_dump() for name in MODELS}
    for name, candidate in candidates(meanings, options, seed=SEED).items():
        fitted = candidate.fit(fit.astype("float64"), _outcome(fit))
        model = calibrate(fitted, held.astype("float64"), _outcome(held))
        background = sample_background(fit, chosen.explain.background, SEED)
        typical = {column: None if np.isnan(value) else value for column, value in typical_values(background).items()}
        bundle.save(folder / name, model, {"columns": meanings, "typical": typical})
        background.to_parquet(_background(folder, name))


def invented(rows: int, columns: int) -> tuple[pd.DataFrame, np.ndarray, list[dict]]:
    """A matrix (float32), who has the outcome (rows), and what its columns mean."""
    meanings = [_meaning(number) for number in range(columns)]
    X = _rows(rows, meanings, 0)
    return X, _outcome(X), meanings


def load_model(folder: Path, name: str) -> tuple:
    """(model, meta, background) of one of MODELS."""
    return *bundle.load(folder / name), pd.read_parquet(_background(folder, name))


def _background(folder: Path, name: str) -> Path:
    return folder / f"{name}.background.parquet"


def _meaning(number: int) -> dict:
    """Of ten columns six are counts of a window, one a household's count, two days since a record, one a rate."""
    kind = ("count", "count", "count", "since", "count", "rate", "household", "count", "since", "count")[number % 10]
    return {
        "name": f"{kind}_{number}",
        "direction": 0,
        "days": [365] if kind in ("count", "household") else [],
        "grain": {"household": "household", "rate": "area"}.get(kind, "resident"),
        "agency": "police",
        "none": None if kind in ("since", "rate") else 0.0,
        "sentence": f"{'Days since the last record' if kind == 'since' else 'Records'} of kind {number}",
    }


def _rows(n: int, meanings: list[dict], seed: int) -> pd.DataFrame:
    """Counts that are mostly nought, days since a record that most do not have, rates of 400 areas (n x columns)."""
    rng = np.random.default_rng((SEED, seed))
    area = rng.integers(0, 400, n)
    need = rng.gamma(0.4, 1.0, n)  # what a resident's records have in common
    made = {}
    for number, meaning in enumerate(meanings):
        if meaning["grain"] == "area":
            made[meaning["name"]] = np.random.default_rng((SEED, number)).gamma(3.0, 4.0, 400)[area]
        elif meaning["days"]:
            made[meaning["name"]] = rng.poisson(need * rng.gamma(0.5, 1.0, n))
        else:
            made[meaning["name"]] = np.where(rng.random(n) < 0.3 + 0.5 * (need < 0.5), np.nan, rng.integers(1, 1096, n))
    return pd.DataFrame(made, dtype="float32")


def _outcome(X: pd.DataFrame) -> np.ndarray:
    """About one row in twenty, by a few columns and by two of them together."""
    counts = X.filter(like="count_").to_numpy()
    recent = (X["since_3"] < 200).to_numpy()
    log_odds = -4 + 0.5 * np.minimum(counts[:, :4].sum(axis=1), 6) + recent * (1 + np.minimum(counts[:, 4], 2))
    return np.random.default_rng((SEED, int(counts.sum()))).random(len(X)) < 1 / (1 + np.exp(-log_odds))


if __name__ == "__main__":
    begun = time.perf_counter()
    make(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps({"seconds": time.perf_counter() - begun}))
