"""The records beside a matrix say what each column means, and their hash changes only when its numbers would."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from features.agreements import load_agreements
from features.load import load_catalogue
from features.meaning import meanings, spec_hash
from features.specs import Feature, Kind, count, events, open_now

ROOT = Path(__file__).parents[2]
COUNTY = load_catalogue(ROOT / "features/catalogue")
RECORDS = {
    record["name"]: record
    for record in meanings(COUNTY.features, COUNTY, load_agreements(ROOT / "data/agreements.yaml"))
}
KINDS = (Kind("police", "arrest", "arrest"), Kind("care", "stay", "stay", spell=True))
ARRESTS = Feature("arrests", count(events("police", "arrest")), days=(90, 365), none=0, why="it is an example")


def of(feature, kinds=KINDS):
    return spec_hash(feature.columns[0], kinds)


def test_one_record_for_each_column_in_order_of_plain_json():
    assert list(RECORDS) == [column.name for column in COUNTY.columns]
    assert json.loads(json.dumps(list(RECORDS.values()), allow_nan=False)) == list(RECORDS.values())


def test_a_record():
    record = dict(RECORDS["household_da_victim_365d"])
    assert len(record.pop("spec_hash")) == 64
    assert record == {
        "name": "household_da_victim_365d",
        "sentence": "Domestic abuse incidents with another member of the household as victim, recorded by the police, "
        "in the last year",
        "theme": "domestic abuse",
        "agency": "police",
        "agreement": "single_view_core, police_safeguarding",
        "direction": 0,
        "protected": None,
        "none": 0.0,
        "days": [365],
        "grain": "household",
    }


@pytest.mark.parametrize(
    ("name", "agency"),
    [
        ("all_records_90d", "several"),
        ("age", "person"),
        ("sex_female", "person"),
        ("moves_365d", "home"),
        ("household_size", "home"),
        ("imd_decile", "home"),
        ("area_homelessness_365d", "housing"),
        ("fire_dwelling_1095d", "fire"),
    ],
)
def test_who_records_what_a_column_is_made_of(name, agency):
    assert RECORDS[name]["agency"] == agency


def test_hashes_differ_by_column_and_are_the_same_in_another_process():
    hashes = [record["spec_hash"] for record in RECORDS.values()]
    assert len(set(hashes)) == len(hashes)
    code = (
        "from features.load import load_catalogue\nfrom features.meaning import spec_hash\n"
        "county = load_catalogue('features/catalogue')\n"
        "print(*(spec_hash(column, county.kinds) for column in county.columns))"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == hashes


@pytest.mark.parametrize(
    "same",
    [
        replace(ARRESTS, why="said in other words"),
        replace(ARRESTS, theme="crime", direction=1, protected="sex"),
        replace(ARRESTS, none=0.0),
        replace(ARRESTS, days=(90, 1095)),
    ],
    ids=["why", "prose", "float", "another window"],
)
def test_words_do_not_change_the_hash(same):
    assert of(same) == of(ARRESTS)


@pytest.mark.parametrize(
    "other",
    [
        replace(ARRESTS, none=None),
        replace(ARRESTS, grain="household"),
        replace(ARRESTS, days=(91, 365)),
        replace(ARRESTS, measure=count(events("police", "arrest", role="suspect"))),
    ],
    ids=["none", "grain", "window", "events"],
)
def test_what_changes_the_numbers_changes_the_hash(other):
    assert of(other) != of(ARRESTS)


def test_which_kinds_last_decides_the_hash_of_spells_alone():
    lasting = (*KINDS, Kind("care", "visit", "visit", spell=True))
    assert of(ARRESTS, lasting) == of(ARRESTS)
    spells = Feature("spells", open_now(events()), none=0, why="it is an example")
    assert of(spells, lasting) != of(spells)
