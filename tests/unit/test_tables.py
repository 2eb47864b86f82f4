"""The contract of the single view is whole: what it names exists, and every rule runs and says something."""

import re

import pytest

from features.check import check
from features.tables import TABLES, TYPES, Fault, rules
from tests.builders import single_view

COLUMNS = {table.name: {column.name for column in table.columns} for table in TABLES}
RULES = [
    pytest.param(table, rule, id=f"{table.name}-{rule.columns[0]}-{rule.says}")
    for table in TABLES
    for rule in rules(table)
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_has_a_type_and_a_caveat(table):
    assert table.caveat.endswith(".")
    assert len(COLUMNS[table.name]) == len(table.columns)
    for column in table.columns:
        assert column.type in TYPES
        assert column.caveat.endswith((".", "..."))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_and_references_name_columns_that_exist(table):
    assert set(table.key) <= COLUMNS[table.name]
    for reference in table.references:
        assert reference.column in COLUMNS[table.name]
        assert reference.key in COLUMNS[reference.table]


@pytest.mark.parametrize(("table", "rule"), RULES)
def test_a_rule_names_every_column_it_reads(table, rule):
    words = set(re.findall(r"[a-z_]+", re.sub(r"'[^']*'|\{[^}]*\}", "", rule.broken)))
    assert words & COLUMNS[table.name] == set(rule.columns)
    assert rule.severity in ("fatal", "warning")
    assert rule.says.startswith(("must", "should"))
    assert rule.advice


def test_only_about_residents_and_events_are_required():
    assert [table.name for table in TABLES if table.required] == ["about", "residents", "events"]


def test_a_view_that_keeps_every_rule_has_no_fault(tmp_path):
    view = single_view(
        tmp_path,
        residents="""
            resident_id | born_on    | died_on    | death_recorded_on
            ann         | 1980-02-29 |            |
            bob         | 1931-01-01 | 2020-05-01 | 2020-05-09
            cat         | null       |            |
        """,
        residencies="""
            resident_id | property_id | started_on | ended_on
            ann         | p1          | 2010-01-01 | 2015-01-01
            ann         | p2          | 2015-01-01 |
            bob         |             | 2010-01-01 |
        """,
        properties="""
            property_id
            p1
            p2
        """,
        events="""
            unit      | unit_id | ladder | tier | occurred_on | ended_on   | withdrawn_on
            resident  | ann     | police | 0    | 2024-02-29  |            |
            resident  | ann     |        |      | 2020-01-01  | 2020-01-01 | 2020-03-01
        """,
        objections="""
            resident_id | purpose | from_on
            cat         | train   | 2030-01-01
        """,
    )
    assert check(view, ()) == [
        Fault(
            "events",
            "agency",
            "should be an agency of the catalogue",
            2,
            "warning",
            "correct these or add them to the catalogue's kinds, or features by kind pass them over: 1 in all",
        ),
    ]
