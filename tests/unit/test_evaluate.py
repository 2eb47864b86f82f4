"""Judging the test with outcomes counted otherwise: the service sees as many on each list as ever."""

import pandas as pd
import pytest

from models import capacity
from pipelines import evaluate, paths
from pipelines.files import write_table
from pipelines.judged import KEYS


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Twelve residents a month for six months; records waited for longer settle no outcome of the last three."""
    monkeypatch.chdir(tmp_path)
    months = pd.date_range("2023-01-01", periods=6, freq="MS")
    rows = pd.DataFrame([(f"r{i}", day, i) for day in months for i in range(12)], columns=[*KEYS, "place"])
    rows = rows.assign(group_id=rows["unit_id"], listed_on=rows["as_of"], rule=1 - rows["place"] / 20)
    label = (rows["place"] < 2).astype("boolean")
    write_table(paths.predictions("harm"), rows.drop(columns="place").assign(label=label))
    died = rows["place"] > 9
    ways = {"an allowance of 120 days": label.mask(rows["as_of"] > months[2]), "the dead left out": label.mask(died)}
    write_table(paths.varied("harm"), rows[KEYS].assign(**ways))


def test_every_list_is_as_long_whatever_is_counted(written):
    found = evaluate._varied("harm", "rule", 4, {"resamples": 5, "seed": 0})
    assert {way: (of["capacity"], of["n"]) for way, of in found.items()} == {
        "an allowance of 120 days": (4, 36),
        "the dead left out": (4, 60),
    }
    # two of four on each list are right, of three lists as of six
    assert all(of["precision_at_capacity"]["value"] == 0.5 for of in found.values())


def test_lists_of_fewer_residents_are_cut_as_much_shorter_and_lists_that_are_missing_cut_none():
    months = ["May"] * 60 + ["June"] * 60 + ["July"] * 60
    assert capacity.shortened(20, months, months) == 20
    assert capacity.shortened(20, months[:120], months) == 20
    assert capacity.shortened(20, months[:30] + months[60:90], months) == 10
    assert capacity.shortened(20, ["May"], months) == 1
