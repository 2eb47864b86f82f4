"""The explanation report: every section from evidence, in plain words, nobody real and nothing small in it."""

import re

import pytest

from features.errors import InputError
from models import pages
from models.blocks import Document
from models.documents.explanation import PARTS
from models.documents.written import document
from tests.explained import evidence


def explanation_report(given: dict) -> Document:
    return document("explanation", given)


@pytest.fixture(scope="module")
def markdown() -> str:
    return pages.markdown(explanation_report(evidence()))


def test_it_has_its_sections_in_order_and_bears_the_run_id(markdown):
    titles = re.findall(r"^## (.*)$", markdown, re.MULTILINE)
    assert titles == [title for _, title, _, _ in PARTS]
    assert "3f9a5c0e7b2d41886a51" in markdown


def test_it_states_method_scale_background_and_dates(markdown):
    assert "exact interventional TreeSHAP (WOODELF)" in markdown
    assert "300 residents drawn by chance, of the training dates: 1 January 2019 and 1 July 2019" in markdown
    assert "A chance of 5 in 100 is odds of 5 to 95" in markdown
    assert "1,200 rows of the test" in markdown


def test_every_picture_has_its_table_and_identifiers_of_its_own():
    html = pages.page(explanation_report(evidence()))
    assert html.count("<figure>") == html.count("The same as a table")
    identifiers = re.findall(r'\bid="([^"]+)"', html)
    assert len(identifiers) == len(set(identifiers))


def test_a_group_too_small_is_said_to_be_unevaluable_and_has_no_figure(markdown):
    assert "Ethnicity: not evaluable" in markdown
    assert not re.search(r"^\| Black \|", markdown, re.MULTILINE)
    assert re.search(r"^\| female \| \d\.\d\d times", markdown, re.MULTILINE)


def test_a_case_has_score_interval_place_reasons_and_what_ifs(markdown):
    case = markdown.split("**The case:** A high score")[1].split("**The case:** At the edge of the list")[0]
    assert "(95% interval " in case
    assert "10 of about 1,200 on 1 July 2023, the highest score first: on the list" in case
    assert "raised the score." in case
    assert "for a year nothing more were recorded of this" in case


def test_a_score_its_interval_and_what_it_would_be_are_told_on_one_scale():
    given = evidence()
    rare = {"score": 0.00009, "low": 0.0000029, "high": 0.0019}
    household = "Records about the household, or others in it"
    what_ifs = [
        {"kind": kind, "what": what, "score": 0.00007, "factor": 0.8}
        for kind, what in (("quiet", household), ("closed", household), ("closed", "Open spells of any kind"))
    ]
    given["explanation"]["cases"] = [given["explanation"]["cases"][0] | rare | {"what_ifs": what_ifs}]
    told = pages.markdown(explanation_report(given))
    assert "**Score:** 1 of 10,000 (95% interval 0.0 to 19 of 10,000)" in told
    for what in (
        "for a year nothing more were recorded about the household or others in it",
        "what is open about the household or others in it were closed",
        "this were closed: open spells of any kind",
    ):
        assert f"| {what} | 0.7 of 10,000 | 0.80 times |" in told


def test_homes_are_not_called_residents():
    given = evidence()
    given["outcome"] = given["outcome"] | {"unit": "property"}
    told = pages.markdown(explanation_report(given))
    assert "300 dwellings drawn by chance, of the training dates" in told
    assert "| Value | Dwellings |" in told
    assert "invented dwellings of the invented county" in told
    about_all = [line for line in told.split("## How to read this")[1].splitlines() if "residents" in line]
    assert about_all == []


def test_cases_are_said_to_be_invented_or_nobodys():
    assert "invented residents of the invented county" in pages.markdown(explanation_report(evidence()))
    real = evidence()
    real["single_view"] = real["single_view"] | {"invented": False}
    assert "They are nobody" in pages.markdown(explanation_report(real))


def test_no_resident_is_named(markdown):
    assert not re.search(r"\br\d+\b", markdown)


def test_a_model_that_adds_up_says_why_there_are_no_interactions():
    assert "no interactions, by construction" in pages.markdown(explanation_report(evidence("logistic")))


def test_what_could_not_be_worked_out_is_said():
    lacking = evidence()
    lacking["explanation"]["interactions"] = {"rows": 9, "method": "not computed: no", "net": None, "pairs": None}
    lacking["explanation"]["curves"] = [curve | {"bins": []} for curve in lacking["explanation"]["curves"]]
    none = {"rows": 300, "refits": 0, "same_top": None, "top_three": None, "importance": None}
    lacking["stability"] = {"reasons": none}
    told = pages.markdown(explanation_report(lacking))
    assert "not computed: no" in told
    assert "Too few rows are explained" in told
    assert "No refit of the model could be explained" in told


def test_unsteady_reasons_are_not_to_be_read_one_by_one():
    shaky = evidence()
    figure = {"value": 0.55, "low": 0.5, "high": 0.6}
    shaky["stability"] = {"reasons": {"rows": 300, "refits": 20, **dict.fromkeys(("same_top", "top_three"), figure)}}
    shaky["stability"]["reasons"]["importance"] = figure
    told = pages.markdown(explanation_report(shaky))
    assert "55 of 100 rows (50 to 60)" in told
    assert "no firm ground" in told
    shaky["stability"]["reasons"]["same_top"] = {"value": 0.9, "low": 0.85, "high": 0.95}
    assert "may be read one by one" in pages.markdown(explanation_report(shaky))
    shaky["stability"]["reasons"]["refits"] = 19
    told = pages.markdown(explanation_report(shaky))
    assert "Too few refits to judge: that takes 20, as in the gates." in told
    assert "may be read one by one" not in told


def test_inputs_that_moved_are_named():
    moved = evidence()
    moved["inputs"] = [
        column | {"drift": 0.4 if column["name"] == "age" else 0.01, "by_chance": 0.05} for column in moved["inputs"]
    ]
    told = pages.markdown(explanation_report(moved))
    assert "1 of 8 inputs that the model uses have moved" in told
    assert "age in completed years (0.40)" in told


def test_an_empty_section_is_refused_by_name():
    empty = evidence()
    empty["charts"]["beeswarm"] = ("", empty["charts"]["beeswarm"][1])
    with pytest.raises(InputError, match="section 'What moves the scores' has an empty part"):
        explanation_report(empty)
