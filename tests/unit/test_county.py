"""An invented county of 2,000 residents: the same every time, opaque, and within the contract."""

from datetime import date

import numpy as np
import pyarrow.parquet as pq
import pytest

from features.catalogue.kinds import KINDS
from features.check import check
from pipelines.county import CountyParams, invent, recording, simulation
from pipelines.county.diary import KIND, NONE, Log, Rows
from pipelines.county.lives import HIDDEN
from pipelines.county.params import Bias
from pipelines.county.world import World

SMALL = CountyParams(residents=2_000, seed=3, starts_on=date(2021, 1, 1), extract_on=date(2024, 3, 20))
TRUTH = ("truth/property.parquet", "truth/resident.parquet")
TABLES = ("about", "events", "objections", "properties", "residencies", "residents")


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    invent(SMALL, folder / "view", folder / "truth")
    return folder


def rows(folder, table):
    return pq.read_table(folder / "view" / f"{table}.parquet").to_pandas()


def test_it_writes_the_six_tables_and_the_truth_apart(county):
    assert sorted(file.stem for file in (county / "view").iterdir()) == list(TABLES)
    assert sorted(file.name for file in (county / "truth").iterdir()) == ["property.parquet", "resident.parquet"]
    held = {column for table in TABLES for column in rows(county, table).columns}
    assert held.isdisjoint(HIDDEN)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(county, tmp_path):
    invent(SMALL, tmp_path / "view", tmp_path / "truth")
    files = [f"view/{table}.parquet" for table in TABLES] + list(TRUTH)
    assert all((tmp_path / file).read_bytes() == (county / file).read_bytes() for file in files)
    invent(
        {"residents": 2_000, "seed": 4, "starts_on": SMALL.starts_on, "extract_on": SMALL.extract_on},
        tmp_path / "view",
        tmp_path / "truth",
    )
    assert (tmp_path / "view/events.parquet").read_bytes() != (county / "view/events.parquet").read_bytes()


def test_no_fault_of_the_contract_is_fatal_and_every_kind_happens(county):
    assert [str(fault) for fault in check(county / "view", KINDS, threads=1) if fault.severity == "fatal"] == []
    events = rows(county, "events")
    missing = {(kind.agency, kind.kind) for kind in KINDS} - set(zip(events["agency"], events["kind"], strict=True))
    assert len(missing) <= 3  # of the rarest, among so few people
    assert (events["recorded_on"] < SMALL.extract_on).all()
    assert (events["recorded_on"] >= events["occurred_on"]).all()


def test_events_carry_what_their_kind_has_and_no_more(county):
    events = rows(county, "events").set_index(["agency", "kind"]).sort_index()
    for kind in KINDS:
        mine = events[events.index == (kind.agency, kind.kind)]
        assert mine["unit"].isin([kind.unit]).all()
        assert mine["role"].dropna().isin(kind.roles).all()
        assert mine["tier"].dropna().isin([tier for tier, _ in kind.tiers]).all()
        assert mine["role"].notna().all() == bool(kind.roles) or mine.empty
        assert mine["tier"].notna().all() == bool(kind.tiers) or mine.empty
        assert mine["amount"].notna().all() == bool(kind.amount) or mine.empty
        assert kind.spell or mine["ended_on"].isna().all()


def test_residencies_end_before_the_next_begins_where_both_are_known(county):
    homes = rows(county, "residencies").sort_values(["resident_id", "started_on"])
    after = homes.groupby("resident_id")["started_on"].shift(-1)
    both = after.notna() & homes["ended_on"].notna()
    assert (homes.loc[both, "ended_on"] <= after[both]).all()
    assert (homes["end_recorded_on"].notna() == homes["ended_on"].notna()).all()
    assert set(homes["resident_id"]) == set(rows(county, "residents")["resident_id"])


def test_a_suspect_of_domestic_abuse_shares_the_incident_with_its_victim(county):
    abuse = rows(county, "events").query("kind == 'domestic_abuse'")
    victims = set(zip(*(abuse[abuse["role"] == "victim"][c] for c in ("occurred_on", "amount", "tier")), strict=True))
    suspects = set(zip(*(abuse[abuse["role"] == "suspect"][c] for c in ("occurred_on", "amount", "tier")), strict=True))
    # a victim's record may be later than the day of extraction, or the victim dead, but hardly ever
    assert len(suspects - victims) <= 2 < len(suspects & victims)


def test_ethnicity_and_places_are_those_of_the_county(county):
    residents, properties = rows(county, "residents"), rows(county, "properties")
    stated = residents[residents["ethnicity"] != "not stated"]["ethnicity"]
    assert 0.88 < stated.str.startswith("White").mean() < 0.97
    assert properties["district"].nunique() == 6
    assert properties.groupby("lsoa")["imd_decile"].nunique().eq(1).all()
    assert properties["easting"].between(360_000, 410_000).all()
    assert properties["northing"].between(230_000, 285_000).all()


@pytest.mark.parametrize(
    ("unit", "table", "fewest"), [("resident", "residents", 1_800), ("property", "properties", 750)]
)
def test_the_truth_has_the_units_of_the_view_once_a_quarter(county, unit, table, fewest):
    truth = pq.read_table(county / f"truth/{unit}.parquet").to_pandas()
    assert not truth.duplicated(["unit_id", "from_on"]).any()
    assert set(truth["unit_id"]) <= set(rows(county, table)[f"{unit}_id"])
    quarters = [date(y, m, 1) for y in (2021, 2022, 2023, 2024) for m in (1, 4, 7, 10)][:13]
    assert sorted(set(truth["from_on"])) == quarters
    assert (truth.groupby("from_on").size() > fewest).all()
    assert truth[list(HIDDEN)].std().between(0.8, 1.2).all()
    assert np.isfinite(truth.drop(columns=["unit_id", "from_on"]).to_numpy()).all()


@pytest.mark.parametrize(("times", "expected"), [(1, 60_000), (20_000, 3)])  # all of them hit at once, and few
def test_a_draw_falls_by_weight_and_never_where_there_is_none(times, expected):
    world = World.__new__(World)
    world.rates, world.rngs = None, {"crime": np.random.default_rng(1)}
    weight = np.tile(np.array([2, 0, 1, 3, 0], np.float32), 50)
    draws = [world.draw("crime", np.arange(250), weight, expected, once=False) for _ in range(times)]
    drawn = np.bincount(np.concatenate(draws), minlength=250)
    assert drawn.sum() == pytest.approx(60_000, rel=0.02)
    assert drawn / 60_000 == pytest.approx(weight / weight.sum(), rel=0.3)
    assert drawn[weight == 0].sum() == 0


def test_a_unit_is_drawn_at_most_once_where_that_is_asked():
    world = World.__new__(World)
    world.rates, world.rngs = None, {"crime": np.random.default_rng(1)}
    weight = np.tile(np.array([2, 0, 1], np.float32), 50)
    assert world.draw("crime", np.arange(150), weight, 60_000).tolist() == np.flatnonzero(weight).tolist()
    assert len(world.draw("crime", np.arange(150), weight * 0, 60_000)) == 0


def test_a_table_keeps_what_it_had_when_rows_are_added():
    table = Rows(age=np.array([30, 40]), mood=np.array([[1.0, 2.0], [3.0, 4.0]]))
    for start in (2, 5, 8):
        assert table.add(3, {"age": 7}, mood=np.full((2, 3), start)).tolist() == [start, start + 1, start + 2]
    assert table.age.tolist() == [30, 40] + [7] * 9
    assert table.mood.tolist() == [[1, 2, *[2] * 3, *[5] * 3, *[8] * 3], [3, 4, *[2] * 3, *[5] * 3, *[8] * 3]]
    assert len(table) == 11


def test_a_failure_leaves_what_was_there(tmp_path, monkeypatch):
    (tmp_path / "view").mkdir()
    (tmp_path / "view/kept.txt").write_text("kept")
    monkeypatch.setattr(simulation, "simulate", lambda params: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        invent(SMALL, tmp_path / "view", tmp_path / "truth")
    assert [file.name for file in tmp_path.iterdir()] == ["view"]
    assert (tmp_path / "view/kept.txt").read_text() == "kept"


def test_of_two_ends_of_a_row_the_later_call_holds():
    log = Log(day=np.int32, end=np.int32)
    made = log.add(2, day=np.array([10, 20]))
    log.end(made[:1], np.array([30], np.int32))
    log.end(made[:1], np.array([25], np.int32))
    assert log.columns()["end"].tolist() == [25, NONE]


def planted(under=(), late=()):
    """Two police records and one of the hospital, of resident 0 (A) and 1 (B), recorded on day 5."""
    police, hospital = KIND["police", "violence"], KIND["hospital", "emergency_admission"]
    events = {
        "kind": np.array([police, police, hospital]),
        "day": np.full(3, 4),
        "recorded": np.full(3, 5),
        "end_recorded": np.array([NONE, NONE, 9]),
        "withdrawn": np.full(3, NONE),
    }
    of, who = np.array([0, 1, 0]), {"ethnicity": np.array(["A", "B"])}
    return recording.plant(events, of, who, under, late, np.random.default_rng(1))


def test_under_recording_strikes_the_group_at_the_agency_only():
    left = planted(under=[Bias("ethnicity", ("A",), "police", 1.0)])
    assert len(left["kind"]) == 2
    assert len(planted(under=[Bias("ethnicity", ("A",), "police", 0.0)])["kind"]) == 3


def test_late_recording_moves_every_date_of_knowledge_of_the_group():
    left = planted(late=[Bias("ethnicity", ("A",), "hospital", 30)])
    assert left["recorded"].tolist() == [5, 5, 35]
    assert left["end_recorded"].tolist() == [NONE, NONE, 39]
    assert left["withdrawn"].tolist() == [NONE, NONE, NONE]
