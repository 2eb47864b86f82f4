"""Tables of figures by group: rates within a group stand together or not at all, and nothing small can be reckoned."""

import pytest

from models.group_tables import by_length, said, side_by_side, told

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


def test_too_few_is_said_and_not_hidden():
    nothing = {"fnr": None, "ppv": None, "auc": None}
    rows = rows_of(PLENTY, group("few", 90, 5, 8.0, 3.0, **nothing), group("others", 90, 5, 8.0, 3.0, **nothing))
    assert rows["few"] == ["90", "*", "8.9%", "too few", "*", "too few", "too few"]


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
