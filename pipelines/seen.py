"""What the pages of the site are made from: what was measured of an outcome, but for its pictures."""

from dataclasses import asdict

import pandas as pd

from features.agreements import load_agreements
from models import bundle, worth
from models.titles import CANDIDATES
from pipelines import paths
from pipelines.files import read_json
from pipelines.setting import Setting
from pipelines.signed import approval, sign_offs


def seen(at: Setting) -> dict:
    """What `models.site_outcome.outcome_page` takes, but for its charts."""
    name = at.outcome.name
    meta, about = bundle.describe(paths.bundle(name)), read_json(paths.CHECKED)["about"]
    measured, explained = read_json(paths.metrics(name)), read_json(paths.explanation(name))
    return {
        "outcome": {field: of for field, of in asdict(at.outcome).items() if field not in ("rule", "among")},
        "single_view": about,
        "identity": meta["identity"],
        "card": at.params.card.model_dump(),
        "approval": approval(sign_offs(at), about["invented"]),
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
        "gates": read_json(paths.gates(name)),
        "audit": read_json(paths.fairness(name)),
        "agencies": read_json(paths.agencies(name)),
        "inputs": read_json(paths.inputs(name))["columns"],
    }


def agreements(at: Setting) -> list[dict]:
    """The sharing agreements as plain records, in the order of their file."""
    return [agreement.model_dump(mode="json") for agreement in load_agreements(at.params.agreements)]
