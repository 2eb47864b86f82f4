"""The county's catalogue and that of the Open University are whole, reasoned and covered by agreements."""

import re
from collections import Counter
from pathlib import Path

import pytest

from features.agreements import load_agreements, needs
from features.load import load_catalogue, of_outcome
from features.outcomes import Reaches

ROOT = Path(__file__).parents[2]
COUNTY = load_catalogue(ROOT / "features/catalogue")
STUDENTS = load_catalogue(ROOT / "tests/oulad/catalogue.py")
THEMES = {
    "domestic abuse",
    "crime and ASB",
    "children's services",
    "education",
    "adult social care",
    "health",
    "substance misuse and mental health",
    "contact with services",
    "person",
    "home and household",
    "housing",
    "money",
    "fire",
    "neighbourhood",
}
both = pytest.mark.parametrize("catalogue", [COUNTY, STUDENTS], ids=["county", "students"])


def test_there_are_enough_columns_of_every_grain():
    grains = Counter(column.feature.grain for column in COUNTY.columns)
    assert sum(grains.values()) >= 120
    assert min(grains["resident"], grains["household"]) >= 40
    assert min(grains["property"], grains["area"]) >= 8
    assert len(STUDENTS.columns) >= 20


def test_every_feature_has_a_theme_of_the_list():
    assert {feature.theme for feature in COUNTY.features} == THEMES


@both
def test_a_reason_is_a_clause_that_reads_on_after_the_name(catalogue):
    for feature in catalogue.features:
        assert len(feature.why.split()) >= 6, feature.name
        assert not feature.why.endswith("."), feature.name


@both
def test_every_kind_is_used_by_a_feature_or_an_outcome(catalogue):
    used = {(need.agency, need.kind) for feature in catalogue.features for need in needs(feature, catalogue.kinds)}
    for outcome in catalogue.outcomes:
        used |= {(kind.agency, kind.kind) for kind in of_outcome(outcome, catalogue.kinds)}
    unused = {kind.kind for kind in catalogue.kinds} - {kind for _, kind in used}
    # Listed so that they are not reported as unknown: no course date or result is known 60 days after the start.
    assert unused <= {"presentation_start", "result_pass", "result_distinction", "submission_exam"}


def test_what_stands_for_a_protected_characteristic_is_marked():
    protected = {feature.name: feature.protected for feature in COUNTY.features if feature.protected}
    assert protected == {"age": "age", "sex": "sex", "school_send_plan": "disability", "household_over_65s": "age"}
    assert {feature.protected for feature in STUDENTS.features} == {None, "imd_band", "age_band", "disability", "sex"}


def test_nothing_recorded_is_no_event_for_counts_and_unknown_for_times():
    for feature in COUNTY.features:
        op, area = feature.measure.op, feature.grain == "area"
        if area or op in ("days_since_last", "days_open", "recent_to_long", "largest"):
            assert feature.none is None, feature.name
        elif op in ("count", "total", "open_now", "distinct_agencies"):
            assert feature.none == 0, feature.name


def test_outcomes_say_what_a_flag_is_worth_to_the_person():
    for outcome in COUNTY.outcomes:
        assert outcome.use_level == "prioritisation"
        for text in (outcome.purpose, outcome.correct_flag, outcome.wrong_flag, outcome.label_story):
            assert text.endswith(".")
            assert not re.search(r"  |_", text)


def test_complex_dependency_counts_three_of_eleven_kinds_over_the_household():
    outcome = COUNTY.outcome("complex_dependency")
    assert isinstance(outcome.rule, Reaches)
    assert (outcome.rule.at_least, len(outcome.rule.contacts), outcome.rule.scope) == (3, 11, "household")
    assert (outcome.among.ages, outcome.among.not_already_days) == ((16, None), 365)


def test_escalation_tops_are_the_tops_of_the_ladders():
    tops = {kind.ladder: kind.tiers[-1][0] for kind in COUNTY.kinds if kind.ladder}
    ladders = dict(COUNTY.outcome("escalation").rule.ladders)
    assert ladders == {ladder: tops[ladder] for ladder in ladders}


@pytest.mark.parametrize(
    ("catalogue", "file"), [(COUNTY, "data/agreements.yaml"), (STUDENTS, "tests/oulad/agreements.yaml")]
)
def test_agreements_list_the_kinds_of_the_catalogue_and_no_others(catalogue, file):
    listed = Counter((agreement.agency, kind) for agreement in load_agreements(ROOT / file) for kind in agreement.kinds)
    recorded = {(kind.agency, kind.kind) for kind in catalogue.kinds}
    assert max(listed.values()) == 1
    assert {pair for pair in listed if pair[0] != "single_view"} == recorded
