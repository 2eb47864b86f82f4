"""A county at the level of the matrix, in which a fault can be planted, and the line from it to the gates.

Nothing in it is computed otherwise than in the pipelines: the same split, training, figures, audit and refits, on few
columns and few residents, so that a run takes seconds.
"""

import tempfile
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

from features.errors import InputError
from models import (
    bundle,
    capacity,
    disclosed,
    disparity,
    fairness,
    gates,
    label_choice,
    leaks,
    linkage,
    metrics,
    proxies,
    soundness,
    stability,
    training,
    worth,
)
from models.candidates import candidates
from models.choice import choose_over_time
from models.odds import log_odds
from models.resampling import number
from models.splits import Split, folds, temporal_split
from pipelines.params import load

TRAINING = (date(2018, 1, 1), date(2018, 7, 1), date(2019, 1, 1), date(2019, 7, 1))
TEST = (date(2021, 1, 1), date(2021, 7, 1))
TIME = {"cut": TEST[0], "gap_days": 0, "horizon_days": 180, "allowance_days": 60}
EXTRACT_ON = date(2022, 6, 1)
AGENCIES = ("police", "hospital", "housing", "care", "children", "urgent_care")
RESIDENTS, CAPACITY, THRESHOLD = 3000, 200, 0.2
DRAWN = {"resamples": 60, "seed": 0}
OPTIONS = {"rule": "police_365d", "logistic": {"C": 0.01}}
IDENTITY = "0123456789abcdef"


def _column(name: str, agency: str, days: list[int], **more) -> dict:
    return {
        "name": name,
        "sentence": name,
        "agency": agency,
        "theme": agency,
        "grain": "resident",
        "days": days,
        "direction": 0,
        "protected": None,
        "none": 0.0,
        "agreement": agency,
    } | more


COLUMNS = [_column(f"{agency}_{days}d", agency, [days]) for agency in AGENCIES for days in (90, 365)]


@dataclass(frozen=True)
class County:
    """pairs: unit_id, as_of, group_id, listed_on; X: pairs x columns; label, otherwise (the outcome counted in another
    way): pairs; groups: pairs x attributes; strong: pairs, whether linked surely."""

    pairs: pd.DataFrame
    X: pd.DataFrame
    label: pd.Series
    otherwise: pd.Series
    groups: pd.DataFrame
    strong: np.ndarray
    columns: list[dict]

    @property
    def test(self) -> np.ndarray:
        return (self.pairs["as_of"] >= TEST[0]).to_numpy()


def county(seed: int) -> County:
    """Residents two to a household, whose need every agency sees a part of, and which the outcome follows."""
    random = np.random.default_rng(seed)
    dates = TRAINING + TEST
    who = np.tile(np.arange(RESIDENTS), len(dates))
    as_of = np.repeat(dates, RESIDENTS)
    pairs = pd.DataFrame(
        {
            "unit_id": [f"r{i}" for i in who],
            "as_of": as_of,
            "group_id": [f"h{i // 2}" for i in who],
            "listed_on": as_of,
        }
    )
    need = 0.6 * random.normal(size=RESIDENTS // 2)[who // 2] + 0.6 * random.normal(size=RESIDENTS)[who]
    counts = {}
    for agency in AGENCIES:
        of_agency = np.exp(-1.4 + 1.1 * need + 0.4 * random.normal(size=len(who)))
        quarter = random.poisson(of_agency)
        counts[f"{agency}_90d"], counts[f"{agency}_365d"] = quarter, quarter + random.poisson(3 * of_agency)
    X = pd.DataFrame(counts, dtype="float32")
    seen = np.mean([np.log1p(X[f"{agency}_365d"]) for agency in AGENCIES], axis=0)
    risk = expit(-5.4 + 3.2 * seen)
    label = pd.Series(random.random(len(who)) < risk, dtype="boolean")
    # half of the window: nearly half of those with the outcome have had it by then
    otherwise = label & pd.Series(random.random(len(who)) < 0.55)
    group = random.random(RESIDENTS // 2)[who // 2]
    groups = pd.DataFrame(
        {
            "sex": np.where(random.random(RESIDENTS)[who] < 0.5, "female", "male"),
            "ethnicity": np.where(group < 0.3, "minority", "majority"),
        }
    )
    return County(pairs, X, label, otherwise, groups, random.random(RESIDENTS)[who] < 0.96, COLUMNS)


@cache
def limits() -> dict:
    """Those of params.yaml: the faults are planted for the gates as they stand."""
    return load(Path(__file__).parent.parent / "params.yaml").gates.model_dump()


def line(
    at: County,
    past: dict,
    refits: int = 0,
    *,
    extract_on: date = EXTRACT_ON,
    split: Split | None = None,
    sharpened: float = 1.0,
    altered: bytes = b"",
) -> dict:
    """The evidence that the pipelines' stages would gather about the county; `past` is what rechecking features said.

    Without `refits` nothing is fitted again, and the gate of stability has nothing to go by. Faults of the line itself
    are planted by another day of extraction, another split, log-odds that are told so many times as large, and bytes
    that are added to the saved model.
    """
    split = split or temporal_split(at.pairs, at.label, **TIME)
    of_test, names = split.test, [column["name"] for column in at.columns]
    X, household, lists = at.X[names], at.pairs["group_id"], at.pairs["listed_on"].iloc[split.test]
    fitted = training.train(X, at.label, split, at.columns, OPTIONS, seed=0)
    wanted = {name: OPTIONS[name] for name in fitted.models}
    choice = choose_over_time(
        X,
        at.label,
        household,
        folds(at.pairs, at.label, number=2, **TIME),
        candidates(at.columns, wanted, 0),
        seed=0,
        resamples=DRAWN["resamples"],
    )
    said = training.probabilities(fitted.models, X, of_test)
    recorded = said[choice.chosen]
    if sharpened != 1:
        said |= {choice.chosen: expit(sharpened * log_odds(recorded))}
    y, p, groups = at.label.iloc[of_test].to_numpy(bool), said[choice.chosen], at.groups.iloc[of_test]
    judged = {
        name: metrics.evaluate(y, of, household.iloc[of_test], CAPACITY, lists, **DRAWN) for name, of in said.items()
    }
    flagged = capacity.flagged(p, lists, CAPACITY)
    rows = (y, p, flagged, groups.reset_index(drop=True), household.iloc[of_test])
    rule = said["rule"] if "rule" in said and choice.chosen != "rule" else None
    ranked = leaks.alone(X, at.label.array, split.fit, 0)
    stable = {"refits": 0, "recur": None}
    if refits:
        again = stability.refit(
            candidates(at.columns, wanted, 0)[choice.chosen], X, at.label, household, split, refits=refits, seed=0
        )
        stable = stability.stability(p, again, lists, CAPACITY, household.iloc[of_test], **DRAWN)
    of_runs = limits()["shuffled_within"]["limit"]
    stable["shuffled"] = stability.shuffled(
        candidates(at.columns, wanted, 0)[choice.chosen], X, at.label, split, 0, of_runs
    )
    other = at.otherwise.iloc[of_test].to_numpy(bool)
    phases = {
        phase: {"dates": sorted({str(day) for day in at.pairs["as_of"].iloc[getattr(split, phase)]})}
        for phase in ("fit", "calibrate", "test")
    }
    return {
        "outcome": "planted",
        "identity": IDENTITY,
        "columns": at.columns,
        "inputs": {},
        "test": {
            "chosen": choice.chosen,
            "figures": judged[choice.chosen],
            "candidates": judged,
            "lift": None if rule is None else worth.lift(y, p, rule, household.iloc[of_test], lists, CAPACITY, **DRAWN),
            "net_benefit_over": [
                worth.net_benefit_at(y, p, rule, household.iloc[of_test], times * THRESHOLD, **DRAWN)
                for times in limits()["net_benefit_over"]["limit"]
            ],
        },
        "folds": {
            "summary": choice.scores,
            "alone": {"name": ranked.index[0], "auc": number(ranked.iloc[0])},
        },
        "stability": stable,
        "groups": {"groups": fairness.by_group(*rows, **DRAWN)},
        "audit": {
            "gaps": disparity.disparities(*rows, years=1.0, **DRAWN),
            "labels": label_choice.orders(
                label_choice.Way(*rows), {"within 90 days": label_choice.Way(other, *rows[1:])}, **DRAWN
            ),
            "proxies": proxies.proxies(
                X.iloc[of_test], groups[["ethnicity"]], household.iloc[of_test], at.columns, **DRAWN
            ),
            "linkage": {
                "match_rates": linkage.match_rates(at.strong[of_test], groups, household.iloc[of_test], **DRAWN)
            },
        },
        "recheck": {
            "past": past,
            "agreements": {"on": str(extract_on), "columns": [{"name": name, "refused": None} for name in names]},
            "timeline": soundness.timeline(phases, extract_on=extract_on, **TIME),
            "feeds": soundness.feeds(X, at.columns, household, ~at.test, at.test, **DRAWN),
            "doubles": soundness.doubles(X, at.columns, at.pairs["as_of"], household, **DRAWN),
            "reproduced": reproduced(fitted.models[choice.chosen], X, of_test, recorded, altered),
        },
        "identities": {"test.json": IDENTITY, "audit.json": IDENTITY},
        "disclosed": left({"list.csv": "length,n,precision\n10,30,0.41\n20,60,0.38\n"}),
    }


def reproduced(model, X: pd.DataFrame, rows: np.ndarray, p: np.ndarray, altered: bytes) -> dict:
    """What the model says of these rows once it has been saved, altered by these bytes at its end, and loaded again."""
    with tempfile.TemporaryDirectory() as folder:
        bundle.save(Path(folder, "model"), model, {})
        with Path(folder, "model", "model.skops").open("ab") as file:
            file.write(altered)
        try:
            again = training.probabilities({"again": bundle.load(Path(folder, "model"))[0]}, X, rows)["again"]
        except InputError as error:
            return {"pairs": len(rows), "different": 0, "fault": str(error)}
    return {"pairs": len(rows), "different": int((again != p).sum()), "fault": None}


def left(files: dict[str, str]) -> dict:
    """What is found in files that leave, by name and text."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        return disclosed.scan(Path(folder))


def failed(evidence: dict) -> set[str]:
    """The gates that are closed to this evidence: failed, or for want of events unevaluable."""
    return {
        gate["name"]
        for gate in gates.judge(evidence, limits())["gates"]
        if gate["state"] == gates.FAIL or (gate["name"] == "events" and gate["state"] != gates.PASS)
    }


def not_passed(evidence: dict) -> set[str]:
    """The gates that are not passed."""
    return {gate["name"] for gate in gates.judge(evidence, limits())["gates"] if gate["state"] != gates.PASS}
