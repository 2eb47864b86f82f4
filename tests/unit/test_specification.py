"""A score can be worked out by hand from what is told of its model, and of trees it is said what they are."""

import numpy as np
import pytest
from scipy.special import expit

from models.calibration import calibrate
from models.candidates import candidates
from models.specification import specification
from tests.evidence import COLUMNS, evidence, residents
from tests.written import rows_of, text_of

OPTIONS = {
    "rule": "ae_last",
    "scorecard": {"columns": 3, "cuts": 2},
    "logistic": {"C": 0.01},
    "lightgbm": {"n_estimators": 7, "num_leaves": 3, "max_depth": 2},
}
COLUMN = [
    column | ({"none": None, "direction": -1} if column["name"] == "ae_last" else {"none": 0.0}) for column in COLUMNS
]


def fitted(name: str):
    (X, y), (held, y_held) = residents(3000, 1), residents(1500, 2)
    return calibrate(candidates(COLUMN, {name: OPTIONS[name]}, seed=0)[name].fit(X, y), held, y_held)


def by_hand(told: dict, X) -> np.ndarray:
    log_odds = np.full(len(X), told["intercept"])
    for term in told["terms"]:
        value, missing = X[term["column"]], X[term["column"]].isna()
        value = value.fillna(value.max() if term["filled"] is None else term["filled"])
        log_odds += term["weight"] * (np.arcsinh(value) if term["curved"] else value) + term["gap"] * missing
    base, slope = told["line"]
    return expit(base + slope * log_odds)


@pytest.mark.parametrize("name", ["rule", "logistic"])
def test_the_weights_of_columns_give_the_score(name):
    model, (X, _) = fitted(name), residents(3000, 1)
    np.testing.assert_allclose(by_hand(specification(model), X), model.predict_proba(X)[:, 1], rtol=1e-6)


def test_the_total_of_points_gives_the_score():
    model, (X, _) = fitted("scorecard"), residents(3000, 1)
    told = specification(model)
    total = sum(
        of["points"] * (X[of["column"]].ge(of["from"]) if of["side"] == "at least" else X[of["column"]].le(of["from"]))
        for of in told["points"]
    )
    told["terms"] = [told["terms"][0] | {"column": "total"}]
    np.testing.assert_allclose(by_hand(told, total.to_frame("total")), model.predict_proba(X)[:, 1], rtol=1e-6)


def test_trees_are_counted():
    told = specification(fitted("lightgbm"))
    assert (told["trees"], told["depth"]) == (7, 2)


def written(name: str) -> str:
    given = evidence()
    given["columns"] = COLUMN
    return text_of("evaluation", given | {"specification": specification(fitted(name))})


def test_every_column_is_told_with_its_weight_and_what_it_counts_as_where_it_is_missing():
    text = written("logistic")
    rows = rows_of(text, "The model, column by column")
    assert list(rows) == [column["sentence"] for column in COLUMN if column["days"]] + [
        column["sentence"] for column in COLUMN if not column["days"]
    ]
    value, weight, missing = rows["Days since the last A&E attendance, recorded by A&E and ambulance"]
    assert value == "as it is"
    told = next(term for term in specification(fitted("logistic"))["terms"] if term["column"] == "ae_last")
    assert float(weight) == pytest.approx(told["weight"], rel=0.01)
    assert missing.startswith("as ")
    assert rows[COLUMN[0]["sentence"]][::2] == ["arcsinh of it", "never missing"]
    assert "ab" * 32 in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rule", "as at the end of least risk"),
        ("scorecard", "times the total of points."),
        ("lightgbm", "x is the sum of 7 trees, of at most 2 questions in a row."),
    ],
)
def test_each_kind_of_model_is_specified(name, said):
    assert said in written(name)


def test_trees_of_one_question_are_not_said_to_ask_more():
    given = evidence()
    given["specification"] = given["specification"] | {"depth": 1}
    assert "x is the sum of 40 trees, of one question each." in text_of("evaluation", given)
