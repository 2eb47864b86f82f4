"""Too good to be true: a column that holds the future is caught and named before anything is fitted."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from features.errors import InputError
from models import leaks
from tests.risks import county


def residents():
    X, label, _ = county(lambda X: X.visits - 3)
    return X, label, np.arange(len(X))


def test_a_planted_leak_is_caught_and_named():
    X, label, rows = residents()
    happened = np.asarray(label, dtype=bool)
    closed = np.where(np.random.default_rng(0).random(len(X)) < 0.05, ~happened, happened)
    X["case_closed_365d"] = closed.astype("float32")
    ranked = leaks.alone(X, label, rows, seed=1)
    assert ranked.index[0] == "case_closed_365d"
    with pytest.raises(InputError) as error:
        leaks.refuse_columns(ranked, 0.9)
    [fault] = error.value.faults
    assert fault.startswith("case_closed_365d: too good to be true: alone it has an AUC of 0.941;")
    assert "recorded_on" in fault
    assert "ended_on" in fault


def test_honest_columns_pass():
    X, label, rows = residents()
    leaks.refuse_columns(leaks.alone(X, label, rows, seed=1), 0.9)


@pytest.mark.parametrize("leaking", [lambda event: ~event, lambda event: event])
def test_missing_only_where_nothing_happens_is_a_leak(leaking):
    X, label, rows = residents()
    event = np.asarray(label, dtype=bool)
    X["assessed_on_entry"] = np.where(leaking(event), np.nan, 1.0)
    assert leaks.alone(X, label, rows, seed=1)["assessed_on_entry"] == 1


def test_missing_values_stand_at_the_better_end():
    random = np.random.default_rng(0)
    event = random.random(2000) < 0.3
    values = np.round(random.normal(event, 1), 1)
    values[random.random(2000) < np.where(event, 0.1, 0.4)] = np.nan
    X = pd.DataFrame({"rate": values})
    ends = [roc_auc_score(event, X.rate.fillna(end)) for end in (-9, 9)]
    expected = max(max(value, 1 - value) for value in ends)
    assert leaks.alone(X, event, np.arange(2000), seed=1)["rate"] == pytest.approx(expected)
    assert leaks.alone(-X, event, np.arange(2000), seed=1)["rate"] == pytest.approx(expected)


def test_a_column_without_a_value_says_nothing():
    X, label, rows = residents()
    assert leaks.alone(X.assign(never=np.nan), label, rows, seed=1)["never"] == 0.5


def test_a_model_that_is_too_good_names_where_to_begin():
    ranked = pd.Series({"visits_365d": 0.89, "age": 0.7, "moves": 0.6, "rate": 0.5})
    leaks.refuse_models({"rule": {"auc": 0.89}, "lightgbm": {"auc": 0.949}}, ranked, 0.95)
    with pytest.raises(
        InputError, match=r"AUC over folds is lightgbm 0.960. Begin with visits_365d \(0.890 alone\), age"
    ):
        leaks.refuse_models({"rule": {"auc": 0.89}, "lightgbm": {"auc": 0.96}}, ranked, 0.95)
