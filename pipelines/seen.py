"""What the pages of the site are made from: everything measured of an outcome, and None for what this run lacks."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from features.agreements import load_agreements
from models import bundle, worth
from models.titles import CANDIDATES
from pipelines import paths
from pipelines.files import read_json
from pipelines.setting import Setting

UNAPPROVED = {
    True: "Not approved, and not in need of approval: every resident in it is invented.",
    False: "Not approved: it must not score anybody until the ethics group has signed it off.",
}


def seen(at: Setting) -> dict:
    """What `models.site_outcome.outcome_page` takes, but for its charts."""
    name = at.outcome.name
    meta, about = bundle.load(paths.bundle(name))[1], read_json(paths.CHECKED)["about"]
    measured, explained = read_json(paths.metrics(name)), read_json(paths.explanation(name))
    return {
        "outcome": {field: of for field, of in asdict(at.outcome).items() if field not in ("rule", "among")},
        "single_view": about,
        "identity": meta["identity"],
        "card": at.params.card.model_dump(),
        "approval": UNAPPROVED[about["invented"]],
        "names": at.catalogue.names,
        "candidates": measured["candidates"],
        "titles": CANDIDATES,
        "chosen": {"name": meta["chosen"], "reason": meta["reason"]},
        "worth": {"worth": at.knobs.worth} | {key: measured[key] for key in worth.FIGURES},
        "stability": read_json(paths.stability(name)),
        "groups": read_json(paths.audit(name))["groups"],
        "columns": meta["columns"],
        "protected_inputs": at.knobs.inputs,
        "importance": {by: pd.DataFrame(rows) for by, rows in explained["importance"].items()},
        "agreements": agreements(at),
        "gates": _if_there(paths.gates(name)),
        "audit": _if_there(paths.fairness(name)),
        "agencies": _if_there(paths.agencies(name)),
        "inputs": (_if_there(paths.inputs(name)) or {}).get("columns"),
    }


def agreements(at: Setting) -> list[dict]:
    """The sharing agreements as plain records, in the order of their file."""
    return [agreement.model_dump(mode="json") for agreement in load_agreements(at.params.agreements)]


def _if_there(path: Path) -> Any:
    return read_json(path) if path.exists() else None
