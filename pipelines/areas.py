"""What the chosen model says of areas on the test dates: how many live in each, at what risk."""

import pandas as pd

from features.groups import NOT_STATED, groups
from features.sources import View
from models import areas as of_areas
from models import capacity
from pipelines.judged import KEYS, judged
from pipelines.setting import Setting
from pipelines.stage import say

NAMES = ("lsoa", "district", "imd_quintile")


def areas(at: Setting, view: View, chosen: str) -> dict:
    """The figures of each area, district and fifth of deprivation, ready for JSON; or why there are none."""
    return _absent(view) or _measured(at, view, chosen)


def _absent(view: View) -> dict | None:
    """Why there is no map, where the single view can't place anybody."""
    placed = view.con.execute("SELECT count(lsoa) FROM properties WHERE easting + northing IS NOT NULL").fetchone()[0]
    return None if placed else {"absent": "the single view does not record where anybody's home is"}


def _measured(at: Setting, view: View, chosen: str) -> dict:
    name = at.outcome.name
    test = judged(name, [*KEYS, "listed_on", "label", chosen])
    say(f"{name}: finding the areas of {len(test):,} test pairs")
    found = groups(view, test[KEYS], NAMES, at.catalogue.kinds, at.outcome.unit, most=None)
    scored = test.rename(columns={chosen: "risk"}).merge(found, on=KEYS, how="left", validate="one_to_one")
    scored["listed"] = capacity.flagged(scored["risk"], scored["listed_on"], at.knobs.capacity)
    somewhere = scored[scored["lsoa"] != NOT_STATED].rename(columns={"lsoa": "area"})
    return {
        "dates": [str(day)[:10] for day in sorted(test["listed_on"].unique())],
        "unplaced": int(scored[scored["lsoa"] == NOT_STATED]["unit_id"].nunique()),
        "whole": of_areas.figures(scored),
        "areas": of_areas.by_area(somewhere, _places(view)),
        "districts": of_areas.by_group(scored, "district"),
        "deprivation": of_areas.by_group(scored, "imd_quintile"),
    }


def _places(view: View) -> pd.DataFrame:
    """Each area with its district and the mean position of its properties: no boundary is on record."""
    return view.con.execute(
        "SELECT trim(lsoa) AS area, coalesce(mode(trim(district)), 'not stated') AS district, "
        "avg(easting) AS easting, avg(northing) AS northing "
        "FROM properties WHERE trim(lsoa) <> '' GROUP BY 1 ORDER BY 1"
    ).df()
