"""How surely records were linked in each group, as the datasheet tells it: no few badly linked can be reckoned."""

from tests.evidence import evidence
from tests.written import rows_of, text_of

CAPTION = "Well matched, by ethnicity"


def rows(*groups: tuple[str, int, int]) -> dict[str, list[str]]:
    """What is told of groups: their name, how many residents they have, and how many of those are linked surely."""
    given, all_of = evidence(), sum(sure for _, _, sure in groups) / sum(n for _, n, _ in groups)
    records = []
    for name, n, sure in groups:
        rate = {"value": sure / n if n >= 20 else None, "low": None, "high": None}
        gap = rate | {"value": None if rate["value"] is None else rate["value"] - all_of}
        records.append({"group": name, "n": n, "sure": sure, "rate": rate, "gap": gap})
    given["audit"]["linkage"]["match_rates"] = {"ethnicity": records}
    return rows_of(text_of("datasheet", given), CAPTION)


def test_few_badly_linked_are_hidden_and_covered_with_the_gap_that_would_tell_them():
    told = rows(("White", 4000, 3800), ("Asian", 900, 800), ("Black", 300, 297))
    assert told["Black"][1:] == told["Asian"][1:] == ["*", "*"]
    assert told["White"] == ["4,000", "95%", "+0.8 in 100"]


def test_groups_too_small_to_tell_are_hidden_too_where_all_less_the_others_would_tell_of_them():
    small = [(name, 12, 11) for name in ("Arab", "Roma", "Gypsy")]
    told = rows(("White", 4000, 3800), ("Asian", 900, 800), *small)
    assert told["Asian"][1:] == ["*", "*"]  # three badly linked are what the told ones would leave
    assert told["Roma"] == ["10", "too few", "too few"]
    many = [(name, 12, 9) for name in ("Arab", "Roma", "Gypsy")]
    assert rows(("White", 4000, 3800), ("Asian", 900, 800), *many)["Asian"][1] == "89%"


def test_a_group_whose_rows_are_hidden_says_not_even_that_it_is_too_few():
    told = rows(("White", 4000, 3800), ("Asian", 900, 800), ("Roma", 5, 5), ("Arab", 12, 11))
    assert told["Roma"] == told["Arab"] == ["*"] * 3  # the larger covers the smaller


def test_a_larger_group_beside_its_boxes_tells_of_no_few():
    boxes = [("White: British", 4000, 3800), ("White: Irish", 300, 295), ("Asian: Indian", 900, 800)]
    told = rows(*boxes, ("Asian: Chinese", 900, 800))
    assert told["White: British"][1] == told["White: Irish"][1] == "*"
    assert told["Asian: Indian"][1] == told["Asian: Chinese"][1] == "89%"
