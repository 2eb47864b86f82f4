"""Gates that somebody has waived for a model, by name, with a reason and until a day: `models/waivers.yaml`."""

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from features.yaml_file import Day
from models.approvals import Role
from models.record_file import Reason, Record, Text, read_records

HEADER = """\
# Gates that a model failed and that somebody answers for all the same: a list of records, reviewed like code.
#
#     - outcome: escalation
#       gate: beats_rule               # the gate's name in the gate record
#       model: 0123456789abcdef        # the identity on the model card: a waiver is for one model only
#       role: ethics_chair             # or senior_responsible_owner, data_protection_officer
#       name: who in that role
#       reason: why it may be used although it failed, in a sentence or more; it stands in the gate record
#       until: 2027-06-30              # the first day on which it no longer counts
#
# agreements, past_only, too_good and disclosure can't be waived; models/waivers.py says why.
"""
# Gates that nobody may answer for: each is about the law, or about whether the other figures mean anything.
NEVER = {
    "agreements": "without a live agreement the records may not be used at all",
    "past_only": "a model that may have seen the future has no figures that can be weighed",
    "too_good": "figures that are too good or contradict each other say that something is wrong, and not what",
    "disclosure": "a figure that gives a resident away can't be called back once it is published",
}


def _may_be_waived(gate: str) -> str:
    if gate in NEVER:
        raise ValueError(f"{gate} can't be waived: {NEVER[gate]}")
    return gate


class Waiver(Record):
    """That a gate which this model failed does not stand in its way, until a day (exclusive)."""

    outcome: Text
    gate: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$"), AfterValidator(_may_be_waived)]
    model: Text
    role: Role
    name: Text
    reason: Reason
    until: Day

    @property
    def by(self) -> str:
        return f"{self.role.replace('_', ' ')}, {self.name}"


def load_waivers(path: Path) -> tuple[Waiver, ...]:
    """The waivers on file; none where there is no file. Raises InputError with every fault of the file."""
    return read_records(path, lambda _: Waiver)


def of_gate(waivers: tuple[Waiver, ...], outcome: str, gate: str, model: str, on: date | None = None) -> Waiver | None:
    """The waiver of a gate for this model, that of the latest end; None where there is none.

    With a day, only one that still counts on it.
    """
    wanted = (outcome, gate, model)
    of_it = [w for w in waivers if (w.outcome, w.gate, w.model) == wanted and (on is None or on < w.until)]
    return max(of_it, key=lambda w: w.until, default=None)
