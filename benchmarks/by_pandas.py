"""pandas: for each snapshot and grain, a merge of known events with who sees them, then one groupby for each column."""

from pathlib import Path

import pandas as pd

from benchmarks.task import OPEN, SPELLS, Task, columns, main
from features.specs import Column, Events

GRAINS = ("resident", "household", "property")
TEXTS = ("unit", "agency", "kind", "role", "ladder")  # few values each: as categories they are compared fast


def build(task: Task) -> None:
    pairs = _read(task.pairs)
    events = _read(task.table("events")).astype(dict.fromkeys(TEXTS, "category"))
    events["is_spell"] = pd.MultiIndex.from_frame(events[["agency", "kind"]]).isin(SPELLS)
    residencies, residents = _read(task.table("residencies")), _read(task.table("residents"))
    for t, asked in pairs.groupby("as_of"):
        asked = asked.reset_index(drop=True)  # a pair is its number
        homes, known = _homes(residencies, residents, t), _known(events, t)
        values = {}
        for grain in GRAINS:
            seen = _subjects(asked, homes, grain).merge(known, on=["unit", "unit_id"])
            for column in columns(grain):
                value, none = _aggregated(seen, column, t).reindex(asked.index), column.feature.none
                values[column.name] = (value if none is None else value.fillna(none)).astype("float32")
        built = pd.concat([asked, pd.DataFrame(values)], axis=1)
        built.assign(as_of=t.date()).to_parquet(task.to / f"{t.date()}.parquet", index=False)


def _read(path: Path | str) -> pd.DataFrame:
    return pd.read_parquet(path, to_pandas_kwargs={"date_as_object": False})


def _homes(residencies: pd.DataFrame, residents: pd.DataFrame, t: pd.Timestamp) -> pd.DataFrame:
    """resident_id, household_id, property_id and whether alive, as known at t."""
    r = residencies
    over = (r["ended_on"] <= t) & (r["end_recorded_on"] < t)
    last = r[(r["recorded_on"] < t) & (r["started_on"] < t) & ~over]
    last = last.sort_values(["started_on", "recorded_on", "household_id", "property_id"], na_position="first")
    homes = last.drop_duplicates("resident_id", keep="last").merge(residents, on="resident_id")
    dead = (homes["died_on"] < t) & (homes["death_recorded_on"] < t)
    homes["alive"] = (homes["born_on"].isna() | (homes["born_on"] < t)) & ~dead
    return homes[["resident_id", "household_id", "property_id", "alive"]]


def _known(events: pd.DataFrame, t: pd.Timestamp) -> pd.DataFrame:
    e = events
    known = e[(e["recorded_on"] < t) & (e["occurred_on"] < t) & ~(e["withdrawn_on"] < t)]
    over = (known["ended_on"] <= t) & (known["end_recorded_on"] < t)
    wanted = ["unit", "unit_id", "agency", "kind", "role", "ladder", "tier", "amount", "occurred_on"]
    return known[wanted].assign(is_open=known["is_spell"] & ~over)


def _subjects(asked: pd.DataFrame, homes: pd.DataFrame, grain: str) -> pd.DataFrame:
    """pair, unit, unit_id: whose events each pair sees at this grain."""
    pairs = asked[["unit_id"]].rename_axis("pair").reset_index()
    if grain == "resident":
        return pairs.assign(unit="resident")
    placed = pairs.rename(columns={"unit_id": "resident_id"}).merge(homes, on="resident_id")
    own = placed.rename(columns={f"{grain}_id": "unit_id"})[["pair", "unit_id"]].dropna().assign(unit=grain)
    if grain == "property":
        return own
    others = placed.merge(homes[homes["alive"]], on="household_id", suffixes=("_asked", ""))
    others = others[others["resident_id"] != others["resident_id_asked"]].rename(columns={"resident_id": "unit_id"})
    return pd.concat([own, others[["pair", "unit_id"]].assign(unit="resident")])


def _aggregated(seen: pd.DataFrame, column: Column, t: pd.Timestamp) -> pd.Series:
    """The column's values by pair; a pair without such events is absent."""
    op, of = column.feature.measure.op, column.feature.measure.of
    chosen = seen[selected(seen, of)]
    if op == "recent_to_long":
        recent, long = (_within(chosen, t, days).groupby("pair").size() for days in column.days)
        ratio = recent.reindex(long.index, fill_value=0) * column.days[1]
        return ratio / (long * column.days[0])
    if op in OPEN:
        chosen = chosen[chosen["is_open"]]
    if column.days:
        chosen = _within(chosen, t, column.days[0])
    grouped = chosen.groupby("pair")
    if op in ("count", "open_now"):
        return grouped.size()
    if op == "distinct_days":
        return grouped["occurred_on"].nunique()
    if op == "distinct_agencies":
        return grouped["agency"].nunique()
    if op == "total":
        return grouped["amount"].sum()
    if op == "largest":
        return grouped["amount"].max()
    if op in ("highest_tier", "highest_open_tier"):
        return grouped["tier"].max()
    edge = grouped["occurred_on"].max() if op == "days_since_last" else grouped["occurred_on"].min()
    return (t - edge).dt.days


def _within(chosen: pd.DataFrame, t: pd.Timestamp, days: int) -> pd.DataFrame:
    return chosen[chosen["occurred_on"] >= t - pd.Timedelta(days=days)]


def selected(seen: pd.DataFrame, of: Events) -> pd.Series:
    """Which of these events, (rows,) bool, are among those asked for."""
    chosen = pd.Series(True, index=seen.index)
    for name in ("agency", "role", "ladder"):
        if (value := getattr(of, name)) is not None:
            chosen &= seen[name] == value
    if of.kinds:
        chosen &= seen["kind"].isin(of.kinds)
    if of.min_tier is not None:
        chosen &= seen["tier"] >= of.min_tier
    if of.min_amount is not None:
        chosen &= seen["amount"] >= of.min_amount
    return chosen


if __name__ == "__main__":
    main(build)
