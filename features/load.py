"""Read a catalogue: a module of specs, the county's own or one that comes with another single view.

The module defines `KINDS`, `FEATURES` and `OUTCOMES` and may define `NAMES`, which says agencies and attributes in
plain English. Each spec is validated when it is made; what only shows when they stand together is checked here.
"""

import hashlib
import importlib
import importlib.util
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from features.errors import InputError
from features.outcomes import Occurs, Outcome, Reaches, Rises, StaysOpen
from features.specs import Column, Events, Feature, Kind

# Which units' events a feature of each grain can see (an area sees its residents, households and properties).
UNITS = {
    "resident": ("resident",),
    "household": ("resident", "household"),
    "property": ("property",),
    "area": ("resident", "household", "property"),
}
OF_SPELLS = ("open_now", "days_open", "highest_open_tier")


@dataclass(frozen=True)
class Catalogue:
    """The kinds recorded, the features made of them, the outcomes predicted, and names in plain English."""

    kinds: tuple[Kind, ...]
    features: tuple[Feature, ...]
    outcomes: tuple[Outcome, ...] = ()
    names: dict[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every column of every feature, in order."""
        return tuple(column for feature in self.features for column in feature.columns)

    def outcome(self, name: str) -> Outcome:
        """The outcome of that name. Raises InputError where there is none."""
        for outcome in self.outcomes:
            if outcome.name == name:
                return outcome
        raise InputError(f"no outcome {name!r} in the catalogue; it has {', '.join(o.name for o in self.outcomes)}")


def load_catalogue(path: str | Path) -> Catalogue:
    """The catalogue at `path` (a module file, or the folder of a package), relative to the working directory.

    Raises InputError with every fault: no such file, code that does not run, a spec that is not valid, a name used
    twice, a selection of events that no kind of the catalogue can meet.
    """
    module = _module(Path(path))
    misshapen = tuple(_misshapen(module))
    if misshapen:
        raise InputError(*(f"{path}: {fault}" for fault in misshapen))
    catalogue = Catalogue(
        tuple(module.KINDS), tuple(module.FEATURES), tuple(module.OUTCOMES), dict(getattr(module, "NAMES", {}))
    )
    faults = tuple(_foreign(catalogue)) or tuple(_faults(catalogue))
    if faults:
        raise InputError(*(f"{path}: {fault}" for fault in faults))
    return catalogue


def selected(of: Events, kinds: tuple[Kind, ...], grain: str | None = None) -> tuple[Kind, ...]:
    """The kinds that a selection of events can meet, seen at a grain (None: at any).

    >>> kinds = (Kind("police", "arrest", "arrest"), Kind("fire", "dwelling_fire", "fire", unit="property"))
    >>> [kind.kind for kind in selected(Events(), kinds, "resident")]
    ['arrest']
    """
    return tuple(
        kind
        for kind in kinds
        if of.agency in (None, kind.agency)
        and (not of.kinds or kind.kind in of.kinds)
        and (grain is None or kind.unit in UNITS[grain])
        and (of.role is None or of.role in kind.roles)
        and (of.ladder is None or of.ladder == kind.ladder)
        and (of.min_tier is None or bool(kind.tiers))
        and (of.min_amount is None or kind.amount is not None)
    )


def of_feature(feature: Feature, kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
    """The kinds of event that a feature reads; none for an attribute, an age or a residency."""
    if feature.measure.of is None:
        return ()
    met = selected(feature.measure.of, kinds, feature.grain)
    return tuple(kind for kind in met if kind.spell) if feature.measure.op in OF_SPELLS else met


def of_outcome(outcome: Outcome, kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
    """The kinds of event that an outcome's label reads, in the order of the catalogue."""
    met = {kind for of in _selections(outcome) for kind in selected(of, kinds, _grain(outcome))}
    lasting = isinstance(outcome.rule, StaysOpen)
    return tuple(kind for kind in kinds if kind in met and (kind.spell or not lasting))


def _module(path: Path) -> ModuleType:
    file = path / "__init__.py" if path.is_dir() else path
    if not file.is_file():
        raise InputError(f"{path}: no such catalogue; give a Python file or the folder of a package")
    # A name of its own for each place, so that two catalogues can be read in one run.
    name = "catalogue_" + hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:12]
    spec = importlib.util.spec_from_file_location(
        name, file, submodule_search_locations=[str(path)] if path.is_dir() else None
    )
    if spec is None:
        raise InputError(f"{path}: not a Python file; give one that ends in .py, or the folder of a package")
    _forget(name)  # what was read from there before may have been edited since
    importlib.invalidate_caches()
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # so that the package can import its own parts
    try:
        spec.loader.exec_module(module)
    except SystemExit as error:
        _forget(name)
        raise InputError(f"{path}: it ends the program (exit code {error.code}); take that out") from None
    except Exception as error:  # the module is the user's: whatever it raises is theirs to correct
        _forget(name)
        said = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        raise InputError(f"{path}: {said}") from error
    return module


def _forget(name: str) -> None:
    for module in [module for module in sys.modules if module == name or module.startswith(f"{name}.")]:
        del sys.modules[module]


def _misshapen(module: ModuleType) -> Iterator[str]:
    for name in ("KINDS", "FEATURES", "OUTCOMES"):
        specs = getattr(module, name, None)
        if not hasattr(module, name):
            yield f"define {name}, a tuple of specs (it may be empty)"
        elif not isinstance(specs, tuple | list):
            yield f"{name} must be a tuple of specs (it may be empty), not of type {type(specs).__name__}"
    names = getattr(module, "NAMES", {})
    if not isinstance(names, dict) or not all(isinstance(text, str) for pair in names.items() for text in pair):
        yield "NAMES must be a dict that says names in plain English, such as {'police': 'the police'}; or leave it out"


def _foreign(catalogue: Catalogue) -> Iterator[str]:
    for name, specs, wanted in (
        ("KINDS", catalogue.kinds, Kind),
        ("FEATURES", catalogue.features, Feature),
        ("OUTCOMES", catalogue.outcomes, Outcome),
    ):
        for position, spec in enumerate(specs, 1):
            if not isinstance(spec, wanted):
                yield f"{name}, item {position}: must be of type {wanted.__name__}, not {type(spec).__name__}"


def _faults(catalogue: Catalogue) -> Iterator[str]:
    for what, names in (
        ("kind", [f"{kind.agency} {kind.kind}" for kind in catalogue.kinds]),
        ("feature", [feature.name for feature in catalogue.features]),
        ("outcome", [outcome.name for outcome in catalogue.outcomes]),
    ):
        for name, times in Counter(names).items():
            if times > 1:
                yield f"{what} {name} is defined {times} times; give each a name of its own"
    makers = {}
    for column in catalogue.columns:
        makers.setdefault(column.name, []).append(column.feature.name)
    for column, names in makers.items():
        if len(names) > 1:
            made_by = " and ".join(dict.fromkeys(names))
            yield f"the column {column} is made {len(names)} times, by {made_by}; rename a feature or a category"
    for feature in catalogue.features:
        if feature.measure.of is not None:
            yield from (f"Feature {feature.name}: {fault}" for fault in _event_faults(feature, catalogue.kinds))
    for outcome in catalogue.outcomes:
        yield from (f"Outcome {outcome.name}: {fault}" for fault in _outcome_faults(outcome, catalogue.kinds))


def _selections(outcome: Outcome) -> tuple[Events, ...]:
    match outcome.rule:
        case Occurs(any_of=any_of):
            return any_of
        case Reaches(contacts=contacts):
            return tuple(of for _, selections in contacts for of in selections)
        case Rises(ladders=ladders):
            return tuple(Events(ladder=ladder) for ladder, _ in ladders)
        case StaysOpen(of=of):
            return (of,)


def _grain(outcome: Outcome) -> str | None:
    """The grain whose events the rule can see; None for those of residents and their household alike."""
    return "property" if outcome.unit == "property" else None


def _outcome_faults(outcome: Outcome, kinds: tuple[Kind, ...]) -> Iterator[str]:
    for of in _selections(outcome):
        faults = tuple(_selection_faults(of, kinds, _grain(outcome)))
        yield from faults
        if isinstance(outcome.rule, StaysOpen) and not faults:
            yield from _spell_faults("StaysOpen", of, selected(of, kinds))
    if outcome.trigger is not None:
        yield from (f"trigger: {fault}" for fault in _selection_faults(outcome.trigger, kinds, "resident"))


def _selection_faults(of: Events, kinds: tuple[Kind, ...], grain: str | None = None) -> Iterator[str]:
    named = [kind for kind in kinds if kind.agency == of.agency]
    if of.agency is not None and not named:
        agencies = ", ".join(sorted({kind.agency for kind in kinds}))
        yield f"no kind of the agency {of.agency!r}; add it to KINDS, or use one of {agencies}"
        return
    unknown = [kind for kind in of.kinds if kind not in {k.kind for k in named}]
    if unknown:
        yield f"{of.agency} has no kind {', '.join(unknown)}; use one of {', '.join(k.kind for k in named)}"
        return
    met = selected(of, kinds, grain)
    unmet = [kind for kind in of.kinds if kind not in {k.kind for k in met}]
    if unmet or not met:
        which = f"{of.agency} {', '.join(unmet)}" if unmet else "no kind of the catalogue"
        yield (
            f"{which} cannot match: see the role, ladder, min_tier and min_amount asked for"
            + (f", and that the grain {grain} sees events about a {' or '.join(UNITS[grain])}" if grain else "")
        )


def _event_faults(feature: Feature, kinds: tuple[Kind, ...]) -> Iterator[str]:
    faults = tuple(_selection_faults(feature.measure.of, kinds, feature.grain))
    yield from faults
    if faults:
        return
    met, op = selected(feature.measure.of, kinds, feature.grain), feature.measure.op
    if op in OF_SPELLS:
        yield from _spell_faults(op, feature.measure.of, met)
    if op in ("total", "largest") and len({kind.amount for kind in met}) != 1:
        units = ", ".join(f"{kind.kind} in {kind.amount or 'no unit'}" for kind in met)
        yield f"{op} cannot mix units: {units}; name kinds of one unit"
    elif op in ("total", "largest") and met[0].amount is None:
        yield f"{op} wants amounts; {', '.join(k.kind for k in met)} has none"
    if op in ("highest_tier", "highest_open_tier") and len({kind.ladder for kind in met}) != 1:
        yield f"{op} cannot mix ladders; name the ladder"
    elif op in ("highest_tier", "highest_open_tier") and met[0].ladder is None:
        yield f"{op} wants a ladder; {', '.join(k.kind for k in met)} stands on none"


def _spell_faults(op: str, of: Events, met: tuple[Kind, ...]) -> Iterator[str]:
    if of.kinds and not all(kind.spell for kind in met):
        yield f"{op} wants kinds that last; {', '.join(k.kind for k in met if not k.spell)} is not marked spell=True"
    elif not any(kind.spell for kind in met):
        yield f"{op} wants kinds that last; none of these is marked spell=True"
