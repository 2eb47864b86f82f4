"""Ties: exact, and broken by a fair draw where candidates are compared."""

from itertools import permutations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from models.ranking import Ranking, auc, average_precision, expected_average_precision


def test_levels_lead_back_to_the_rows():
    p = np.array([0.2, 0.9, 0.2, 0.5])
    ranking = Ranking([1, 0, 0, 1], p)
    assert ranking.score.tolist() == [0.9, 0.5, 0.2]
    assert ranking.score[ranking.level].tolist() == p.tolist()
    assert [a.tolist() for a in ranking()] == [[0, 1, 1], [1, 1, 2]]


def test_ties_broken_by_a_fair_draw_equal_the_mean_over_every_order():
    y, p = np.array([1, 0, 1, 0, 1]), np.array([3, 3, 3, 2, 2])
    over_orders = [average_precision_score(y, p + np.array(order) / 10) for order in permutations(range(5))]
    assert expected_average_precision(*Ranking(y, p)()) == pytest.approx(np.mean(over_orders), abs=1e-12)


def test_without_ties_it_is_the_usual_average_precision():
    random = np.random.default_rng(0)
    p = random.random(500)
    y = random.random(500) < p
    tally = Ranking(y, p)()
    assert expected_average_precision(*tally) == pytest.approx(average_precision_score(y, p), abs=1e-12)
    assert average_precision(*tally) == pytest.approx(average_precision_score(y, p), abs=1e-12)
    assert auc(*tally) == pytest.approx(roc_auc_score(y, p), abs=1e-12)


def test_breaking_the_ties_of_a_rule_at_random_gains_nothing():
    random = np.random.default_rng(0)
    p = random.integers(0, 4, 20_000)
    y = random.random(20_000) < (p + 1) / 10
    rule, noisy = Ranking(y, p)(), Ranking(y, p + random.random(20_000) / 2)()
    assert average_precision(*noisy) > average_precision(*rule) + 0.01
    assert expected_average_precision(*noisy) == pytest.approx(expected_average_precision(*rule), abs=0.005)


def test_no_row_has_no_figure():
    assert np.isnan(auc(*Ranking([0, 0], [0.1, 0.2])()))
    assert np.isnan(average_precision(*Ranking([0], [0.1])()))
