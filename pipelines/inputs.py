"""Which features an outcome's model may use: none that stands for a protected attribute unless params give a reason,
none of a resident's own where properties are asked about, none without a live sharing agreement for the purpose."""

from dataclasses import dataclass
from datetime import date

from features.agreements import Agreement, agreed, load_agreements, unagreed
from features.errors import InputError
from features.sources import View
from features.specs import Feature
from pipelines.setting import Setting

OF_OTHERS = "the outcome is about properties, which have nothing of a resident's own"


@dataclass(frozen=True)
class Inputs:
    features: tuple[Feature, ...]
    dropped: tuple[tuple[str, str], ...]  # name, reason
    agreements: tuple[Agreement, ...]


def allowed(at: Setting, on: date, purpose: str) -> Inputs:
    """The features that may be built on the date.

    Raises InputError if none is left.
    """
    agreements = load_agreements(at.params.agreements)
    unprotected = [f for f in at.catalogue.features if f.protected is None or f.protected in at.knobs.inputs]
    asked = [f for f in unprotected if f.is_of(at.outcome.unit)]
    of_others = [(f.name, OF_OTHERS) for f in unprotected if f not in asked]
    kept, dropped = agreed(asked, at.catalogue.kinds, agreements, purpose, at.outcome.use_level, on)
    if not kept:
        raise InputError(
            f"{at.params.agreements}: no feature rests on an agreement live on {on} for {purpose}; "
            "renew an agreement or look at its dates and purposes"
        )
    return Inputs(tuple(kept), (*of_others, *dropped), tuple(agreements))


def require_agreed(at: Setting, view: View, purpose: str) -> tuple[Agreement, ...]:
    """The agreements, where those live on the day let the outcome be asked about at all for the purpose.

    Raises InputError with every kind of record that its eligibility and, to train, its rule read without one.
    """
    agreements = load_agreements(at.params.agreements)
    homes = "residencies" in view.tables
    refusals = unagreed(at.outcome, at.catalogue.kinds, agreements, purpose, view.used_on, homes)
    if refusals:
        told = f"{at.params.agreements}: {at.outcome.name} can't be used for the purpose {purpose} on {view.used_on}"
        raise InputError(*(f"{told}: {refusal}" for refusal in refusals))
    return agreements
