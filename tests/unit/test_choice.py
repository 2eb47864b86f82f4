"""Choice: the simplest candidate that keeps up with the best over time, and the reason in plain English."""

from datetime import date

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from features.errors import InputError
from models import choice
from models.candidates import candidates
from models.choice import Judged, choose, choose_over_time, compare
from models.splits import folds
from tests.risks import COLUMNS, PARAMS, county

TIME = {"cut": date(2020, 1, 1), "number": 2, "gap_days": 0, "horizon_days": 365, "allowance_days": 0}


def chosen(risk, params=PARAMS, seed=1, **options):
    X, label, pairs = county(risk)
    made = candidates(COLUMNS, params, seed=1)
    rolled = folds(pairs, label, **TIME)
    return choose_over_time(X, label, pairs.group_id, rolled, made, seed=seed, resamples=50, **options)


def test_the_rule_is_chosen_where_nothing_else_matters():
    found = chosen(lambda X: X.visits - 2)
    assert list(found.scores) == list(PARAMS)
    assert found.chosen == "rule"
    assert found.reason.startswith("Judged by mean AUC in 2 folds of time, as of 2018-01-01 to 2018-07-01 (2,000 pairs")
    assert "The simple rule is chosen" in found.reason


def test_more_than_curves_are_chosen_where_risk_needs_two_columns_together():
    found = chosen(lambda X: 4 * np.where(X.age > 50, X.visits > 1, X.age < 30) - 2.5)
    assert found.chosen == "lightgbm"
    assert "LightGBM is chosen, the simplest within one standard error of the best" in found.reason


def test_curves_are_chosen_where_risk_is_crooked_in_one_column():
    found = chosen(lambda X: 4 * (abs(X.age - 50) < 12) - 2.5, {k: v for k, v in PARAMS.items() if k != "scorecard"})
    assert found.chosen == "additive"


def test_regret_is_the_distance_from_the_best_of_each_fold():
    found = chosen(lambda X: X.visits - 2)
    assert [fold["cut"] for fold in found.folds] == ["2018-01-01", "2018-07-01"]
    for fold in found.folds:
        assert fold["fit"]["n"] == 1000
        best = max(fold["auc"].values())
        assert fold["regret"] == pytest.approx({name: best - auc for name, auc in fold["auc"].items()}, abs=2e-6)
    for name, score in found.scores.items():
        regrets = [fold["regret"][name] for fold in found.folds]
        assert score["regret"] == pytest.approx(np.mean(regrets), abs=2e-6)
        assert score["worst"] == max(regrets)


def test_a_draw_of_a_large_class_ranks_alike(monkeypatch):
    whole = chosen(lambda X: X.visits - 2)
    monkeypatch.setattr(choice, "FOLD_EACH", 400)
    part = chosen(lambda X: X.visits - 2)
    assert part.scores["rule"]["auc"] == pytest.approx(whole.scores["rule"]["auc"], abs=0.02)
    assert part.folds[0]["n"] == whole.folds[0]["n"] == 1000


def test_another_seed_changes_the_standard_errors_only():
    first, again = (chosen(lambda X: X.visits - 2, seed=seed) for seed in (1, 2))
    for one, other in zip(first.folds, again.folds, strict=True):
        assert {key: of for key, of in one.items() if key != "intervals"} == {
            key: of for key, of in other.items() if key != "intervals"
        }
        assert one["intervals"] != other["intervals"]
    assert first.scores["scorecard"]["se"] != again.scores["scorecard"]["se"]
    assert first.reason != again.reason


def test_who_cannot_be_fitted_in_a_fold_is_set_aside():
    class Fails:
        def fit(self, X, y):
            raise InputError("nothing to learn from")

    X, label, pairs = county(lambda X: X.visits - 2)
    made = candidates(COLUMNS, {"rule": "visits"}, seed=1) | {"scorecard": Fails()}
    rolled = folds(pairs, label, **TIME)
    found = choose_over_time(X, label, pairs.group_id, rolled, made, seed=1, resamples=20)
    assert found.set_aside == {"scorecard": "in the fold of 2018-01-01: nothing to learn from"}
    assert list(found.scores) == ["rule"]
    with pytest.raises(InputError, match=r"models.scorecard: in the fold of 2018-01-01: nothing to learn from"):
        choose_over_time(X, label, pairs.group_id, rolled, {"scorecard": Fails()}, seed=1)


def test_the_standard_error_is_of_the_difference_over_whole_households():
    random = np.random.default_rng(0)
    judged = []
    for _ in range(2):
        p, rows = random.random(500), np.arange(500)
        y = random.random(500) < p
        judged.append(Judged({"rule": p, "logistic": p, "lightgbm": random.random(500)}, y, rows // 2))
    folds_, scores = compare(judged, seed=1)
    assert scores["logistic"] == scores["rule"]
    assert scores["rule"]["behind"] == scores["rule"]["se"] == 0
    assert scores["lightgbm"]["behind"] > 5 * scores["lightgbm"]["se"] > 0
    for fold, made in zip(judged, folds_, strict=True):
        # the standard error of an AUC of 500 independent pairs (Hanley and McNeil 1982, Radiology 143:29)
        value, events, others = made["auc"]["rule"], fold.event.sum(), (~fold.event).sum()
        q1, q2 = value / (2 - value), 2 * value**2 / (1 + value)
        ways = value * (1 - value) + (events - 1) * (q1 - value**2) + (others - 1) * (q2 - value**2)
        told = made["intervals"]["auc"]["rule"]
        assert (told["high"] - told["low"]) / 2 == pytest.approx(1.96 * np.sqrt(ways / (events * others)), rel=0.35)
        assert made["intervals"]["regret"]["rule"] == {"low": 0, "high": 0}
        assert made["intervals"]["regret"]["lightgbm"]["low"] > 0
        assert made["auc"]["rule"] == pytest.approx(roc_auc_score(fold.event, fold.p["rule"]), abs=1e-6)
    # every household twice over: nothing is known better for it
    doubled = [
        Judged({n: np.tile(p, 2) for n, p in j.p.items()}, np.tile(j.event, 2), np.tile(j.group, 2)) for j in judged
    ]
    assert compare(doubled, seed=1)[1]["lightgbm"]["se"] == pytest.approx(scores["lightgbm"]["se"])


def told(**behind_and_se):
    return {
        name: {"auc": round(0.5 - behind, 3), "worst": 2 * behind, "behind": behind, "se": se}
        for name, (behind, se) in behind_and_se.items()
    }


@pytest.mark.parametrize(
    ("scores", "chosen"),
    [
        (told(rule=(0.010, 0.010), logistic=(0.002, 0.005), lightgbm=(0.0, 0.0)), "rule"),
        (told(rule=(0.011, 0.010), logistic=(0.005, 0.005), lightgbm=(0.0, 0.0)), "logistic"),
        (told(rule=(0.100, 0.010), logistic=(0.0051, 0.005), lightgbm=(0.0, 0.0)), "lightgbm"),
        (told(rule=(0.100, 0.010), logistic=(0.0, 0.0), lightgbm=(0.001, 0.005)), "logistic"),
        (told(lightgbm=(0.0, 0.0)), "lightgbm"),
    ],
)
def test_the_simplest_within_one_standard_error_of_the_best(scores, chosen):
    assert choose(scores, folds="4 folds of time", pairs=900, events=120)[0] == chosen


def test_what_is_behind_by_more_than_its_standard_error_is_seen_to_be():
    scores = told(rule=(0.1, 0.01), logistic=(0.009254, 0.008774), lightgbm=(0.0, 0.0))
    reason = choose(scores, folds="4 folds of time", pairs=900, events=120)[1]
    assert "0.0093 behind the best with a standard error of 0.0088" in reason
    assert "0.100 behind the best with a standard error of 0.010" in reason


def test_the_reason_reads_as_a_sentence():
    scores = told(rule=(0.1, 0.01), logistic=(0.004, 0.006), lightgbm=(0.0, 0.0))
    assert choose(scores, folds="4 folds of time", pairs=9000, events=1200)[1] == (
        "Judged by mean AUC in 4 folds of time (9,000 pairs, 1,200 events); LightGBM is best with 0.500; the simple "
        "rule reaches 0.400, 0.100 behind the best with a standard error of 0.010; logistic regression reaches 0.496, "
        "0.004 behind the best with a standard error of 0.006. Logistic regression is chosen, the simplest within one "
        "standard error of the best; at worst it was 0.008 behind the best of a fold."
    )
