"""What a model trained on the first day of each fold makes of it: calibrated on households of before, or the reason."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.choice import Choice
from models.reliability import calibration
from models.splits import Folds, folds, temporal_split
from models.training import train
from pipelines import paths
from pipelines.files import read_json
from pipelines.prepared import Prepared
from pipelines.train import _of_folds, _write_folds
from tests.risks import COLUMNS, PARAMS, county

TIME = {"cut": date(2020, 1, 1), "gap_days": 0, "horizon_days": 365, "allowance_days": 0}


def in_folds(rolled: Folds, data: Prepared, name="logistic"):
    def train_by(cut: date):
        split = temporal_split(data.pairs, data.label, **TIME | {"cut": cut})
        return train(data.X, data.label, split, COLUMNS, {name: PARAMS[name]}, seed=1).models[name]

    return _of_folds(data, rolled, train_by)


@pytest.fixture(scope="module")
def data() -> Prepared:
    X, label, pairs = county(lambda X: X.visits - 2, n=16_000)
    return Prepared(pairs.assign(listed_on=pairs["as_of"]), X, pd.Series(label), COLUMNS)


def test_every_pair_judged_in_a_fold_has_a_risk_that_keeps_its_promise(data):
    rolled = folds(data.pairs, data.label, number=2, **TIME)
    judged, untrained = in_folds(rolled, data)
    assert untrained == []
    for fold in rolled.used:
        of_fold = judged[judged["cut"] == fold.cut]
        assert of_fold["unit_id"].tolist() == data.pairs["unit_id"].iloc[fold.judge].tolist()
        assert np.array_equal(of_fold["label"], np.asarray(data.label, dtype=bool)[fold.judge])
        found = calibration(of_fold["label"], of_fold["p"])
        assert found["o_e"] == pytest.approx(1, abs=0.15)  # of about 4,000 x 0.3 events, and as many that calibrated
        assert found["calibration_slope"] == pytest.approx(1, abs=0.25)


def test_what_comes_later_changes_nothing_of_a_fold(data):
    rolled = folds(data.pairs, data.label, number=2, **TIME)
    first = rolled.used[0]
    later = (data.pairs["as_of"] > first.dates[-1]).to_numpy()
    X = data.X.copy()
    X.loc[later] = 0.0
    spoilt = Prepared(data.pairs, X, data.label, COLUMNS)
    told, again = (in_folds(Folds((first,), ()), of)[0]["p"] for of in (data, spoilt))
    assert np.array_equal(told, again)


def test_a_fold_that_cannot_be_trained_or_is_of_households_has_its_reason(data):
    by_day = folds(data.pairs, data.label, number=2, **TIME)
    judged, untrained = in_folds(by_day, Prepared(data.pairs, data.X * 0, data.label, COLUMNS))
    assert judged.empty
    assert [cut for cut, _ in untrained] == [fold.cut for fold in by_day.used]
    assert all("gives all" in reason for _, reason in untrained)

    one = data.pairs["as_of"] == data.pairs["as_of"].min()
    pairs, label = data.pairs[one].reset_index(drop=True), data.label[one.to_numpy()]
    judged, untrained = in_folds(
        folds(pairs, label, number=2, **TIME), Prepared(pairs, data.X[one.to_numpy()], label, COLUMNS)
    )
    assert judged.empty
    assert untrained == [(TIME["cut"], "it compares households, not years")]


def test_readers_are_told_the_reason_and_whoever_makes_the_run_what_to_do_as_well(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    left_out = [(date(2019, 1, 1), "fit: there is no pair to fit on; widen the cohort")]
    untrained = [(date(2019, 7, 1), "models.rule: calibration: it ranks nobody")]
    choice = Choice("rule", "", {}, [], {})
    _write_folds("some", "0f", Folds((), tuple(left_out)), choice, pd.Series({"age": 0.6}), untrained)
    told = read_json(paths.folds("some"))
    assert told["left_out"] == [{"cut": "2019-01-01", "reason": "there is no pair to fit on"}]
    assert told["untrained"] == [{"cut": "2019-07-01", "reason": "it ranks nobody"}]
    said = "".join(capsys.readouterr())
    assert "2019-01-01 is left out: fit: there is no pair to fit on; widen the cohort" in said


def test_a_fault_that_is_no_want_of_data_is_not_taken_for_one(data):
    with pytest.raises(ValueError, match="must hold the columns"):
        in_folds(folds(data.pairs, data.label, number=2, **TIME), Prepared(data.pairs, data.X[["age"]], data.label, []))
