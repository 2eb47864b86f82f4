"""What did this change do? DVC compares figures and pictures of two revisions, MLflow the runs; people open both."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from tests.project import sign_off

PICTURES = ("precision_recall", "reliability", "net_benefit", "regret", "list_length")


@pytest.fixture(scope="class")
def longer(small_run):
    """The small run with a horizon of a year for escalation, up to its evaluation; put back afterwards."""
    small_run.edit("params.yaml", ("horizon_days: 180", "horizon_days: 365"))
    try:
        small_run.run("dvc", "repro", "evaluate@escalation")
        yield small_run
    finally:
        small_run.run("git", "checkout", "--", ".")
        small_run.run("dvc", "checkout", "--force")


class TestBetweenTwoRevisions:
    def test_metrics_diff_tells_the_few_figures_that_moved(self, longer):
        found = json.loads(longer.run("dvc", "metrics", "diff", "--json").stdout)
        assert list(found) == ["metrics/escalation/summary.json"]
        moved = found["metrics/escalation/summary.json"]
        assert {"events", "auc", "precision_at_capacity"} <= set(moved)
        assert moved["events"]["new"] > moved["events"]["old"]
        intervals = {figure for figure in moved if figure.endswith((".low", ".high"))}
        assert len(moved) - len(intervals) <= 12
        assert {"auc.low", "auc.high", "regret.low", "regret.high"} <= intervals
        assert not any(isinstance(figure["new"], dict | list) for figure in moved.values())

    def test_plots_diff_draws_both_revisions(self, longer):
        drawn = json.loads(longer.run("dvc", "plots", "diff", "--json").stdout)["data"]
        for picture in PICTURES:
            [plot] = drawn[f"metrics/escalation/{picture}.csv"]
            assert set(plot["revisions"]) == {"HEAD", "workspace"}
            assert plot["content"]["title"]["text"].startswith("escalation: ")
            points = plot["content"]["data"]["values"]
            assert {point["rev"] for point in points} == {"HEAD", "workspace"}
            assert "<DVC_METRIC" not in json.dumps(plot["content"])


def test_registering_again_changes_nothing(small_run):
    path = small_run.folder / "models/run.json"
    before = json.loads(path.read_text())
    small_run.run("python", "-m", "pipelines.register")
    after = json.loads(path.read_text())
    assert after["run_id"] == before["run_id"]
    assert not after["new"]
    for outcome, model in after["outcomes"].items():
        assert model == before["outcomes"][outcome] | {"new": False}


def test_runs_nest_and_folds_are_steps(small_run):
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{small_run.folder}/mlflow.db")
    logged = json.loads((small_run.folder / "models/run.json").read_text())
    experiment = client.get_experiment_by_name("foresight").experiment_id

    def below(run_id):
        return client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{run_id}'")

    assert {run.info.run_name for run in below(logged["run_id"])} == set(logged["outcomes"])
    for outcome, model in logged["outcomes"].items():
        folds = json.loads((small_run.folder / f"data/evidence/{outcome}/folds.json").read_text())["folds"]
        tested = json.loads((small_run.folder / f"data/evidence/{outcome}/test.json").read_text())["candidates"]
        candidates = {run.data.tags["foresight.candidate"]: run for run in below(model["run_id"])}
        assert set(candidates) == set(tested)
        for name, run in candidates.items():
            assert run.data.metrics["auc"] == tested[name]["auc"]["value"]
            history = client.get_metric_history(run.info.run_id, "fold.auc")
            assert [metric.value for metric in history] == [fold["auc"][name] for fold in folds]
        shown = {file.path for file in client.list_artifacts(model["run_id"], "reports")}
        assert {"reports/card.html", "reports/charts"} <= shown


def test_an_approval_makes_a_champion_until_it_is_withdrawn(small_run):
    approvals = small_run.folder / "models/approvals.yaml"
    as_it_comes = approvals.read_bytes()
    sign_off(small_run, "escalation", "police")
    try:
        said = small_run.run("foresight", "champions").stderr
        assert "escalation: version 1 is champion" in said
        assert "complex_dependency: no version has a live approval" in said
    finally:
        approvals.write_bytes(as_it_comes)
    assert "escalation: no version has a live approval" in small_run.run("foresight", "champions").stderr


@pytest.mark.skipif(shutil.which("make") is None, reason="no make")
def test_make_ui_serves_the_experiment(small_run, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (tmp_path / "said.txt").open("w") as said:
        # --old-file: this environment stands in for the one that make would set up
        served = subprocess.Popen(
            ["make", "--old-file=.venv/ready", "ui", f"PORT={port}"],
            cwd=small_run.folder,
            env=small_run.environment,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}/ajax-api/2.0/mlflow/experiments/get-by-name?experiment_name=foresight"
        answer, until = None, time.monotonic() + 300
        while answer is None and served.poll() is None and time.monotonic() < until:
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                answer = json.load(urllib.request.urlopen(address, timeout=10))
            time.sleep(0.5)
        assert answer is not None, (tmp_path / "said.txt").read_text()[-3000:]
        assert answer["experiment"]["name"] == "foresight"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(served.pid, signal.SIGTERM)
        served.wait(30)
    assert not small_run.called_out.exists()
