"""The documents: every section from evidence or none at all; every link leads somewhere; nothing small is said."""

import json
import re
from copy import deepcopy

import pytest

from features.errors import InputError
from models import pages
from models.disclosed import require_disclosed
from models.documents import DOCUMENTS, atrs
from models.documents.tripod import ITEMS
from models.documents.written import PARTS, document
from tests import explained
from tests.evidence import evidence
from tests.governance import NOTHING, governed
from tests.reading import grade
from tests.written import group, homes, rows_of, section, text_of, with_groups, write

NEEDS = [
    (name, title, need)
    for name, parts in PARTS.items()
    for _, title, needs, _ in parts
    for need in dict.fromkeys(needs)
]


@pytest.fixture(scope="module")
def laid_out() -> dict[str, tuple[str, str]]:
    """Every document as (Markdown, page)."""
    return {document.name: (pages.markdown(document), pages.page(document)) for document in write(evidence())}


@pytest.mark.parametrize(("name", "title", "need"), NEEDS)
@pytest.mark.parametrize("emptied", [False, True], ids=["missing", "empty"])
def test_a_section_without_its_evidence_is_refused_by_name(name, title, need, emptied):
    lacking = explained.evidence() if name == "explanation" else evidence()
    *path, last = need.split(".")
    inside = lacking
    for key in path:
        inside[key] = dict(inside[key])
        inside = inside[key]
    if emptied:
        inside[last] = None if isinstance(inside[last], int) else type(inside[last])()
    else:
        del inside[last]
    with pytest.raises(InputError) as error:
        document(name, lacking)
    assert any(f"{name}: section {title!r} is unfilled" in fault and need in fault for fault in error.value.faults)


def test_every_document_is_written_but_the_explanation_which_has_tests_of_its_own(laid_out):
    assert {*laid_out, "explanation"} == {kind.name for kind in DOCUMENTS}
    for kind in DOCUMENTS:
        if kind.name != "explanation":
            assert laid_out[kind.name][0].startswith(f"# {kind.title}: ")


def test_all_bear_one_run_id(laid_out):
    identity = evidence()["identity"]
    assert atrs.record(evidence())["identity"] == identity
    for markdown, page in laid_out.values():
        assert f"Model and run id `{identity}`" in markdown
        assert f"<code>{identity}</code>" in page


def test_every_link_leads_to_a_section_that_is_there(laid_out):
    targets = {name: set(re.findall(r'<section id="([^"]+)"', page)) for name, (_, page) in laid_out.items()}
    links = {link for _, page in laid_out.values() for link in re.findall(r"<main.*</main>", page, re.DOTALL)}
    links = {link for part in links for link in re.findall(r'href="([^"#]+\.(?:html|json)[^"]*)"', part)}
    assert len(links) > 15
    assert "../features.html" in links  # the feature register stands beside the folders of the outcomes
    for link in links - {"../features.html"}:
        file, _, section = link.partition("#")
        name, kind = file.split(".")
        assert name in targets
        assert kind == "html" or file == "atrs.json"
        assert not section or section in targets[name], link


def test_the_index_holds_each_of_the_27_items_of_tripod_once_with_a_link(laid_out):
    numbers = [number for number, *_ in ITEMS]
    assert len(numbers) == len(set(numbers)) == 52
    assert list(dict.fromkeys(int(re.match(r"\d+", number).group()) for number in numbers)) == list(range(1, 28))
    rows = rows_of(laid_out["evaluation"][0], "TRIPOD+AI, item by item")
    assert list(rows) == numbers
    assert rows.pop("9b")[1] == "[Feature register: every column](../features.html)"
    assert rows["17"][1] == "[Evaluation report: Open science and involvement](evaluation.html#open)"
    for _, where in rows.values():
        assert re.fullmatch(r"\[[^]]+: [^]]+\]\(\w+\.html#[\w-]+\)", where)


def test_the_record_for_the_register_holds_every_field_in_order_and_none_is_empty(laid_out):
    made = json.loads(json.dumps(atrs.record(evidence()), allow_nan=False))
    numbers = [field["number"] for field in made["fields"]]
    said = [tuple(int(part) for part in number.split(".")) for number in numbers]
    assert said == sorted(set(said))
    for first, last in (("1.1", "1.4"), ("2.1.1", "2.1.4"), ("2.2.1", "2.2.5"), ("2.3.1", "2.3.5"),
                        ("2.4.1.1", "2.4.1.5"), ("2.4.2.1", "2.4.2.8"), ("2.4.3.1", "2.4.3.10"),
                        ("2.4.4.1", "2.4.4.5"), ("2.5.2.1", "2.5.2.6")):  # fmt: skip
        *above, end = (int(part) for part in last.split("."))
        assert {(*above, number) for number in range(int(first[-1]), end + 1)} <= set(said)
    for field in made["fields"]:
        assert field["value"].strip()
        assert f"- **{field['number']} {field['name']}:** {field['value']}" in laid_out["atrs"][0]


def test_nothing_is_said_that_only_a_program_would_say(laid_out):
    for name, (markdown, page) in laid_out.items():
        for text in (markdown, page):
            assert not re.search(r"\b(nan|NaN|True|False|null|undefined)\b|: None\n|\| None \||\{'", text), name


def test_every_document_may_leave(laid_out):
    for name, (markdown, page) in laid_out.items():
        assert require_disclosed(f"{name}.md", markdown) == markdown
        assert require_disclosed(f"{name}.html", page) == page


def test_the_same_evidence_gives_the_same_bytes(laid_out):
    again = {document.name: (pages.markdown(document), pages.page(document)) for document in write(evidence())}
    assert again == laid_out


def test_text_from_outside_cannot_break_a_page():
    given = evidence()
    given["statements"] = given["statements"] | {"integration": "<img src=x onerror=alert(1)>", "need": "<b>need</b>"}
    given["agreements"] = [given["agreements"][0] | {"title": "<i>police</i> | housing"}, *given["agreements"][1:]]
    for written in write(given):
        page = pages.page(written)
        assert "<img src=x" not in page
        assert "<b>need" not in page
        assert "<i>police" not in page


def test_each_of_the_nine_characteristics_is_measured_or_named_as_a_gap(laid_out):
    text = laid_out["equality"][0]
    for name, caption in (("Age", "age"), ("Race", "ethnicity"), ("Sex", "sex")):
        section = text.split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert f"**Results by {caption}**" in section
        assert "Due regard." in section
    for name in ("Disability", "Gender reassignment", "Marriage and civil partnership", "Pregnancy and maternity",
                 "Religion or belief", "Sexual orientation"):  # fmt: skip
        section = text.split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert "That is a gap in the evidence, not a pass." in section
        assert f"- Nothing is on record about {name.lower()}." in text


def test_a_model_that_ranks_homes_says_what_it_cannot_say_of_people():
    given = homes()
    equality, summary = text_of("equality", given), text_of("summary", given)
    for name in ("age", "race", "sex"):
        assert f"Not compared: {name} is on record of the people who live in the homes" in equality
        assert f"Nothing is on record about {name}." not in equality
    assert equality.count("The model does use") == 1
    assert "The model does use age, for the reason that its card gives." in equality
    assert "**On record of the people who live there, but not compared:** Age, race and sex" in equality
    assert equality.count("Not recorded: the single view holds nothing about") == 6
    assert "a home has none of its own to be guessed" in equality
    assert "at most one was compared" in equality
    assert "Whether it is fair by age, race or sex: the homes were not compared by that." in summary
    assert "It does use the age of the people who live there: the model card says why." in summary
    assert "On record of people, but not compared: age, race and sex." in text_of("atrs", given)


def test_no_person_is_linked_to_rank_homes():
    datasheet = text_of("datasheet", homes())
    assert "joined by their property number" in datasheet
    assert "Well matched" not in datasheet


def test_the_summary_says_which_characteristics_are_used():
    given = evidence()
    assert (
        "It does use age: the model card says why. It does not use race, religion or belief, sex or disability "
        "to make the list." in text_of("summary", given)
    )
    columns = given["importance"]["columns"]
    unused = columns.assign(share=columns["share"].where(columns["name"] != "age", 0.0))
    given["importance"] = given["importance"] | {"columns": unused}
    assert "It does not use age, race, religion or belief, sex or disability" in text_of("summary", given)


def test_match_rates_of_small_groups_are_hidden():
    given = with_groups(group("plenty"), group("few", n=30, events=15, flagged=20.0, found=10.0))
    rows = rows_of(text_of("datasheet", given), "Well matched, by sex")
    assert rows["few"] == ["30", "*", "*"]  # 93 % of 30 leaves 2 who were not


def test_an_agreement_whose_special_regime_has_no_condition_is_named():
    text = text_of("dpia", evidence())
    assert "| Records of police | A power in an Act | offences (UK GDPR Article 10): none is named |" in text
    wanting = text.split("the legal basis names none:")[1].split("**")[0]
    assert "- Records of police" in wanting
    assert "urgent_care" not in wanting


def test_why_an_assessment_is_required_follows_from_the_agreements_under_the_inputs():
    given = evidence()
    assert (
        "it matches records of 3 sources; the agreements under its inputs cover records of health (UK GDPR Article 9), "
        "offences (UK GDPR Article 10) and children; it concerns vulnerable people." in text_of("dpia", given)
    )
    given["agreements"] = [of | {"covers": []} for of in given["agreements"][:1]]
    text = text_of("dpia", given)
    assert "(UK GDPR Article 35): the model scores residents systematically; it concerns vulnerable people." in text


def test_confidentiality_has_to_be_settled_for_each_source_of_health():
    given = evidence()
    told = text_of("dpia", given).split("Agreements that cover health:")[1].split("##")[0]
    assert "- Records of urgent_care" in told
    assert "police" not in told
    given["agreements"] = [of for of in given["agreements"] if "health" not in of["covers"]]
    assert "duty of confidentiality" not in text_of("dpia", given)


def test_who_gets_the_list_is_one_team_in_every_document():
    given = evidence()
    for of in given["agreements"]:
        of["recipients"] = ["police", of["agency"]]
    said = (
        "The early help team, and nobody else. Before that, the approval has to name the agency that it belongs to. "
        "All agreements under the inputs let the reasons be shown to: the police. If the team is of another, reasons "
        "that rest on records which it may not see are withheld, and it is told so."
    )
    assert all(said in text for text in (text_of("dpia", given), text_of("atrs", given), section(given, "purpose")))
    for of in given["agreements"]:
        of["recipients"] = [of["agency"]]
    assert "No agency is named in every agreement under the inputs: from the team, reasons that" in text_of(
        "dpia", given
    )


def test_what_was_not_shown_to_be_needed_is_named():
    text = text_of("dpia", evidence())
    assert "it was not shown that these data are needed: housing. " in text
    assert "With all columns of a sample of rows the model's AUC is 0.74 (0.71–0.77)." in text
    assert "Without the records of all agencies at once it ranks worse: its AUC is 0.140 (0.110–0.170) lower." in text


def test_gates_that_failed_or_were_waived_are_told_everywhere(laid_out):
    said = "2 failed (better than the rule; reproducible and signed)"
    for name in ("card", "gates", "atrs"):
        assert said in laid_out[name][0]
    assert rows_of(laid_out["gates"][0], "What every gate found")["9. Groups treated alike"][::2] == [
        "Unevaluable",
        "By ethics chair until 30 June 2027: Awaiting a year more of records.",
    ]
    assert "No gate asks who has signed" in laid_out["gates"][0]
    assert "97 events would settle it" not in laid_out["gates"][0]  # a figure of a small group: told where it is hidden


def test_sign_offs_and_withdrawals_stand_on_the_approval():
    given = evidence()
    signed = {
        "role": "ethics_chair",
        "use_level": "prioritisation",
        "recipients": ["police"],
        "signed_on": "2026-11-01",
        "until": "2027-05-01",
    }
    withdrawn = {"role": "data_protection_officer", "withdrawn_on": "2026-11-20", "reason": "the agreement has ended"}
    given["sign_offs"] = given["sign_offs"] | {"ethics_chair": signed, "data_protection_officer": withdrawn}
    rows = rows_of(text_of("approval", given), "Sign-offs on file for this model")
    assert rows["The chair of the ethics group"] == [
        "signed",
        "1 November 2026",
        "prioritisation",
        "the police",
        "1 May 2027",
    ]
    assert rows["The data protection officer"][:2] == ["withdrawn: the agreement has ended", "20 November 2026"]
    assert rows["The senior responsible owner"][0] == "not signed"


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("the model card", lambda given, day: given["card"].update(expires_on=day)),
        ("the agreement “Records of housing”", lambda given, day: given["agreements"][0].update(until=day)),
        (
            "what the chair of the ethics group signed",
            lambda given, day: given["sign_offs"]["ethics_chair"].update(until=day),
        ),
        ("the waiver of gate 9", lambda given, day: given["gates"]["gates"][8]["waiver"].update(until=day)),
    ],
)
def test_whatever_ends_first_ends_the_use_of_a_model_on_its_page_and_on_the_approval(what, change):
    given = deepcopy(evidence())
    signed = {"use_level": "prioritisation", "recipients": ["police"], "signed_on": "2024-11-01", "until": "2027-05-01"}
    given["sign_offs"] = given["sign_offs"] | {"ethics_chair": signed}
    change(given, "2025-02-01")
    said = f"At the latest on 1 February 2025, with the end of {what}."
    assert said in text_of("approval", given)
    assert "not to be used from 1 February 2025" in text_of("card", given), "at the head of every document"
    page = section(given, "approval")
    assert said in page
    assert page.index("1 February 2025") < page.index("30 November 2027" if what != "the model card" else "1 May 2027")


def test_all_that_ends_on_the_first_day_is_named():
    given = evidence()
    for agreement in given["agreements"]:
        agreement["until"] = "2026-04-01"
    assert (
        "At the latest on 1 April 2026, with the end of the agreement “Records of housing”, the agreement “Records of "
        "police” and the agreement “Records of urgent_care”." in text_of("approval", given)
    )


def test_the_summary_can_be_read_at_the_age_of_twelve(laid_out):
    # US school grade 7 is the age of twelve; what is quoted of statements and outcomes has its own test
    own = laid_out["summary"][0].split("## What is it?")[1]
    assert grade(own) < 8
    assert len(own.split()) < 800


def test_how_many_it_is_about_is_told_for_each_list():
    # 6,000 rows of the test at two dates
    assert "In the test that was about 3,000 residents at each date." in text_of("summary", evidence())
    given = evidence()
    given["outcome"] = given["outcome"] | {"trigger": {"agency": "police"}}
    assert "In the test that was about 3,000 residents each month." in text_of("summary", given)


def test_without_a_group_that_can_be_judged_nothing_is_called_fair():
    given = evidence()
    for records in given["audit"]["gaps"].values():
        for record in records:
            record["county"] = dict.fromkeys(("fnr_gap", "ppv_ratio", "o_e"), NOTHING)
    for name in ("summary", "equality", "atrs"):
        assert "Nobody can tell: too few had the outcome to judge even one group." in text_of(name, given)


def test_what_the_documents_need_beside_the_card_is_what_is_drawn():
    assert {need.split(".")[0] for _, _, need in NEEDS} <= {*evidence()}
    assert {*governed(evidence())} <= {*evidence()}


def test_each_risk_has_its_size_before_and_after_and_a_high_one_that_is_left_goes_to_the_commissioner(laid_out):
    rows = rows_of(laid_out["dpia"][0], "Risks, and what is done about them")
    assert rows["Data"] == ["Something of data goes wrong.", "High", "Medium", "Somebody looks after data.", "Low"]
    assert "The writer judged none of the risks that are left to be high" in laid_out["dpia"][0]
    assert "The data protection officer has to confirm that" in laid_out["dpia"][0]
    assert "It has to be judged again, because 2 gates failed." in laid_out["dpia"][0]
    assert "**Advice of the data protection officer:** Not sought" in laid_out["dpia"][0]
    given = evidence()
    first, *others = given["statements"]["risks"]
    given["statements"] = given["statements"] | {"risks": [first | {"residual": "high"}, *others]}
    assert "judged the risk that is left to be high in data: the Information Commissioner must" in text_of(
        "dpia", given
    )
