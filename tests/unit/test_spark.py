"""Spark gives what this machine gives, whatever part a pair is in; and what goes wrong on it is told in one line."""

import os
import subprocess
import sys
import time
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from features import cohorts, engine, parts, spark
from features.errors import InputError
from features.groups import groups
from features.labels import labels
from features.outcomes import Among, Occurs
from features.pairs import read_pairs
from features.records import Reads
from features.sources import open_view
from features.specs import Feature, attribute, count, events, members
from models.calibration import calibrate
from models.candidates import candidates
from models.reasons import typical_values
from models.scoring import Scorer
from pipelines import score
from pipelines.code import ROOT
from tests.builders import single_view
from tests.engines import needs_spark, open_for
from tests.property.drawn import KINDS, outcome
from tests.property.test_engines_agree import assert_same

WHY = "an example"
FEATURES = (
    Feature("calls", count(events("police")), days=(30, 400), none=0, why=WHY),
    Feature("others_calls", count(events("police")), days=(400,), grain="household", none=0, why=WHY),
    Feature("area_calls", count(events("police")), days=(400,), grain="area", none=None, why=WHY),
    Feature("people", members(), grain="household", none=None, why=WHY),
    Feature("score", attribute("score"), static=WHY, none=None, why=WHY),
)
COLUMNS = [column.name for feature in FEATURES for column in feature.columns]
ASKED = outcome(Occurs((events("police"),), scope="household"), Among(ages=(16, None), not_already_days=30))
DATES = (date(2020, 2, 29), date(2020, 9, 1))
WHO = [f"r{i:03}" for i in range(200)]
PAIRS = pd.DataFrame({"unit_id": WHO * 2, "as_of": [day for day in DATES for _ in WHO]})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two hundred residents, drawn by seed: households of three and a few moves between them, over forty areas."""
    rng = np.random.default_rng(3)
    days = np.datetime64("2018-01-01") + rng.integers(0, 1100, 900)
    return single_view(
        tmp_path_factory.mktemp("view") / "a [strange] *name",
        residents=[{"resident_id": who, "score": i % 7, "sex": "FM"[i % 2]} for i, who in enumerate(WHO)],
        residencies=[
            {"resident_id": who, "household_id": f"h{home}", "property_id": f"p{home}", "started_on": day}
            for i, who in enumerate(WHO)
            for home, day in ((i % 67, date(2015, 1, 1)), *(((i * 7) % 67, date(2019, 6, 1)),) * (i % 5 == 0))
        ],
        properties=[{"property_id": f"p{home}", "lsoa": f"L{home % 40}"} for home in range(67)],
        events=[
            {"unit_id": WHO[i], "kind": "call", "occurred_on": day.astype(date)}
            for i, day in zip(rng.integers(0, 200, 900), days, strict=True)
        ],
        objections="resident_id | purpose\nr005 | train\nr006 | score",
        about={"extract_on": "2021-06-01"},
    )


@pytest.fixture(scope="module", params=["train", "score", None])
def both(request, folder):
    """The view on Spark and on DuckDB, for either purpose or none."""
    with (
        open_for("spark", folder, purpose=request.param, kinds=KINDS) as there,
        open_view(folder, request.param, kinds=KINDS) as here,
    ):
        yield there, here


def matrix(view, then=None) -> pa.Table:
    return engine.build(view, PAIRS, FEATURES, KINDS, then=then)


@needs_spark
def test_features_cohorts_labels_and_groups_are_the_same_to_the_byte(both):
    assert_same(*(matrix(view).to_pandas() for view in both))
    found, wanted = (cohorts.build(view, ASKED, cohorts.Snapshots(DATES), KINDS) for view in both)
    assert len(found.pairs) > 100
    assert found.flow == wanted.flow
    pd.testing.assert_frame_equal(found.pairs, wanted.pairs)
    pd.testing.assert_frame_equal(*(labels(view, found.pairs, ASKED, 60, KINDS) for view in both))
    pd.testing.assert_frame_equal(*(groups(view, found.pairs, ("sex", "age_band", "district"), KINDS) for view in both))


@needs_spark
def test_scores_and_reasons_are_the_same(both):
    X = matrix(both[1]).to_pandas()[COLUMNS].astype("float64")
    y = X["calls_400d"] > 2
    about = {"direction": 0, "days": [], "grain": "resident", "agency": "police", "none": 0.0}
    meanings = [{"name": name, "sentence": name, **about} for name in COLUMNS]
    chosen = {"rule": "people", "logistic": {"C": 1.0}, "lightgbm": {}}
    model = candidates(meanings, chosen, seed=0)["logistic"].fit(X, y)
    meta = {"columns": meanings, "typical": typical_values(X)}
    intervals = pd.DataFrame({"score": [0.1, 0.9], "low": [0.05, 0.8], "high": [0.2, 0.95]})
    scorer = Scorer(calibrate(model, X, y), meta, X[:50], intervals)
    there, here = (matrix(view, partial(score._scored, scorer)) for view in both)
    reasons = ["reason_1", "reason_2", "reason_3"]
    assert there.column_names == ["unit_id", "as_of", "probability", "low", "high", *reasons, "nothing_recorded_by"]
    assert here.column("reason_1").null_count == 0
    pd.testing.assert_frame_equal(there.to_pandas(), here.to_pandas(), check_exact=True)


@needs_spark
def test_more_parts_than_residents_and_nobody_at_all(both):
    for n in (2, 0):
        assert_same(*(engine.build(view, PAIRS[:n], FEATURES, KINDS).to_pandas() for view in both))


@needs_spark
def test_a_part_that_fails_is_one_error_that_quotes_no_row(folder):
    def fail(held, block, who):
        raise ValueError(f"what is this: {block.column('unit_id')[0]}")

    def run_out(held, block, who):
        raise MemoryError

    pairs = read_pairs(PAIRS)
    with open_for("spark", folder) as view:
        with pytest.raises(InputError) as told:
            list(spark.over(view, pairs, Reads(), fail, "resident"))
        assert str(told.value) == (
            "engine: a part failed on Spark (ValueError); engine: duckdb does the same here, and says more"
        )
        with pytest.raises(MemoryError):
            list(spark.over(view, pairs, Reads(), run_out, "resident"))


@needs_spark
def test_a_worker_that_dies_is_one_error(folder):
    def die(held, block, who):
        os._exit(1)

    with open_for("spark", folder) as view, pytest.raises(InputError, match=r"engine: Spark gave up \(\w+\)"):
        list(parts.over(view, read_pairs(PAIRS), Reads(), die))


@needs_spark
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the state of another process here")
@pytest.mark.parametrize("ending", ["", "; os.kill(os.getpid(), 9)"])
def test_java_ends_with_the_program_however_it_ends(ending):
    program = "import os; from features import spark; print(spark.session().sparkContext._gateway.proc.pid, flush=True)"
    done = subprocess.run([sys.executable, "-c", program + ending], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    java = Path(f"/proc/{int(done.stdout.split()[-1])}/stat")
    deadline = time.monotonic() + 30
    while java.exists() and ") Z " not in java.read_text():  # or ended, and its parent has not looked
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_file_is_not_for_spark(tmp_path):
    file = single_view(tmp_path, residents="resident_id\nann", as_duckdb=True)
    with pytest.raises(InputError, match=r"engine: spark reads a folder of Parquet files, and .* is a file"):
        open_view(file, engine="spark")


def test_without_pyspark_the_error_names_the_line_that_installs_it(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with open_view(folder, engine="spark") as view, pytest.raises(InputError, match=r"pip install -e '\.\[spark\]'"):
        engine.build(view, PAIRS, FEATURES, KINDS)
