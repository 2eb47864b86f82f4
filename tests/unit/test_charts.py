"""Pictures: the same bytes every time, a table beside each, and nobody's own point or number in them."""

import re

import numpy as np
import pandas as pd
import pytest

from models import charts
from models.capacity import at_capacity
from models.explanation import Explanation

MEANINGS = [{"name": "a", "sentence": "Arrests <in the last year>"}, {"name": "b", "sentence": "Nothing"}]


def swarm(values: np.ndarray, **options) -> charts.Chart:
    X = pd.DataFrame({"a": np.arange(len(values), dtype=float), "b": np.nan})
    return charts.beeswarm(Explanation(values.astype(np.float32), 0.0, "", 1, ("a", "b")), X, MEANINGS, **options)


def test_the_same_picture_has_the_same_bytes_and_its_own_identifiers():
    values = np.random.default_rng(0).normal(size=(300, 2))
    assert swarm(values)[0] == swarm(values)[0]
    identifiers = re.findall(r'\bid="([^"]+)"', swarm(values, prefix="mine")[0])
    assert identifiers
    assert all(i.startswith("mine-") for i in identifiers)


def test_titles_are_escaped_and_text_takes_the_colour_of_the_page():
    drawn, _ = swarm(np.random.default_rng(0).normal(size=(300, 2)))
    assert "Arrests <in" not in drawn
    assert "currentColor" in drawn
    assert "#0b0c0c" not in drawn
    assert "DejaVu" not in drawn
    assert "<style" not in drawn


def test_a_beeswarm_says_which_way_and_pulls_the_extremes_in():
    values = np.zeros((500, 2))
    values[:, 0] = np.linspace(0, 1, 500)
    values[-3:, 0] = 999.0
    drawn, table = swarm(values, points=500)
    assert table["Higher values"].tolist() == ["raise the score", "no clear direction"]
    assert "1000" not in re.sub(r"<path.*?/>", "", drawn, flags=re.DOTALL)
    assert charts._pulled_in(values[:, 0]).max() < 1.0


def test_reliability_joins_bands_with_too_few_events():
    table = pd.DataFrame({"n": [100, 100, 100, 100], "events": [1, 3, 12, 40], "predicted": [0.01, 0.03, 0.1, 0.4]})
    _, told = charts.reliability(table)
    assert told["Rows"].tolist() == ["300", "100"]
    assert told["Of them with the outcome"].tolist() == ["15", "40"]
    assert told["Promised, of 100"].tolist() == ["4.7", "40.0"]


def test_reliability_of_few_events_says_so_and_no_rate():
    table = pd.DataFrame({"n": [100, 100], "events": [1, 3], "predicted": [0.0123, 0.0345]})
    drawn, told = charts.reliability(table)
    assert told.to_numpy().tolist() == [["too few to say"]]
    assert "too few to say" in drawn
    assert not re.search(r"of 100|in 100", drawn)


@pytest.mark.parametrize("events", [5, 0])
def test_list_length_of_few_events_says_so_and_no_rate(events):
    y, dates = np.arange(400) < events, np.repeat(["2023-01-01", "2023-07-01"], 200)
    drawn, told = charts.list_length(y, np.linspace(1, 0, 400), dates, 40)
    assert told.to_numpy().tolist() == [["too few to say"]]
    assert "precision" not in drawn


def test_list_length_is_told_only_where_enough_are_found_and_missed():
    p, dates = np.linspace(1, 0, 1000), np.repeat("2023-01-01", 1000)
    y = np.r_[np.arange(100) < 95, np.zeros(896, bool), np.ones(4, bool)]  # a list of 100 misses 4
    _, told = charts.list_length(y, p, dates, 100)
    lengths = told["Length of the list"].tolist()
    assert lengths == ["25", "50"]


def test_list_length_agrees_with_the_metrics():
    rng = np.random.default_rng(0)
    p = np.round(rng.random(400), 2)
    y, dates = rng.random(400) < p * 0.8, np.repeat(["2023-01-01", "2023-07-01"], 200)
    _, told = charts.list_length(y, p, dates, 40)
    row = told[told["Length of the list"] == "40 (capacity)"].iloc[0]
    wanted = at_capacity(y, p, dates, 40)
    assert row["Of 100 listed, with the outcome"] == f"{wanted['precision_at_capacity'] * 100:.0f}"
    assert row["Of 100 with the outcome, listed"] == f"{wanted['recall_at_capacity'] * 100:.0f}"


def test_a_date_with_few_does_not_end_the_curve_before_the_capacity():
    rng = np.random.default_rng(0)
    p, dates = rng.random(413), np.r_[np.zeros(13), np.ones(200), np.full(200, 2)]
    y = rng.random(413) < p * 0.8
    _, told = charts.list_length(y, p, dates, 40)
    assert "40 (capacity)" in told["Length of the list"].tolist()
    assert max(int(re.sub(r"\D", "", of)) for of in told["Length of the list"]) > 40


@pytest.mark.parametrize("capacity", [2, 18, 40])
def test_the_mark_of_the_capacity_stays_within_the_drawing(capacity):
    y, dates = np.random.default_rng(0).random(400) < 0.3, np.repeat(np.arange(20), 20)  # lists of 20
    drawn, _ = charts.list_length(y, np.linspace(1, 0, 400), dates, capacity)
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', drawn).group(1))
    anchor, x = re.search(rf'text-anchor: (\w+)[^>]*x="([\d.]+)"[^>]*>capacity: {capacity}<', drawn).groups()
    long = 70  # units that these letters take in any font
    left = float(x) - (long if anchor == "end" else 0)
    assert 0 <= left <= width - long


def test_scores_join_bands_with_too_few_residents():
    _, told = charts.score_distribution(np.r_[np.full(100, 0.003), np.full(30, 0.03), np.full(4, 0.7)])
    assert told["Scored"].tolist() == ["100", "35"]


@pytest.mark.parametrize("p", [np.full(5, 0.5), np.full(50, 0.5)])
def test_few_scores_are_drawn_too(p):
    assert len(charts.score_distribution(p)[1]) == 1


def group(name: str, events: int, auc: dict) -> dict:
    return {"group": name, "n": 1000, "events": events, "flagged": 50.0, "found": 20.0, "auc": auc}


def test_a_group_hidden_in_the_table_is_hidden_in_the_picture():
    clear = {"value": 0.7, "low": 0.6, "high": 0.8}
    drawn, told = charts.group_auc({"sex": [group("F", 50, clear), group("M", 40, clear), group("X", 3, clear)]})
    assert told["AUC (95% interval)"].tolist() == ["0.70 (0.60–0.80)", "*", "*"]
    assert "for each of 1 groups; 2 more" in drawn


def test_a_group_that_cannot_be_evaluated_is_shown_as_such():
    nothing = {"value": None, "low": None, "high": None}
    drawn, told = charts.group_auc(
        {"sex": [group("F", 50, {"value": 0.7, "low": 0.6, "high": 0.8}), group("M", 15, nothing)]}
    )
    assert told["AUC (95% interval)"].tolist() == ["0.70 (0.60–0.80)", "too few events to tell"]
    assert "too few events to tell" in drawn
