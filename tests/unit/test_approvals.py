"""A real single view is scored only by a model with a live approval for that use."""

from datetime import date

import pytest

from features.errors import InputError
from models.approvals import load_approvals, require_approval

RECORD = """
- outcome: escalation
  model: 0a1b2c3d4e5f6071
  approved_by: Ethics chair
  use_level: prioritisation
  until: 2027-06-30
"""


def test_no_file_means_no_approvals(tmp_path):
    assert load_approvals(tmp_path / "approvals.yaml") == ()


def test_a_live_approval_is_found(tmp_path):
    path = tmp_path / "approvals.yaml"
    path.write_text(RECORD)
    found = require_approval(path, "escalation", "0a1b2c3d4e5f6071", "prioritisation", date(2027, 6, 29))
    assert found.approved_by == "Ethics chair"


def test_a_day_may_be_text(tmp_path):
    path = tmp_path / "approvals.yaml"
    path.write_text(RECORD.replace("2027-06-30", "'2027-06-30'"))
    assert load_approvals(path)[0].until == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        pytest.param("2027-06-30", "1814313600", "record 1: until must be a day such as 2024-03-31", id="a number"),
        pytest.param("0a1b2c3d4e5f6071", "12345678", "record 1: model must be text, not 12345678", id="unquoted"),
        pytest.param("prioritisation", "[planning]", "record 1: use_level must be text", id="a list"),
        pytest.param("  model", "  outcome: other\n  model", "outcome: is given again at line 3", id="twice"),
    ],
)
def test_a_fault_of_a_record(tmp_path, old, new, fault):
    path = tmp_path / "approvals.yaml"
    path.write_text(RECORD.replace(old, new))
    with pytest.raises(InputError) as error:
        load_approvals(path)
    assert len(error.value.faults) == 1
    assert fault in str(error.value)


@pytest.mark.parametrize(
    ("model", "use_level", "on"),
    [
        pytest.param("ffffffffffffffff", "prioritisation", date(2027, 1, 1), id="another model"),
        pytest.param("0a1b2c3d4e5f6071", "individual", date(2027, 1, 1), id="another use"),
        pytest.param("0a1b2c3d4e5f6071", "prioritisation", date(2027, 6, 30), id="expired"),
    ],
)
def test_no_other_approval_serves(tmp_path, model, use_level, on):
    path = tmp_path / "approvals.yaml"
    path.write_text(RECORD)
    with pytest.raises(InputError, match=r"has no live approval.*ethics group"):
        require_approval(path, "escalation", model, use_level, on)


def test_every_fault_of_the_file_is_named_at_once(tmp_path):
    path = tmp_path / "approvals.yaml"
    path.write_text(
        RECORD.replace("2027-06-30", "soon").replace("prioritisation", "anything") + "- outcome: escalation\n"
    )
    with pytest.raises(InputError) as error:
        load_approvals(path)
    assert len(error.value.faults) == 3
