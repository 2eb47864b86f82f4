"""Score a cohort: calibrated probability, rank, band and reasons for everyone who can be scored, the reason for those
who can't. The same features, computed by the same engine with the same meaning as in training."""

from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa

from features import cohorts, engine, timing
from features.agreements import agreed, shown_to, usable
from features.errors import InputError
from features.load import UNITS
from features.meaning import spec_hash
from features.pairs import PAIRS
from features.sources import View
from features.specs import Feature, Kind, days_since_last, events
from models import bundle
from models.approvals import require_approval
from models.capacity import bands
from models.scoring import Scorer
from models.wording import NOT_FOR
from pipelines import paths
from pipelines.background import background
from pipelines.files import write_table, write_whole
from pipelines.inputs import Inputs, allowed, require_agreed
from pipelines.intervals import intervals
from pipelines.seal import seal
from pipelines.setting import Setting, setting
from pipelines.stage import say

# The grains whose newest record says how old the evidence is.
NEWEST = {"resident": ("resident",), "property": ("household", "property")}
NO_LIST = (
    "{}: its use level is planning, which looks at areas and never at a person, so nobody can be listed; look at the "
    "risks of areas, or bring another use level to the ethics group"
)


def score_file(outcome: str, cohort: Path, as_of: date, to: Path, recipient: str) -> None:
    """Score the residents, or properties, of a file as of a date for a recipient; write the list and the rejects.

    Raises InputError where the model, its meaning or its approval is not in order, or nobody can be scored.
    """
    at = setting(outcome)
    if to.suffix not in (".parquet", ".csv"):
        raise InputError(f"{to}: --to must end in .parquet or .csv")
    if cohort.resolve() in (to.resolve(), rejects_of(to).resolve()):
        raise InputError(f"{to}: --to would overwrite the cohort; give another file")
    with at.open_view("score") as view:
        if not timing.within_view(as_of, view.about.extract_on):
            raise InputError(
                f"--as-of {as_of}: the single view holds what was recorded before {view.about.extract_on}; "
                "score as of that day or earlier"
            )
        write(score(at, view, cohorts.File(cohort, as_of), recipient), to)


def rejects_of(to: Path) -> Path:
    """Where those go who are not in the list."""
    return to.with_suffix(".rejects.csv")


def write(scored: tuple[pd.DataFrame, pd.DataFrame], to: Path) -> None:
    listed, rejects = scored
    write_whole(rejects_of(to), lambda draft: rejects.to_csv(draft, index=False))
    if to.suffix == ".csv":
        write_whole(to, lambda draft: listed.to_csv(draft, index=False))
    else:
        write_table(to, listed)
    say(f"{len(listed):,} scored in {to}; {len(rejects):,} not scored, with the reason, in {rejects_of(to)}")


def score(
    at: Setting,
    view: View,
    source: cohorts.File | cohorts.Snapshots | cohorts.Triggers,
    recipient: str | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(list, rejects). The list holds resident_id (or property_id), as_of, listed_on, probability with its 95 %
    interval low and high, rank among those listed with it (1 is first; ties share it), band, reason_1 ...,
    nothing_recorded_by, newest_record_days, and outcome, model, approval and not_for (what the list must not be used
    for) on every row. Reasons that rest on records which the recipient may not see are withheld, and said to be, and
    such records do not count as the newest; without a recipient all may be seen. Raises InputError where no person may
    be listed, or the model, its approval or an agreement is not in order."""
    name, unit = at.outcome.name, at.outcome.unit
    if at.outcome.use_level == "planning":
        raise InputError(NO_LIST.format(name))
    model, meta = bundle.load(paths.bundle(name))
    approval = _approval(at, view, meta, recipient)
    require_agreed(at, view, "score")
    inputs = allowed(at, view.used_on, "score")
    features = _same_meaning(at, meta, inputs)
    seen = shown_to(recipient, inputs.agreements) if recipient else inputs.agreements
    live = (seen, "score", at.outcome.use_level, view.used_on)
    hidden = {feature for feature, _ in agreed(features, at.catalogue.kinds, *live)[1]}
    withheld = frozenset(column.name for f in features if f.name in hidden for column in f.columns)
    dated, _ = agreed(_newest(unit, usable(at.catalogue.kinds, *live)), at.catalogue.kinds, *live)
    found = cohorts.build(view, at.outcome, source, at.catalogue.kinds)
    if found.pairs.empty:
        told = "; ".join(f"{n:,} {reason}" for reason, n in found.rejects["reason"].value_counts().items())
        raise InputError(f"nobody can be scored ({told or 'nobody is eligible'}); look at the ids and the date")
    scorer = Scorer(
        model,
        meta,
        background(name, meta),
        intervals(name, meta),
        top=at.params.explain.reasons,
        withheld=withheld,
        names=at.catalogue.names,
    )
    scored = engine.build(
        view,
        found.pairs,
        (*features, *dated),
        at.catalogue.kinds,
        say=lambda told: say(f"{name}: {told}"),
        then=partial(_scored, scorer),
        unit=unit,
    ).to_pandas()
    scored["listed_on"] = found.pairs["listed_on"]  # both are sorted by date and id
    say(f"{name}: scored and explained {len(scored):,} of {len(found.pairs):,}")
    listed = (
        pd.concat(
            [
                scored[["unit_id", "as_of", "listed_on", "probability", "low", "high"]],
                _places(scored, at.knobs.capacity),
            ],
            axis=1,
        )
        .join(scored.filter(regex="^reason_|^nothing_recorded_by$"))
        .assign(
            newest_record_days=scored[[f.name for f in dated]].min(axis=1).astype("Int64") if dated else None,
            outcome=name,
            model=meta["identity"],
            approval=approval,
            not_for=NOT_FOR,
        )
        .sort_values(["listed_on", "rank", "unit_id", "as_of"], ignore_index=True)
    )
    return tuple(table.rename(columns={"unit_id": f"{unit}_id"}) for table in (listed, found.rejects))


def _scored(scorer: Scorer, block: pa.Table) -> pa.Table:
    """A block of the matrix, scored and explained wherever it was made."""
    found = pa.Table.from_pandas(scorer(block.to_pandas()), preserve_index=False)
    # Reasons are text even in a block where nobody has one; ids and dates are as they were.
    told = ("reason_", "nothing_recorded_by")
    text = [pa.field(f.name, pa.string()) if f.name.startswith(told) else f for f in found.schema]
    return found.cast(pa.schema([block.schema.field(f.name) if f.name in PAIRS.names else f for f in text]))


def _places(scored: pd.DataFrame, capacity: int) -> pd.DataFrame:
    """The rank of each row among those listed with it, and the band that follows from it."""
    listed = scored.groupby("listed_on")["probability"]
    # Who ties for the last place within capacity is not in it: the list never promises more than the service can see.
    last = listed.rank(method="max", ascending=False)
    return pd.DataFrame(
        {
            "rank": listed.rank(method="min", ascending=False).astype(int),
            "band": bands(last, capacity),
        }
    )


def _approval(at: Setting, view: View, meta: dict, recipient: str | None) -> str:
    """What stands on every row: until when the model is approved for whom, or that all of it is invented."""
    if view.about.invented:
        return "unapproved: invented residents only"
    name, use_level = at.outcome.name, at.outcome.use_level
    found = require_approval(
        at.params.approvals, name, meta["identity"], seal(name), use_level, recipient or "nobody", date.today()
    )
    return f"approved for {found.use_level} by {', '.join(found.recipients)} until {found.until}"


def _newest(unit: str, kinds: tuple[Kind, ...]) -> list[Feature]:
    """Features that say how old the newest record of these kinds is, one for each agency and grain."""
    found = []
    for grain in NEWEST[unit]:
        by_agency: dict[str, list[str]] = {}
        for kind in kinds:
            if kind.unit in UNITS[grain]:
                by_agency.setdefault(kind.agency, []).append(kind.kind)
        for agency, names in by_agency.items():
            of, why = days_since_last(events(agency, *names)), "how old the evidence is"
            found.append(Feature(f"newest_{grain}_{agency}", of, grain=grain, none=None, why=why))
    return found


def _same_meaning(at: Setting, meta: dict, inputs: Inputs) -> list[Feature]:
    """The features that the model uses, as the catalogue has them now; refused where a column's meaning has changed."""
    now = {column.name: spec_hash(column, at.catalogue.kinds) for f in inputs.features for column in f.columns}
    wanted = {column["name"]: column["spec_hash"] for column in meta["columns"]}
    faults = [
        f"{name}: "
        + (
            "may not be built for scoring (no such feature, or no live agreement)"
            if name not in now
            else "means something else now than when the model was trained"
        )
        for name, then in wanted.items()
        if now.get(name) != then
    ]
    if faults:
        raise InputError(
            f"the model of {at.outcome.name} cannot be used with {at.params.catalogue}; train it again:", *faults
        )
    return [f for f in inputs.features if any(column.name in wanted for column in f.columns)]
