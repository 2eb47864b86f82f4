"""Group figures against the aequitas toolkit's tables, number by number, and against cases worked by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fairlearn import metrics
from sklearn.metrics import precision_score

from models import capacity
from models.fairness import RESTS_ON, broad, by_group, by_length, crossed, reliability_by_group
from models.reliability import calibration

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "aequitas"
needs_published = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="../shared/data/aequitas is not on this machine")


@needs_published
def test_compas_equals_aequitas():
    # 7,214 rows; aequitas 1.1.0, which agrees with the printed tables of its COMPAS notebook
    rows = pd.read_csv(PUBLISHED / "compas_for_aequitas.csv")
    published = pd.read_csv(PUBLISHED / "compas_expected_group_metrics.csv").set_index(
        ["attribute_name", "attribute_value"]
    )
    audit = by_group(
        rows.label_value,
        rows.score,
        rows.score,
        rows[["race", "sex", "age_cat"]],
        rows.entity_id,
        min_events=0,
        resamples=20,
    )
    assert {(a, g["group"]) for a, groups in audit.items() for g in groups} == set(published.index)
    for attribute, groups in audit.items():
        for group in groups:
            expected = published.loc[attribute, group["group"]]
            assert (group["n"], group["events"], group["flagged"]) == (
                expected.group_size,
                expected.group_label_pos,
                expected.pp,
            )
            assert group["found"] == expected.tp
            assert group["selection_rate"]["value"] == pytest.approx(expected.pprev, abs=1e-6)
            assert group["fpr"]["value"] == pytest.approx(expected.fpr, abs=1e-6)
            assert group["fnr"]["value"] == pytest.approx(expected.fnr, abs=1e-6)
            assert group["ppv"]["value"] == pytest.approx(expected.precision, abs=1e-6)
            assert group["events"] / group["n"] == pytest.approx(expected.prev)
            # with a 0/1 score the curve has one corner
            assert group["auc"]["value"] == pytest.approx((expected.tpr + expected.tnr) / 2, abs=1e-6)


@needs_published
def test_compas_gives_the_printed_error_rates():
    rows = pd.read_csv(PUBLISHED / "compas_for_aequitas.csv")
    audit = by_group(rows.label_value, rows.score, rows.score, rows[["race"]], rows.entity_id, resamples=100)
    race = {g["group"]: g for g in audit["race"]}
    black, white = race["African-American"], race["Caucasian"]
    assert [round(100 * g["fpr"]["value"], 2) for g in (black, white)] == [44.85, 23.45]
    assert [round(100 * g["fnr"]["value"], 2) for g in (black, white)] == [27.99, 47.72]
    # every row its own cluster: the interval is the binomial one
    rate, others = black["fpr"]["value"], black["n"] - black["events"]
    width = 2 * 1.96 * np.sqrt(rate * (1 - rate) / others)
    assert black["fpr"]["high"] - black["fpr"]["low"] == pytest.approx(width, rel=0.25)
    # 9 events among 32: fewer than 20 events cannot say how many are missed
    assert race["Asian"]["unevaluable"] == ["fnr", "ppv", "o_e", "auc", "calibration_slope", "ici"]
    assert race["Asian"]["fnr"] == {"value": None, "low": None, "high": None}
    assert race["Asian"]["fpr"]["value"] == pytest.approx(2 / 23, abs=1e-6)


def rows(n=600):
    random = np.random.default_rng(0)
    p = random.random(n)
    y = random.random(n) < p
    groups = pd.DataFrame(
        {"sex": np.where(random.random(n) < 0.5, "F", "M"), "imd": ["most deprived"] * (n - 30) + ["not stated"] * 30}
    )
    return y, p, p > 0.7, groups, np.arange(n) // 2


def test_every_figure_has_an_interval_around_it_and_groups_add_up():
    audit = by_group(*rows(), resamples=50)
    assert list(audit) == ["sex", "imd"]
    assert sum(g["n"] for g in audit["sex"]) == sum(g["n"] for g in audit["imd"]) == 600
    for group in audit["sex"]:
        assert group["unevaluable"] == []
        assert all(group[f]["low"] <= group[f]["value"] <= group[f]["high"] for f in RESTS_ON)
    assert audit == by_group(*rows(), resamples=50)


def test_a_groups_calibration_is_that_of_its_rows_alone():
    y, p, flagged, groups, clusters = rows()
    woman = (groups["sex"] == "F").to_numpy()
    told = by_group(y, np.where(woman, p, p / 2), flagged, groups, clusters, resamples=20)["sex"]
    for record, mine, score in ((told[0], woman, p), (told[1], ~woman, p / 2)):
        alone = calibration(y[mine], score[mine])
        for name in ("calibration_slope", "ici"):
            assert record[name]["value"] == pytest.approx(alone[name], abs=1e-6)
    assert told[1]["ici"]["low"] > told[0]["ici"]["high"]  # men were promised half their risk


def test_reliability_is_told_of_the_groups_that_are_large_enough():
    y, p, _, groups, _ = rows()
    table = reliability_by_group(y, p, groups)
    assert set(table.group) == {"F", "M", "most deprived"}  # 30 rows are not stated
    assert table.groupby("attribute").n.sum().to_dict() == {"sex": 600, "imd": 570}
    assert (table.groupby(["attribute", "group"]).size() == 5).all()
    assert reliability_by_group(y, p, groups, min_events=1000).empty


def test_a_small_group_is_unevaluable_and_says_so():
    small = by_group(*rows(), resamples=20, min_events=25)["imd"][1]
    assert small["group"] == "not stated"
    assert small["n"] == 30
    assert set(small["unevaluable"]) == set(RESTS_ON) - {"selection_rate"}
    assert all(small[f]["value"] is None for f in small["unevaluable"])
    assert small["selection_rate"]["value"] is not None


def test_a_share_flagged_under_ties_counts_as_a_share():
    group = by_group(
        [1, 0, 1, 0], [0.5] * 4, [0.5] * 4, pd.DataFrame({"a": ["x"] * 4}), range(4), min_events=0, resamples=5
    )["a"][0]
    assert (group["flagged"], group["found"]) == (2, 1)
    assert (group["fnr"]["value"], group["fpr"]["value"], group["ppv"]["value"]) == (0.5, 0.5, 0.5)
    assert group["o_e"]["value"] == 1


def test_of_a_group_of_which_all_were_missed_chance_is_told():
    y, flagged = np.r_[np.ones(28), np.tile([1.0, 0.0], 500)], np.r_[np.zeros(28), np.tile([1, 0, 0, 0], 250)]
    groups = pd.DataFrame({"age": np.repeat(["80+", "others"], (28, 1000))})
    old = by_group(y, np.full(1028, 0.5), flagged, groups, np.arange(1028))["age"][0]
    assert old["fnr"] == {"value": 1, "low": pytest.approx(0.88, abs=0.02), "high": 1}
    assert old["selection_rate"] == {"value": 0, "low": 0, "high": pytest.approx(0.12, abs=0.02)}
    found = by_length(y, np.r_[np.zeros(28), np.ones(1000)], np.zeros(1028), {1: 50}, groups, np.arange(1028))["age"][0]
    assert found["fnr"]["low"] == pytest.approx(0.88, abs=0.02)


def test_a_missing_group_is_refused():
    with pytest.raises(ValueError, match="not stated"):
        by_group([1], [0.5], [1], pd.DataFrame({"a": [None]}), [1])


def test_rates_equal_fairlearns():
    y, p, flagged, groups, clusters = rows()
    groups = groups.assign(**crossed(groups))
    audit = by_group(y, p, flagged, groups, clusters, min_events=0, resamples=5)
    theirs = {
        "selection_rate": metrics.selection_rate,
        "fnr": metrics.false_negative_rate,
        "fpr": metrics.false_positive_rate,
        "ppv": precision_score,
    }
    for attribute, records in audit.items():
        frame = metrics.MetricFrame(metrics=theirs, y_true=y, y_pred=flagged, sensitive_features=groups[attribute])
        assert {record["group"] for record in records} == set(frame.by_group.index)
        for record in records:
            assert {rate: record[rate]["value"] for rate in theirs} == pytest.approx(
                frame.by_group.loc[record["group"]].to_dict(), abs=1e-6
            )


def test_crossed_groups_are_those_of_both_attributes():
    y, p, flagged, groups, clusters = rows()
    both = by_group(y, p, flagged, crossed(groups), clusters, resamples=20)["sex x imd"]
    assert [record["group"] for record in both] == [
        f"{sex}, {imd}" for sex in "FM" for imd in ("most deprived", "not stated")
    ]
    women = (groups["sex"] == "F").to_numpy() & (groups["imd"] == "not stated").to_numpy()
    assert (both[1]["n"], both[1]["events"]) == (women.sum(), y[women].sum())


def test_broad_groups_hold_the_rows_of_their_parts():
    y, p, flagged, _, clusters = rows()
    fine = pd.DataFrame({"ethnicity": np.resize(["Asian: Indian", "Asian: Chinese", "White: Irish"], len(y))})
    parts = by_group(y, p, flagged, fine, clusters, resamples=20)["ethnicity"]
    whole = {g["group"]: g for g in by_group(y, p, flagged, broad(fine), clusters, resamples=20)["ethnicity"]}
    assert set(whole) == {"Asian", "White"}
    assert whole["Asian"]["events"] == parts[0]["events"] + parts[1]["events"]
    assert whole["White"] | {"group": "White: Irish"} == parts[2]


def test_only_the_figures_asked_for_are_told():
    told = by_group(*rows(), figures=("fnr", "auc"), resamples=20, min_events=25)["imd"]
    whole = by_group(*rows(), resamples=20, min_events=25)["imd"]
    for record, all_of_it in zip(told, whole, strict=True):
        assert set(record) == {"group", "n", "events", "flagged", "found", "fnr", "auc", "unevaluable"}
        assert (record["fnr"], record["auc"]) == (all_of_it["fnr"], all_of_it["auc"])
    assert told[1]["unevaluable"] == ["fnr", "auc"]


def test_rates_at_the_capacity_are_those_of_the_audit_and_a_longer_list_misses_fewer():
    y, p, _, groups, clusters = rows()
    lists = np.where(np.arange(len(y)) < 300, "2023-01-01", "2023-07-01")
    lengths = {0.5: 30, 1: 60, 2: 120}
    told = by_length(y, p, lists, lengths, groups, clusters, resamples=30)["sex"]
    at_capacity = by_group(y, p, capacity.flagged(p, lists, 60), groups, clusters, resamples=30)["sex"]
    assert [(record["group"], record["times"]) for record in told] == [(s, t) for s in "FM" for t in lengths]
    for record, other in zip(told[1::3], at_capacity, strict=True):
        assert record["listed"] == 0.2
        assert all(record[rate] == other[rate] for rate in ("selection_rate", "fnr", "fpr", "ppv"))
    for group in (told[:3], told[3:]):
        missed = [record["fnr"]["value"] for record in group]
        assert missed == sorted(missed, reverse=True)
