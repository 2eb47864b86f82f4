"""Stage `register`: track the run in MLflow and register the chosen model as candidate, once per identity."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from models import bundle, registry
from pipelines import paths
from pipelines.files import read_json, write_json
from pipelines.identity import digest, identity
from pipelines.params import load
from pipelines.stage import main, say


def register(name: str) -> None:
    params = load()
    model, meta = bundle.load(paths.bundle(name))
    measured = read_json(paths.metrics(name))
    figures = {
        f"{candidate}.{figure}": value["value"]
        for candidate, found in measured["candidates"].items()
        for figure, value in found.items()
        if isinstance(value, dict)
    }
    # The run is told apart by what it shows too, so that a card or a figure that changed is logged again.
    shown = [paths.report(name) / "card.html", paths.report(name) / "card.md", paths.metrics(name)]
    # MLflow allows a digest 36 characters
    rows = pq.read_metadata(paths.labels(name)).num_rows  # the matrix is of the same pairs
    datasets = [(path.name, digest(path)[:32], rows) for path in (paths.matrix(name), paths.labels(name))]
    say(f"{name}: logging to MLflow")
    run = registry.log_run(
        f"sqlite:///{paths.STORE}",
        paths.ARTEFACTS,
        name,
        identity([paths.bundle(name), *shown], {}),
        _flat(
            {
                "model": meta["identity"],
                "chosen": meta["chosen"],
                "knobs": params.knobs[name].model_dump(),
                "models": params.models.model_dump(),
            }
        ),
        figures,
        shown,
        model,
        invented_rows(meta),
        datasets,
    )
    runs = read_json(paths.RUN) if paths.RUN.exists() else {}
    write_json(paths.RUN, runs | {name: run})
    # Random ids stay in run.json: the receipt is the same for the same identity, so that DVC's lock is too.
    write_json(paths.receipt(name), {"identity": meta["identity"], "model": run["model_name"], "alias": registry.ALIAS})


def invented_rows(meta: dict) -> pd.DataFrame:
    """Two rows that are nobody's: the county's typical resident, and the same with nothing recorded."""
    typical = {column["name"]: meta["typical"][column["name"]] for column in meta["columns"]}
    nothing = {column["name"]: column["none"] for column in meta["columns"]}
    return pd.DataFrame([typical, nothing], dtype=np.float64)


def _flat(params: dict, above: str = "") -> dict:
    flat = {}
    for key, value in params.items():
        flat |= _flat(value, f"{above}{key}.") if isinstance(value, dict) else {f"{above}{key}": value}
    return flat


if __name__ == "__main__":
    main(register)
