"""Stage `check`: is the single view what the contract says it is?"""

from pathlib import Path

from features.check import Fault, check, report
from features.errors import InputError
from features.load import load_catalogue
from features.sources import open_view
from pipelines import paths
from pipelines.files import write_json
from pipelines.params import load
from pipelines.stage import main, say


def check_location(location: Path | None) -> list[Fault]:
    """Print every fault of a single view; that of params.yaml where no other is named.

    Raises InputError with all of them if any is fatal.
    """
    params = load()
    location = location or params.single_view
    faults = check(location, load_catalogue(params.catalogue).kinds)
    if any(fault.severity == "fatal" for fault in faults):
        raise InputError(f"{location} cannot be used:\n{report(faults)}")
    say(f"{location} can be used" + (f"; look at these warnings:\n{report(faults)}" if faults else ": no faults"))
    return faults


def check_single_view() -> None:
    params = load()
    faults = check_location(params.single_view)
    with open_view(params.single_view, memory=params.engine.memory, threads=params.engine.threads) as view:
        rows = {
            table: view.con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in sorted(view.tables)
        }
        about = {"name": view.about.name, "extract_on": view.about.extract_on, "invented": view.about.invented}
    warnings = [{"table": f.table, "column": f.column, "rule": f.rule, "rows": f.rows} for f in faults]
    write_json(paths.CHECKED, {"about": about, "rows": rows, "warnings": warnings})


if __name__ == "__main__":
    main(check_single_view)
