"""MLflow, written in one place: a run of the whole line, a run for each outcome below it, one for each candidate below.

A run is told apart by all that it shows, so that logging the same again changes nothing, and a model by its identity
and bytes: an outcome that did not change is shown under a new run, but its model keeps its version. Runs come first,
models after, each found again by its tags; so whatever is interrupted, the next call removes or completes. Writers take
turns by a lock beside the store; readers, such as `mlflow ui`, wait for them as long as SQLite is told to (20 s).

The store is SQLite, the artefacts a folder beside it. MLflow keeps absolute paths only (mlflow/mlflow#3144), so a
project folder that was moved keeps its old runs' figures but not their artefacts: the next `log` sees that, puts the
old experiment aside under another name, and logs everything again where the project is now. Nothing about a person
goes in: parameters, figures, the files it is given, digests and row counts of data, and invented rows.
"""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from urllib.parse import unquote, urlsplit

import filelock
import numpy as np
import pandas as pd

from features.errors import InputError
from models.bundle import TRUSTED

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # before mlflow is imported: personal-data environments allow none

EXPERIMENT = "foresight"
CANDIDATE, CHAMPION = "candidate", "champion"  # aliases: the model of the latest run, and the one that is approved
IDENTITY, SHA256, LEVEL = "foresight.identity", "foresight.sha256", "foresight.level"
PARENT, NOTE, CONTEXT = "mlflow.parentRunId", "mlflow.note.content", "mlflow.data.context"  # what MLflow's UI reads
REQUIREMENTS = ("mlflow", "scikit-learn", "lightgbm", "skops", "numpy", "scipy", "pandas")
BATCH = 100  # params at once, as MLflow allows
PATIENCE = 600  # seconds to wait for another writer: a run of five outcomes takes less than one


@dataclass(frozen=True)
class Shown:
    """What one run shows: params, figures (those that are None are left out), a note, data sets and files.

    `steps` are figures at step 1, 2, ...; `data` are (name, digest of at most 36 characters, rows); `files` are (folder
    among the run's artefacts, path).
    """

    params: dict[str, object]
    metrics: dict[str, float | None]
    steps: tuple[dict[str, float | None], ...] = ()
    note: str = ""
    data: tuple[tuple[str, str, int], ...] = ()
    files: tuple[tuple[str, Path], ...] = ()

    @property
    def identity(self) -> str:
        files = [(folder, path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for folder, path in self.files]
        return _hash(asdict(self) | {"files": files})


@dataclass(frozen=True)
class Model:
    """A model to register: its identity, the SHA-256 of what scoring uses of it, an invented input (rows x columns).

    `estimator` is what `models.stripped` leaves of it: it leaves with the run, and remembers no rows.
    """

    identity: str
    sha256: str
    estimator: object
    example: pd.DataFrame
    tags: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Trained:
    """An outcome: what its run shows, its candidates by name with what theirs show, and the model that was chosen."""

    shown: Shown
    candidates: dict[str, Shown]
    model: Model

    @property
    def identity(self) -> str:
        candidates = {name: shown.identity for name, shown in self.candidates.items()}
        return _hash([self.shown.identity, candidates, self.model.identity, self.model.sha256])


def log(
    store: Path,
    artefacts: Path,
    shown: Shown,
    outcomes: dict[str, Trained],
    tags: dict[str, str],
    say: Callable[[str], None] = lambda told: None,
) -> dict:
    """Log the run of the whole line and register each outcome's model as foresight_<outcome>, alias candidate.

    `store` is a SQLite file, `artefacts` a folder; `tags` (where the code, data and params came from) are put on runs
    and versions, and are no part of what tells a run apart. Returns {"run_id", "experiment", "new", "outcomes": {name:
    {"run_id", "model_name", "model_version", "model_uri", "new"}}}. Raises ValueError where an example is not float64,
    InputError where another writer does not end.
    """
    if any((trained.model.example.dtypes != "float64").any() for trained in outcomes.values()):
        raise ValueError(
            "the input example must be float64: with whole numbers a missing value would break the signature"
        )
    with _client(store) as client:
        experiment = _experiment(client, Path(artefacts).resolve())
        _sweep(client, experiment)
        identity = _hash([shown.identity, {name: trained.identity for name, trained in outcomes.items()}])
        found = _runs(client, experiment, f"tags.`{LEVEL}` = 'run' and tags.`{IDENTITY}` = '{identity}'")
        run_id = found[0].info.run_id if found else _log(client, experiment, identity, shown, outcomes, tags)
        below = _runs(client, experiment, f"tags.`{PARENT}` = '{run_id}'")
        runs = {run.data.tags["foresight.outcome"]: run for run in below}
        registered = {}
        for name, trained in outcomes.items():
            told = _registered(client, experiment, runs[name], name, trained.model, tags)
            say(f"{name}: version {told['model_version']} of {told['model_name']}" + (", new" if told["new"] else ""))
            registered[name] = told
    return {"run_id": run_id, "experiment": EXPERIMENT, "new": not found, "outcomes": registered}


def crown(store: Path, approved: dict[str, Collection[tuple[str, str]]]) -> dict[str, int | None]:
    """Put the alias champion, of each outcome, on the newest version whose (identity, SHA-256) is among those approved.

    Takes it away where none is. Returns the version, or None, of every outcome that has a model registered. Makes the
    store where there is none, so that a reader who comes next does not: MLflow is no good at making it twice at once.
    """
    champions: dict[str, int | None] = {}
    with _client(store) as client:
        for outcome, keys in approved.items():
            name = f"foresight_{outcome}"
            versions = _versions(client, name)
            live = [v for v in versions if (v.tags.get(IDENTITY), v.tags.get(SHA256)) in keys and _in_place(client, v)]
            if live:
                client.set_registered_model_alias(name, CHAMPION, live[0].version)
            elif versions:
                client.delete_registered_model_alias(name, CHAMPION)
            if versions:
                champions[outcome] = int(live[0].version) if live else None
    return champions


@contextlib.contextmanager
def _client(store: Path) -> Iterator:
    """MLflow on this store, whose tables are made where there are none, while nobody else writes to it."""
    store.parent.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(f"{store}.lock", timeout=PATIENCE):
            import mlflow

            uri = f"sqlite:///{store}"
            mlflow.set_tracking_uri(uri)
            mlflow.set_registry_uri(uri)
            yield mlflow.MlflowClient(uri, uri)
    except filelock.Timeout:
        raise InputError(
            f"{store}: another run has been writing to it for {PATIENCE} seconds; wait for it or end it, and run again"
        ) from None


def _experiment(client, folder: Path) -> str:
    """Id of the experiment whose artefacts are in this folder, made where there is none."""
    found = client.get_experiment_by_name(EXPERIMENT)
    if found and _path(found.artifact_location) != folder:
        client.rename_experiment(found.experiment_id, f"{EXPERIMENT} (moved, {found.experiment_id})")
        found = None
    return found.experiment_id if found else client.create_experiment(EXPERIMENT, folder.as_uri())


def _sweep(client, experiment: str) -> None:
    """Remove what an interrupted call left: whoever has the lock knows that nobody is still at it."""
    for run in _runs(client, experiment, f"tags.`{LEVEL}` = 'run' and attributes.status != 'FINISHED'"):
        _remove(client, experiment, run)
    for model in client.search_logged_models([experiment]):
        name = model.tags.get("foresight.model")
        if name and model.model_id not in {_model_id(v) for v in _versions(client, name)}:
            client.delete_logged_model(model.model_id)
            shutil.rmtree(_path(model.artifact_location).parent, ignore_errors=True)


def _remove(client, experiment: str, run) -> None:
    for below in _runs(client, experiment, f"tags.`{PARENT}` = '{run.info.run_id}'"):
        _remove(client, experiment, below)
    shutil.rmtree(_path(run.info.artifact_uri).parent, ignore_errors=True)
    client.delete_run(run.info.run_id)  # MLflow only marks it as deleted


def _runs(client, experiment: str, which: str) -> list:
    return client.search_runs([experiment], which)


def _log(client, experiment, identity, shown, outcomes, tags) -> str:
    """The id of a new run with all that is below it; the run is finished last, so that it is all there or swept."""

    def write(name: str, level: str, identity: str, shown: Shown, parent: str | None = None, **more: str) -> str:
        above = {PARENT: parent} if parent else {}
        note = {NOTE: shown.note} if shown.note else {}
        named = {f"foresight.{key}": value for key, value in more.items()}
        run = client.create_run(
            experiment, run_name=name, tags={**tags, **above, **note, **named, LEVEL: level, IDENTITY: identity}
        )
        _write(client, run, shown)
        return run.info.run_id

    top = write(identity[:12], "run", identity, shown)
    for name, trained in outcomes.items():
        run = write(name, "outcome", trained.identity, trained.shown, top, outcome=name)
        for candidate, its in trained.candidates.items():
            below = {"outcome": name, "candidate": candidate}
            client.set_terminated(write(f"{name} {candidate}", "candidate", its.identity, its, run, **below))
        client.set_terminated(run)
    client.set_terminated(top)
    return top


def _write(client, run, shown: Shown) -> None:
    from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param

    run_id, at = run.info.run_id, run.info.start_time
    params = [Param(key, str(value)) for key, value in shown.params.items()]
    metrics = [
        Metric(key, float(value), at, step)
        for step, figures in enumerate([shown.metrics, *shown.steps])
        for key, value in figures.items()
        if value is not None
    ]
    for start in range(0, max(len(params), len(metrics)), BATCH):
        client.log_batch(run_id, metrics[start : start + BATCH], params[start : start + BATCH])
    if shown.data:
        data = [
            Dataset(name, digest, "dvc", json.dumps({"name": name}), profile=json.dumps({"num_rows": rows}))
            for name, digest, rows in shown.data
        ]
        client.log_inputs(run_id, [DatasetInput(each, [InputTag(CONTEXT, each.name.split("/")[0])]) for each in data])
    for folder, path in shown.files:
        client.log_artifact(run_id, str(path), folder or None)


def _registered(client, experiment: str, run, outcome: str, model: Model, tags: dict[str, str]) -> dict:
    """The version with this model's identity and bytes, made where there is none, linked with the run."""
    from mlflow.entities import LoggedModelOutput

    name, run_id = f"foresight_{outcome}", run.info.run_id
    same = [v for v in _versions(client, name) if (v.tags.get(IDENTITY), v.tags.get(SHA256)) == _key(model)]
    found = next((v for v in same if _in_place(client, v)), None)
    registered = found or _register(client, experiment, run_id, name, model, tags)
    number = str(registered.version)
    if run.data.tags.get("foresight.version") != number:
        client.log_outputs(run_id, [LoggedModelOutput(_model_id(registered), step=0)])
        client.set_tag(run_id, "foresight.version", number)
    client.set_registered_model_alias(name, CANDIDATE, number)
    return {
        "run_id": run_id,
        "model_name": name,
        "model_version": int(number),
        "model_uri": f"models:/{name}/{number}",
        "new": found is None,
    }


def _register(client, experiment: str, run_id: str, name: str, model: Model, tags: dict[str, str]):
    import mlflow

    identity, sha256 = _key(model)
    logged = client.create_logged_model(experiment, name, run_id, tags={"foresight.model": name})
    # The tags are put on the version as it is made: a version that is there has them.
    told = mlflow.sklearn.log_model(
        model.estimator,
        model_id=logged.model_id,
        registered_model_name=name,
        tags={**tags, **{f"foresight.{key}": str(value) for key, value in model.tags.items()}}
        | {IDENTITY: identity, SHA256: sha256},
        serialization_format="skops",
        skops_trusted_types=list(TRUSTED),
        signature=_signature(model.example),
        input_example=model.example,
        pyfunc_predict_fn="predict_proba",
        pip_requirements=[f"{package}=={version(package)}" for package in REQUIREMENTS],
    )
    return client.get_model_version(name, str(told.registered_model_version))


def _versions(client, name: str) -> list:
    """The versions of a registered model, the newest first; none where it is not registered."""
    return sorted(client.search_model_versions(f"name='{name}'"), key=lambda v: int(v.version), reverse=True)


def _in_place(client, registered) -> bool:
    """Whether the files of a version are where MLflow believes them to be."""
    from mlflow.exceptions import MlflowException

    try:
        location = client.get_logged_model(_model_id(registered)).artifact_location
    except MlflowException:  # somebody deleted it
        return False
    return (_path(location) / "MLmodel").is_file()


def _model_id(registered) -> str:
    return registered.source.removeprefix("models:/")  # SQLite's store leaves model_id empty


def _key(model: Model) -> tuple[str, str]:
    return model.identity, model.sha256


def _signature(example: pd.DataFrame):
    """Every column a double that must be there (its value may be missing); out come the two classes' probabilities."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema, TensorSpec

    columns = Schema([ColSpec(DataType.double, name) for name in example.columns])
    return ModelSignature(columns, Schema([TensorSpec(np.dtype("float64"), (-1, 2))]))


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _path(uri: str) -> Path:
    return Path(unquote(urlsplit(uri).path))
