"""The data of the benchmarks: an invented county with as many events as a real one, and the pairs asked about.

`python -m benchmarks.county 75000 --data FOLDER` makes it beforehand; the benchmarks make what is not there. A county
of N residents lies in FOLDER/N: view (the single view), truth, made.json (what its generator took) and pairs.

The generator draws 12 or 13 events a resident; the county that the engine is meant for has 20. What is missing is
drawn from the events already there and happens again some days later. The events lie in the order of their
identifiers, which are random: nobody gains from an order that a real single view would not have.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.measure import Budget, Run, run, say

SEED = 7
EVENTS = 20  # for each resident
LATER = 28  # days at most from an event to its repetition
SNAPSHOTS = tuple(f"{year}-{month:02d}-01" for year in range(2021, 2025) for month in (1, 4, 7, 10))
TRIGGER_DATES = 2_000  # the last before the day of extraction
TRIGGERS = 1_000_000 / 600_000  # pairs for each resident
ENOUGH = Budget(seconds=3600, memory=16e9)  # making data is not what is limited


def prepared(data: Path, residents: int) -> Path:
    """The folder of a county of that size, made if it is not there; whole or not at all.

    Raises SystemExit if it cannot be made.
    """
    folder = data / str(residents)
    if folder.exists():
        return folder
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data, prefix=".county-") as unfinished:
        made = Path(unfinished) / "made"
        say(f"inventing a county of {residents:,} residents")
        invented = _done("invent", made, residents)
        (made / "made.json").write_text(json.dumps(asdict(invented)))
        say("  topping its events up and choosing pairs")
        _done("fill", made, residents)
        shutil.move(made, folder)
    return folder


def invention(folder: Path) -> Run:
    """What the generator took when it made this county."""
    return Run(**json.loads((folder / "made.json").read_text()))


def snapshots(folder: Path, dates: int) -> Path:
    """The pairs of everybody who lived in the county at each of the last so many quarters."""
    return folder / "pairs" / f"snapshots-{dates}.parquet"


def triggers(folder: Path) -> Path:
    """Pairs of a resident and the day after something about them became known, over 2,000 dates."""
    return folder / "pairs" / "triggers.parquet"


def _done(step: str, folder: Path, residents: int) -> Run:
    done = run("benchmarks.county", residents, "--step", step, "--data", folder, budget=ENOUGH)
    if done.fault:
        sys.exit(f"error: the county of {residents:,} residents could not be made: {step} {done.fault}")
    return done


def _invent(folder: Path, residents: int) -> None:
    from pipelines.county import invent

    invent({"residents": residents, "seed": SEED}, folder / "view", folder / "truth")


def _fill(folder: Path, residents: int) -> None:
    import duckdb

    con = duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(folder / "spill")})
    con.execute(f"CREATE VIEW home AS {LIVED}".format(view=folder / "view"))
    events = folder / "view" / "events.parquet"
    con.execute(f"CREATE TABLE events AS FROM '{events}'")
    (extract_on,) = con.execute(f"SELECT extract_on FROM '{folder / 'view' / 'about.parquet'}'").fetchone()
    columns = ", ".join(row[0] for row in con.execute("DESCRIBE events").fetchall())
    for turn in range(EVENTS):  # the first is nearly always enough
        (missing,) = con.execute("SELECT $1 - count(*) FROM events", [EVENTS * residents]).fetchone()
        if missing <= 0:
            break
        words = {"seed": SEED + turn, "extract_on": extract_on, "missing": missing}
        con.execute(f"INSERT INTO events SELECT {columns} FROM ({REPEATED})", words)
    written = events.with_name("filled")
    con.execute(f"COPY (FROM events ORDER BY event_id) TO '{written}' (FORMAT parquet, COMPRESSION zstd)")
    written.replace(events)
    _choose(con, folder, residents, extract_on)
    shutil.rmtree(folder / "spill", ignore_errors=True)


def _choose(con, folder: Path, residents: int, extract_on) -> None:
    triggers(folder).parent.mkdir()
    con.execute("CREATE TABLE snapshot AS SELECT unnest($1::DATE[]) AS t", [list(SNAPSHOTS)])
    con.execute("CREATE TABLE pair AS SELECT DISTINCT resident_id AS unit_id, t AS as_of FROM home JOIN snapshot ON "
                "recorded_on < t AND started_on < t AND (ended_on IS NULL OR ended_on > t)")  # fmt: skip
    for dates in (1, 2, 4, 8, 16):
        con.execute(
            f"COPY (FROM pair WHERE as_of >= DATE '{SNAPSHOTS[-dates]}' ORDER BY as_of, unit_id) "
            f"TO '{snapshots(folder, dates)}' (COMPRESSION zstd)"
        )
    con.execute(
        "COPY (SELECT DISTINCT unit_id, recorded_on + 1 AS as_of FROM events "
        f"WHERE unit = 'resident' AND recorded_on + 1 BETWEEN DATE '{extract_on}' - {TRIGGER_DATES - 1} "
        f"AND DATE '{extract_on}' ORDER BY hash(unit_id, as_of), unit_id LIMIT {round(TRIGGERS * residents)}) "
        f"TO '{triggers(folder)}' (COMPRESSION zstd)"
    )


LIVED = "SELECT resident_id, started_on, ended_on, recorded_on FROM '{view}/residencies.parquet'"
# An end or a withdrawal that would come after the extraction is not known yet.
REPEATED = f"""
    SELECT * REPLACE (
        md5(event_id || $seed)[:12] AS event_id,
        occurred_on + later AS occurred_on,
        recorded_on + later AS recorded_on,
        CASE WHEN end_recorded_on + later < $extract_on THEN ended_on + later END AS ended_on,
        CASE WHEN end_recorded_on + later < $extract_on THEN end_recorded_on + later END AS end_recorded_on,
        CASE WHEN withdrawn_on + later < $extract_on THEN withdrawn_on + later END AS withdrawn_on)
    FROM (SELECT *, (1 + hash(event_id, $seed) % {LATER})::INTEGER AS later FROM events)
    WHERE recorded_on + later < $extract_on
    ORDER BY hash(event_id, $seed + 1), event_id
    LIMIT $missing"""


def main() -> None:
    words = argparse.ArgumentParser(description="make the data of the benchmarks beforehand")
    words.add_argument("residents", type=int, nargs="+")
    words.add_argument("--data", type=Path, required=True, help="the folder to keep it in")
    words.add_argument("--step", choices=("invent", "fill"), help=argparse.SUPPRESS)
    given = words.parse_args()
    if not given.step:
        for residents in given.residents:
            prepared(given.data, residents)
        return
    begun = time.monotonic()
    {"invent": _invent, "fill": _fill}[given.step](given.data, given.residents[0])
    print(json.dumps({"seconds": time.monotonic() - begun}))


if __name__ == "__main__":
    main()
