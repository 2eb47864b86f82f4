"""Outcomes that were never recorded: the straight line against hiding them one by one."""

import numpy as np
import pandas as pd
import pytest

from models.under_recording import SHARES, under_recording


def made_up(n=6000, seed=0):
    random = np.random.default_rng(seed)
    p = random.uniform(0.02, 0.3, n)
    group = np.where(random.random(n) < 0.4, "a", "b")
    y = random.random(n) < p
    flagged = (p > np.where(group == "a", 0.22, 0.2)) * 1.0
    return y, p, flagged, pd.DataFrame({"group": group}), np.arange(n) // 2


def test_a_hidden_share_moves_figures_as_hiding_one_by_one_does():
    y, p, flagged, groups, clusters = made_up()
    told = under_recording(y, p, flagged, groups, clusters, resamples=20)[0]
    assert told["group"] == "a"
    a, random = (groups["group"] == "a").to_numpy(), np.random.default_rng(1)
    without = np.flatnonzero(a & ~y)
    for at in told["shares"]:
        hidden = round(y[a].sum() * at["share"] / (1 - at["share"]))
        found = []
        for _ in range(200):
            true = y.copy()
            true[random.choice(without, hidden, replace=False, p=p[without] / p[without].sum())] = True
            fnr = 1 - flagged[true & a].mean()
            found.append(
                (fnr, true[a & (flagged > 0)].mean(), true[a].sum() / p[a].sum(), fnr - 1 + flagged[true].mean())
            )
        assert [at[f]["value"] for f in ("fnr", "ppv", "o_e", "fnr_gap")] == pytest.approx(
            np.mean(found, axis=0), abs=0.015
        )
        assert at["fnr"]["low"] < at["fnr"]["value"] < at["fnr"]["high"]
    assert [at["share"] for at in told["shares"]] == list(SHARES)


def test_the_group_that_is_missed_less_tips_where_its_line_meets_the_other():
    y, p, _, groups, clusters = made_up()
    a = (groups["group"] == "a").to_numpy()
    # of a's recorded outcomes nearly all are found, of b's two in three; whom a's score finds is no better than b's
    flagged = np.where(a & y, 0.9, np.where(y, 0.6, 0.3))
    low, high = under_recording(y, p, flagged, groups, clusters, resamples=20)
    assert (low["as_recorded"]["fnr"]["value"], high["as_recorded"]["fnr"]["value"]) == pytest.approx((0.1, 0.4))
    assert (low["tips_at"], low["tips_with"]) == (pytest.approx(0.5), "b")  # (0.4 - 0.1) / (0.7 - 0.1)
    assert (high["tips_at"], high["tips_with"]) == (None, None)  # more hidden only makes it worse


def test_a_group_of_too_few_events_is_left_out():
    y, p, flagged, groups, clusters = made_up()
    groups.iloc[:30] = "few"
    assert [r["group"] for r in under_recording(y, p, flagged, groups, clusters, resamples=5)] == ["a", "b"]
