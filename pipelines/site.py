"""Stage `site`: the front page of a run, the feature register and the map of areas; `reports` is then a whole site."""

from features.agreements import load_agreements, needs
from features.load import Catalogue
from models import pages
from models.disclosed import require_disclosed
from models.site_overview import areas_page, overview
from models.site_register import register
from pipelines import paths
from pipelines.evidence import evidence
from pipelines.files import read_json, write_text
from pipelines.params import load
from pipelines.setting import setting
from pipelines.stage import main, say


def site() -> None:
    settings = {name: setting(name) for name in load().outcomes}
    outcomes = {name: evidence(name) for name in settings}
    at = next(iter(settings.values()))
    agreed = [agreement.model_dump(mode="json") for agreement in load_agreements(at.params.agreements)]
    written = {
        paths.OVERVIEW: overview(outcomes, agreed),
        paths.AREA_MAP: areas_page(outcomes, {name: read_json(paths.areas(name)) for name in outcomes}),
        paths.REGISTER: register(
            outcomes, _columns(outcomes, at.catalogue), {agreement["name"]: agreement["title"] for agreement in agreed}
        ),
    }
    for path, document in written.items():
        crumbs = () if path == paths.OVERVIEW else ((pages.HOME, paths.OVERVIEW.name),)
        write_text(path, require_disclosed(path.name, pages.page(document, crumbs, shelf=())))
    say(f"open {paths.OVERVIEW} in a browser")


def _columns(outcomes: dict[str, dict], catalogue: Catalogue) -> list[dict]:
    """The columns of all models, each once, with why they are there and the special regimes that they fall under."""
    features = {column.name: column.feature for column in catalogue.columns}
    found = {column["name"]: column for e in outcomes.values() for column in e["columns"]}
    return [
        column
        | {
            "why": features[name].why,
            "sensitive": sorted({of for need in needs(features[name], catalogue.kinds) for of in need.sensitive}),
        }
        for name, column in found.items()
    ]


if __name__ == "__main__":
    main(site)
