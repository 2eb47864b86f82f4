"""Weak links: how many each group has, who is on a list only through one, and who comes in their place."""

import numpy as np
import pandas as pd
import pytest

from models.linkage import match_rates, without_weak

DAY = "2023-01-01"


def test_match_rates_are_told_by_group_with_the_gap_to_everybody():
    strong = np.r_[np.arange(1000) % 20 > 0, np.arange(400) % 10 > 0, [True] * 5]
    groups = pd.DataFrame({"ethnicity": np.repeat(["White", "Asian", "Other"], (1000, 400, 5))})
    asian, other, white = match_rates(strong, groups, np.arange(1405))["ethnicity"]
    assert (asian["n"], asian["sure"], asian["rate"]["value"], white["rate"]["value"]) == (400, 360, 0.9, 0.95)
    county = strong.mean()
    assert asian["gap"]["value"] == pytest.approx(0.9 - county, abs=1e-6)
    assert asian["gap"]["high"] < 0 < white["gap"]["low"]
    assert other["sure"] == 5
    assert other["rate"] == other["gap"] == {"value": None, "low": None, "high": None}
    # binomial, less what the group has in common with everybody
    width = asian["rate"]["high"] - asian["rate"]["low"]
    assert width == pytest.approx(2 * 1.96 * np.sqrt(0.9 * 0.1 / 400), rel=0.25)


def test_who_drops_out_and_who_comes_in_is_told_by_group():
    p = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]
    groups = pd.DataFrame({"sex": ["f", "f", "m", "m", "f", "m"]}, index=range(10, 16))
    told = without_weak(
        [1, 1, 0, 1, 0, 0],
        p,
        [DAY] * 6,
        3,
        [True, False, True, True, True, True],
        groups,
        range(6),
        resamples=5,
        min_events=0,
    )
    assert (told["listed"], told["dropped"], told["came_in"]) == (3, 1, 1)
    assert told["by_group"]["sex"] == [
        {"group": "f", "listed": 2, "dropped": 1, "came_in": 0},
        {"group": "m", "listed": 1, "dropped": 0, "came_in": 1},
    ]
    figures = told["figures"]
    assert (figures["with"]["n"], figures["with"]["ppv"]["value"]) == (6, pytest.approx(2 / 3, abs=1e-6))
    assert (figures["without"]["n"], figures["without"]["fnr"]["value"]) == (5, 0)
    assert [(g["group"], g["n"], g["flagged"]) for g in told["groups"]["sex"]] == [("f", 2, 1), ("m", 3, 2)]


def test_a_place_that_ties_share_is_counted_as_its_share():
    groups = pd.DataFrame({"sex": ["f"] * 4})
    told = without_weak([1, 0, 0, 1], [0.5] * 4, [DAY] * 4, 2, [False, True, True, True], groups, range(4), resamples=5)
    assert (told["listed"], told["dropped"], told["came_in"]) == (2, 0.5, 0.5)


def test_where_every_link_is_sure_nothing_moves():
    groups = pd.DataFrame({"sex": ["f"] * 40})
    y, p = np.arange(40) % 2, np.arange(40) / 50
    told = without_weak(y, p, [DAY] * 40, 10, np.ones(40, bool), groups, range(40), resamples=5)
    assert (told["dropped"], told["came_in"]) == (0, 0)
    assert told["figures"]["with"] == told["figures"]["without"]
