"""A catalogue is read from where params say it is; whatever is wrong with it comes out together, as an InputError."""

import shutil
from pathlib import Path

import pytest

from features.errors import InputError
from features.load import load_catalogue, of_feature, of_outcome, selected
from features.outcomes import Occurs, StaysOpen
from features.specs import Events, Feature, Kind, events, highest_open_tier, open_now
from tests.property.drawn import outcome

ROOT = Path(__file__).parents[2]
HEAD = "from features.specs import *\nfrom features.outcomes import *\n"
KINDS = """
KINDS = (Kind("police", "arrest", "arrest", roles=("suspect",)), Kind("fire", "visit", "visit", unit="property"),
         Kind("care", "contact", "contact", ladder="adults", tiers=((0, "low"), (1, "high"))),
         Kind("care", "stay", "stay", ladder="adults", tiers=((0, "low"), (1, "high")), spell=True, amount="days"),
         Kind("money", "arrears", "arrears", amount="pence"))
"""
OUTCOMES = "OUTCOMES = ()\n"


def write(tmp_path, features="FEATURES = ()\n", kinds=KINDS, outcomes=OUTCOMES):
    file = tmp_path / "catalogue.py"
    file.write_text(HEAD + kinds + features + outcomes, encoding="utf-8")
    return file


def feature(measure, name="example", days="days=(90,)", more=""):
    return f'Feature("{name}", {measure}, {days}, none=0, why="it is an example"{more}),\n'


def faults(file):
    with pytest.raises(InputError) as raised:
        load_catalogue(file)
    return [fault.removeprefix(f"{file}: ") for fault in raised.value.faults]


def test_a_file_is_read(tmp_path):
    features = f"FEATURES = ({feature('count(events())')})\nNAMES = dict(care='care')\n"
    catalogue = load_catalogue(write(tmp_path, features))
    assert [column.name for column in catalogue.columns] == ["example_90d"]
    assert catalogue.names == {"care": "care"}


def test_a_folder_may_import_its_own_parts(tmp_path):
    (tmp_path / "__init__.py").write_text("from .kinds import KINDS\nFEATURES = OUTCOMES = ()\n")
    (tmp_path / "kinds.py").write_text(HEAD + KINDS)
    assert len(load_catalogue(tmp_path).kinds) == 5


def copied(tmp_path):
    return Path(shutil.copytree(ROOT / "features/catalogue", tmp_path / "mine"))


def edit(folder, old, new):
    file = folder / "resident.py"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_copied_catalogue_is_read_from_the_copy(tmp_path):
    mine = copied(tmp_path)
    assert load_catalogue(mine) == load_catalogue(ROOT / "features/catalogue")
    edit(mine, '"police_da_victim"', '"police_da_harmed"')
    names = {feature.name for feature in load_catalogue(mine).features}
    assert "police_da_harmed" in names
    assert "police_da_victim" not in names


def test_a_part_that_does_not_run_is_one_fault_and_can_be_mended(tmp_path):
    mine = copied(tmp_path)
    edit(mine, "WINDOWS = (", "WINDOWS == = (")
    [said] = faults(mine)
    assert said.startswith("SyntaxError: ")
    assert "resident.py" in said
    edit(mine, "WINDOWS == = (", "WINDOWS = (")
    assert load_catalogue(mine).kinds


def test_two_catalogues_in_one_run_do_not_mix(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, f"FEATURES = ({feature('count(events())', name)})\n")
    read = [load_catalogue(tmp_path / name / "catalogue.py") for name in ("one", "two")]
    assert [catalogue.features[0].name for catalogue in read] == ["one", "two"]


@pytest.mark.parametrize(
    ("measure", "more", "fault"),
    [
        (
            "count(events('polis', 'arrest'))",
            "",
            "no kind of the agency 'polis'; add it to KINDS, or use one of care, fire, money, police",
        ),
        ("count(events('police', 'arest'))", "", "police has no kind arest; use one of arrest"),
        ("count(events('police', 'arrest', role='victim'))", "", "police arrest cannot match: see the role"),
        ("count(events('police', 'arrest', min_tier=2))", "", "police arrest cannot match: see the role"),
        ("count(events('fire', 'visit'))", "", "the grain resident sees events about a resident"),
        ("count(events('police', 'arrest'))", ", grain='property'", "the grain property sees events about a property"),
        ("total(events('police', 'arrest'))", "", "total wants amounts; arrest has none"),
        ("total(events())", "", "total cannot mix units: arrest in no unit, "),
        ("highest_tier(events('police', 'arrest'))", "", "highest_tier wants a ladder; arrest stands on none"),
        ("highest_tier(events())", "", "highest_tier cannot mix ladders; name the ladder"),
    ],
)
def test_a_selection_that_can_match_nothing_is_a_fault(tmp_path, measure, more, fault):
    [said] = faults(write(tmp_path, f"FEATURES = ({feature(measure, more=more)})\n"))
    assert said.startswith("Feature example: ")
    assert fault in said


@pytest.mark.parametrize("measure", ["open_now", "days_open"])
def test_measures_of_spells_want_kinds_that_last(tmp_path, measure):
    named = feature(f"{measure}(events('care', 'stay', 'contact'))", days="days=()")
    [said] = faults(write(tmp_path, f"FEATURES = ({named})\n"))
    assert said == f"Feature example: {measure} wants kinds that last; contact is not marked spell=True"
    whole = feature(f"{measure}(events('police'))", days="days=()")
    [said] = faults(write(tmp_path, f"FEATURES = ({whole})\n"))
    assert said == f"Feature example: {measure} wants kinds that last; none of these is marked spell=True"


def test_an_outcome_that_stays_open_wants_kinds_that_last_and_a_trigger_that_is_recorded(tmp_path):
    outcome = (
        'OUTCOMES = (Outcome(name="stuck", title="a", rule=StaysOpen(events("care", "contact")), horizon_days=9, '
        'trigger=events("care", "call"), '
        'purpose="a", use_level="planning", correct_flag="a", wrong_flag="a", label_story="a"),)\n'
    )
    assert faults(write(tmp_path, outcomes=outcome)) == [
        "Outcome stuck: StaysOpen wants kinds that last; contact is not marked spell=True",
        "Outcome stuck: trigger: care has no kind call; use one of contact, stay",
    ]


def test_every_fault_comes_out_together(tmp_path):
    twice = feature("count(events())") + feature("count(events())") + feature("count(events('polis'))", "other")
    fire = (
        'OUTCOMES = (Outcome(name="fire", title="a", rule=Occurs((events("fire", "blaze"),)), horizon_days=9, '
        'purpose="a", use_level="planning", correct_flag="a", wrong_flag="a", label_story="a"),)\n'
    )
    said = faults(write(tmp_path, f"FEATURES = ({twice})\n", outcomes=fire))
    assert len(said) == 4
    assert said[0] == "feature example is defined 2 times; give each a name of its own"
    assert said[1].startswith("the column example_90d is made 2 times")
    assert said[3] == "Outcome fire: fire has no kind blaze; use one of visit"


@pytest.mark.parametrize(
    ("rule", "more", "fault"),
    [
        ("StaysOpen(events('care', 'stay', 'contact'))", "", "StaysOpen wants kinds that last; contact is not marked"),
        ("StaysOpen(events('police'))", "", "StaysOpen wants kinds that last; none of these is marked spell=True"),
        ("StaysOpen(events('care', 'plan'))", "", "care has no kind plan; use one of contact, stay"),
        (
            "Occurs((events('police', 'arrest'),), scope='property')",
            ", unit='property'",
            "the grain property sees events about a property",
        ),
        (
            "Occurs((events('police'),))",
            ", trigger=events('fire', 'visit')",
            "and that the grain resident sees events about a resident",
        ),
    ],
)
def test_an_outcome_that_can_never_come_true_or_be_asked_about_is_a_fault(tmp_path, rule, more, fault):
    made = (
        f'OUTCOMES = (Outcome(name="example", title="a", rule={rule}, horizon_days=9{more}, purpose="a", '
        'use_level="planning", correct_flag="a", wrong_flag="a", label_story="a"),)\n'
    )
    [said] = faults(write(tmp_path, outcomes=made))
    assert said.startswith("Outcome example: ")
    assert fault in said


def test_columns_of_two_features_may_not_share_a_name(tmp_path):
    clash = feature("count(events())", "a") + feature("days_since_last(events())", "a_90d", days="days=()")
    assert faults(write(tmp_path, f"FEATURES = ({clash})\n")) == [
        "the column a_90d is made 2 times, by a and a_90d; rename a feature or a category"
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("KINDS = ()\n", "define FEATURES, a tuple of specs (it may be empty)"),
        (HEAD + "Feature('x', count(events()), none=0, why='y')", "Feature x: give days, one or more windows"),
        ("KINDS = (", "SyntaxError: "),
        ("import no_such_library", "ModuleNotFoundError: "),
        ("KINDS = FEATURES = OUTCOMES = ('police',)", "KINDS, item 1: must be of type Kind, not str"),
        ("KINDS = 3\nFEATURES = OUTCOMES = ()", "KINDS must be a tuple of specs (it may be empty), not of type int"),
        ("KINDS = FEATURES = OUTCOMES = ()\nNAMES = 3", "NAMES must be a dict that says names in plain English"),
        ("KINDS = FEATURES = OUTCOMES = ()\nNAMES = {'a': 3}", "NAMES must be a dict that says names in plain"),
        ("raise SystemExit(3)", "it ends the program (exit code 3); take that out"),
    ],
)
def test_code_that_is_no_catalogue_is_the_users_error(tmp_path, text, fault):
    file = tmp_path / "catalogue.py"
    file.write_text(text)
    assert faults(file)[0].startswith(fault)


def test_a_path_that_is_not_there(tmp_path):
    assert faults(tmp_path / "none.py") == ["no such catalogue; give a Python file or the folder of a package"]
    assert faults(tmp_path) == ["no such catalogue; give a Python file or the folder of a package"]
    (tmp_path / "catalogue.yaml").write_text("KINDS: []\n")
    assert faults(tmp_path / "catalogue.yaml")[0].startswith("not a Python file")


def test_an_outcome_is_found_by_name():
    catalogue = load_catalogue(ROOT / "features/catalogue")
    assert catalogue.outcome("escalation").horizon_days == 180
    with pytest.raises(InputError, match="no outcome 'escalaton' in the catalogue; it has complex"):
        catalogue.outcome("escalaton")


KIND_ROWS = (
    Kind("police", "arrest", "arrest", roles=("suspect",)),
    Kind("housing", "duty", "duty", unit="household", ladder="housing", tiers=((1, "low"),), spell=True),
    Kind("housing", "notice", "notice", unit="household", amount="pence"),
    Kind("fire", "visit", "visit", unit="property"),
)


@pytest.mark.parametrize(
    ("of", "grain", "kinds"),
    [
        (Events(), None, ["arrest", "duty", "notice", "visit"]),
        (Events(), "resident", ["arrest"]),
        (Events(), "household", ["arrest", "duty", "notice"]),
        (Events(), "property", ["visit"]),
        (Events(role="suspect"), None, ["arrest"]),
        (Events("housing"), None, ["duty", "notice"]),
        (Events(ladder="housing"), None, ["duty"]),
        (Events("housing", min_amount=1), None, ["notice"]),
    ],
)
def test_kinds_that_a_selection_can_meet(of, grain, kinds):
    assert [kind.kind for kind in selected(of, KIND_ROWS, grain)] == kinds


def test_measures_of_spells_read_only_kinds_that_last():
    for measure in (open_now(events("housing")), highest_open_tier(events("housing", ladder="housing"))):
        made = Feature("example", measure, grain="household", none=0, why="it is an example")
        assert [kind.kind for kind in of_feature(made, KIND_ROWS)] == ["duty"]


@pytest.mark.parametrize(
    ("rule", "kinds"),
    [(StaysOpen(events("housing")), ["duty"]), (Occurs((events("fire"),), scope="property"), ["visit"])],
)
def test_an_outcome_reads_what_lasts_or_is_at_the_property_where_it_asks_for_that(rule, kinds):
    assert [kind.kind for kind in of_outcome(outcome(rule), KIND_ROWS)] == kinds


def test_an_outcome_reads_the_kinds_of_its_rule():
    catalogue = load_catalogue(ROOT / "tests/oulad/catalogue.py")
    read = of_outcome(catalogue.outcome("withdraw"), catalogue.kinds)
    assert [kind.kind for kind in read] == ["unregistration", "result_withdrawn"]
