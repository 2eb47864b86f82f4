"""Proxies: a column that carries an attribute is found and named, alone and together; where none does, none is."""

import numpy as np
import pandas as pd
import pytest

from models.proxies import SHOWN, proxies

COLUMNS = [{"name": f"c{i}", "sentence": f"Column number {i}"} for i in range(8)]


def made_up(carry=0.0, n=1500, seed=0, groups=("Asian", "Black", "White")):
    """Two rows a household; column 3 says the group as loudly as `carry`."""
    random = np.random.default_rng(seed)
    household = np.arange(n) // 2
    group = np.asarray(groups)[random.integers(0, len(groups), n // 2 + 1)][household]
    X = pd.DataFrame(random.normal(size=(n, 8)).astype("float32"), columns=[c["name"] for c in COLUMNS])
    X["c3"] += carry * (group == groups[0])
    X.loc[random.random(n) < 0.2, "c3"] = np.nan
    return X, pd.DataFrame({"ethnicity": group}), household


def test_a_column_that_carries_an_attribute_is_found_and_named():
    told = proxies(*made_up(carry=3), COLUMNS, resamples=50)["ethnicity"]
    assert told["carriers"][0]["name"] == "c3"
    assert told["carriers"][0]["sentence"] == "Column number 3"
    assert len(told["carriers"]) == SHOWN
    assert told["highest"]["group"] == "Asian"
    assert told["highest"]["auc"]["low"] > 0.85
    assert told["auc"]["low"] > 0.6
    groups = {g["group"]: g for g in told["groups"]}
    assert groups["Asian"]["auc"] == told["highest"]["auc"]
    sizes = [g["n"] for g in told["groups"]]
    assert sum(sizes) == told["n"] == 1500
    assert told["auc"]["value"] == pytest.approx(
        np.average([g["auc"]["value"] for g in told["groups"]], weights=sizes), abs=1e-5
    )


def test_where_nothing_carries_it_chance_is_all_that_is_found():
    told = [proxies(*made_up(seed=seed), COLUMNS, resamples=5)["ethnicity"] for seed in range(4)]
    assert np.mean([of["auc"]["value"] for of in told]) == pytest.approx(0.5, abs=0.03)
    assert all(of["carriers"][0]["auc"] < 0.56 for of in told)


def test_a_household_is_never_told_by_itself():
    X, groups, household = made_up()
    X["c0"] = household  # within a household it would say everything
    assert proxies(X, groups, household, COLUMNS, resamples=20)["ethnicity"]["auc"]["value"] < 0.56


def test_of_two_groups_each_is_told_as_well_as_the_other():
    first, second = proxies(*made_up(carry=2, groups=("no", "yes")), COLUMNS, resamples=20)["ethnicity"]["groups"]
    assert first["auc"] == second["auc"]


def test_who_is_not_stated_is_left_out():
    X, groups, household = made_up(carry=3, groups=("not stated", "Black", "White"))
    told = proxies(X, groups, household, COLUMNS, resamples=20)["ethnicity"]
    assert told["n"] == (groups["ethnicity"] != "not stated").sum()
    assert {g["group"] for g in told["groups"]} == {"Black", "White"}
    assert told["auc"]["value"] < 0.56


def test_groups_too_small_are_said_to_be():
    X, groups, household = made_up(n=300)
    groups["ethnicity"] = np.where(household < 8, "Black", "White")
    told = proxies(X, groups, household, COLUMNS, resamples=20)["ethnicity"]
    assert told["auc"] == {"value": None, "low": None, "high": None}
    assert (told["highest"], told["groups"], told["carriers"]) == (None, [], [])
    assert told["reason"] == "fewer than two groups are of 20 households or more"


def test_only_so_many_rows_are_looked_at_and_the_same_ones_again(monkeypatch):
    monkeypatch.setattr("models.proxies.LOOKED_AT", 600)
    told = proxies(*made_up(carry=3), COLUMNS, resamples=20, seed=3)
    assert told["ethnicity"]["n"] == 600
    assert told == proxies(*made_up(carry=3), COLUMNS, resamples=20, seed=3)
