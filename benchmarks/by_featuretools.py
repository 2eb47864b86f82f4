"""featuretools with cutoff times: the resident's own records, by the parts of the task that it has words for.

Given less to do than the others, since it cannot say the rest: no household or property as known at t (a relationship
holds for all time), no open spells and no withdrawals (nothing but a record's own dates is compared with the cutoff;
events that were ever withdrawn are left out), no ratio of two windows (each window is a calculation of its own).
It can say known at t: the selections of events that the columns make are marks, hidden until the event is recorded.
"""

from collections.abc import Iterable

import featuretools as ft
import pandas as pd

from benchmarks.by_pandas import selected
from benchmarks.task import Task, columns, main
from features.specs import Column, Events

OPS = ("count", "distinct_days", "total", "largest", "highest_tier", "distinct_agencies", "days_since_last")
MINE = tuple(c for c in columns("resident") if c.feature.measure.op in OPS)


def build(task: Task) -> None:
    pairs = pd.read_parquet(task.pairs)
    cutoffs = pairs.assign(time=pd.to_datetime(pairs["as_of"]))[["unit_id", "time"]]
    selections = {of: f"mark_{i}" for i, of in enumerate(dict.fromkeys(c.feature.measure.of for c in MINE))}
    entities = _entities(task, cutoffs, selections)
    windows = dict.fromkeys(column.days for column in MINE)
    calculated = [
        _calculated(entities, cutoffs, [c for c in MINE if c.days == days], selections, days) for days in windows
    ]
    built = pd.concat(calculated, axis=1)[[column.name for column in MINE]].reset_index()
    built = built.rename(columns={"time": "as_of"})
    built.assign(as_of=built["as_of"].dt.date).to_parquet(task.to / "built.parquet", index=False)


def _entities(task: Task, cutoffs: pd.DataFrame, selections: dict[Events, str]) -> ft.EntitySet:
    """Residents and their events, at the day they occurred; what is said of an event is null until it is recorded."""
    e = pd.read_parquet(task.table("events"))
    e = e[(e["unit"] == "resident") & e["withdrawn_on"].isna()]
    told = {mark: selected(e, of).astype("float64") for of, mark in selections.items()}
    told |= {"amount": e["amount"].astype("float64"), "tier": e["tier"].astype("float64")}
    days = {name: pd.to_datetime(e[name]) for name in ("occurred_on", "recorded_on")}
    events = e[["event_id", "unit_id", "agency"]].assign(day=days["occurred_on"].astype(str), **days, **told)
    events = events[events["unit_id"].isin(cutoffs["unit_id"])]
    entities = ft.EntitySet("county")
    residents = cutoffs[["unit_id"]].drop_duplicates()
    entities.add_dataframe(dataframe_name="residents", dataframe=residents, index="unit_id")
    entities.add_dataframe(
        dataframe_name="events",
        dataframe=events,
        index="event_id",
        time_index="occurred_on",
        secondary_time_index={"recorded_on": list(told)},
        logical_types={"agency": "Categorical", "day": "Categorical", **dict.fromkeys(told, "Double")},
    )
    entities.add_relationship("residents", "unit_id", "events", "unit_id")
    return entities


def _calculated(
    entities: ft.EntitySet,
    cutoffs: pd.DataFrame,
    wanted: Iterable[Column],
    selections: dict[Events, str],
    days: tuple[int, ...],
) -> pd.DataFrame:
    """The columns of one window (none: all time), on unit_id and time."""
    events = entities["events"].ww
    made = {
        "count": ("event_id", ft.primitives.Count),
        "distinct_days": ("day", ft.primitives.NumUnique),
        "total": ("amount", ft.primitives.Sum),
        "largest": ("amount", ft.primitives.Max),
        "highest_tier": ("tier", ft.primitives.Max),
        "distinct_agencies": ("agency", ft.primitives.NumUnique),
        "days_since_last": ("occurred_on", ft.primitives.TimeSinceLast(unit="days")),
    }
    definitions = []
    for column in wanted:
        base, primitive = made[column.feature.measure.op]
        mark = ft.Feature(events[selections[column.feature.measure.of]])
        definition = ft.Feature(events[base], parent_dataframe_name="residents", primitive=primitive, where=mark == 1.0)
        definitions.append(definition.rename(column.name))
    frame = ft.calculate_feature_matrix(
        definitions,
        entities,
        cutoff_time=cutoffs,
        cutoff_time_in_index=True,
        training_window=ft.Timedelta(days[0], "d") if days else None,
        include_cutoff_time=False,
    )
    nones = {column.name: column.feature.none for column in wanted if column.feature.none is not None}
    return frame.astype("float32").fillna(nones)


if __name__ == "__main__":
    main(build)
