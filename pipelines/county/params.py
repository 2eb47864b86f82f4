"""What can be chosen about an invented county, checked before anything is made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date

from features.catalogue.kinds import KINDS
from features.errors import InputError
from features.yaml_file import day
from pipelines.county.ethnicity import LABELS
from pipelines.county.people import DISABLED, SEXES

SMALLEST, LARGEST = 2_000, 600_000
EARLIEST, LATEST = date(1950, 1, 1), date(2100, 1, 1)
COLUMNS = {"sex": SEXES, "ethnicity": LABELS, "disability": DISABLED}  # what a bias can be planted by
AGENCIES = tuple(dict.fromkeys(kind.agency for kind in KINDS if kind.unit != "property"))  # those that record people


@dataclass(frozen=True)
class Bias:
    """One planted fault of recording, for the residents whose `column` is one of `groups`, at one agency."""

    column: str
    groups: tuple[str, ...]
    agency: str
    amount: float  # the share of their events that is never recorded, or the days added to the recording delay


@dataclass(frozen=True)
class CountyParams:
    """The parameters of an invented county; raises InputError with every fault together."""

    residents: int = 40_000  # people living in the county at any one time
    seed: int = 1  # the same parameters and seed give the same bytes
    starts_on: date = date(2015, 1, 1)  # ten years: three-year windows, label gaps and several folds fit
    extract_on: date = date(2025, 1, 1)  # everything recorded before this day is in the single view
    under_recording: tuple[Mapping, ...] = ()  # {column, groups, agency, share}: that share never becomes a record
    late_recording: tuple[Mapping, ...] = ()  # {column, groups, agency, days}: recorded that many days later still

    def __post_init__(self):
        faults = []
        if type(self.residents) is not int or not SMALLEST <= self.residents <= LARGEST:
            faults.append(
                f"county.residents must be a whole number from {SMALLEST} to {LARGEST}, not {self.residents!r}"
            )
        if type(self.seed) is not int or self.seed < 0:
            faults.append(f"county.seed must be a whole number, 0 or more, not {self.seed!r}")
        wrong = [fault for name in ("starts_on", "extract_on") for fault in _day_faults(name, getattr(self, name))]
        faults += wrong
        if not wrong and (self.extract_on - self.starts_on).days < 366:
            faults.append(
                f"county.extract_on must be more than a year after starts_on {self.starts_on}, not {self.extract_on}"
            )
        for name, size in (("under_recording", "share"), ("late_recording", "days")):
            faults += _bias_faults(name, size, getattr(self, name))
        if faults:
            raise InputError(*faults)

    @classmethod
    def of(cls, section: Mapping) -> "CountyParams":
        """From the section `county` of params.yaml."""
        known = [field.name for field in fields(cls)]
        faults = [f"county has no key {key!r}; its keys are {', '.join(known)}" for key in section if key not in known]
        try:
            params = cls(**{key: _dated(key, value) for key, value in section.items() if key in known})
        except InputError as error:
            faults += error.faults
        if faults:
            raise InputError(*faults)
        return params

    def biases(self, name: str) -> list[Bias]:
        """The planted faults under `name` (under_recording or late_recording)."""
        size = {"under_recording": "share", "late_recording": "days"}[name]
        return [Bias(b["column"], tuple(b["groups"]), b["agency"], float(b[size])) for b in getattr(self, name)]


def _dated(key: str, value: object) -> object:
    """A day where one is wanted, however it is written; what is none is left for the check."""
    try:
        return day(value) if key in ("starts_on", "extract_on") else value
    except ValueError:
        return value


def _day_faults(name: str, value: object) -> Iterator[str]:
    if type(value) is not date:
        yield f"county.{name} must be a day such as 2015-01-01, not {value!r}"
    elif not EARLIEST <= value <= LATEST:
        yield f"county.{name} must be from {EARLIEST} to {LATEST}, not {value}"


def _bias_faults(name: str, size: str, entries) -> list[str]:
    keys = ("column", "groups", "agency", size)
    if not isinstance(entries, list | tuple):
        return [f"county.{name} must be a list of entries with {', '.join(keys)}, not {entries!r}"]
    faults = []
    for i, entry in enumerate(entries):
        at = f"county.{name}[{i}]"
        if not isinstance(entry, Mapping) or set(entry) != set(keys):
            faults.append(f"{at} must have exactly the keys {', '.join(keys)}, not {entry!r}")
            continue
        if entry["column"] not in tuple(COLUMNS):
            faults.append(f"{at}.column must be one of {', '.join(COLUMNS)}, not {entry['column']!r}")
        known = next((values for column, values in COLUMNS.items() if column == entry["column"]), ())
        if not isinstance(entry["groups"], list | tuple) or not entry["groups"]:
            faults.append(f"{at}.groups must list at least one value of the column, not {entry['groups']!r}")
        else:
            strange = [repr(group) for group in entry["groups"] if group not in known]
            if strange and len(known):
                faults.append(
                    f"{at}.groups has no {', '.join(strange)}; {entry['column']} is one of {'; '.join(known)}"
                )
        if entry["agency"] not in AGENCIES:
            faults.append(f"{at}.agency must be one of {', '.join(AGENCIES)}, not {entry['agency']!r}")
        number, top = entry[size], 1 if size == "share" else 3650
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= top:
            faults.append(f"{at}.{size} must be a number from 0 to {top}, not {number!r}")
    return faults
