"""Faults planted on purpose, and whether the gates find them: `python -m benchmarks.planted_faults`.

Each fault is made anew from every seed, goes down the line from matrix to gates as an honest run would, and is caught
where the gate that is there for it is closed. Beside it stands how often any gate fails in a run without a fault.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from benchmarks import planted_county as planted
from benchmarks import planted_view
from benchmarks.measure import table
from benchmarks.planted_county import County, county, line
from features.agreements import Agreement, Need
from features.errors import InputError
from models.splits import Split, temporal_split

REFITS = 20
FAULTY_FROM, CLEAN_FROM = 100, 2000  # seeds that nothing was settled on: the tests use those from 0
TAMPERED = "fedcba9876543210"


@dataclass(frozen=True)
class Fault:
    """What is wrong, the gate that is there to find it (or two), and the evidence of a run from a seed that has it.

    `closed` says which gates find it: those that fail or, where too little is on record to go by, all that do not pass.
    """

    what: str
    gate: str
    run: Callable[[int], dict]
    closed: Callable[[dict], set[str]] = planted.failed


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    words.add_argument("--seeds", type=int, default=5, help="how often each fault is planted (default: %(default)s)")
    words.add_argument("--clean", type=int, default=20, help="runs without a fault (default: %(default)s)")
    words.add_argument("--only", nargs="+", help="faults whose names begin with one of these")
    given = words.parse_args()
    alarms = {}
    for seed in range(CLEAN_FROM, CLEAN_FROM + given.clean):
        alarms[seed] = sorted(planted.failed(clean(seed, REFITS)))
        print(f"clean {seed}: {alarms[seed]}", flush=True)
    rows = []
    for fault in FAULTS:
        if given.only and not fault.what.startswith(tuple(given.only)):
            continue
        caught = sum(is_caught(fault, seed) for seed in range(FAULTY_FROM, FAULTY_FROM + given.seeds))
        rows.append([fault.what, fault.gate, f"{caught}/{given.seeds}"])
        print(*rows[-1], sep=" | ", flush=True)
    print("\n" + table(("fault", "gate", "caught"), rows))
    found, tried = sum(int(row[2].split("/")[0]) for row in rows), given.seeds * len(rows)
    print(f"\n{found} of {tried} planted faults caught, {found / max(tried, 1):.1%}.")
    crying = {seed: names for seed, names in alarms.items() if names}
    print(f"{len(crying)} of {len(alarms)} runs without a fault failed at a gate: {crying or 'none'}.")


def is_caught(fault: Fault, seed: int) -> bool:
    """Whether the gate is closed, or training refuses to go on."""
    try:
        return not fault.closed(fault.run(seed)).isdisjoint(fault.gate.split(" or "))
    except InputError as refused:
        print(f"  {fault.what}: refused: {str(refused)[:100]}", flush=True)
        return True


@cache
def clean(seed: int, refits: int = 0) -> dict:
    """The evidence of a run in which nothing is wrong."""
    return line(county(seed), planted_view.past(seed), refits)


def _of_county(change: Callable[[County, np.random.Generator], County], **how) -> Callable[[int], dict]:
    """A fault of the county: it goes down the whole line."""

    def run(seed: int) -> dict:
        return line(change(county(seed), np.random.default_rng(seed)), planted_view.past(seed), **how)

    return run


def _of_evidence(change: Callable[[dict], dict]) -> Callable[[int], dict]:
    """A fault of what is written down: all else is as in an honest run."""
    return lambda seed: clean(seed) | change(clean(seed))


def _with_column(at: County, name: str, values: np.ndarray, **more) -> County:
    column = planted.COLUMNS[0] | {"name": name, "sentence": name} | more
    return replace(at, X=at.X.assign(**{name: np.asarray(values, dtype="float32")}), columns=[*at.columns, column])


def _leaking(at: County, random: np.random.Generator) -> County:
    happened = at.label.to_numpy(bool)
    return _with_column(at, "case_closed", np.where(random.random(len(happened)) < 0.05, ~happened, happened))


def _shuffled(at: County, random: np.random.Generator) -> County:
    """What trains is dealt out at random: a join that lost its order."""
    label, rows = at.label.copy(), np.flatnonzero(~at.test)
    label.iloc[rows] = label.iloc[random.permutation(rows)].to_numpy()
    return replace(at, label=label)


def _under_recorded(at: County, random: np.random.Generator) -> County:
    of_group = (at.groups["ethnicity"] == "minority").to_numpy()
    X = at.X.copy()
    for name in X:
        X.loc[of_group, name] = random.binomial(X.loc[of_group, name].astype(int), 0.5).astype("float32")
    return replace(at, X=X)


def _badly_linked(at: County, random: np.random.Generator) -> County:
    lost = (at.groups["ethnicity"] == "minority").to_numpy() & (random.random(len(at.pairs)) < 0.15)
    return replace(at, strong=at.strong & ~lost)


def _shifted(at: County, random: np.random.Generator) -> County:
    """In the test half as many again have the outcome: a threshold was lowered, or another system came."""
    more = at.test & (random.random(len(at.pairs)) < 0.5 * at.label.to_numpy(bool).mean())
    return replace(at, label=at.label | pd.Series(more))


def _feed(times: float) -> Callable[[County, np.random.Generator], County]:
    """In the test dates an agency's records come so many times."""

    def change(at: County, random: np.random.Generator) -> County:
        X = at.X.copy()
        X.loc[at.test, ["hospital_90d", "hospital_365d"]] *= times
        return replace(at, X=X)

    return change


def _twice(at: County, random: np.random.Generator) -> County:
    """One in twenty is loaded twice, under another id of the same household."""
    again = at.pairs["unit_id"].isin({f"r{i}" for i in random.choice(planted.RESIDENTS, planted.RESIDENTS // 20)})
    rows = np.r_[np.arange(len(at.pairs)), np.flatnonzero(again)]
    pairs = at.pairs.iloc[rows].reset_index(drop=True)
    pairs.loc[len(at.pairs) :, "unit_id"] += "b"
    X, groups = (frame.iloc[rows].reset_index(drop=True) for frame in (at.X, at.groups))
    label, otherwise = (series.iloc[rows].reset_index(drop=True) for series in (at.label, at.otherwise))
    return County(pairs, X, label, otherwise, groups, at.strong[rows], at.columns)


def _protected(at: County, random: np.random.Generator) -> County:
    return _with_column(at, "is_female", at.groups["sex"] == "female", protected="sex", agency="person")


def _proxy(at: County, random: np.random.Generator) -> County:
    of_group = (at.groups["ethnicity"] == "minority").to_numpy()
    said = np.where(random.random(len(of_group)) < 0.15, ~of_group, of_group)
    return _with_column(at, "interpreter", said, agency="person")


def _proxy_of_few(at: County, random: np.random.Generator) -> County:
    """A column gives away a small ethnic group, which the mean over all groups hardly shows."""
    households = at.pairs["group_id"]
    few = households.isin(random.permutation(households.unique())[: planted.RESIDENTS // 60]).to_numpy()
    said = np.where(random.random(len(few)) < 0.05, ~few, few)
    groups = at.groups.assign(ethnicity=at.groups["ethnicity"].mask(few, "few"))
    return replace(_with_column(at, "interpreter", said, agency="person"), groups=groups)


def _noise(at: County, random: np.random.Generator) -> County:
    """Hardly anything is left to learn from, and a hundred columns say nothing."""
    noise = random.normal(size=(len(at.pairs), 100)).astype("float32")
    X = at.X[["police_90d"]].join(pd.DataFrame(noise, columns=[f"noise_{i}" for i in range(100)]))
    X = X.assign(police_365d=random.permutation(at.X["police_365d"]))
    columns = [at.columns[0] | {"name": name, "agency": "several"} for name in X]
    few = random.random(len(at.pairs)) < 0.9
    label = at.label.mask(few & ~at.test)
    return replace(at, X=X, columns=columns, label=label)


def _known_by_the_rule(at: County, random: np.random.Generator) -> County:
    """The outcome follows what the practitioner sorts by, and the model has little but noise beside it."""
    seen = at.X["police_365d"].to_numpy()
    risk = 1 / (1 + np.exp(4.5 - 0.5 * np.minimum(seen, 12)))
    label = pd.Series(random.random(len(seen)) < risk, dtype="boolean")
    return replace(at, label=label, otherwise=label)


def _few(at: County, random: np.random.Generator) -> County:
    """Of the events of the test one in ten was settled."""
    unsettled = at.test & (random.random(len(at.pairs)) < 0.9)
    return replace(at, label=at.label.mask(unsettled))


def _turned(at: County, random: np.random.Generator) -> County:
    """One group has the outcome oftener, the other sooner."""
    of_group = (at.groups["ethnicity"] == "minority").to_numpy()
    label = at.label | pd.Series(of_group & (random.random(len(of_group)) < 0.08))
    otherwise = at.otherwise & pd.Series(~of_group | (random.random(len(of_group)) < 0.35))
    return replace(at, label=label, otherwise=otherwise.astype("boolean"))


def _overlapping(seed: int) -> dict:
    """Pairs of the last training date test as well."""
    at = county(seed)
    split = temporal_split(at.pairs, at.label, **planted.TIME)
    last = np.flatnonzero((at.pairs["as_of"] == planted.TRAINING[-1]).to_numpy())
    test = np.sort(np.r_[split.test, last])
    wrong = Split(**{name: getattr(split, name) for name in Split.__dataclass_fields__} | {"test": test})
    return line(at, planted_view.past(seed), split=wrong)


def _sharpened(seed: int) -> dict:
    """Scores are told with their log-odds doubled: the calibration was left out."""
    at = county(seed)
    return line(at, planted_view.past(seed), sharpened=1.5)


def _careless(what: str) -> Callable[[int], dict]:
    """An engine that breaks a rule of time."""
    return lambda seed: (
        clean(seed)
        | {"recheck": clean(seed)["recheck"] | {"past": planted_view.past(seed, planted_view.CARELESS[what])}}
    )


def _contradictory(evidence: dict) -> dict:
    """Precision was worked out on another list than recall."""
    figures = evidence["test"]["figures"]
    wrong = figures["precision_at_capacity"] | {"value": figures["precision_at_capacity"]["value"] * 0.8}
    return {"test": evidence["test"] | {"figures": figures | {"precision_at_capacity": wrong}}}


def _in_recheck(**parts: Callable[[dict], object]) -> Callable[[dict], dict]:
    return lambda evidence: {
        "recheck": evidence["recheck"] | {name: change(evidence["recheck"][name]) for name, change in parts.items()}
    }


def _expired(agreements: dict) -> dict:
    """The real rule, of an agreement that ended the day before."""
    ended = Agreement(
        name="care",
        title="Care",
        agency="care",
        kinds=("plan",),
        purposes=("train", "score"),
        use_levels=("prioritisation",),
        recipients=("care",),
        from_on=date(2015, 1, 1),
        until=planted.EXTRACT_ON,
        legal_basis="an example",
    )
    why = ended.refuses(Need("care", "plan"), "train", "prioritisation", planted.EXTRACT_ON)
    columns = [c | {"refused": why if c["name"].startswith("care") else None} for c in agreements["columns"]]
    return agreements | {"columns": columns}


def _small_number(evidence: dict) -> dict:
    """A table in which a group of three is shown."""
    return {"disclosed": planted.left({"card.md": REPORT})}


def _of_another_run(evidence: dict) -> dict:
    """A file that another run left behind."""
    return {"identities": evidence["identities"] | {"groups.json": TAMPERED}}


def _altered(seed: int) -> dict:
    """A byte is added to the saved model."""
    return line(county(seed), planted_view.past(seed), altered=b"\0")


REPORT = "| Group | Rows |\n| --- | --- |\n| a | 1,205 |\n| b | 3 |\n"

FAULTS = (
    Fault("leaking feature", "too_good", _of_county(_leaking)),
    *(Fault(what, "past_only", _careless(what)) for what in planted_view.CARELESS),
    Fault("immature labels", "past_only", _of_county(lambda at, _: at, extract_on=date(2021, 12, 1))),
    Fault("test dates in training", "past_only", _overlapping),
    Fault("shuffled labels", "beats_rule or base_rate", _of_county(_shuffled)),
    Fault("one group under-recorded by half", "groups", _of_county(_under_recorded)),
    Fault("linkage misses in one group", "linkage", _of_county(_badly_linked)),
    Fault("duplicated residents", "linkage", _of_county(_twice)),
    Fault("scores sharpened", "calibration", _sharpened),
    Fault("base rate shifted", "calibration", _of_county(_shifted)),
    Fault("feed stopped", "calibration", _of_county(_feed(0.0))),
    Fault("feed doubled", "calibration", _of_county(_feed(2.0))),
    Fault("contradictory metrics", "too_good", _of_evidence(_contradictory)),
    Fault("expired agreement", "agreements", _of_evidence(_in_recheck(agreements=_expired))),
    Fault("protected attribute as input", "protected", _of_county(_protected)),
    Fault("ethnicity proxy", "protected", _of_county(_proxy)),
    Fault("small number in a report", "disclosure", _of_evidence(_small_number)),
    Fault("altered model bundle", "reproduces", _altered),
    Fault("wrong run id", "reproduces", _of_evidence(_of_another_run)),
    Fault("unstable model", "stability", _of_county(_noise, refits=REFITS)),
    Fault("no better than the rule", "beats_rule", _of_county(_known_by_the_rule)),
    Fault("too few events", "events", _of_county(_few)),
    Fault("another label turns the groups", "labels", _of_county(_turned)),
    Fault("proxy of a small ethnic group", "protected", _of_county(_proxy_of_few)),
    Fault("too few events to order groups", "labels", _of_county(_few), closed=planted.not_passed),
)


if __name__ == "__main__":
    main()
