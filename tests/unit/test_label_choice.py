"""The order of groups under other labels: a planted reversal is found, and chance is not taken for one."""

import numpy as np
import pandas as pd

from models.label_choice import RECORDED, Way, orders


def way(missed: dict[str, float], rate: dict[str, float], n=2000, seed=0) -> Way:
    """Groups of n rows each, with events at this rate, of which this share is not flagged."""
    random = np.random.default_rng(seed)
    group = np.repeat(list(missed), n)
    y = random.random(len(group)) < np.repeat(list(rate.values()), n)
    flagged = (random.random(len(group)) > np.repeat(list(missed.values()), n)) * 1.0
    return Way(y, np.full(len(y), 0.1), flagged, pd.DataFrame({"sex": group}), np.arange(len(y)))


AS_RECORDED = way({"f": 0.8, "m": 0.6, "x": 0.61}, {"f": 0.1, "m": 0.2, "x": 0.2})


def test_a_reversal_of_who_is_missed_is_named():
    told = orders(
        AS_RECORDED, {"otherwise": way({"f": 0.5, "m": 0.7, "x": 0.4}, {"f": 0.1, "m": 0.2, "x": 0.2}, seed=1)}
    )
    assert list(told) == [RECORDED, "otherwise"]
    assert told[RECORDED]["sex"]["clear"] == [["f", "m"], ["f", "x"]]
    assert told[RECORDED]["sex"]["order"][-1] == "f"
    turned = told["otherwise"]["sex"]
    assert (turned["reversed"], turned["pairs"], turned["rate_pairs"]) == (True, [["f", "m"]], [])
    assert turned["order"] == ["x", "f", "m"]


def test_a_reversal_of_who_has_the_event_is_named():
    told = orders(
        AS_RECORDED, {"otherwise": way({"f": 0.8, "m": 0.6, "x": 0.6}, {"f": 0.3, "m": 0.2, "x": 0.4}, seed=1)}
    )
    turned = told["otherwise"]["sex"]
    assert (turned["reversed"], turned["pairs"], turned["rate_pairs"]) == (True, [], [["f", "m"]])
    assert turned["rate_order"] == ["m", "f", "x"]


def test_a_reversal_within_chance_is_only_perhaps_one():
    told = orders(
        AS_RECORDED, {"otherwise": way({"f": 0.58, "m": 0.6, "x": 0.4}, {"f": 0.1, "m": 0.2, "x": 0.2}, seed=2)}
    )
    turned = told["otherwise"]["sex"]
    assert (turned["reversed"], turned["pairs"], turned["perhaps"]) == (False, [], [["f", "m"]])
    assert ["f", "m"] not in turned["clear"]


def test_groups_that_chance_alone_tells_apart_do_not_reverse():
    same, told = ({"f": 0.7, "m": 0.7, "x": 0.7}, {"f": 0.1, "m": 0.1, "x": 0.1}), []
    for seed in range(5):
        both = orders(way(*same, seed=seed), {"otherwise": way(*same, seed=seed + 10)})
        told.append((both[RECORDED]["sex"]["order"] == both["otherwise"]["sex"]["order"], both["otherwise"]["sex"]))
    assert not all(alike for alike, _ in told)
    assert not any(otherwise["reversed"] for _, otherwise in told)


def test_a_group_too_small_under_another_label_is_in_no_pair():
    other = way({"f": 0.5, "m": 0.7, "x": 0.4}, {"f": 0.002, "m": 0.2, "x": 0.2}, seed=1)
    told = orders(AS_RECORDED, {"otherwise": other})["otherwise"]["sex"]
    assert (told["reversed"], told["order"]) == (False, ["x", "m"])
