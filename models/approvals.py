"""Which model may score whom: what its signatories sign and withdraw, kept in `models/approvals.yaml`.

A model is approved for a use while all of ROLES have signed the same bytes for it: it may then be used until the
earliest of the days they gave, for the recipients that all of them named. The file is only ever added to, so that it
tells who allowed what when: of what a role signed about the same bytes and use the last counts, and a withdrawal ends
all that the role has signed about the outcome before it.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from features.errors import InputError
from features.specs import USE_LEVELS
from features.yaml_file import Day
from models.record_file import Reason, Record, Text, read_records

ROLES = {
    "senior_responsible_owner": "the senior responsible owner",
    "data_protection_officer": "the data protection officer",
    "ethics_chair": "the chair of the ethics group",
}
HEADER = """\
# Who signed which model off for which use, and who withdrew that; `foresight approve` and `foresight withdraw` add to
# it. It is reviewed like code and only ever added to: what was allowed when can always be told. A model may be used
# while the senior responsible owner, the data protection officer and the chair of the ethics group have all signed the
# same sha256 (of the model and of all else that scoring uses) for the same use level, and none has withdrawn.
"""
Role = Literal["senior_responsible_owner", "data_protection_officer", "ethics_chair"]
UseLevel = Literal["planning", "prioritisation", "individual"]


class SignOff(Record):
    """One role's word that this model may be used so, for these recipients, until this day (exclusive)."""

    outcome: Text
    model: Text  # the identity on its card
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]  # of all that scoring uses
    use_level: UseLevel
    recipients: Annotated[tuple[Text, ...], Field(min_length=1)]
    role: Role
    name: Text
    signed_on: Day
    until: Day

    @model_validator(mode="after")
    def _ends_later(self):
        if self.until <= self.signed_on:
            raise ValueError(f"until must be later than signed_on, {self.signed_on}, not {self.until}")
        return self


class Withdrawal(Record):
    """One role's word that nothing it signed about the outcome before holds any more."""

    outcome: Text
    role: Role
    name: Text
    withdrawn_on: Day
    reason: Reason


@dataclass(frozen=True)
class Approval:
    """That all roles agree: until the earliest day any of them gave, for the recipients that all of them named."""

    outcome: str
    model: str
    sha256: str
    use_level: str
    recipients: tuple[str, ...]
    until: date
    signed: tuple[SignOff, ...]


def load_approvals(path: Path) -> tuple[SignOff | Withdrawal, ...]:
    """The records on file, in the order in which they were made; none where there is no file.

    Raises InputError with every fault of the file.
    """
    return read_records(path, lambda record: Withdrawal if "withdrawn_on" in record else SignOff)


def standing(records: tuple, outcome: str, sha256: str, use_level: str) -> dict[str, SignOff | Withdrawal | None]:
    """What each role's last word is on these bytes for this use: signed, withdrawn, or None where there is none.

    It knows no clock: a sign-off among them may have ended.
    """
    last: dict[str, SignOff | Withdrawal | None] = dict.fromkeys(ROLES)
    for record in records:
        if record.outcome != outcome:
            continue
        if isinstance(record, Withdrawal):
            last[record.role] = record if last[record.role] else None
        elif (record.sha256, record.use_level) == (sha256, use_level):
            last[record.role] = record
    return last


def live(path: Path, outcome: str, use_level: str, on: date) -> tuple[Approval, ...]:
    """The approvals of an outcome's models for a use that hold on that day. Raises InputError as `load_approvals`."""
    records = load_approvals(path)
    signed = {r.sha256: None for r in records if isinstance(r, SignOff) and r.outcome == outcome}
    found = (_approval(standing(records, outcome, sha256, use_level), on) for sha256 in signed)
    return tuple(approval for approval in found if approval)


def require_approval(
    path: Path, outcome: str, model: str, sha256: str, use_level: str, recipient: str, on: date
) -> Approval:
    """The live approval of these bytes for a use and a recipient.

    Raises InputError, saying what is on file and what is missing, where there is none.
    """
    records = load_approvals(path)
    stands = standing(records, outcome, sha256, use_level)
    approval = _approval(stands, on)
    if approval is None:
        raise InputError(
            f"{path}: model {model} of {outcome} has no live approval for {use_level} on {on}: "
            f"{_lacking(records, stands, outcome, model, sha256, use_level, on)}. "
            "A real single view is scored only by an approved model: bring its card to the ethics group"
        )
    if recipient not in approval.recipients:
        raise InputError(
            f"{path}: model {model} of {outcome} is approved for {', '.join(approval.recipients) or 'nobody'}, not for "
            f"{recipient}; score for one of them, or ask all three signatories to name it"
        )
    return approval


def _approval(stands: dict[str, SignOff | Withdrawal | None], on: date) -> Approval | None:
    signed = tuple(record for record in stands.values() if isinstance(record, SignOff) and on < record.until)
    if len(signed) < len(ROLES):
        return None
    recipients = [name for name in signed[0].recipients if all(name in record.recipients for record in signed)]
    first, until = signed[0], min(record.until for record in signed)
    return Approval(first.outcome, first.model, first.sha256, first.use_level, tuple(recipients), until, signed)


def _lacking(records, stands: dict, outcome: str, model: str, sha256: str, use_level: str, on: date) -> str:
    """Why these bytes are not approved for this use: they are not those that were signed, or what each role lacks."""
    if any(stands.values()):
        return "; ".join(filter(None, (_word(role, record, on) for role, record in stands.items())))
    signed = [record for record in records if isinstance(record, SignOff) and record.outcome == outcome]
    if not signed:
        return "nothing has been signed about this outcome"
    uses = {record.use_level for record in signed if record.sha256 == sha256}
    if uses:
        return f"it is signed off for {_listed(use for use in USE_LEVELS if use in uses)} only"
    if any(record.model == model for record in signed):
        return (
            f"it has been altered since it was signed off (the SHA-256 of all that scoring uses is now {sha256}); "
            "restore what was signed with `dvc checkout`, or have this signed"
        )
    return f"what was signed off is another model, {_listed(dict.fromkeys(record.model for record in signed))}"


def _word(role: str, record: SignOff | Withdrawal | None, on: date) -> str | None:
    """What one role lacks; None where it has signed."""
    if record is None:
        return f"{ROLES[role]} has not signed"
    if isinstance(record, Withdrawal):
        return f"{ROLES[role]} withdrew on {record.withdrawn_on} ({record.reason})"
    return None if on < record.until else f"what {ROLES[role]} signed ended on {record.until}"


def _listed(names) -> str:
    return " and ".join(names)
