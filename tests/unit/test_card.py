"""The card: every section from measured evidence, or none at all; nothing small, nothing fetched, nothing unsafe."""

import re
from xml.etree import ElementTree

import pandas as pd
import pytest

from features.errors import InputError
from models import pages as laid_out
from models.card_sections import SECTIONS
from models.documents.written import document
from tests.evidence import COLUMNS, evidence

RULE = next(column["sentence"] for column in COLUMNS if column["name"] == evidence()["rule"])


def card(evidence) -> tuple[str, str]:
    """The card as (Markdown, HTML)."""
    written = document("card", evidence)
    return laid_out.markdown(written), laid_out.page(written)


@pytest.fixture(scope="module")
def pages() -> tuple[str, str]:
    return card(evidence())


def rows_of(markdown: str) -> dict[str, list[str]]:
    """The rows of the card's tables by their first cell."""
    return {
        line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")[2:-1]]
        for line in markdown.splitlines()
        if line.startswith("| ")
    }


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
    assert re.findall(r'<h2 id="[^"]+">(.+)</h2>', page.split("</main>")[0]) == titles


def test_figures_are_said_in_plain_english(pages):
    measured = evidence()["candidates"]["lightgbm"]
    listed, found = (round(measured[name]["value"] * 100) for name in ("precision_at_capacity", "recall_at_capacity"))
    for text in pages:
        assert f"Of 100 residents on the list, about {listed} had the outcome" in text
        assert f"{found} of 100 with the outcome were on the list" in text
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
    targets = re.findall(r'(?:href|src)="([^"]*)"', page)
    assert [target for target in targets if re.match(r"(?!data:,)[a-z]+:|/", target)] == []  # beside it, or within it


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
    assert len(pictures) == 11
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
        "found": 1.0,
        "selection_rate": clear,
    } | dict.fromkeys(("fnr", "fpr", "ppv", "o_e", "auc"), nothing)
    # 24 flagged and 24 events, of which 7 are the same people: both rates would give that 7 away
    rare = {
        "group": "rare",
        "n": 400,
        "events": 24,
        "flagged": 24.0,
        "found": 7.0,
        "unevaluable": [],
        "selection_rate": clear,
        "o_e": clear,
        "auc": clear,
        "fpr": clear,
        "fnr": {"value": 0.7083, "low": 0.6, "high": 0.8},
        "ppv": {"value": 0.2917, "low": 0.2, "high": 0.4},
    }
    plenty = rare | {"group": "plenty", "n": 1003, "events": 121, "flagged": 120.0, "found": 60.0}
    given["groups"] = {"sex": [plenty, rare, tiny]}
    given["flow"] = [
        {"listed_on": "2022-02-02", "step": step, "remaining": n} for step, n in (("on record", 1003), ("alive", 4))
    ]
    markdown, _ = card(given)
    rows = rows_of(markdown)
    assert rows["tiny"] == ["*"] * 7
    assert rows["rare"] == ["*"] * 7  # the only other small group's cover
    assert rows["plenty"] == ["1,005", "120", "50% (40–60)", "71% (60–80)", "29% (20–40)"] + ["0.50 (0.40–0.60)"] * 2
    assert rows["2 February 2022"] == ["1,005", "*"]


def test_a_group_hidden_alone_cannot_be_worked_out_from_the_others():
    given = evidence()
    clear = {"value": 0.5, "low": 0.4, "high": 0.6}
    plenty = dict.fromkeys(("selection_rate", "fnr", "fpr", "ppv", "o_e", "auc"), clear) | {
        "group": "a",
        "n": 2000,
        "events": 200,
        "flagged": 150.0,
        "found": 60.0,
        "unevaluable": [],
    }
    # 300 are flagged in all, as everybody knows: the list is 150 long at two dates; so 300 - 155 - 142 would be c's
    few = plenty | {"group": "c", "flagged": 3.0, "found": 0.0, "unevaluable": ["ppv"]}
    given["groups"] = {"sex": [plenty | {"n": 3000, "flagged": 155.0}, plenty | {"group": "b", "flagged": 142.0}, few]}
    rows = rows_of(card(given)[0])
    assert rows["a"][2:5] == ["50% (40–60)"] * 3
    # those missed go with them: of known events they give those found, and b's flags that were right its flags
    assert rows["b"][2:5] == rows["c"][2:5] == ["*"] * 3


def with_list(given: dict, *, events: tuple[int, int], found: tuple[int, int]) -> dict:
    """The evidence with so many events and so many found at its two dates, by every candidate, with a list of 150."""

    def record(m: dict) -> dict:
        rates = [
            {"precision_at_capacity": f / 150, "recall_at_capacity": f / e} for e, f in zip(events, found, strict=True)
        ]
        whole = {"precision_at_capacity": sum(found) / 300, "recall_at_capacity": sum(found) / sum(events)}
        whole["base_rate"] = sum(events) / m["n"]
        return (
            m
            | {"events": sum(events)}
            | {name: {"value": v, "low": v, "high": v} for name, v in whole.items()}
            | {"by_date": [d | {"events": e} | r for d, e, r in zip(m["by_date"], events, rates, strict=True)]}
        )

    given["candidates"] = {name: record(m) for name, m in given["candidates"].items()}
    given["periods"] = given["periods"] | {"test": given["periods"]["test"] | {"events": sum(events)}}
    return given


def saved(found: float) -> dict:
    figures = {"found": found, "saved": 2.7 * found, "pounds": 826.2 * found}
    return {name: {"value": value, "low": value, "high": value} for name, value in figures.items()}


def test_rates_at_a_date_go_with_the_counts_they_rest_on():
    rows = rows_of(card(with_list(evidence(), events=(90, 5), found=(40, 2)))[0])
    assert rows["1 January 2023"] == ["3,000", *["*"] * 5]  # the other date would give this one away
    assert rows["1 July 2023"] == ["3,000", *["*"] * 5]
    assert rows["Test"][-2:] == ["6,000", "95"]

    rows = rows_of(card(with_list(evidence(), events=(90, 95), found=(40, 3)))[0])
    for date, events in (("1 January 2023", "90"), ("1 July 2023", "95")):
        auc, precision, recall, o_e = rows[date][2:]
        assert rows[date][:2] == ["3,000", events]
        assert (precision, recall) == ("*", "*")
        assert "*" not in auc + o_e


def test_what_lists_save_is_told_beside_what_the_rule_would_save():
    given = evidence()
    rows, text = rows_of(card(given)[0]), card(given)[0]
    assert rows["For each list, more than by the simple rule"][0].startswith(
        f"{given['worth']['value']['over_rule']['per_list']['found']['value']:.1f} ("
    )
    assert "to a county of 40,215 residents on record" in text
    assert "it is not shown to add anything" in text
    given["candidates"] = given["candidates"] | {
        "rule": with_list(evidence(), events=(90, 95), found=(2, 3))["candidates"]["rule"]
    }
    few = card(given)[0]
    assert "more than by the simple rule" not in few  # it would give away how many the rule finds
    assert "it is not shown to add anything" not in few


def test_where_nobody_could_be_new_no_finding_is_reported():
    given = evidence()
    nothing = {"value": None, "low": None, "high": None}
    given["worth"] = given["worth"] | {"newly_found": {"listed": nothing, "found": nothing, "share_of_found": nothing}}
    text = card(given)[0]
    assert "Everybody asked about has an open case with a service already, so nobody could be newly found." in text
    assert "have no open case" not in text


def test_with_few_events_no_figure_is_said():
    few = with_list(evidence(), events=(3, 4), found=(1, 2))
    few["sensitivity"] = {"deaths left out": few["candidates"]["rule"]}
    few["worth"] = few["worth"] | {"value": few["worth"]["value"] | {"per_list": saved(1.5), "per_year": saved(3.0)}}
    for text in card(few):
        said = re.sub("Model details.*?Metrics", "", text, flags=re.DOTALL)
        assert not re.search(r"\d of [\d,]+ (residents|eligible|with the)", said)
        assert "of 100 residents on the list" not in text.lower()
        assert "bed-days" not in said
        assert "Net benefit of the model, per 1,000: too few to say." in text
    markdown = card(few)[0]
    assert "With a list of 150 at each date: too few to say. Of all eligible residents: too few to say." in markdown
    assert "- **How complete it is:** Too few to say." in markdown
    assert "- Flagged wrongly: too few to say." in markdown
    assert "- Missed: too few to say." in markdown
    rows = rows_of(markdown)
    for figures in ("How common the outcome is", "Precision at capacity", "Recall at capacity", "Average precision"):
        assert rows[figures][:2] == ["too few to say", "Too few to say"]
    for compared in ("The simple rule", "LightGBM (chosen)", "deaths left out"):
        assert rows[compared] == ["too few to say"] * 6


def test_with_few_found_the_list_is_not_judged_but_the_scores_are():
    markdown, page = card(with_list(evidence(), events=(90, 95), found=(2, 3)))
    rows = rows_of(markdown)
    assert rows["Precision at capacity"][0] == rows["Recall at capacity"][0] == "too few to say"
    assert rows["How common the outcome is"][0].startswith("3.1%")
    assert rows["LightGBM (chosen)"][:2] == ["too few to say"] * 2
    compared = markdown.split("Compared with a simple rule:** ")[1].split("\n")[0]
    assert compared.startswith(
        "The simple rule, which staff could use without a model, is sorting by “Different agencies"
    )
    assert compared.endswith("Whether the model is better: too few to say.")
    assert page.count("<svg") == 9  # the two of the list are left out


def test_a_single_hidden_period_is_covered():
    given = evidence()
    given["periods"] = given["periods"] | {"calibrate": given["periods"]["calibrate"] | {"n": 900, "events": 4}}
    rows = rows_of(card(given)[0])
    assert [rows[used][-1] for used in ("Fitting", "Calibration")].count("*") == 2


def test_a_cohort_from_a_file_counts_over_all_dates():
    given = evidence()
    given["flow"] = [
        {"listed_on": None, "step": "rows in the file", "remaining": 90},
        {"listed_on": None, "step": "alive", "remaining": 80},
    ]
    assert "| All dates | 90 | 80 |" in card(given)[0]


def test_a_characteristic_without_a_column_is_a_gap_and_not_a_pass(pages):
    for text in pages:
        assert "Not checked, for want of a column in the audit: disability," in text
        assert "Not held in the single view" not in text


def test_that_nothing_changes_when_counted_otherwise_is_said():
    assert "changes no outcome of the test" in card(evidence() | {"sensitivity": {}})[0]


def test_a_scorecard_that_was_chosen_is_printed_line_by_line():
    assert "The points of each line" not in card(evidence())[0]
    line = {"column": "ae_365d", "side": "at least", "from": 2.0, "points": 7}
    told = card(evidence() | {"specification": {"points": [line]}})[0]
    assert f"| {COLUMNS[2]['sentence']} | at least 2 | 7 |" in told


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
    given["sensitivity"] = {"departures as events": given["candidates"]["rule"]}
    markdown, _ = card(given)
    assert f"is sorting by “{RULE}”. It was chosen itself, because nothing more complex" in markdown
    assert "| departures as events |" in markdown


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-0.086, 0.065, "So LightGBM is not shown to be better than the simple rule."),
        (0.0, 0.065, "So LightGBM is not shown to be better than the simple rule."),
        (None, None, "So LightGBM is not shown to be better than the simple rule."),
        (0.01, 0.065, "So LightGBM is better than the simple rule."),
        (-0.086, -0.01, "So LightGBM is worse than the simple rule."),
    ],
)
def test_the_interval_says_whether_the_model_is_better_than_the_rule(low, high, said):
    given = evidence()
    lift = given["worth"]["lift"] | {"precision_at_capacity": {"value": -0.0189, "low": low, "high": high}}
    given["worth"] = given["worth"] | {"lift": lift}
    in_one_minute = card(given)[0].split("## Model details")[0]
    assert f"a difference of -1.9 in 100{'' if low is None else ' ('}" in in_one_minute
    assert said in in_one_minute


def test_a_difference_is_told_as_one_and_nought_has_no_sign():
    given = evidence()
    at = given["worth"]["net_benefit"] | {"over_rule": {"value": 0.00581, "low": -0.000001, "high": 0.01257}}
    given["worth"] = given["worth"] | {"net_benefit": at}
    assert "Net benefit per 1,000, model less rule: +5.81 (0.00 to +12.57)." in card(given)[0]
