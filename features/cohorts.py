"""Cohorts: which pairs (resident, as-of date) an outcome is predicted for, with counts at each exclusion.

Candidates come from snapshots (everybody at each date), triggers (the day after each of some events became known) or
a file. A candidate stays if no step of `steps` excludes it; `features.reference.eligible` is the definition. What the
engine gets is the pairs alone, so that a few dates with everybody and thousands of dates with a few are built alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from features import scope, timing
from features.errors import InputError
from features.labels import holds_sql, open_tiers_sql
from features.measures import of_ages_sql
from features.outcomes import Outcome
from features.specs import Events, Kind


@dataclass(frozen=True)
class Snapshots:
    """Every resident on record, at each of these dates."""

    dates: tuple[date, ...]


@dataclass(frozen=True)
class Triggers:
    """A resident, at the first date at which such an event about them was known; from_on <= date < until."""

    events: Events
    from_on: date
    until: date


@dataclass(frozen=True)
class File:
    """Rows of a Parquet or CSV file with resident_id and as_of; that column may be left out if `as_of` is given here.

    Rows that cannot be used come out as rejects with the reason. `strict` (training) makes an InputError of those
    that are faults of the file; who is merely not eligible is still a reject.
    """

    path: Path | str
    as_of: date | None = None
    strict: bool = False


@dataclass(frozen=True)
class Cohort:
    """pairs: unit_id, as_of, group_id, sorted by as_of and unit_id. flow: as_of (None over all dates), step, remaining.

    rejects: unit_id, as_of (text, as given), reason: the rows of a file that are not among the pairs; else empty.
    """

    pairs: pd.DataFrame
    flow: list[dict]
    rejects: pd.DataFrame


@dataclass(frozen=True)
class Step:
    """An exclusion: the SQL (over pair, r the resident, home) that keeps a candidate, and how it reads in the flow."""

    key: str
    remaining: str
    reason: str
    keeps: str


def build(
    view, outcome: Outcome, source: Snapshots | Triggers | File, kinds: tuple[Kind, ...], group_by: str | None = None
) -> Cohort:
    """The pairs of an outcome from a source of candidates.

    group_id, by which pairs are held out and resampled together, is the resident's column `group_by` if that is
    given, else the household at t, else the resident. Raises InputError for a date beyond the single view, a column
    that it does not have, or a file that cannot be read (strict: or with faults in its rows).
    """
    columns = {row[0] for row in view.con.execute("DESCRIBE residents").fetchall()}
    if group_by is not None and group_by not in columns:
        raise InputError(f"group_by: residents has no column {group_by}; name one of {', '.join(sorted(columns))}")
    faults: list[tuple[str, str, str]] = []
    if isinstance(source, Snapshots):
        first, candidates = "residents on record", _snapshots(view, source)
    elif isinstance(source, Triggers):
        first, candidates = "triggers", _triggers(view, source)
    else:
        first, (candidates, faults) = "rows in the file", _rows(view, source, f"{outcome.unit}_id")
    listed = steps(outcome, kinds, "residencies" in view.tables)
    verdict = _verdict(view, candidates, listed, group_by)
    flow = []
    for day in source.dates if isinstance(source, Snapshots) else (None,):
        fails = verdict["fails"] if day is None else verdict.loc[verdict["as_of"] == day, "fails"]
        flow += _flow(day, first, len(faults), fails, listed)
    kept = verdict[verdict["fails"].isna()]
    rejects = faults
    if isinstance(source, File):
        reasons, failed = {step.key: step.reason for step in listed}, verdict[verdict["fails"].notna()]
        rejects = faults + [(row.unit_id, row.as_of.isoformat(), reasons[row.fails]) for row in failed.itertuples()]
    return Cohort(
        kept[["unit_id", "as_of", "group_id"]].reset_index(drop=True),
        flow,
        pd.DataFrame(sorted(rejects), columns=["unit_id", "as_of", "reason"], dtype="str"),
    )


def steps(outcome: Outcome, kinds: tuple[Kind, ...], has_residencies: bool) -> tuple[Step, ...]:
    """The exclusions of an outcome, in order; those that exclude nobody by construction are left out."""
    t, among, rule = "pair.as_of", outcome.among, outcome.rule
    born = f"(r.born_on IS NULL OR {timing.in_window_sql('r.born_on', t, None)})"
    recorded = f"""pair.pair IN (SELECT p.pair FROM pair p JOIN residencies d ON d.resident_id = p.unit_id
                                 WHERE {timing.known_sql("d.recorded_on", "NULL", "p.as_of")})"""
    found = [
        Step(
            "known",
            "known at the date (born, first record)",
            "not known at the as-of date",
            f"{born} AND {recorded}" if has_residencies else born,
        ),
        Step(
            "alive",
            "alive",
            "known to have died",
            f"NOT {timing.known_dead_sql('r.died_on', 'r.death_recorded_on', t)}",
        ),
    ]
    if has_residencies:
        found.append(
            Step("here", "living in the county", "not living in the county at the as-of date", "home.pair IS NOT NULL")
        )
    if among.ages != (None, None):
        found.append(
            Step(
                "age",
                "of eligible age",
                "not of eligible age, or of unknown age",
                of_ages_sql("r.born_on", t, among.ages),
            )
        )
    if among.involved:
        below = " OR ".join(f"(o.ladder = {scope.text(ladder)} AND o.tier < {top:d})" for ladder, top in rule.ladders)
        found.append(
            Step(
                "involved",
                "with an open involvement below the top tier",
                "no open involvement below the top tier",
                f"pair.pair IN (SELECT o.pair FROM ({open_tiers_sql(rule, kinds)}) o WHERE {below})",
            )
        )
    if among.not_already_days is not None:
        past = (
            timing.known_sql("e.recorded_on", "e.withdrawn_on", "s.as_of")
            + " AND "
            + timing.in_window_sql("e.occurred_on", "s.as_of", among.not_already_days)
        )
        found.append(
            Step(
                "not_already",
                f"not already so in the past {among.not_already_days} days",
                f"already so in the past {among.not_already_days} days",
                f"pair.pair NOT IN ({holds_sql(rule, kinds, past)})",
            )
        )
    return tuple(found)


def _verdict(view, candidates: Iterable[pa.Table], listed: tuple[Step, ...], group_by: str | None) -> pd.DataFrame:
    """Each candidate with its group and the key of the first step that it fails, or null."""
    group = f"CAST(r.{scope.name(group_by)} AS VARCHAR)" if group_by else "home.household_id"
    fails = " ".join(f"WHEN NOT COALESCE({step.keeps}, FALSE) THEN {scope.text(step.key)}" for step in listed)
    frames = [pd.DataFrame({"unit_id": [], "as_of": [], "group_id": [], "fails": []}, dtype="str")]
    for table in candidates:
        for block in scope.blocks(table):
            scope.place(view.con, block)
            frames.append(
                view.con.execute(f"""
                SELECT pair.unit_id, pair.as_of, COALESCE({group}, pair.unit_id) AS group_id, CASE {fails} END AS fails
                FROM pair JOIN residents r ON r.resident_id = pair.unit_id LEFT JOIN home ON home.pair = pair.pair
                ORDER BY pair.pair""").df()
            )
    frames[1:] = [frame.assign(as_of=pd.to_datetime(frame["as_of"]).dt.date) for frame in frames[1:]]
    return pd.concat(frames[1:] or frames, ignore_index=True)


def _flow(day: date | None, first: str, unusable: int, fails: pd.Series, listed: tuple[Step, ...]) -> list[dict]:
    """How many candidates remain after each step."""
    remaining = [(first, unusable + len(fails))] + ([("usable rows", len(fails))] if unusable else [])
    left = len(fails)
    for step in listed:
        left -= int((fails == step.key).sum())
        remaining.append((step.remaining, left))
    return [{"as_of": day and day.isoformat(), "step": text, "remaining": count} for text, count in remaining]


def _snapshots(view, source: Snapshots) -> Iterable[pa.Table]:
    """Everybody on record, a date at a time."""
    if not source.dates:
        raise InputError("snapshots: no date is given; give at least one as-of date")
    beyond = [day for day in source.dates if not timing.within_view(day, view.about.extract_on)]
    if beyond:
        many = f"{len(beyond)} date{' is' if len(beyond) == 1 else 's are'}"
        raise InputError(
            f"snapshots: {many} later than about.extract_on ({view.about.extract_on}), beyond which the "
            "single view knows nothing; give earlier dates"
        )
    if len(set(source.dates)) < len(source.dates):
        raise InputError("snapshots: a date is given twice; give each once")
    ids = view.con.sql("SELECT resident_id AS unit_id FROM residents ORDER BY 1").to_arrow_table()
    for day in sorted(source.dates):
        yield scope.read_pairs(ids.append_column("as_of", pa.array([day] * ids.num_rows, pa.date32())))


def _triggers(view, source: Triggers) -> Iterable[pa.Table]:
    """The date each trigger became known, whatever became of the record later."""
    t = timing.first_known_on_sql("e.recorded_on")
    period = timing.in_period_sql(t, f"DATE '{source.from_on}'", f"DATE '{source.until}'")
    yield scope.read_pairs(
        view.con.sql(f"""
        SELECT DISTINCT e.unit_id, {t} AS as_of FROM events e JOIN residents r ON r.resident_id = e.unit_id
        WHERE e.unit = 'resident' AND {scope.selects_sql(source.events)} AND {period}
          AND {timing.known_sql("e.recorded_on", "e.withdrawn_on", t)}""").to_arrow_table()
    )


def _rows(view, source: File, key: str) -> tuple[list[pa.Table], list[tuple[str, str, str]]]:
    """The usable rows of a file as pairs, and the others as (unit_id, as_of as given, reason)."""
    frame = _read(Path(source.path), key, source.as_of)
    on_record = {row[0] for row in view.con.execute("SELECT resident_id FROM residents").fetchall()}
    objected = set()
    if view.objected:
        objected = {row[0] for row in view.con.execute("SELECT resident_id FROM objected").fetchall()}
    good, faults = {}, []
    for unit_id, given in zip(frame[key], frame["as_of"], strict=True):
        day = _day(given)
        if unit_id is None:
            reason = f"no {key}"
        elif day is None:
            reason = "no as-of date, or not a date (YYYY-MM-DD)"
        elif source.as_of is not None and day != source.as_of:
            reason = f"the file says another as-of date than the one asked for, {source.as_of}"
        elif not timing.within_view(day, view.about.extract_on):
            reason = f"as-of date later than the single view, which was extracted on {view.about.extract_on}"
        elif unit_id in objected:
            reason = "objected to this use of their records"
        elif unit_id not in on_record:
            reason = "not on record in the single view"
        elif (unit_id, day) in good:
            reason = "the row repeats another"
        else:
            good[unit_id, day] = True
            continue
        faults.append((unit_id or "", "" if given is None else str(day or given), reason))
    wrong = sorted({reason for *_, reason in faults if not reason.startswith("objected")})
    if source.strict and wrong:
        rows = {reason: sum(reason == given for *_, given in faults) for reason in wrong}
        raise InputError(
            *(
                f"{source.path}: {n} row{'' if n == 1 else 's'}: {reason}; correct or leave out"
                for reason, n in rows.items()
            )
        )
    pairs = pa.table({"unit_id": [u for u, _ in good], "as_of": [t for _, t in good]}, schema=scope.PAIRS)
    return [scope.read_pairs(pairs)], faults


def _read(path: Path, key: str, as_of: date | None) -> pd.DataFrame:
    """The file's key and as_of, missing values as None."""
    try:
        if path.suffix == ".csv":
            frame = pd.read_csv(path, dtype=object, keep_default_na=False, na_values=[""])
        else:
            frame = pq.read_table(path).to_pandas(date_as_object=True)
    except (OSError, ValueError, pa.ArrowInvalid):
        raise InputError(
            f"{path}: cannot be read as {'CSV' if path.suffix == '.csv' else 'Parquet'}; "
            f"give a .parquet or .csv file with {key} and as_of"
        ) from None
    if as_of is not None and "as_of" not in frame.columns:
        frame["as_of"] = as_of
    missing = [name for name in (key, "as_of") if name not in frame.columns]
    if missing:
        raise InputError(f"{path}: no column {' or '.join(missing)}; give {key} (text) and as_of (a day)")
    frame = frame[[key, "as_of"]].astype(object)
    frame = frame.where(frame.notna(), None)
    if not all(value is None or isinstance(value, str) for value in frame[key]):
        raise InputError(f"{path}: {key} is not text; write it as text, as in the single view")
    return frame


def _day(given) -> date | None:
    """A day from a date, a time stamp at midnight or ISO text; None from anything else."""
    if isinstance(given, str):
        try:
            return date.fromisoformat(given)
        except ValueError:
            return None
    if isinstance(given, datetime):
        return given.date() if given == datetime(given.year, given.month, given.day) else None
    return given if isinstance(given, date) else None
