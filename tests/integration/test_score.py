"""`foresight score` on a file: who is scored, who is not and why, and what is refused."""

import re
from datetime import date

import pandas as pd
import pytest

from tests.project import sign_off


@pytest.fixture
def cohort(small_run, tmp_path):
    """A cohort file of the first residents, with rows appended."""

    def write(*more, first=40):
        known = pd.read_parquet(small_run.folder / "scores/complex_dependency.parquet")["resident_id"].head(first)
        path = tmp_path / "cohort.csv"
        pd.DataFrame({"resident_id": [*known, *more]}).to_csv(path, index=False)
        return path

    return write


def score(
    run, cohort, to, *, outcome="complex_dependency", as_of="2025-01-01", recipient="adult_social_care", check=True
):
    command = (
        "foresight",
        "score",
        outcome,
        "--cohort",
        cohort,
        "--as-of",
        as_of,
        "--to",
        to,
        "--recipient",
        recipient,
    )
    return run.run(*map(str, command), check=check)


def test_everybody_comes_out_in_the_list_or_in_the_rejects(small_run, cohort, tmp_path):
    path = cohort("nobody-1", "nobody-2")
    done = score(small_run, path, tmp_path / "list.csv")
    assert "complex_dependency: scored and explained 40 of 40" in done.stderr
    listed, rejects = pd.read_csv(tmp_path / "list.csv"), pd.read_csv(tmp_path / "list.rejects.csv")
    assert len(listed) == 40
    assert sorted(rejects["resident_id"]) == ["nobody-1", "nobody-2"]
    assert rejects["reason"].notna().all()


def test_the_same_cohort_gives_the_same_scores_as_the_whole_county(small_run, cohort, tmp_path):
    score(small_run, cohort(), tmp_path / "list.parquet")
    listed = pd.read_parquet(tmp_path / "list.parquet").set_index("resident_id")["probability"]
    whole = pd.read_parquet(small_run.folder / "scores/complex_dependency.parquet").set_index("resident_id")[
        "probability"
    ]
    pd.testing.assert_series_equal(listed, whole.loc[listed.index], rtol=1e-12)


def test_reasons_that_the_recipient_may_not_see_are_withheld_and_said_to_be(small_run, cohort, tmp_path):
    score(small_run, cohort(), tmp_path / "list.csv", recipient="fire")
    listed = pd.read_csv(tmp_path / "list.csv")
    told = pd.concat([listed[f"reason_{place}"] for place in (1, 2, 3)]).dropna()
    assert told.str.startswith("Records that this recipient may not see").any()
    assert not told.str.contains("recorded by the police|recorded by adult social care").any()


def test_a_row_of_another_date_than_the_one_asked_for_is_rejected(small_run, cohort, tmp_path):
    path = cohort()
    rows = pd.read_csv(path).assign(as_of="2025-01-01")
    rows.loc[0, "as_of"] = "2024-01-01"
    rows.to_csv(path, index=False)
    score(small_run, path, tmp_path / "list.csv")
    rejects = pd.read_csv(tmp_path / "list.rejects.csv")
    assert len(rejects) == 1
    assert "another as-of date" in rejects["reason"][0]


def test_running_it_again_changes_nothing(small_run, cohort, tmp_path):
    path = cohort()
    score(small_run, path, tmp_path / "list.csv")
    before = (tmp_path / "list.csv").read_bytes()
    score(small_run, path, tmp_path / "list.csv")
    assert (tmp_path / "list.csv").read_bytes() == before


def test_what_cannot_be_scored_is_refused_in_one_message_and_nothing_is_written(small_run, cohort, tmp_path):
    to = tmp_path / "list.csv"
    path = cohort()
    cases = {
        "eviction": score(small_run, path, to, outcome="eviction", check=False),
        "nowhere.csv": score(small_run, tmp_path / "nowhere.csv", to, check=False),
        "2031-01-01": score(small_run, path, to, as_of="2031-01-01", check=False),
        ".parquet or .csv": score(small_run, path, tmp_path / "list.xlsx", check=False),
        "overwrite the cohort": score(small_run, path, path, check=False),
        "no sharing agreement names it": score(small_run, path, to, recipient="florist", check=False),
    }
    for named, done in cases.items():
        assert done.returncode == 2, named
        assert "Traceback" not in done.stderr
        assert named in done.stderr
        assert next(line for line in done.stderr.splitlines() if not line.startswith("[")).startswith("error: ")
    assert not to.exists()


def test_a_model_whose_columns_mean_something_else_now_is_refused(small_run, cohort, tmp_path):
    file = "features/catalogue/resident.py"
    old = '"police_da_victim"'
    small_run.edit(file, (old, '"police_da_harmed"'))
    try:
        done = score(small_run, cohort(), tmp_path / "list.csv", check=False)
    finally:
        small_run.edit(file, ('"police_da_harmed"', old))
    assert done.returncode == 2
    assert "train it again" in done.stderr


def test_the_age_of_records_that_the_recipient_may_not_see_is_not_told(small_run, cohort, tmp_path):
    newest = {}
    for recipient in ("police", "adult_social_care"):
        score(small_run, cohort(), tmp_path / "list.csv", recipient=recipient)
        newest[recipient] = pd.read_csv(tmp_path / "list.csv").set_index("resident_id")["newest_record_days"]
    whole = pd.read_parquet(small_run.folder / "scores/complex_dependency.parquet").set_index("resident_id")
    told = whole["newest_record_days"].loc[newest["police"].index].astype(float)
    for days in newest.values():
        later = days.fillna(float("inf")) - told.fillna(float("inf"))
        assert (later.dropna() >= 0).all()
        assert (later > 0).any()  # the newest record of some is one that this agency may not see


@pytest.fixture
def real(small_run):
    """The run's county as if it were a real one, under agreements that hold today; put back afterwards."""
    about = small_run.folder / "data/single_view/about.parquet"
    kept, intervals = about.read_bytes(), small_run.folder / "models/intervals/complex_dependency.json"
    of_model = intervals.read_bytes()
    agreements = small_run.folder / "data/agreements.yaml"
    terms = agreements.read_text(encoding="utf-8")
    pd.read_parquet(about).assign(invented=False).to_parquet(about.with_suffix(".real"))
    about.unlink()
    about.with_suffix(".real").rename(about)
    agreements.write_text(re.sub(r"until: \S+", "until: 2999-01-01", terms), encoding="utf-8")
    yield small_run
    for path, content in ((about, kept), (intervals, of_model)):
        path.unlink()
        path.write_bytes(content)
    agreements.write_text(terms, encoding="utf-8")
    small_run.run("git", "checkout", "--", "models/approvals.yaml")


def test_a_real_single_view_is_scored_only_by_an_approved_model(real, cohort, tmp_path):
    to, path = tmp_path / "list.csv", cohort()

    def refused(recipient="adult_social_care"):
        done = score(real, path, to, recipient=recipient, check=False)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert not to.exists()
        return done.stderr

    assert "nothing has been signed about this outcome" in refused()
    sign_off(real, "complex_dependency", "adult_social_care")
    score(real, path, to)
    assert set(pd.read_csv(to)["approval"]) == {"approved for prioritisation by adult_social_care until 2999-01-01"}
    to.unlink()

    assert "is approved for adult_social_care, not for police" in refused("police")
    why = "Nobody could tell those who were listed how to contest it."
    by = ("--role", "ethics_chair", "--name", "a test", "--reason", why)
    real.run("foresight", "withdraw", "complex_dependency", *by)
    assert f"the chair of the ethics group withdrew on {date.today()} ({why})" in refused()

    sign_off(real, "complex_dependency", "adult_social_care")
    intervals = real.folder / "models/intervals/complex_dependency.json"
    content = intervals.read_text(encoding="utf-8")
    intervals.unlink()  # which DVC may have linked with its cache
    intervals.write_text(content + "\n", encoding="utf-8")
    assert "it has been altered since it was signed off" in refused()


def test_agreements_that_have_ended_stop_the_scoring_of_a_real_single_view(real, cohort, tmp_path):
    sign_off(real, "complex_dependency", "adult_social_care")
    agreements = real.folder / "data/agreements.yaml"
    terms = agreements.read_text(encoding="utf-8")
    agreements.write_text(terms.replace("until: 2999-01-01", "until: 2020-01-01"), encoding="utf-8")
    done = score(real, cohort(), tmp_path / "list.csv", check=False)
    assert done.returncode == 2
    assert f"complex_dependency can't be used for the purpose score on {date.today()}" in done.stderr
    assert "single_view_core ended on 2020-01-01" in done.stderr


def test_an_outcome_for_planning_lists_nobody(small_run, cohort, tmp_path):
    file = "features/catalogue/outcomes.py"
    kept = (small_run.folder / file).read_text(encoding="utf-8")
    small_run.edit(file, ('use_level="prioritisation"', 'use_level="planning"'))
    try:
        done = score(small_run, cohort(), tmp_path / "list.csv", check=False)
    finally:
        (small_run.folder / file).write_text(kept, encoding="utf-8")
    assert done.returncode == 2
    assert "its use level is planning, which looks at areas and never at a person" in done.stderr
    assert not (tmp_path / "list.csv").exists()
