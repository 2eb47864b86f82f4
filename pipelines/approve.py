"""Sign a model off, or withdraw that: a record of who, in which role, for which bytes, use and recipients, until when.

What is signed is the model that lies there now with all that scoring uses of it. The command refuses what its gates,
its card or the sharing agreements do not bear out, and says all of it at once.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from filelock import FileLock

from features.agreements import agreed, load_agreements
from features.errors import InputError
from features.specs import USE_LEVELS
from features.timing import before
from models import bundle, waivers
from models.approvals import HEADER, ROLES, SignOff, Withdrawal, load_approvals, standing
from models.gates import MUST_NOT, SOUND
from models.record_file import Record, with_record
from pipelines import paths
from pipelines.background import background
from pipelines.champions import champions
from pipelines.files import read_json, write_whole
from pipelines.intervals import intervals
from pipelines.seal import seal
from pipelines.setting import Setting, setting
from pipelines.stage import say


def approve(
    outcome: str, role: str, name: str, until: date, use_level: str | None, recipients: tuple[str, ...]
) -> None:
    """Add the role's sign-off of an outcome's model, for the outcome's use level where none is given.

    Signing the same again changes nothing. Raises InputError with all that speaks against it.
    """
    at, today = setting(outcome), date.today()
    use_level = use_level or at.outcome.use_level
    meta = bundle.load(paths.bundle(outcome))[1]
    intervals(outcome, meta), background(outcome, meta)  # each says so where it is of another model
    faults = [
        *_who(role, name),
        *_until(until, today, at),
        *_use(use_level, at),
        *_recipients(recipients, at),
        *_agreements(meta, use_level, until, at, today),
        *_gates(outcome, meta["identity"], use_level, until, at, today),
    ]
    if faults:
        raise InputError(*(f"{outcome} can't be signed off: {fault}" for fault in faults))
    path, sha256 = at.params.approvals, seal(outcome)
    told = {
        "outcome": outcome,
        "model": meta["identity"],
        "sha256": sha256,
        "use_level": use_level,
        "recipients": tuple(sorted(recipients)),
        "role": role,
        "name": name.strip(),
        "until": until,
    }
    stands = standing(load_approvals(path), outcome, sha256, use_level)
    signed = stands[role]
    if isinstance(signed, SignOff) and signed.model_dump(exclude={"signed_on"}) == told:
        say(f"{outcome}: {ROLES[role]} has signed just that on {signed.signed_on}; nothing was changed")
        return
    record = SignOff(**told, signed_on=today)
    _add(path, record)
    missing = [ROLES[r] for r, s in stands.items() if r != role and not (isinstance(s, SignOff) and today < s.until)]
    awaited = f"; still to sign: {', '.join(missing)}" if missing else "; all three have signed"
    say(f"{outcome}: {ROLES[role]} signed model {meta['identity']} for {use_level} until {until}{awaited}")
    _crown()


def withdraw(outcome: str, role: str, name: str, reason: str) -> None:
    """Add that the role withdraws whatever it has signed about an outcome. Doing it again changes nothing."""
    at = setting(outcome)
    faults = [*_who(role, name)]
    if len(reason.strip()) < 30:
        faults.append(f"--reason: say why in a sentence of 30 characters or more, not {reason!r}")
    if faults:
        raise InputError(*faults)
    path = at.params.approvals
    of_role = [r for r in load_approvals(path) if (r.outcome, r.role) == (outcome, role)]
    if not of_role:
        raise InputError(f"{path}: {ROLES[role]} has signed nothing about {outcome}, so there is nothing to withdraw")
    if isinstance(of_role[-1], Withdrawal):
        say(f"{outcome}: {ROLES[role]} withdrew on {of_role[-1].withdrawn_on}; nothing was changed")
        return
    _add(path, Withdrawal(outcome=outcome, role=role, name=name, withdrawn_on=date.today(), reason=reason))
    say(f"{outcome}: {ROLES[role]} withdrew; no model of it is approved until all three have signed again")
    _crown()


def _who(role: str, name: str) -> Iterator[str]:
    if role not in ROLES:
        yield f"--role must be one of {', '.join(ROLES)}, not {role!r}"
    if not name.strip():
        yield "--name: say who signs"


def _until(until: date, today: date, at: Setting) -> Iterator[str]:
    last = at.params.card.expires_on
    if until <= today:
        yield f"--until must be later than today, {today}, not {until}"
    if until > last:
        yield f"--until must be no later than {last}, when the card expires (card.expires_on), not {until}"


def _allowed(at: Setting) -> tuple[str, ...]:
    """The use level of the outcome, and those that reach less far."""
    return USE_LEVELS[: USE_LEVELS.index(at.outcome.use_level) + 1]


def _use(use_level: str, at: Setting) -> Iterator[str]:
    allowed = _allowed(at)
    if use_level not in allowed:
        yield (
            f"--use-level must be that of the outcome, {at.outcome.use_level}, or one that reaches less far "
            f"({', '.join(allowed)}), not {use_level!r}"
        )


def _recipients(recipients: tuple[str, ...], at: Setting) -> Iterator[str]:
    agreements = load_agreements(at.params.agreements)
    named = sorted({recipient for agreement in agreements for recipient in agreement.recipients})
    if not recipients:
        yield f"--recipient: name each agency that gets the lists; sharing agreements name {', '.join(named)}"
    for recipient in recipients:
        if recipient not in named:
            yield f"--recipient {recipient}: no sharing agreement names it; they name {', '.join(named)}"


def _agreements(meta: dict, use_level: str, until: date, at: Setting, today: date) -> Iterator[str]:
    """Which agreements under the model's inputs do not hold today, or not to the end: scoring would refuse."""
    if use_level not in _allowed(at):
        return  # which is said already
    used, agreements = {column["name"] for column in meta["columns"]}, load_agreements(at.params.agreements)
    features = [f for f in at.catalogue.features if any(column.name in used for column in f.columns)]
    last = before(until, 1)
    for on, when in ((today, f"today, {today},"), (last, f"--until {until} is too late: on {last}")):
        _, refused = agreed(features, at.catalogue.kinds, agreements, "score", use_level, on)
        if refused:
            why = dict.fromkeys(reason for _, reasons in refused for reason in reasons.split("; "))
            yield f"{when} {len(refused)} of its inputs may not be used ({at.params.agreements}): {'; '.join(why)}"
            return


def _gates(outcome: str, identity: str, use_level: str, until: date, at: Setting, today: date) -> Iterator[str]:
    """Each gate that stands in the way: it failed or could not be judged, and nobody answers for that today."""
    path = paths.gates(outcome)
    try:
        found = read_json(path)
    except InputError as absent:
        yield from absent.faults
        return
    again = f"make it again with `dvc repro gates@{outcome}`"
    if found["identity"] != identity:
        yield f"{path} is of another model, {found['identity']}, not of {identity}; {again}"
        return
    given, refused = waivers.load_waivers(at.params.waivers), False
    for gate in found["gates"]:
        told = _stands_in_the_way(gate, use_level)
        if told is None:
            continue
        waiver = waivers.of_gate(given, outcome, gate["name"], identity, today)
        ended = waivers.of_gate(given, outcome, gate["name"], identity)
        if waiver:
            say(f"{outcome}: {told}; waived until {waiver.until} by {waiver.by}: {waiver.reason}")
            if until > waiver.until:
                yield f"--until must be no later than {waiver.until}, when the waiver of {gate['name']} ends"
            continue
        refused = True
        if gate["name"] in waivers.NEVER:
            yield f"{told}; it can't be waived: {waivers.NEVER[gate['name']]}"
        elif ended:
            yield f"{told}; its waiver ended on {ended.until}"
        else:
            yield f"{told}; nobody has waived it in {at.params.waivers}"
    if not refused and found["verdict"] == MUST_NOT:
        yield f"{path} says that the model {MUST_NOT}: it was made before the waivers on file were; {again}"


def _stands_in_the_way(gate: dict, use_level: str) -> str | None:
    """Why a gate bars this use, waivers aside; None where it does not.

    Whoever decides about a single person must know all; who works through a list may decide to live without an answer.
    """
    who, figure = f"gate {gate['number']} ({gate['title']})", gate["figure"].rstrip(".")
    if gate["state"] == "fail":
        return f"{who} failed: {figure}"
    if gate["state"] == "unevaluable" and (gate["name"] in SOUND or use_level == "individual"):
        bars = "no other figure means anything without it" if gate["name"] in SOUND else "individual use needs it"
        return f"{who} can't be judged: {figure}; {bars}"
    return None


def _add(path: Path, record: Record) -> None:
    """Put a record at the end of the file, in one step; the draft is read before it takes the file's place."""

    def write(draft: Path) -> None:
        text = path.read_text(encoding="utf-8") if path.exists() else HEADER
        draft.write_text(with_record(text, record), encoding="utf-8")
        try:
            added = load_approvals(draft) == (*load_approvals(path), record)
        except InputError:
            added = False
        if not added:
            raise InputError(f"{path}: its records must be a list with a dash before each, so that one can be added")

    try:
        with FileLock(path.with_name(f".{path.name}.lock")):  # what another adds meanwhile is not lost
            write_whole(path, write)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror}); give yourself the right to its folder"
        ) from None


def _crown() -> None:
    """Let MLflow know at once, where there is a registry: a withdrawn model must not stay champion."""
    if paths.STORE.exists():
        champions()
