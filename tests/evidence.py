"""Invented evidence for a model's documents: one is really trained, tested and explained, so the figures agree."""

from functools import cache

import numpy as np
import pandas as pd
from scipy.special import expit

from models import (
    calibrators,
    capacity,
    charts,
    curves,
    fairness,
    group_charts,
    headroom,
    metrics,
    released,
    reliability,
    stability,
    worth,
)
from models.calibration import calibrate
from models.candidates import candidates
from models.choice import Judged, compare, over_time
from models.explanation import explain, importance, sample_background
from models.titles import CANDIDATES
from tests.governance import governed

AGENCIES = {"police": "the police", "urgent_care": "A&E and ambulance", "housing": "housing"}
# name, sentence, agency, theme, grain, days
INPUTS = (
    (
        "da_victim_365d",
        "Domestic abuse incidents as victim, recorded by the police, in the last year",
        "police",
        "harm",
        "resident",
        [365],
    ),
    (
        "arrests_household_1095d",
        "Arrests with another member of the household as suspect, recorded by the police, in the last 3 years",
        "police",
        "offending",
        "household",
        [1095],
    ),
    (
        "ae_365d",
        "A&E attendances, recorded by A&E and ambulance, in the last year",
        "urgent_care",
        "health",
        "resident",
        [365],
    ),
    (
        "ae_last",
        "Days since the last A&E attendance, recorded by A&E and ambulance",
        "urgent_care",
        "health",
        "resident",
        [],
    ),
    (
        "rent_arrears_1095d",
        "Total amount (in pence) of rent arrears notices of the household, recorded by housing, in the last 3 years",
        "housing",
        "money",
        "household",
        [1095],
    ),
    (
        "agencies_365d",
        "Different agencies with a record of any kind about the resident, from any of the agencies that share what "
        "they record with the single view of the county, in the year before the as-of date (0 where there is none)",
        "several",
        "breadth",
        "resident",
        [365],
    ),
    ("age", "Age in completed years", "person", "person", "resident", []),
    ("moves_1095d", "Changes of home in the last 3 years", "home", "home", "resident", [1095]),
)
COLUMNS = [
    {"name": n, "sentence": s, "agency": a, "agreement": a, "theme": t, "grain": g, "days": d, "direction": 0}
    | {"protected": "age" if n == "age" else None}
    for n, s, a, t, g, d in INPUTS
]
DATES = ["2023-01-01", "2023-07-01"]


def residents(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    need = rng.gamma(1.5, 0.7, n)
    X = pd.DataFrame(
        {
            "da_victim_365d": rng.poisson(need * 0.3),
            "arrests_household_1095d": rng.poisson(need * 0.2),
            "ae_365d": rng.poisson(need * 0.5),
            "ae_last": rng.integers(1, 1000, n),
            "rent_arrears_1095d": rng.poisson(need * 0.2) * 12345,
            "agencies_365d": rng.poisson(need),
            "age": rng.integers(16, 95, n),
            "moves_1095d": rng.poisson(need * 0.4),
        }
    ).astype("float64")
    X.loc[X["ae_365d"] == 0, "ae_last"] = np.nan
    return X, rng.random(n) < expit(1.6 * need - 5.2)


@cache
def measured() -> dict:
    """Everything that takes time: trained, tested and explained once."""
    (X, y), (held, y_held), (test, y_test) = residents(5000, 1), residents(2500, 2), residents(6000, 3)
    choice = {
        "rule": "agencies_365d",
        "logistic": {},
        "lightgbm": {"n_estimators": 40, "num_leaves": 8, "max_depth": 4, "num_threads": 1},
    }
    models = {
        name: calibrate(model.fit(X, y), held, y_held) for name, model in candidates(COLUMNS, choice, seed=0).items()
    }
    dates, household = np.repeat(DATES, 3000), np.arange(6000) // 2
    p = {name: model.predict_proba(test)[:, 1] for name, model in models.items()}
    rng = np.random.default_rng(4)
    groups = pd.DataFrame(
        {
            "sex": rng.choice(["Female", "Male"], 6000),
            "ethnicity": rng.choice(
                [
                    "Asian or Asian British",
                    "Black, Black British, Caribbean or African",
                    "Mixed or multiple",
                    "White",
                    "not stated",
                ],
                6000,
                p=[0.03, 0.007, 0.02, 0.9, 0.043],
            ),
            "age_band": pd.cut(
                test["age"], [15, 24, 39, 64, 79, 120], labels=["16-24", "25-39", "40-64", "65-79", "80+"]
            ).astype(str),
            "imd_quintile": rng.choice(list("12345"), 6000),
            "district": rng.choice(
                ["Bromsgrove", "Malvern Hills", "Redditch", "Worcester", "Wychavon", "Wyre Forest"], 6000
            ),
        }
    )
    drawn = {"resamples": 40, "seed": 0}
    flagged = capacity.flagged(p["lightgbm"], dates, 150)
    audit = fairness.by_group(y_test, p["lightgbm"], flagged, fairness.broadly(groups), household, **drawn)
    folds = _folds(y_test, p, household, dates)
    refits = np.stack([p["logistic"], p["lightgbm"]])
    thresholds = np.linspace(0.01, 0.4, 30)
    curve = capacity.net_benefit(y_test, p["lightgbm"], thresholds)
    curve = curve.assign(rule=capacity.net_benefit(y_test, p["rule"], thresholds)["model"])
    explanation = explain(models["lightgbm"], test[:2000], sample_background(X, 500))
    by = {name or "columns": importance(explanation, COLUMNS, name) for name in (None, "agency", "theme")}
    return {
        "candidates": {
            name: metrics.evaluate(y_test, score, household, 150, dates, **drawn) for name, score in p.items()
        },
        "groups": audit,
        "importance": by,
        "explanation": {"method": explanation.method, "background_rows": explanation.background_rows, "rows": 2000},
        "charts": {
            "beeswarm": charts.beeswarm(explanation, test[:2000], COLUMNS),
            "agency": charts.importance_bars(by["agency"], "agency", AGENCIES),
            "reliability": charts.reliability(reliability.reliability(y_test, p["lightgbm"])),
            "list_length": charts.list_length(y_test, p["lightgbm"], dates, 150),
            "scores": charts.score_distribution(p["lightgbm"]),
            "groups": charts.group_auc(audit, AGENCIES),
            "reliability_sex": group_charts.reliability_by_group(
                _bands(y_test, p["lightgbm"], groups[["sex"]]), "sex", AGENCIES, prefix="reliability-sex"
            ),
            "regret": curves.regret(over_time(folds), CANDIDATES, "lightgbm"),
            "net_benefit": curves.net_benefit(curve, 0.1),
            "instability": curves.instability(stability.instability(p["lightgbm"], refits), len(refits)),
        },
        "folds": {"folds": folds, "left_out": [], "untrained": []},
        "calibration": calibrators.compare(
            models["lightgbm"].estimators_[0], held, y_held, np.arange(2500) // 2, **drawn
        ),
        "worth": {
            "worth": 9,
            "lift": worth.lift(y_test, p["lightgbm"], p["rule"], household, dates, 150, **drawn),
            "net_benefit": worth.net_benefit_at(y_test, p["lightgbm"], p["rule"], household, 0.1, **drawn),
            "newly_found": worth.newly_found(y_test, flagged, test["ae_365d"] > 0, household, **drawn),
            "value": worth.value(
                *(y_test, p["lightgbm"], p["rule"], household, dates, 150),
                {"what": "bed-days", "each": 2.7, "pounds": 306},
                **drawn,
            ),
        },
        "headroom": _headroom(y_test, p, household, drawn),
        "stability": stability.stability(p["lightgbm"], refits, dates, 150, household, **drawn)
        | {"shuffled": {"auc": 0.507, "low": 0.481, "high": 0.519, "within": True}},
        "refits_asked": 20,
        "sensitivity": {"deaths left out": metrics.evaluate(y_test, p["lightgbm"], household, 150, dates, **drawn)},
        "periods": {
            "fit": {
                "dates": ["2019-01-01", "2019-07-01", "2020-01-01", "2020-07-01"],
                "n": len(X),
                "events": int(y.sum()),
            },
            "calibrate": {"dates": ["2021-07-01"], "n": len(held), "events": int(y_held.sum())},
            "test": {"dates": DATES, "n": 6000, "events": int(y_test.sum())},
        },
    }


def _headroom(y: np.ndarray, p: dict[str, np.ndarray], household: np.ndarray, drawn: dict) -> dict:
    """What is hidden here is a hint of what came: most of it about money."""
    hint = y * np.random.default_rng(5).random(len(y))
    scores = {"chosen": p["lightgbm"], "best": p["logistic"], "ceiling": p["lightgbm"] + hint, "records": p["lightgbm"]}
    parts = {"health": p["lightgbm"] + 0.01 * hint, "money": p["lightgbm"] + 0.5 * hint}
    return {"best": "logistic", "fitted": "lightgbm"} | headroom.headroom(y, scores, parts, household, **drawn)


def _bands(y: np.ndarray, p: np.ndarray, groups: pd.DataFrame) -> pd.DataFrame:
    """Each group's bands of score as the evaluation publishes them."""
    by_group = fairness.reliability_by_group(y, p, groups).groupby("group")
    return pd.concat([released.bands(of).assign(group=name) for name, of in by_group])


def _folds(y: np.ndarray, p: dict[str, np.ndarray], household: np.ndarray, dates: np.ndarray) -> list[dict]:
    """The dates of the test as if they were folds."""
    rows = [np.flatnonzero(dates == day) for day in DATES]
    judged = [Judged({name: of[on] for name, of in p.items()}, y[on], household[on]) for on in rows]
    return [
        {"cut": day, "of_households": False, "dates": {"first": day, "last": day, "n": 1}}
        | {"fit": {"n": 5000, "events": 400}, "n": len(on), "events": int(y[on].sum())}
        | of
        for day, on, of in zip(DATES, rows, compare(judged, seed=0, resamples=40)[0], strict=True)
    ]


def evidence() -> dict:
    """A fresh copy, so that a test may take something out of it."""
    steps = (
        ("residents on record", 40213),
        ("known at t (born, first record)", 39001),
        ("alive", 38120),
        ("living in the county", 37411),
        ("of eligible age", 30322),
        ("not already so in the past 365 days", 3004),
    )
    made = {
        "outcome": {
            "name": "complex_dependency",
            "title": "Complex dependency: contact over several kinds of disadvantage within a year",
            "sentence": (
                "Comes true if, in the year that begins 30 days after the as-of date, records of the resident and of "
                "their household show at least 3 of 11 kinds of disadvantage. Among residents aged 16 or over."
            ),
            "purpose": "To offer a household early, joined-up support before it depends on many services at once.",
            "use_level": "prioritisation",
            "correct_flag": "Someone is offered one named worker months before they would have been.",
            "wrong_flag": (
                "Someone who would have managed is offered help they do not need, and their records are read once more."
            ),
            "label_story": (
                "The label counts contact that services recorded, not need: whoever is watched more is recorded more."
            ),
            "horizon_days": 365,
            "gap_days": 30,
            "unit": "resident",
            "trigger": None,
        },
        "single_view": {"name": "An invented county", "extract_on": "2025-01-01", "invented": True},
        "identity": "3f9a5c0e7b2d41886a51",
        "card": {
            "expires_on": "2027-11-30",
            "contact": "Worcestershire Office of Data & Analytics",
            "contest": (
                "A resident may ask what is held, have it corrected, and have a decision looked at again by a person."
            ),
        },
        "approval": "Must not be approved: 2 gates failed (better than the rule; reproducible and signed).",
        "names": AGENCIES,
        "flow": [{"listed_on": d, "step": step, "remaining": n} for d in DATES for step, n in steps],
        "settled": [
            {"listed_on": d, "status": s, "n": n}
            for d in DATES
            for s, n in (("event", 412), ("no event", 2500), ("died", 60), ("left", 32), ("immature", 0))
        ],
        "titles": CANDIDATES,
        "rule": "agencies_365d",
        "chosen": {
            "name": "lightgbm",
            "reason": "LightGBM is chosen: nothing simpler comes within one standard error of it.",
            "options": {"n_estimators": 40, "num_leaves": 8, "max_depth": 4},
        },
        "specification": {"line": [0.1, 1.2], "trees": 40, "depth": 4},
        "seal": "ab" * 32,
        "columns": COLUMNS,
        "recorded": ["sex", "ethnicity", "age_band", "imd_quintile", "district"],
        "protected_inputs": {"age": "need changes with age, and services are commissioned by age"},
    } | measured()
    return made | governed(made)
