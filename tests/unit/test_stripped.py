"""What is registered predicts as the model does, and remembers nothing of the rows that it was fitted on."""

import re

import numpy as np
import pytest
from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import RidgeClassifier

from models import bundle
from models.calibration import calibrate
from models.candidates import candidates
from models.stripped import stripped
from tests.risks import COLUMNS, PARAMS, county


@pytest.fixture(scope="module")
def rows():
    X, label, _ = county(lambda X: X.visits - 2 + (X.age > 60))
    X.loc[:400, "visits"] = np.nan
    return X, np.asarray(label, dtype=bool)


@pytest.fixture(scope="module", params=PARAMS)
def fitted(request, rows):
    X, y = rows
    candidate = candidates(COLUMNS, {request.param: PARAMS[request.param]}, seed=1)[request.param]
    return calibrate(candidate.fit(X, y), X.astype("float64"), y)


def told(model) -> str:
    """All that a registered model would say, as text."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(bundle.dumps(model))) as archive:
        return " ".join(archive.read(name).decode("latin1") for name in archive.namelist())


def test_it_predicts_the_same_and_the_model_stays_as_it_was(fitted, rows):
    X, before = rows[0].astype("float64"), told(fitted)
    assert stripped(fitted).predict_proba(X)[:, 1] == pytest.approx(fitted.predict_proba(X)[:, 1], rel=0.01)
    assert told(fitted) == before


def test_nothing_is_left_that_counts_rows(fitted):
    text = told(stripped(fitted))
    assert "n_samples_seen_" not in text
    assert "var_" not in re.sub(r"covar_|_var_", "", text)
    for remembered in (
        "leaf_count",
        "leaf_weight",
        "internal_count",
        "internal_weight",
        "internal_value",
        "split_gain",
    ):
        assert not re.search(rf"\b{remembered}=[0 ]*[1-9]", text), remembered
    assert not re.search(r"feature_infos=[^\\]*\[", text)
    for values in re.findall(r"leaf_value=([-0-9. e]+)", text):
        assert all(float(of) == float(f"{float(of):.4g}") for of in values.split())


def test_there_was_something_to_remember(fitted):
    text = told(fitted)
    assert "n_samples_seen_" in text or re.search(r"leaf_count=[1-9]", text) or "regression" in text


def test_a_model_of_another_kind_is_not_let_through(rows):
    X, y = rows
    other = RidgeClassifier().fit(X.fillna(0), y)
    model = StackingClassifier([("model", other)], cv="prefit", stack_method="predict").fit(X.fillna(0), y)
    with pytest.raises(TypeError, match="what a RidgeClassifier remembers of rows is not known"):
        stripped(model)
