"""Where candidates come from (snapshots, triggers, a file), the flow, the groups, and why a row is rejected."""

from datetime import date

import pandas as pd
import pytest

from features import cohorts
from features.cohorts import File, Snapshots, Triggers
from features.errors import InputError
from features.groups import groups
from features.outcomes import Among, Occurs
from features.sources import open_view
from features.specs import events
from tests.builders import single_view
from tests.property.drawn import outcome
from tests.spec.asked import KINDS

ARREST = Occurs((events("police", "arrest"),))
T = date(2024, 6, 1)


def test_snapshots_take_everybody_at_each_date_and_count_each_exclusion(tmp_path):
    folder = single_view(
        tmp_path,
        residents="""
        resident_id | born_on    | died_on    | death_recorded_on
        ann         | 1980-01-01 |            |
        bob         | 1980-01-01 | 2024-02-01 | 2024-02-02
        cat         | 2020-01-01 |            |
        dan         | 1980-01-01 |            |
    """,
        residencies="""
        resident_id | household_id | started_on
        ann         | h1           |
        bob         | h1           |
        cat         | h1           |
        dan         | h2           | 2024-03-01
    """,
        events="unit_id | occurred_on\ndan | 2024-05-01",
    )
    asked = outcome(ARREST, Among(ages=(16, None), not_already_days=365))
    with open_view(folder) as view:
        cohort = cohorts.build(view, asked, Snapshots((date(2024, 1, 1), T)), KINDS)
    assert list(cohort.pairs.itertuples(index=False, name=None)) == [
        ("ann", date(2024, 1, 1), "h1", date(2024, 1, 1)),
        ("bob", date(2024, 1, 1), "h1", date(2024, 1, 1)),
        ("ann", T, "h1", T),
    ]
    assert [(row["listed_on"], row["step"], row["remaining"]) for row in cohort.flow] == [
        ("2024-01-01", "residents on record", 4),
        ("2024-01-01", "known at the date (born, first record)", 3),
        ("2024-01-01", "alive", 3),
        ("2024-01-01", "living in the county", 3),
        ("2024-01-01", "of eligible age", 2),
        ("2024-01-01", "not already so in the past 365 days", 2),
        ("2024-06-01", "residents on record", 4),
        ("2024-06-01", "known at the date (born, first record)", 4),
        ("2024-06-01", "alive", 3),
        ("2024-06-01", "living in the county", 3),
        ("2024-06-01", "of eligible age", 2),
        ("2024-06-01", "not already so in the past 365 days", 1),
    ]


def test_a_trigger_asks_the_day_after_its_record(tmp_path):
    """Two records of one day are one trigger; what is withdrawn later still was one; a household's duty is nobody's."""
    folder = single_view(
        tmp_path,
        events="""
        unit      | unit_id | agency  | kind   | occurred_on | recorded_on | withdrawn_on
        resident  | ann     | police  | arrest | 2024-05-01  | 2024-05-03  |
        resident  | ann     | police  | arrest | 2024-05-02  | 2024-05-03  |
        resident  | bob     | police  | arrest | 2024-05-01  | 2024-05-30  | 2024-06-15
        resident  | ann     | police  | arrest | 2024-05-20  | 2024-06-09  |
        resident  | cat     | police  | arrest | 2024-05-01  | 2024-06-29  |
        resident  | dan     | police  | arrest | 2024-04-29  | 2024-04-29  |
        household | h1      | police  | arrest | 2024-05-03  | 2024-05-03  |
    """,
    )
    with open_view(folder) as view:
        source = Triggers(events("police", "arrest"), date(2024, 5, 1), date(2024, 6, 30))
        cohort = cohorts.build(view, outcome(ARREST), source, KINDS)
    may, june = date(2024, 5, 1), date(2024, 6, 1)
    assert list(cohort.pairs.itertuples(index=False, name=None)) == [
        ("ann", date(2024, 5, 4), "ann", may),
        ("bob", date(2024, 5, 31), "bob", may),
        ("ann", date(2024, 6, 10), "ann", june),
    ]
    assert [(row["listed_on"], row["step"], row["remaining"]) for row in cohort.flow] == [
        ("2024-05-01", "triggers", 2),
        ("2024-05-01", "known at the date (born, first record)", 2),
        ("2024-05-01", "alive", 2),
        ("2024-06-01", "triggers", 1),
        ("2024-06-01", "known at the date (born, first record)", 1),
        ("2024-06-01", "alive", 1),
    ]


def test_properties_are_asked_about_each_on_its_own(tmp_path):
    """Nobody lives at p2; p3 is not known yet at the first date. A property is a group of its own."""
    folder = single_view(
        tmp_path,
        residencies="""
        resident_id | household_id | property_id
        ann         | h1           | p1
        bob         | h1           | p1
        cat         | h2           | p3
    """,
        properties="property_id | recorded_on\np1 |\np2 |\np3 | 2024-03-01",
        objections="resident_id | purpose\ncat | score",
    )
    asked, dates = outcome(Occurs((events("fire"),), scope="property")), (date(2024, 1, 1), T)
    file = tmp_path / "asked.csv"
    file.write_text("property_id,as_of\np1,2024-06-01\np2,2024-06-01\np3,2024-06-01\np4,2024-06-01\n")
    with open_view(folder) as view:
        cohort = cohorts.build(view, asked, Snapshots(dates), KINDS, group_by="sex")
    with open_view(folder, "score") as view:
        of_file = cohorts.build(view, asked, File(file), KINDS)
    assert list(cohort.pairs.itertuples(index=False, name=None)) == [
        ("p1", dates[0], "p1", dates[0]),
        ("p1", T, "p1", T),
        ("p3", T, "p3", T),
    ]
    assert [(row["step"], row["remaining"]) for row in cohort.flow] == [
        ("properties on record", 3),
        ("known at the date (first record)", 2),
        ("lived in", 1),
        ("properties on record", 3),
        ("known at the date (first record)", 3),
        ("lived in", 2),
    ]
    assert of_file.pairs["unit_id"].tolist() == ["p1"]
    assert list(of_file.rejects.itertuples(index=False, name=None)) == [
        ("p2", "2024-06-01", "not lived in at the as-of date"),
        ("p3", "2024-06-01", "not lived in at the as-of date"),  # by who objects to it, which it does not say
        ("p4", "2024-06-01", "not on record in the single view"),
    ]


def test_properties_want_to_be_in_the_single_view(tmp_path):
    asked = outcome(Occurs((events("fire"),), scope="property"))
    with (
        open_view(single_view(tmp_path, residents="resident_id\nann")) as view,
        pytest.raises(InputError, match="the single view lacks residencies or properties"),
    ):
        cohorts.build(view, asked, Snapshots((T,)), KINDS)


FILE_VIEW = {
    "residents": """
        resident_id | born_on    | person
        ann         | 1980-01-01 | p1
        bob         | 2015-01-01 | p2
        cat         | 1980-01-01 | p1
        dan         | 1980-01-01 |
    """,
    "objections": "resident_id | purpose\ndan | score",
}
ROWS = [
    ("ann", "2024-06-01"),
    ("ann", "2024-06-01"),
    ("bob", "2024-06-01"),
    ("cat", "2025-01-02"),
    ("cat", "1 June"),
    ("cat", None),
    ("cat", "2024-02-29"),
    ("zoe", "2024-06-01"),
    ("dan", "2024-06-01"),
    (None, "2024-06-01"),
]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_every_row_of_a_file_is_a_pair_or_a_reject(tmp_path, ending):
    file = tmp_path / f"asked.{ending}"
    frame = pd.DataFrame(ROWS, columns=["resident_id", "as_of"])
    frame.to_csv(file, index=False) if ending == "csv" else frame.to_parquet(file)
    with open_view(single_view(tmp_path / "view", **FILE_VIEW), "score") as view:
        cohort = cohorts.build(view, outcome(ARREST, Among(ages=(16, None))), File(file), KINDS, group_by="person")
    assert list(cohort.pairs.itertuples(index=False, name=None)) == [
        ("cat", date(2024, 2, 29), "p1", date(2024, 2, 29)),
        ("ann", T, "p1", T),
    ]
    assert list(cohort.rejects.itertuples(index=False, name=None)) == [
        ("", "2024-06-01", "no resident_id"),
        ("ann", "2024-06-01", "the row repeats another"),
        ("bob", "2024-06-01", "not of eligible age, or of unknown age"),
        ("cat", "", "no as-of date, or not a date (YYYY-MM-DD)"),
        ("cat", "1 June", "no as-of date, or not a date (YYYY-MM-DD)"),
        ("cat", "2025-01-02", "as-of date later than the single view, which was extracted on 2025-01-01"),
        ("dan", "2024-06-01", "objected to this use of their records"),
        ("zoe", "2024-06-01", "not on record in the single view"),
    ]
    assert [(row["step"], row["remaining"]) for row in cohort.flow] == [
        ("rows in the file", 10),
        ("usable rows", 3),
        ("known at the date (born, first record)", 3),
        ("alive", 3),
        ("of eligible age", 2),
    ]


def test_a_file_without_dates_takes_the_one_given(tmp_path):
    file = tmp_path / "asked.parquet"
    pd.DataFrame({"resident_id": ["ann"]}).to_parquet(file)
    with open_view(single_view(tmp_path / "view", **FILE_VIEW)) as view:
        cohort = cohorts.build(view, outcome(ARREST), File(file, as_of=T), KINDS)
    assert list(cohort.pairs.itertuples(index=False, name=None)) == [("ann", T, "ann", T)]


def test_training_refuses_a_file_with_faults_and_names_nobody(tmp_path):
    file = tmp_path / "asked.csv"
    pd.DataFrame(ROWS, columns=["resident_id", "as_of"]).to_csv(file, index=False)
    with open_view(single_view(tmp_path / "view", **FILE_VIEW), "score") as view, pytest.raises(InputError) as told:
        cohorts.build(view, outcome(ARREST), File(file, strict=True), KINDS)
    assert [fault.removeprefix(f"{file}: ") for fault in told.value.faults] == [
        "1 row: as-of date later than the single view, which was extracted on 2025-01-01; correct or leave out",
        "2 rows: no as-of date, or not a date (YYYY-MM-DD); correct or leave out",
        "1 row: no resident_id; correct or leave out",
        "1 row: not on record in the single view; correct or leave out",
        "1 row: the row repeats another; correct or leave out",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("who,as_of\nann,2024-06-01\n", "no column resident_id; give resident_id (text) and as_of (a day)"),
        (None, "cannot be read as CSV; give a .parquet or .csv file with resident_id and as_of"),
    ],
)
def test_a_file_that_is_no_cohort(tmp_path, content, message):
    file = tmp_path / "asked.csv"
    if content is not None:
        file.write_text(content)
    with open_view(single_view(tmp_path / "view", **FILE_VIEW)) as view, pytest.raises(InputError) as told:
        cohorts.build(view, outcome(ARREST), File(file), KINDS)
    assert str(told.value) == f"{file}: {message}"


def test_a_date_beyond_the_single_view_is_refused(tmp_path):
    with open_view(single_view(tmp_path, **FILE_VIEW)) as view, pytest.raises(InputError, match="1 date is later"):
        cohorts.build(view, outcome(ARREST), Snapshots((date(2025, 1, 1), date(2025, 1, 2))), KINDS)


def test_groups_are_attributes_and_places_as_known_at_the_date(tmp_path):
    """Bob has no home at the date, so no district; nobody stated an ethnicity."""
    folder = single_view(
        tmp_path,
        residents="""
        resident_id | born_on    | sex
        ann         | 1980-06-01 | F
        bob         | null       | null
        cat         | 2008-06-02 | M
    """,
        residencies="""
        resident_id | property_id | started_on
        ann         | p1          |
        cat         | p2          |
        bob         | p1          | 2024-06-01
    """,
        properties="property_id | district | imd_decile\np1 | Redditch | 2\np2 | null | 9",
    )
    pairs = pd.DataFrame({"unit_id": ["ann", "bob", "cat"], "as_of": [T] * 3})
    with open_view(folder) as view:
        found = groups(view, pairs, ("sex", "ethnicity", "age_band", "district", "imd_quintile"), KINDS)
        with pytest.raises(InputError, match="audit: faith is no group of residents; name one of sex"):
            groups(view, pairs, ("sex", "faith"), KINDS)
        with pytest.raises(InputError, match="audit: resident_id is no group"):
            groups(view, pairs, ("resident_id",), KINDS)
    assert list(found.drop(columns="as_of").itertuples(index=False, name=None)) == [
        ("ann", "F", "not stated", "40-64", "Redditch", "1 most deprived"),
        ("bob", "not stated", "not stated", "not stated", "not stated", "not stated"),
        ("cat", "M", "not stated", "0-15", "not stated", "5 least deprived"),
    ]


def test_a_home_has_the_age_band_of_the_oldest_who_is_known_to_live_there(tmp_path):
    """Bob, of 84, moves in with Ann after T, or T does not know it yet; nobody is known to live in p3."""
    folder = single_view(
        tmp_path,
        residents="""
        resident_id | born_on
        ann         | 1958-06-02
        bob         | 1940-01-01
        cat         | 2008-06-02
        dan         | 2000-01-01
    """,
        residencies="""
        resident_id | property_id | household_id | started_on | recorded_on
        ann         | p1          | h1           | 2020-01-01 | 2020-01-01
        bob         | p1          | h1           | 2024-05-01 | 2024-06-02
        cat         | p2          | h2           | 2020-01-01 | 2020-01-01
        dan         | p2          | h2           | 2020-01-01 | 2020-01-01
    """,
        properties="property_id\np1\np2\np3",
    )
    names, later = ("sex", "oldest_age_band"), date(2024, 7, 1)
    pairs = pd.DataFrame({"unit_id": ["p1", "p2", "p3", "p1"], "as_of": [T, T, T, later]})
    with open_view(folder) as view:
        found = groups(view, pairs, names, KINDS, "property")
        of_people = groups(view, pd.DataFrame({"unit_id": ["ann"], "as_of": [T]}), names, KINDS)
        with pytest.raises(InputError, match=r"audit: residents have none of these groups; name one of .*age_band"):
            groups(view, pd.DataFrame({"unit_id": ["ann"], "as_of": [T]}), names[1:], KINDS)
    days = pd.to_datetime(found["as_of"]).dt.date
    told = dict(zip(zip(found["unit_id"], days, strict=True), found["oldest_age_band"], strict=True))
    assert told == {("p1", T): "65-79", ("p2", T): "16-24", ("p3", T): "not stated", ("p1", later): "80+"}
    assert list(of_people.columns) == ["unit_id", "as_of", "sex"]


def test_areas_may_be_more_than_groups_of_an_audit_where_a_map_asks_for_them(tmp_path):
    homes = [{"property_id": f"p{i}", "lsoa": f"E{i:03}"} for i in range(51)]
    people = [{"resident_id": f"r{i}", "property_id": f"p{i}", "household_id": f"h{i}"} for i in range(51)]
    folder = single_view(tmp_path, residencies=people, properties=homes)
    pairs = pd.DataFrame({"unit_id": sorted(p["resident_id"] for p in people), "as_of": [T] * 51})
    with open_view(folder) as view:
        with pytest.raises(InputError, match="audit: lsoa has more than 50 groups; name one that sorts people"):
            groups(view, pairs, ("lsoa",), KINDS)
        found = groups(view, pairs, ("lsoa",), KINDS, most=None)
    assert dict(zip(found["unit_id"], found["lsoa"], strict=True)) == {f"r{i}": f"E{i:03}" for i in range(51)}


def test_a_group_that_is_true_or_false_reads_yes_or_no(tmp_path):
    told = {"ann": True, "bob": False, "cat": None}
    folder = single_view(tmp_path, residents=[{"resident_id": i, "disability": says} for i, says in told.items()])
    pairs = pd.DataFrame({"unit_id": list(told), "as_of": [T] * 3})
    with open_view(folder) as view:
        assert groups(view, pairs, ("disability",), KINDS)["disability"].tolist() == ["yes", "no", "not stated"]


def test_an_open_case_is_a_spell_on_a_ladder_of_the_resident_or_their_household(tmp_path):
    """Bob lives with Ann, whose plan is not his; Cat's is over; Dan's household is owed a duty; Eve's is a contact."""
    folder = single_view(
        tmp_path,
        residencies="""
        resident_id | household_id
        ann         | h1
        bob         | h1
        cat         | h2
        dan         | h3
        eve         | h4
    """,
        events="""
        unit      | unit_id | agency  | kind    | ladder  | tier | ended_on   | end_recorded_on
        resident  | ann     | care    | plan    | care    | 1    | 2024-05-30 | 2024-06-01
        resident  | cat     | care    | plan    | care    | 1    | 2024-05-30 | 2024-05-31
        household | h3      | housing | duty    | housing |      |            |
        resident  | eve     | care    | contact | care    | 1    |            |
    """,
    )
    who = ["ann", "bob", "cat", "dan", "eve"]
    with open_view(folder) as view:
        found = groups(view, pd.DataFrame({"unit_id": who, "as_of": [T] * 5}), ("caseload",), KINDS)
    assert found["caseload"].tolist() == ["open case", "no open case", "no open case", "open case", "no open case"]


def test_a_property_has_the_groups_of_properties_which_residents_have_too(tmp_path):
    folder = single_view(
        tmp_path,
        residencies="resident_id | property_id\nann | p1\nbob | p2",
        properties="property_id | tenure | imd_decile\np1 | rented | 9\np2 | null | 1",
    )
    names, day = ("sex", "tenure", "age_band", "caseload", "imd_quintile"), [T] * 2
    expected = [("rented", "5 least deprived"), ("not stated", "1 most deprived")]
    with open_view(folder) as view:
        of_people = groups(view, pd.DataFrame({"unit_id": ["ann", "bob"], "as_of": day}), names, KINDS)
        of_homes = groups(view, pd.DataFrame({"unit_id": ["p1", "p2"], "as_of": day}), names, KINDS, "property")
        with pytest.raises(InputError, match=r"audit: properties have none of these groups; name one of .*district"):
            groups(view, pd.DataFrame({"unit_id": ["p1"], "as_of": [T]}), ("sex",), KINDS, "property")
    assert list(of_homes.columns) == ["unit_id", "as_of", "tenure", "imd_quintile"]
    for found in (of_people, of_homes):
        assert list(found[["tenure", "imd_quintile"]].itertuples(index=False, name=None)) == expected
