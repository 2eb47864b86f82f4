"""The table by which scores get their intervals belongs to the model, or is refused."""

import json

import pytest

from features.errors import InputError
from pipelines import paths
from pipelines.intervals import intervals


@pytest.fixture
def written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = paths.intervals("fire")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"identity": "a1", "refits": 5, "table": [{"score": 0.1, "low": 0.05, "high": 0.2}]}))


def test_the_table_of_the_model_is_read(written):
    assert intervals("fire", {"identity": "a1"}).to_dict("list") == {"score": [0.1], "low": [0.05], "high": [0.2]}


def test_the_table_of_another_model_is_refused(written):
    with pytest.raises(InputError, match=r"is not of this model; make it with `dvc repro refit@fire`"):
        intervals("fire", {"identity": "b2"})
