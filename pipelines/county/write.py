"""From what happened to the single view: what is recorded, under opaque identifiers, as sorted Parquet files."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.catalogue.kinds import KINDS
from features.tables import VERSION
from pipelines.county import recording
from pipelines.county.diary import NONE, ROLES
from pipelines.county.ethnicity import BROAD_OF, LABELS, NOT_STATED
from pipelines.county.params import CountyParams
from pipelines.county.people import DISABLED, SEXES
from pipelines.county.places import DISTRICTS, DWELLINGS, TENURES
from pipelines.county.simulation import day_number
from pipelines.county.truth import COLUMNS, Truth
from pipelines.county.world import World

UNITS = ("resident", "household", "property")
UNIT = np.array([UNITS.index(kind.unit) for kind in KINDS], np.int8)
SPELL = np.array([kind.spell for kind in KINDS])
OBJECT = 0.003  # share of residents who object to the use of their records
PURPOSES = np.array(["train", "score", "all"])
NAME = "An invented county"
HEX = np.frombuffer(b"0123456789abcdef", np.uint8)


@dataclass(frozen=True)
class Known:
    """Who is in the single view: the residencies that are, whether each person is, (people,), and the identifiers of
    all people, households and properties, as numbers."""

    homes: dict[str, np.ndarray]
    kept: np.ndarray
    ids: tuple[np.ndarray, np.ndarray, np.ndarray]


def make_known(world: World, params: CountyParams, rng: np.random.Generator) -> Known:
    """Decide which residencies are on record, and give everybody and everything an identifier."""
    people, starts, extract = world.people, day_number(params.starts_on), day_number(params.extract_on)
    homes = recording.record_homes(world.homes.columns(), rng)
    lived = (homes["end"] == NONE) | (homes["end"] > starts)
    kept = np.bincount(homes["resident"][lived & (homes["recorded"] < extract)], minlength=len(people)) > 0
    homes = _rows(
        homes,
        kept[homes["resident"]]
        & (homes["recorded"] < extract)
        & ((homes["end"] == NONE) | (homes["end"] > homes["day"])),
    )
    kept = np.bincount(homes["resident"], minlength=len(people)) > 0
    bits = ((len(people), 48), (len(world.households), 48), (len(world.vacant), 36))
    return Known(homes, kept, tuple(_numbers(size, wide, rng) for size, wide in bits))


def write_view(world: World, params: CountyParams, known: Known, folder: Path, rng: np.random.Generator) -> None:
    """Write the tables of the single view."""
    people, starts, extract = world.people, day_number(params.starts_on), day_number(params.extract_on)
    homes, kept, ids = known.homes, known.kept, known.ids
    households = np.bincount(homes["household"], minlength=len(world.households)) > 0
    first = np.full(len(world.households), NONE)
    first[homes["household"][::-1]] = homes["resident"][::-1]
    attributes = _attributes(world, rng)

    events = world.events.columns()
    unit = UNIT[events["kind"]]
    resident = np.where(unit == 0, events["unit"], NONE)
    died = np.where(resident != NONE, people.died[resident], NONE)
    there = (kept, households, world.places.built < extract)
    real = np.choose(unit, [here[np.minimum(events["unit"], len(here) - 1)] for here in there])
    over = events["end"] != NONE
    real &= (events["day"] >= starts) | (SPELL[events["kind"]] & (~over | (events["end"] > starts)))
    real &= (died == NONE) | (events["day"] < died)
    events["end"] = np.where(
        (died != NONE) & (~over | (events["end"] > died)) & SPELL[events["kind"]], died, events["end"]
    )
    real &= (events["end"] == NONE) | (events["end"] >= events["day"])
    events = recording.record(_rows(events, real), rng)
    unit = UNIT[events["kind"]]
    of = np.where(
        unit == 0, events["unit"], np.where(unit == 1, first[np.minimum(events["unit"], len(first) - 1)], NONE)
    )
    events = recording.plant(
        events, of, attributes, params.biases("under_recording"), params.biases("late_recording"), rng
    )
    events = _rows(events, events["recorded"] < extract)

    _write(
        folder / "about.parquet",
        {
            "version": pa.array([VERSION], pa.int64()),
            "name": pa.array([NAME]),
            "extract_on": _dates(np.array([extract])),
            "invented": pa.array([True]),
        },
    )
    _write(folder / "residents.parquet", _residents(world, kept, ids[0], attributes, extract, rng))
    _write(folder / "residencies.parquet", _residencies(homes, ids, extract))
    _write(folder / "properties.parquet", _properties(world, ids[2], extract, rng))
    _write(folder / "events.parquet", _events(events, ids, extract, rng))
    _write(folder / "objections.parquet", _objections(kept, ids[0], starts, extract, rng))


def write_truth(truth: Truth, world: World, known: Known, params: CountyParams, folder: Path) -> None:
    """Write the hidden truth of the residents in the single view, and of its properties that were lived in.

    Each file: unit_id, from_on (a quarter's first day), and float32 columns whose metadata say what they are `about`;
    a quarter after another, each a row group sorted by unit_id.
    """
    residents, _, properties = known.ids
    built = world.places.built < day_number(params.extract_on)
    for unit, ids, kept, text in (("resident", residents, known.kept, _text), ("property", properties, built, _uprn)):
        order = _order(ids, kept)
        names = text(ids[order])
        about = [pa.field(name, pa.float32(), metadata={"about": about}) for name, about in COLUMNS[unit].items()]
        schema = pa.schema([pa.field("unit_id", pa.string()), pa.field("from_on", pa.date32()), *about])
        place = np.empty(len(kept), np.int32)
        file = folder / f"{unit}.parquet"
        split = dict.fromkeys(COLUMNS[unit], "BYTE_STREAM_SPLIT")  # as small as a dictionary, in half the time
        with pq.ParquetWriter(
            file, schema, compression="zstd", use_dictionary=["from_on"], column_encoding=split
        ) as out:
            for day, who, values in truth.quarters[unit]:
                place[:] = NONE
                place[who] = np.arange(len(who))
                here = place[order] != NONE
                rows = place[order[here]]
                columns = [names.filter(pa.array(here)), _dates(np.full(len(rows), day))]
                columns += [pa.array(of.take(rows).astype(np.float32)) for of in values]
                out.write_table(pa.table(columns, schema=schema))


def _attributes(world: World, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Sex, ethnicity and disability as recorded, (people,) of text; some left not stated."""
    p, n = world.people, len(world.people)
    minority = BROAD_OF[p.ethnicity] > 0
    unstated = rng.random(n) < np.where(minority, 0.06, 0.04) * np.where(p.sex == 1, 1.2, 0.8)
    age = np.clip((world.day0 - p.born) / 365.25, 0, 100)
    disabled = rng.random(n) < 1 / (1 + np.exp(2.9 - 0.028 * age - 0.7 * p.trait[1]))
    return {
        "sex": np.array(SEXES)[p.sex],
        "ethnicity": np.array(LABELS)[np.where(unstated, NOT_STATED, p.ethnicity)],
        "disability": np.array(DISABLED)[np.where(rng.random(n) < 0.08, 2, disabled.astype(np.int8))],
    }


def _residents(
    world: World, kept: np.ndarray, ids: np.ndarray, attributes: dict, extract: int, rng: np.random.Generator
) -> dict:
    p = world.people
    recorded = recording.record_deaths(p.died, rng)
    known = (p.died != NONE) & (recorded < extract)
    home = world.places.decile[world.households.property[np.maximum(p.household, 0)]]
    loose = rng.random(len(p)) < 0.08 + 0.06 * (BROAD_OF[p.ethnicity] > 0) + 0.05 * (home <= 3) + 0.05 * (p.moved > 0)
    link = np.where(loose, np.round(1 - rng.beta(1.1, 6.0, len(p)) * 0.6, 3), 1.0)
    rows = _order(ids, kept)
    return {
        "resident_id": _text(ids[rows]),
        "born_on": _dates(p.born[rows]),
        "died_on": _dates(p.died[rows], known[rows]),
        "death_recorded_on": _dates(recorded[rows], known[rows]),
        **{name: pa.array(v[rows], pa.string()) for name, v in attributes.items()},
        "link_probability": pa.array(link[rows]),
    }


def _residencies(homes: dict, ids: tuple, extract: int) -> dict:
    known = (homes["end"] != NONE) & (homes["end_recorded"] < extract)
    rows = np.lexsort((homes["day"], ids[0][homes["resident"]]))
    return {
        "resident_id": _text(ids[0][homes["resident"][rows]]),
        "household_id": _text(ids[1][homes["household"][rows]]),
        "property_id": _uprn(ids[2][homes["property"][rows]]),
        "started_on": _dates(homes["day"][rows]),
        "ended_on": _dates(homes["end"][rows], known[rows]),
        "recorded_on": _dates(homes["recorded"][rows]),
        "end_recorded_on": _dates(homes["end_recorded"][rows], known[rows]),
    }


def _properties(world: World, ids: np.ndarray, extract: int, rng: np.random.Generator) -> dict:
    places = world.places
    code = rng.permutation(len(places.lsoa_decile))  # the codes say nothing about where
    rows = _order(ids, places.built < extract)
    lsoas = pa.array([f"L{number:05d}" for number in 10_001 + code])
    return {
        "property_id": _uprn(ids[rows]),
        "lsoa": lsoas.take(pa.array(places.lsoa[rows])),
        "district": pa.array(np.array(DISTRICTS)[places.district[rows]], pa.string()),
        "imd_decile": pa.array(places.decile[rows].astype(np.int64)),
        "tenure": pa.array(np.array(TENURES)[places.tenure[rows]], pa.string()),
        "dwelling_type": pa.array(np.array(DWELLINGS)[places.dwelling[rows]], pa.string()),
        "easting": pa.array(places.easting[rows].astype(np.float64)),
        "northing": pa.array(places.northing[rows].astype(np.float64)),
        "recorded_on": _dates(places.built[rows]),
    }


def _events(events: dict, ids: tuple, extract: int, rng: np.random.Generator) -> dict:
    unit = UNIT[events["kind"]]
    start = np.cumsum([0, *(len(of) for of in ids[:-1])])
    rank = np.concatenate([np.argsort(np.argsort(of)) + first for of, first in zip(ids, start, strict=True)])
    row = events["unit"] + start[unit]
    since = events["day"] - events["day"].min(initial=0)
    # by unit, identifier, day, kind: one number says it all, and sorts in a third of the time
    rows = np.argsort((rank[row] * (since.max(initial=0) + 1) + since) * len(KINDS) + events["kind"], kind="stable")
    events, unit, number = _rows(events, rows), unit[rows], np.concatenate(ids)[row[rows]]
    known = (events["end"] != NONE) & (events["end_recorded"] < extract)
    kinds = pa.array(events["kind"], pa.int32())
    parts = [_text(number[unit == 0]), _text(number[unit == 1]), _uprn(number[unit == 2])]  # sorted by unit
    return {
        "event_id": _text(_numbers(len(unit), 48, rng)),
        "unit": pa.array(UNITS).take(pa.array(unit, pa.int32())),
        "unit_id": pa.concat_arrays(parts),
        "agency": pa.array([k.agency for k in KINDS]).take(kinds),
        "kind": pa.array([k.kind for k in KINDS]).take(kinds),
        "role": _named(ROLES, events["role"]),
        "ladder": pa.array([k.ladder for k in KINDS], pa.string()).take(kinds),
        "tier": pa.array(events["tier"].astype(np.int64), mask=events["tier"] == NONE),
        "amount": pa.array(events["amount"].astype(np.int64), mask=events["amount"] == NONE),
        "occurred_on": _dates(events["day"]),
        "recorded_on": _dates(events["recorded"]),
        "ended_on": _dates(events["end"], known),
        "end_recorded_on": _dates(events["end_recorded"], known),
        "withdrawn_on": _dates(events["withdrawn"], (events["withdrawn"] != NONE) & (events["withdrawn"] < extract)),
    }


def _objections(kept: np.ndarray, ids: np.ndarray, starts: int, extract: int, rng: np.random.Generator) -> dict:
    rows = _order(ids, kept)
    rows = rows[rng.random(len(rows)) < OBJECT]
    return {
        "resident_id": _text(ids[rows]),
        "purpose": pa.array(rng.choice(PURPOSES, len(rows), p=(0.4, 0.2, 0.4)), pa.string()),
        "from_on": _dates(rng.integers(starts, extract, len(rows))),
    }


def _rows(columns: dict, rows: np.ndarray) -> dict:
    return {name: values[rows] for name, values in columns.items()}


def _order(ids: np.ndarray, kept: np.ndarray) -> np.ndarray:
    rows = np.flatnonzero(kept)
    return rows[np.argsort(ids[rows])]


def _numbers(size: int, bits: int, rng: np.random.Generator) -> np.ndarray:
    """Distinct random numbers, (size,): identifiers that say nothing about order or place."""
    found, again = np.empty(size, np.int64), np.arange(size)
    while len(again):
        found[again] = rng.integers(0, 1 << bits, len(again))
        ordered = np.sort(found)
        again = np.flatnonzero(np.isin(found, ordered[1:][np.diff(ordered) == 0]))
    return found


def _text(numbers: np.ndarray) -> pa.Array:
    """Twelve hexadecimal digits for each 48-bit number; the texts sort as the numbers do."""
    octets = numbers.astype(">i8").view(np.uint8).reshape(-1, 8)[:, 2:]
    return _fixed(HEX[np.stack([octets >> 4, octets & 15], axis=2).reshape(-1, 12)])


def _uprn(numbers: np.ndarray) -> pa.Array:
    """Twelve decimal digits for each 36-bit number."""
    return _fixed((48 + numbers[:, None] // 10 ** np.arange(11, -1, -1) % 10).astype(np.uint8))


def _fixed(digits: np.ndarray) -> pa.Array:
    size, width = digits.shape
    offsets = np.arange(0, (size + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(
        size, pa.py_buffer(offsets.tobytes()), pa.py_buffer(np.ascontiguousarray(digits).tobytes())
    )


def _dates(days: np.ndarray, known: np.ndarray | None = None) -> pa.Array:
    return pa.array(days.astype(np.int32), pa.int32(), mask=None if known is None else ~known).cast(pa.date32())


def _named(names: tuple[str, ...], codes: np.ndarray) -> pa.Array:
    return pa.array(names).take(pa.array(codes.astype(np.int32), mask=codes == NONE))


def _write(file: Path, columns: dict) -> None:
    pq.write_table(pa.table(columns), file, compression="zstd", row_group_size=250_000)
