"""Tallies lead back to their rows, and their figures are those of scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from models.ranking import Ranking, auc, average_precision


def test_levels_lead_back_to_the_rows():
    p = np.array([0.2, 0.9, 0.2, 0.5])
    ranking = Ranking([1, 0, 0, 1], p)
    assert ranking.score.tolist() == [0.9, 0.5, 0.2]
    assert ranking.score[ranking.level].tolist() == p.tolist()
    assert [a.tolist() for a in ranking()] == [[0, 1, 1], [1, 1, 2]]


def test_figures_without_ties_are_those_of_scikit_learn():
    random = np.random.default_rng(0)
    p = random.random(500)
    y = random.random(500) < p
    tally = Ranking(y, p)()
    assert average_precision(*tally) == pytest.approx(average_precision_score(y, p), abs=1e-12)
    assert auc(*tally) == pytest.approx(roc_auc_score(y, p), abs=1e-12)


def test_no_row_has_no_figure():
    assert np.isnan(auc(*Ranking([0, 0], [0.1, 0.2])()))
    assert np.isnan(average_precision(*Ranking([0], [0.1])()))
