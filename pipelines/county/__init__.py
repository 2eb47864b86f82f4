"""An invented county: ten years of lives of people who do not exist, as a version-1 single view.

In reading order: params (what can be chosen), places, people and ethnicity (the county at the start), lives (hidden
vulnerability), group and world (its state, and how things happen), demography, crime, children, adults, health,
discharge, mind, money, fire (what happens), simulation (month by month), recording (what agencies come to know, and
when), truth and write (the files), rates (what it is calibrated to).
"""

import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from pipelines.county.params import CountyParams

__all__ = ["CountyParams", "invent"]


def invent(params: CountyParams | Mapping, folder: Path | str, truth_folder: Path | str) -> None:
    """Write a county's single view to `folder` and its hidden truth, a file for each unit, to `truth_folder`.

    Both folders are replaced whole, or left alone if anything fails. Raises InputError for parameters out of range.
    """
    from pipelines.county import write
    from pipelines.county.simulation import simulate

    params = params if isinstance(params, CountyParams) else CountyParams.of(params)
    folder, truth_folder = Path(folder), Path(truth_folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".county-") as made:
        view, hidden = Path(made) / "view", Path(made) / "truth"
        view.mkdir()
        hidden.mkdir()
        world, truth = simulate(params)
        rng = np.random.default_rng([params.seed, 1])
        known = write.make_known(world, params, rng)
        with ThreadPoolExecutor(1) as beside:  # sorting and writing let another thread go on
            written = beside.submit(write.write_truth, truth, world, known, params, hidden)
            write.write_view(world, params, known, view, rng)
            written.result()
        for new, old in ((view, folder), (hidden, truth_folder)):
            old.parent.mkdir(parents=True, exist_ok=True)
            if old.exists():
                shutil.rmtree(old)
            shutil.move(new, old)
