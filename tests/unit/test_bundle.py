"""Bundles: same model, same bytes; whole or not at all; nothing loaded that was altered or is not trusted."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import LocalOutlierFactor

from features.errors import InputError
from models import bundle
from models.calibration import calibrate
from models.candidates import candidates
from models.titles import ORDER

ROOT = Path(__file__).parents[2]
META = {"columns": [{"name": "visits"}], "typical": {"visits": 0.1}, "identity": "abc"}
COLUMNS = [{"name": "visits", "direction": 1, "days": [365]}, {"name": "age", "direction": 0, "days": []}]


def rows(n=300):
    random = np.random.default_rng(0)
    X = pd.DataFrame({"visits": random.poisson(1, n).astype(float), "age": random.integers(16, 90, n).astype(float)})
    X.loc[::9, "age"] = np.nan
    return X, random.random(n) < 1 / (1 + np.exp(2 - X.visits))


def calibrated(name):
    X, y = rows()
    trees = {"n_estimators": 10, "n_jobs": 1, "min_child_samples": 5}
    options = {"rule": "visits", "scorecard": {}, "logistic": {}}.get(name, trees)
    return calibrate(candidates(COLUMNS, {name: options}, seed=1)[name].fit(X, y), X, y)


@pytest.mark.parametrize("name", ORDER)
def test_a_loaded_model_predicts_the_same_and_is_the_same_bytes(tmp_path, name):
    model, (X, _) = calibrated(name), rows()
    sha256 = bundle.save(tmp_path / "b", model, META)
    loaded, meta = bundle.load(tmp_path / "b")
    assert meta == META
    assert np.array_equal(loaded.predict_proba(X), model.predict_proba(X))
    assert bundle.save(tmp_path / "c", calibrated(name), META) == sha256
    assert (tmp_path / "b" / "bundle.json").read_bytes() == (tmp_path / "c" / "bundle.json").read_bytes()


def test_another_process_writes_the_same_bytes():
    # other hash seed, other import order
    code = (
        "import lightgbm, scipy.special, sys; sys.path.insert(0, 'tests/unit'); import hashlib, test_bundle as t; "
        "print(*(hashlib.sha256(t.bundle.dumps(t.calibrated(n))).hexdigest() for n in t.ORDER))"
    )
    environment = os.environ | {"PYTHONHASHSEED": "7", "MLFLOW_DISABLE_TELEMETRY": "true", "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    here = [hashlib.sha256(bundle.dumps(calibrated(name))).hexdigest() for name in ORDER]
    assert ran.stdout.split() == here


def test_saving_replaces_the_old_bundle_and_leaves_nothing_beside_it(tmp_path):
    model = calibrated("rule")
    bundle.save(tmp_path / "b", model, META)
    bundle.save(tmp_path / "b", model, META | {"identity": "def"})
    assert bundle.load(tmp_path / "b")[1]["identity"] == "def"
    assert [p.name for p in tmp_path.iterdir()] == ["b"]


@pytest.mark.parametrize("meta", [{"typical": float("nan")}, {"columns": {"a", "b"}}])
def test_a_failed_save_leaves_the_old_bundle(tmp_path, meta):
    model = calibrated("rule")
    bundle.save(tmp_path / "b", model, META)
    with pytest.raises((ValueError, TypeError)):
        bundle.save(tmp_path / "b", model, meta)
    assert bundle.load(tmp_path / "b")[1] == META
    assert [p.name for p in tmp_path.iterdir()] == ["b"]


def test_a_type_that_is_not_trusted_is_not_saved(tmp_path):
    model = LogisticRegression()
    model.surprise = subprocess.Popen
    with pytest.raises(ValueError, match=r"subprocess\.Popen"):
        bundle.save(tmp_path / "b", model, META)
    assert not list(tmp_path.iterdir())


def test_a_model_of_another_making_is_not_loaded(tmp_path):
    bundle.save(tmp_path / "b", LocalOutlierFactor(), META)
    model = LogisticRegression()
    model.surprise = subprocess.Popen
    content = skops.io.dumps(model)
    about = json.loads((tmp_path / "b" / "bundle.json").read_text())
    about["sha256"]["model"] = hashlib.sha256(content).hexdigest()
    (tmp_path / "b" / "model.skops").write_bytes(content)
    (tmp_path / "b" / "bundle.json").write_text(json.dumps(about))
    with pytest.raises(InputError, match=r"not trusted .subprocess.Popen"):
        bundle.load(tmp_path / "b")


def spoil(folder, how):
    model, about = folder / "model.skops", folder / "bundle.json"
    match how:
        case "no folder":
            model.unlink(), about.unlink(), folder.rmdir()
        case "no model":
            model.unlink()
        case "model cut short":
            model.write_bytes(model.read_bytes()[:-10])
        case "meta edited":
            about.write_text(about.read_text().replace("abc", "xyz"))
        case "not JSON":
            about.write_text("{")
        case "a list":
            about.write_text("[]")
        case "later version":
            about.write_text(about.read_text().replace('"version": 1', '"version": 2'))


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("no folder", "no model bundle here .bundle.json is missing"),
        ("no model", "no model bundle here .model.skops is missing"),
        ("model cut short", "model.skops: it has been changed"),
        ("meta edited", "bundle.json: it has been changed"),
        ("not JSON", "bundle.json: it is damaged"),
        ("a list", "bundle.json: it is damaged"),
        ("later version", "version must be 1, not 2"),
    ],
)
def test_a_spoilt_bundle_is_one_clear_error(tmp_path, how, message):
    bundle.save(tmp_path / "b", LogisticRegression(), META)
    spoil(tmp_path / "b", how)
    with pytest.raises(InputError, match=message):
        bundle.load(tmp_path / "b")
