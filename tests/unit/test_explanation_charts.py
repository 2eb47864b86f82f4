"""Pictures of an explanation report: what they and their tables say, in odds, with small numbers suppressed."""

import re

import numpy as np
import pytest

from models import explanation_charts as charts


def bin_of(start, end, mean: float, n: int = 20, missing: bool = False) -> dict:
    return {"from": start, "to": end, "missing": missing, "n": n, "mean": mean, "p5": mean - 0.2, "p95": mean + 0.2}


CURVE = {
    "name": "calls",
    "sentence": "Calls <in the last year>",
    "bins": [
        bin_of(0.0, 0.0, -np.log(2), 1234),
        bin_of(1.0, 3.0, 0.0),
        bin_of(4.0, None, np.log(2)),
        bin_of(None, None, 0.1, missing=True),
    ],
}


def test_a_curve_tells_values_and_odds_and_rounds_counts():
    drawn, table = charts.dependence(CURVE, "residents", prefix="curve-1")
    assert table["Value"].tolist() == ["0", "1 to 3", "4 or more", "nothing recorded"]
    assert table["Residents"].tolist() == ["1,235", "20", "20", "20"]
    assert table["The odds become"].tolist() == ["0.50 times", "1.00 times", "2.00 times", "1.11 times"]
    assert table.iloc[1, 3] == "0.82 to 1.22 times"
    assert "Calls <in" not in drawn
    assert all(i.startswith("curve-1-") for i in re.findall(r'\bid="([^"]+)"', drawn))
    assert drawn == charts.dependence(CURVE, "residents", prefix="curve-1")[0]


@pytest.mark.parametrize(
    ("sentence", "said"),
    [("Amount (in pence) of arrears", "£12 or more"), ("Tenure: rent (1 if so, 0 if not)", "yes or more")],
)
def test_values_are_said_as_their_sentence_means_them(sentence, said):
    curve = CURVE | {"sentence": sentence, "bins": [bin_of(None, 0.0, 0.0), bin_of(1234.0, None, 0.1)]}
    assert charts.dependence(curve, "residents", prefix="x")[1]["Value"].iloc[1] == said


def figure(value: float, half: float = 0.1) -> dict:
    return {"value": value, "low": value - half, "high": value + half}


RECORDS = [
    {
        "group": "young",
        "n": 400,
        "difference": figure(np.log(1.5)),
        "agencies": [
            {"agency": "police", "difference": figure(0.5)},
            {"agency": "several", "difference": figure(-0.2)},
            {"agency": "housing", "difference": figure(0.05)},
        ],
    },
    {"group": "old", "n": 3, "unevaluable": "fewer than 100 of those explained are in it"},
]


def test_groups_are_told_beside_everybody_else_and_through_whom_where_that_is_clear_of_chance():
    drawn, table = charts.group_differences(RECORDS, "age_band", {"police": "the police"}, prefix="g")
    assert table.to_numpy().tolist() == [
        [
            "young",
            "1.50 times (1.36 to 1.66)",
            "the police (1.65 times)",
            "several agencies together (0.82 times)",
        ]
    ]
    assert "old" not in re.sub(r"<path.*?/>", "", drawn, flags=re.DOTALL)


def test_a_cluster_is_named_by_its_strongest_and_says_how_many_go_with_it():
    clusters = [
        {"sentence": "Calls", "members": ["a", "b", "c"], "importance": 0.2, "low": 0.1, "high": 0.3, "share": 0.8},
        {"sentence": "Age", "members": ["d"], "importance": 0.05, "low": 0.04, "high": 0.06, "share": 0.2},
    ]
    drawn, table = charts.cluster_bars(clusters)
    assert table.to_numpy().tolist() == [
        ["Calls", 3, "0.200 (0.100 to 0.300)", "80%"],
        ["Age", 1, "0.050 (0.040 to 0.060)", "20%"],
    ]
    assert "and 2 that go with it" in drawn
    assert "and 0 that" not in drawn


def test_two_inputs_that_differ_in_their_last_words_are_told_apart():
    words = "Records of any kind among the other members of the household or about it, from any agency, in the last"
    clusters = [
        {"sentence": f"{words} {end}", "members": [end], "importance": 0.2, "low": 0.1, "high": 0.3, "share": 0.5}
        for end in ("90 days", "3 years")
    ]
    drawn, _ = charts.cluster_bars(clusters)
    assert all(re.search(rf">[^<]*{end}<", drawn.split("</desc>")[1]) for end in ("90 days", "3 years"))
