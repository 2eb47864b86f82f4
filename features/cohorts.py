"""Cohorts: which pairs (resident or property, as-of date) an outcome is predicted for, with counts at each exclusion.

Candidates come from snapshots (everybody at each date), triggers (the day after each of some events became known) or
a file. A candidate stays if no step of `steps` excludes it; `features.reference.eligible` is the definition. What the
engine gets is the pairs alone, so that a few dates with everybody and thousands of dates with a few are built alike.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features import kernel, parts, rules, timing
from features.engine import measured
from features.errors import InputError
from features.outcomes import Outcome
from features.pairs import PAIRS, days, read_pairs, to_frame
from features.records import Reads, Records
from features.specs import Events, Kind
from features.sql import name, selects_sql

GROUP = "group"  # the column that pairs are grouped by, among those read of residents


@dataclass(frozen=True)
class Snapshots:
    """Every resident, or property, on record, at each of these dates."""

    dates: tuple[date, ...]


@dataclass(frozen=True)
class Triggers:
    """A resident, at the first date at which such an event about them was known; from_on <= date < until."""

    events: Events
    from_on: date
    until: date


@dataclass(frozen=True)
class File:
    """Rows of a Parquet or CSV file with resident_id (or property_id) and as_of, which may be left out if given here.

    Rows that cannot be used come out as rejects with the reason. `strict` (training) makes an InputError of those
    that are faults of the file; who is merely not eligible is still a reject.
    """

    path: Path | str
    as_of: date | None = None
    strict: bool = False


@dataclass(frozen=True)
class Cohort:
    """pairs: unit_id, as_of, group_id, listed_on, sorted by as_of and unit_id.

    listed_on is the list that a pair is ranked on: that of its as-of date or, of triggers, of its month. flow:
    listed_on (None for all of a file), step, remaining. rejects: unit_id, as_of (text, as given), reason: the rows of a
    file that are not among the pairs; else empty.
    """

    pairs: pd.DataFrame
    flow: list[dict]
    rejects: pd.DataFrame


@dataclass(frozen=True)
class Step:
    """An exclusion, and how it reads in the flow and among the rejects."""

    key: str
    remaining: str
    reason: str


def build(
    view,
    outcome: Outcome,
    source: Snapshots | Triggers | File,
    kinds: tuple[Kind, ...],
    group_by: str | None = None,
    say: parts.Say | None = None,
) -> Cohort:
    """The pairs of an outcome from a source of candidates.

    group_id, by which pairs are held out and resampled together, is the resident's column `group_by` if that is
    given, else the household at t, else the resident; a property is a group of its own. Raises InputError for a date
    beyond the single view, a column or table that it does not have, or a file that cannot be read (strict: or with
    faults in its rows).
    """
    of_property = outcome.unit == "property"
    if of_property and not {"residencies", "properties"} <= view.tables:
        raise InputError(
            f"{outcome.name}: is asked about properties, and the single view lacks residencies or properties; add them"
        )
    columns = {row[0] for row in view.con.execute("DESCRIBE residents").fetchall()}
    if group_by is not None and group_by not in columns:
        raise InputError(f"group_by: residents has no column {group_by}; name one of {', '.join(sorted(columns))}")
    faults: list[tuple[str, str, str]] = []
    table, key = ("properties", "property_id") if of_property else ("residents", "resident_id")
    if isinstance(source, Snapshots):
        first, candidates = f"{table} on record", _snapshots(view, source, table, key)
    elif isinstance(source, Triggers):
        first, candidates = "triggers", _triggers(view, source)
    else:
        first, (candidates, faults) = "rows in the file", _rows(view, source, table, key)
    listed = steps(outcome, "residencies" in view.tables)
    verdict = _verdict(view, candidates, outcome, listed, kinds, None if of_property else group_by, say)
    fails, listed_on = verdict.column("fails").to_numpy(), days(verdict)
    if isinstance(source, Triggers):
        listed_on = timing.month_starts(listed_on)
    if isinstance(source, File):
        flow = _flow(None, first, len(faults), fails, listed)
    else:
        lists = map(timing.day_number, source.dates) if isinstance(source, Snapshots) else np.unique(listed_on)
        flow = [row for day in lists for row in _flow(day, first, 0, fails[listed_on == day], listed)]
    rejects = faults
    if isinstance(source, File):
        failed = verdict.filter(pa.array(fails < len(listed))).to_pylist()
        rejects = faults + [(row["unit_id"], str(row["as_of"]), listed[row["fails"]].reason) for row in failed]
    verdict = verdict.append_column("listed_on", pa.array(listed_on).cast(pa.date32()))
    kept = verdict.filter(pa.array(fails == len(listed))).select([*PAIRS.names, "group_id", "listed_on"])
    rejects = pd.DataFrame(sorted(rejects), columns=["unit_id", "as_of", "reason"], dtype="str")
    return Cohort(to_frame(kept), flow, rejects)


def steps(outcome: Outcome, has_residencies: bool) -> tuple[Step, ...]:
    """The exclusions of an outcome, in order; those that exclude nobody by construction are left out."""
    if outcome.unit == "property":
        return (
            Step("recorded", "known at the date (first record)", "not known at the as-of date"),
            Step("lived_in", "lived in", "not lived in at the as-of date"),
        )
    among, past = outcome.among, f"already so in the past {outcome.among.not_already_days} days"
    found = {
        Step("known", "known at the date (born, first record)", "not known at the as-of date"): True,
        Step("alive", "alive", "known to have died"): True,
        Step("here", "living in the county", "not living in the county at the as-of date"): has_residencies,
        Step("age", "of eligible age", "not of eligible age, or of unknown age"): among.ages != (None, None),
        Step(
            "involved",
            "with an open involvement below the top tier",
            "no open involvement below the top tier",
        ): among.involved,
        Step("not_already", f"not {past}", past): among.not_already_days is not None,
    }
    return tuple(step for step, applies in found.items() if applies)


def _verdict(
    view,
    candidates: pa.Table,
    outcome: Outcome,
    listed: tuple[Step, ...],
    kinds: tuple[Kind, ...],
    group_by: str | None,
    say: parts.Say | None,
) -> pa.Table:
    """Each candidate with its group and which step it is the first to fail; that of nobody is the number of steps."""
    has_residencies = "residencies" in view.tables
    looks_back = outcome.among.involved or outcome.among.not_already_days is not None
    reads = Reads(
        tuple(column.of for column in rules.asked(outcome.rule, 1)) if looks_back else (),
        ((GROUP, f"CAST(r.{name(group_by)} AS VARCHAR)"),) if group_by else (),
    )

    def work(held: Records, block: pa.Table, who: np.ndarray) -> pa.Table:
        t = days(block)
        home = held.homes_at(who, t)
        fails = np.full(len(who), len(listed), np.int8)
        for i in range(len(listed) - 1, -1, -1):
            fails[~_keeps(listed[i].key, held, who, t, home, outcome, kinds, has_residencies)] = i
        if group_by:
            group = held.of_resident.column(GROUP).combine_chunks().take(pa.array(who))
        else:
            group = held.household_of(home) if outcome.unit == "resident" else block.column("unit_id")
        group = pc.coalesce(group, block.column("unit_id"))
        return block.append_column("group_id", group).append_column("fails", pa.array(fails))

    empty = pa.schema([*PAIRS, pa.field("group_id", pa.string()), pa.field("fails", pa.int8())]).empty_table()
    found = parts.over(view, candidates, reads, work, say, outcome.unit)
    return parts.in_order(pa.concat_tables([empty, *found]), candidates)


def _keeps(
    key: str,
    held: Records,
    who: np.ndarray,
    t: np.ndarray,
    home: np.ndarray,
    outcome: Outcome,
    kinds: tuple[Kind, ...],
    has_residencies: bool,
) -> np.ndarray:
    """Whether a step keeps each candidate, (pairs,)."""
    rule, among = outcome.rule, outcome.among
    match key:
        case "known":
            born = held.people.alive_from[who] <= t
            return born & kernel.housed(who, t, held.homes) if has_residencies else born
        case "alive":
            return t < held.people.dead_from[who]
        case "here" | "lived_in":
            return home >= 0
        case "recorded":
            return held.property_known_from[who - held.first_property] <= t
        case "age":
            low, high = among.ages
            age = timing.ages(held.people.born[who], t)
            return (age >= (-np.inf if low is None else low)) & (age < (np.inf if high is None else high))
        case "involved":
            tops = [top for _, top in rule.ladders]
            return (measured(held, who, home, t, rules.asked_open(rule), kinds) < tops).any(axis=1)
        case "not_already":
            found = measured(held, who, home, t, rules.asked(rule, among.not_already_days), kinds)
            return ~rules.holds(rule, found)
    raise ValueError(f"no step {key}")


def _flow(day: int | None, first: str, unusable: int, fails: np.ndarray, listed: tuple[Step, ...]) -> list[dict]:
    """How many candidates of a list remain after each step."""
    remaining = [(first, unusable + len(fails))] + ([("usable rows", len(fails))] if unusable else [])
    left = len(fails) - np.cumsum(np.bincount(fails, minlength=len(listed) + 1))
    remaining += [(step.remaining, int(count)) for step, count in zip(listed, left, strict=False)]
    listed_on = None if day is None else str(np.datetime64(int(day), "D"))
    return [{"listed_on": listed_on, "step": text, "remaining": count} for text, count in remaining]


def _snapshots(view, source: Snapshots, table: str, key: str) -> pa.Table:
    """Everybody, or every property, on record at each date."""
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
    ids = view.con.sql(f"SELECT {key} AS unit_id FROM {table} ORDER BY 1").to_arrow_table()
    at_each = [
        ids.append_column("as_of", pa.repeat(pa.scalar(day, pa.date32()), ids.num_rows)) for day in sorted(source.dates)
    ]
    return read_pairs(pa.concat_tables(at_each))


def _triggers(view, source: Triggers) -> pa.Table:
    """The date each trigger became known, whatever became of the record later."""
    t = timing.first_known_on_sql("e.recorded_on")
    period = timing.in_period_sql(t, f"DATE '{source.from_on}'", f"DATE '{source.until}'")
    return read_pairs(
        view.con.sql(f"""
        SELECT DISTINCT e.unit_id, {t} AS as_of FROM events e JOIN residents r ON r.resident_id = e.unit_id
        WHERE e.unit = 'resident' AND {selects_sql(source.events)} AND {period}
          AND {timing.known_sql("e.recorded_on", "e.withdrawn_on", t)}""").to_arrow_table()
    )


def _rows(view, source: File, table: str, key: str) -> tuple[pa.Table, list[tuple[str, str, str]]]:
    """The usable rows of a file as pairs, and the others as (unit_id, as_of as given, reason)."""
    frame = _read(Path(source.path), key, source.as_of)
    on_record = {row[0] for row in view.con.execute(f"SELECT {key} FROM {table}").fetchall()}
    objected = set()
    if view.objected and table == "residents":
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
    pairs = pa.table({"unit_id": [u for u, _ in good], "as_of": [t for _, t in good]}, schema=PAIRS)
    return read_pairs(pairs), faults


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
