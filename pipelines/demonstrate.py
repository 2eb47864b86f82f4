"""Stage `score`: a demonstration list of the invented county, of everyone eligible on the day it was extracted."""

from features import cohorts
from pipelines import paths
from pipelines.score import score, write
from pipelines.setting import setting
from pipelines.stage import main


def demonstrate(name: str) -> None:
    at = setting(name)
    with at.open_view("score") as view:
        write(score(at, view, cohorts.Snapshots((view.about.extract_on,))), paths.scores(name))


if __name__ == "__main__":
    main(demonstrate)
