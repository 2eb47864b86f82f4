"""Every fault of a single view comes out, named by table, column, rule and rows, with what to do and no identifier."""

from pathlib import Path
from shutil import copyfile

import pytest

from features.check import check, report
from features.specs import Kind
from features.tables import Fault
from tests.builders import rewrite, single_view

KINDS = (
    Kind("police", "arrest", "arrest"),
    Kind("housing", "relief_duty", "relief duty", unit="household"),
    Kind("fire", "dwelling_fire", "dwelling fire", unit="property"),
)
OULAD = Path(__file__).resolve().parents[3] / "shared" / "data" / "oulad" / "single_view"


def broken(**tables):
    """A single view with one fault in the drawn tables."""
    return lambda folder: single_view(folder, **tables)


def rewritten(table, select, **tables):
    """A single view with one fault that cannot be drawn."""
    return lambda folder: rewrite(single_view(folder, **tables), table, select)


ONE_EVENT = "unit_id\nann"
FATAL = {
    "an event with no unit": (
        broken(residents="resident_id\nann", events="unit_id | unit\nann | null"),
        ("events", "unit", "must be given", 1),
    ),
    "an empty identifier": (
        broken(residents=[{"resident_id": ""}, {"resident_id": "ann"}]),
        ("residents", "resident_id", "must be given", 1),
    ),
    "a unit outside the vocabulary": (
        broken(residents="resident_id\nann", events="unit_id | unit\nann | person\nann | person"),
        ("events", "unit", "must be one of resident, household, property", 2),
    ),
    "a purpose outside the vocabulary": (
        broken(objections="resident_id | purpose\nann | research"),
        ("objections", "purpose", "must be one of train, score, all", 1),
    ),
    "a negative tier": (
        broken(events="unit_id | ladder | tier\nann | police | -1"),
        ("events", "tier", "must be at least 0 and at most 1000", 1),
    ),
    "a probability above one": (
        broken(residents="resident_id | link_probability\nann | 1.5\nbob | 0.5\ncat | nan"),
        ("residents", "link_probability", "must be at least 0 and at most 1", 2),
    ),
    "a decile of eleven": (
        broken(residents="resident_id\nann", properties="property_id | imd_decile\np1 | 11"),
        ("properties", "imd_decile", "must be at least 1 and at most 10", 1),
    ),
    "recorded on the day of extraction": (
        broken(events="unit_id | recorded_on\nann | 2024-12-31\nann | 2025-01-01"),
        ("events", "recorded_on", "must be before about.extract_on", 1),
    ),
    "withdrawn after the extraction": (
        broken(events="unit_id | withdrawn_on\nann | 2025-02-01"),
        ("events", "withdrawn_on", "must be before about.extract_on", 1),
    ),
    "an end that nobody recorded": (
        broken(events="unit_id | ended_on | end_recorded_on\nann | 2024-02-01 | null"),
        ("events", "end_recorded_on", "must be given where ended_on is", 1),
    ),
    "a death that nobody recorded": (
        broken(residents="resident_id | died_on | death_recorded_on\nann | 2020-01-01 | null"),
        ("residents", "death_recorded_on", "must be given where died_on is", 1),
    ),
    "died before birth": (
        broken(residents="resident_id | born_on | died_on\nann | 1980-01-01 | 1979-12-31"),
        ("residents", "died_on", "must not be before born_on", 1),
    ),
    "born after the extraction": (
        broken(residents="resident_id | born_on\nann | 2025-01-01"),
        ("residents", "born_on", "must be before about.extract_on", 1),
    ),
    "a placeholder for the date of birth": (
        broken(residents="resident_id | born_on | died_on\nann | 1900-01-01 |\nbob | 1900-01-01 | 1990-01-01"),
        ("residents", "born_on", "must be within 120 years of death, or of about.extract_on", 1),
    ),
    "a resident twice": (
        broken(residents="resident_id\nann\nann\nbob"),
        ("residents", "resident_id", "must not repeat", 2),
    ),
    "an event number twice": (
        broken(events="event_id | unit_id\ne1 | ann\ne1 | ann\ne2 | ann"),
        ("events", "event_id", "must not repeat", 2),
    ),
    "two homes begun and recorded alike": (
        broken(
            residencies="""
            resident_id | property_id | started_on | ended_on
            ann         | p1          | 2010-01-01 | 2010-01-01
            ann         | p2          | 2010-01-01 |
        """,
            properties="property_id\np1\np2",
        ),
        ("residencies", "resident_id", "must not repeat together with started_on, recorded_on, household_id", 2),
    ),
    "an event of nobody": (
        broken(residents="resident_id\nann", events="unit_id\nann\nzed\nzed"),
        ("events", "unit_id", "must name a resident of table residents", 2),
    ),
    "an event of no household": (
        broken(
            residencies="resident_id | household_id\nann | h1",
            events="""
            unit      | unit_id | agency  | kind
            household | h1      | housing | relief_duty
            household | h2      | housing | relief_duty
        """,
        ),
        ("events", "unit_id", "must name a household of table residencies", 1),
    ),
    "an event of no property": (
        broken(
            residents="resident_id\nann",
            properties="property_id\np1",
            events="""
            unit     | unit_id | agency | kind
            property | p2      | fire   | dwelling_fire
        """,
        ),
        ("events", "unit_id", "must name a property of table properties", 1),
    ),
    "a residency at no property": (
        broken(residencies="resident_id | property_id\nann | p9", properties="property_id\np1"),
        ("residencies", "property_id", "must name a property of table properties", 1),
    ),
    "an objection of nobody": (
        broken(residents="resident_id\nann", objections="resident_id\nzed"),
        ("objections", "resident_id", "must name a resident of table residents", 1),
    ),
    "text for a date": (
        rewritten("events", "SELECT * REPLACE ('1/2/2024' AS occurred_on) FROM events", events=ONE_EVENT),
        ("events", "occurred_on", "must be of type date, not VARCHAR", None),
    ),
    "no column for the recording day": (
        rewritten("events", "SELECT * EXCLUDE recorded_on FROM events", events=ONE_EVENT),
        ("events", "recorded_on", "must be there", None),
    ),
    "two rows about it": (
        rewritten("about", "FROM about UNION ALL FROM about", events=ONE_EVENT),
        ("about", "", "must have exactly one row, not several", 2),
    ),
    "a version to come": (
        broken(residents="resident_id\nann", about={"version": 2}),
        ("about", "version", "must be 1, not 2", 1),
    ),
    "no residents": (broken(), ("residents", "", "must have at least one row", None)),
    "no folder at all": (lambda folder: None, ("single view", "", "must exist", None)),
}
WARNINGS = {
    "recorded before it happened": (
        broken(events="unit_id | occurred_on | recorded_on\nann | 2024-03-02 | 2024-03-01"),
        ("events", "recorded_on", "should not be before occurred_on", 1),
    ),
    "ended before it began": (
        broken(events="unit_id | occurred_on | ended_on\nann | 2024-03-02 | 2024-03-01"),
        ("events", "ended_on", "should not be before occurred_on", 1),
    ),
    "left before moving in": (
        broken(residencies="resident_id | started_on | ended_on\nann | 2010-01-02 | 2010-01-01"),
        ("residencies", "ended_on", "should not be before started_on", 1),
    ),
    "withdrawn before it was recorded": (
        broken(events="unit_id | occurred_on | withdrawn_on\nann | 2024-03-02 | 2024-03-02"),
        ("events", "withdrawn_on", "should not be before recorded_on", 1),
    ),
    "the recording of no end": (
        broken(events="unit_id | end_recorded_on\nann | 2024-03-02"),
        ("events", "end_recorded_on", "should be empty where ended_on is", 1),
    ),
    "a tier on no ladder": (
        broken(events="unit_id | tier\nann | 2"),
        ("events", "ladder", "should be given where tier is", 1),
    ),
    "overlapping residencies": (
        broken(
            residencies="""
            resident_id | started_on | ended_on
            ann         | 2010-01-01 | 2020-01-01
            ann         | 2012-01-01 | 2013-01-01
            ann         | 2015-01-01 | 2016-01-01
            ann         | 2020-01-01 |
            bob         | 2011-01-01 |
        """
        ),
        ("residencies", "started_on", "should not be before an earlier residency of the resident ended", 2),
    ),
    "an unknown agency": (
        broken(events="unit_id | agency\nann | polcie\nann | police"),
        ("events", "agency", "should be an agency of the catalogue", 1),
    ),
    "an unknown kind": (
        broken(events="unit_id | kind\nann | arest\nann | arrest"),
        ("events", "kind", "should be a kind that the catalogue lists for its agency", 1),
    ),
    "a kind recorded of another unit": (
        broken(events="unit_id | agency | kind\nann | fire | dwelling_fire"),
        ("events", "unit", "should be the unit that the catalogue gives for the kind", 1),
    ),
    "a child living with no adult": (
        broken(
            residents="""
                resident_id | born_on    | died_on
                ann         | 2010-01-01 |
                bob         | 2012-01-01 |
                cat         | 2010-01-01 |
                dad         | 1980-01-01 |
                eve         | 2010-01-01 |
                fay         | 1950-01-01 | 2024-01-01
                gus         | 2010-01-01 |
                hal         | null       |
            """,
            residencies="""
                resident_id | household_id | started_on | ended_on
                ann         | children     | 2020-01-01 |
                bob         | children     | 2020-01-01 |
                cat         | with_father  | 2020-01-01 |
                dad         | with_father  | 2020-01-01 |
                eve         | bereaved     | 2020-01-01 |
                fay         | bereaved     | 2020-01-01 |
                gus         | of_any_age   | 2020-01-01 |
                hal         | of_any_age   | 2020-01-01 |
            """,
        ),
        ("residencies", "household_id", "should hold an adult where a child lives", 3),
    ),
    "properties nobody described": (
        broken(residencies="resident_id | property_id\nann | p1"),
        ("residencies", "property_id", "names a property, and there is no table properties", 1),
    ),
    "a column that the contract does not know": (
        rewritten("events", "SELECT *, 1 AS severity FROM events", events=ONE_EVENT),
        ("events", "severity", "is not a column of the contract", None),
    ),
    "a table that the contract does not know": (
        lambda folder: copyfile(single_view(folder, events=ONE_EVENT) / "events.parquet", folder / "event.parquet"),
        ("single view", "", "has a table that the contract does not know: event", None),
    ),
}
CASES = [
    pytest.param(*case, severity, id=name)
    for severity, cases in (("fatal", FATAL), ("warning", WARNINGS))
    for name, case in cases.items()
]


@pytest.mark.parametrize(("break_it", "expected", "severity"), CASES)
def test_a_broken_view_gives_one_clear_fault(tmp_path, break_it, expected, severity):
    break_it(tmp_path / "view")
    [fault] = check(tmp_path / "view", KINDS)
    assert (fault.table, fault.column, fault.rule, fault.rows) == expected
    assert fault.severity == severity
    assert len(fault.advice) > 5


def test_faults_come_together_fatal_first_and_the_report_names_nobody(tmp_path):
    view = single_view(
        tmp_path,
        residents="resident_id | born_on\nann_archer | 1980-01-01\nann_archer | 2030-01-01",
        residencies="resident_id | household_id | started_on | ended_on | end_recorded_on\n"
        "bob_brown | archer_house | 2020-01-01 | 2019-01-01 | null",
        events="event_id | unit | unit_id | agency | kind | occurred_on | recorded_on\n"
        "one_event | resident | cat_carter | polcie | cat_carter | 2024-01-02 | 2024-01-01\n"
        "one_event | flat | dee_dale | police | dee_dale | 2024-01-02 | 2025-01-02",
    )
    rewrite(view, "residents", "SELECT * REPLACE (1 AS sex) FROM residents")
    faults = check(view, KINDS)
    assert [(fault.severity, fault.table, fault.column) for fault in faults] == [
        ("fatal", "residents", "sex"),
        ("fatal", "residents", "born_on"),
        ("fatal", "residents", "resident_id"),
        ("fatal", "residencies", "end_recorded_on"),
        ("fatal", "residencies", "resident_id"),
        ("fatal", "events", "unit"),
        ("fatal", "events", "recorded_on"),
        ("fatal", "events", "event_id"),
        ("fatal", "events", "unit_id"),
        ("warning", "residencies", "ended_on"),
        ("warning", "events", "recorded_on"),
        ("warning", "events", "agency"),
        ("warning", "events", "kind"),
    ]
    text = report(faults)
    assert text.startswith("9 fatal faults, 4 warnings\n")
    for name in ("ann_archer", "bob_brown", "archer_house", "cat_carter", "dee_dale", "one_event"):
        assert name not in text


def test_a_common_unknown_word_is_named_and_a_rare_one_is_counted(tmp_path):
    rows = [{"unit_id": "ann", "kind": kind} for kind in ["burglary"] * 10 + ["zed"] * 9 + ["12345"] * 10]
    [fault] = check(single_view(tmp_path, events=rows), KINDS)
    assert fault.rows == 29
    assert fault.advice.endswith(": burglary, 2 more")


def test_a_file_damaged_in_the_middle_is_a_fault(tmp_path):
    view = single_view(tmp_path, events=[{"unit_id": f"r{i}"} for i in range(2000)])
    file = view / "events.parquet"
    content = bytearray(file.read_bytes())
    content[4:4000] = bytes(3996)
    file.write_bytes(content)
    [fault] = check(view, KINDS)
    assert (fault.table, fault.rule, fault.severity) == ("events", "must be readable to its end", "fatal")


def test_a_duckdb_file_is_checked_alike(tmp_path):
    file = single_view(tmp_path, residents="resident_id\nann\nann", as_duckdb=True)
    assert [fault.rule for fault in check(file, KINDS)] == ["must not repeat"]


def test_no_faults_is_said_in_words():
    assert report([]) == "no faults"
    one = Fault("events", "tier", "must be at least 0", 1, "fatal", "correct it")
    assert report([one]).startswith("1 fatal fault, 0 warnings\n")


@pytest.mark.skipif(not OULAD.exists(), reason="the university's open records are not on this machine")
def test_the_records_of_a_university_open_without_a_fault():
    registry = (
        "registration",
        "presentation_start",
        "unregistration",
        "result_pass",
        "result_fail",
        "result_distinction",
        "result_withdrawn",
    )
    assessment = ("submission_tma", "submission_cma", "submission_exam", "banked_transfer")
    kinds = [Kind("registry", kind, kind) for kind in registry]
    kinds += [Kind("assessment", kind, kind) for kind in assessment]
    assert check(OULAD, tuple(kinds)) == []
