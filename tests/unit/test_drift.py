"""Coverage and movement of inputs: a published value of the index, and chance as theory has it."""

import numpy as np
import pandas as pd
import pytest

from models.drift import inputs, stability_index


def test_the_index_is_the_sum_worked_by_hand():
    # shares 0.5/0.5 then, 0.25/0.75 now: 0.25 x ln 1.5 + 0.25 x ln 2, but for half a row in every bin
    then, now = np.repeat([0.0, 1.0], 50_000), np.repeat([0.0, 1.0], [25_000, 75_000])
    assert stability_index(then, now)[0] == pytest.approx(0.25 * np.log(1.5) + 0.25 * np.log(2), abs=1e-4)


def test_missing_values_are_a_bin_of_their_own():
    there, gone = np.repeat([0.0, 1.0], 500), np.where(np.arange(1000) < 900, np.nan, 1.0)
    assert stability_index(there, gone)[0] > 1
    nothing = np.full(200, np.nan)
    assert stability_index(nothing, nothing)[0] == 0


def test_where_nothing_moved_one_index_in_twenty_is_beyond_chance():
    rng = np.random.default_rng(0)
    found = np.array([stability_index(rng.normal(size=2000), rng.normal(size=3000)) for _ in range(400)])
    assert (found[:, 0] > found[:, 1]).mean() == pytest.approx(0.05, abs=0.03)


def test_coverage_tells_missing_and_nothing_recorded_from_something():
    train = pd.DataFrame({"calls": [0.0, 1, 2, 3], "since": [np.nan, 5, 6, 7]})
    test = pd.DataFrame({"calls": [0.0, 0, 0, 2], "since": [np.nan, np.nan, np.nan, 40]})
    meanings = [{"name": "calls", "none": 0.0}, {"name": "since", "none": None}]
    weight = pd.DataFrame({"name": ["since", "calls"], "importance": [0.3, 0.1], "share": [0.75, 0.25]})
    calls, since = inputs(train, test, meanings, weight)
    assert (calls["name"], calls["coverage"], calls["missing"]) == ("calls", 0.25, 0.0)
    assert (since["name"], since["coverage"], since["missing"]) == ("since", 0.25, 0.75)
    assert (since["importance"], since["share"]) == (0.3, 0.75)
    assert set(calls) == {"name", "rows", "coverage", "missing", "drift", "by_chance", "importance", "share"}
