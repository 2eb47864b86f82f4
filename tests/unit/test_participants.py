"""Participants side by side: shares and how common the outcome is, small numbers hidden in both halves."""

from models import pages
from models.blocks import Document, Section
from models.disclosed import require_disclosed
from models.documents.participants import participants
from models.documents.specification import OPTIONS
from models.documents.written import document
from pipelines.params import Additive, LightGBM, Logistic, Scorecard
from tests.evidence import evidence


def told(given: dict) -> str:
    section = Section("who", "Who they are", participants(given))
    return require_disclosed("a.md", pages.markdown(Document("a", "A", "a", "a", "a", True, [section])))


def row(text: str, *first: str) -> list[str]:
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]
    return next(cells for cells in lines if cells[: len(first)] == list(first))[len(first) :]


def group(name: str, n: int, events: int) -> dict:
    return {"group": name, "n": n, "events": events}


def test_development_and_test_stand_side_by_side():
    given = evidence()
    given["periods"] = {phase: of | {"n": 1003, "events": 52} for phase, of in given["periods"].items()}
    given["groups"] = {"sex": [group("female", 600, 60), group("male", 400, 20)]}
    fold = {"sex": [group("female", 250, 25), group("male", 250, 10)]}
    given["audit"] = given["audit"] | {"folds": [{"groups": fold}, {"groups": fold}]}
    text = told(given)
    assert row(text, "Test")[1:] == ["1,005", "50", "5.2%"]
    assert row(text, "Sex", "female") == ["50.0%", "10.0%", "60.0%", "10.0%"]
    assert row(text, "Sex", "male") == ["50.0%", "4.0%", "40.0%", "5.0%"]


def test_small_groups_are_hidden_and_one_that_is_new_is_marked():
    given = evidence()
    given["groups"] = {"sex": [group("a", 600, 60), group("b", 400, 5), group("c", 6, 0), group("d", 500, 50)]}
    given["audit"] = given["audit"] | {"folds": [{"groups": {"sex": [group("a", 600, 60), group("b", 400, 40)]}}]}
    text = told(given)
    assert row(text, "Sex", "b") == ["40.0%", "10.0%", "*", "*"]  # five with the outcome; and it covers c's rows
    assert row(text, "Sex", "c")[:3] == ["-", "-", "*"]
    assert row(text, "Sex", "a")[2] == "39.9%"  # 600 of 1,505: shares are of counts to the nearest 5


def test_a_rare_outcome_is_told_to_two_digits():
    given = evidence()
    given["periods"] = {phase: of | {"n": 36035, "events": 25} for phase, of in given["periods"].items()}
    assert row(told(given), "Test")[3] == "0.069%"


def test_nothing_to_compare_by_is_said():
    assert "No attribute is on record by which development and test could be compared." in told(
        evidence() | {"groups": {}}
    )


def test_every_option_of_every_candidate_has_words():
    kinds = (Scorecard, Logistic, Additive, LightGBM)
    assert {name for kind in kinds for name in kind.model_fields} | {"column"} == set(OPTIONS)


def test_the_evaluation_report_has_title_options_and_districts():
    text = pages.markdown(document("evaluation", evidence()))
    assert (
        "of a prediction model (LightGBM). Outcome: contact over several kinds of disadvantage within a year." in text
    )
    assert row(text, "Leaves of a tree, at most (num_leaves)") == ["8"]
    assert len(row(text.split("**Each district by itself**")[1], "Wyre Forest")) == 7
    without = evidence()
    without["groups"] = {"sex": without["groups"]["sex"]}
    assert "Places were not compared" in pages.markdown(document("evaluation", without))
