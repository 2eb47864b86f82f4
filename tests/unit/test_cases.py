"""Worked cases: whom they are of, and that every figure of theirs is the model's own answer."""

import numpy as np
import pandas as pd
import pytest

from models.explanation import Explainer
from pipelines import cases
from tests.evidence import AGENCIES
from tests.explained import INTERVALS, MEANINGS, SPECS, model

NAMES = [m["name"] for m in MEANINGS]


def listed(n: int, days: list[str]) -> tuple[pd.DataFrame, np.ndarray]:
    test = pd.DataFrame({"unit_id": [f"r{i}" for i in range(n)], "as_of": days, "listed_on": days})
    return test, np.arange(n) / n


def test_cases_are_high_at_the_edge_and_low_on_the_last_full_list():
    test, p = listed(400, ["2023-01-01"] * 200 + ["2023-07-01"] * 195 + ["2023-12-01"] * 5)
    found = cases.chosen(test, p, capacity=50)
    assert found["as_of"].unique().tolist() == ["2023-07-01"]  # the last has fewer than it could list twice over
    assert found["place"].tolist() == [5, 50, 147]
    assert found["unit_id"].tolist() == ["r390", "r345", "r248"]
    assert found["band"].tolist() == ["within capacity", "within capacity", "next in line"]
    assert (found["of"] == 195).all()


def test_lists_shorter_than_capacity_have_cases_as_well():
    test, p = listed(3, ["2023-01-01"] * 3)
    found = cases.chosen(test, p, capacity=50)
    assert found["place"].tolist() == [3, 3, 3]
    assert found["unit_id"].tolist() == ["r0", "r0", "r0"]


@pytest.fixture(scope="module")
def told() -> list[dict]:
    calibrated, meta, background = model()
    rows = cases.nobody(meta)
    busy = dict.fromkeys(NAMES, 2.0) | {"age": 30.0, "ae_last": 40.0, "case": "Much on record"}
    rows = pd.concat([rows, pd.DataFrame([busy])], ignore_index=True)
    return cases.worked(rows, calibrated, meta, Explainer(calibrated, background), INTERVALS, SPECS, AGENCIES)


def test_rows_that_stand_in_for_residents_are_typical_or_empty(told):
    assert [case["case"] for case in told[:2]] == [
        "A case of the county's typical values",
        "The same with nothing recorded",
    ]
    assert told[1]["nothing_recorded_by"] == "the police; A&E and ambulance"
    assert told[1]["unused"] == 1.0
    assert told[1]["what_ifs"] == []


def test_scores_and_what_ifs_are_what_the_model_says(told):
    calibrated, *_ = model()
    row = dict.fromkeys(NAMES, 2.0) | {"age": 30.0, "ae_last": 40.0}
    case = told[2]
    assert case["score"] == pytest.approx(calibrated.predict_proba(pd.DataFrame([row])[NAMES])[0, 1])
    assert case["low"] < case["score"] < case["high"]
    quiet = next(w for w in case["what_ifs"] if w["what"].startswith("A&E attendances"))
    again = row | {"ae_365d": 0.0, "ae_last": 405.0}
    assert quiet["score"] == pytest.approx(calibrated.predict_proba(pd.DataFrame([again])[NAMES])[0, 1])
    odds = [p / (1 - p) for p in (quiet["score"], case["score"])]
    assert quiet["factor"] == pytest.approx(odds[0] / odds[1])


def test_what_is_another_persons_is_not_told(told):
    assert not any("Arrests" in text for case in told for text in case["reasons"])
    assert not any("rrest" in w["what"] for case in told for w in case["what_ifs"])


def test_greatest_change_first_and_nothing_that_hardly_moves(told):
    sizes = [abs(np.log(w["factor"])) for w in told[2]["what_ifs"]]
    assert sizes == sorted(sizes, reverse=True)
    assert min(sizes) >= 0.01
