"""Maps from scores to risks: the definitions they stand for, and a comparison that finds what is lost by a line."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.isotonic import IsotonicRegression

from models import calibrators
from models.calibrators import CALIBRATORS, compare, venn_abers, what_is_lost
from models.titles import MAPS


class Scores(ClassifierMixin, BaseEstimator):
    """A model whose score is its one column."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return X["p"].to_numpy() > 0.5

    def predict_proba(self, X):
        return np.stack([1 - X["p"], X["p"]], axis=1)

    def decision_function(self, X):
        return logit(X["p"].to_numpy())


def rows(n=3000, bend=lambda x: x, seed=0):
    """Scores, truth whose log-odds are a bent form of the scores', and households of two."""
    random = np.random.default_rng(seed)
    x = random.normal(-1.5, 1.2, n)
    return pd.DataFrame({"p": expit(x)}), random.random(n) < expit(bend(x)), np.arange(n) // 2


def test_where_the_scores_are_right_nothing_is_lost_by_the_line():
    found = compare(Scores(), *rows(), resamples=50)
    assert set(found["methods"]) == set(MAPS)
    assert "Nothing is lost by the straight line" in found["sentence"]
    line = found["methods"]["sigmoid"]
    assert line["behind"] == line["se"] == 0
    assert line["slope"]["low"] < 1 < line["slope"]["high"]
    for of in found["methods"].values():
        assert set(of) == {*calibrators.FIGURES, "behind", "se"}
        assert of["log_loss"]["low"] <= of["log_loss"]["value"] <= of["log_loss"]["high"]
    assert found == compare(Scores(), *rows(), resamples=50)


def test_scores_that_bend_are_found_out():
    found = compare(Scores(), *rows(6000, lambda x: np.minimum(x + 1, -1.0)), resamples=50)
    assert "The straight line loses something" in found["sentence"]
    assert found["methods"]["isotonic"]["behind"] < 0
    assert found["methods"]["none"]["behind"] > 0
    assert found["methods"]["sigmoid"]["ici"]["value"] > 2 * found["methods"]["isotonic"]["ici"]["value"]


def test_a_map_is_judged_on_households_it_has_not_seen():
    # a truth that is the household's own toss: a map that had seen it would look better than no map
    X, _, groups = rows()
    y = np.random.default_rng(1).random(1500)[groups] < 0.2
    found = compare(Scores(), X.assign(p=0.2 + groups * 1e-5), y, groups, resamples=20)
    assert found["methods"]["isotonic"]["log_loss"]["value"] > 0.49  # the entropy of 0.2 is 0.50


def test_too_few_events_are_not_compared():
    X, y, groups = rows()
    y[np.flatnonzero(y)[19:]] = False
    found = compare(Scores(), X, y, groups, resamples=5)
    assert found["events"] == 19
    assert found["methods"]["beta"]["log_loss"] == {"value": None, "low": None, "high": None}
    assert "too few to tell" in found["sentence"]


def test_the_line_and_the_steps_are_scikit_learns():
    X, y, _ = rows()
    p, new = X["p"].to_numpy(), np.linspace(0.02, 0.9, 50)
    frozen = FrozenEstimator(Scores().fit(X, y))
    asked = pd.DataFrame({"p": new})
    theirs = CalibratedClassifierCV(frozen, method="isotonic").fit(X, y).predict_proba(asked)[:, 1]
    assert CALIBRATORS["isotonic"](p, y, new) == pytest.approx(theirs, abs=1e-3)  # between steps on the log-odds
    # scikit-learn's sigmoid, Platt's, draws its targets a little inwards
    theirs = CalibratedClassifierCV(frozen, method="sigmoid").fit(X, y).predict_proba(asked)[:, 1]
    assert CALIBRATORS["sigmoid"](p, y, new) == pytest.approx(theirs, abs=2e-3)


def test_beta_is_the_likeliest_beta_map():
    # Kull et al. 2017: risk = 1 / (1 + 1 / (e^c p^a / (1 - p)^b)), a and b at least 0
    X, y, _ = rows(2000, lambda x: 0.5 * x + 0.1 * x**2)
    p, new = X["p"].to_numpy(), np.linspace(0.02, 0.9, 50)

    def risk(of, a, b, c):
        return expit(c + a * np.log(of) - b * np.log1p(-of))

    def loss(parameters):
        of = risk(p, *parameters)
        return -np.mean(np.where(y, np.log(of), np.log1p(-of)))

    likeliest = minimize(loss, [1, 1, 0], bounds=[(0, None), (0, None), (None, None)], tol=1e-12).x
    assert CALIBRATORS["beta"](p, y, new) == pytest.approx(risk(new, *likeliest), abs=1e-4)


def test_a_beta_map_never_falls():
    X, y, _ = rows(2000, lambda x: -x)
    risks = CALIBRATORS["beta"](X["p"].to_numpy(), ~y, np.linspace(0.02, 0.9, 50))
    assert (np.diff(risks) >= 0).all()


def test_venn_abers_are_two_isotonic_regressions_for_each_new_row():
    # Vovk and Petej 2014, definition 1, with the new row added as one without and one with the event
    X, y, _ = rows(200)
    p = X["p"].round(1).to_numpy()  # ties
    new = np.array([0.0, 0.1, 0.14, 0.3, 0.5, 0.99])
    for event, told in enumerate(venn_abers(p, y, new)):
        for s, probability in zip(new, told, strict=True):
            with_it = IsotonicRegression(out_of_bounds="clip").fit(np.append(p, s), np.append(y, event))
            assert probability == pytest.approx(with_it.predict([s])[0], abs=1e-12)
    without, with_it = venn_abers(p, y, new)
    assert CALIBRATORS["venn_abers"](p, y, new) == pytest.approx(with_it / (1 - without + with_it))


def test_venn_abers_of_many_scores_takes_the_nearest():
    X, y, _ = rows(300)
    new = np.linspace(0.05, 0.8, 3000)
    risks = CALIBRATORS["venn_abers"](X["p"].to_numpy(), y, new)
    assert len(np.unique(risks)) <= calibrators.POINTS
    assert (np.diff(risks) > -0.02).all()  # each of the two rises; what is merged from them may fall a little
    assert risks[::300] == pytest.approx(CALIBRATORS["venn_abers"](X["p"].to_numpy(), y, new[::300]), abs=0.02)


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        (-0.001, "Nothing is lost"),
        (0.00038, "Nothing is lost"),
        (0.00054, "is not shown to lose anything"),
        (0.0009, "loses something"),
    ],
)
def test_nothing_is_lost_only_within_one_standard_error(gain, said):
    assert said in what_is_lost(gain, se=0.0004)
