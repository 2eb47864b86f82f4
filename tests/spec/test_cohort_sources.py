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
        ("ann", date(2024, 1, 1), "h1"),
        ("bob", date(2024, 1, 1), "h1"),
        ("ann", T, "h1"),
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
        resident  | cat     | police  | arrest | 2024-05-01  | 2024-05-31  |
        resident  | dan     | police  | arrest | 2024-04-29  | 2024-04-29  |
        household | h1      | police  | arrest | 2024-05-03  | 2024-05-03  |
    """,
    )
    with open_view(folder) as view:
        cohort = cohorts.build(view, outcome(ARREST), Triggers(events("police", "arrest"), date(2024, 5, 1), T), KINDS)
    assert list(zip(cohort.pairs["unit_id"], cohort.pairs["as_of"], strict=True)) == [
        ("ann", date(2024, 5, 4)),
        ("bob", date(2024, 5, 31)),
    ]
    assert [(row["step"], row["remaining"]) for row in cohort.flow] == [
        ("triggers", 2),
        ("known at the date (born, first record)", 2),
        ("alive", 2),
    ]


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
    assert list(cohort.pairs.itertuples(index=False, name=None)) == [("cat", date(2024, 2, 29), "p1"), ("ann", T, "p1")]
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
    assert list(cohort.pairs.itertuples(index=False, name=None)) == [("ann", T, "ann")]


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


def test_a_group_that_is_true_or_false_reads_yes_or_no(tmp_path):
    told = {"ann": True, "bob": False, "cat": None}
    folder = single_view(tmp_path, residents=[{"resident_id": i, "disability": says} for i, says in told.items()])
    pairs = pd.DataFrame({"unit_id": list(told), "as_of": [T] * 3})
    with open_view(folder) as view:
        assert groups(view, pairs, ("disability",), KINDS)["disability"].tolist() == ["yes", "no", "not stated"]
