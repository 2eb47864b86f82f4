"""No cell of 1 to 7 can be read in, or worked out from, what is published."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.disclosure import SUPPRESSED, count, table, too_few


def published(n, **options):
    return table(pd.DataFrame({"n": n}), counts=["n"], **options)["n"].tolist()


def test_counts():
    assert [count(n) for n in (0, 1, 7, 7.5, 8, 12, 12.5, 1002, 1003)] == [
        "0",
        "*",
        "*",
        "*",
        "10",
        "10",
        "15",
        "1,000",
        "1,005",
    ]
    with pytest.raises(ValueError, match="0 or more"):
        count(-1)
    with pytest.raises(ValueError, match="0 or more"):
        count(float("nan"))


@given(st.integers(0, 10**7))
@settings(max_examples=50)
def test_a_count_is_hidden_or_near(n):
    shown = count(n)
    assert (shown == SUPPRESSED) == (1 <= n <= 7)
    if shown != SUPPRESSED:
        assert abs(int(shown.replace(",", "")) - n) <= 2
        assert int(shown.replace(",", "")) % 5 == 0


def test_a_cell_suppressed_alone_takes_the_smallest_other_with_it():
    assert published([100, 3, 20, 50]) == ["100", "*", "*", "50"]
    assert published([100, 3, 5, 50]) == ["100", "*", "*", "50"]  # two hide each other
    assert published([100, 3, 4, 50]) == ["100", "*", "*", "*"]  # but not where they are few together
    assert published([100, 3, 0, 50]) == ["100", "*", "0", "*"]  # a nought gives less cover
    assert published([3, 0, 0]) == ["*", "*", "0"]
    assert published([100, 20]) == ["100", "20"]
    assert published([3]) == ["*"]
    assert published([]) == []


def test_the_total_is_no_cover_and_goes_where_there_is_no_other():
    figures = pd.DataFrame({"n": [4, 30, 34]}, index=["a", "b", "all"])
    assert table(figures, counts=["n"], total="all")["n"].tolist() == ["*", "*", "35"]
    figures = pd.DataFrame({"n": [4, 4]}, index=["a", "all"])
    assert table(figures, counts=["n"], total="all")["n"].tolist() == ["*", "*"]


@given(st.lists(st.integers(0, 40), min_size=2, max_size=8))
@settings(max_examples=60)
def test_no_column_has_a_cell_suppressed_alone(n):
    shown = published(n)
    assert shown.count(SUPPRESSED) != 1
    assert all(s == SUPPRESSED for s, x in zip(shown, n, strict=True) if 1 <= x <= 7)


@pytest.mark.parametrize(
    ("over", "under", "few"),
    [(50, 100, False), (7, 100, True), (0, 100, False), (100, 100, False), (93, 100, True), (3, 6, True), (0, 6, True)],
)
def test_a_rate_alone_rests_on_what_is_above_below_and_left(over, under, few):
    assert too_few(over, under) is few


def test_a_name_that_is_no_column_is_refused_and_other_columns_are_passed_through():
    figures = pd.DataFrame({"of": ["a"], "n": [9]})
    assert table(figures, counts=["n"]).to_dict("list") == {"of": ["a"], "n": ["10"]}
    with pytest.raises(ValueError, match="m: not a column"):
        table(figures, counts=["m"])
