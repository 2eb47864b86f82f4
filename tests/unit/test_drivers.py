"""A difference in score between a group and the others is taken apart exactly, or not at all."""

import numpy as np
import pandas as pd
import pytest

from models.drivers import drivers
from models.explanation import Explanation
from models.resampling import resample

MEANINGS = [
    {"name": "arrests", "sentence": "Arrests", "theme": "crime", "agency": "police"},
    {"name": "calls", "sentence": "Calls", "theme": "health", "agency": "ambulance"},
    {"name": "visits", "sentence": "Visits", "theme": "health", "agency": "hospital"},
]


def explained(groups: list[str], resamples: int = 200, seed: int = 0) -> tuple[np.ndarray, dict]:
    """Contributions of rows of these groups, each a household, and what drives the groups apart: "a" by arrests."""
    rng = np.random.default_rng(seed)
    member = np.array(groups) == "a"
    values = rng.normal(size=(len(groups), 3)) + np.outer(member, [1.0, 0.0, -0.2])
    e = Explanation(values.astype(np.float32), -3.0, "", 1, ("arrests", "calls", "visits"))
    table = pd.DataFrame({"team": groups})
    return member, drivers(e, table, MEANINGS, resample(np.arange(len(groups)), resamples)) | {"of": e.values}


def test_parts_add_up_to_the_difference_in_mean_score():
    member, found = explained(["a"] * 300 + ["b"] * 700)
    score = found["of"].astype(float).sum(axis=1) - 3.0
    first, second = found["team"]
    wanted = score[member].mean() - score[~member].mean()
    assert first["difference"]["value"] == pytest.approx(wanted, abs=1e-6)
    for parts in ("themes", "agencies"):
        assert sum(p["difference"]["value"] for p in first[parts]) == pytest.approx(wanted, abs=1e-5)
    assert second["difference"]["value"] == pytest.approx(-wanted, abs=1e-6)
    assert first["columns"][0]["name"] == "arrests"
    assert first["themes"][0]["theme"] == "crime"
    assert first["agencies"][0]["agency"] == "police"


def test_intervals_are_as_wide_as_theory_says():
    member, found = explained(["a"] * 1000 + ["b"] * 3000, resamples=400, seed=1)
    of = found["of"][:, 0].astype(float)
    error = np.sqrt(of[member].var() / 1000 + of[~member].var() / 3000)
    told = found["team"][0]["columns"][0]["difference"]
    assert told["high"] - told["low"] == pytest.approx(2 * 1.96 * error, rel=0.15)
    assert told["low"] < 1.0 < told["high"]


@pytest.mark.parametrize(("groups", "where"), [(["a"] * 99 + ["b"] * 500, "in it"), (["a"] * 500, "outside it")])
def test_a_group_too_small_or_without_others_is_unevaluable_and_says_so(groups, where):
    _, found = explained(groups)
    first = found["team"][0]
    assert first == {
        "group": "a",
        "n": groups.count("a"),
        "unevaluable": f"fewer than 100 of those explained are {where}",
    }
