"""The pages of the site: twelve questions in order, what is missing said to be missing, nothing small on any."""

import re
from html import unescape

import pytest

from models import pages, site_doubts
from models.site_doubts import told
from models.site_gates import matrix
from models.site_outcome import QUESTIONS, outcome_page
from models.site_overview import areas_page, overview
from models.site_register import register
from tests.site_evidence import AGREEMENTS, areas, audit, f, register_columns, seen


def text(document) -> str:
    """What a page says, without its marks and pictures."""
    return plain(pages.page(document))


def section(document, identifier: str) -> str:
    return plain(pages.page(document).split(f'<section id="{identifier}"')[1].split("</section>")[0])


def plain(page: str) -> str:
    said = re.sub(r"<style>.*?</style>|<svg.*?</svg>|<[^>]+>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(said)).replace("\u2060", "")


@pytest.fixture(scope="module")
def page():
    return outcome_page(seen())


def test_the_twelve_questions_come_in_order(page):
    assert [s.title for s in page.sections] == [question for _, question, _, _ in QUESTIONS]
    assert len(QUESTIONS) == 12
    assert all(not s.is_empty() for s in page.sections)


def test_every_question_is_answered_first_and_leads_on(page):
    for of in page.sections:
        assert of.blocks[0].kind == "answer", of.title
        assert of.blocks[-1].kind == "items", of.title


def test_groups_that_are_missed_more_beyond_chance_are_named(page):
    said = section(page, "fails")
    assert "Missed more often than the county as a whole, beyond chance: by sex, Female" in said
    assert "Listed wrongly more often; how often a flag is right, over the county's: by sex, Female: 0.70 (0.60" in said


def test_a_group_is_not_shown_where_few_of_it_were_found():
    e = seen()
    e["groups"] = {a: [dict(r) for r in records] for a, records in e["groups"].items()}
    first = e["groups"]["sex"][0]
    assert ("sex", first["group"]) in {(r["attribute"], r["group"]) for r in told(e, "fnr_gap")}
    first["found"] = 3
    assert ("sex", first["group"]) not in {(r["attribute"], r["group"]) for r in told(e, "fnr_gap")}


def test_broad_groups_count_what_their_parts_hold_and_a_group_of_everybody_is_left_out():
    e = seen()
    county = {"fnr_gap": {"value": 0.1, "low": 0.05, "high": 0.15}}
    held = {"n": 100, "flagged": 20, "unevaluable": []}
    parts = [held | {"group": f"Asian: {name}", "events": 9, "found": 5} for name in ("Indian", "Chinese", "Pakistani")]
    whole = held | {"group": "Asian", "n": 300, "flagged": 60, "events": 27, "found": 15}
    e["groups"] = {
        "ethnicity": parts,
        "ethnicity_broad": [whole],
        "caseload": [held | {"group": "open case", "events": 30, "found": 15}],
    }
    broad = [{"group": "Asian", "county": county}, {"group": "White", "county": county}]
    of_parts = [{"group": part["group"], "county": county} for part in parts]
    everybody = [{"group": "open case", "county": county}]
    e["audit"] = {"gaps": {"ethnicity": of_parts, "ethnicity_broad": broad, "caseload": everybody}}
    assert [(r["attribute"], r["group"]) for r in told(e, "fnr_gap")] == [("ethnicity_broad", "Asian")]


def test_what_it_would_take_is_not_told_where_it_would_give_a_count_away(page):
    said = section(page, "unknown")
    assert "cannot be said: so few are on record" in said
    assert "37" not in said
    assert "96" not in said


def test_gates_and_waivers_are_told_with_sign_and_word(page):
    said = section(page, "gates")
    assert "11 of 15 gates passed, 2 failed and 2 could not be judged: it must not be approved. Waived: 11." in said
    assert "by ethics chair, in a drawn test until 31 January 2027: it is watched monthly until then" in said
    assert "No gate asks who has signed: approval asks for that, and comes after the gates." in said
    assert "✕ Fail" in said
    assert "? Unevaluable" in said


def test_ethnicity_is_answered_with_the_figure_and_its_interval(page):
    said = section(page, "ethnicity")
    assert "Ethnicity can be read from its inputs to some degree at most." in said
    assert "AUC 0.62 (0.58" in said
    assert "It is not itself an input." in said


@pytest.mark.parametrize(
    ("value", "half", "said"),
    [
        (0.55, 0.04, "can hardly be read from its inputs."),
        (0.7, 0.04, "can be read from its inputs to some degree at most."),
        (0.7, 0.1, "may be readable from its inputs: whether well or hardly at all can't be told of every group."),
        (0.9, 0.05, "can be read well from its inputs, of one group at least."),
    ],
)
def test_how_well_ethnicity_can_be_read_goes_by_the_interval_of_every_group(value, half, said):
    e = seen()
    groups = [
        {"group": "White", "n": 5000, "auc": f(0.55, 0.04)},
        {"group": "Asian", "n": 90, "auc": f(value, half)},
    ]
    e["audit"]["proxies"]["ethnicity"] |= {"auc": f(0.55, 0.04), "groups": groups}
    e["audit"]["gaps"]["ethnicity"] = [{"group": of} for of in ("Asian", "Black", "White", "not stated")]
    told = site_doubts.ethnicity(e)
    assert told[0].text.startswith(f"Ethnicity {said}")
    assert told[1].table.iloc[:, 0].tolist() == ["White", "Asian"]
    assert told[2].text.endswith("of all others: Black.")


@pytest.mark.parametrize(
    ("lacking", "where", "said"),
    [
        ("gates", "gates", "This run has no gate record, so nothing has been checked"),
        ("audit", "fails", "This run has no fairness audit"),
        ("audit", "ethnicity", "Not known: this run has not tried"),
        ("agencies", "data", "This run has not tried what each agency's data buys"),
    ],
)
def test_an_analysis_that_the_run_lacks_is_said_to_be_lacking(lacking, where, said):
    assert said in section(outcome_page(seen() | {lacking: None}), where)


def test_where_too_few_were_found_the_page_says_what_can_be_said_and_what_it_would_take():
    e = seen()
    few = [day | {"recall_at_capacity": 0.0, "events": 12} for day in e["candidates"]["lightgbm"]["by_date"]]
    few[0]["recall_at_capacity"] = 3 / 12
    e["candidates"] = e["candidates"] | {"lightgbm": e["candidates"]["lightgbm"] | {"by_date": few}}
    e["periods"] = e["periods"] | {"test": e["periods"]["test"] | {"events": 24}}
    enough = {"name": "events", "rule": "At least 200 events in the test."}
    e["gates"] = e["gates"] | {"gates": [e["gates"]["gates"][0] | enough]}
    said = section(outcome_page(e), "good")
    assert "In the test 25 residents had the outcome, and too few of those on a list" in said
    assert "What can be told is how it ranks: of one with the outcome" in said
    assert "It would take more years of records, or a larger area. What the gates ask for: at least 200 events" in said
    assert "Precision at capacity" not in said
    assert "by its length" not in said
    assert "right flags in 100" not in said


def test_a_resident_is_told_in_a_sentence_where_to_write():
    assert "Write to Worcestershire Office of Data & Analytics. Quote 3f9a5c0e7b2d41886a51, which" in section(
        outcome_page(seen()), "contest"
    )


def test_dwellings_have_no_ethnicity_to_read():
    e = seen()
    assert "dwellings, which have no ethnicity" in section(
        outcome_page(e | {"outcome": e["outcome"] | {"unit": "property"}}), "ethnicity"
    )


def test_the_overview_says_how_each_model_stands():
    said = text(overview({"complex_dependency": seen()}, AGREEMENTS))
    assert "it put the first higher 8" in said  # an AUC of 0.8 and something, in words
    verdict = "Gates It must not be approved: 11 of 15 gates passed, 2 failed and 2 could not be judged"
    assert said.index(verdict) < said.index("Right flags 42 of 100 on its list; with the simple rule, 38 of 100: ")
    assert said.index(verdict) < said.index("it put the first higher 8")
    for agreement in AGREEMENTS:
        assert agreement["title"] in said


def test_the_matrix_has_a_row_for_each_gate_and_a_column_for_each_judged_model():
    e = seen()
    table = matrix({"a": e["gates"], "b": None}, {"a": "Model A", "b": "Model B"}).table
    assert list(table.columns) == ["Gate", "Model A"]
    assert table["Model A"].tolist()[9:12] == ["Pass", "Fail", "Unevaluable"]
    assert "must not be used" in matrix({"b": None}, {"b": "Model B"}).text


def test_every_column_of_every_model_is_in_the_register():
    e = seen()
    one, other = e | {"columns": e["columns"][:5]}, e | {"columns": e["columns"][3:], "inputs": None}
    said = text(register({"one": one, "other": other}, register_columns(e), {"police": "Domestic abuse"}))
    for column in e["columns"]:
        assert f"Name {column['name']} " in said
    assert said.count("It was agreed with the services") == len(e["columns"])
    assert "Records of offences (UK GDPR Article 10)" in said
    assert "under 1%" in said  # a coverage of 0.4% might be of three people
    assert "not measured" in said


def test_the_register_says_what_a_column_alone_tells_of_and_what_sensitive_does_not_mean():
    e = seen()
    other = e | {"outcome": e["outcome"] | {"title": "Another: it is drawn"}, "audit": audit(e["groups"], 0.71)}
    for of in other["audit"]["proxies"].values():
        of["n"] += 1  # the model with most rows: where they are few, chance adds most
    said = text(register({"one": e, "other": other}, register_columns(e), {}))
    assert said.count("Ethnicity: AUC 0.71 (Another); Sex: AUC 0.71 (Another)") == 1
    for of in other["audit"]["proxies"].values():
        of["n"] -= 2
    assert "AUC 0.71" not in text(register({"one": e, "other": other}, register_columns(e), {}))
    assert "It is tried on the same rows, the better way round, so that chance adds to it" in said
    assert (
        said.count("Not among the columns that tell most of a protected attribute, or not measured")
        == len(e["columns"]) - 1
    )
    assert "That says nothing of whether a column gives away who somebody is." in said


def test_the_tables_of_areas_say_why_counts_give_another_share_than_the_risk():
    told = [
        text(areas_page({"escalation": seen()}, {"escalation": areas() | {"dates": dates}}))
        for dates in (["2023-01-01", "2023-07-01"], ["2023-01-01"])
    ]
    assert "counted once, however many of the 2 test dates they were scored on" in told[0]
    assert "counted once" not in told[1]


def test_an_outcome_without_areas_says_why():
    e = seen()
    document = areas_page({"a": e, "b": e}, {"a": areas(), "b": {"absent": "nobody's home is on record"}})
    assert "There is no map: nobody's home is on record." in section(document, "b")
    assert "by district" in section(document, "a")


def test_what_scrolls_shows_a_shade_where_it_goes_on_in_light_and_dark(page):
    style = re.search(r"<style>(.*?)</style>", pages.page(page), re.DOTALL)[1]
    shaded = re.search(r"\.scroll \{ background: ([^}]*)", style)[1]
    assert shaded.count("local") == shaded.count("var(--shade)") == shaded.count("var(--paper)") == 2
    light, dark = (part.split("}")[0] for part in style.split(":root {")[1:3])
    assert all("--shade:" in of for of in (light, dark))


def test_the_same_evidence_gives_the_same_bytes():
    assert pages.page(outcome_page(seen())) == pages.page(outcome_page(seen()))
    found = areas()
    assert found == areas()


def test_a_name_from_outside_cannot_break_a_page():
    e = seen()
    given = [a | {"title": "<img src=x onerror=alert(1)>"} for a in AGREEMENTS]
    page = pages.page(overview({"complex_dependency": e | {"agreements": given}}, given))
    assert "<img" not in page
    found = areas()
    for record in found["areas"]:
        record["district"] = "<b>District</b>"
    found["districts"] = [dict(d, group="<b>District</b>") for d in found["districts"][:1]]
    assert "<b>District" not in pages.page(areas_page({"a": e}, {"a": found}))
