"""A tiny single view, whose features a careless engine makes from what came later: does the recheck find it out?"""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

from features import engine, timing
from features.recheck import recheck
from features.sources import open_view
from features.specs import Feature, Kind, count, days_at_home, days_open, events
from tests.builders import single_view

KINDS = (Kind("care", "plan", "plans of care", spell=True), Kind("police", "call", "calls"))
WHY = "something to read past the date with"
FEATURES = (
    Feature("calls", count(events("police", "call")), days=(365,), none=0, why=WHY),
    Feature("plan_open", days_open(events("care", "plan")), none=0, why=WHY),
    Feature("at_home", days_at_home(), none=None, why=WHY),
)
AS_OF, RESIDENTS = date(2020, 3, 1), 60
LONG_AGO = "DATE '1900-01-01'"
# Rules of `features.timing` as a careless engine would have them.
CARELESS = {
    "end-date leak": {"ended_from_sql": lambda ended_on, end_recorded_on, allowance_days=0: ended_on},
    "records used before they were recorded": {"first_known_on_sql": lambda recorded_on: LONG_AGO},
}


def past(seed: int, careless: dict[str, Callable] | None = None) -> dict:
    """What `features.recheck` says of a matrix that was made by these rules; by those that hold, where none is given.

    Each resident has calls and a plan of care, most of them recorded, ended or recorded to have ended near the date.
    """
    random = np.random.default_rng(seed)

    def near(days: int = 200) -> date:
        return AS_OF + timedelta(days=int(random.integers(-days, days)))

    rows, homes = [], []
    for who in (f"r{i}" for i in range(RESIDENTS)):
        for _ in range(random.poisson(2)):
            happened = near()
            late = happened + timedelta(days=int(random.integers(0, 60)))
            # one in five is recorded on the very day, if it has happened by then, and one in five is withdrawn later
            recorded = AS_OF if random.random() < 0.2 and happened < AS_OF else late
            withdrawn = recorded + timedelta(days=int(random.integers(1, 90))) if random.random() < 0.2 else None
            rows.append(_event(who, "police", "call", happened, recorded) | {"withdrawn_on": withdrawn})
        began = AS_OF - timedelta(days=int(random.integers(30, 300)))
        ended = max(near(60), began + timedelta(days=1))
        end = {"ended_on": ended, "end_recorded_on": ended + timedelta(days=int(random.integers(1, 90)))}
        rows.append(_event(who, "care", "plan", began, began + timedelta(days=1)) | end)
        homes.append(
            {"resident_id": who, "household_id": f"h{who}", "property_id": f"p{who}", "started_on": "2015-01-01"}
        )
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        view = stack.enter_context(open_view(single_view(Path(folder), residencies=homes, events=rows)))
        for rule, instead in (careless or {}).items():
            stack.enter_context(patch.object(timing, rule, instead))
        pairs = pd.DataFrame({"unit_id": [f"r{i}" for i in range(RESIDENTS)], "as_of": AS_OF})
        return recheck(view, engine.build(view, pairs, FEATURES, KINDS), FEATURES, KINDS)


def _event(who: str, agency: str, kind: str, occurred: date, recorded: date) -> dict:
    return {"unit_id": who, "agency": agency, "kind": kind, "occurred_on": occurred, "recorded_on": recorded}
