"""Stage `check`: are params.yaml and the files that it names sound, and is the single view what the contract says?"""

from pathlib import Path

import pandas as pd

from features.check import Fault, check, report
from features.errors import InputError
from features.groups import groups
from features.load import Catalogue, load_catalogue
from features.sources import View, open_view
from features.specs import Kind
from pipelines import paths
from pipelines.files import write_json
from pipelines.inputs import require_agreed
from pipelines.params import Params, load
from pipelines.preflight import preflight
from pipelines.setting import setting
from pipelines.stage import main, say


def check_location(location: Path | None) -> None:
    """Print every fault of a single view; that of params.yaml where no other is named.

    Raises InputError with all of them if any is fatal.
    """
    params = load()
    _usable(location or params.single_view, load_catalogue(params.catalogue).kinds, params)


def check_single_view() -> None:
    params, catalogue = preflight()
    faults = _usable(params.single_view, catalogue.kinds, params)
    with open_view(params.single_view, memory=params.memory, threads=params.threads, engine=params.engine) as view:
        _known_to(view, params, catalogue)
        rows = {
            table: view.con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in sorted(view.tables)
        }
        about = {"name": view.about.name, "extract_on": view.about.extract_on, "invented": view.about.invented}
    warnings = [{"table": f.table, "column": f.column, "rule": f.rule, "rows": f.rows} for f in faults]
    write_json(paths.CHECKED, {"about": about, "rows": rows, "warnings": warnings})


def _usable(location: Path, kinds: tuple[Kind, ...], params: Params) -> list[Fault]:
    faults = check(location, kinds, params.memory, params.threads)
    if any(fault.severity == "fatal" for fault in faults):
        raise InputError(f"{location} cannot be used:\n{report(faults)}")
    say(f"{location} can be used" + (f"; look at these warnings:\n{report(faults)}" if faults else ": no faults"))
    return faults


def _known_to(view: View, params: Params, catalogue: Catalogue) -> None:
    """That units can be grouped as params ask, and outcomes be asked about under the agreements.

    Of no pairs, `groups` only looks at the names of the audit.
    """
    faults, columns = [], [row[0] for row in view.con.execute("DESCRIBE residents").fetchall()]
    nobody = pd.DataFrame({"unit_id": [], "as_of": []}, dtype="str")
    for unit in {catalogue.outcome(name).unit: None for name in params.outcomes}:
        try:
            groups(view, nobody, params.audit, catalogue.kinds, unit)
        except InputError as error:
            faults += [fault for fault in error.faults if fault not in faults]
    if params.group_by not in ("household", *columns):
        faults.append(f"group_by: residents has no column {params.group_by}; name household, or {', '.join(columns)}")
    faults = [f"{paths.PARAMS}: {fault}" for fault in faults]
    for name in params.outcomes:
        try:
            require_agreed(setting(name), view, "train")
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(*faults)


if __name__ == "__main__":
    main(check_single_view)
