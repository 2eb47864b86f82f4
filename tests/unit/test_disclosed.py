"""A small or exact count is found in every kind of file that leaves, and nothing else is taken for one."""

import pytest

from features.errors import InputError
from models import disclosed

SMALL, EXACT = "shows a count of 1 to 7", "shows a count that is not rounded to the nearest 5"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "group,n,rate\na,1200,0.5\nb,{n},0.5\n"),
        ("a.json", '{{"group": "b", "n": {n}}}'),
        ("a.json", '{{"groups": {{"sex": [{{"n": "{n}"}}]}}}}'),
        ("a.json", '{{"n": {{"value": {n}, "low": 10, "high": 20}}}}'),
        ("a.md", "| Group | n |\n| --- | --: |\n| a | 1,200 |\n| b | {n} |\n"),
        ("a.html", "<table><thead><tr><th>Group</th><th>n</th></tr></thead><tr><th>b</th><td> {n} </td></tr></table>"),
    ],
)
def test_a_count_that_got_past_is_found_in_every_format(name, text):
    for number, wrong in (("3", SMALL), ("1203", EXACT)):
        assert disclosed.scan_text(name, text.format(n=number)) == [f"{name}: n {wrong}"]
    for number in ("0", "10", "1205"):
        assert disclosed.scan_text(name, text.format(n=number)) == []


def test_what_was_withheld_is_no_fault():
    assert disclosed.scan_text("a.csv", "group,n,events\na,*,\n") == []
    assert disclosed.scan_text("a.json", '{"n": null, "events": "*"}') == []


@pytest.mark.parametrize(
    "heading", ["With the outcome", "Rows", "Died first (counts as no outcome)", "flagged", "Newly found"]
)
def test_counts_of_people_are_known_by_their_headings(heading):
    assert disclosed.scan_text("a.md", f"| Group | {heading} |\n|---|---|\n| a | 3 |\n")


@pytest.mark.parametrize("heading", ["Year", "Days", "Rank", "Columns", "Threshold", "length", "Gate", "Points"])
def test_years_days_ranks_and_columns_are_no_counts_of_people(heading):
    assert disclosed.scan_text("a.md", f"| Group | {heading} |\n|---|---|\n| a | 3 |\n| b | 2023 |\n") == []


def test_rates_are_no_counts():
    assert disclosed.scan_text("a.csv", "group,missed\na,0.3\nb,12%\nc,3.5\n") == []


def test_a_document_that_shows_a_small_number_is_not_written():
    with pytest.raises(InputError, match=r"card\.md: Rows shows a count of 1 to 7; put it through"):
        disclosed.require_disclosed("card.md", "| Rows |\n|---|\n| 3 |\n")
    assert disclosed.require_disclosed("card.md", "| Rows |\n|---|\n| * |\n").endswith("| * |\n")


def test_a_folder_is_read_through_and_the_number_is_not_told(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "groups.csv").write_text("n\n4\n")
    (tmp_path / "fine.json").write_text('{"n": 10}')
    (tmp_path / "picture.svg").write_text("<svg/>")
    assert disclosed.scan(tmp_path) == {
        "files": 2,
        "kinds": {".csv": 1, ".json": 1},
        "found": [f"groups.csv: n {SMALL}"],
    }
