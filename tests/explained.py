"""Invented evidence for an explanation report: a small model is really explained, so the figures agree."""

from functools import cache

import numpy as np
import pandas as pd

from features.specs import Feature, age, count, days_since_last, events
from models import charts, dependence, drift, steady_reasons
from models.calibration import calibrate
from models.candidates import candidates
from models.clusters import clusters
from models.drivers import drivers
from models.explanation import Explainer, Explanation, importance, sample_background
from models.reasons import typical_values
from models.resampling import resample
from models.titles import CANDIDATES
from pipelines import cases
from tests.evidence import AGENCIES, COLUMNS, DATES, residents

TREES = {"n_estimators": 40, "num_leaves": 8, "max_depth": 4, "num_threads": 1}
MEANINGS = [
    column | {"none": None if column["name"] in ("ae_last", "age") else 0.0, "agreement": "sharing"}
    for column in COLUMNS
]
WHY = "it is an example"
AE = events("urgent_care", "ae_attendance")
DA = events("police", "domestic_abuse", role="victim")
FEATURES = (
    Feature("da_victim", count(DA), days=(365,), none=0, why=WHY),
    Feature("ae", count(AE), days=(365,), none=0, why=WHY),
    Feature("ae_last", days_since_last(AE), none=None, why=WHY),
    Feature("arrests_household", count(events("police", "arrest")), days=(1095,), grain="household", none=0, why=WHY),
    Feature("age", age(), none=None, protected="age", why=WHY),
)
SPECS = tuple(column for feature in FEATURES for column in feature.columns)
INTERVALS = pd.DataFrame({"score": [0.01, 0.1, 0.5], "low": [0.005, 0.06, 0.4], "high": [0.02, 0.2, 0.7]})


@cache
def model(name: str = "lightgbm"):
    """(calibrated model, meta, background) fitted to invented residents."""
    (X, y), (held, y_held) = residents(5000, 1), residents(2500, 2)
    choice = {"rule": "agencies_365d", "logistic": {}, "lightgbm": TREES}[name]
    fitted = candidates(MEANINGS, {name: choice}, seed=0)[name].fit(X, y)
    background = sample_background(X, 300)
    typical = {c: None if np.isnan(value) else value for c, value in typical_values(background).items()}
    return calibrate(fitted, held, y_held), {"columns": MEANINGS, "typical": typical}, background


@cache
def _explained(name: str) -> tuple[dict, dict, dict, Explanation, pd.DataFrame]:
    calibrated, meta, background = model(name)
    X, _ = residents(1200, 3)
    explainer = Explainer(calibrated, background)
    explanation, household = explainer(X), np.arange(1200) // 2
    draws = resample(household, 40)
    rng = np.random.default_rng(4)
    groups = pd.DataFrame(
        {
            "sex": rng.choice(["female", "male"], 1200),
            "ethnicity": rng.choice(["Black", "White"], 1200, p=[0.02, 0.98]),
            "age_band": np.where(X["age"] < 40, "16-39", "40 or over"),
        }
    )
    test = pd.DataFrame({"unit_id": [f"r{i}" for i in range(1200)], "as_of": "2023-07-01", "listed_on": "2023-07-01"})
    chosen = cases.chosen(test, explanation.score, 100)
    rows = chosen.join(X.iloc[[int(unit[1:]) for unit in chosen["unit_id"]]].reset_index(drop=True))
    found = {
        "method": explanation.method,
        "base": explanation.base,
        "background_rows": explanation.background_rows,
        "rows": 1200,
        "dates": DATES,
        "importance": {
            by or "columns": importance(explanation, MEANINGS, by, draws).to_dict("records")
            for by in (None, "agency", "theme")
        },
        "clusters": clusters(explanation, X, MEANINGS, draws),
        "curves": dependence.curves(explanation, X, MEANINGS),
        "interactions": dependence.interactions(explainer, X[:200], household[:200], MEANINGS, 40, 0),
        "by_group": drivers(explanation, groups, MEANINGS, draws),
        "cases": cases.worked(rows, calibrated, meta, explainer, INTERVALS, SPECS, AGENCIES),
    }
    by_column = pd.DataFrame(found["importance"]["columns"])
    inputs = {"columns": drift.inputs(background, X, MEANINGS, by_column), "training_rows": 300, "test_rows": 1200}
    again = Explanation(explanation.values + np.float32(0.01), explanation.base, "", 300, explanation.columns)
    steady = {"reasons": steady_reasons.steadiness(explanation, [again], MEANINGS, household, 40, 0)}
    return found, inputs, steady, explanation, X


def evidence(name: str = "lightgbm") -> dict:
    """A fresh copy, so that a test may take something out of it."""
    found, inputs, steady, explanation, X = _explained(name)
    bars = {
        by: charts.importance_bars(pd.DataFrame(found["importance"][by]), by, AGENCIES, prefix=by)
        for by in ("agency", "theme")
    }
    return {
        "outcome": {"title": "Complex dependency within a year", "unit": "resident"},
        "single_view": {"name": "An invented county", "extract_on": "2025-01-01", "invented": True},
        "card": {"expires_on": "2027-11-30"},
        "identity": "3f9a5c0e7b2d41886a51",
        "names": AGENCIES,
        "titles": CANDIDATES,
        "chosen": {"name": name},
        "periods": {"fit": {"dates": ["2019-01-01", "2019-07-01"]}},
        "columns": MEANINGS,
        "statements": {"list_goes_to": "the early help team"},
        "agreements": [{"title": "Early help", "until": "2028-04-01", "recipients": ["early_help"]}],
        "sign_offs": {},
        "gates": None,
        "explanation": dict(found),
        "inputs": inputs["columns"],
        "stability": dict(steady),
        "refits_asked": 20,
        "charts": bars | {"beeswarm": charts.beeswarm(explanation, X, MEANINGS)},
    }
