"""Drawn evidence of audit, gates, inputs and agencies, of the shape that their stages write, for a model's groups."""

from models.approvals import ROLES

STATEMENTS = {
    "organisation": "A county council",
    "team": "Its data science team",
    "senior_responsible_owner": "Director of people",
    "third_parties": "None: nobody else builds, hosts or sees it.",
    "website": "None yet",
    "benefits": "Help is offered months before it would have been.",
    "previous_process": "Staff go by whom they know and by what they are told.",
    "alternatives": "The simple rule, and models that fit on one page.",
    "integration": "The list is one more thing that the team reads.",
    "human_review": "A professional reads every case before anything is done.",
    "frequency": "A list twice a year.",
    "training": "Half a day before anybody gets a list.",
    "appeals": "A resident may ask why, and have it looked at again.",
    "maintenance": "Made again at least once a year.",
    "who": "Everybody of 16 or over in the county.",
    "list_goes_to": "the early help team",
    "comparable": "Published systems rank with an AUC of about 0.70 to 0.85.",
    "inequalities": "Need and being recorded differ between groups.",
    "need": "Each service sees its own part of somebody's troubles.",
    "necessity": "Columns without a live agreement are not built.",
    "consultation": "Nobody has been consulted, because nobody is real.",
    "officers_advice": "Not sought, because nobody is real.",
    "collection": "Agencies record these facts while they work.",
    "cleaning": "What is missing stays missing.",
    "storage": "On the office's own machines.",
    "linkage": "Records are joined by name, birth date and address.",
    "due_regard": dict.fromkeys(
        (
            "age",
            "disability",
            "gender reassignment",
            "marriage and civil partnership",
            "pregnancy and maternity",
            "race",
            "religion or belief",
            "sex",
            "sexual orientation",
        ),
        "Not an input; staff are told what is not known.",
    ),
    "risks": [
        {
            "area": area,
            "risk": f"Something of {area} goes wrong.",
            "likelihood": "high",
            "severity": "medium",
            "measure": f"Somebody looks after {area}.",
            "residual": "low",
        }
        for area in ("data", "use", "efficacy", "outputs", "organisation", "public engagement")
    ],
    "funding": "None",
    "conflicts": "None declared",
    "ethical_approval": "None was sought, because nobody is real.",
    "protocol": "The parameters, with their reasons.",
    "registration": "Not registered with anybody.",
    "data_sharing": "The invented county can be made again.",
    "code_sharing": "All code is open to everybody.",
}
POLICIES = {
    "children": "Only under an agreement that covers children.",
    "offence": "Only under an agreement that covers offences.",
    "retention": "For as long as the model is in use.",
    "erasure": "Everything is made again without the resident.",
}
NOTHING = {"value": None, "low": None, "high": None}


def agreements(columns: list[dict]) -> list[dict]:
    """An agreement with each agency, named as the agency is."""
    agencies = sorted({column["agency"] for column in columns} - {"several", "home", "person"})
    return [
        {
            "name": agency,
            "title": f"Records of {agency}",
            "agency": agency,
            "kinds": ["one_kind", "another"],
            "purposes": ["train", "score"],
            "use_levels": ["planning", "prioritisation"],
            "recipients": agencies,
            "from_on": "2015-01-01",
            "until": f"202{number + 6}-04-01",
            "covers": ["offence"] if agency == "police" else ["health", "children"],
            "legal_basis": "UK GDPR Article 6(1)(e) and 9(2)(h)" if agency != "police" else "A power in an Act",
        }
        for number, agency in enumerate(agencies)
    ]


def audit(identity: str, groups: dict[str, list[dict]]) -> dict:
    return {
        "identity": identity,
        "gaps": {attribute: _gaps(records) for attribute, records in groups.items()},
        "pairwise": {"sex x imd_quintile": [r | {"group": f"female, {r['group']}"} for r in groups["imd_quintile"]]}
        if {"sex", "imd_quintile"} <= {*groups}
        else {},
        "folds": [{"cut": "2020-01-01", "dates": {}, "groups": groups}],
        "thresholds": {name: _on_lists(records) for name, records in groups.items()},
        "proxies": {
            name: {
                "auc": {"value": 0.58, "low": 0.55, "high": 0.62},
                "carriers": [{"name": "ae_365d", "sentence": "A&E attendances in the last year", "auc": 0.54}],
                "n": 6000,
            }
            for name in ("sex", "ethnicity")
            if name in groups
        },
        "under_recording": [
            {"attribute": name, "group": records[0]["group"], "tips_at": 0.12, "tips_with": records[-1]["group"]}
            for name, records in groups.items()
            if len(records) > 1
        ],
        "labels": {
            way: {name: _order(records) for name, records in groups.items()}
            for way in ("as recorded", "within 182 days")
        },
        "linkage": {
            "threshold": 0.9,
            "match_rates": {name: _matched(groups[name]) for name in ("sex", "ethnicity")},
            "dropped": {
                "listed": 300.0,
                "dropped": 21.0,
                "came_in": 21.0,
                "by_group": {name: _moved_places(records) for name, records in groups.items()},
            },
            "reason": None,
        }
        if "sex" in groups
        else {"reason": "homes are not linked", "dropped": None},
    }


def _gaps(records: list[dict]) -> list[dict]:
    whole = sum(r["events"] - r["found"] for r in records) / max(sum(r["events"] for r in records), 1)
    right = sum(r["found"] for r in records) / max(sum(r["flagged"] for r in records), 1)
    return [
        {
            "group": r["group"],
            "n": r["n"],
            "events": r["events"],
            "reference": max(records, key=lambda of: of["n"])["group"],
            "county": {
                "fnr_gap": _moved(r["fnr"], lambda v: v - whole),
                "ppv_ratio": _moved(r["ppv"], lambda v: v / right if right else None),
                "o_e": r["o_e"],
            }
            | {f"{rate}_ratio": r[rate] for rate in ("selection_rate", "fnr", "fpr")}
            | {"fpr_gap": _moved(r["fpr"], lambda v: v - whole)},
            "against_reference": {"fnr_gap": _moved(r["fnr"], lambda v: v - whole), "ppv_ratio": r["ppv"]},
            "unevaluable": {
                {"fnr": "fnr_gap", "ppv": "ppv_ratio"}.get(name, name): {
                    "events_needed": 97,
                    "years_needed": 97 / max(r["events"], 1),
                }
                for name in r["unevaluable"]
                if name in ("fnr", "ppv", "o_e")
            },
        }
        for r in records
    ]


def _moved(of: dict, how) -> dict:
    return NOTHING if of["value"] is None else {key: None if v is None else how(v) for key, v in of.items()}


def _on_lists(records: list[dict]) -> list[dict]:
    """The rates of each group on lists of half the length and of the whole one, as if both were alike."""
    rates = ("selection_rate", "fnr", "fpr", "ppv")
    return [
        {"times": times, "listed": 0.05 * times, "group": record["group"]} | {rate: record[rate] for rate in rates}
        for record in records
        for times in (0.5, 1)
    ]


def _moved_places(records: list[dict]) -> list[dict]:
    return [{"group": r["group"], "listed": r["flagged"], "dropped": 12.0, "came_in": 12.0} for r in records]


def _order(records: list[dict]) -> dict:
    order = [record["group"] for record in records]
    nothing = dict.fromkeys(("pairs", "rate_pairs", "perhaps", "clear", "rate_clear"), ())
    return {"reversed": False, "order": order, "rate_order": order[::-1]} | nothing


def _matched(records: list[dict]) -> list[dict]:
    return [
        {
            "group": r["group"],
            "n": r["n"],
            "sure": round(0.93 * r["n"]),
            "rate": {"value": 0.93, "low": 0.91, "high": 0.95},
            "gap": {"value": -0.01, "low": -0.03, "high": 0.01},
        }
        for r in records
    ]


def inputs(columns: list[dict]) -> list[dict]:
    return [
        {
            "name": column["name"],
            "rows": 3000,
            "coverage": 0.2,
            "drift": 0.31 if number == 0 else 0.02,
            "missing": 0.8 if column["name"].endswith(("_last", "_since")) else 0.0,
            "importance": 0.1,
            "share": 1 / len(columns),
        }
        for number, column in enumerate(columns)
    ]


def agencies(identity: str, columns: list[dict]) -> dict:
    return {
        "identity": identity,
        "whole": {"value": 0.74, "low": 0.71, "high": 0.77},
        "whole_precision": {"value": 0.3, "low": 0.2, "high": 0.4},
        "agencies": [
            {
                "agency": agency,
                "columns": sum(column["agency"] == agency for column in columns),
                "auc_without": {"value": 0.72, "low": 0.7, "high": 0.74},
                "precision_lost": {"value": 0.01, "low": -0.02, "high": 0.04},
                "lost": {"value": 0.02, "low": -0.001 if agency == "housing" else 0.01, "high": 0.03},
            }
            for agency in sorted({column["agency"] for column in columns})
        ],
        "every": {
            "auc_without": {"value": 0.6, "low": 0.57, "high": 0.63},
            "precision_lost": {"value": 0.2, "low": 0.1, "high": 0.3},
            "lost": {"value": 0.14, "low": 0.11, "high": 0.17},
        },
    }


def gates(identity: str) -> dict:
    titles = (
        "Agreements", "Nothing from the future", "Not too good to be true", "Enough events", "Better than the rule",
        "Well above the base rate", "Calibration", "Net benefit", "Groups treated alike", "Linkage", "Steady lists",
        "Other ways of counting", "Protected attributes", "Small numbers", "Reproducible and signed",
    )  # fmt: skip
    states = {5: "fail", 9: "unevaluable", 12: "unevaluable", 15: "fail"}
    made = [
        {
            "number": number,
            "name": {9: "groups", 10: "linkage"}.get(number, title.lower().replace(" ", "_")),
            "title": title,
            "rule": f"The figure must be 0.{number:02d} or more.",
            "state": states.get(number, "pass"),
            "figure": f"0.{number + 10} (95% interval 0.{number + 5:02d} to 0.{number + 15})",
            "value": 0.1,
            "low": 0.05,
            "high": 0.2,
            "details": ["Black: African: 97 events would settle it."] if number == 9 else [],
            "reason": "A limit that a reader can check by hand.",
            "waiver": {"by": "ethics chair", "reason": "Awaiting a year more of records.", "until": "2027-06-30"}
            if number == 9
            else None,
        }
        for number, title in enumerate(titles, start=1)
    ]
    return {
        "identity": identity,
        "gates": made,
        "verdict": "must not be approved",
        "failed": [gate["name"] for gate in made if gate["state"] == "fail"],
        "unevaluable": [gate["name"] for gate in made if gate["state"] == "unevaluable"],
    }


def governed(evidence: dict) -> dict:
    """What the documents need beside the card's evidence."""
    identity, columns = evidence["identity"], evidence["columns"]
    return {
        "statements": STATEMENTS,
        "policies": POLICIES,
        "held": {
            "rows": {
                "residents": 40213,
                "residencies": 66012,
                "properties": 17007,
                "events": 300412,
                "objections": 189,
            },
            "warnings": [
                {"table": "residencies", "column": "started_on", "rule": "is before an earlier one", "rows": 31}
            ],
        },
        "sign_offs": dict.fromkeys(ROLES),
        "agreements": agreements(columns),
        "audit": audit(identity, evidence["groups"]),
        "inputs": inputs(columns),
        "agencies": agencies(identity, columns),
        "gates": gates(identity),
    }
