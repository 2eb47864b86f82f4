"""What can be asked of an invented county, and what is refused."""

from datetime import date

import pytest

from features.errors import InputError
from pipelines.county import CountyParams

BIAS = {"column": "ethnicity", "groups": ["Black: Caribbean"], "agency": "police"}


def test_the_defaults_are_ten_years_of_forty_thousand_residents():
    params = CountyParams()
    assert (params.residents, params.extract_on.year - params.starts_on.year) == (40_000, 10)
    assert params.biases("under_recording") == params.biases("late_recording") == []


@pytest.mark.parametrize(
    ("section", "says"),
    [
        ({"residents": 1_999}, "county.residents must be a whole number from 2000 to 600000, not 1999"),
        ({"residents": "40000"}, "county.residents must be a whole number from 2000 to 600000, not '40000'"),
        ({"residents": True}, "county.residents must be a whole number from 2000 to 600000, not True"),
        ({"seed": -1}, "county.seed must be a whole number, 0 or more, not -1"),
        ({"starts_on": "2015"}, "county.starts_on must be a day such as 2015-01-01, not '2015'"),
        (
            {"starts_on": date(2024, 6, 1)},
            "county.extract_on must be more than a year after starts_on 2024-06-01, not 2025-01-01",
        ),
        ({"residnts": 5_000}, "county has no key 'residnts'"),
        (
            {"under_recording": {}},
            "county.under_recording must be a list of entries with column, groups, agency, share, not {}",
        ),
        (
            {"under_recording": [BIAS]},
            "county.under_recording[0] must have exactly the keys column, groups, agency, share",
        ),
        (
            {"under_recording": [BIAS | {"share": 2}]},
            "county.under_recording[0].share must be a number from 0 to 1, not 2",
        ),
        (
            {"late_recording": [BIAS | {"days": -1}]},
            "county.late_recording[0].days must be a number from 0 to 3650, not -1",
        ),
        (
            {"late_recording": [BIAS | {"days": 9, "agency": "fire"}]},
            "county.late_recording[0].agency must be one of police",
        ),
        (
            {"late_recording": [BIAS | {"days": 9, "column": "age"}]},
            "county.late_recording[0].column must be one of sex",
        ),
        (
            {"late_recording": [BIAS | {"days": 9, "groups": []}]},
            "county.late_recording[0].groups must list at least one",
        ),
        (
            {"late_recording": [BIAS | {"days": 9, "groups": ["Martian"]}]},
            "county.late_recording[0].groups has no 'Martian'",
        ),
    ],
)
def test_a_wrong_parameter_is_named_with_its_rule_and_value(section, says):
    with pytest.raises(InputError) as refused:
        CountyParams.of(section)
    assert says in str(refused.value)


def test_all_faults_come_out_together():
    with pytest.raises(InputError) as refused:
        CountyParams(residents=1, seed=-1, under_recording=({},))
    assert len(refused.value.faults) == 3
