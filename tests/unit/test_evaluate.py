"""Judging the test with outcomes counted otherwise: the service sees as many on each list as ever."""

import numpy as np
import pandas as pd
import pytest

from models import capacity, fairness
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


def test_bands_of_score_leave_out_a_group_of_which_it_may_not_be_told_how_many_have_the_event():
    """Three of the last group have it; the next smallest covers them, and its bands would tell how many it has."""
    y = np.r_[np.arange(600) % 10 == 0, np.arange(400) % 10 == 0, np.arange(90) < 3]
    p = np.tile(np.linspace(0.01, 0.9, 109), 10)
    groups = pd.DataFrame({"ethnicity": np.repeat(["a", "b", "c"], (600, 400, 90))})
    compared = fairness.by_group(y, p, p > 0.5, groups, np.arange(len(y)), resamples=5)
    table = fairness.reliability_by_group(y, p, groups)
    assert set(table["group"]) == {"a", "b"}
    told = evaluate._bands(table, compared)
    assert set(told["group"]) == {"a"}
    assert list(told.columns) == list(table.columns)
    assert evaluate._bands(table.iloc[:0], compared).empty
