"""What a stage works with: the parameters, the catalogue and the outcome with its knobs turned."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from features.errors import InputError
from features.load import Catalogue, load_catalogue
from features.outcomes import Outcome
from features.sources import View, open_view
from pipelines.params import Knobs, Params, load


@dataclass(frozen=True)
class Setting:
    params: Params
    catalogue: Catalogue
    outcome: Outcome
    knobs: Knobs

    def open_view(self, purpose: str) -> View:
        """The single view as it may be used for the purpose: without those who object to it.

        Training is as of the day of extraction, so that the same inputs give the same bytes; scoring is done today.
        """
        return open_view(
            self.params.single_view,
            purpose,
            self.params.memory,
            self.params.threads,
            self.catalogue.kinds,
            self.params.engine,
            date.today() if purpose == "score" else None,
        )


def setting(outcome: str) -> Setting:
    """The setting of one outcome.

    Raises InputError for any fault of params.yaml or the catalogue, or an outcome that is not among those of params.
    """
    params = load()
    catalogue = load_catalogue(params.catalogue)
    faults = disagreements(params, catalogue)
    if faults:
        raise InputError(*faults)
    if outcome not in params.outcomes:
        raise InputError(f"{outcome}: not among the outcomes of params.yaml: {', '.join(params.outcomes)}")
    knobs = params.knobs[outcome]
    return Setting(params, catalogue, _turned(catalogue.outcome(outcome), knobs), knobs)


def disagreements(params: Params, catalogue: Catalogue) -> list[str]:
    """Where params.yaml asks for what the catalogue does not have: outcomes, knobs, protected inputs, rules."""
    has = [outcome.name for outcome in catalogue.outcomes]
    faults = [
        f"params.yaml: {where}: {params.catalogue} has no outcome {name}{_instead(name, has)}"
        for where, names in (("outcomes", params.outcomes), ("knobs", params.knobs))
        for name in names
        if name not in has
    ]
    for name, knobs in params.knobs.items():
        if name in has:
            found = _knob_faults(catalogue.outcome(name), knobs, catalogue)
            faults += [f"params.yaml: knobs.{name}: {fault}" for fault in found]
    return faults


def _knob_faults(outcome: Outcome, knobs: Knobs, catalogue: Catalogue) -> Iterator[str]:
    try:
        _turned(outcome, knobs)
    except ValueError as error:
        yield str(error)
    protected = sorted({feature.protected for feature in catalogue.features if feature.protected})
    for name in knobs.inputs:
        if name not in protected:
            yield f"inputs: no feature of the catalogue stands for {name}{_instead(name, protected)}"
    asked = [column for column in catalogue.columns if column.feature.is_of(outcome.unit)]
    columns = {column.name: column.feature.protected for column in asked}
    if knobs.rule not in columns:
        of = "the catalogue" if outcome.unit == "resident" else "the catalogue that properties have"
        yield f"rule: {knobs.rule} is not a column of {of}{_instead(knobs.rule, list(columns))}"
    elif columns[knobs.rule] not in (None, *knobs.inputs):
        yield (
            f"rule: {knobs.rule} stands for {columns[knobs.rule]}, which is not among inputs; "
            f"give the reason there, or name another column"
        )


def _turned(outcome: Outcome, knobs: Knobs) -> Outcome:
    return outcome.turned(knobs.horizon_days, knobs.gap_days, knobs.at_least)


def _instead(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    few = ", ".join(known[:10]) + (f" and {len(known) - 10} more" if len(known) > 10 else "")
    return f"; it has {few or 'none'}"
