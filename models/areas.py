"""What a model says of areas: how many were scored in each, at what risk on average, and where on the map they live."""

import numpy as np
import pandas as pd


def by_area(scored: pd.DataFrame, places: pd.DataFrame) -> list[dict]:
    """The areas in which anybody was scored, in the order of `places`.

    scored: a row for each pair (unit_id, area, risk, listed, label); places: an area each (area, district, easting,
    northing). One record for each: area, district, easting, northing (None where the records hold none), and the
    figures of `figures`. Raises ValueError where an area of `scored` has no place.
    """
    unplaced = sorted(set(scored["area"]) - set(places["area"]))
    if unplaced:
        raise ValueError(f"areas: no place for {', '.join(unplaced[:5])}")
    found = {area: figures(rows) for area, rows in scored.groupby("area", observed=True)}
    return [
        {
            "area": place.area,
            "district": place.district,
            "easting": _metres(place.easting),
            "northing": _metres(place.northing),
            **found[place.area],
        }
        for place in places.itertuples()
        if place.area in found
    ]


def by_group(scored: pd.DataFrame, column: str) -> list[dict]:
    """The same figures for each value of a column of `scored`, in the order of their names."""
    return [{"group": group, **figures(rows)} for group, rows in scored.groupby(scored[column].astype(str))]


def figures(rows: pd.DataFrame) -> dict:
    """n: different residents or properties among the rows; risk: the mean score of the rows; listed: how many of n
    were on a list (a tie for the last places counts by its share); events: how many of n had the outcome.

    Counts are of people, not of rows: the small-number rule protects people, who may have a row at several dates.
    """
    each = rows.groupby("unit_id", observed=True)[["listed", "label"]].max()
    return {
        "n": len(each),
        "risk": round(float(rows["risk"].mean()), 6),
        "listed": round(float(each["listed"].sum()), 3),
        "events": int(each["label"].sum()),
    }


def _metres(of: float) -> int | None:
    return round(of) if of is not None and np.isfinite(of) else None
