"""No small number leaves: everything that the small run wrote to be read or compared is looked through."""

import re

import pytest

from models import disclosed


@pytest.mark.parametrize("folder", ["reports", "metrics", "mlartifacts"])
def test_nothing_that_leaves_shows_a_small_number(small_run, folder):
    found = disclosed.scan(small_run.folder / folder)
    assert found["files"]
    assert found["found"] == []


def test_no_figure_in_mlflow_is_a_small_count(small_run):
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{small_run.folder / 'mlflow.db'}")
    ids = [experiment.experiment_id for experiment in client.search_experiments()]
    figures = {name: value for run in client.search_runs(ids) for name, value in run.data.metrics.items()}
    counts = {
        name: value
        for name, value in figures.items()
        if re.split(r"[/.]", name.removesuffix(".low").removesuffix(".high"))[-1] in ("events", "listed", "found")
    }
    assert counts
    assert all(value == 0 or (value >= 8 and value % 5 == 0) for value in counts.values())
