"""Reasons under refits: the same, others, and the figures of a case worked by hand."""

import numpy as np
import pytest

from models.explanation import Explanation
from models.steady_reasons import steadiness

MEANINGS = [
    {"name": name, "grain": "resident", "agency": "police", "days": days}
    for name, days in (("a_90d", [90]), ("a_365d", [365]), ("b", []), ("c", []), ("d", []), ("e", []))
]


def of(*rows: tuple[float, ...]) -> Explanation:
    return Explanation(np.array(rows, np.float32), 0.0, "", 1, tuple(m["name"] for m in MEANINGS))


def agreed(main: Explanation, *refits: Explanation) -> dict:
    return steadiness(main, list(refits), MEANINGS, np.arange(len(main.values)), 50, 0)


def test_the_same_model_gives_the_same_reasons():
    values = np.random.default_rng(0).normal(size=(80, 6))
    found = agreed(of(*values), of(*values))
    assert (found["rows"], found["refits"]) == (80, 1)
    for figure in ("same_top", "top_three", "importance"):
        assert found[figure] == {"value": 1.0, "low": 1.0, "high": 1.0}


def test_windows_of_a_feature_are_one_reason_and_the_direction_counts():
    main = of((0.5, 0.5, 0.9, 0.1, 0.2, 0.3), (0.5, 0.5, 0.9, 0.1, 0.2, 0.3))
    other = of((0.0, 1.0, 0.9, 0.1, 0.2, 0.3), (-0.5, -0.5, 0.9, 0.1, 0.2, 0.3))
    found = agreed(main, other)
    assert found["same_top"]["value"] == 0.5  # the second is lowered by what raised it before
    assert found["top_three"]["value"] == 1.0


def test_overlap_and_order_are_worked_out_and_averaged_over_refits():
    main = of((0, 0, 0.4, 0.3, 0.2, 0.1))
    other = of((0, 0, 0.1, 0.2, 0.3, 0.4))  # the three weightiest share c and d; the order of b to e is turned round
    found = agreed(main, main, other)
    assert found["same_top"]["value"] == 0.5
    assert found["top_three"]["value"] == pytest.approx((1 + 2 / 3) / 2)
    # of the five families a is last both times: ranks 1 5 4 3 2 and 1 2 3 4 5 have a Spearman correlation of 0
    assert found["importance"]["value"] == pytest.approx((1 + 0) / 2)


def test_no_refit_to_look_at_is_said_and_not_counted_as_steady():
    found = agreed(of((0, 0, 0.4, 0.3, 0.2, 0.1)))
    assert found == {"rows": 1, "refits": 0, "same_top": None, "top_three": None, "importance": None}


def test_the_interval_is_over_households():
    rng = np.random.default_rng(0)
    same = rng.random(400) < 0.7
    main = np.tile([0.0, 0.0, 0.9, 0.1, 0.1, 0.1], (400, 1))
    other = np.where(same[:, None], main, [0.0, 0.0, 0.1, 0.9, 0.1, 0.1])
    found = agreed(of(*main), of(*other))["same_top"]
    assert found["value"] == pytest.approx(same.mean())
    assert found["high"] - found["low"] == pytest.approx(2 * 1.96 * np.sqrt(0.7 * 0.3 / 400), rel=0.35)
