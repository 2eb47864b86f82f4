"""One run of the whole line on a small invented county, for every test that looks at what a run leaves behind."""

import pytest

from tests.project import Project, project


@pytest.fixture(scope="session")
def small_run(tmp_path_factory) -> Project:
    """The whole line, run once on a county of 6,000; tests read it and put back what they change."""
    small = project(tmp_path_factory.mktemp("small"))
    small.edit(
        "params.yaml",
        ("residents: 40000", "residents: 6000"),
        (", repeat_domestic_abuse, delayed_discharge, dwelling_fire]", "]"),  # too rare among so few
        ("resamples: 200", "resamples: 30"),
        ("n_estimators: 100", "n_estimators: 60"),
        ("background: 2000", "background: 200"),
        ("sample: 4000", "sample: 500"),
        ("refits: 5", "refits: 2"),
    )
    done = small.run("dvc", "repro")
    (small.folder / "run.log").write_text(done.stdout + done.stderr)
    small.commit("what the run made")
    return small
