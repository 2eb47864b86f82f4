"""Groups beside the county and each other, against aequitas' table, and the events it takes to tell against draws."""

import numpy as np
import pandas as pd
import pytest

from models.disparity import GAP_WITHIN, disparities, years_of
from models.fairness import by_group
from pipelines.code import ROOT

PUBLISHED = ROOT.parent / "shared" / "data" / "aequitas"
needs_published = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="../shared/data/aequitas is not on this machine")
REFERENCES = {"race": "Caucasian", "sex": "Male", "age_cat": "25 - 45"}


@needs_published
def test_ratios_of_compas_equal_aequitas():
    # aequitas 1.1.0; figures as printed in its COMPAS notebook, reference groups named there
    rows = pd.read_csv(PUBLISHED / "compas_for_aequitas.csv")
    published = pd.read_csv(PUBLISHED / "compas_expected_disparities_ref_caucasian_male_25_45.csv")
    published = published.set_index(["attribute_name", "attribute_value"])
    given = (rows.label_value, rows.score, rows.score, rows[list(REFERENCES)], rows.entity_id)
    found = disparities(*given, years=1, references=REFERENCES, min_events=0, expected=0, resamples=5)
    rates = by_group(*given, min_events=0, resamples=5)
    assert {(a, g["group"]) for a, groups in found.items() for g in groups} == set(published.index)
    for attribute, groups in found.items():
        its = {g["group"]: g for g in rates[attribute]}
        one = its[REFERENCES[attribute]]
        for group in groups:
            expected, mine, ratio = (
                published.loc[attribute, group["group"]],
                its[group["group"]],
                group["against_reference"],
            )
            assert group["reference"] == expected.fpr_ref_group_value
            told = {
                "pprev": ratio["selection_rate_ratio"]["value"],
                "fpr": ratio["fpr_ratio"]["value"],
                "fnr": ratio["fnr_ratio"]["value"],
                "precision": ratio["ppv_ratio"]["value"],
                "ppr": mine["flagged"] / one["flagged"],
                **{
                    name: (1 - mine[rate]["value"]) / (1 - one[rate]["value"])
                    for name, rate in (("tpr", "fnr"), ("tnr", "fpr"), ("fdr", "ppv"))
                },
                "for": false_omission(mine) / false_omission(one),
                "npv": (1 - false_omission(mine)) / (1 - false_omission(one)),
            }
            for name, value in told.items():
                assert value == pytest.approx(expected[f"{name}_disparity"], abs=5e-6, rel=5e-6), (group["group"], name)


def false_omission(group):
    return (group["events"] - group["found"]) / (group["n"] - group["flagged"])


def made_up(n=4000, small=40, seed=0):
    random = np.random.default_rng(seed)
    p = random.uniform(0.05, 0.45, n)
    y, groups = random.random(n) < p, np.where(np.arange(n) < small, "few", np.where(random.random(n) < 0.6, "a", "b"))
    return y, p, p > 0.3, pd.DataFrame({"group": groups}), np.arange(n)


def test_gaps_are_differences_to_everybody_and_to_the_largest_group():
    y, p, flagged, groups, clusters = made_up()
    told = {g["group"]: g for g in disparities(y, p, flagged, groups, clusters, years=2, resamples=50)["group"]}
    fnr = {name: 1 - flagged[rows & y].mean() for name, rows in ((n, (groups.group == n).to_numpy()) for n in told)}
    county = 1 - flagged[y].mean()
    assert {g["reference"] for g in told.values()} == {"a"}
    assert told["b"]["county"]["fnr_gap"]["value"] == pytest.approx(fnr["b"] - county, abs=1e-6)
    assert told["b"]["against_reference"]["fnr_gap"]["value"] == pytest.approx(fnr["b"] - fnr["a"], abs=1e-6)
    assert told["a"]["against_reference"]["ppv_ratio"] == {"value": 1, "low": 1, "high": 1}
    assert told["b"]["county"]["o_e"] == told["b"]["against_reference"]["o_e"]
    for side in ("county", "against_reference"):
        assert all(
            told["b"][side][f]["low"] <= told["b"][side][f]["value"] <= told["b"][side][f]["high"]
            for f in told["b"][side]
        )
    assert told["a"]["unevaluable"] == told["b"]["unevaluable"] == {}


def test_a_group_that_is_too_small_says_what_it_would_take():
    y, p, flagged, groups, clusters = made_up()
    y[:40] = np.arange(40) < 8
    few = disparities(y, p, flagged, groups, clusters, years=2, resamples=100)["group"][2]
    assert (few["group"], few["events"]) == ("few", 8)
    assert few["county"]["fnr_gap"] == few["against_reference"]["o_e"] == {"value": None, "low": None, "high": None}
    assert set(few["unevaluable"]) == {"fnr_gap", "o_e", "ppv_ratio"}
    for needed in few["unevaluable"].values():
        assert needed["events_needed"] >= 20
        assert needed["years_needed"] == pytest.approx(needed["events_needed"] / 4, abs=1e-6)  # 8 events in 2 years


def test_a_group_of_which_nobody_was_found_is_not_certain_to_be_missed():
    # everybody's FNR is 0.9: of 22 events 2.2 would be found, so none says little, though every resample says none
    y, flagged = np.r_[np.ones(22), np.ones(1000), np.zeros(4000)], np.r_[np.zeros(22), np.arange(1000) % 10 == 0]
    flagged = np.r_[flagged, np.arange(4000) % 10 == 0] * 1.0
    groups = pd.DataFrame({"group": np.repeat(["few", "rest", "rest"], (22, 1000, 4000))})
    given = (y, np.full(len(y), 0.2), flagged, groups, np.arange(len(y)))
    few = disparities(*given, years=1, resamples=50)["group"][0]
    assert few["county"]["fnr_gap"]["value"] is None
    assert few["unevaluable"]["fnr_gap"]["events_needed"] == pytest.approx(50, abs=2)  # 5 of 50 would be found
    told = disparities(*given, years=1, resamples=50, expected=0)["group"][0]["county"]["fnr_gap"]
    assert told["low"] < 0 < told["value"] < told["high"]  # and what it would say is that it cannot tell


def test_that_all_of_28_were_missed_does_not_settle_a_gap():
    # of 28 all are missed, in the county 0.8: by 0.2 more, but 0.88 is as likely as 1, and 0.88 is within a tenth
    y, flagged = np.ones(2028), np.r_[np.zeros(28), np.arange(2000) % 5 == 0] * 1.0
    y, flagged = np.r_[y, np.zeros(8000)], np.r_[flagged, np.zeros(8000)]
    groups = pd.DataFrame({"age": np.repeat(["80+", "others", "others"], (28, 2000, 8000))})
    given = (y, np.full(len(y), 0.2), flagged, groups, np.arange(len(y)))
    gap = next(of for of in disparities(*given, years=1)["age"] if of["group"] == "80+")["county"]["fnr_gap"]
    assert gap["value"] == pytest.approx(0.2, abs=0.01)
    assert 0.05 < gap["low"] < GAP_WITHIN < gap["high"]


def test_where_no_flag_was_right_it_still_says_what_it_would_take():
    y, p, flagged, groups, clusters = made_up()
    for group in disparities(y, p, flagged & ~y, groups, clusters, years=1, resamples=20)["group"]:
        assert group["county"]["ppv_ratio"]["value"] is None
        assert all(needed["events_needed"] >= 20 for needed in group["unevaluable"].values())
        assert all(needed["years_needed"] > 0 for needed in group["unevaluable"].values())


def test_so_many_events_settle_a_gap_of_a_tenth():
    y, p, flagged, groups, clusters = made_up(n=20_000, small=0)
    needed = disparities(y, p, flagged, groups, clusters, years=1, resamples=100)["group"][0]["needed"]
    events = np.flatnonzero(y)[: needed["fnr_gap"]["events_needed"]]
    few = pd.DataFrame({"group": np.where(np.isin(np.arange(len(y)), events) | ~y, "few", "rest")})
    gap = disparities(y, p, flagged, few, clusters, years=1, resamples=1000)["group"][0]["county"]["fnr_gap"]
    assert (gap["high"] - gap["low"]) / 2 == pytest.approx(GAP_WITHIN, rel=0.15)


def test_events_that_come_together_are_worth_fewer():
    y, p, flagged, groups, _ = made_up(n=1000)
    alone = disparities(y, p, flagged, groups, np.arange(1000), years=1)["group"][0]["needed"]
    again = [np.repeat(of, 4) for of in (y, p, flagged)]
    four_times = groups.loc[groups.index.repeat(4)].reset_index(drop=True)
    together = disparities(*again, four_times, np.repeat(np.arange(1000), 4), years=1)["group"][0]["needed"]
    assert together["fnr_gap"]["events_needed"] == pytest.approx(4 * alone["fnr_gap"]["events_needed"], rel=0.25)


def test_years_are_those_over_which_lists_were_made():
    months = pd.date_range("2023-01-01", "2024-12-01", freq="MS").date
    assert years_of(np.repeat(months, 3), 180) == pytest.approx(2, abs=0.01)
    assert years_of(["2023-01-01"] * 5, 365) == pytest.approx(1, abs=0.01)
