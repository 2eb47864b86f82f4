"""Stage `score`: a demonstration list of the invented county, of everyone eligible on the day it was extracted; of an
outcome with a trigger, of everyone whose trigger was recorded in the month before. One for planning lists nobody."""

from datetime import date

import pandas as pd

from features import cohorts, timing
from features.outcomes import Outcome
from pipelines import paths
from pipelines.score import score, write
from pipelines.setting import setting
from pipelines.stage import main

MONTH = 31  # days


def demonstrate(name: str) -> None:
    at = setting(name)
    if at.outcome.use_level == "planning":
        nobody = pd.DataFrame({f"{at.outcome.unit}_id": []}, dtype="str")
        write((nobody, nobody), paths.scores(name))
        return
    with at.open_view("score") as view:
        write(score(at, view, source_of(at.outcome, view.about.extract_on)), paths.scores(name))


def source_of(outcome: Outcome, on: date) -> cohorts.Snapshots | cohorts.Triggers:
    """Everyone on the day, or at the triggers recorded in the month before it."""
    if outcome.trigger is None:
        return cohorts.Snapshots((on,))
    return cohorts.Triggers(outcome.trigger, timing.first_known_on(timing.before(on, MONTH)), timing.first_known_on(on))


if __name__ == "__main__":
    main(demonstrate)
