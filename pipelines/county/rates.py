"""What the county is calibrated to: each rate measured on a single view beside its target, tolerance and source."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.county import census

PEOPLE, KINDS = "per 1,000 residents a year", "% of households a year"


@dataclass(frozen=True)
class Rate:
    """A rate to be met: `tolerance` is relative to the target, beside what chance alone does to so few events.

    `value` is SQL over census (year, on_day, resident, household, age, district, decile), incidents (events of the
    full years, with their year) and spells, as `measure` makes them.
    """

    name: str
    unit: str
    target: float
    tolerance: float
    source: str
    value: str
    events: str = ""  # SQL of how many events the rate rests on, where they are few


@dataclass(frozen=True)
class Measured:
    """A rate as it came out; `low` and `high` are what the test accepts."""

    rate: Rate
    value: float
    low: float
    high: float

    @property
    def met(self) -> bool:
        return self.low <= self.value <= self.high


def measure(folder: Path | str) -> list[Measured]:
    """Measure every rate on a single view's folder, over its full calendar years but the first and the last.

    The bounds are the target plus or minus its tolerance and two standard errors of a Poisson count, because a small
    county scatters.
    """
    with duckdb.connect(config={"threads": 1}) as con:
        for table in ("about", "residents", "residencies", "properties", "events"):
            con.execute(f"CREATE VIEW {table} AS FROM read_parquet('{Path(folder) / table}.parquet')")
        census.take(con)
        return [_measured(con, rate) for rate in RATES]


def table(measured: list[Measured]) -> str:
    """The rates as a Markdown table."""
    rows = [
        f"| {m.rate.name} | {m.rate.unit} | {m.rate.target:,g} | {m.value:,.2f} | {m.low:,.2f} to {m.high:,.2f} | "
        f"{'' if m.met else 'no'} | {m.rate.source} |"
        for m in measured
    ]
    return "\n".join(
        ["| what | unit | target | here | accepted | missed | source |", "|---|---|---|---|---|---|---|", *rows]
    )


def _measured(con: duckdb.DuckDBPyConnection, rate: Rate) -> Measured:
    value = float(con.execute(f"SELECT {rate.value}").fetchall()[0][0] or 0)
    events = float(con.execute(f"SELECT {rate.events}").fetchall()[0][0]) if rate.events else 0.0
    expected = events * rate.target / value if value and events else 0.0
    slack = rate.target * (rate.tolerance + (2 / expected**0.5 if expected else 0.0))
    return Measured(rate, value, rate.target - slack, rate.target + slack)


_PER_PERSON = "1000.0 / (SELECT count(*) FROM census)"
_PER_CHILD = "10000.0 / (SELECT count(*) FROM census WHERE age < 18)"


def _per_1000(where: str) -> str:
    return f"(SELECT count(*) FROM incidents WHERE {where}) * {_PER_PERSON}"


def _count(where: str) -> str:
    return f"(SELECT count(*) FROM incidents WHERE {where})"


def _children(name: str, where: str, target: float, tolerance: float, source: str) -> Rate:
    held = f"(SELECT count(*) FROM cases WHERE {where})"
    return Rate(
        name, "per 10,000 children at mid-year", target, tolerance, source, f"{held} * {_PER_CHILD}", f"{held} / 2.5"
    )


def _supported(name: str, where: str, target: float, tolerance: float) -> Rate:
    held = f"(SELECT count(*) FROM supported WHERE {where})"
    return Rate(
        name,
        "per 100,000 a year",
        target,
        tolerance,
        "ASC-FR",
        f"{held} * 100000.0 / (SELECT count(*) FROM census WHERE {where})",
        f"{held} / 3",
    )


def _kinds(least: int, target: float) -> Rate:
    return Rate(
        f"households with {least}+ kinds of disadvantage",
        KINDS,
        target,
        0.15,
        "assumed: no English figure was found",
        f"100.0 * (SELECT count(*) FROM contacts WHERE kinds >= {least}) / (SELECT count(*) FROM homes)",
        f"(SELECT count(*) FROM contacts WHERE kinds >= {least}) / 3",
    )


def _attendance_of(decile: int) -> str:
    """A&E attendances per resident of a decile of deprivation."""
    whose = f"c.year = a.year AND c.resident = a.unit_id AND c.decile = {decile}"
    attended = f"SELECT count(*) FROM attendances a JOIN census c ON {whose}"
    return f"(({attended}) * 1.0 / (SELECT nullif(count(*), 0) FROM census WHERE decile = {decile}))"


_VICTIM = "kind = 'domestic_abuse' AND role = 'victim'"
_BY_AMBULANCE = (
    "kind = 'ambulance_callout' AND EXISTS (FROM attendances a WHERE a.unit_id = incidents.unit_id "
    "AND a.occurred_on = incidents.occurred_on)"
)
RATES = (
    Rate("domestic abuse incidents", PEOPLE, 22, 0.06, "ONS, police recorded", _per_1000(_VICTIM), _count(_VICTIM)),
    _children("children with an open statutory case", "TRUE", 330, 0.08, "DfE, children in need"),
    _children("children on a protection plan", "tier = 4", 42, 0.12, "DfE, children in need"),
    _children("children looked after", "tier = 5", 75, 0.12, "DfE, SSDA903 (70-80, from memory)"),
    Rate(
        "homelessness duties",
        "per 1,000 households a year",
        13.5,
        0.08,
        "DLUHC, statutory homelessness",
        "(SELECT count(*) FROM duties) * 1000.0 / (SELECT count(*) FROM homes)",
        "(SELECT count(*) FROM duties)",
    ),
    Rate(
        "homelessness duties, Worcester",
        "per 1,000 households a year",
        16.7,
        0.10,
        "DLUHC, statutory homelessness",
        "(SELECT count(*) FROM duties WHERE district = 'Worcester') * 1000.0"
        " / (SELECT count(*) FROM homes WHERE district = 'Worcester')",
        "(SELECT count(*) FROM duties WHERE district = 'Worcester')",
    ),
    Rate(
        "homelessness duties after domestic abuse",
        "% of duties",
        25,
        0.12,
        "DLUHC, statutory homelessness",
        "100.0 * (SELECT count(*) FROM duties WHERE after_abuse) / (SELECT count(*) FROM duties)",
        "(SELECT count(*) FROM duties WHERE after_abuse)",
    ),
    Rate("A&E attendances", PEOPLE, 440, 0.03, "NHS Digital", _per_1000("kind = 'ae_attendance'")),
    Rate(
        "A&E, most to least deprived tenth",
        "ratio",
        2,
        0.15,
        "NHS Digital",
        f"{_attendance_of(1)} / {_attendance_of(10)}",
    ),
    Rate(
        "A&E, back within 7 days",
        "% of attendances",
        8.7,
        0.07,
        "NHS Digital",
        "100.0 * (SELECT count(*) FROM attendances WHERE again <= 7) / (SELECT count(*) FROM attendances)",
    ),
    Rate("ambulance arrivals", PEOPLE, 92.2, 0.05, "1,070 a week at the acute trust", _per_1000(_BY_AMBULANCE)),
    _supported("long-term adult social care, 65+", "age >= 65", 5_100, 0.10),
    _supported("long-term adult social care, 18-64", "age >= 18 AND age < 65", 870, 0.10),
    Rate(
        "accidental dwelling fires",
        "per 1,000 households a year",
        1,
        0.10,
        "Home Office, fire statistics",
        "(SELECT count(*) FROM incidents WHERE kind = 'dwelling_fire') * 1000.0 / (SELECT count(*) FROM homes)",
        _count("kind = 'dwelling_fire'"),
    ),
    Rate(
        "referrals for discharge",
        PEOPLE,
        3.7,
        0.10,
        "185 a month in the county's pilot",
        _per_1000("kind = 'discharge_referral'"),
        _count("kind = 'discharge_referral'"),
    ),
    _kinds(2, 9),
    _kinds(3, 3.5),
    _kinds(4, 1.2),
    Rate(
        "births",
        PEOPLE,
        9.2,
        0.08,
        "ONS",
        f"(SELECT count(*) FROM births) * {_PER_PERSON}",
        "(SELECT count(*) FROM births)",
    ),
    Rate(
        "deaths",
        PEOPLE,
        11,
        0.10,
        "ONS",
        "(SELECT count(*) FROM residents WHERE year(died_on) IN (SELECT year FROM midyears)) * " + _PER_PERSON,
        "(SELECT count(*) FROM residents WHERE year(died_on) IN (SELECT year FROM midyears))",
    ),
    Rate("residents aged 65+", "%", 23, 0.08, "Census 2021", "100.0 * (SELECT avg((age >= 65)::INT) FROM census)"),
    Rate("residents aged under 18", "%", 20, 0.08, "Census 2021", "100.0 * (SELECT avg((age < 18)::INT) FROM census)"),
    Rate(
        "residents per household",
        "people",
        2.32,
        0.04,
        "Census 2021",
        "(SELECT count(*) FROM census) * 1.0 / (SELECT count(*) FROM homes)",
    ),
)
