"""MLflow: one run and one version per identity; the registered model predicts the same where this project is absent."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models import registry
from models.calibration import calibrate
from models.candidates import candidates
from models.registry import Model, Shown, Trained

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own deprecation warnings
COLUMNS = [{"name": "visits", "direction": 1, "days": [365]}, {"name": "age", "direction": 0, "days": []}]
EXAMPLE = pd.DataFrame({"visits": [0.0, 2.0], "age": [34.0, np.nan]})
OTHER_SERVICE = """
import json, sys
for ours in ("features", "models", "pipelines"):
    sys.modules[ours] = None  # importing it fails, even where the project is installed in this environment
import mlflow, pandas as pd
mlflow.set_tracking_uri(sys.argv[1])
model = mlflow.pyfunc.load_model("models:/foresight_demo@candidate")
rows = pd.read_json(sys.argv[2], orient="split", dtype="float64", precise_float=True)
print(json.dumps(model.predict(rows)[:, 1].tolist()))
"""
WRITER = """
import sys
from pathlib import Path
import pandas as pd
from sklearn.dummy import DummyClassifier
from models.registry import Model, Shown, Trained, log
number, folder = int(sys.argv[1]), Path(sys.argv[2])
model = DummyClassifier().fit([[0.0], [1.0]], [0, 1])
trained = Trained(Shown({}, {"auc": 0.7}), {"rule": Shown({}, {"auc": 0.6})},
                  Model("m1", "s1", model, pd.DataFrame({"visits": [0.0]})))
told = log(folder / "mlflow.db", folder / "artefacts", Shown({"number": number % 2}, {}), {"demo": trained}, {})
print(told["run_id"], told["outcomes"]["demo"]["model_version"])
"""
READER = """
import sys, time
from pathlib import Path
from models.registry import crown
crown(Path(sys.argv[1]) / "mlflow.db", {})  # as `make ui` does
import mlflow
client = mlflow.MlflowClient("sqlite:///" + sys.argv[1] + "/mlflow.db")
while len(client.search_runs([e.experiment_id for e in client.search_experiments()])) < 6:
    time.sleep(0.01)
"""


def rows(n=300):
    random = np.random.default_rng(0)
    X = pd.DataFrame({"visits": random.poisson(1, n).astype(float), "age": random.integers(16, 90, n).astype(float)})
    X.loc[::9, "age"] = np.nan
    return X, random.random(n) < 1 / (1 + np.exp(2 - X.visits))


@pytest.fixture(scope="module")
def estimator():
    X, y = rows()
    return calibrate(
        candidates(COLUMNS, {"lightgbm": {"n_estimators": 10, "n_jobs": 1}}, seed=1)["lightgbm"].fit(X, y), X, y
    )


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory):
    """A store with its tables made, which takes seconds, and nothing in it."""
    import mlflow

    folder = tmp_path_factory.mktemp("store")
    mlflow.MlflowClient(f"sqlite:///{folder}/mlflow.db").search_experiments()
    return folder / "mlflow.db"


@pytest.fixture
def demo(tmp_path, estimator):
    """A trained outcome with two candidates."""
    (tmp_path / "card.html").write_text("<p>card</p>")
    shown = Shown(
        {"horizon_days": 365},
        {"auc": 0.7, "auc.low": 0.6, "slope": None},
        note="the simplest",
        data=(("matrix/demo", "d1e2", 300),),
        files=(("reports", tmp_path / "card.html"),),
    )
    its = Shown({"C": 0.05}, {"auc": 0.7}, steps=({"fold.auc": 0.71, "fold.regret": 0.0}, {"fold.auc": 0.69}))
    model = Model("m1", "s1", estimator, EXAMPLE, {"use_level": "prioritisation", "auc": 0.7})
    return Trained(shown, {"rule": Shown({"column": "visits"}, {"auc": 0.6}), "logistic": its}, model)


@pytest.fixture
def log(tmp_path, empty_store, demo):
    """Logs the demo outcome, and any given beside it or in its place, to a store of this test's own."""
    shutil.copy(empty_store, tmp_path / "mlflow.db")

    def run(folder=tmp_path, test_from="2023-01-01", commit="c0ffee", **outcomes):
        shown = Shown({"test_from": test_from}, {"demo/auc": 0.7})
        tags = {"mlflow.source.git.commit": commit}
        return registry.log(folder / "mlflow.db", folder / "artefacts", shown, {"demo": demo} | outcomes, tags)

    return run


def client(folder):
    import mlflow

    return mlflow.MlflowClient(f"sqlite:///{folder}/mlflow.db", f"sqlite:///{folder}/mlflow.db")


def runs(folder, which=""):
    mlflow = client(folder)
    return mlflow.search_runs([e.experiment_id for e in mlflow.search_experiments()], which)


def below(folder, run_id):
    """The runs that MLflow's UI shows below a run, by name."""
    return {run.info.run_name: run for run in runs(folder, f"tags.`mlflow.parentRunId` = '{run_id}'")}


def versions(folder, name="foresight_demo"):
    found = client(folder).search_model_versions(f"name='{name}'")
    return sorted((int(version.version), version.tags["foresight.identity"]) for version in found)


def alias(folder, name):
    """The version that has the alias; None where none has."""
    version = client(folder).get_registered_model("foresight_demo").aliases.get(name)
    return version and int(version)


def test_a_run_holds_its_outcomes_and_they_their_candidates(log, tmp_path):
    logged = log()
    outcome = below(tmp_path, logged["run_id"])["demo"]
    assert outcome.info.run_id == logged["outcomes"]["demo"]["run_id"]
    assert set(below(tmp_path, outcome.info.run_id)) == {"demo rule", "demo logistic"}
    assert {run.info.status for run in runs(tmp_path)} == {"FINISHED"}
    assert {run.data.tags["mlflow.source.git.commit"] for run in runs(tmp_path)} == {"c0ffee"}


def test_a_run_holds_what_it_was_given_and_nobodys_name(log, tmp_path):
    logged = log()
    top, run = (client(tmp_path).get_run(of["run_id"]) for of in (logged, logged["outcomes"]["demo"]))
    assert (top.data.params, top.data.metrics) == ({"test_from": "2023-01-01"}, {"demo/auc": 0.7})
    assert run.data.params == {"horizon_days": "365"}
    assert run.data.metrics == {"auc": 0.7, "auc.low": 0.6}
    assert run.data.tags["mlflow.note.content"] == "the simplest"
    assert not {"mlflow.user", "mlflow.source.name"} & set(run.data.tags)
    data = run.inputs.dataset_inputs[0].dataset
    assert (data.name, data.digest, json.loads(data.profile)) == ("matrix/demo", "d1e2", {"num_rows": 300})
    assert [f.path for f in client(tmp_path).list_artifacts(run.info.run_id, "reports")] == ["reports/card.html"]
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_folds_are_steps_of_a_candidates_run(log, tmp_path):
    logistic = below(tmp_path, log()["outcomes"]["demo"]["run_id"])["demo logistic"]
    history = client(tmp_path).get_metric_history(logistic.info.run_id, "fold.auc")
    assert [(metric.step, metric.value) for metric in history] == [(1, 0.71), (2, 0.69)]
    assert logistic.data.params == {"C": "0.05"}
    assert logistic.data.metrics["auc"] == 0.7


def test_more_params_and_figures_than_one_batch_holds_all_arrive(log, tmp_path, demo):
    many = {f"n{i:03}": float(i) for i in range(250)}
    logged = log(demo=replace(demo, shown=replace(demo.shown, params=many, metrics=many)))
    run = client(tmp_path).get_run(logged["outcomes"]["demo"]["run_id"])
    assert run.data.metrics == many
    assert run.data.params == {key: str(value) for key, value in many.items()}


def test_a_version_says_what_it_is_and_where_it_came_from(log, tmp_path):
    logged = log()["outcomes"]["demo"]
    version = client(tmp_path).get_model_version("foresight_demo", str(logged["model_version"]))
    assert version.tags == {
        "foresight.identity": "m1",
        "foresight.sha256": "s1",
        "foresight.use_level": "prioritisation",
        "foresight.auc": "0.7",
        "mlflow.source.git.commit": "c0ffee",
    }
    assert version.run_id == logged["run_id"]
    assert alias(tmp_path, "candidate") == logged["model_version"] == 1


def test_the_same_again_changes_nothing(log, tmp_path):
    first, again = log(), log(commit="another")
    assert (first["new"], first["outcomes"]["demo"]["new"]) == (True, True)
    assert (again["new"], again["outcomes"]["demo"]["new"]) == (False, False)
    assert again["run_id"] == first["run_id"]
    assert again["outcomes"]["demo"]["run_id"] == first["outcomes"]["demo"]["run_id"]
    assert len(runs(tmp_path)) == 4
    assert versions(tmp_path) == [(1, "m1")]


def test_a_changed_outcome_makes_a_new_run_in_which_the_others_keep_their_versions(log, tmp_path, demo):
    first = log(other=demo)
    changed = replace(demo, model=replace(demo.model, identity="m2", sha256="s2"))
    second = log(other=changed)
    assert second["run_id"] != first["run_id"]
    assert set(below(tmp_path, second["run_id"])) == {"demo", "other"}
    assert versions(tmp_path) == [(1, "m1")]
    assert versions(tmp_path, "foresight_other") == [(1, "m1"), (2, "m2")]
    kept = client(tmp_path).get_run(second["outcomes"]["demo"]["run_id"])
    source = client(tmp_path).get_model_version("foresight_demo", "1").source
    assert kept.data.tags["foresight.version"] == "1"
    assert [f"models:/{output.model_id}" for output in kept.outputs.model_outputs] == [source]


def test_a_card_that_changed_is_shown_and_the_model_keeps_its_version(log, tmp_path):
    first = log()
    (tmp_path / "card.html").write_text("<p>another</p>")
    second = log()
    assert second["new"]
    assert second["run_id"] != first["run_id"]
    assert versions(tmp_path) == [(1, "m1")]


def test_candidate_follows_the_latest_run(log, tmp_path, demo):
    log()
    log(demo=replace(demo, model=replace(demo.model, identity="m2")))
    assert alias(tmp_path, "candidate") == 2
    assert not log()["new"]
    assert alias(tmp_path, "candidate") == 1


def test_champion_is_the_newest_version_that_is_approved(log, tmp_path, demo):
    store = tmp_path / "mlflow.db"
    log()
    log(demo=replace(demo, model=replace(demo.model, identity="m2")))
    assert alias(tmp_path, "champion") is None
    first, second = ("m1", demo.model.sha256), ("m2", demo.model.sha256)
    assert registry.crown(store, {"demo": {first}, "unknown": {first}}) == {"demo": 1}
    assert alias(tmp_path, "champion") == 1
    assert registry.crown(store, {"demo": {first, second}}) == {"demo": 2}
    # The bytes that were approved, not whatever bears the same identity.
    assert registry.crown(store, {"demo": {("m1", "other bytes")}}) == {"demo": None}
    assert registry.crown(store, {"demo": {first}}) == {"demo": 1}
    assert registry.crown(store, {"demo": set()}) == {"demo": None}
    assert alias(tmp_path, "champion") is None
    assert alias(tmp_path, "candidate") == 2


@pytest.mark.parametrize(
    ("killed_at", "at"),
    [("create_run", 3), ("set_terminated", 4), ("log_model_artifacts", 1), ("_create_model_version", 1)],
)
def test_what_a_killed_run_left_is_removed_or_completed(log, tmp_path, monkeypatch, killed_at, at):
    import mlflow

    real, calls = getattr(mlflow.MlflowClient, killed_at), []

    def die(*given, **named):
        calls.append(killed_at)
        if len(calls) == at:
            raise KeyboardInterrupt
        return real(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(mlflow.MlflowClient, killed_at, die)
        with pytest.raises(KeyboardInterrupt):
            log()
    logged = log()
    assert {run.info.status for run in runs(tmp_path)} == {"FINISHED"}
    assert set(below(tmp_path, logged["run_id"])) == {"demo"}
    assert len(runs(tmp_path)) == 4
    assert versions(tmp_path) == [(1, "m1")]
    assert len(list((tmp_path / "artefacts" / "models").iterdir())) == 1
    experiments = [e.experiment_id for e in client(tmp_path).search_experiments()]
    assert len(client(tmp_path).search_logged_models(experiments)) == 1


def test_runs_that_others_keep_in_the_experiment_are_left_alone(log, tmp_path):
    experiment = client(tmp_path).get_run(log()["run_id"]).info.experiment_id
    theirs = client(tmp_path).create_run(experiment, run_name="a notebook").info.run_id
    log(test_from="2023-07-01")
    assert client(tmp_path).get_run(theirs).info.lifecycle_stage == "active"


def test_a_model_whose_files_were_deleted_is_registered_again(log, tmp_path):
    first = log()
    shutil.rmtree(tmp_path / "artefacts" / "models")
    again = log()
    assert not again["new"]
    assert again["outcomes"]["demo"]["new"]
    assert again["outcomes"]["demo"]["run_id"] == first["outcomes"]["demo"]["run_id"]
    assert alias(tmp_path, "candidate") == 2
    assert not log()["outcomes"]["demo"]["new"]


def test_a_moved_project_is_logged_again_where_it_now_is(log, tmp_path):
    log()
    here = tmp_path / "moved here"
    here.mkdir()
    for name in ("mlflow.db", "artefacts"):
        shutil.move(tmp_path / name, here / name)
    again = log(folder=here)
    assert again["new"]
    assert not (tmp_path / "artefacts").exists()
    assert again["outcomes"]["demo"]["model_version"] == 2
    assert "foresight" in {experiment.name for experiment in client(here).search_experiments()}
    assert not log(folder=here)["new"]


def test_writers_at_once_on_a_fresh_store_leave_one_run_of_each_identity(tmp_path):
    reader = subprocess.Popen([sys.executable, "-c", READER, str(tmp_path)], stderr=subprocess.PIPE, text=True)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(number), str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    told = [writer.communicate(timeout=300) for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 3, told
    _, said = reader.communicate(timeout=60)
    assert reader.returncode == 0, said
    even, odd, again = [out.split()[0] for out, _ in told]
    assert even == again != odd
    assert len(runs(tmp_path, "tags.`foresight.level` = 'run'")) == 2
    assert len(runs(tmp_path)) == 6
    assert versions(tmp_path) == [(1, "m1")]


def test_another_service_loads_it_and_predicts_the_same(log, tmp_path, estimator):
    log()
    X, _ = rows()
    X.to_json(tmp_path / "rows.json", orient="split", double_precision=15)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ran = subprocess.run(
        [sys.executable, "-I", "-c", OTHER_SERVICE, f"sqlite:///{tmp_path}/mlflow.db", str(tmp_path / "rows.json")],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"},
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == estimator.predict_proba(X)[:, 1].tolist()


def test_the_signature_wants_every_column_as_float64(log, demo):
    from mlflow.models import get_model_info

    signature = get_model_info(log()["outcomes"]["demo"]["model_uri"]).signature
    assert [(c.name, c.type.name, c.required) for c in signature.inputs] == [
        ("visits", "double", True),
        ("age", "double", True),
    ]
    whole = replace(demo.model, example=pd.DataFrame({"visits": [1], "age": [2]}))
    with pytest.raises(ValueError, match="must be float64"):
        log(demo=replace(demo, model=whole))
