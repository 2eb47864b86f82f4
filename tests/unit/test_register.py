"""What MLflow is shown of an outcome beyond its test figures."""

from types import SimpleNamespace

import pytest

from pipelines import paths, register
from pipelines.files import write_json

FIGURE = {"value": 0.8, "low": 0.7, "high": 0.9}
STABILITY = {
    "identity": "e1",
    "refits": 5,
    "recur": 0.8,
    "recurs": FIGURE,
    "jaccard": 0.6,
    "intervals": {"jaccard": {"low": 0.5, "high": 0.7}},
    "shuffled": {"auc": 0.51, "low": 0.48, "high": 0.52, "within": True},
}


@pytest.fixture
def measured(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_json(paths.stability("demo"), STABILITY)
    lost = {"best": "lightgbm", "share_of_ceiling": FIGURE, "lost": {"to_the_records": FIGURE}}
    write_json(paths.ceiling("demo"), lost)


def test_steadiness_random_outcomes_and_headroom_are_shown_with_intervals(measured):
    shown = register.trusted("demo", SimpleNamespace(invent=("county",)))
    assert shown["stability.recurs.low"] == 0.7
    assert (shown["stability.jaccard"], shown["stability.jaccard.high"]) == (0.6, 0.7)
    assert shown["shuffled.auc"] == 0.51
    assert (shown["headroom.share_of_ceiling"], shown["headroom.lost.to_the_records.high"]) == (0.8, 0.9)
    assert all(isinstance(value, float) for value in shown.values())


def test_what_chance_gives_is_not_shown_since_it_tells_the_number_of_events(measured):
    shown = register.trusted("demo", SimpleNamespace(invent=("county",)))
    assert not {"shuffled.low", "shuffled.high"} & set(shown)


def test_a_real_county_has_no_headroom_even_where_an_invented_ones_is_left_over(measured):
    assert not any(name.startswith("headroom") for name in register.trusted("demo", SimpleNamespace(invent=())))
