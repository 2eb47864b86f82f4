"""Every column and outcome is said in plain English, and no two columns in the same words."""

from pathlib import Path

import pytest

from features.load import Catalogue, load_catalogue
from features.outcomes import Among, Occurs, Outcome, StaysOpen
from features.sentences import period, rule_sentence, sentence
from features.specs import Feature, Kind, attribute, count, distinct_days, events, highest_tier, largest, members

ROOT = Path(__file__).parents[2]
COUNTY = load_catalogue(ROOT / "features/catalogue")
STUDENTS = load_catalogue(ROOT / "tests/oulad/catalogue.py")
OF_COUNTY = {column.name: sentence(column, COUNTY) for column in COUNTY.columns}
OF_STUDENTS = {column.name: sentence(column, STUDENTS) for column in STUDENTS.columns}


@pytest.mark.parametrize("said", [OF_COUNTY, OF_STUDENTS], ids=["county", "students"])
def test_each_column_has_a_sentence_of_its_own(said):
    assert len(set(said.values())) == len(said)
    for text in said.values():
        assert text[0].isupper()
        assert "  " not in text
        assert "_" not in text
        assert " ," not in text
        assert not text.endswith(".")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("police_da_victim_90d", "Domestic abuse incidents as victim, recorded by the police, in the last 90 days"),
        ("police_da_victim_365d", "Domestic abuse incidents as victim, recorded by the police, in the last year"),
        ("police_arrest_since", "Days since the last arrest, recorded by the police"),
        (
            "children_open_tier",
            "Highest tier of any open spell, from universal (0) to looked after (5), recorded by children's services",
        ),
        (
            "children_statutory_1095d",
            "Records on the ladder from universal (0) to looked after (5) at tier 3 (child in "
            "need) or above, recorded by children's services, in the last 3 years",
        ),
        ("hospital_now", "Open emergency hospital stays and planned hospital stays, recorded by the acute hospital"),
        ("ae_days_365d", "Days with an A&E attendance, recorded by A&E and ambulance services, in the last year"),
        (
            "ae_speed",
            "A&E attendances, recorded by A&E and ambulance services: how often in the last 90 days compared "
            "with the last 3 years (above 1 means more often of late)",
        ),
        ("all_agencies_90d", "Different agencies with a record of any kind, in the last 90 days"),
        ("age", "Age in completed years"),
        ("moves_365d", "Changes of home in the last year"),
        ("household_size", "People in the household, the resident included"),
        ("household_under_5s", "People under 5 in the household, the resident included"),
        ("household_school_age", "People aged 5 to 17 in the household, the resident included"),
        ("household_over_65s", "People aged 65 or over in the household, the resident included"),
        (
            "household_da_victim_365d",
            "Domestic abuse incidents with another member of the household as victim, "
            "recorded by the police, in the last year",
        ),
        (
            "household_arrests_1095d",
            "Arrests among the other members of the household, recorded by the police, in the last 3 years",
        ),
        (
            "household_records_90d",
            "Records of any kind among the other members of the household or about it, "
            "from any agency, in the last 90 days",
        ),
        (
            "rent_arrears_amount_365d",
            "Total amount (in pence) of rent arrears notices of the household, recorded by "
            "housing services, in the last year",
        ),
        (
            "council_tax_support_days",
            "Days since the start of the longest open spell of council tax support of the "
            "household, recorded by council tax and benefits services",
        ),
        ("dwelling_flat", "Type of dwelling: flat (1 if so, 0 if not)"),
        (
            "fire_dwelling_1095d",
            "Accidental dwelling fires at the property, recorded by the fire and rescue service, in the last 3 years",
        ),
        (
            "area_ae_attendances_365d",
            "A&E attendances per 1,000 residents of the neighbourhood, recorded by A&E and "
            "ambulance services, in the last year",
        ),
    ],
)
def test_sentences_of_the_county(name, text):
    assert OF_COUNTY[name] == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "tutor_marked_best_60d",
            "Largest number of marks of any tutor-marked assignment, recorded by the assessment "
            "office, in the last 60 days",
        ),
        (
            "work_good_60d",
            "Tutor-marked assignments and computer-marked assignments of at least 70 marks, recorded by "
            "the assessment office, in the last 60 days",
        ),
        (
            "highest_education",
            "Highest education on entry, from No Formal quals (0) to Post Graduate Qualification (4)",
        ),
        ("previous_attempts", "Earlier attempts at the course"),
        ("module_aaa", "Course: AAA (1 if so, 0 if not)"),
    ],
)
def test_sentences_of_another_single_view(name, text):
    assert OF_STUDENTS[name] == text


TIERS = ((1, "low"), (2, "high"))
DRAWN = Catalogue(
    (
        Kind("town", "fine", "fine", amount="pence", ladder="fines", tiers=TIERS),
        Kind("town", "entry", "entry", plural="entries"),
        Kind("town", "notice", "notice", unit="property"),
        Kind("town", "stay", "stay", spell=True),
    ),
    (),
)


@pytest.mark.parametrize(
    ("measure", "given", "text"),
    [
        (count(events("town", "entry")), {"days": (1,)}, "Entries, recorded by town, in the last day"),
        (count(events("town")), {"days": (730,)}, "Records of any kind, recorded by town, in the last 2 years"),
        (
            distinct_days(events("town", "fine", "entry")),
            {"days": (90,)},
            "Days with a fine or entry, recorded by town, in the last 90 days",
        ),
        (
            largest(events("town", "fine")),
            {"days": (90,)},
            "Largest amount (in pence) of any fine, recorded by town, in the last 90 days",
        ),
        (
            highest_tier(events("town", "fine")),
            {"days": (90,)},
            "Highest tier of any fine, from low (1) to high (2), recorded by town, in the last 90 days",
        ),
        (
            count(events("town", "notice")),
            {"days": (90,), "grain": "property"},
            "Notices at the property, recorded by town, in the last 90 days",
        ),
        (members((None, 18)), {"grain": "household"}, "People under 18 in the household, the resident included"),
        (attribute("floor_area"), {"grain": "property", "static": "walls stand"}, "Floor area"),
    ],
)
def test_numbers_and_names_agree(measure, given, text):
    drawn = Feature("example", measure, none=None, why="it is an example", **given)
    assert sentence(drawn.columns[0], DRAWN) == text


def test_windows_in_words():
    assert [period(days) for days in (1, 7, 365, 366, 730)] == [
        "the last day",
        "the last 7 days",
        "the last year",
        "the last 366 days",
        "the last 2 years",
    ]


def test_rules_of_the_county():
    said = rule_sentence(COUNTY.outcome("complex_dependency"), COUNTY)
    assert said.startswith(
        "Comes true if, in the year that begins 30 days after the as-of date, records of the resident, of the other "
        "members of their household and of the household itself show at least 3 of 11 kinds of disadvantage: domestic "
        "abuse, offending, "
    )
    assert said.endswith(
        "Among residents aged 16 or over who are known, alive and living in the area, for whom it was "
        "not already so in the last year."
    )
    assert rule_sentence(COUNTY.outcome("escalation"), COUNTY) == (
        "Comes true if, in the 180 days from the as-of date, records of the resident and of their household itself "
        "show a higher tier than the highest one open at the as-of date on the same ladder, where the ladders are from "
        "universal (0) to looked after (5); from contact (0) to residential care (3); from prevention duty (1) to "
        "temporary accommodation (4); from referral (0) to detention (3). Among residents who are known, alive and "
        "living in the area, with a spell open on one of the ladders, below its top tier."
    )


def test_knobs_turn_the_rule_sentence_too():
    turned = COUNTY.outcome("complex_dependency").turned(horizon_days=180, gap_days=1, at_least=4)
    assert rule_sentence(turned, COUNTY).startswith("Comes true if, in the 180 days that begin 1 day after")
    assert "at least 4 of 11" in rule_sentence(turned, COUNTY)


TEXTS = dict.fromkeys(("title", "purpose", "correct_flag", "wrong_flag", "label_story"), "an example")


def test_rule_that_an_event_occurs():
    fined = Outcome(
        name="fined",
        rule=Occurs((events("town", "fine", "entry"),)),
        among=Among(ages=(None, 18)),
        horizon_days=730,
        use_level="planning",
        **TEXTS,
    )
    assert rule_sentence(fined, DRAWN) == (
        "Comes true if, in the 2 years from the as-of date, records of the resident show at least one fine or entry "
        "recorded by town. Among residents under 18 who are known, alive and living in the area."
    )


def test_rule_about_a_property():
    noticed = Outcome(
        name="noticed",
        unit="property",
        rule=Occurs((events("town", "notice"),), scope="property"),
        horizon_days=365,
        use_level="planning",
        **TEXTS,
    )
    assert rule_sentence(noticed, DRAWN) == (
        "Comes true if, in the year from the as-of date, records of the property show at least one notice recorded by "
        "town. Among dwellings that are known and lived in."
    )


def test_rule_that_a_spell_stays_open_after_a_trigger():
    stays = Outcome(
        name="stays",
        rule=StaysOpen(events("town", "stay")),
        trigger=events("town", "entry"),
        horizon_days=14,
        use_level="planning",
        **TEXTS,
    )
    assert rule_sentence(stays, DRAWN) == (
        "Comes true if, 14 days after the as-of date, records of the resident still show an open stay recorded by town "
        "that began before it. Among residents who are known, alive and living in the area, asked about on the day "
        "after an entry recorded by town became known."
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("household_size", "People in the household"),
        (
            "household_da_victim_365d",
            "Domestic abuse incidents with a person of the household as victim, recorded by the police, in the last "
            "year",
        ),
        (
            "household_records_90d",
            "Records of any kind among the people of the household or about it, from any agency, in the last 90 days",
        ),
    ],
)
def test_of_a_property_everybody_in_the_household_counts(name, text):
    [column] = [column for column in COUNTY.columns if column.name == name]
    assert sentence(column, COUNTY, "property") == text
