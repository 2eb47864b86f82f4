"""The data dictionary that is checked in says what the specs say."""

from pathlib import Path

from features.agreements import load_agreements
from features.dictionary import dictionary
from features.load import load_catalogue
from features.tables import TABLES

ROOT = Path(__file__).parents[2]
COUNTY = load_catalogue(ROOT / "features/catalogue")
WRITTEN = dictionary(COUNTY, load_agreements(ROOT / "data/agreements.yaml"))


def test_the_dictionary_that_is_checked_in_is_current():
    checked_in = (ROOT / "data/DICTIONARY.md").read_text(encoding="utf-8")
    assert checked_in == WRITTEN, "data/DICTIONARY.md is out of date: run `foresight dictionary` and commit the file"


def test_it_names_everything_there_is():
    for table in TABLES:
        assert f"\n### {table.name}\n" in WRITTEN
        assert all(f"| `{column.name}` |" in WRITTEN for column in table.columns)
    assert all(f"| `{kind.kind}` | {kind.phrase} |" in WRITTEN for kind in COUNTY.kinds)
    assert all(f"\n- `{column.name}`: " in WRITTEN for column in COUNTY.columns)
    assert all(outcome.title in WRITTEN for outcome in COUNTY.outcomes)


def test_a_feature_is_told_whole():
    told = WRITTEN[WRITTEN.index("**police_da_victim**") : WRITTEN.index("**police_da_victim_since**")]
    assert told == (
        "**police_da_victim**: past victimisation, and how recent, is the strongest published signal of more (Turner "
        "2022). Grain: resident. Nothing recorded: 0. Can only raise the risk. Rests on: `police_safeguarding`.\n\n"
        "- `police_da_victim_30d`: Domestic abuse incidents as victim, recorded by the police, in the last 30 days.\n"
        "- `police_da_victim_90d`: Domestic abuse incidents as victim, recorded by the police, in the last 90 days.\n"
        "- `police_da_victim_365d`: Domestic abuse incidents as victim, recorded by the police, in the last year.\n"
        "- `police_da_victim_1095d`: Domestic abuse incidents as victim, recorded by the police, in the last 3 years.\n"
        "\n"
    )


def test_tables_keep_their_shape():
    for block in WRITTEN.split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({line.replace("\\|", "").count("|") for line in rows}) <= 1


def test_it_is_written_for_another_single_view_too():
    students = load_catalogue(ROOT / "tests/oulad/catalogue.py")
    told = dictionary(students, load_agreements(ROOT / "tests/oulad/agreements.yaml"))
    assert "Undated: recorded at registration, before the course starts. Rests on: `oulad_students`." in told
    assert "Stands for disability." in told
    assert "Ladders of need" not in told
