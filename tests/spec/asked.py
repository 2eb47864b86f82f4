"""How a spec is asked: a drawn single view in, a dict of columns out, from any engine.

The specs beside this file say what every measure, date rule, cohort and label means; each runs on every engine.
"""

import tempfile
from datetime import date

import pandas as pd

from features import cohorts, engine, labels, reference
from features.specs import Kind
from tests.builders import single_view
from tests.engines import open_for

TIERS = ((0, "low"), (1, "middle"), (2, "high"), (3, "top"))
KINDS = (
    Kind("police", "arrest", "arrest"),
    Kind("police", "call", "call", roles=("victim", "suspect"), amount="ticks"),
    Kind("care", "contact", "contact", ladder="care", tiers=TIERS),
    Kind("care", "plan", "plan", spell=True, ladder="care", tiers=TIERS),
    Kind("housing", "duty", "duty", unit="household", spell=True, ladder="housing", tiers=TIERS),
    Kind("fire", "alarm", "alarm", unit="property"),
)


def values(
    name: str,
    features,
    t: str = "2024-06-01",
    who: str = "ann",
    unit: str = "resident",
    purpose: str | None = None,
    **tables,
) -> dict:
    """The columns of one resident or property at t, missing ones as None; features may be one or several.

    With a purpose, without those who object to it.
    """
    features = features if isinstance(features, tuple) else (features,)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_for(name, single_view(folder, **tables), purpose=purpose) as view,
    ):
        pairs = pd.DataFrame({"unit_id": [who], "as_of": [date.fromisoformat(t)]})
        if name == "reference":
            row = reference.build(view, pairs, features, KINDS, unit).to_dict("records")[0]
        else:
            row = engine.build(view, pairs, features, KINDS, unit=unit).to_pylist()[0]
    return {column: None if pd.isna(value) else value for column, value in list(row.items())[2:]}


def members_of_cohort(name: str, outcome, t: str = "2024-06-01", **tables) -> dict:
    """Each resident (property) on record at t: "in", or the step that excludes them."""
    day, table, key = date.fromisoformat(t), "residents", "resident_id"
    if outcome.unit == "property":
        table, key = "properties", "property_id"
    with tempfile.TemporaryDirectory() as folder, open_for(name, single_view(folder, **tables)) as view:
        if name == "reference":
            records = reference.Records(view)
            everybody = sorted(getattr(records, table))
            return {who: reference.eligible(records, outcome, who, day, KINDS) or "in" for who in everybody}
        everybody = [row[0] for row in view.con.execute(f"SELECT {key} FROM {table} ORDER BY 1").fetchall()]
        listed = {step.reason: step.key for step in cohorts.steps(outcome, "residencies" in view.tables)}
        file = f"{folder}/asked.csv"
        pd.DataFrame({key: everybody, "as_of": t}).to_csv(file, index=False)
        cohort = cohorts.build(view, outcome, cohorts.File(file), KINDS)
    rejected = dict(zip(cohort.rejects["unit_id"], cohort.rejects["reason"].map(listed), strict=True))
    return {who: rejected.get(who, "in") for who in everybody}


def label(
    name: str,
    outcome,
    t: str = "2024-01-01",
    who: str = "ann",
    allowance_days: int = 60,
    purpose: str | None = None,
    **tables,
) -> tuple:
    """The label of one resident (property) at t and how it came about; with a purpose, without those who object."""
    day = date.fromisoformat(t)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_for(name, single_view(folder, **tables), purpose=purpose) as view,
    ):
        if name == "reference":
            return reference.label(reference.Records(view), outcome, who, day, allowance_days, KINDS)
        pairs = pd.DataFrame({"unit_id": [who], "as_of": [day]})
        [row] = labels.labels(view, pairs, outcome, allowance_days, KINDS).itertuples()
    return None if pd.isna(row.label) else bool(row.label), row.status
