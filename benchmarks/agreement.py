"""Do two contenders say the same? Compared value by value, on every pair and every column that both have.

`python -m benchmarks.agreement OURS THEIRS VIEW` prints, as one line of JSON, how many pairs and columns were
compared, the largest difference, and how many values stand on one side only.
"""

import argparse
import json
from pathlib import Path

import duckdb

# Residents with an event that was ever withdrawn: a tool that cannot say withdrawals is compared on the others.
WITHDRAWN = "SELECT unit_id FROM '{view}/events.parquet' WHERE unit = 'resident' AND withdrawn_on IS NOT NULL"


def compared(ours: Path, theirs: Path, view: Path, withdrawn: bool) -> dict:
    """pairs, missing (of theirs), columns, largest difference and values on one side only; see above."""
    con = duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(theirs / "spill")})
    for side, folder in (("ours", ours), ("theirs", theirs)):
        con.execute(f"CREATE VIEW {side} AS FROM read_parquet('{folder}/**/*.parquet')")
    names = [{row[0] for row in con.execute(f"DESCRIBE {side}").fetchall()} for side in ("ours", "theirs")]
    shared = sorted((names[0] & names[1]) - {"unit_id", "as_of"})
    largest = ", ".join(f"max(abs(o.{name}::DOUBLE - t.{name}::DOUBLE))" for name in shared)
    lone = " + ".join(f"((o.{name} IS NULL) <> (t.{name} IS NULL))::INTEGER" for name in shared)
    only = "" if withdrawn else f"WHERE unit_id NOT IN ({WITHDRAWN.format(view=view)})"
    pairs, missing, alone, *differences = con.execute(f"""
        SELECT count(*), count(*) FILTER (t.unit_id IS NULL),
               sum(CASE WHEN t.unit_id IS NOT NULL THEN {lone} END), {largest}
        FROM (FROM ours {only}) o LEFT JOIN theirs t ON t.unit_id = o.unit_id AND t.as_of = o.as_of""").fetchone()
    return {
        "pairs": pairs,
        "missing": missing,
        "columns": len(shared),
        "alone": alone,
        "largest": max((d for d in differences if d is not None), default=0.0),
    }


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    for word in ("ours", "theirs", "view"):
        words.add_argument(word, type=Path)
    words.add_argument("--no-withdrawn", dest="withdrawn", action="store_false")
    print(json.dumps(compared(**vars(words.parse_args()))))
