"""Invented evidence for the pages of a site: that of the card, with gates, audit, agencies, inputs and areas beside."""

import json
from pathlib import Path

import numpy as np

from models import pages
from models.areas import by_area, by_group, figures
from models.documents import DOCUMENTS, atrs
from models.documents.written import document
from models.site_outcome import outcome_page
from models.site_overview import areas_page, overview
from models.site_register import register
from tests import explained
from tests.evidence import evidence

SIGNED = (
    ("police", "Domestic abuse", "police", "2026-10-01"),
    ("health", "A&E attendances", "urgent_care", "2027-04-01"),
    ("housing", "Rent arrears", "housing", "2026-12-01"),
    ("core", "The linked record", "single_view", "2027-10-01"),
)
AGREEMENTS = [
    {
        "name": name,
        "title": title,
        "agency": agency,
        "kinds": ["any"],
        "purposes": ["train", "score"],
        "use_levels": ["planning", "prioritisation"],
        "recipients": ["police", "housing"],
        "from_on": "2015-01-01",
        "until": until,
        "covers": [],
        "legal_basis": "Digital Economy Act 2017 section 35",
    }
    for name, title, agency, until in SIGNED
]
RESTS_ON = {"police": "police", "urgent_care": "health", "housing": "housing", "several": "police, health, housing"}
STATES = ["pass"] * 10 + ["fail", "unevaluable", "pass", "fail", "unevaluable"]


def seen() -> dict:
    """What `models.site_outcome.outcome_page` takes, whole."""
    e = evidence()
    e["columns"] = [
        c
        | {
            "agreement": RESTS_ON.get(c["agency"], "core"),
            "none": 0.0,
            "protected": "age" if c["name"] == "age" else None,
        }
        for c in e["columns"]
    ]
    return e | {
        "agreements": AGREEMENTS,
        "gates": gates(e["identity"]),
        "audit": audit(e["groups"]),
        "agencies": {
            "whole": 0.8,
            "agencies": [
                {"agency": a, "columns": 2, "auc_without": f(0.78, 0.02), "lost": f(0.02, 0.01)} for a in RESTS_ON
            ],
            "every": {"auc_without": f(0.62, 0.02), "lost": f(0.18, 0.02)},
        },
        "inputs": [inputs(c["name"], i) for i, c in enumerate(e["columns"])],
    }


def f(value: float | None, half: float = 0.05) -> dict:
    return {
        "value": value,
        "low": None if value is None else round(value - half, 3),
        "high": None if value is None else round(value + half, 3),
    }


def inputs(name: str, place: int) -> dict:
    return {
        "name": name,
        "rows": 3000,
        "coverage": 0.004 + place / 8,
        "drift": 0.05 * place,
        "missing": 0.0,
        "importance": 0.1,
    }


def gates(identity: str) -> dict:
    waiver = {
        "by": "ethics chair, in a drawn test",
        "reason": "it is watched monthly until then",
        "until": "2027-01-31",
    }
    return {
        "identity": identity,
        "verdict": "must not be approved",
        "failed": ["gate_11", "gate_14"],
        "unevaluable": ["gate_12", "gate_15"],
        "gates": [
            {
                "number": n,
                "name": f"gate_{n}",
                "title": f"What gate {n} asks",
                "rule": f"What gate {n} asks is at most 0.75.",
                "state": state,
                "figure": "0.62 (0.58 to 0.66)",
                "value": 0.62,
                "low": 0.58,
                "high": 0.66,
                "details": [f"detail of {n}"],
                "reason": "because it was agreed",
                "waiver": waiver if n == 11 else None,
            }
            for n, state in enumerate(STATES, start=1)
        ],
    }


def audit(groups: dict[str, list[dict]], told_by_age: float = 0.58) -> dict:
    """Gaps drawn so that the first group of each attribute is missed clearly more often than the county.

    `told_by_age` is how well age alone tells ethnicity and sex.
    """
    gaps = {}
    for attribute, records in groups.items():
        gaps[attribute] = []
        for place, record in enumerate(records):
            few = "fnr" in record["unevaluable"]
            gap = f(None) if few else f(0.2 if place == 0 else -0.03, 0.08)
            needed = {"fnr_gap": {"events_needed": 96, "years_needed": 37.4}} if few else {}
            gaps[attribute].append(
                {
                    "group": record["group"],
                    "n": record["n"],
                    "events": record["events"],
                    "reference": records[-1]["group"],
                    "county": {"fnr_gap": gap, "ppv_ratio": f(0.7 if place == 0 else 1.0, 0.1), "o_e": f(1.0)},
                    "unevaluable": needed,
                }
            )
    carriers = [{"name": "age", "sentence": "Age in completed years", "auc": told_by_age}]
    proxies = {name: {"auc": f(0.62, 0.04), "carriers": carriers, "n": 6000} for name in ("ethnicity", "sex")}
    return {"gaps": gaps, "proxies": proxies}


def areas(people: int = 4000, number: int = 30, seed: int = 5) -> dict:
    """areas.json of a county of three districts, where one area holds few people."""
    import pandas as pd

    rng = np.random.default_rng(seed)
    weights = np.r_[0.0008, rng.uniform(1, 4, number - 1) / number / 3]
    area = rng.choice(number, people, p=weights / weights.sum())
    scored = pd.DataFrame(
        {
            "unit_id": [f"r{i}" for i in range(people)],
            "area": [f"L{i:03}" for i in area],
            "district": [f"District {'ABC'[i % 3]}" for i in area],
            "imd_quintile": [str(i % 5 + 1) for i in area],
            "risk": rng.beta(1, 12, people) * (1 + area / number),
        }
    )
    scored["label"] = rng.random(people) < scored["risk"]
    scored["listed"] = (scored["risk"].rank(ascending=False) <= 200).astype(float)
    places = pd.DataFrame(
        {
            "area": [f"L{i:03}" for i in range(number)],
            "district": [f"District {'ABC'[i % 3]}" for i in range(number)],
            "easting": 380000 + rng.normal(0, 9000, number),
            "northing": 250000 + rng.normal(0, 9000, number),
        }
    )
    return {
        "dates": ["2023-01-01", "2023-07-01"],
        "unplaced": 0,
        "whole": figures(scored),
        "areas": by_area(scored, places),
        "districts": by_group(scored, "district"),
        "deprivation": by_group(scored, "imd_quintile"),
    }


def register_columns(e: dict) -> list[dict]:
    regimes = {"police": ["offence"], "urgent_care": ["health"]}
    return [
        c | {"why": "it was agreed with the services", "sensitive": regimes.get(c["agency"], [])} for c in e["columns"]
    ]


def write_site(folder: Path) -> list[Path]:
    """A whole site of two outcomes in the folder, as the stages write it; every page of it."""
    outcomes = {}
    for name in ("complex_dependency", "escalation"):
        e = seen()
        outcomes[name] = e | {"outcome": e["outcome"] | {"name": name}}
    outcomes["escalation"]["outcome"]["title"] = "Escalation: a higher tier of care or support within half a year"
    first = outcomes["complex_dependency"]
    titles = {a["name"]: a["title"] for a in AGREEMENTS}
    home = (("Overview", "index.html"),)
    absent = {"absent": "the single view does not record where anybody's home is"}
    written = {
        folder / "index.html": pages.page(overview(outcomes, AGREEMENTS), (), ()),
        folder / "areas.html": pages.page(
            areas_page(outcomes, {"complex_dependency": areas(), "escalation": absent}), home, ()
        ),
        folder / "features.html": pages.page(register(outcomes, register_columns(first), titles), home, ()),
    }
    for name, e in outcomes.items():
        written[folder / name / "index.html"] = pages.page(outcome_page(e), (("Overview", "../index.html"),))
        drawn = evidence() | {"outcome": e["outcome"]}
        for kind in DOCUMENTS:
            of_kind = explained.evidence() if kind.name == "explanation" else drawn
            written[folder / name / f"{kind.name}.html"] = pages.page(document(kind.name, of_kind))
        written[folder / name / "atrs.json"] = json.dumps(atrs.record(drawn))
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [path for path in written if path.suffix == ".html"]
