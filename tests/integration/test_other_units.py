"""From a single view to the list, for an outcome about dwellings and for one with a trigger: stage by stage."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import yaml

from features.errors import InputError
from features.sources import open_view
from models import bundle
from models.calibration import calibrate
from models.candidates import candidates
from models.reasons import typical_values
from models.wording import NOT_FOR
from pipelines import paths
from pipelines.check import check_single_view
from pipelines.code import ROOT
from pipelines.cohort import build_cohort
from pipelines.demonstrate import demonstrate, source_of
from pipelines.files import read_json, write_json, write_table
from pipelines.identity import digest
from pipelines.labels import build_labels
from pipelines.matrix import build_matrix
from pipelines.prepared import prepared
from pipelines.score import score, score_file
from pipelines.setting import setting
from tests.builders import single_view
from tests.governance import STATEMENTS

CATALOGUE = """
from features.outcomes import Occurs, Outcome, StaysOpen
from features.specs import Feature, Kind, attribute, count, events, members

WHY = "an example"
WORDS = dict(title="Example", purpose=WHY, correct_flag=WHY, wrong_flag=WHY, label_story=WHY)
WORDS["use_level"] = "prioritisation"
KINDS = (
    Kind("police", "call", "call"),
    Kind("hospital", "referral", "referral", spell=True),
    Kind("fire", "alarm", "alarm", unit="property"),
)
FEATURES = (
    Feature("calls", count(events("police")), days=(365,), none=0, why=WHY),
    Feature("house_calls", count(events("police")), days=(365,), grain="household", none=0, why=WHY),
    Feature("alarms", count(events("fire")), days=(365,), grain="property", none=0, why=WHY),
    Feature("people", members(), grain="household", none=None, why=WHY),
)
OUTCOMES = (
    Outcome(name="fire", rule=Occurs((events("fire"),), scope="property"), unit="property", horizon_days=90, **WORDS),
    Outcome(name="stay", rule=StaysOpen(events("hospital", "referral")), trigger=events("hospital", "referral"),
            horizon_days=7, **WORDS),
)
"""
COVERED = {
    "police": ["call"],
    "hospital": ["referral"],
    "fire": ["alarm"],
    "single_view": ["residents", "residencies", "properties"],
}
EXTRACT_ON = date(2024, 6, 10)
HOMES = 40


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Forty homes of two: calls and alarms drawn by seed, and a referral for one in each, at the latest in June."""
    rng = np.random.default_rng(5)
    days = [date(2023, 1, 1) + timedelta(int(n)) for n in rng.integers(0, 500, 300)]
    referred = [EXTRACT_ON - timedelta(int(n)) for n in rng.integers(2, 300, HOMES)]
    single_view(
        tmp_path / "data/single_view",
        residencies=[
            {"resident_id": f"r{home}{who}", "household_id": f"h{home}", "property_id": f"p{home}"}
            for home in range(HOMES)
            for who in "ab"
        ],
        properties=[{"property_id": f"p{home}", "tenure": ("owned", "rented")[home % 2]} for home in range(HOMES + 1)],
        events=[
            *(
                {"unit_id": f"r{home}a", "kind": "call", "occurred_on": day}
                for home, day in zip(rng.integers(0, HOMES, 300), days, strict=True)
            ),
            *(
                {"unit": "property", "unit_id": f"p{home}", "agency": "fire", "kind": "alarm", "occurred_on": day}
                for home, day in zip(rng.integers(0, HOMES, 200), days, strict=False)
            ),
            *(
                {
                    "unit_id": f"r{home}b",
                    "agency": "hospital",
                    "kind": "referral",
                    "occurred_on": day,
                    "ended_on": ended if ended < EXTRACT_ON - timedelta(1) else None,
                }
                for home, day in enumerate(referred)
                for ended in [day + timedelta(3 + 9 * (home % 2))]
            ),
        ],
        about={"extract_on": EXTRACT_ON},
    )
    (tmp_path / "catalogue.py").write_text(CATALOGUE)
    agreements = [
        {
            "name": f"{agency}_records",
            "title": agency,
            "agency": agency,
            "kinds": kinds,
            "purposes": ["train", "score"],
            "use_levels": ["planning", "prioritisation"],
            "recipients": ["fire", "hospital"],
            "from_on": date(2014, 10, 1),
            "until": date(2100, 1, 1),
            "covers": [],
            "legal_basis": "an example",
        }
        for agency, kinds in COVERED.items()
    ]
    policies = dict.fromkeys(
        ("children", "offence", "retention", "erasure"), "What the partners have agreed about it, in a sentence."
    )
    agreed = {"single_view": "test", "invented": True, "policies": policies, "agreements": agreements}
    (tmp_path / "agreements.yaml").write_text(yaml.safe_dump(agreed))
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    knobs = params["knobs"]["escalation"] | {"gap_days": 0, "capacity": 3, "rule": "house_calls_365d"}
    knobs |= {"inputs": {}, "options": {}}
    params |= {
        "catalogue": "catalogue.py",
        "agreements": "agreements.yaml",
        "statements": "statements.yaml",
        "cohort": {"source": "data/single_view", "snapshots": ["2023-10-01", "2024-01-01"]},
        "test_from": "2024-01-01",
        "allowance_days": 5,
        "audit": ["sex", "tenure"],
        "outcomes": ["fire", "stay"],
        "knobs": {"fire": knobs | {"horizon_days": 90}, "stay": knobs | {"horizon_days": 7}},
    }
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    (tmp_path / "statements.yaml").write_text(yaml.safe_dump(STATEMENTS))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def stages(name: str, rule: str = "house_calls_365d") -> pd.DataFrame:
    """Run the stages up to training and leave a model that ranks by a column; returns the pairs with their labels."""
    build_cohort(name)
    build_labels(name)
    build_matrix(name)
    data = prepared(name)
    # Fitted to what follows the column: what became of these few is no matter here.
    X = data.X.astype("float64")
    y = X[rule] + np.random.default_rng(1).normal(0, 2, len(X)) > X[rule].median()
    model = calibrate(candidates(data.columns, {"rule": rule}, seed=0)["rule"].fit(X, y), X, y)
    write_table(paths.background(name), data.X.head(20))
    typical = {k: None if np.isnan(v) else v for k, v in typical_values(data.X).items()}
    meta = {"identity": "1" * 12, "columns": data.columns, "typical": typical, "chosen": "rule"}
    table = [{"score": score, "low": score / 2, "high": score} for score in (0.1, 0.9)]
    write_json(paths.intervals(name), {"identity": meta["identity"], "table": table})
    bundle.save(paths.bundle(name), model, meta | {"background": digest(paths.background(name))})
    return data.pairs.astype({"unit_id": "str", "group_id": "str"}).assign(label=data.label)


def test_dwellings_are_asked_about_labelled_and_listed(project, capsys):
    check_single_view()
    pairs = stages("fire")
    assert len(pairs) == 2 * HOMES  # nobody lives at the last one
    assert (pairs["group_id"] == pairs["unit_id"]).all()
    assert (pairs["listed_on"] == pairs["as_of"]).all()
    assert set(pairs["label"]) == {True, False}
    told = capsys.readouterr().err
    assert "not built, since the outcome is about properties, which have nothing of a resident's own: calls" in told
    assert "pairs of property and date" in told
    assert list(pd.read_parquet(paths.groups("fire")).columns) == ["unit_id", "as_of", "tenure"]
    columns = {column["name"]: column["sentence"] for column in read_json(paths.columns("fire"))}
    assert list(columns) == ["house_calls_365d", "alarms_365d", "people"]
    assert columns["house_calls_365d"].startswith("Records of any kind among the people of the household")

    file = project / "asked.csv"
    file.write_text("property_id\n" + "".join(f"p{home}\n" for home in range(HOMES + 1)))
    score_file("fire", file, EXTRACT_ON, project / "list.csv", "fire")
    listed, rejects = pd.read_csv(project / "list.csv"), pd.read_csv(project / "list.rejects.csv")
    assert sorted(listed["property_id"]) == sorted(f"p{home}" for home in range(HOMES))
    assert rejects.values.tolist() == [[f"p{HOMES}", "2024-06-10", "not lived in at the as-of date"]]
    assert (listed["band"] == "within capacity").sum() <= 3
    assert listed["newest_record_days"].notna().all()
    assert set(listed["not_for"]) == {NOT_FOR}
    file.write_text("resident_id\nr1a\n")
    with pytest.raises(InputError, match="no column property_id; give property_id"):
        score_file("fire", file, EXTRACT_ON, project / "list.csv", "fire")


def test_triggers_are_asked_about_labelled_and_listed_by_the_month(project):
    pairs = stages("stay")
    assert 20 < len(pairs) < HOMES  # those of before the first snapshot are left out
    assert (pairs["listed_on"].astype(str).str[:7] == pairs["as_of"].astype(str).str[:7]).all()
    assert (pairs["listed_on"].astype(str).str[8:] == "01").all()
    settled = pairs["label"].notna()
    odd = pairs["unit_id"].str[1:-1].astype(int) % 2 == 1
    assert (pairs["label"][settled] == odd[settled]).all()  # every other referral lasts twelve days, the others three
    counts = pd.DataFrame(read_json(paths.settled("stay")))
    assert counts["n"].sum() == len(pairs)
    assert set(counts["listed_on"]) == set(pairs["listed_on"].astype(str))
    assert {row["listed_on"] for row in read_json(paths.flow("stay"))} == set(counts["listed_on"])

    at = setting("stay")
    with open_view("data/single_view", "score", kinds=at.catalogue.kinds) as view:
        listed, _ = score(at, view, source_of(at.outcome, EXTRACT_ON))
    assert listed["as_of"].between(date(2024, 5, 11), EXTRACT_ON).all()
    for _, of_list in listed.groupby("listed_on"):
        assert of_list["rank"].min() == 1
        assert (of_list["band"] == "within capacity").sum() <= 3
    assert listed["listed_on"].nunique() == 2


def test_what_properties_do_not_have_is_refused_before_work_starts(project):
    params = yaml.safe_load((project / "params.yaml").read_text())
    params["knobs"]["fire"]["rule"] = "calls_365d"
    (project / "params.yaml").write_text(yaml.safe_dump(params))
    with pytest.raises(InputError, match="rule: calls_365d is not a column of the catalogue that properties have"):
        setting("fire")
    params["knobs"]["fire"]["rule"] = "alarms_365d"
    (project / "params.yaml").write_text(yaml.safe_dump(params | {"audit": ["sex"]}))
    with pytest.raises(InputError, match="audit: properties have none of these groups"):
        check_single_view()


def agree(project, agency, **given):
    """Change the terms of an agency's agreement."""
    file = project / "agreements.yaml"
    told = yaml.safe_load(file.read_text())
    [agreement] = [agreement for agreement in told["agreements"] if agreement["agency"] == agency]
    agreement |= given
    file.write_text(yaml.safe_dump(told))


def test_an_outcome_whose_label_rests_on_no_live_agreement_stops_every_stage_that_asks_about_it(project):
    agree(project, "fire", until=EXTRACT_ON)
    refused = (
        f"agreements.yaml: fire can't be used for the purpose train on {EXTRACT_ON}: fire_records ended on {EXTRACT_ON}"
    )
    for stage in (check_single_view, lambda: build_cohort("fire"), lambda: build_labels("fire")):
        with pytest.raises(InputError) as error:
            stage()
        assert error.value.faults == (refused,)
    build_cohort("stay")  # which asks nothing of the fire service
    build_labels("stay")
    agree(project, "single_view", purposes=["score"])
    with pytest.raises(InputError) as error:
        check_single_view()
    assert sum("does not allow the purpose train" in fault for fault in error.value.faults) == 2


def test_whom_no_agreement_names_is_shown_neither_a_reason_nor_the_age_of_a_record(project):
    stages("stay", "alarms_365d")
    at = setting("stay")

    def listed(recipient):
        with at.open_view("score") as view:
            return score(at, view, source_of(at.outcome, EXTRACT_ON), recipient)[0]

    before = listed("hospital")
    assert before["reason_1"].dropna().str.startswith("Records at the property").all()
    assert before["newest_record_days"].notna().all()  # a referral, of which the hospital knows
    agree(project, "hospital", recipients=["hospital"])
    agree(project, "fire", recipients=["fire"])
    to_hospital, to_fire = listed("hospital"), listed("fire")
    assert to_hospital["reason_1"].dropna().str.startswith("Records that this recipient may not see").all()
    pd.testing.assert_series_equal(to_hospital["newest_record_days"], before["newest_record_days"])
    pd.testing.assert_series_equal(to_fire["reason_1"], before["reason_1"])
    assert to_fire["newest_record_days"].isna().all()
    for told in (to_hospital, to_fire):
        pd.testing.assert_series_equal(told["probability"], before["probability"])
    with pytest.raises(InputError, match="--recipient police: no sharing agreement names it; they name fire, hospital"):
        listed("police")


def test_an_outcome_for_planning_lists_nobody(project):
    stages("stay")
    file = project / "catalogue.py"
    file.write_text(file.read_text().replace('"prioritisation"', '"planning"'))
    cohort = project / "asked.csv"
    cohort.write_text("resident_id\nr1b\n")
    with pytest.raises(InputError, match="its use level is planning, which looks at areas and never at a person"):
        score_file("stay", cohort, EXTRACT_ON, project / "list.csv", "hospital")
    assert not (project / "list.csv").exists()
    demonstrate("stay")
    assert pd.read_parquet(paths.scores("stay")).empty
