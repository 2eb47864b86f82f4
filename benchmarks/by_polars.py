"""polars: for each snapshot and grain, known events joined to who sees them; one expression for each column."""

from datetime import date

import polars as pl

from benchmarks.task import OPEN, SPELLS, Task, columns, main
from features.specs import Column, Events

GRAINS = ("resident", "household", "property")


def build(task: Task) -> None:
    pairs = pl.read_parquet(task.pairs)
    residencies = pl.read_parquet(task.table("residencies"))
    residents = pl.read_parquet(
        task.table("residents"), columns=["resident_id", "born_on", "died_on", "death_recorded_on"]
    )
    for (t,), asked in sorted(pairs.group_by("as_of")):
        homes = _homes(residencies, residents, t)
        known = _known(task, t)
        built = asked.lazy()
        for grain in GRAINS:
            seen = _subjects(asked, homes, grain).lazy().join(known, on=["unit", "unit_id"])
            values = seen.group_by("pair").agg(_aggregate(column, t) for column in columns(grain))
            built = built.join(values, left_on="unit_id", right_on="pair", how="left")
        finished = [_finished(column) for grain in GRAINS for column in columns(grain)]
        built.select("unit_id", "as_of", *finished).collect().write_parquet(task.to / f"{t}.parquet")


def _homes(residencies: pl.DataFrame, residents: pl.DataFrame, t: date) -> pl.DataFrame:
    """resident_id, household_id, property_id and whether alive, as known at t."""
    over = (pl.col("ended_on") <= t) & (pl.col("end_recorded_on") < t)
    dead = (pl.col("died_on") < t) & (pl.col("death_recorded_on") < t)
    born = pl.col("born_on").is_null() | (pl.col("born_on") < t)
    return (
        residencies.lazy()
        .filter(pl.col("recorded_on") < t, pl.col("started_on") < t, ~over.fill_null(False))
        .sort("started_on", "recorded_on", "household_id", "property_id", nulls_last=False)
        .unique("resident_id", keep="last", maintain_order=True)
        .join(residents.lazy(), on="resident_id")
        .select("resident_id", "household_id", "property_id", alive=born & ~dead.fill_null(False))
        .collect()
    )


def _known(task: Task, t: date) -> pl.LazyFrame:
    spell = pl.lit(False)
    for agency, kind in SPELLS:
        spell |= (pl.col("agency") == agency) & (pl.col("kind") == kind)
    over = (pl.col("ended_on") <= t) & (pl.col("end_recorded_on") < t)
    withdrawn = pl.col("withdrawn_on") < t
    return (
        pl.scan_parquet(task.table("events"))
        .filter(pl.col("recorded_on") < t, pl.col("occurred_on") < t, ~withdrawn.fill_null(False))
        .with_columns(is_open=spell & ~over.fill_null(False))
    )


def _subjects(asked: pl.DataFrame, homes: pl.DataFrame, grain: str) -> pl.DataFrame:
    """pair (the resident asked about), unit, unit_id: whose events they see at this grain."""
    pair, unit = pl.col("unit_id").alias("pair"), pl.lit(grain).alias("unit")
    if grain == "resident":
        return asked.select(pair, unit, "unit_id")
    placed = asked.select(pair).join(homes, left_on="pair", right_on="resident_id")
    own = placed.filter(pl.col(f"{grain}_id").is_not_null()).select("pair", unit, unit_id=f"{grain}_id")
    if grain == "property":
        return own
    others = placed.select("pair", "household_id").join(homes.filter("alive"), on="household_id")
    others = others.filter(pl.col("resident_id") != pl.col("pair"))
    return pl.concat([own, others.select("pair", pl.lit("resident").alias("unit"), unit_id="resident_id")])


def _aggregate(column: Column, t: date) -> pl.Expr:
    op, of = column.feature.measure.op, column.feature.measure.of
    chosen = _selected(of)
    if op == "recent_to_long":
        recent, long = (
            (chosen & _within(t, days)).sum() * other
            for days, other in zip(column.days, column.days[::-1], strict=True)
        )
        value = pl.when(long > 0).then(recent / long)
    elif op in OPEN:
        chosen &= pl.col("is_open")
    if column.days and op != "recent_to_long":
        chosen &= _within(t, column.days[0])

    def of_chosen(name: str) -> pl.Expr:
        return pl.when(chosen).then(pl.col(name))

    def days_to(day: pl.Expr) -> pl.Expr:
        return (pl.lit(t) - day).dt.total_days()

    def counted(number: pl.Expr) -> pl.Expr:
        return pl.when(number > 0).then(number)

    if op in ("count", "open_now"):
        value = counted(chosen.sum())
    elif op == "distinct_days":
        value = counted(of_chosen("occurred_on").drop_nulls().n_unique())
    elif op == "distinct_agencies":
        value = counted(of_chosen("agency").drop_nulls().n_unique())
    elif op == "total":
        value = pl.when(chosen.any()).then(of_chosen("amount").sum())
    elif op == "largest":
        value = of_chosen("amount").max()
    elif op in ("highest_tier", "highest_open_tier"):
        value = of_chosen("tier").max()
    elif op == "days_since_last":
        value = days_to(of_chosen("occurred_on").max())
    elif op == "days_open":
        value = days_to(of_chosen("occurred_on").min())
    return value.alias(column.name)


def _within(t: date, days: int) -> pl.Expr:
    return pl.col("occurred_on") >= pl.lit(t) - pl.duration(days=days)


def _selected(of: Events) -> pl.Expr:
    chosen = pl.lit(True)
    for name in ("agency", "role", "ladder"):
        if (value := getattr(of, name)) is not None:
            chosen &= pl.col(name) == value
    if of.kinds:
        chosen &= pl.col("kind").is_in(of.kinds)
    if of.min_tier is not None:
        chosen &= pl.col("tier") >= of.min_tier
    if of.min_amount is not None:
        chosen &= pl.col("amount") >= of.min_amount
    return chosen.fill_null(False)


def _finished(column: Column) -> pl.Expr:
    value, none = pl.col(column.name), column.feature.none
    return (value if none is None else value.fill_null(none)).cast(pl.Float32)


if __name__ == "__main__":
    main(build)
