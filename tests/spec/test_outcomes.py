"""Who is in a cohort at 1 June 2024, and when an outcome of 1 January 2024 came true over the year's first 90 days."""

import pytest

from features.outcomes import Among, Occurs, Reaches, Rises, StaysOpen
from features.specs import events
from tests.engines import on_every_engine
from tests.property.drawn import outcome
from tests.spec.asked import label, members_of_cohort

ARREST = Occurs((events("police", "arrest"),))
CARE = Rises((("care", 3), ("housing", 3)))
THREE = (("crime", (events("police"),)), ("care", (events("care"),)), ("housing", (events("housing"),)))


@on_every_engine
def test_the_cohort_is_who_is_known_alive_and_here(name):
    """Cat is born, Dan and Eve's death recorded, on the day. Flo's death was before. Gus left; Hal is nowhere."""
    assert members_of_cohort(
        name,
        outcome(ARREST),
        residents="""
        resident_id | born_on    | died_on    | death_recorded_on
        ann         | 1980-01-01 |            |
        bob         | null       |            |
        cat         | 2024-06-01 |            |
        dan         | 1980-01-01 |            |
        eve         | 1940-01-01 | 2024-05-20 | 2024-06-01
        flo         | 1940-01-01 | 2024-05-20 | 2024-05-31
        gus         | 1980-01-01 |            |
        hal         | 1980-01-01 |            |
    """,
        residencies="""
        resident_id | started_on | recorded_on | ended_on   | end_recorded_on
        ann         |            |             |            |
        bob         |            |             |            |
        cat         | 2024-05-01 |             |            |
        dan         | 2024-05-01 | 2024-06-01  |            |
        eve         |            |             |            |
        flo         |            |             |            |
        gus         |            |             | 2024-05-01 | 2024-05-31
    """,
    ) == {
        "ann": "in",
        "bob": "in",
        "cat": "known",
        "dan": "known",
        "eve": "in",
        "flo": "alive",
        "gus": "here",
        "hal": "known",
    }


@on_every_engine
def test_without_residencies_everybody_lives_here(name):
    assert members_of_cohort(name, outcome(ARREST), residents="resident_id\nann\nbob") == {"ann": "in", "bob": "in"}


@on_every_engine
def test_ages_are_from_and_below_and_an_unknown_one_is_not_eligible(name):
    assert members_of_cohort(
        name,
        outcome(ARREST, Among(ages=(16, 18))),
        residents="""
        resident_id | born_on
        ann         | 2008-06-01
        bob         | 2008-06-02
        cat         | 2006-06-02
        dan         | 2006-06-01
        eve         | null
    """,
    ) == {"ann": "in", "bob": "age", "cat": "in", "dan": "age", "eve": "age"}


@on_every_engine
def test_not_already_looks_back_over_what_was_known(name):
    """Within the 30 days before 1 June, 2 May is the first. Dan's was recorded on the day, Eve's withdrawn before."""
    assert members_of_cohort(
        name,
        outcome(ARREST, Among(not_already_days=30)),
        events="""
        unit_id | occurred_on | recorded_on | withdrawn_on
        ann     | 2024-05-01  |             |
        bob     | 2024-05-02  |             |
        cat     | 2024-06-01  | 2024-05-20  |
        dan     | 2024-05-20  | 2024-06-01  |
        eve     | 2024-05-20  |             | 2024-05-31
        flo     | 2024-05-20  |             | 2024-06-01
    """,
    ) == {"ann": "in", "bob": "not_already", "cat": "in", "dan": "in", "eve": "in", "flo": "not_already"}


@on_every_engine
def test_involved_is_an_open_spell_below_the_top_as_far_as_is_known(name):
    """Dan is at the top, Eve's spell over, Flo's contact no spell; Gus's household is owed a duty; Hal is both."""
    assert members_of_cohort(
        name,
        outcome(CARE, Among(involved=True)),
        residencies="""
        resident_id | household_id
        ann         | h1
        dan         | h2
        eve         | h3
        flo         | h4
        gus         | h5
        hal         | h6
    """,
        events="""
        unit      | unit_id | agency  | kind    | ladder  | tier | ended_on   | end_recorded_on
        resident  | ann     | care    | plan    | care    | 2    | 2024-05-01 | 2024-06-01
        resident  | dan     | care    | plan    | care    | 3    |            |
        resident  | dan     | care    | plan    | care    | 1    |            |
        resident  | eve     | care    | plan    | care    | 1    | 2024-05-01 | 2024-05-31
        resident  | flo     | care    | contact | care    | 1    |            |
        household | h5      | housing | duty    | housing | 1    |            |
        resident  | hal     | care    | plan    | care    | 3    |            |
        household | h6      | housing | duty    | housing | 1    |            |
    """,
    ) == {"ann": "in", "dan": "involved", "eve": "involved", "flo": "involved", "gus": "in", "hal": "in"}


def arrested(occurred_on: str, recorded_on: str = "", who: str = "ann") -> str:
    return f"unit_id | occurred_on | recorded_on\n{who} | {occurred_on} | {recorded_on}"


@on_every_engine
@pytest.mark.parametrize(
    ("occurred_on", "recorded_on", "expected"),
    [
        ("2023-12-31", "", (False, "no event")),
        ("2024-01-01", "", (True, "event")),
        ("2024-03-30", "", (True, "event")),
        ("2024-03-31", "", (False, "no event")),
        ("2024-03-30", "2024-05-29", (True, "event")),
        ("2024-03-30", "2024-05-30", (False, "no event")),
    ],
)
def test_an_event_of_the_window_recorded_within_the_allowance(name, occurred_on, recorded_on, expected):
    """90 days from 1 January end before 31 March; with 60 days' allowance the outcome is settled on 30 May."""
    assert label(name, outcome(ARREST, horizon_days=90), events=arrested(occurred_on, recorded_on)) == expected


@on_every_engine
def test_a_gap_moves_the_window(name):
    later = outcome(ARREST, horizon_days=90, gap_days=10)
    assert label(name, later, events=arrested("2024-01-10")) == (False, "no event")
    assert label(name, later, events=arrested("2024-01-11")) == (True, "event")


@on_every_engine
@pytest.mark.parametrize(
    ("extract_on", "expected"),
    [
        ("2024-05-29", (None, "immature")),
        ("2024-05-30", (True, "event")),
    ],
)
def test_a_label_is_mature_when_settled_by_the_extraction(name, extract_on, expected):
    view = {"about": {"extract_on": extract_on}, "events": arrested("2024-02-01")}
    assert label(name, outcome(ARREST, horizon_days=90), **view) == expected


@on_every_engine
@pytest.mark.parametrize(
    ("died_on", "death_recorded_on", "event_on", "expected"),
    [
        ("2024-02-01", "2024-02-05", "2023-01-01", (False, "died")),
        ("2024-02-01", "2024-02-05", "2024-02-01", (True, "event")),
        ("2024-02-01", "2024-02-05", "2024-02-02", (False, "died")),
        ("2024-02-01", "2024-05-30", "2024-02-02", (True, "event")),
        ("2024-04-15", "2024-04-20", "2023-01-01", (False, "no event")),
    ],
)
def test_death_competes(name, died_on, death_recorded_on, event_on, expected):
    """An event up to the day of death counts. A death after the window, or recorded once settled, changes nothing."""
    assert (
        label(
            name,
            outcome(Occurs((events("police"),), scope="household"), horizon_days=90),
            residents=f"""
        resident_id | died_on   | death_recorded_on
        ann         | {died_on} | {death_recorded_on}
        bob         |           |
    """,
            residencies="resident_id\nann\nbob",
            events=arrested(event_on, who="bob"),
        )
        == expected
    )


@on_every_engine
@pytest.mark.parametrize(
    ("ended_on", "end_recorded_on", "expected"),
    [
        ("2024-02-01", "2024-02-05", (None, "left")),
        ("2024-02-01", "2024-05-30", (False, "no event")),
        ("2024-03-30", "2024-04-01", (None, "left")),
        ("2024-03-31", "2024-04-01", (False, "no event")),
    ],
)
def test_leaving_without_an_event_is_censored(name, ended_on, end_recorded_on, expected):
    residencies = f"resident_id | ended_on | end_recorded_on\nann | {ended_on} | {end_recorded_on}"
    asked = outcome(ARREST, horizon_days=90)
    assert label(name, asked, residencies=residencies) == expected
    assert label(name, asked, residencies=residencies, events=arrested("2024-01-31")) == (True, "event")
    back = residencies + "\nann | |"
    assert label(name, asked, residencies=back) == (False, "no event")


@on_every_engine
@pytest.mark.parametrize(("event_on", "expected"), [("2024-01-31", (True, "event")), ("2024-02-01", (None, "left"))])
@pytest.mark.parametrize("who", ["ann", "bob"])
def test_nothing_counts_after_a_resident_has_left(name, who, event_on, expected):
    """Ann leaves the county on 1 February; Bob, with whom she lived at the as-of date, stays."""
    asked = outcome(Occurs((events("police", "arrest"),), scope="household"), horizon_days=90)
    residencies = "resident_id | ended_on\nann | 2024-02-01\nbob |"
    assert label(name, asked, residencies=residencies, events=arrested(event_on, who=who)) == expected


@on_every_engine
@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("resident", (False, "no event")),
        ("home", (False, "no event")),
        ("household", (True, "event")),
    ],
)
def test_a_rule_reaches_different_kinds_within_its_scope(name, scope, expected):
    """Ann has two arrests; her household a duty; Bob, who lived there on 1 January and moved out later, a contact."""
    assert (
        label(
            name,
            outcome(Reaches(3, THREE, scope), horizon_days=90),
            residencies="""
        resident_id | household_id | started_on | ended_on
        ann         | h1           |            |
        bob         | h1           |            | 2024-02-01
        bob         | h2           | 2024-02-01 |
        cat         | h1           | 2024-02-01 |
    """,
            events="""
        unit      | unit_id | agency  | kind    | occurred_on
        resident  | ann     | police  | arrest  | 2024-02-01
        resident  | ann     | police  | arrest  | 2024-02-02
        household | h1      | housing | duty    | 2024-02-01
        resident  | bob     | care    | contact | 2024-02-20
    """,
        )
        == expected
    )


@on_every_engine
@pytest.mark.parametrize(
    ("ladder", "tier", "expected"),
    [
        ("care", 2, (True, "event")),
        ("care", 1, (False, "no event")),
        ("housing", 3, (False, "no event")),
    ],
)
def test_a_tier_rises_above_the_highest_open_on_its_own_ladder(name, ladder, tier, expected):
    """At 1 January a plan of tier 1 is open (and one of tier 0); one of tier 3 was over; nothing is open on housing."""
    assert (
        label(
            name,
            outcome(CARE, Among(involved=True), horizon_days=90),
            events=f"""
        unit_id | agency | kind    | ladder   | tier   | occurred_on | ended_on
        ann     | care   | plan    | care     | 1      | 2023-06-01  |
        ann     | care   | plan    | care     | 0      | 2023-07-01  |
        ann     | care   | plan    | care     | 3      | 2023-01-01  | 2023-02-01
        ann     | care   | contact | {ladder} | {tier} | 2024-02-01  |
    """,
        )
        == expected
    )


STAY = outcome(StaysOpen(events("care", "plan")), horizon_days=85, gap_days=5)


def plan(*cells: str, who: str = "ann") -> str:
    """One plan: from when, until when, when the end and the plan were recorded, when the plan was withdrawn."""
    names = "occurred_on | ended_on | end_recorded_on | recorded_on | withdrawn_on"
    cells = " | ".join([*cells, "", "", "", ""][:5])
    return f"unit_id | agency | kind | {names}\n{who} | care | plan | {cells}"


@on_every_engine
@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("2023-12-31",), (True, "event")),
        (("2024-01-01",), (False, "no event")),
        (("2023-12-31", "2024-03-31"), (False, "no event")),
        (("2023-12-31", "2024-04-01"), (True, "event")),
        (("2023-12-31", "2023-12-31"), (False, "no event")),
        (("2023-12-31", "2024-03-01", "2024-05-29"), (False, "no event")),
        (("2023-12-31", "2024-03-01", "2024-05-30"), (True, "event")),
        (("2023-12-31", "", "", "2024-05-29"), (True, "event")),
        (("2023-12-31", "", "", "2024-05-30"), (False, "no event")),
        (("2023-12-31", "", "", "", "2024-05-29"), (False, "no event")),
        (("2023-12-31", "", "", "", "2024-05-30"), (True, "event")),
    ],
)
def test_a_spell_stays_open_from_before_the_date_to_the_end_as_known_when_settled(name, cells, expected):
    """Of 1 January: 90 days end before 31 March, and with 60 days' allowance the outcome is settled on 30 May."""
    assert label(name, STAY, events=plan(*cells)) == expected


@on_every_engine
def test_what_stays_open_is_the_spell_selected_of_whom_the_scope_reaches(name):
    """Ann has an arrest, which lasts no time, and lives with Bob, whose plan is his."""
    view = {
        "residencies": "resident_id\nann\nbob",
        "events": plan("2023-12-01", who="bob") + "\nann | police | arrest | 2023-12-01 | | | |",
    }
    assert label(name, STAY, **view) == (False, "no event")
    assert label(name, outcome(StaysOpen(events()), horizon_days=90), **view) == (False, "no event")
    of_household = outcome(StaysOpen(events("care", "plan"), scope="household"), horizon_days=90)
    assert label(name, of_household, **view) == (True, "event")


@on_every_engine
@pytest.mark.parametrize(
    ("died_on", "left_on", "expected"),
    [
        ("2024-03-30", "", (False, "died")),
        ("2024-03-31", "", (True, "event")),
        ("", "2024-03-30", (None, "left")),
        ("", "2024-03-31", (True, "event")),
        ("2024-03-30", "2024-03-30", (False, "died")),
    ],
)
def test_no_spell_stays_open_of_who_died_or_left_whatever_the_records_still_say(name, died_on, left_on, expected):
    assert (
        label(
            name,
            STAY,
            residents=f"resident_id | died_on\nann | {died_on}",
            residencies=f"resident_id | ended_on\nann | {left_on}",
            events=plan("2023-12-01"),
        )
        == expected
    )
