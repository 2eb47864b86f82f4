"""A scorer's answer for a resident is the model's own, and the same in whatever block the resident comes."""

import pickle

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.special import expit, logit

from models import capacity
from models.calibration import calibrate
from models.candidates import candidates
from models.explanation import sample_background
from models.reasons import typical_values
from models.scoring import Scorer, around
from pipelines import score

KINDS = [f"kind_{number}" for number in range(40)]  # many, so that the order of a sum can move its last bit
COLUMNS = [
    {
        "name": name,
        "direction": 0,
        "days": [365] if number % 2 else [],
        "grain": "resident",
        "agency": "police",
        "none": None,
        "sentence": f"Records of the {number}th kind",
    }
    for number, name in enumerate(KINDS)
]
INTERVALS = pd.DataFrame({"score": [0.1, 0.2, 0.5], "low": [0.06, 0.1, 0.4], "high": [0.13, 0.4, 0.7]})
CHOICES = {
    "rule": "kind_3",
    "logistic": {"C": 1.0},
    "lightgbm": {"n_estimators": 8, "num_leaves": 8, "max_depth": 4, "learning_rate": 0.3, "num_threads": 1},
}


def residents(n: int = 300) -> pd.DataFrame:
    """Ids, a date, forty columns as the engine gives them (float32, NaN where nothing is recorded), and one more."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.gamma(1.0, 3.0, (n, 40)), columns=KINDS).mask(rng.random((n, 40)) < 0.2).astype("float32")
    X.iloc[n // 2 :] = X.iloc[: n - n // 2].to_numpy()  # everybody has a twin
    return X.assign(unit_id=[f"r{i}" for i in range(n)], as_of=pd.Timestamp("2025-01-01"), newest_record=7.0)


def trained(name: str, rows: pd.DataFrame):
    X = rows[KINDS].astype("float64")
    y = np.random.default_rng(1).random(len(X)) < 1 / (1 + np.exp(2 - X["kind_3"].fillna(0) + X["kind_5"].isna()))
    return calibrate(candidates(COLUMNS, {name: CHOICES[name]}, seed=0)[name].fit(X, y), X, y)


def scorer_of(model, rows: pd.DataFrame, **options) -> Scorer:
    background = sample_background(rows[KINDS], rows=50)
    typical = {name: None if np.isnan(value) else value for name, value in typical_values(background).items()}
    return Scorer(model, {"columns": COLUMNS, "typical": typical}, background, INTERVALS, **options)


@pytest.fixture(params=["rule", "logistic", "lightgbm"])
def model(request):
    return trained(request.param, residents())


def test_gives_the_models_probability_the_reasons_and_all_else_as_it_came(model):
    rows = residents()
    scored = scorer_of(model, rows, top=2)(rows)
    wanted = model.predict_proba(rows[KINDS].astype("float64"))[:, 1]
    np.testing.assert_allclose(scored["probability"], wanted, rtol=1e-13)
    kept, made = ["unit_id", "as_of", "newest_record"], ["probability", "low", "high", "reason_1", "reason_2"]
    assert list(scored) == [*kept, *made, "nothing_recorded_by"]
    pd.testing.assert_frame_equal(scored[["unit_id", "as_of", "newest_record"]], rows.drop(columns=KINDS))
    assert scored["reason_1"].str.contains(r"Records of the \d+th kind: .* the score\.").all()


def test_a_score_lies_within_its_interval_and_a_higher_one_has_no_lower_interval(model):
    scored = scorer_of(model, residents())(residents()).sort_values("probability")
    assert (scored["low"] <= scored["probability"]).all()
    assert (scored["probability"] <= scored["high"]).all()
    assert scored["low"].is_monotonic_increasing
    assert scored["high"].is_monotonic_increasing


def test_between_the_scores_of_the_table_and_beyond_them_the_interval_is_as_wide_on_the_log_odds():
    at = np.array([0.01, 0.1, 0.2, 0.5, 0.9])
    low, high = around(logit(at), INTERVALS)
    assert low[1:4] == pytest.approx([0.06, 0.1, 0.4])
    assert high[1:4] == pytest.approx([0.13, 0.4, 0.7])
    assert logit(at[0]) - logit(low[0]) == pytest.approx(logit(0.1) - logit(0.06))
    assert logit(high[4]) - logit(at[4]) == pytest.approx(logit(0.7) - logit(0.5))
    between = expit((logit(0.1) + logit(0.2)) / 2)
    middle = (logit(0.1) - logit(0.06) + logit(0.2) - logit(0.1)) / 2
    assert logit(between) - logit(around(logit(np.array([between])), INTERVALS)[0][0]) == pytest.approx(middle)


@pytest.mark.parametrize("size", [1, 7, 64, 299])
def test_how_rows_fall_into_blocks_changes_nothing(model, size):
    rows = residents()
    scorer = scorer_of(model, rows)
    first = 20 if size == 1 else len(rows)
    blocks = [scorer(rows[start : min(start + size, first)]) for start in range(0, first, size)]
    pd.testing.assert_frame_equal(pd.concat(blocks), scorer(rows)[:first], check_exact=True)


def test_residents_who_are_alike_tie(model):
    rows = residents()
    p = scorer_of(model, rows)(rows)["probability"].to_numpy()
    np.testing.assert_array_equal(p[:150], p[150:])


def test_a_scorer_can_be_sent_elsewhere(model):
    rows = residents()
    scorer = scorer_of(model, rows, withheld=frozenset(KINDS[:20]))
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(scorer))(rows), scorer(rows), check_exact=True)


def test_what_the_recipient_may_not_see_is_withheld(model):
    rows = residents()
    told = scorer_of(model, rows, withheld=frozenset(KINDS))(rows)
    assert told["reason_1"].str.startswith("Records that this recipient may not see").all()
    assert told["reason_2"].isna().all()


def test_blocks_of_the_matrix_come_out_alike_whether_or_not_anybody_in_them_has_a_reason(model):
    """So that they can be put together: ids and dates as they were, reasons as text."""
    rows = residents()
    nobody = rows[:2].assign(**dict.fromkeys(KINDS, np.nan))
    scorer = scorer_of(model, rows, top=40, names={"police": "the police"})
    blocks = [score._scored(scorer, pa.Table.from_pandas(block, preserve_index=False)) for block in (rows, nobody)]
    assert blocks[0].schema.equals(blocks[1].schema)
    assert blocks[1].column("reason_40").null_count == 2
    assert blocks[0].column("nothing_recorded_by").null_count == len(rows)
    assert blocks[1].column("nothing_recorded_by").to_pylist() == ["the police"] * 2
    scored = scorer(rows)
    pd.testing.assert_series_equal(blocks[0].column("probability").to_pandas(), scored["probability"], check_exact=True)
    assert blocks[0].column("reason_1").to_pylist() == scored["reason_1"].tolist()
    assert blocks[0].column("as_of").to_pylist() == rows["as_of"].tolist()


def test_ties_share_a_rank_and_who_ties_for_the_last_place_is_not_within_capacity():
    day, other = pd.Timestamp("2025-01-01"), pd.Timestamp("2025-07-01")
    p = [0.9, 0.5, 0.5, 0.4, 0.3, 0.2, 0.1, 0.1]
    scored = pd.DataFrame({"listed_on": [day] * 7 + [other], "probability": p})
    placed = score._places(scored, capacity=2)
    assert placed["rank"].tolist() == [1, 2, 2, 4, 5, 6, 7, 1]
    within, following, rest = capacity.BANDS
    assert placed["band"].tolist() == [within, *[following] * 5, rest, within]
