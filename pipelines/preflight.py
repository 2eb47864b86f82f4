"""Every fault of what a run is given, together, before any work: params, and the files that they name."""

from collections.abc import Callable
from typing import Any

from features.agreements import load_agreements
from features.errors import InputError
from features.load import Catalogue, load_catalogue
from features.yaml_file import read_yaml
from models.approvals import load_approvals
from models.statements import load_statements
from models.waivers import load_waivers
from pipelines import paths
from pipelines.county.params import CountyParams
from pipelines.params import Params, load
from pipelines.setting import disagreements


def preflight() -> tuple[Params, Catalogue]:
    """The parameters and the catalogue of a run whose files are all sound.

    Raises InputError with the faults of all of them together; where params.yaml itself is broken, with those of it.
    """
    faults: list[str] = []

    def sound(read: Callable[..., Any], *given: object) -> Any:
        try:
            return read(*given)
        except InputError as error:
            faults.extend(error.faults)
            return None

    params = sound(load)
    written = sound(read_yaml, paths.PARAMS)
    if isinstance(written, dict) and isinstance(written.get("county"), dict):
        before = len(faults)
        sound(CountyParams.of, written["county"])
        faults[before:] = [f"{paths.PARAMS}: {fault}" for fault in faults[before:]]
    catalogue = None
    if params:
        catalogue = sound(load_catalogue, params.catalogue)
        sound(load_agreements, params.agreements)
        sound(load_approvals, params.approvals)
        sound(load_waivers, params.waivers)
        if catalogue:
            faults += disagreements(params, catalogue)
            known = [outcome.name for outcome in catalogue.outcomes]
            asked = [name for name in params.outcomes if name in known]  # the others are faults already
            sound(load_statements, params.statements, asked, known)
    if faults or params is None or catalogue is None:
        raise InputError(*dict.fromkeys(faults))
    return params, catalogue
