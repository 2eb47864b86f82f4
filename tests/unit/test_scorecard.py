"""A scorecard: few lines of whole points, added up, which scikit-learn's objects give alike."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from features.errors import InputError
from models.scorecard import MOST, Scorecard, points

COLUMNS = [
    {"name": "visits", "direction": 1, "days": [365]},
    {"name": "days_since_visit", "direction": -1, "days": []},
    {"name": "age", "direction": 0, "days": []},
    {"name": "noise", "direction": 1, "days": [90]},
    {"name": "never_recorded", "direction": 1, "days": [90]},
]


def residents(n=6000, seed=0):
    """Risk rises with visits, with how recent the last is, and at both ends of life."""
    random = np.random.default_rng(seed)
    visits = random.poisson(1, n)
    X = pd.DataFrame(
        {
            "visits": visits,
            "days_since_visit": np.where(visits > 0, random.integers(1, 365, n), np.nan),
            "age": random.integers(0, 100, n),
            "noise": random.poisson(1, n),
            "never_recorded": np.nan,
        }
    ).astype("float32")
    log_odds = -4 + visits + 1.5 * (X.days_since_visit < 100) + 1.5 * ((X.age < 25) | (X.age > 75))
    return X, random.random(n) < 1 / (1 + np.exp(-log_odds)).to_numpy()


def card(columns=3, cuts=3, **options):
    X, y = residents()
    return Scorecard(COLUMNS, columns, cuts, seed=1).fit(X, y, **options)


def total(printed: pd.DataFrame, X: pd.DataFrame) -> np.ndarray:
    """What a person with the printed card would add up."""
    held = [
        X[line.column] >= line["from"] if line.side == "at least" else X[line.column] <= line["from"]
        for _, line in printed.iterrows()
    ]
    return np.sum([holds * worth for holds, worth in zip(held, printed.points, strict=True)], axis=0)


def test_the_printed_card_added_up_by_hand_gives_the_score():
    X, y = residents()
    model = card()
    by_hand = total(points(model), X)
    slope, intercept = model[-1].coef_[0, 0], model[-1].intercept_[0]
    given = model.predict_proba(X.astype("float64"))[:, 1]
    np.testing.assert_allclose(given, 1 / (1 + np.exp(-(intercept + slope * by_hand))), rtol=1e-12)
    assert len(np.unique(given)) == len(np.unique(by_hand))  # the same total is a tie
    assert slope > 0
    assert roc_auc_score(y, by_hand) > 0.78


def test_points_are_few_whole_and_go_the_columns_way():
    printed = points(card())
    assert set(printed.column) == {"visits", "days_since_visit", "age"}
    assert printed.points.between(1, MOST).all()
    assert printed.points.max() == MOST
    assert set(printed[printed.column == "visits"].side) == {"at least"}
    assert set(printed[printed.column == "days_since_visit"].side) == {"at most"}
    assert set(printed[printed.column == "age"].side) == {"at least", "at most"}  # risky at both ends
    assert printed.groupby(["column", "side"]).size().max() <= 3


def test_no_more_columns_and_cuts_than_are_asked_for():
    printed = points(card(columns=1, cuts=1))
    assert printed[["column", "side", "from"]].values.tolist() == [["visits", "at least", 1.0]]


def test_of_a_column_without_a_direction_little_may_be_the_risk():
    X, _ = residents()
    y = np.random.default_rng(1).random(len(X)) < 1 / (1 + np.exp(1 + X.visits.to_numpy()))
    printed = points(Scorecard([{"name": "visits", "direction": 0, "days": [365]}], 1, 1, seed=1).fit(X, y))
    assert set(printed.side) == {"at most"}


def test_what_is_not_recorded_earns_nothing():
    model = card()
    X, _ = residents()
    X = X.astype("float64")
    bare = X[:1].assign(visits=np.nan, days_since_visit=np.nan, age=np.nan)
    assert model[:-1].transform(bare).tolist() == [[0.0]]


def test_thresholds_hold_for_float32_and_float64_alike():
    rate = np.float32([0.1, np.nextafter(np.float32(0.1), np.float32(1))] * 200)
    X, y = pd.DataFrame({"rate": rate}), np.arange(400) % 2 == 1
    y[:40] = ~y[:40]
    model = Scorecard([{"name": "rate", "direction": 1, "days": []}], 1, 1, seed=1).fit(X, y)
    for kind in ("float32", "float64"):
        assert np.ptp(model.predict_proba(X.astype(kind))[:2, 1]) > 0.5


def test_weights_stand_for_rows():
    X, y = residents(1500)
    weight = np.where(np.arange(len(y)) % 3, 1, 2)
    weighed = Scorecard(COLUMNS, 3, 3, seed=1).fit(X, y, weight)
    repeated = np.repeat(np.arange(len(y)), weight)
    again = Scorecard(COLUMNS, 3, 3, seed=1).fit(X.iloc[repeated], y[repeated])
    assert set(points(weighed).column) == set(points(again).column)
    one, other = (model.predict_proba(X.astype("float64"))[:, 1] for model in (weighed, again))
    assert np.abs(one - other).mean() < 0.01


def test_where_nothing_tells_them_apart_it_says_so():
    X, y = residents()
    with pytest.raises(InputError, match="no column tells those who have the event from the others"):
        Scorecard(COLUMNS[-1:], 3, 3, seed=1).fit(X, y)
