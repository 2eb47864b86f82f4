"""What is on file for the model of an outcome: who has signed it off, and how pages say so."""

from models.approvals import ROLES, SignOff, Withdrawal, load_approvals, standing
from models.wording import capital, day
from pipelines.seal import seal
from pipelines.setting import Setting

UNAPPROVED = {
    True: "Not approved, and not in need of approval: every resident in it is invented.",
    False: "Not approved: it must not score anybody until the ethics group has signed it off.",
}


def sign_offs(at: Setting) -> dict[str, SignOff | Withdrawal | None]:
    """Each role's last word on the model as it is, for the use level of its outcome."""
    name = at.outcome.name
    return standing(load_approvals(at.params.approvals), name, seal(name), at.outcome.use_level)


def approval(signed: dict[str, SignOff | Withdrawal | None], invented: bool) -> str:
    """What is on file for the model; a stage knows no clock, so it says until when and not whether that is past."""
    if all(isinstance(of, SignOff) for of in signed.values()):
        recipients = set.intersection(*(set(of.recipients) for of in signed.values()))
        until = day(min(of.until for of in signed.values()))
        return f"Signed off by all three until {until}, for {', '.join(sorted(recipients)) or 'nobody'}."
    if not any(signed.values()):
        return UNAPPROVED[invented]
    told = [
        f"{ROLES[role]} "
        + ("has not signed" if of is None else "has signed" if isinstance(of, SignOff) else "has withdrawn")
        for role, of in signed.items()
    ]
    return capital(f"{'; '.join(told)}. {UNAPPROVED[invented]}")
