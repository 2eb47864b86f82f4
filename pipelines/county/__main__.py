"""Stage `county`: invent the county of params.yaml."""

from pipelines import paths
from pipelines.county import invent
from pipelines.params import load
from pipelines.stage import main


def invent_county() -> None:
    invent(load().county, paths.SINGLE_VIEW, paths.TRUTH)


if __name__ == "__main__":
    main(invent_county)
