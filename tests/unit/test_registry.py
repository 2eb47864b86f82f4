"""MLflow: one run and one version per identity; the registered model predicts the same where this project is absent."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from models import registry
from models.calibration import calibrate
from models.candidates import candidates

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own deprecation warnings
COLUMNS = [{"name": "visits", "direction": 1, "days": [365]}, {"name": "age", "direction": 0, "days": []}]
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


def rows(n=300):
    random = np.random.default_rng(0)
    X = pd.DataFrame({"visits": random.poisson(1, n).astype(float), "age": random.integers(16, 90, n).astype(float)})
    X.loc[::9, "age"] = np.nan
    return X, random.random(n) < 1 / (1 + np.exp(2 - X.visits))


@pytest.fixture(scope="module")
def model():
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
def log(tmp_path, empty_store, model):
    """Logs the demo outcome to a store of this test's own; any argument can be given another value."""
    shutil.copy(empty_store, tmp_path / "mlflow.db")
    (tmp_path / "metrics.json").write_text("{}")

    def run(folder=tmp_path, **changes):
        given = {
            "store_uri": f"sqlite:///{folder}/mlflow.db",
            "artifact_root": folder / "artefacts",
            "outcome": "demo",
            "identity": "abc",
            "params": {"horizon_days": 365},
            "metrics": {"auc.value": 0.7, "auc.low": None},
            "artefacts": [tmp_path / "metrics.json"],
            "model": model,
            "datasets": [("matrix/demo", "d1e2", 300)],
            "input_example": pd.DataFrame({"visits": [0.0, 2.0], "age": [34.0, np.nan]}),
        }
        return registry.log_run(**given | changes)

    return run


def client(folder):
    import mlflow

    return mlflow.MlflowClient(f"sqlite:///{folder}/mlflow.db", f"sqlite:///{folder}/mlflow.db")


def runs(folder):
    mlflow = client(folder)
    return mlflow.search_runs([e.experiment_id for e in mlflow.search_experiments()])


def test_the_run_holds_what_it_was_given_and_nobodys_name(log, tmp_path):
    logged = log()
    run = client(tmp_path).get_run(logged["run_id"])
    assert run.info.status == "FINISHED"
    assert run.data.params == {"horizon_days": "365"}
    assert run.data.metrics == {"auc.value": 0.7}
    assert run.data.tags == {"foresight.identity": "abc", "mlflow.runName": "abc"}
    data = run.inputs.dataset_inputs[0].dataset
    assert (data.name, data.digest, json.loads(data.profile)) == ("matrix/demo", "d1e2", {"num_rows": 300})
    assert [f.path for f in client(tmp_path).list_artifacts(logged["run_id"])] == ["metrics.json"]
    version = client(tmp_path).get_model_version_by_alias("foresight_demo", "candidate")
    assert version.run_id == logged["run_id"]
    assert int(version.version) == logged["model_version"] == 1
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_the_same_identity_makes_no_second_run_or_version(log, tmp_path):
    first, again = log(), log(artefacts=[])
    assert first["new"]
    assert not again["new"]
    assert {**first, "new": None} == {**again, "new": None}
    assert len(runs(tmp_path)) == 1
    other = log(identity="def")
    assert other["model_version"] == 2
    assert client(tmp_path).get_model_version_by_alias("foresight_demo", "candidate").version == 2
    assert log()["run_id"] == first["run_id"]  # back to the first: the alias follows
    assert client(tmp_path).get_model_version_by_alias("foresight_demo", "candidate").version == 1


def test_a_failed_run_is_replaced(log, tmp_path):
    with pytest.raises(FileNotFoundError):
        log(artefacts=[tmp_path / "metrics.json", tmp_path / "missing.json"])
    assert [r.info.status for r in runs(tmp_path)] == ["FAILED"]
    logged = log()
    assert [(r.info.run_id, r.info.status) for r in runs(tmp_path)] == [(logged["run_id"], "FINISHED")]
    assert len(list((tmp_path / "artefacts" / "demo").glob("*/artifacts/metrics.json"))) == 1


def test_a_run_killed_after_its_model_was_registered_is_replaced(log, tmp_path):
    killed = log()
    client(tmp_path).update_run(killed["run_id"], status="RUNNING")
    logged = log()
    assert [r.info.run_id for r in runs(tmp_path)] == [logged["run_id"]] != [killed["run_id"]]
    versions = client(tmp_path).search_model_versions("name='foresight_demo'")
    assert [(v.run_id, v.version) for v in versions] == [(logged["run_id"], logged["model_version"])]
    assert len(list((tmp_path / "artefacts" / "demo" / "models").iterdir())) == 1


def test_a_run_whose_model_was_deleted_is_logged_again(log, tmp_path):
    first = log(artefacts=[])
    shutil.rmtree(tmp_path / "artefacts")
    again = log(artefacts=[])
    assert again["new"]
    assert again["run_id"] != first["run_id"]
    assert len(runs(tmp_path)) == 1


def test_a_moved_project_is_logged_again_where_it_now_is(log, tmp_path):
    log()
    here = tmp_path / "moved here"
    here.mkdir()
    for name in ("mlflow.db", "artefacts"):
        shutil.move(tmp_path / name, here / name)
    again = log(folder=here)
    assert again["new"]
    assert not (tmp_path / "artefacts").exists()
    assert again["model_version"] == 2
    assert sorted(e.name for e in client(here).search_experiments() if e.name != "Default")[0] == "foresight_demo"
    assert not log(folder=here)["new"]


def test_another_service_loads_it_and_predicts_the_same(log, tmp_path, model):
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
    assert json.loads(ran.stdout) == model.predict_proba(X)[:, 1].tolist()


def test_the_signature_wants_every_column_as_float64(log, tmp_path):
    from mlflow.models import get_model_info

    signature = get_model_info(log()["model_uri"]).signature
    assert [(c.name, c.type.name, c.required) for c in signature.inputs] == [
        ("visits", "double", True),
        ("age", "double", True),
    ]
    with pytest.raises(ValueError, match="must be float64"):
        log(identity="x", input_example=pd.DataFrame({"visits": [1], "age": [2]}))
