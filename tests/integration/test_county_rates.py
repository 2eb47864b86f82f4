"""The invented county has the rates it is calibrated to, and the faults of recording that are planted in it."""

from datetime import date

import duckdb
import pytest

from features.catalogue.kinds import KINDS
from features.check import check
from pipelines.county import CountyParams, invent, rates

MINORITY = ("Asian: Indian", "Asian: Pakistani", "White: Other White")


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    invent(CountyParams(residents=20_000, seed=1), folder / "view", folder / "truth")
    return folder / "view"


def test_every_rate_is_within_its_tolerance(view, capsys):
    measured = rates.measure(view)
    with capsys.disabled():
        print("\n" + rates.table(measured))
    assert [m.rate.name for m in measured if not m.met] == []


def test_the_single_view_has_no_fatal_fault_and_only_the_warnings_that_life_brings(view):
    faults = check(view, KINDS, threads=1)
    assert [str(fault) for fault in faults if fault.severity == "fatal"] == []
    late_ends, few = {("residencies", "started_on")}, 40
    assert [str(f) for f in faults if (f.table, f.column) not in late_ends and f.rows > few] == []


def test_history_foretells_but_does_not_decide(view):
    """Victims of one year are victims of the next far more often than others, and most of them are not."""
    with duckdb.connect() as con:
        con.execute(f"""CREATE TABLE victims AS SELECT DISTINCT unit_id, year(occurred_on) AS year
            FROM '{view}/events.parquet' WHERE kind = 'domestic_abuse' AND role = 'victim'""")
        again, victims = con.execute("""SELECT count(b.unit_id), count(*)
            FROM victims a LEFT JOIN victims b ON b.unit_id = a.unit_id AND b.year = a.year + 1
            WHERE a.year BETWEEN 2016 AND 2022""").fetchall()[0]
    anybody = victims / 7 / 20_000
    assert 3 * anybody < again / victims < 0.35


def counts(folder):
    with duckdb.connect() as con:
        return {
            (group, agency): (n, delay)
            for group, agency, n, delay in con.execute(f"""
            SELECT ethnicity IN {MINORITY}, agency, count(*), avg(recorded_on - occurred_on)
            FROM '{folder}/view/events.parquet' JOIN '{folder}/view/residents.parquet' ON unit_id = resident_id
            GROUP BY ALL""").fetchall()
        }


def test_planted_biases_strike_their_group_and_agency_alone(tmp_path):
    frame = {"residents": 8_000, "seed": 2, "starts_on": date(2020, 1, 1), "extract_on": date(2023, 1, 1)}
    who = {"column": "ethnicity", "groups": list(MINORITY)}
    invent(frame, tmp_path / "plain/view", tmp_path / "plain/truth")
    invent(
        frame
        | {
            "under_recording": [who | {"agency": "police", "share": 0.5}],
            "late_recording": [who | {"agency": "urgent_care", "days": 60}],
        },
        tmp_path / "biased/view",
        tmp_path / "biased/truth",
    )
    plain, biased = counts(tmp_path / "plain"), counts(tmp_path / "biased")
    assert 0.35 < biased[True, "police"][0] / plain[True, "police"][0] < 0.65
    assert biased[False, "police"][0] == plain[False, "police"][0]
    assert biased[True, "urgent_care"][1] - plain[True, "urgent_care"][1] == pytest.approx(60, abs=1)
    assert biased[False, "urgent_care"] == plain[False, "urgent_care"]
    for unit in ("resident", "property"):
        plain, biased = (tmp_path / of / "truth" / f"{unit}.parquet" for of in ("plain", "biased"))
        assert plain.read_bytes() == biased.read_bytes()


def test_fires_fall_where_the_truth_says_so_and_hardly_ever_twice(view):
    """Most fires are at the third of homes which the hidden rate puts first, and some at every third."""
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE fires AS FROM '{view}/events.parquet' WHERE kind = 'dwelling_fire'")
        fires = con.execute(f"""WITH rates AS (
                SELECT *, ntile(3) OVER (PARTITION BY from_on ORDER BY fire) AS third
                FROM '{view.parent}/truth/property.parquet')
            SELECT third, count(*) FROM fires f
            ASOF JOIN rates t ON f.unit_id = t.unit_id AND occurred_on >= from_on GROUP BY third ORDER BY third
            """).fetchall()
        homes, times = con.execute("SELECT count(DISTINCT unit_id), count(*) FROM fires").fetchall()[0]
    low, middle, high = (count for _, count in fires)
    assert 0 < low < middle < high
    assert high > (low + middle + high) / 2
    assert homes > 0.9 * times


def test_a_discharge_takes_longer_where_the_truth_says_so(view):
    """Of those whom the hidden odds put last, about half are still in hospital a week after the referral."""
    with duckdb.connect() as con:
        still = con.execute(f"""WITH waits AS (
                SELECT ended_on - occurred_on AS days, ntile(3) OVER (ORDER BY stays_in_hospital) AS third
                FROM '{view}/events.parquet' e
                ASOF JOIN '{view.parent}/truth/resident.parquet' t ON e.unit_id = t.unit_id AND occurred_on >= from_on
                WHERE kind = 'discharge_referral' AND ended_on IS NOT NULL)
            SELECT avg((days > 7)::INT) FROM waits GROUP BY third ORDER BY third""").fetchall()
    low, middle, high = (share for (share,) in still)
    assert low < 0.2 < middle < 0.45 < high < 0.75


def test_one_incident_of_domestic_abuse_brings_the_next_sooner_than_a_year_brings_it(view):
    """Victims who were victims in the past year as well are harmed again within a year twice as often as the others."""
    with duckdb.connect() as con:
        con.execute(f"""CREATE TABLE incidents AS SELECT unit_id, occurred_on AS day FROM '{view}/events.parquet'
            WHERE kind = 'domestic_abuse' AND role = 'victim'""")
        first, again = (
            share
            for (share,) in con.execute("""SELECT avg((EXISTS (FROM incidents b WHERE b.unit_id = a.unit_id
                        AND b.day > a.day AND b.day <= a.day + 365))::INT)
                FROM incidents a WHERE a.day BETWEEN '2016-01-01' AND '2023-12-31'
                GROUP BY EXISTS (FROM incidents b WHERE b.unit_id = a.unit_id
                        AND b.day < a.day AND b.day >= a.day - 365)
                ORDER BY 1""").fetchall()
        )
    assert 0.1 < first < 0.35
    assert again > 2 * first
