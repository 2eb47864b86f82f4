"""A feature is built only where every kind of record behind it may be used so on that day."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from features.agreements import (
    agreed,
    load_agreements,
    load_policies,
    needs,
    resting_on,
    shown_to,
    unagreed,
    usable,
)
from features.errors import InputError
from features.load import load_catalogue
from features.outcomes import Among, Occurs, StaysOpen
from features.specs import (
    Feature,
    Kind,
    age,
    attribute,
    count,
    days_at_home,
    events,
    members,
    moves,
    open_now,
)
from tests.property.drawn import outcome

ROOT = Path(__file__).parents[2]
ON = date(2025, 1, 1)
KINDS = (
    Kind("police", "arrest", "arrest", sensitive=("offence",)),
    Kind("police", "missing", "missing-person report"),
    Kind("housing", "duty", "duty", unit="household", spell=True),
    Kind("fire", "visit", "visit", unit="property"),
)


POLICIES = {
    name: f"What the partners have agreed about {name}, in a sentence." for name in ("children", "offence", "retention")
} | {"erasure": "Who is erased at the source is gone from whatever is made of it."}


def draw(name="police_2024", **given):
    return {
        "name": name,
        "title": "An example",
        "agency": "police",
        "kinds": ["arrest", "missing"],
        "purposes": ["train", "score"],
        "use_levels": ["prioritisation"],
        "recipients": ["police"],
        "from_on": date(2024, 1, 1),
        "until": date(2026, 1, 1),
        "covers": ["offence"],
        "legal_basis": "an example",
    } | given


def write(tmp_path, *drawn, **given):
    file = tmp_path / "agreements.yaml"
    told = {"single_view": "an example", "invented": True, "policies": POLICIES, "agreements": list(drawn)} | given
    file.write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    return file


def example(measure, **given):
    return Feature("example", measure, **{"none": 0, "why": "it is an example"} | given)


ARRESTS = example(count(events("police", "arrest")), days=(90,))


@pytest.mark.parametrize(
    ("on", "given", "reason"),
    [
        (date(2024, 1, 1), {}, None),
        (date(2025, 12, 31), {}, None),
        (date(2023, 12, 31), {}, "police_2024 begins only on 2024-01-01"),
        (date(2026, 1, 1), {}, "police_2024 ended on 2026-01-01"),
        (ON, {"purposes": ["train"]}, "police_2024 does not allow the purpose score"),
        (ON, {"use_levels": ["planning"]}, "police_2024 does not allow the use level prioritisation"),
        (ON, {"covers": []}, "police_2024 does not cover offence data, which arrest is"),
        (ON, {"kinds": ["missing"]}, "no agreement covers police arrest"),
        (ON, {"agency": "housing"}, "no agreement covers police arrest"),
    ],
)
def test_what_an_agreement_refuses(tmp_path, on, given, reason):
    agreements = load_agreements(write(tmp_path, draw(**given)))
    kept, dropped = agreed([ARRESTS], KINDS, agreements, "score", "prioritisation", on)
    assert (kept, dropped) == (((ARRESTS,), []) if reason is None else ((), [("example", reason)]))


def test_one_live_agreement_among_several_is_enough(tmp_path):
    old, new = draw("old", until=date(2024, 6, 1)), draw("new", from_on=date(2024, 6, 1))
    agreements = load_agreements(write(tmp_path, old, new))
    assert agreed([ARRESTS], KINDS, agreements, "train", "prioritisation", ON) == ((ARRESTS,), [])
    _, [(_, reason)] = agreed([ARRESTS], KINDS, agreements, "train", "planning", ON)
    assert reason == "old ended on 2024-06-01; new does not allow the use level planning"


def test_a_feature_of_many_kinds_needs_them_all_and_says_each_reason_once(tmp_path):
    anything = example(count(events()), days=(90,), grain="household")
    agreements = load_agreements(write(tmp_path, draw(until=date(2024, 6, 1))))
    _, [(_, reason)] = agreed([anything], KINDS, agreements, "train", "prioritisation", ON)
    assert reason == (
        "police_2024 ended on 2024-06-01; no agreement covers housing duty; no agreement covers single_view residencies"
    )


@pytest.mark.parametrize(
    ("made", "read"),
    [
        (ARRESTS, {"arrest"}),
        (example(count(events()), days=(90,)), {"arrest", "missing"}),
        (example(count(events("police")), days=(90,), grain="household"), {"arrest", "missing", "residencies"}),
        (example(open_now(events()), grain="household"), {"duty", "residencies"}),
        (example(count(events("fire")), days=(90,), grain="property"), {"visit", "residencies", "properties"}),
        (example(count(events("fire")), days=(90,), grain="area"), {"visit", "residencies", "properties"}),
        (example(age(), protected="age"), {"residents"}),
        (example(attribute("sex"), protected="sex", static="recorded at birth"), {"residents"}),
        (example(attribute("tenure"), grain="property", static="known"), {"residencies", "properties"}),
        (example(members(), grain="household"), {"residents", "residencies"}),
        (example(moves(), days=(365,)), {"residencies"}),
        (example(days_at_home()), {"residencies"}),
    ],
)
def test_records_that_a_feature_reads(made, read):
    assert {need.kind for need in needs(made, KINDS)} == read


def test_a_feature_names_the_agreements_it_rests_on(tmp_path):
    agreements = load_agreements(write(tmp_path, draw("one", kinds=["missing"]), draw("two", kinds=["arrest"])))
    assert resting_on(ARRESTS, KINDS, agreements) == ("two",)
    assert resting_on(example(count(events("police")), days=(90,)), KINDS, agreements) == ("one", "two")


def test_every_feature_of_the_invented_county_is_agreed():
    county = load_catalogue(ROOT / "features/catalogue")
    agreements = load_agreements(ROOT / "data/agreements.yaml")
    for purpose in ("train", "score"):
        kept, dropped = agreed(county.features, county.kinds, agreements, purpose, "prioritisation", ON)
        assert (kept, dropped) == (county.features, [])
        kept, _ = agreed(county.features, county.kinds, agreements, purpose, "individual", ON)
        assert kept == ()


def test_the_countys_file_says_that_it_is_invented():
    told = yaml.safe_load((ROOT / "data/agreements.yaml").read_text(encoding="utf-8"))
    assert told["invented"] is True
    assert "invented" in told["single_view"]


ARREST, DUTY, VISIT = events("police", "arrest"), events("housing", "duty"), events("fire", "visit")
MISSING = events("police", "missing")
FIRE = outcome(Occurs((VISIT,), scope="property"))
PEOPLE = ["single_view residents", "single_view residencies"]
HOMES = ["single_view residencies", "single_view properties"]


@pytest.mark.parametrize(
    ("asked", "purpose", "needed"),
    [
        pytest.param(outcome(Occurs((ARREST,))), "train", ["police arrest", *PEOPLE], id="a rule"),
        pytest.param(outcome(Occurs((ARREST,))), "score", PEOPLE, id="scored without looking at the rule"),
        pytest.param(
            outcome(Occurs((ARREST,)), Among(not_already_days=365)),
            "score",
            ["police arrest", *PEOPLE],
            id="eligibility looks back on the rule",
        ),
        pytest.param(
            replace(outcome(Occurs((ARREST,))), trigger=MISSING), "score", ["police missing", *PEOPLE], id="a trigger"
        ),
        pytest.param(
            replace(outcome(StaysOpen(DUTY)), trigger=MISSING),
            "train",
            ["police missing", "housing duty", *PEOPLE],
            id="a spell, and a trigger",
        ),
        pytest.param(FIRE, "train", ["fire visit", *HOMES], id="a property"),
        pytest.param(FIRE, "score", HOMES, id="a property, scored"),
    ],
)
def test_an_outcome_needs_what_says_who_is_asked_about_and_what_came_of_it(tmp_path, asked, purpose, needed):
    def refused(agreed_on):
        drawn = [
            draw(f"a{number}", agency=agency, kinds=[kind], use_levels=[asked.use_level])
            for number, (agency, kind) in enumerate(need.split() for need in agreed_on)
        ]
        agreements = load_agreements(write(tmp_path, draw("other", agency="nobody"), *drawn))
        return unagreed(asked, KINDS, agreements, purpose, ON)

    assert refused(needed) == []
    for without in needed:
        assert refused([need for need in needed if need != without]) == [f"no agreement covers {without}"]


def test_without_residencies_nobody_asks_for_an_agreement_about_them(tmp_path):
    agreements = load_agreements(write(tmp_path, draw("other", agency="nobody")))
    refused = unagreed(outcome(Occurs((ARREST,))), KINDS, agreements, "score", ON, homes=False)
    assert refused == ["no agreement covers single_view residents"]


def test_every_outcome_of_the_invented_county_is_agreed_and_none_once_the_agreements_have_ended():
    county = load_catalogue(ROOT / "features/catalogue")
    agreements = load_agreements(ROOT / "data/agreements.yaml")
    for asked in county.outcomes:
        for purpose in ("train", "score"):
            assert unagreed(asked, county.kinds, agreements, purpose, ON) == []
            assert unagreed(asked, county.kinds, agreements, purpose, date(2030, 1, 1)) != []
    assert usable(county.kinds, agreements, "train", "prioritisation", ON) == county.kinds
    agencies = {kind.agency for kind in usable(county.kinds, agreements, "train", "prioritisation", date(2028, 4, 15))}
    assert agencies == {"police", "hospital", "urgent_care", "fire"}


def test_a_recipient_is_shown_what_rests_on_agreements_that_all_name_them_and_are_live(tmp_path):
    old = draw("old", until=date(2024, 6, 1), recipients=["housing"])
    new = draw("new", from_on=date(2024, 6, 1), recipients=["police"])
    agreements = load_agreements(write(tmp_path, old, new))

    def shown(recipient):
        return agreed([ARRESTS], KINDS, shown_to(recipient, agreements), "score", "prioritisation", ON)[0]

    assert shown("police") == (ARRESTS,)
    assert shown("housing") == ()  # the agreement that named them has ended
    with pytest.raises(InputError, match="--recipient florist: no sharing agreement names it; they name housing, pol"):
        shown("florist")


def test_the_policies_are_read_as_they_stand(tmp_path):
    assert load_policies(write(tmp_path, draw())).model_dump() == POLICIES
    county = load_policies(ROOT / "data/agreements.yaml").model_dump()
    assert set(county) == set(POLICIES)


def test_a_policy_that_says_nothing_is_a_fault(tmp_path):
    told = {name: text for name, text in POLICIES.items() if name != "children"} | {"offence": " " * 60, "other": "x"}
    file = write(tmp_path, draw(), policies=told)
    with pytest.raises(InputError) as raised:
        load_policies(file)
    said = sorted(fault.removeprefix(f"{file}: ").split(": ")[:2] for fault in raised.value.faults)
    assert [where for _, where in said] == ["children", "offence", "other"]
    assert {first for first, _ in said} == {"policies"}


def test_every_fault_of_a_file_comes_out_together(tmp_path):
    wrong = draw("Police", purposes=["training"], until="soon", colour="blue")
    del wrong["title"]
    file = write(tmp_path, draw(), wrong, invented="perhaps")
    with pytest.raises(InputError) as raised:
        load_agreements(file)
    said = [fault.removeprefix(f"{file}: ") for fault in raised.value.faults]
    assert [fault.split(": ")[:-1] for fault in said] == [
        ["invented"],
        *(["agreement 2", field] for field in ("name", "title", "purposes", "until", "colour")),
    ]
    assert said[3] == "agreement 2: purposes: Input should be 'train' or 'score', not 'training'"


@pytest.mark.parametrize(
    ("drawn", "fault"),
    [
        ([draw(until=date(2024, 1, 1))], "agreement 1: until must be later than from_on, 2024-01-01, not 2024-01-01"),
        ([draw(), draw()], "give each agreement a name of its own; used more than once: police_2024"),
        ([draw(kinds=[])], "agreement 1: kinds: "),
        ([], "agreements: "),
    ],
)
def test_faults_of_a_file(tmp_path, drawn, fault):
    file = write(tmp_path, *drawn)
    with pytest.raises(InputError) as raised:
        load_agreements(file)
    assert str(raised.value).startswith(f"{file}: {fault}")


@pytest.mark.parametrize(
    ("text", "fault"),
    [("agreements: [", "is not valid YAML at line 1 "), ("", "Input should be "), ("- 1", "Input should be ")],
)
def test_a_file_that_holds_no_agreements(tmp_path, text, fault):
    file = tmp_path / "agreements.yaml"
    file.write_text(text)
    with pytest.raises(InputError, match=fault):
        load_agreements(file)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="not there"):
        load_agreements(tmp_path / "none.yaml")


def test_a_key_given_twice_is_a_fault(tmp_path):
    file = write(tmp_path, draw())
    file.write_text(file.read_text(encoding="utf-8") + "invented: false\n", encoding="utf-8")
    with pytest.raises(InputError, match="invented: is given again at line"):
        load_agreements(file)


def test_a_day_may_be_text_but_no_number(tmp_path):
    [read] = load_agreements(write(tmp_path, draw(until="2026-01-01")))
    assert read.until == date(2026, 1, 1)
    with pytest.raises(InputError, match="agreement 1: until: must be a day such as 2024-03-31, not 1767225600"):
        load_agreements(write(tmp_path, draw(until=1767225600)))


def test_each_of_the_county_s_agreements_names_its_ground_in_law_and_a_condition_for_each_special_regime():
    for agreement in load_agreements(ROOT / "data/agreements.yaml"):
        assert re.search(r"UK GDPR Article 6\(1\)\([ce]\)", agreement.legal_basis), agreement.name
        special = {"health", "ethnicity"} & {*agreement.covers}
        assert bool(special) == bool(
            re.search(r"9\(2\)\([gh]\).*Schedule 1 Part [12] paragraph", agreement.legal_basis)
        )
        offence = re.search(r"Article 10;.* section 10\(5\) and Schedule 1 Part 2 paragraph", agreement.legal_basis)
        assert ("offence" in agreement.covers) == bool(offence), agreement.name
