"""What the documents must not claim: that a list knows no more than it would in use, that the test knows nobody whom
training knew, that a rule is what is done today, that objecting costs care."""

import re

import pytest

from models import pages
from models.card_results import UNSEEN
from models.site_overview import overview
from models.wording import OBJECTING
from tests.evidence import COLUMNS, evidence
from tests.site_evidence import AGREEMENTS, seen
from tests.written import section, text_of

AS_IF_SEEN = "Each list is chosen as if all of a month's cases had been seen before choosing."
RULE = next(column["sentence"] for column in COLUMNS if column["name"] == evidence()["rule"])


def monthly() -> dict:
    given = evidence()
    given["outcome"] = given["outcome"] | {"trigger": {"agency": "police"}}
    days = [f"{year}-{month:02d}-{day:02d}" for year in (2023, 2024) for month in range(1, 13) for day in (3, 17)]
    given["periods"] = given["periods"] | {"test": given["periods"]["test"] | {"dates": days}}
    return given


def unseen(o_e: dict, n: int = 1000) -> dict:
    """The evidence where so many of 6,000 rows are of those whom training did not know."""
    given = evidence()
    rest = given["candidates"]["lightgbm"] | {"n": n, "auc": {"value": 0.82, "low": 0.76, "high": 0.88}, "o_e": o_e}
    return given | {"sensitivity": {UNSEEN: rest}}


def test_a_month_of_cases_is_not_seen_at_once_and_every_figure_of_such_lists_says_so():
    given = monthly()
    card, *others = text_of("card", given), text_of("summary", given), text_of("atrs", given)
    in_one_minute, metrics = card.split("## Model details")[0], card.split("## Metrics")[1]
    for told in (in_one_minute, metrics, *others, section(given, "good"), section(given, "wrong")):
        assert AS_IF_SEEN in told
    for name in ("card", "summary", "atrs"):
        assert AS_IF_SEEN not in text_of(name, evidence())
    assert AS_IF_SEEN not in section(evidence(), "good")


def test_how_many_it_is_about_is_of_a_month_though_figures_are_told_by_year():
    # 6,000 rows of the test in 24 months
    assert "In the test that was about 250 residents each month." in text_of("summary", monthly())


def test_those_whom_training_knew_are_counted_and_the_others_judged_by_themselves():
    given = unseen({"value": 1.37, "low": 1.04, "high": 1.71})
    said = (
        "Of the 6,000 rows tested, 5,000 are of residents seen in training as well, themselves or their household, at "
        "earlier dates. For the other 1,000 the AUC is 0.82 (0.76–0.88), and observed over expected 1.37 (1.04–1.71): "
        "the scores promised them too little."
    )
    assert text_of("card", given).count(said) == 2
    assert said in section(given, "good")
    assert said in text_of("atrs", given)
    assert "It had learnt from 83 of 100 of them, or from their household, before." in text_of("summary", given)
    assert "For the others its numbers are too low." in text_of("summary", given)
    assert "none used in training" not in text_of("card", given)
    assert "Households are held out whole" not in text_of("evaluation", given)


@pytest.mark.parametrize(
    ("o_e", "said"),
    [
        ({"value": 0.6, "low": 0.5, "high": 0.8}, "0.60 (0.50–0.80): the scores promised them too much."),
        ({"value": 1.2, "low": 0.9, "high": 1.5}, "1.20 (0.90–1.50). "),
        ({"value": 1.2, "low": None, "high": None}, "1.20. "),
    ],
)
def test_only_what_is_beyond_chance_is_called_too_little_or_too_much(o_e, said):
    assert said in section(unseen(o_e), "good")


def test_of_few_whom_training_did_not_know_nothing_is_told():
    given = unseen({"value": 1.37, "low": 1.04, "high": 1.71}, n=5)
    given["sensitivity"][UNSEEN] |= {"by_date": [{"n": 5, "events": 2, "flagged": 1, "recall_at_capacity": 0.5}]}
    told = section(given, "good")
    assert "For the other * the AUC is too few to say, and observed over expected too few to say." in told
    assert "1.37" not in told
    assert "had learnt from" not in text_of("summary", given)
    assert "Too few of the others had the outcome to say how it does for them." in section(evidence(), "good")


def test_the_rule_is_stated_and_not_said_to_be_what_is_done_today():
    given = evidence()
    sorting = f"The simple rule, which staff could use without a model, is sorting by “{RULE}”."
    for told in (text_of("card", given), text_of("summary", given), section(given, "good")):
        assert sorting in told
        assert not re.search("today's rule|as is done today|sort by today", told)
    done = f"What is done today: {given['statements']['previous_process']} Whom that would list was not measured"
    assert done in section(given, "good")
    assert done in text_of("card", given)


def test_how_steady_a_list_is_comes_with_its_interval_the_refits_and_the_gate():
    given = evidence()
    steady = {"refits": 5, "recurs": {"value": 0.595, "low": 0.509, "high": 0.739}}
    given["stability"] = given["stability"] | steady
    gate = {"name": "stability", "state": "unevaluable", "rule": "At least 0.8 of those listed are listed again."}
    given["gates"] = given["gates"] | {"gates": [given["gates"]["gates"][0] | gate]}
    told = section(given, "steady")
    again = "Of those listed, 60 of 100 (95% interval 51 to 74 in 100) are listed again in at least 4 of the 5 refits"
    assert again in told
    assert again in text_of("card", given)
    assert "Only 5 refits were made: they show the way, and a decision wants 20." in told
    assert f"The gate on this could not be judged. It asks: {gate['rule']}" in told
    assert "about 60 are listed again in most refits" in told


def test_how_steady_a_list_is_stays_hidden_where_few_are_listed_again():
    given = evidence()
    listed = sum(day["flagged"] for day in given["candidates"]["lightgbm"]["by_date"])
    given["stability"] = given["stability"] | {"recurs": {"value": 4 / listed, "low": 0.0, "high": 0.1}}
    for told in (section(given, "steady"), text_of("card", given)):
        assert "Of those listed, too few to say are listed again" in told
        assert "are listed again in most refits" not in told


def test_what_objecting_means_is_said_where_residents_and_the_ethics_group_read():
    front = pages.page(overview({"complex_dependency": seen()}, AGREEMENTS))
    for told in (text_of("summary", evidence()), text_of("card", evidence()), section(evidence(), "contest"), front):
        assert OBJECTING in told


def test_the_summary_tells_once_what_failed_and_what_was_waived():
    given = evidence()
    gates = [dict(gate) for gate in given["gates"]["gates"]]
    gates[4]["waiver"] = gates[8]["waiver"]
    told = text_of("summary", given | {"gates": given["gates"] | {"gates": gates}}).split("## Was it checked?")[1]
    assert f"for 2 there is too little to go by. {given['approval']}" in told
    assert "- Not met, but waived: better than the rule." in told
    assert "Not met" not in text_of("summary", given)
    assert text_of("summary", given).count(given["approval"]) == 1


def test_a_rule_that_could_not_be_used_is_not_said_to_be_chosen():
    given = evidence()
    given["candidates"] = {name: of for name, of in given["candidates"].items() if name != "rule"}
    told = section(given, "good")
    assert "It could not be used on these records, so that nothing is compared with it." in told
    assert "It was chosen itself" not in told
