"""Tables of figures by group: rates within a group stand together or not at all, and nothing small can be reckoned."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.group_tables import by_length, crossed, hidden_counts, said, side_by_side, told

RATES = {"Flagged": "selection_rate", "Missed": "fnr", "Wrongly": "fpr", "Right": "ppv", "AUC": "auc"}


def group(name: str, n: int, events: int, flagged: float, found: float, **figures) -> dict:
    counts = {"group": name, "n": n, "events": events, "flagged": flagged, "found": found}
    rates = {
        "selection_rate": flagged / n,
        "fnr": (events - found) / events,
        "fpr": (flagged - found) / (n - events),
        "ppv": found / flagged,
        "auc": 0.7,
    }
    return counts | {f: {"value": v, "low": None, "high": None} for f, v in (rates | figures).items()}


def rows_of(*records: dict) -> dict[str, list[str]]:
    table = told(list(records), {title: said(list(records), name) for title, name in RATES.items()})
    return {row[0]: row[1:] for row in table.values.tolist()}


PLENTY = group("plenty", 4000, 400, 300.0, 150.0)


def test_what_is_large_enough_is_shown_with_its_counts():
    assert rows_of(PLENTY, group("more", 5001, 502, 403.0, 201.0))["more"] == [
        "5,000", "500", "8.1%", "60%", "4.5%", "50%", "0.70",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("flagged", "found"),
    [(40.0, 3.0), (40.0, 35.0), (60.0, 48.0)],
    ids=["few found", "few flagged without the outcome", "few missed"],
)
def test_a_small_part_hides_every_rate_that_would_give_it_away_but_no_margin(flagged, found):
    names = ("one", "another", "third", "fourth")  # together they are not few: they cover each other
    rows = rows_of(PLENTY, *(group(name, 900, 50, flagged, found) for name in names))
    for name in names:
        assert rows[name][:3] == ["900", "50", "4.4%" if flagged == 40 else "6.7%"]
        assert rows[name][3:] == ["*", "*", "*", "0.70"]
    assert "*" not in rows["plenty"]


def test_a_group_hidden_alone_is_covered_by_another():
    rows = rows_of(PLENTY, group("next", 900, 90, 60.0, 30.0), group("few", 900, 50, 40.0, 3.0))
    assert rows["few"][3:6] == rows["next"][3:6] == ["*", "*", "*"]


def test_too_few_is_said_and_not_hidden_but_where_it_would_tell_of_a_hidden_number():
    nothing = {"fnr": None, "ppv": None, "auc": None}
    rows = rows_of(PLENTY, group("few", 90, 12, 8.0, 3.0, **nothing), group("others", 90, 12, 8.0, 3.0, **nothing))
    assert rows["few"] == ["90", "10", "8.9%", "too few", "*", "too few", "too few"]
    rows = rows_of(PLENTY, group("few", 90, 5, 8.0, 3.0, **nothing), group("others", 90, 5, 8.0, 3.0, **nothing))
    assert rows["few"] == ["90", "*", "8.9%", "*", "*", "*", "*"]


def test_two_attributes_together_tell_rates_of_counts_to_the_nearest_5():
    records = [group("female, old", 903, 88, 62.0, 33.0), group("male, old", 900, 50, 40.0, 3.0)]
    for record in records:
        record["unevaluable"] = []
        record["fnr"] |= {"low": record["fnr"]["value"] - 0.1, "high": record["fnr"]["value"] + 0.1}
    few = group("male, young", 90, 12, 8.0, 3.0, fnr=None, ppv=None) | {"unevaluable": ["fnr", "ppv"]}
    shown = crossed([*records, few], {name: title for title, name in RATES.items()})
    # 60 of 905 are flagged; 55 of 90 are missed, 45 at least and 65 at most; 30 of 815, and of 60, are flagged wrongly
    assert shown.values.tolist() == [
        ["female, old", "6.6%", "61% (50–72)", "3.7%", "58%", "0.70"],
        ["male, old", "4.4%", "*", "*", "*", "0.70"],
    ]


def of_length(times: float, flagged: float, found: float, n=900, events=90) -> dict:
    of = group("one", n, events, flagged, found)
    return {name: of[name] for name in ("group", "selection_rate", "fnr", "fpr", "ppv")} | {"times": times}


def test_of_two_lengths_that_a_few_people_tell_apart_one_is_hidden_and_never_that_of_the_capacity():
    sizes = {"one": {"n": 900, "events": 90}}
    lengths = [of_length(0.5, 50.0, 20.0), of_length(1, 53.0, 22.0), of_length(3, 150.0, 45.0)]
    shown = {times: told(of, {"Missed": said(of, "fnr")}) for times, of in by_length(lengths, sizes).items()}
    assert [shown[times]["Missed"].tolist() for times in (0.5, 1, 3)] == [["*"], ["76%"], ["50%"]]


def test_counts_at_a_length_follow_from_its_rates_or_are_taken_to_be_small():
    sizes = {"one": {"n": 900, "events": 90}}
    nothing = {"value": None, "low": None, "high": None}
    without = of_length(1, 50.0, 20.0) | {"fnr": nothing}
    unknown = of_length(1, 50.0, 20.0) | {"fnr": nothing, "fpr": nothing}
    for lengths, found in (([of_length(1, 50.0, 20.0)], 20.0), ([without], 20.0), ([unknown], 1.0)):
        assert by_length(lengths, sizes)[1][0]["found"] == pytest.approx(found)


def test_a_group_that_is_in_one_table_only_is_marked_in_the_other():
    first, second = (told([PLENTY | {"group": name}], {"AUC": said([PLENTY], "auc")}) for name in ("a", "b"))
    assert side_by_side({"2019": first, "2020": second}, "AUC").values.tolist() == [
        ["a", "0.70", "-"],
        ["b", "-", "0.70"],
    ]


def boxes(**counts: tuple[int, int, float, float]) -> dict[str, list[str]]:
    nothing = {"fnr": None, "ppv": None, "auc": None}
    return rows_of(
        *(group(name.replace("_", ": "), *of, **(nothing if of[1] < 20 else {})) for name, of in counts.items())
    )


def test_a_box_is_hidden_where_the_others_of_its_larger_group_found_few_though_they_are_too_few_to_tell():
    # White as a whole is told elsewhere: less White: British it would give the one that the others found
    few = {"White_Irish": (90, 15, 10.0, 1.0), "White_Other": (80, 15, 10.0, 0.0)}
    told = boxes(White_British=(4000, 400, 300.0, 150.0), Asian_Indian=(4000, 400, 300.0, 150.0), **few)
    assert told["White: British"][3:6] == ["*", "*", "*"]
    assert told["White: Irish"][3] == "too few"
    assert "*" not in told["Asian: Indian"]
    enough = {"White_Irish": (90, 15, 10.0, 5.0), "White_Other": (80, 15, 10.0, 5.0)}
    told = boxes(White_British=(4000, 400, 300.0, 150.0), Asian_Indian=(4000, 400, 300.0, 150.0), **enough)
    assert "*" not in told["White: British"]


def test_where_a_larger_group_is_hidden_so_are_its_boxes():
    told = boxes(
        White_British=(4000, 400, 300.0, 150.0),
        Other=(900, 50, 40.0, 3.0),  # alone, so that the smallest of the larger groups covers it
        Asian_Indian=(900, 90, 60.0, 30.0),
        Asian_Pakistani=(900, 90, 60.0, 30.0),
    )
    assert [told[name][3] for name in ("Other", "Asian: Indian", "Asian: Pakistani")] == ["*", "*", "*"]
    assert "*" not in told["White: British"]


CENSUS = (
    "White: British",
    "White: Irish",
    "White: Roma",
    "Asian: Indian",
    "Asian: Chinese",
    "Other: Arab",
    "Not known",
)


@given(st.lists(st.integers(0, 30), min_size=len(CENSUS), max_size=len(CENSUS)), st.integers(0, 12))
@settings(max_examples=100)
def test_no_sum_of_what_is_told_leaves_a_few(n, fewest):
    """Whoever adds up what is told, of boxes and of larger groups, and takes it from the whole is left no 1 to 7."""
    boxes = pd.DataFrame({"n": n}, index=CENSUS)
    larger = boxes.groupby([name.partition(": ")[0] for name in CENSUS]).sum()
    cells = {of: {name for name in CENSUS if name.partition(": ")[0] == of} for of in larger.index}
    cells |= {name: {name} for name in CENSUS}
    told = [set(CENSUS)]
    for counts in (boxes, larger):
        unknown = hidden_counts(counts, lambda of: of < fewest)["n"] | (counts["n"] < fewest)
        told += [cells[name] for name in counts.index[~unknown]]
    system = np.array([[name in of for name in CENSUS] for of in told], dtype=float)
    total = boxes["n"].sum()
    for size in range(1, len(CENSUS)):
        for some in combinations(range(len(CENSUS)), size):
            of = np.isin(np.arange(len(CENSUS)), some).astype(float)
            known = np.linalg.matrix_rank(np.vstack([system, of])) == np.linalg.matrix_rank(system)
            if known and 0 < (left := boxes["n"].to_numpy()[list(some)].sum()) < 8:
                assert total - left < 8, (some, left)  # but where hardly anybody else is there to cover them
