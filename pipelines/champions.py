"""Which registered model is champion: of each outcome, the newest with a live approval for the outcome's use.

Approvals end by the clock, so this is no stage of DVC's: `register` does it, and so do `make repro` and `make ui`.
"""

from datetime import date

from features.load import load_catalogue
from models import registry
from models.approvals import live
from pipelines import paths
from pipelines.params import load
from pipelines.stage import say


def champions() -> None:
    """Put the alias champion where approvals stand today, take it away where none does, and say so."""
    params = load()
    catalogue, today = load_catalogue(params.catalogue), date.today()
    approved = {
        name: {(of.model, of.sha256) for of in live(params.approvals, name, catalogue.outcome(name).use_level, today)}
        for name in params.outcomes
    }
    for name, version in registry.crown(paths.STORE, approved).items():
        say(f"{name}: " + (f"version {version} is champion" if version else "no version has a live approval"))
