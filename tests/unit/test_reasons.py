"""Reasons in plain English: what was used, the county's typical value, which way, and nobody else's facts."""

import numpy as np
import pandas as pd
import pytest

from models.explanation import Explanation
from models.reasons import reasons, typical_values

MEANINGS = [
    {
        "name": "police_da_90d",
        "sentence": "Domestic abuse incidents in the last 90 days",
        "grain": "resident",
        "days": [90],
    },
    {
        "name": "police_da_365d",
        "sentence": "Domestic abuse incidents in the last 365 days",
        "grain": "resident",
        "days": [365],
    },
    {"name": "ae_last", "sentence": "Days since the last A&E attendance", "grain": "resident", "days": []},
    {
        "name": "arrests_household_365d",
        "sentence": "Arrests, among the other members of the household",
        "grain": "household",
        "days": [365],
    },
    {
        "name": "mental_household_365d",
        "sentence": "Detentions, among the other members of the household",
        "grain": "household",
        "days": [365],
    },
    {"name": "area_rate_365d", "sentence": "Thefts per 1,000 residents of the area", "grain": "area", "days": [365]},
]
NAMES = [m["name"] for m in MEANINGS]
TYPICAL = dict(zip(NAMES, [0, 0, np.nan, 0, 0, 12.25], strict=True))


def tell(contributions: list[float], values: list[float], **options) -> list:
    explanation = Explanation(np.array([contributions], np.float32), -4.0, "", 1, tuple(NAMES))
    return reasons(explanation, pd.DataFrame([values], columns=NAMES), MEANINGS, TYPICAL, **options).iloc[0].tolist()


def test_says_sentence_value_typical_value_and_direction():
    assert tell([0, 1.2, -0.4, 0, 0, 0.2], [0, 3, 1040, 0, 0, 20.126]) == [
        "Domestic abuse incidents in the last 365 days: 3 (typical resident: 0); raised the score.",
        "Days since the last A&E attendance: 1,040 (typical resident: nothing recorded); lowered the score.",
        "Thefts per 1,000 residents of the area: 20.1 (typical resident: 12.2); raised the score.",
    ]


def test_says_what_is_missing():
    assert tell([0, 0, -0.4, 0, 0, 0], [0, 0, np.nan, 0, 0, 0], top=1) == [
        "Days since the last A&E attendance: nothing recorded (typical resident: nothing recorded); lowered the score."
    ]


@pytest.mark.parametrize(
    ("sentence", "value", "said"),
    [
        (
            "Tenure: social rent (1 if so, 0 if not)",
            1.0,
            "Tenure: social rent: yes (typical resident: no); raised the score.",
        ),
        (
            "Total amount (in pence) of rent arrears notices",
            123456.0,
            "Total amount of rent arrears notices: £1,235 (typical resident: £0); raised the score.",
        ),
    ],
)
def test_yes_or_no_and_pounds_are_said_as_such(sentence, value, said):
    meanings = [{"name": "x", "sentence": sentence, "grain": "property", "days": []}]
    told = reasons(
        Explanation(np.array([[1.0]], np.float32), 0.0, "", 1, ("x",)),
        pd.DataFrame({"x": [value]}),
        meanings,
        {"x": 0.0},
    )
    assert told["reason_1"].tolist() == [said]


def test_windows_of_one_feature_make_one_reason_told_by_the_weightiest():
    told = tell([0.5, 0.6, -0.9, 0, 0, 0], [1, 3, 40, 0, 0, 0])
    assert [r and r.split(":")[0] for r in told] == [
        "Domestic abuse incidents in the last 365 days",
        "Days since the last A&E attendance",
        None,
    ]


def test_another_persons_records_show_neither_person_nor_fact():
    assert tell([0, 0, 0, 0.8, 0.5, 0], [0, 0, 0, 7, 1, 0]) == [
        "Records in the household raised the score.",
        None,
        None,
    ]
    assert tell([0, 0, 0, 0.8, -0.9, 0], [0, 0, 0, 7, 1, 0])[0] == "Records in the household lowered the score."


def test_what_the_recipient_may_not_see_is_withheld():
    told = tell(
        [0, 1.2, -0.4, 0, 0, 0.2], [0, 3, 1040, 0, 0, 20], withheld=frozenset({"police_da_90d", "police_da_365d"})
    )
    assert told[0] == "Records that this recipient may not see raised the score."
    assert not any("Domestic abuse" in str(r) for r in told)


def test_leaves_out_what_hardly_matters():
    assert tell([0, 0.009, 0, 0, 0, 0], [0, 3, 0, 0, 0, 0]) == [None, None, None]


def test_many_rows_keep_their_own_reasons(monkeypatch):
    monkeypatch.setattr("models.reasons.CHUNK", 7)
    rng = np.random.default_rng(0)
    values = rng.normal(size=(50, len(NAMES))).astype(np.float32)
    X = pd.DataFrame(rng.poisson(2, (50, len(NAMES))).astype(float), columns=NAMES, index=np.arange(50) + 1000)
    whole = reasons(Explanation(values, 0.0, "", 1, tuple(NAMES)), X, MEANINGS, TYPICAL)
    for i in range(50):
        one = reasons(Explanation(values[i : i + 1], 0.0, "", 1, tuple(NAMES)), X.iloc[i : i + 1], MEANINGS, TYPICAL)
        pd.testing.assert_frame_equal(whole.iloc[i : i + 1], one)


def test_no_rows_no_reasons():
    empty = pd.DataFrame(columns=NAMES, dtype=float)
    assert reasons(
        Explanation(np.empty((0, len(NAMES)), np.float32), 0.0, "", 1, tuple(NAMES)), empty, MEANINGS, TYPICAL
    ).empty


def test_typical_values_are_medians_of_those_recorded():
    typical = typical_values(pd.DataFrame({"a": [1.0, 2.0, np.nan], "b": [np.nan, np.nan, 5.0]}))
    assert typical["a"] == pytest.approx(1.5)
    assert np.isnan(typical["b"])
