"""What a stage works with: the parameters, the catalogue and the outcome with its knobs turned."""

from dataclasses import dataclass

from features.errors import InputError
from features.load import Catalogue, load_catalogue
from features.outcomes import Outcome
from features.sources import View, open_view
from pipelines.params import Knobs, Params, load


@dataclass(frozen=True)
class Setting:
    params: Params
    catalogue: Catalogue
    outcome: Outcome
    knobs: Knobs

    def open_view(self, purpose: str) -> View:
        """The single view as it may be used for the purpose: without those who object to it."""
        return open_view(
            self.params.single_view,
            purpose,
            self.params.engine.memory,
            self.params.engine.threads,
            self.catalogue.kinds,
        )


def setting(outcome: str) -> Setting:
    """The setting of one outcome.

    Raises InputError for any fault of params.yaml or the catalogue, an unknown outcome, or a knob out of range.
    """
    params = load()
    catalogue = load_catalogue(params.catalogue)
    found = {spec.name: spec for spec in catalogue.outcomes}
    faults = [
        f"params.yaml: outcomes: {params.catalogue} has no outcome {name}; it has {', '.join(found)}"
        for name in (*params.outcomes, *params.knobs)
        if name not in found
    ]
    if faults:
        raise InputError(*dict.fromkeys(faults))
    if outcome not in params.outcomes:
        raise InputError(f"{outcome}: not among the outcomes of params.yaml: {', '.join(params.outcomes)}")
    knobs = params.knobs[outcome]
    try:
        turned = found[outcome].turned(knobs.horizon_days, knobs.gap_days, knobs.at_least)
    except ValueError as error:
        raise InputError(f"params.yaml: knobs.{outcome}: {error}") from None
    return Setting(params, catalogue, turned, knobs)
