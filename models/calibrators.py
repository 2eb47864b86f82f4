"""What the straight line of models.calibration is compared with: bent maps, steps, and no map at all.

The line keeps the order of the scores and exact explanations, so another map would have to be clearly better. Each is
judged on households it was not fitted on. Isotonic regression is scikit-learn's, and so are the regressions that the
other two are made of: each is a dozen lines over them.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression
from scipy.special import xlogy
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from models import calibration
from models.disclosure import count
from models.ranking import Ranking, ratio
from models.reliability import Calibration
from models.resampling import figure, number, resample
from models.titles import MAPS

FOLDS = 5
MIN_EVENTS = 20  # and as many without the event: fewer cannot tell maps apart
EDGE = 1e-6  # what a map gives as 0 or 1 is taken as this near: one event at a risk of 0 would cost infinitely much
POINTS = 1000  # scores at which Venn-Abers is worked out, exactly; others take the nearest one's
FIGURES = ("log_loss", "brier", "slope", "ici", "o_e")


def compare(fitted, X: pd.DataFrame, y, groups, *, resamples: int = 200, seed: int = 0) -> dict:
    """How well each map from a fitted classifier's probabilities to risks does on the held-out rows, ready for JSON.

    `X` (rows x columns), `y` (rows) and `groups` (rows; what is drawn whole) are those that `calibration.calibrate` is
    given; each map is fitted on four fifths of the groups and judged on the others. Returns n, events, groups;
    sentence, what it comes to in plain English; and methods: for each of sigmoid (the line that is used), isotonic,
    beta (Kull et al. 2017, Electronic Journal of Statistics 11:5052), venn_abers (Vovk and Petej 2014, Venn-Abers
    predictors; inductive) and none, {"value", "low", "high"} for log_loss, brier, slope, ici and o_e, with "behind":
    log loss above that of sigmoid (below 0 is better), and its standard error "se". With fewer than 20 events or
    others all are None.
    """
    y = np.asarray(y, dtype=float)
    p, draws = fitted.predict_proba(X)[:, 1], resample(groups, resamples, seed)
    events, held = int(y.sum()), draws.drawn.shape[1]
    about = {"n": len(y), "events": events, "groups": held}
    fold = np.random.default_rng(seed).permutation(held)[draws.groups] % FOLDS
    rest = [np.flatnonzero(fold != number) for number in range(FOLDS)]
    if min(events, len(y) - events) < MIN_EVENTS or any(not 0 < y[rows].sum() < len(rows) for rows in rest):
        nothing = dict.fromkeys(FIGURES, figure(np.nan, np.array([np.nan]))) | {"behind": None, "se": None}
        sentence = f"With {count(events)} events there are too few to tell one way of calibrating from another."
        return about | {"sentence": sentence, "methods": dict.fromkeys(CALIBRATORS, nothing)}
    mapped = {name: np.empty(len(y)) for name in CALIBRATORS}
    for number_of, rows in enumerate(rest):
        new = fold == number_of
        for name, calibrator in CALIBRATORS.items():
            mapped[name][new] = calibrator(p[rows], y[rows], p[new])
    judges = {name: _judge(y, np.clip(risk, EDGE, 1 - EDGE)) for name, risk in mapped.items()}
    value = {name: judge() for name, judge in judges.items()}
    drawn = draws.each(lambda weights: {name: judge(weights) for name, judge in judges.items()})
    found = {}
    for name in CALIBRATORS:
        of_name = pd.DataFrame([each[name] for each in drawn])
        behind = of_name["log_loss"] - [each["sigmoid"]["log_loss"] for each in drawn]
        found[name] = {key: figure(x, of_name[key]) for key, x in value[name].items()} | {
            "behind": number(value[name]["log_loss"] - value["sigmoid"]["log_loss"]),
            "se": number(behind.std()),
        }
    return about | {"sentence": _sentence(found, len(y), events), "methods": found}


def venn_abers(p: np.ndarray, y: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two probabilities (new,) of isotonic regressions in which the new row itself has not, or has, the event.

    `p`, `y` (rows) are scores and truth, `new` scores to be calibrated. Exact at up to POINTS different scores.
    """
    tally = Ranking(y, p)
    events, rows, score = *(of[::-1] for of in tally()), tally.score[::-1]
    scores = np.unique(new)
    at = scores[np.unique(np.linspace(0, len(scores) - 1, min(POINTS, len(scores))).round().astype(int))]
    ends = np.empty((2, len(at)))
    for place, s in enumerate(at):
        here = np.searchsorted(score, s)
        if here == len(score) or score[here] != s:
            with_it = np.insert(events, here, 0.0), np.insert(rows, here, 0.0)
        else:
            with_it = events.copy(), rows.copy()
        with_it[1][here] += 1
        for event in (0, 1):
            with_it[0][here] += event
            ends[event, place] = isotonic_regression(with_it[0] / with_it[1], weights=with_it[1]).x[here]
    nearest = np.searchsorted((at[1:] + at[:-1]) / 2, new)
    return ends[0, nearest], ends[1, nearest]


def _sigmoid(p: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    return calibration.line().fit(p[:, None], y).predict_proba(new[:, None])[:, 1]


def _isotonic(p: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    return IsotonicRegression(out_of_bounds="clip").fit(p, y).predict(new)


def _beta(p: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    """A logistic regression on ln p and -ln(1 - p), neither of which may lower the risk: then the other alone."""
    terms, asked = (
        np.stack([np.log(of), -np.log1p(-of)], axis=1) for of in (np.clip(q, EDGE, 1 - EDGE) for q in (p, new))
    )
    model = LogisticRegression(C=1e6, solver="newton-cholesky", tol=1e-8)  # a rule of two scores settles no third term
    keep = [0, 1]
    if (model.fit(terms, y).coef_[0] < 0).any():
        keep = [int(np.argmax(model.coef_[0]))]
        model.fit(terms[:, keep], y)
    return model.predict_proba(asked[:, keep])[:, 1]


def _venn_abers(p: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    without, with_it = venn_abers(p, y, new)
    return with_it / (1 - without + with_it)


Calibrator = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]  # scores, truth, new scores -> risks
CALIBRATORS: dict[str, Calibrator] = {
    "sigmoid": _sigmoid,
    "isotonic": _isotonic,
    "beta": _beta,
    "venn_abers": _venn_abers,
    "none": lambda _p, _y, new: new,
}


def _judge(y: np.ndarray, risk: np.ndarray) -> Callable[..., dict[str, float]]:
    """The figures of these risks, of their rows as they are or weighted."""
    calibrated, equal = Calibration(y, risk), np.ones(len(y))
    loss, squared = -(xlogy(y, risk) + xlogy(1 - y, 1 - risk)), (y - risk) ** 2

    def judge(weights=None) -> dict[str, float]:
        of = equal if weights is None else weights
        line = calibrated(weights)
        return {
            "log_loss": ratio(of @ loss, of.sum()),
            "brier": ratio(of @ squared, of.sum()),
            "slope": line["calibration_slope"],
            "ici": line["ici"],
            "o_e": ratio(of @ y, of @ risk),
        }

    return judge


def _sentence(found: dict[str, dict], pairs: int, events: int) -> str:
    others = {name: of for name, of in found.items() if name not in ("sigmoid", "none")}
    best = min(others, key=lambda name: others[name]["behind"])
    gain, se = -others[best]["behind"], others[best]["se"] or 0.0
    said = (
        f"On {count(pairs)} pairs of held-out households ({count(events)} events), each map fitted on other households "
        f"than it is judged on, the straight line has a log loss of {found['sigmoid']['log_loss']['value']:.4f}; the "
        f"best of the others, {MAPS[best]}, is {abs(gain):.5f} {'better' if gain > 0 else 'worse'}, with a standard "
        f"error of {se:.5f}. "
    )
    return f"{said}{what_is_lost(gain, se)} It keeps the order of the scores and exact explanations."


def what_is_lost(gain: float, se: float) -> str:
    """What is lost by the line if the best of the other maps is so much better, by the rule of `models.choice`."""
    if gain <= se:
        return "Nothing is lost by the straight line: the difference is within one standard error."
    if gain <= 1.96 * se:
        return "The straight line is not shown to lose anything, though the difference is more than one standard error."
    return "The straight line loses something: the scores bend in a way that it cannot follow."
