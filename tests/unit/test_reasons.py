"""Reasons in plain English: what was used, the county's typical value, which way, and nobody else's facts."""

import numpy as np
import pandas as pd
import pytest

from models.explanation import Explanation
from models.reasons import SINCE, missing_parts, reasons, typical_values


def column(name: str, sentence: str, grain: str = "resident", agency: str = "police") -> dict:
    days = [int(name.split("_")[-1][:-1])] if name.endswith("d") and name[-2].isdigit() else []
    none = None if sentence.startswith("Days") or grain == "area" else 0.0
    return {"name": name, "sentence": sentence, "grain": grain, "agency": agency, "days": days, "none": none}


MEANINGS = [
    column("police_da_90d", "Domestic abuse incidents in the last 90 days"),
    column("police_da_365d", "Domestic abuse incidents in the last 365 days"),
    column("ae_last", "Days since the last A&E attendance", agency="urgent_care"),
    column("arrests_household_365d", "Arrests, among the other members of the household", "household"),
    column("mental_household_365d", "Detentions, among the other members of the household", "household"),
    column("area_rate_365d", "Thefts per 1,000 residents of the neighbourhood", "area"),
    column("fires_1095d", "Accidental dwelling fires at the property", "property", "fire"),
    column("fire_visit_since", "Days since the last home fire safety visit at the property", "property", "fire"),
    column("imd_decile", "Deprivation decile of the neighbourhood", "property", "home"),
]
NAMES = [m["name"] for m in MEANINGS]
TYPICAL = dict(zip(NAMES, [0, 0, np.nan, 0, 0, 12.25, 0, np.nan, 7], strict=True))


def tell(*, typical: dict | None = None, top: int = 3, withheld=frozenset(), **moved: tuple[float, float]) -> list:
    """The reasons of one resident: of each column named, what it contributed and its value; the others did nothing."""
    contributions, values = zip(*(moved.get(name, (0, 0)) for name in NAMES), strict=True)
    told = reasons(
        explained([contributions]),
        pd.DataFrame([values], columns=NAMES, dtype=float),
        MEANINGS,
        TYPICAL | (typical or {}),
        top=top,
        withheld=withheld,
    )
    return told.iloc[0].tolist()


def explained(values) -> Explanation:
    return Explanation(np.array(values, np.float32), -4.0, "", 1, tuple(NAMES))


def test_says_sentence_value_typical_value_and_direction():
    assert tell(police_da_365d=(1.2, 3), ae_last=(-0.4, 1040), imd_decile=(0.2, 2)) == [
        "Domestic abuse incidents in the last 365 days: 3 (typical in the county: 0); raised the score.",
        "Days since the last A&E attendance: 1,040 (typical in the county: nothing recorded); lowered the score.",
        "Deprivation decile of the neighbourhood: 2 (typical in the county: 7); raised the score.",
    ]


def test_says_what_is_missing():
    assert tell(ae_last=(-0.4, np.nan), top=1) == [
        "Days since the last A&E attendance: nothing recorded (typical in the county: nothing recorded); lowered the "
        "score."
    ]


@pytest.mark.parametrize(
    ("sentence", "value", "said"),
    [
        (
            "Tenure: social rent (1 if so, 0 if not)",
            1.0,
            "Tenure: social rent: yes (typical in the county: no); raised the score.",
        ),
        (
            "Total amount (in pence) of rent arrears notices",
            123456.0,
            "Total amount of rent arrears notices: £1,235 (typical in the county: £0); raised the score.",
        ),
    ],
)
def test_yes_or_no_and_pounds_are_said_as_such(sentence, value, said):
    told = reasons(
        Explanation(np.array([[1.0]], np.float32), 0.0, "", 1, ("x",)),
        pd.DataFrame({"x": [value]}),
        [column("x", sentence, "property", "home")],
        {"x": 0.0},
    )
    assert told["reason_1"].tolist() == [said]


def test_windows_of_one_feature_make_one_reason_told_by_the_weightiest():
    told = tell(police_da_90d=(0.5, 1), police_da_365d=(0.6, 3), ae_last=(-0.9, 40))
    assert [r and r.split(":")[0] for r in told] == [
        "Domestic abuse incidents in the last 365 days",
        "Days since the last A&E attendance",
        None,
    ]


def test_another_persons_records_show_neither_person_nor_fact():
    assert tell(arrests_household_365d=(0.8, 7), mental_household_365d=(0.5, 1)) == [
        "Records about the household, or others in it, raised the score.",
        None,
        None,
    ]
    assert tell(arrests_household_365d=(0.8, 7), mental_household_365d=(-0.9, 1))[0] == (
        "Records about the household, or others in it, lowered the score."
    )


def test_events_at_the_property_may_be_an_earlier_occupants_and_show_no_fact():
    assert tell(fires_1095d=(0.8, 2), fire_visit_since=(0.5, 40)) == [
        "Records at the property raised the score.",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("value", "typical", "said"),
    [
        (20.126, 12.25, "higher than typical"),
        (1.5, 12.25, "lower than typical"),
        (12.25, 12.25, "as is typical"),
        (np.nan, 12.25, "nothing to compare"),
        (20.126, np.nan, "nothing to compare"),
    ],
)
def test_a_rate_of_a_small_area_is_compared_but_never_printed(value, typical, said):
    assert tell(area_rate_365d=(0.5, value), typical={"area_rate_365d": typical}, top=1) == [
        f"Thefts per 1,000 residents of the neighbourhood: {said}; raised the score."
    ]


def test_what_the_recipient_may_not_see_is_withheld():
    told = tell(police_da_365d=(1.2, 3), ae_last=(-0.4, 1040), withheld=frozenset({"police_da_90d", "police_da_365d"}))
    assert told[0] == "Records that this recipient may not see raised the score."
    assert not any("Domestic abuse" in str(r) for r in told)


def test_leaves_out_what_hardly_matters():
    assert tell(police_da_90d=(0.009, 3)) == [None, None, None]


def test_more_reasons_may_be_asked_for_than_there_are():
    assert tell(police_da_90d=(0.5, 3), top=20)[1:] == [None] * 19


def county(rows: int) -> tuple[np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.poisson(2, (rows, len(NAMES))).astype(float), columns=NAMES, index=np.arange(rows) + 1000)
    return rng.normal(size=(rows, len(NAMES))).astype(np.float32), X


def test_many_rows_keep_their_own_reasons():
    values, X = county(50)
    whole = reasons(explained(values), X, MEANINGS, TYPICAL)
    for i in range(50):
        one = reasons(explained(values[i : i + 1]), X.iloc[i : i + 1], MEANINGS, TYPICAL)
        pd.testing.assert_frame_equal(whole.iloc[i : i + 1], one)


def test_no_rows_no_reasons():
    empty = pd.DataFrame(columns=NAMES, dtype=float)
    assert reasons(explained(np.empty((0, len(NAMES)))), empty, MEANINGS, TYPICAL).empty


def test_typical_values_are_medians_of_those_recorded():
    typical = typical_values(pd.DataFrame({"a": [1.0, 2.0, np.nan], "b": [np.nan, np.nan, 5.0]}))
    assert typical["a"] == pytest.approx(1.5)
    assert np.isnan(typical["b"])


DATED = [*MEANINGS, column("police_arrest_since", "Days since the last arrest, recorded by the police")]


def dated(column_of: str, value: float, **days: float) -> str:
    """The one reason of a resident of whom `column_of` says something, where the model has days-since columns too."""
    names = [m["name"] for m in DATED]
    values = {name: 1.0 if name == column_of else 0.0 for name in names}
    inputs = dict.fromkeys(names, np.nan) | days | {column_of: value}
    return reasons(
        Explanation(np.array([list(values.values())], np.float32), 0.0, "", 1, tuple(names)),
        pd.DataFrame([inputs]),
        DATED,
        dict.fromkeys(names, 0.0),
    ).loc[0, "reason_1"]


def test_a_reason_says_how_old_the_newest_record_of_its_agency_is_at_most():
    told = dated("police_da_365d", 2.0, police_arrest_since=34)
    assert told.endswith("raised the score. The newest record of this agency is at most 34 days old.")
    assert dated("police_da_365d", 2.0, police_arrest_since=1).endswith("at most 1 day old.")


@pytest.mark.parametrize(
    ("column_of", "value", "days"),
    [
        ("police_da_365d", 2.0, {"ae_last": 34}),  # another agency's
        ("police_da_90d", 2.0, {"police_arrest_since": 200}),  # the window says more
        ("police_arrest_since", 34.0, {}),  # the reason says it by itself
        ("arrests_household_365d", 2.0, {"police_arrest_since": 34}),  # somebody else's records
        ("area_rate_365d", 2.0, {"police_arrest_since": 34}),  # a neighbourhood's
    ],
)
def test_no_age_is_told_where_it_is_not_known_or_is_another_persons(column_of, value, days):
    assert "newest record" not in dated(column_of, value, **days)


def test_the_marker_of_an_age_is_what_sentences_say():
    from features.load import Catalogue
    from features.sentences import sentence
    from features.specs import Feature, Kind, days_since_last, events

    since = Feature("since", days_since_last(events("police", "arrest")), none=None, why="it is an example")
    view = Catalogue((Kind("police", "arrest", "arrest"),), (since,), names={})
    assert sentence(since.columns[0], view).startswith(SINCE)


def silent(*, withheld=frozenset(), **recorded: float) -> str | None:
    """Which agencies hold nothing on a resident of whom only this is recorded."""
    nothing = {m["name"]: np.nan if m["none"] is None else m["none"] for m in MEANINGS}
    return missing_parts(pd.DataFrame([nothing | recorded]), MEANINGS, {"police": "the police"}, withheld).iloc[0]


def test_agencies_with_nothing_on_the_resident_are_named():
    assert silent() == "the police; urgent care"
    assert silent(police_da_90d=1) == "urgent care"
    assert silent(police_da_90d=1, ae_last=40) is None


def test_what_is_recorded_about_others_or_the_home_names_no_agency():
    assert silent(arrests_household_365d=3, fires_1095d=1, area_rate_365d=20) == "the police; urgent care"


def test_that_an_agency_holds_nothing_is_withheld_as_well():
    assert silent(withheld=frozenset({"police_da_90d"})) == "urgent care"
    assert silent(withheld=frozenset({"arrests_household_365d"})) == "urgent care"


def test_nobody_is_silent_about_no_rows():
    assert missing_parts(pd.DataFrame(columns=NAMES, dtype=float), MEANINGS, {}).empty
