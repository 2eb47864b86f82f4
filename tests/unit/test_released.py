"""Nothing that leaves lets anybody read, or work out, a number of one to seven people."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import capacity, metrics, released, worth
from models.reliability import reliability


def interval(value):
    return {
        "value": value,
        "low": None if value is None else value - 0.1,
        "high": None if value is None else value + 0.1,
    }


def evaluated(n=1000, events=100, listed=100, found=40):
    return {
        "n": n,
        "events": events,
        "capacity": 100,
        "by_date": [{"flagged": listed}],
        "auc": interval(0.8),
        "precision_at_capacity": interval(found / listed),
        "recall_at_capacity": interval(found / events),
    }


def test_figures_that_rest_on_enough_leave_as_they_are():
    measured = evaluated()
    assert released.figures(measured) == {name: of for name, of in measured.items() if isinstance(of, dict)}


@pytest.mark.parametrize(
    ("rests_on", "withheld"),
    [
        ({"found": 5}, {"precision_at_capacity", "recall_at_capacity"}),
        ({"found": 95}, {"precision_at_capacity", "recall_at_capacity"}),  # of 100 listed 5 are wrong, and 5 are missed
        ({"found": 95, "listed": 200}, {"recall_at_capacity"}),
        ({"events": 6, "found": 0}, {"auc", "precision_at_capacity", "recall_at_capacity"}),
    ],
)
def test_figures_that_rest_on_few_are_withheld(rests_on, withheld):
    found = released.figures(evaluated(**rests_on))
    assert {name for name, of in found.items() if of["value"] is None} == withheld


def test_counts_of_those_newly_found_are_rounded_or_withheld():
    measured = {
        "figures": evaluated(),
        "candidates": {"rule": evaluated(found=3)},
        "lift": {"auc": interval(0.1)},
        "net_benefit": {"model": interval(0.1)},
        "newly_found": {"listed": interval(33), "found": interval(3), "share_of_found": interval(0.075)},
        "value": {"what": "bed-days", "over_rule": {"per_list": {"found": interval(0.5)}}},
    }
    told = released.worth(measured)
    assert told["value"] == {"what": "bed-days", "over_rule": None}
    nothing = dict.fromkeys(("listed", "found", "share_of_found"), interval(None))
    assert released.worth(measured | {"newly_found": nothing})["newly_found"] == nothing
    assert told["newly_found"]["listed"]["value"] == 35
    assert told["newly_found"]["found"]["value"] is None
    assert told["newly_found"]["share_of_found"]["value"] is None
    assert told["lift"] is None, "it would give away how many the rule finds"
    assert set(worth.FIGURES) == set(told)


@pytest.mark.parametrize(
    ("listed", "found", "withheld"),
    [
        (60, 20, set()),
        (60, 3, {"found", "share_of_found"}),
        (60, 37, {"found", "share_of_found"}),
        (97, 20, {"listed"}),
        (97, 37, {"listed", "found", "share_of_found"}),
        (100, 40, set()),
    ],
    ids=[
        "many",
        "few found are new",
        "few found are not",
        "few listed are not",
        "few of either are not",
        "all are new",
    ],
)
def test_those_newly_found_are_withheld_where_they_or_the_others_are_few(listed, found, withheld):
    new = {"listed": interval(listed), "found": interval(found), "share_of_found": interval(found / 40)}
    measured = {"figures": evaluated(found=40), "candidates": {}, "lift": None, "net_benefit": None, "value": None}
    told = released.worth(measured | {"newly_found": new})["newly_found"]
    assert {name for name, of in told.items() if of["value"] is None} == withheld


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=60), st.integers(0, 59))
def test_no_two_points_of_a_curve_are_a_few_people_apart(steps, first):
    found, others = np.array(steps).cumsum(axis=0).T
    events, rest = found[-1] + 4, others[-1] + 40
    first = [first] if first < len(steps) else []
    kept = released.apart(found, others, events, rest, first)
    for counted, total in ((found, events), (others, rest)):
        points = np.r_[0, counted[kept], total]
        apart = np.abs(points[:, None] - points[None, :-1])[:, :]
        inner = apart[1:-1] if len(kept) else apart[:0]
        assert not ((inner > 0) & (inner < 8)).any()


def test_the_length_that_the_service_asks_about_is_kept_rather_than_others():
    random = np.random.default_rng(0)
    p = random.random(1000)
    y, lists = random.random(1000) < p, np.repeat(["a", "b"], 500)
    curve = capacity.by_length(y, p, lists, list(range(20, 300)))
    shown = released.by_length(curve, [500, 500], int(y.sum()), 1000, [137])
    assert 137 in shown.index
    found = (shown["recall_at_capacity"] * y.sum()).to_numpy()
    assert (np.diff(found) >= 8 - 1e-6).all()
    assert len(shown) > 5


def test_the_curve_of_precision_over_recall_is_thinned():
    random = np.random.default_rng(0)
    p = random.random(1000)
    y = random.random(1000) < p
    curve = metrics.precision_recall(y, p)
    shown = released.precision_recall(curve, int(y.sum()), len(y))
    assert 5 < len(shown) < len(curve)
    assert (np.diff(shown["recall"]) * y.sum() >= 8 - 1e-6).all()


def test_bands_are_joined_until_none_is_small_and_told_to_the_nearest_5():
    random = np.random.default_rng(0)
    p = random.beta(1, 20, 2000)
    y = random.random(2000) < p
    exact, shown = reliability(y, p), released.bands(reliability(y, p))
    assert exact["events"].min() < 8, "there is something to hide"
    assert 1 < len(shown) < len(exact)
    assert (shown["events"] >= 10).all()
    assert (shown[["n", "events"]] % 5 == 0).all(axis=None)
    # the rate is that of the rounded counts: of the exact ones it would tell which fraction it is
    assert shown["observed"].tolist() == pytest.approx((shown["events"] / shown["n"]).tolist(), abs=1e-4)
    assert ((shown["low"] < shown["observed"]) & (shown["observed"] < shown["high"])).all()
    assert len(released.bands(reliability(np.arange(100) < 5, np.full(100, 0.05)))) == 0


def test_a_decision_curve_is_told_to_as_many_digits_as_leave_several_residents_apart():
    curve = pd.DataFrame({"threshold": [0.0123456], "model": [0.0123456]})
    assert released.net_benefit(curve, 3557).to_dict("records") == [{"threshold": 0.0123456, "model": 0.012}]
    assert released.net_benefit(curve, 80_000)["model"].tolist() == [0.0123]


@pytest.mark.parametrize(("events", "told"), [(100, 0.1235), (6, None)])
def test_how_near_the_best_is_leaves_to_four_digits_or_not_at_all(events, told):
    exact = {"value": 0.123456, "low": None, "high": 0.2}
    found = released.headroom({"auc": exact, "lost": {"by_the_model": exact}}, evaluated(events=events, found=0))
    assert found["auc"]["value"] == found["lost"]["by_the_model"]["value"] == told


def test_the_base_rate_that_leaves_does_not_tell_the_number_of_events():
    measured = evaluated(n=36_037, events=24, found=0) | {"base_rate": {"value": 24 / 36_037, "low": 0.0, "high": 0.1}}
    told = released.figures(measured)["base_rate"]["value"]
    assert round(told * 36_035) == 25
    assert told == pytest.approx(24 / 36_037, rel=0.1)


def test_what_agencies_buy_is_withheld_with_the_auc():
    of = {"auc_without": interval(0.7), "lost": interval(0.1), "precision_lost": None}
    found = {"whole": interval(0.8), "agencies": [of | {"agency": "police"}], "every": of | {"lost": None}}
    assert released.agencies(found, evaluated()) == found
    told = released.agencies(found, evaluated(events=6, found=0))
    assert told["whole"] == told["every"]["auc_without"] == released.WITHHELD
    assert told["agencies"][0] == {"agency": "police", "precision_lost": None} | dict.fromkeys(
        ("auc_without", "lost"), released.WITHHELD
    )
    assert told["every"]["lost"] is None
