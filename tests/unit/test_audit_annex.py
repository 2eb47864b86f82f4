"""The audit annex: every figure by group has its table, nobody small is told of, and what cannot be judged is named."""

import re

import pytest

from models import pages
from models.documents.audit import PARTS
from models.documents.written import document
from tests.evidence import evidence
from tests.governance import audit
from tests.written import group, with_groups

ATTRIBUTES = ("Sex", "Ethnicity", "Age", "Deprivation fifth of the area", "District")


def annex(given: dict) -> str:
    return pages.markdown(document("audit", given))


def of_part(text: str, identifier: str) -> str:
    title = next(title for at, title, _, _ in PARTS if at == identifier)
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows_of(part: str, caption: str) -> dict[str, list[str]]:
    lines = part.split(f"**{caption}**")[1].split("\n\n")[1].splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    return {first: rest for first, *rest in (cells[0], *cells[2:])}


@pytest.fixture(scope="module")
def text() -> str:
    return annex(evidence())


@pytest.mark.parametrize(
    "part", ["errors", "county", "reference", "calibration", "lengths", "folds", "labels", "links"]
)
def test_every_attribute_is_opened_in_every_part(text, part):
    assert re.findall(r"^### (.*)$", of_part(text, part), re.MULTILINE) == list(ATTRIBUTES)


def test_who_is_flagged_without_the_outcome_is_told_beside_who_is_missed(text):
    rows = rows_of(of_part(text, "errors"), "How the list treats groups, by sex")
    head, measured = rows["Group"], evidence()["groups"]["sex"]
    wrongly = head.index("Flagged, of those without the outcome (FPR)")
    for record in measured:
        assert rows[record["group"]][wrongly].startswith(f"{record['fpr']['value'] * 100:.1f}%")


def test_groups_are_compared_with_the_largest_which_is_itself(text):
    rows = rows_of(of_part(text, "reference"), "Beside “White”, by ethnicity")
    assert set(rows["White"]) == {"itself"}
    assert "itself" not in rows["not stated"]


def test_calibration_of_each_group_has_slope_interval_and_picture(text):
    part = of_part(text, "calibration")
    assert re.search(r"^\| Female \| [\d,]+ \| [\d,]+ \| \d\.\d\d \(\d\.\d\d–\d\.\d\d\)", part, re.MULTILINE)
    assert "**What the scores promise and what happened, by sex** (the picture is on the HTML page)" in part
    assert "Nothing is drawn: no group has ten with the outcome" in part.split("### District")[1]


def test_lists_of_other_lengths_and_folds_stand_side_by_side(text):
    lengths = rows_of(of_part(text, "lengths"), "Missed (FNR) on lists of other lengths, by sex")
    assert lengths["Group"] == ["0.5 × capacity", "1 × capacity"]
    folds = rows_of(of_part(text, "folds"), "AUC in each fold of time, by sex")
    assert folds["Group"] == ["From 1 January 2020"]
    assert rows_of(of_part(text, "folds"), "Slope (best 1) in each fold of time, by sex")["Group"] == folds["Group"]


def test_lists_of_other_lengths_are_told_of_larger_groups_in_place_of_their_boxes():
    """What is withheld of a box at one length would stand in the larger group less the others."""
    given = with_groups(group("Asian: Indian"), group("Asian: Chinese"), group("White"))
    part = of_part(annex(given), "lengths")
    assert "on lists of other lengths, by ethnicity, in broad groups" in part
    assert "on lists of other lengths, by ethnicity**" not in part
    assert "on lists of other lengths, by sex**" in part


def test_a_fold_in_which_nothing_could_be_trained_is_named_with_the_reason():
    given = evidence()
    given["folds"] = given["folds"] | {"untrained": [{"cut": "2019-07-01", "reason": "there is nobody"}]}
    assert "The fold from 1 July 2019 could not be judged: there is nobody." in of_part(annex(given), "folds")


def test_pairs_that_are_too_small_are_named_and_not_shown():
    given = evidence()
    pair = given["audit"]["pairwise"]["sex x imd_quintile"]
    pair[0] = pair[0] | {"unevaluable": ["fnr"]}
    pair[1] = pair[1] | {"unevaluable": ["fnr"], "n": 7, "events": 2, "flagged": 1.0, "found": 1.0}
    part = of_part(annex(given), "crossed")
    assert f"Too few had the outcome to judge: {pair[0]['group']}." in part  # that there is anybody else is not told
    assert set(rows_of(part, "Groups by sex and deprivation fifth of the area")) == {
        "Group",
        *(of["group"] for of in pair[2:]),
    }


def test_groups_that_change_places_are_named():
    given = evidence()
    of = given["audit"]["labels"]["within 182 days"]["sex"]
    of |= {"order": ["Male", "Female"], "pairs": [["Female", "Male"]], "perhaps": []}
    rows = rows_of(of_part(annex(given), "labels"), "The order of groups, by sex")
    assert rows["Within 182 days"] == ["Male < Female", "Male < Female", "Female and Male", "none"]
    assert rows["As recorded"][2:] == ["none", "none"]


def test_what_cannot_be_judged_is_named_with_the_years_it_would_take(text):
    part = of_part(text, "settle").split("### Ethnicity")[1].split("### ")[0]
    assert re.search(r"^\| not stated \| .*about 97; \d+ years", part, re.MULTILINE)


def test_a_model_that_ranks_homes_says_that_no_links_were_measured():
    given = evidence()
    given["outcome"] = given["outcome"] | {"unit": "property"}
    given["groups"] = {name: given["groups"][name] for name in ("imd_quintile", "district")}
    given["audit"] = audit(given["identity"], given["groups"])
    text = annex(given)
    assert "Not measured: homes are not linked." in of_part(text, "links")
    assert "At most one attribute that says who somebody is is on record." in of_part(text, "crossed")
    assert "one per dwelling and date of the test" in text


def test_tables_are_folded_on_the_page_and_can_be_opened_by_keyboard():
    page = pages.page(document("audit", evidence()))
    assert page.count('<details class="fold">') == len(re.findall(r"^### ", annex(evidence()), re.MULTILINE)) > 30
    assert page.count("<table>") == page.count("<caption")
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))
