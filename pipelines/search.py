"""`foresight search`: other options for a candidate of an outcome, tried on the folds of time. It changes nothing."""

import json

from features.errors import InputError
from models.candidates import candidates
from models.choice import draw
from models.search import SPACES, Found, search
from models.titles import CANDIDATES
from pipelines import paths
from pipelines.identity import identity
from pipelines.params import load
from pipelines.prepared import prepared
from pipelines.stage import say


def search_options(outcome: str, candidate: str, minutes: float) -> None:
    """Search, going on from trials on the same pairs; print what was found and how it would be used.

    Raises InputError where there is no such outcome, or the candidate has no options in params.
    """
    params = load()
    if outcome not in params.outcomes:
        raise InputError(f"give one outcome of params.yaml ({', '.join(params.outcomes)}), not {outcome}")
    present = params.options(outcome)
    if candidate not in SPACES or candidate not in present:
        there = [name for name in SPACES if name in present]
        raise InputError(f"--candidate {candidate}: no options to search; name one of {', '.join(there)}")
    knobs, seed = params.knobs[outcome], params.models.seed
    data = prepared(outcome)
    folds = data.folds(params, knobs)
    same = identity(
        [paths.matrix(outcome), paths.columns(outcome), paths.labels(outcome), paths.cohort(outcome)],
        {
            **knobs.model_dump(include={"horizon_days", "gap_days"}),
            **params.model_dump(include={"test_from", "allowance_days"}),
            **params.models.model_dump(include={"seed", "held_out", "folds"}),
        },
    )
    drawn = [draw(data.X, data.label, data.pairs["group_id"], fold, seed) for fold in folds.used]
    columns = data.columns
    del data
    say(f"{outcome}: searching options of {CANDIDATES[candidate]} in {len(drawn)} folds for {minutes:g} minutes")
    found = search(
        drawn,
        SPACES[candidate],
        lambda options: candidates(columns, {candidate: options}, seed)[candidate],
        present[candidate],
        study=f"{candidate} {same}",
        storage=paths.search(outcome),
        seconds=60 * minutes,
        seed=seed,
        resamples=params.models.resamples,
        say=lambda message: say(f"{outcome}: {message}"),
    )
    print("\n".join(told(outcome, candidate, present[candidate], found)))


def told(outcome: str, candidate: str, present: dict, found: Found) -> list[str]:
    """The best options beside the present ones, what they would gain, and the command that would use them."""
    if found.options == present:
        return [f"Trials so far: {found.trials}. None is better than the present options (mean AUC {found.auc:.4f})."]
    rows = [("", "present", "best"), *((name, f"{present[name]:g}", f"{new:g}") for name, new in found.options.items())]
    rows.append(("mean AUC", f"{found.present_auc:.4f}", f"{found.auc:.4f}"))
    value = json.dumps(found.options).replace('"', "").replace(" ", "")
    return [
        f"Trials so far: {found.trials}. The best options of {CANDIDATES[candidate]}:",
        *(f"  {name:<18} {now:>10} {new:>10}" for name, now, new in rows),
        f"The difference is {found.auc - found.present_auc:.4f}, with a standard error of {found.se:.4f}; as the best "
        "of many trials on these folds, expect less on other dates.",
        f"To use them: dvc exp run -S '++knobs.{outcome}.options.{candidate}={value}'",
    ]
