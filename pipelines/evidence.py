"""What the documents of an outcome are made from: all that other stages measured, and all that was stated."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from features.agreements import load_agreements, load_policies
from features.errors import InputError
from features.sentences import rule_sentence
from models import bundle, released, worth
from models.approvals import ROLES, SignOff, Withdrawal, load_approvals, standing
from models.card_results import UNSEEN
from models.documents.gate_record import in_the_way
from models.evidence import Evidence
from models.statements import load_statements
from models.titles import CANDIDATES
from models.wording import capital, day
from pipelines import paths
from pipelines.files import read_json
from pipelines.seal import seal
from pipelines.setting import Setting, setting

NOBODY_YET = {
    True: "No real records are behind it, so whatever its gates say it must not be used on real people.",
    False: "It must not score anybody until all three have signed it off.",
}


def evidence(name: str) -> Evidence:
    """All that the documents of an outcome need, but for what is made of the model itself and the pictures:
    those `pipelines.documents` adds.

    Raises InputError where a file is missing, is of another run than the model, or is at fault.
    """
    at = setting(name)
    meta = bundle.describe(paths.bundle(name))
    found = _measured(name, meta["identity"])
    measured, explained, steady = found["test"], found["explanation"], found["stability"]
    checked = read_json(paths.CHECKED)
    importance = {by: pd.DataFrame(rows) for by, rows in explained["importance"].items()}
    sealed = seal(name)
    signed = standing(load_approvals(at.params.approvals), name, sealed, at.outcome.use_level)
    evidence = {
        "outcome": {field: value for field, value in asdict(at.outcome).items() if field not in ("rule", "among")}
        | {"sentence": rule_sentence(at.outcome, at.catalogue)},
        "single_view": checked["about"],
        "held": checked,
        "identity": meta["identity"],
        "card": at.params.card.model_dump(),
        "statements": _stated(at),
        "policies": load_policies(at.params.agreements).model_dump(),
        "approval": _approval(signed, found["gates"], checked["about"]["invented"]),
        "sign_offs": {role: of and of.model_dump(mode="json") for role, of in signed.items()},
        "gates": found["gates"],
        "names": at.catalogue.names,
        "agreements": _agreements(at, meta["columns"]),
        "flow": read_json(paths.flow(name)),
        "settled": read_json(paths.settled(name)),
        "periods": meta["phases"],
        "candidates": measured["candidates"],
        "titles": CANDIDATES,
        "chosen": {
            "name": meta["chosen"],
            "reason": meta["reason"],
            "set_aside": meta["set_aside"],
            "options": _options(at, name, meta["chosen"]),
        },
        "rule": at.knobs.rule,
        "seal": sealed,
        "folds": found["folds"],
        "calibration": found["calibration"],
        "worth": {"worth": at.knobs.worth} | {key: measured[key] for key in worth.FIGURES},
        "stability": steady,
        "refits_asked": at.params.gates.refits_at_least.limit,
        "sensitivity": measured["varied"] | _without(measured),
        "groups": found["groups"]["groups"],
        "recorded": list(at.params.audit),
        "audit": found["audit"],
        "columns": meta["columns"],
        "inputs": found["inputs"]["columns"],
        "agencies": released.agencies(found["agencies"], measured["figures"]),
        "protected_inputs": at.knobs.inputs,
        "importance": importance,
        "explanation": explained,
    }
    if at.params.invent:
        evidence["headroom"] = _of_run(meta["identity"], [paths.ceiling(name)])["ceiling"]
    return evidence


def _options(at: Setting, name: str, chosen: str) -> dict:
    of = at.params.options(name)[chosen]
    return of if isinstance(of, dict) else {"column": of}


def _measured(name: str, identity: str) -> dict[str, dict]:
    """The files of evidence by their names, all of the run that made the model."""
    files = (
        paths.metrics(name),
        paths.audit(name),
        paths.fairness(name),
        paths.folds(name),
        paths.calibration(name),
        paths.stability(name),
        paths.explanation(name),
        paths.inputs(name),
        paths.agencies(name),
        paths.gates(name),
    )
    return _of_run(identity, files)


def _of_run(identity: str, files: Iterable[Path]) -> dict[str, dict]:
    """These files by their names; InputError where one is of another run."""
    found = {file: read_json(file) for file in files}
    strange = [
        f"{file}: is of run {content.get('identity')}, the model of {identity}; make it again with `dvc repro`"
        for file, content in found.items()
        if content.get("identity") != identity
    ]
    if strange:
        raise InputError(*strange)
    return {file.stem: content for file, content in found.items()}


def _stated(at: Setting) -> dict:
    known = [outcome.name for outcome in at.catalogue.outcomes]
    return load_statements(at.params.statements, (at.outcome.name,), known)[at.outcome.name].model_dump()


def _agreements(at: Setting, columns: list[dict]) -> list[dict]:
    """The agreements that a column of the model rests on."""
    used = {name for column in columns for name in column["agreement"].split(", ")}
    said = {(kind.agency, kind.kind): kind.plural for kind in at.catalogue.kinds}
    return [
        of.model_dump(mode="json") | {"kinds": [said.get((of.agency, kind), kind) for kind in of.kinds]}
        for of in load_agreements(at.params.agreements)
        if of.name in used
    ]


def _approval(signed: dict[str, SignOff | Withdrawal | None], gates: dict, invented: bool) -> str:
    """What is on file for the model and, while not all have signed, whether its gates would let them.

    A stage knows no clock, so it says until when and not whether that is past.
    """
    if all(isinstance(of, SignOff) for of in signed.values()):
        recipients = set.intersection(*(set(of.recipients) for of in signed.values()))
        until = day(min(of.until for of in signed.values()))
        return f"Signed off by all three until {until}, for {', '.join(sorted(recipients)) or 'nobody'}."
    unapproved = f"{in_the_way(gates)} {NOBODY_YET[invented]}"
    if not any(signed.values()):
        return unapproved
    told = [
        f"{ROLES[role]} "
        + ("has not signed" if of is None else "has signed" if isinstance(of, SignOff) else "has withdrawn")
        for role, of in signed.items()
    ]
    return capital(f"{'; '.join(told)}. {unapproved}")


def _without(measured: dict) -> dict[str, dict]:
    """The figures without those who are also among the training dates, if enough are left."""
    rest = measured["without_those_in_training"]
    return {UNSEEN: rest} if rest else {}
