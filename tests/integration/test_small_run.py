"""The whole line on a small invented county: what it leaves behind, and what a second run and a changed knob do."""

import json
import re

import pandas as pd
import pytest

from models import bundle
from models.documents import DOCUMENTS
from pipelines.code import ROOT

OUTCOMES = ("complex_dependency", "escalation")
OTHER_SERVICE = """
import importlib.abc, json, sys

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("features", "models", "pipelines"):
            raise ModuleNotFoundError(f"{name} is not on this machine")

sys.meta_path.insert(0, Absent())
import mlflow, pandas as pd
mlflow.set_tracking_uri("sqlite:///" + sys.argv[1])
model = mlflow.pyfunc.load_model(f"models:/foresight_{sys.argv[2]}@candidate")
rows = pd.read_parquet(sys.argv[3])
print(json.dumps(model.predict(rows)[:, 1].tolist()))
"""


def read(run, path):
    return json.loads((run.folder / path).read_text())


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_cards_metrics_and_scores_are_there_and_bear_one_identity(small_run, outcome):
    identity = read(small_run, f"models/bundles/{outcome}/bundle.json")["meta"]["identity"]
    for name in ("test", "groups", "audit", "stability", "calibration", "explanation", "inputs", "gates"):
        assert read(small_run, f"data/evidence/{outcome}/{name}.json")["identity"] == identity
    assert read(small_run, f"metrics/{outcome}/ceiling.json")["identity"] == identity
    assert read(small_run, f"models/registered/{outcome}.json")["identity"] == identity
    for kind in DOCUMENTS:
        for page in (f"{kind.name}.md", f"{kind.name}.html"):
            assert identity in (small_run.folder / "reports" / outcome / page).read_text()
    assert read(small_run, f"reports/{outcome}/atrs.json")["identity"] == identity
    scores = pd.read_parquet(small_run.folder / "scores" / f"{outcome}.parquet")
    assert set(scores["model"]) == {identity}
    assert set(scores["approval"]) == {"unapproved: invented residents only"}
    assert scores["probability"].between(scores["low"], scores["high"]).all()
    assert scores[["low", "high"]].stack().between(0, 1).all()
    assert scores["reason_1"].notna().mean() > 0.9
    assert scores["rank"].is_monotonic_increasing
    assert scores["probability"].is_monotonic_decreasing


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_chosen_model_stands_beside_the_ceiling(small_run, outcome):
    found = read(small_run, f"metrics/{outcome}/ceiling.json")
    measured = read(small_run, f"data/evidence/{outcome}/test.json")["figures"]["auc"]
    assert found["auc"] == pytest.approx(measured, abs=1e-4)
    assert 0.5 < found["ceiling_auc"]["value"] < 1
    page = (small_run.folder / "reports" / outcome / "evaluation.md").read_text()
    assert "| AUC of the best possible |" in page


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_test_is_also_judged_with_outcomes_counted_otherwise(small_run, outcome):
    measured = read(small_run, f"data/evidence/{outcome}/test.json")
    left = measured["varied"]["those who left as with the outcome"]
    assert left["n"] > measured["figures"]["n"]
    assert left["events"] - measured["figures"]["events"] == left["n"] - measured["figures"]["n"]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_audit_looks_at_every_fold_and_agrees_with_the_groups(small_run, outcome):
    audit, groups = (read(small_run, f"data/evidence/{outcome}/{name}.json") for name in ("audit", "groups"))
    cuts = [fold["cut"] for fold in read(small_run, f"data/evidence/{outcome}/folds.json")["folds"]]
    assert [fold["cut"] for fold in audit["folds"]] == cuts
    at_capacity = {t["group"]: t["fnr"] for t in audit["thresholds"]["sex"] if t["times"] == 1}
    assert at_capacity == {g["group"]: g["fnr"] for g in groups["groups"]["sex"]}
    assert [(g["group"], g["events"]) for g in audit["gaps"]["sex"]] == [
        (g["group"], g["events"]) for g in groups["groups"]["sex"]
    ]
    assert set(audit["proxies"]) == {"sex", "ethnicity", "disability"}
    sooner = {"complex_dependency": "within 182 days", "escalation": "within 90 days"}[outcome]
    assert {"as recorded", sooner} <= set(audit["labels"])
    assert audit["linkage"]["dropped"]["listed"] == pytest.approx(
        sum(g["flagged"] for g in groups["groups"]["sex"]), abs=0.05
    )


def test_a_second_run_runs_nothing(small_run):
    done = small_run.run("dvc", "repro")
    assert "Running stage" not in done.stdout
    assert "Data and pipelines are up to date." in done.stdout


def test_an_experiment_runs_only_the_stages_that_read_the_changed_parameter(small_run):
    done = small_run.run("dvc", "exp", "run", "-S", "explain.reasons=2")
    ran = set(re.findall(r"Running stage '([^']+)'", done.stdout))
    small_run.run("git", "checkout", "--", ".")
    small_run.run("dvc", "checkout", "--force")
    assert ran == {f"score@county-{outcome}" for outcome in OUTCOMES}


def test_a_knob_of_one_outcome_leaves_the_other_alone(small_run):
    small_run.edit("params.yaml", ("capacity: 100", "capacity: 50"))
    try:
        changed = set(json.loads(small_run.run("dvc", "status", "--json").stdout))
    finally:
        small_run.edit("params.yaml", ("capacity: 50", "capacity: 100"))
    assert "evaluate@escalation" in changed
    assert "train@escalation" not in changed  # a longer list is no other model: approvals stay
    assert not any("complex_dependency" in stage or stage == "county@county" for stage in changed)


def test_a_date_more_builds_that_date(small_run):
    small_run.edit("params.yaml", ('"2023-01-01", "2023-07-01"]', '"2023-01-01", "2023-04-01", "2023-07-01"]'))
    try:
        done = small_run.run("dvc", "repro", "matrix@escalation")
    finally:
        small_run.edit("params.yaml", ('"2023-01-01", "2023-04-01", "2023-07-01"]', '"2023-01-01", "2023-07-01"]'))
        small_run.run("git", "checkout", "--", ".")
        small_run.run("dvc", "checkout", "--force")
    assert "escalation: 1 date built, 10 dates as they were" in done.stderr


def test_no_stage_reached_for_the_network(small_run):
    assert not small_run.called_out.exists()


def test_no_identifier_in_logs_reports_metrics_or_mlflow(small_run):
    residents = pd.read_parquet(small_run.folder / "data/single_view/residents.parquet")["resident_id"]
    ids = set(residents.sample(200, random_state=1))
    public = [small_run.folder / name for name in ("run.log", "mlflow.db", "dvc.lock")]
    public += [
        path
        for name in ("reports", "metrics", "mlartifacts")
        for path in (small_run.folder / name).rglob("*")
        if path.is_file()
    ]
    for path in public:
        words = set(re.findall(r"[A-Za-z0-9_-]+", path.read_bytes().decode("utf-8", "ignore")))
        assert not ids & words, f"{path} holds the identifier of a resident"


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_registered_model_predicts_the_same_where_this_project_is_absent(small_run, tmp_path, outcome):
    import subprocess
    import sys

    model, meta = bundle.load(small_run.folder / "models/bundles" / outcome)
    columns = [column["name"] for column in meta["columns"]]
    rows = pd.read_parquet(small_run.folder / "data/matrix" / outcome)[columns].astype("float64").head(50)
    rows.to_parquet(tmp_path / "rows.parquet")
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            OTHER_SERVICE,
            str(small_run.folder / "mlflow.db"),
            outcome,
            str(tmp_path / "rows.parquet"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    # leaves of trees are registered rounded, so that nobody is counted from them
    assert json.loads(done.stdout.splitlines()[-1]) == pytest.approx(model.predict_proba(rows)[:, 1].tolist(), rel=0.01)


def test_the_notebook_runs_from_single_view_to_score(small_run):
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(ROOT / "notebooks/walkthrough.ipynb", as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(small_run.folder)}}).execute()
    assert not any(cell.get("outputs") for cell in nbformat.read(ROOT / "notebooks/walkthrough.ipynb", 4).cells), (
        "commit the notebook without outputs"
    )
