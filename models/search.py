"""Search the options of a candidate within a time budget, on the folds of time: the test is never read.

Optuna's tree-structured Parzen estimator (Bergstra et al. 2011, NIPS 24) maximises the mean AUC over folds, by which
candidates are chosen. Trials are kept in a SQLite file, so that a search goes on where it stopped; each is seeded by
its number, so that it does not matter how often it stopped.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from optuna.distributions import FloatDistribution as Real
from optuna.distributions import IntDistribution as Whole
from optuna.trial import TrialState

from models.candidates import MAX_DEPTH
from models.choice import Drawn, Judged, compare, judge
from models.ranking import Ranking, auc

_BOOSTED = {
    "n_estimators": Whole(50, 600, log=True),
    "learning_rate": Real(0.01, 0.3, log=True),
    "min_child_samples": Whole(10, 500, log=True),
    "reg_lambda": Real(0.1, 100.0, log=True),
}
_TREES = {"num_leaves": Whole(3, 63, log=True), "max_depth": Whole(2, MAX_DEPTH), "colsample_bytree": Real(0.2, 1.0)}
SPACES = {
    "scorecard": {"columns": Whole(3, 20), "cuts": Whole(1, 6)},
    "logistic": {"C": Real(0.0001, 10.0, log=True)},
    "additive": _BOOSTED,
    "lightgbm": _BOOSTED | _TREES,
    "lightgbm_free": _BOOSTED | _TREES,
}


@dataclass(frozen=True)
class Found:
    """The best options of all trials, and how they compare with the present ones on the same folds.

    `auc` and `present_auc` are means over folds, `se` is the standard error of their difference. The best of many
    trials owes something to luck: on other dates expect less of a difference.
    """

    options: dict[str, Any]
    trials: int
    auc: float
    present_auc: float
    se: float


def search(
    drawn: list[Drawn],
    space: dict[str, Any],
    make: Callable[[dict[str, Any]], Any],
    present: dict[str, Any],
    *,
    study: str,
    storage: Path,
    seconds: float,
    seed: int,
    resamples: int = 200,
    say: Callable[[str], None] = lambda _: None,
) -> Found:
    """Try options of a `space` of SPACES until the time is up, at least one set of them; the `present` ones first.

    `make` turns options into an unfitted candidate, which is judged on every fold `drawn`. The trials of a `study` of
    this name in the file `storage` are gone on from, so whoever changes what is searched gives another name.
    """
    trials, began = _study(study, storage), time.monotonic()
    if not trials.get_trials(deepcopy=False):
        trials.enqueue_trial({name: present[name] for name in space})
    tried = 0
    while not tried or time.monotonic() - began < seconds:
        done = len(trials.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)))
        trials.sampler = optuna.samplers.TPESampler(seed=seed + done)
        trial = trials.ask(space)
        trials.tell(trial, _mean_auc([judge(fold, {"it": make(_written(trial.params))}, {}) for fold in drawn]))
        tried += 1
        minutes = (time.monotonic() - began) / 60
        say(f"trial {done + 1}: best mean AUC {trials.best_value:.4f}; {minutes:.1f} of {seconds / 60:g} minutes")
    best = present | _written(trials.best_params)
    both = [judge(fold, {"present": make(present), "best": make(best)}, {}) for fold in drawn]
    _, summary = compare(both, seed=seed, resamples=resamples)
    return Found(
        best,
        done + 1,
        summary["best"]["auc"],
        summary["present"]["auc"],
        max(score["se"] for score in summary.values()),
    )


def _written(options: dict[str, Any]) -> dict[str, Any]:
    """Options as they would stand in params: of three digits."""
    return {name: value if isinstance(value, int) else float(f"{value:.3g}") for name, value in options.items()}


def _mean_auc(judged: list[Judged]) -> float:
    """Over folds; where the candidate could not be fitted in one, it ranks nobody there."""
    return float(np.mean([auc(*Ranking(fold.event, fold.p["it"])()) if fold.p else 0.5 for fold in judged]))


def _study(name: str, storage: Path) -> optuna.Study:
    """The study as it was left; a trial that was cut short is tried again."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage.parent.mkdir(parents=True, exist_ok=True)
    study = optuna.create_study(
        storage=f"sqlite:///{storage}", study_name=name, direction="maximize", load_if_exists=True
    )
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)
        study.enqueue_trial(trial.params)
    return study
