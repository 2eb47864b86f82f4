"""MLflow, written in one place: one finished run and one model version per identity, however often it is asked.

The store is SQLite, the artefacts a folder beside it. MLflow keeps absolute paths only (mlflow/mlflow#3144), so a
project folder that was moved keeps its old runs' figures but not their artefacts: the next `log_run` sees that, puts
the old experiment aside under another name, and logs the identity again where the project is now. Nothing about a
person goes in: parameters, figures, the files it is given, digests and row counts of data, and invented rows.
"""

import contextlib
import json
import os
import shutil
from importlib.metadata import version
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pandas as pd

from models.bundle import TRUSTED

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # before mlflow is imported: personal-data environments allow none

IDENTITY = "foresight.identity"
ALIAS = "candidate"
REQUIREMENTS = ("mlflow", "scikit-learn", "lightgbm", "skops", "numpy", "scipy", "pandas")


def log_run(
    store_uri: str,
    artifact_root: str | Path,
    outcome: str,
    identity: str,
    params: dict,
    metrics: dict[str, float],
    artefacts: list[Path],
    model,
    input_example: pd.DataFrame,
    datasets: list[tuple[str, str, int]],
) -> dict:
    """Log a run of an outcome and register its model as foresight_<outcome>, alias candidate.

    `store_uri` is sqlite:///..., `artifact_root` a folder, `identity` the hash of data, params and code; `metrics` are
    flat (those that are None are left out); `input_example` is made up (rows x columns, float64), `datasets` are (name,
    digest, rows). Returns {"run_id", "experiment", "model_name", "model_version", "model_uri", "new"}. Where a finished
    run of this identity is already there it only moves the alias; the remains of an interrupted run are removed first.
    Raises ValueError where the example is not float64.
    """
    if not (input_example.dtypes == "float64").all():
        raise ValueError(
            "the input example must be float64: with whole numbers a missing value would break the signature"
        )
    import mlflow

    mlflow.set_tracking_uri(store_uri)
    mlflow.set_registry_uri(store_uri)
    client, name = mlflow.MlflowClient(store_uri, store_uri), f"foresight_{outcome}"
    experiment = _experiment(client, name, Path(artifact_root).resolve() / outcome)
    found = _finished(client, experiment, name, identity)
    if not found:
        _remove(client, experiment, name, identity)
        found = _log(client, experiment, name, identity, params, metrics, artefacts, model, input_example, datasets)
    run_id, model_version, new = found
    client.set_registered_model_alias(name, ALIAS, model_version)
    return {
        "run_id": run_id,
        "experiment": name,
        "model_name": name,
        "model_version": int(model_version),
        "model_uri": f"models:/{name}/{model_version}",
        "new": new,
    }


def _experiment(client, name: str, folder: Path) -> str:
    """Id of the experiment whose artefacts are in this folder, made where there is none."""
    here = folder.as_uri()
    experiment = client.get_experiment_by_name(name)
    if experiment and _path(experiment.artifact_location) != folder:
        client.rename_experiment(experiment.experiment_id, f"{name} (moved, {experiment.experiment_id})")
        experiment = None
    return experiment.experiment_id if experiment else client.create_experiment(name, here)


def _finished(client, experiment: str, name: str, identity: str) -> tuple[str, str, bool] | None:
    for run in _runs(client, experiment, identity):
        versions = client.search_model_versions(f"name='{name}' and run_id='{run.info.run_id}'")
        models = [_path(m.artifact_location) for m in _logged_models(client, experiment, run)]
        if run.info.status == "FINISHED" and versions and any((model / "MLmodel").is_file() for model in models):
            return run.info.run_id, versions[0].version, False
    return None


def _remove(client, experiment: str, name: str, identity: str) -> None:
    """Remove what an interrupted run left: model version, model, artefacts, and run (MLflow marks it as deleted)."""
    for run in _runs(client, experiment, identity):
        for left in client.search_model_versions(f"name='{name}' and run_id='{run.info.run_id}'"):
            client.delete_model_version(name, left.version)
        for model in _logged_models(client, experiment, run):
            client.delete_logged_model(model.model_id)
            shutil.rmtree(_path(model.artifact_location).parent, ignore_errors=True)
        shutil.rmtree(_path(run.info.artifact_uri).parent, ignore_errors=True)
        client.delete_run(run.info.run_id)


def _logged_models(client, experiment: str, run) -> list:
    return client.search_logged_models([experiment], f"source_run_id = '{run.info.run_id}'")


def _runs(client, experiment: str, identity: str) -> list:
    return client.search_runs([experiment], f"tags.`{IDENTITY}` = '{identity}'")


def _log(
    client, experiment, name, identity, params, metrics, artefacts, model, example, datasets
) -> tuple[str, str, bool]:
    import mlflow
    from mlflow.entities import Dataset, DatasetInput

    run = client.create_run(experiment, run_name=identity[:12], tags={IDENTITY: identity})
    run_id = run.info.run_id
    try:
        for key, value in params.items():
            client.log_param(run_id, key, value)
        for key, value in metrics.items():
            if value is not None:
                client.log_metric(run_id, key, float(value))
        for path in artefacts:
            client.log_artifact(run_id, str(path))
        client.log_inputs(
            run_id,
            [
                DatasetInput(Dataset(n, digest, "dvc", json.dumps({"name": n}), profile=json.dumps({"num_rows": rows})))
                for n, digest, rows in datasets
            ],
        )
        with _resumed(run_id):
            logged = mlflow.sklearn.log_model(
                model,
                name="model",
                registered_model_name=name,
                serialization_format="skops",
                skops_trusted_types=list(TRUSTED),
                signature=_signature(example),
                input_example=example,
                pyfunc_predict_fn="predict_proba",
                pip_requirements=[f"{package}=={version(package)}" for package in REQUIREMENTS],
            )
        client.set_model_version_tag(name, logged.registered_model_version, IDENTITY, identity)
        client.set_terminated(run_id, "FINISHED")
    except BaseException:
        client.set_terminated(run_id, "FAILED")
        raise
    return run_id, str(logged.registered_model_version), True


def _signature(example: pd.DataFrame):
    """Every column a double that must be there (its value may be missing); out come the two classes' probabilities."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema, TensorSpec

    columns = Schema([ColSpec(DataType.double, name) for name in example.columns])
    return ModelSignature(columns, Schema([TensorSpec(np.dtype("float64"), (-1, 2))]))


@contextlib.contextmanager
def _resumed(run_id: str):
    """The run as MLflow's current one, which log_model needs, without closing it."""
    import mlflow

    with mlflow.start_run(run_id=run_id, log_system_metrics=False):
        yield


def _path(uri: str) -> Path:
    return Path(unquote(urlsplit(uri).path))
