"""A model is approved while all three roles have signed the same bytes for the same use, and none has withdrawn."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from features.errors import InputError
from models.approvals import HEADER, ROLES, SignOff, Withdrawal, live, load_approvals, require_approval, standing
from models.record_file import with_record

ROOT = Path(__file__).parents[2]
SRO, DPO, CHAIR = ROLES
MODEL, SHA256, OTHER = "0a1b2c3d4e5f6071", "a" * 64, "b" * 64
REASON = "Two families came to harm by it and nobody can say why."
END = date(2027, 6, 30)


def signed(role, **given):
    return {
        "outcome": "escalation",
        "model": MODEL,
        "sha256": SHA256,
        "use_level": "prioritisation",
        "recipients": ["housing", "police"],
        "role": role,
        "name": "who in that role",
        "signed_on": date(2026, 6, 30),
        "until": END,
    } | given


def withdrawn(role, **given):
    return {
        "outcome": "escalation",
        "role": role,
        "name": "who",
        "withdrawn_on": date(2026, 9, 1),
        "reason": REASON,
    } | given


@pytest.fixture
def on_file(tmp_path):
    def write(*records):
        path = tmp_path / "approvals.yaml"
        path.write_text(HEADER + yaml.safe_dump(list(records), sort_keys=False), encoding="utf-8")
        return path

    return write


def approved(path, model=MODEL, sha256=SHA256, use_level="prioritisation", recipient="police", on=date(2027, 1, 1)):
    return require_approval(path, "escalation", model, sha256, use_level, recipient, on)


def test_no_file_means_no_approvals(tmp_path):
    assert load_approvals(tmp_path / "approvals.yaml") == ()
    with pytest.raises(InputError, match="nothing has been signed about this outcome"):
        approved(tmp_path / "approvals.yaml")


def test_three_signatures_approve_until_the_earliest_end_for_whom_all_named(on_file):
    path = on_file(
        signed(SRO, recipients=["housing", "police", "fire"]),
        signed(DPO, until=END - timedelta(days=1)),
        signed(CHAIR, recipients=["police", "fire"]),
    )
    found = approved(path)
    assert (found.recipients, found.until) == (("police",), END - timedelta(days=1))
    assert [record.role for record in found.signed] == [SRO, DPO, CHAIR]
    assert live(path, "escalation", "prioritisation", found.until - timedelta(days=1)) == (found,)
    assert live(path, "escalation", "prioritisation", found.until) == ()
    assert live(path, "escalation", "planning", date(2027, 1, 1)) == ()
    assert live(path, "complex_dependency", "prioritisation", date(2027, 1, 1)) == ()


ALL = tuple(signed(role) for role in ROLES)


@pytest.mark.parametrize(
    ("records", "asked", "told"),
    [
        pytest.param(ALL[:2], {}, "the chair of the ethics group has not signed", id="two of three"),
        pytest.param(
            [*ALL[:2], signed(CHAIR, until=date(2026, 12, 1))],
            {},
            "what the chair of the ethics group signed ended on 2026-12-01",
            id="expired",
        ),
        pytest.param(
            [*ALL, withdrawn(DPO)],
            {},
            f"the data protection officer withdrew on 2026-09-01 ({REASON})",
            id="withdrawn",
        ),
        pytest.param(ALL, {"sha256": OTHER}, "it has been altered since it was signed off", id="altered"),
        pytest.param(
            ALL, {"sha256": OTHER, "model": "ffff"}, f"what was signed off is another model, {MODEL}", id="another"
        ),
        pytest.param(ALL, {"use_level": "individual"}, "it is signed off for prioritisation only", id="another use"),
        pytest.param(
            [*ALL[:2], signed(CHAIR, sha256=OTHER)],
            {},
            "the chair of the ethics group has not signed",
            id="other bytes",
        ),
        pytest.param(ALL, {"recipient": "florist"}, "is approved for housing, police, not for florist", id="recipient"),
        pytest.param(
            [*ALL[:2], signed(CHAIR, recipients=["fire"])], {}, "is approved for nobody, not for police", id="nobody"
        ),
    ],
)
def test_each_way_of_not_being_approved_is_told(on_file, records, asked, told):
    with pytest.raises(InputError) as error:
        approved(on_file(*records), **asked)
    assert told in str(error.value)
    assert len(error.value.faults) == 1


def test_a_withdrawal_ends_what_was_signed_before_and_not_what_is_signed_after(on_file):
    again = signed(DPO, signed_on=date(2026, 10, 1))
    assert approved(on_file(*ALL, withdrawn(DPO), again)).signed[1].signed_on == date(2026, 10, 1)
    with pytest.raises(InputError, match="withdrew"):
        approved(on_file(*ALL, again, withdrawn(DPO)))
    # That of another role's, or another outcome, is not touched.
    assert approved(on_file(*ALL, withdrawn(DPO, outcome="dwelling_fire")))


def test_of_what_a_role_signed_about_the_same_bytes_the_last_counts(on_file):
    shorter = signed(CHAIR, until=date(2026, 12, 1))
    with pytest.raises(InputError, match="ended on 2026-12-01"):
        approved(on_file(*ALL, shorter))
    assert approved(on_file(shorter, *ALL))


def test_two_models_of_an_outcome_may_both_be_approved(on_file):
    newer = [signed(role, sha256=OTHER, model="newer") for role in ROLES]
    path = on_file(*ALL, *newer)
    assert [of.model for of in live(path, "escalation", "prioritisation", date(2027, 1, 1))] == [MODEL, "newer"]
    stands = standing(load_approvals(path), "escalation", OTHER, "prioritisation")
    assert {record.model for record in stands.values()} == {"newer"}


def test_a_day_may_be_text(on_file):
    [record] = load_approvals(on_file(signed(SRO, until="2027-06-30")))
    assert record.until == END


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        pytest.param(signed(SRO, until=1814313600), "record 1: until: must be a day such as 2024-03-31", id="a number"),
        pytest.param(
            signed(SRO, model=12345678), "record 1: model: input should be a valid string, not 12345678", id="unquoted"
        ),
        pytest.param(signed(SRO, use_level=["planning"]), "record 1: use_level: input should be", id="a list"),
        pytest.param(signed("reviewer"), "record 1: role: input should be 'senior_responsible_owner'", id="a role"),
        pytest.param(signed(SRO, recipients=[]), "record 1: recipients: tuple should have at least 1", id="for nobody"),
        pytest.param(signed(SRO, sha256="short"), "record 1: sha256: string should match", id="no hash"),
        pytest.param(
            signed(SRO, until=date(2026, 6, 30)), "record 1: until must be later than signed_on", id="no time at all"
        ),
        pytest.param(signed(SRO, colour="blue"), "record 1: colour: extra inputs are not permitted", id="a stranger"),
        pytest.param(withdrawn(SRO, reason="no"), "record 1: reason: string should have at least 30", id="no reason"),
        pytest.param("approved", "record 1: must be lines of key: value, not 'approved'", id="a word"),
    ],
)
def test_a_fault_of_a_record(on_file, record, fault):
    with pytest.raises(InputError) as error:
        load_approvals(on_file(record))
    assert len(error.value.faults) == 1
    assert fault in str(error.value)


def test_every_fault_of_the_file_is_named_at_once(on_file):
    with pytest.raises(InputError) as error:
        load_approvals(on_file(signed(SRO, until="soon", use_level="anything"), "a word"))
    assert len(error.value.faults) == 3


def test_a_file_that_is_no_list_is_a_fault(on_file):
    path = on_file()
    path.write_text("outcome: escalation\n", encoding="utf-8")
    with pytest.raises(InputError, match="must be a list of records"):
        load_approvals(path)


def test_records_are_added_and_what_was_there_stays(on_file):
    path = on_file()
    assert path.read_text(encoding="utf-8") == HEADER + "[]\n"
    records = (SignOff(**signed(SRO)), Withdrawal(**withdrawn(SRO)), SignOff(**signed(CHAIR, name="O'Neill: é")))
    for number, record in enumerate(records, start=1):
        before = path.read_text(encoding="utf-8").removesuffix("[]\n")
        path.write_text(with_record(path.read_text(encoding="utf-8"), record), encoding="utf-8")
        assert path.read_text(encoding="utf-8").startswith(before)
        assert load_approvals(path) == records[:number]


def test_nothing_is_approved_in_the_project_as_it_comes():
    assert (ROOT / "models/approvals.yaml").read_text(encoding="utf-8") == HEADER + "[]\n"
