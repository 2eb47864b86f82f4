"""The card: every section from measured evidence, or none at all; nothing small, nothing fetched, nothing unsafe."""

import re
from xml.etree import ElementTree

import pandas as pd
import pytest

from features.errors import InputError
from models.card import card
from models.card_sections import SECTIONS
from tests.evidence import evidence


@pytest.fixture(scope="module")
def pages() -> tuple[str, str]:
    return card(evidence())


@pytest.mark.parametrize(("title", "need"), [(title, need) for _, title, needs, _ in SECTIONS for need in needs])
@pytest.mark.parametrize("emptied", [False, True], ids=["missing", "empty"])
def test_a_section_without_its_evidence_is_refused_by_name(title, need, emptied):
    lacking = evidence()
    *path, last = need.split(".")
    inside = lacking
    for key in path:
        inside[key] = dict(inside[key])
        inside = inside[key]
    if emptied:
        inside[last] = None if isinstance(inside[last], int) else type(inside[last])()
    else:
        del inside[last]
    with pytest.raises(InputError, match=re.escape(f"section {title!r} is unfilled: the evidence lacks")) as error:
        card(lacking)
    assert need in str(error.value)


def test_all_unfilled_sections_are_named_together():
    lacking = evidence()
    del lacking["flow"], lacking["approval"]
    with pytest.raises(InputError) as error:
        card(lacking)
    assert len(error.value.faults) == 3  # in one minute, data and dates, approval and expiry
    assert "'Data and dates'" in str(error.value)
    assert "'Approval and expiry'" in str(error.value)


def test_a_picture_with_nothing_in_it_is_refused():
    lacking = evidence()
    lacking["charts"] = lacking["charts"] | {"beeswarm": ("<svg></svg>", pd.DataFrame())}
    with pytest.raises(InputError, match="section 'What moves the scores' has an empty part"):
        card(lacking)


def test_both_forms_hold_every_section_in_order(pages):
    markdown, page = pages
    titles = [title for _, title, _, _ in SECTIONS]
    assert re.findall(r"^## (.+)$", markdown, re.MULTILINE) == titles
    assert re.findall(r'<h2 id="[^"]+">(.+)</h2>', page) == titles


def test_figures_are_said_in_plain_english(pages):
    measured = evidence()["candidates"]["lightgbm"]
    listed, found = (round(measured[name]["value"] * 100) for name in ("precision_at_capacity", "recall_at_capacity"))
    for text in pages:
        assert f"Of 100 people on the list, about {listed} had the outcome" in text
        assert f"{found} of 100 people who had the outcome were on the list" in text
        assert "Comes true if, in the year that begins 30 days after the as-of date" in text


@pytest.mark.parametrize("invented", [True, False])
def test_invented_data_is_announced_at_the_top(invented):
    given = evidence()
    given["single_view"] = given["single_view"] | {"invented": invented}
    markdown, page = card(given)
    assert ("**Invented data.**" in markdown.split("## ")[0]) is invented
    assert ("<strong>Invented data.</strong>" in page.split("<main")[0]) is invented
    assert ("must not be used on real people" in page) is invented


def test_the_page_is_one_file_that_needs_no_network(pages):
    page = re.sub(r'xmlns(:xlink)?="[^"]+"', "", pages[1])
    assert "http:" not in page
    assert "https:" not in page
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert all(target.startswith(("#", "data:")) for target in re.findall(r'(?:href|src)="([^"]*)"', page))


def test_the_page_is_accessible(pages):
    page = pages[1]
    assert '<html lang="en-GB">' in page
    assert page.count("<h1>") == 1
    assert all(f"<{landmark}" in page for landmark in ("header", "nav", "main", "footer"))
    assert page.index('class="skip" href="#content"') < page.index("<header")
    assert page.count("<table>") == page.count("<caption") > 10
    assert not re.search(r"<th>|<th class", page)
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(identifiers)


def test_pictures_are_well_formed_and_named(pages):
    pictures = re.findall(r"<svg\b.*?</svg>", pages[1], re.DOTALL)
    assert len(pictures) == 8
    for picture in pictures:
        tree = ElementTree.fromstring(picture)
        assert tree.attrib["role"] == "img"
        assert [child.tag.rsplit("}")[-1] for child in tree[:2]] == ["title", "desc"]


def test_small_numbers_never_show():
    given = evidence()
    nothing = {"value": None, "low": None, "high": None}
    clear = {"value": 0.5, "low": 0.4, "high": 0.6}
    tiny = {
        "group": "tiny",
        "n": 6,
        "events": 3,
        "flagged": 2.0,
        "unevaluable": ["fnr", "fpr", "ppv", "o_e", "auc"],
        "selection_rate": clear,
    } | dict.fromkeys(("fnr", "fpr", "ppv", "o_e", "auc"), nothing)
    # 24 flagged and 24 events, of which 2 are the same people: both rates would give that 2 away
    rare = {
        "group": "rare",
        "n": 400,
        "events": 24,
        "flagged": 24.0,
        "unevaluable": [],
        "selection_rate": clear,
        "o_e": clear,
        "auc": clear,
        "fpr": clear,
        "fnr": {"value": 0.9167, "low": 0.8, "high": 1.0},
        "ppv": {"value": 0.0833, "low": 0.0, "high": 0.2},
    }
    plenty = rare | {"group": "plenty", "n": 1003, "events": 121, "flagged": 120.0, "fnr": clear, "ppv": clear}
    given["groups"] = {"sex": [plenty, rare, tiny]}
    given["flow"] = [
        {"as_of": "2022-02-02", "step": step, "remaining": n} for step, n in (("on record", 1003), ("alive", 4))
    ]
    markdown, _ = card(given)
    rows = {
        line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")[2:-1]]
        for line in markdown.splitlines()
        if line.startswith("| ")
    }
    assert rows["tiny"] == ["*", "*", "*", "too few", "too few", "too few", "too few"]
    assert rows["rare"] == ["*", "*", "50% (40–60)", "*", "*", "0.50 (0.40–0.60)", "0.50 (0.40–0.60)"]
    assert rows["plenty"][:2] == ["1,005", "120"]
    assert rows["2 February 2022"] == ["1,005", "*"]


def test_a_cohort_from_a_file_counts_over_all_dates():
    given = evidence()
    given["flow"] = [
        {"as_of": None, "step": "rows in the file", "remaining": 90},
        {"as_of": None, "step": "alive", "remaining": 80},
    ]
    assert "| All dates | 90 | 80 |" in card(given)[0]


def test_text_from_outside_cannot_break_the_page():
    given = evidence()
    given["approval"] = "<img src=x onerror=alert(1)> | none"
    given["names"] = {"police": "<b>police</b>"}
    markdown, page = card(given)
    assert "<img" not in page
    assert "<b>police" not in page
    assert "&lt;img src=x" in page
    assert "| none" in markdown


def test_the_same_evidence_gives_the_same_bytes(pages):
    assert card(evidence()) == pages


def test_the_rule_alone_and_extra_comparisons_read_well():
    given = evidence()
    given["chosen"] = {"name": "rule", "reason": "The simple rule is within one standard error of the best."}
    given["sensitivity"] = {"those who were also in training": given["candidates"]["rule"]}
    given["ceiling"] = {"auc": {"value": 0.91, "low": None, "high": None}}
    markdown, _ = card(given)
    assert "The simple rule itself was chosen" in markdown
    assert "| those who were also in training |" in markdown
    assert "| The hidden truth: the best that any model could do | - | - | 0.91 |" in markdown
