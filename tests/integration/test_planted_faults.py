"""Each planted fault closes the gate that is there for it, and a county without a fault closes none.

`python -m benchmarks.planted_faults` does the same from several seeds.
"""

import pytest

from benchmarks import planted_county
from benchmarks.planted_faults import FAULTS, clean, is_caught


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.what for fault in FAULTS])
def test_a_planted_fault_is_caught(fault):
    assert is_caught(fault, seed=0)


@pytest.mark.parametrize("seed", [1000, 1001])
def test_a_county_without_a_fault_fails_at_no_gate(seed):
    assert planted_county.failed(clean(seed, refits=20)) == set()
