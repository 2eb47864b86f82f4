"""What a model was offered and does not use is told as that; and whether its sources were shown to be needed."""

import pytest

from models import offered
from models.documents import atrs
from tests.evidence import evidence
from tests.site_evidence import f
from tests.written import section, text_of


def resting_on(*names: str) -> dict:
    """The evidence of a model that uses these columns alone."""
    given = evidence()
    columns = given["importance"]["columns"]
    used = columns.assign(share=columns["share"].where(columns["name"].isin(names), 0.0))
    return given | {"importance": given["importance"] | {"columns": used}}


def lost(**of) -> dict:
    agencies = [{"agency": name, "columns": 2, "auc_without": f(0.7), "lost": of} for name, of in of.items()]
    return evidence() | {"agencies": evidence()["agencies"] | {"agencies": agencies}}


def test_a_protected_attribute_that_moves_no_score_is_offered_and_not_used():
    given, said = resting_on("ae_365d", "ae_last"), "Offered but not used: age. It moved no score that was looked at."
    assert offered.protected(evidence()) == (["age"], [])
    assert offered.protected(given) == ([], ["age"])
    for name in ("card", "summary", "atrs"):
        assert said in text_of(name, given)
        assert said not in text_of(name, evidence())
    assert "Protected attributes are not used, but to check" in text_of("card", given)
    [told] = [field["value"] for field in atrs.record(given)["fields"] if field["name"] == "Model input"]
    assert "8 columns of what was known at the date, of which 2 move the scores." in told
    assert "Protected attributes among those: none." in told


def test_an_attribute_without_a_column_was_not_offered():
    given = evidence()
    assert offered.protected(given | {"protected_inputs": {"age": "why", "sex": "why"}}) == (["age"], [])


def test_records_that_move_no_score_are_said_not_to_be_used():
    given = resting_on("ae_365d", "age")
    said = "The scores rest on the records of A&E and ambulance. Those of housing and the police were offered but are"
    for told in (text_of("summary", given), text_of("card", given), section(given, "data")):
        assert said in told
    nobody = "No agency's records move the scores. Those of housing, the police and A&E and ambulance were offered"
    assert nobody in text_of("summary", resting_on("age"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"police": f(0.02, 0.01), "fire": f(0.0, 0.01)}, "1 of its 2 sources of records was not shown to be needed."),
        (
            {"police": f(-0.02, 0.01), "fire": f(0.0)},
            "None of its sources of records, 2 in all, was shown to be needed.",
        ),
        ({"police": f(0.02, 0.01), "fire": None}, "The records of every source that could be judged were shown to be"),
        ({"police": f(0.0, 0.01), "fire": None}, "1 of its 2 sources of records was not shown to be needed."),
        ({"police": f(0.0, 0.01), "home": f(0.0, 0.01)}, "Its only source of records was not shown to be needed."),
        ({"police": f(None), "home": f(0.02, 0.01)}, "Whether the records of any source are needed cannot be told."),
    ],
)
def test_whether_sources_were_shown_to_be_needed_comes_first(given, said):
    given = lost(**given)
    assert section(given, "data").split("agreement? ")[1].startswith(said)
    for name in ("card", "summary"):
        assert said in text_of(name, given)


def test_where_it_is_better_without_that_is_said_and_nothing_is_less_than_nought():
    given = lost(police=f(-0.02, 0.01), fire=f(-0.00004, 0.001))
    assert "It ranks better without the records of the police. Without the records of all" in section(given, "data")
    assert "0.000 (-0.001 to 0.001)" in section(given, "data")
    assert "-0.000" not in section(given, "data")
    assert "It ranks better" not in section(evidence(), "data")


@pytest.mark.parametrize(
    ("every", "said"),
    [
        (f(0.14, 0.03), "of all agencies at once it ranks worse: its AUC is 0.140 (0.110–0.170) lower."),
        (f(0.01, 0.03), "of all agencies at once it was not shown to rank worse."),
        (None, "sources tell some of the same. The scores rest on"),
    ],
)
def test_what_all_agencies_records_buy_together_is_told_beside_it(every, said):
    given = evidence()
    given["agencies"] = given["agencies"] | {"every": given["agencies"]["every"] | {"lost": every}}
    assert said in section(given, "data")


def test_a_rule_that_cannot_be_made_without_a_source_is_said_to_need_it():
    given = lost(police=None)
    [of] = given["agencies"]["agencies"]
    of["auc_without"] = None
    assert "cannot be made without" in section(given, "data")


def test_of_a_model_that_rests_on_the_linked_record_alone_no_agency_is_said_to_be_unused():
    given = evidence()
    given["agreements"] = [of | {"agency": "single_view"} for of in given["agreements"]]
    assert offered.from_whom(given) == "No agency's records move the scores."
