"""Stage `train`: fit and calibrate the candidates, choose one over time, say what each makes of the test pairs."""

import re
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
from sklearn.ensemble import StackingClassifier

from features.errors import InputError
from models import bundle, calibrators, leaks, training
from models.candidates import candidates
from models.choice import Choice, choose_over_time, over_time
from models.explanation import sample_background
from models.reasons import typical_values
from models.resampling import number
from models.splits import Folds, Split
from models.titles import CANDIDATES
from pipelines import paths
from pipelines.files import write_json, write_plot, write_table
from pipelines.identity import digest, identity
from pipelines.params import load
from pipelines.prepared import Prepared, prepared
from pipelines.stage import main, say


def train(name: str) -> None:
    params = load()
    knobs, choices = params.knobs[name], params.models
    data = prepared(name)
    split, folds = data.split(params, knobs), data.folds(params, knobs)
    options = params.options(name)

    def progress(told: str) -> None:
        say(f"{name}: {told}")

    progress(f"looking for columns that are too good to be true among {len(data.columns)}")
    ranked = leaks.alone(data.X, data.label, split.fit, choices.seed)
    leaks.refuse_columns(ranked, params.gates.column_auc_at_most.limit)
    fitted = training.train(data.X, data.label, split, data.columns, options, seed=choices.seed, say=progress)
    choice = choose_over_time(
        data.X,
        data.label,
        data.pairs["group_id"],
        folds,
        candidates(data.columns, {usable: options[usable] for usable in fitted.models}, choices.seed),
        seed=choices.seed,
        resamples=choices.resamples,
        say=progress,
    )
    leaks.refuse_models(choice.scores, ranked, params.gates.auc_at_most.limit)
    progress(choice.reason)
    models = {candidate: fitted.models[candidate] for candidate in choice.scores}
    identified = identity(
        [paths.matrix(name), paths.columns(name), paths.labels(name), paths.cohort(name)],
        {
            **knobs.model_dump(include={"horizon_days", "gap_days", "rule", "options"}),
            "background": params.explain.background,
            **params.model_dump(include={"models", "test_from", "allowance_days"}),
        },
    )
    progress(f"training {CANDIDATES[choice.chosen]} as on the first day of each fold")

    def train_by(cut: date) -> StackingClassifier:
        of_then = {choice.chosen: options[choice.chosen]}
        split_then = data.split(params, knobs, cut)
        return training.train(data.X, data.label, split_then, data.columns, of_then, seed=choices.seed).models[
            choice.chosen
        ]

    judged, untrained = _of_folds(data, folds, train_by)
    write_table(paths.fold_predictions(name), judged)
    _write_folds(name, identified, folds, choice, ranked, untrained)
    progress("comparing ways of calibrating on the held-out households")
    held = split.calibrate
    compared = calibrators.compare(
        models[choice.chosen].estimators_[0],
        training.taken(data.X, held),
        data.label.iloc[held].astype(bool),
        data.pairs["group_id"].iloc[held],
        resamples=choices.resamples,
        seed=choices.seed,
    )
    write_json(paths.calibration(name), {"identity": identified, **compared})

    drawn = sample_background(pd.DataFrame({"row": split.fit}), params.explain.background, choices.seed)["row"]
    background = data.X.iloc[drawn]
    write_table(paths.background(name), background)
    # Those too whose outcome is not known: how much they might matter is looked at when the model is judged.
    asked = np.flatnonzero(data.pairs["as_of"] >= params.test_from)
    say(f"{name}: predicting {len(asked):,} pairs of the test dates")
    test = data.pairs.iloc[asked].astype({"unit_id": "str", "group_id": "str"})
    test = test.assign(label=data.label.iloc[asked], seen=_seen(data, split, asked))
    write_table(paths.predictions(name), test.assign(**training.probabilities(models, data.X, asked)))
    bundle.save(
        paths.bundle(name),
        models[choice.chosen],
        {
            "outcome": name,
            "identity": identified,
            "background": digest(paths.background(name)),
            "chosen": choice.chosen,
            "reason": choice.reason,
            "scores": choice.scores,
            "set_aside": fitted.set_aside | choice.set_aside,
            "phases": _phases(data, split, fitted.fitted_on),
            "columns": data.columns,
            "typical": {
                column: None if np.isnan(value) else value for column, value in typical_values(background).items()
            },
        },
    )


def _write_folds(
    name: str, identified: str, folds: Folds, choice: Choice, ranked: pd.Series, untrained: list[tuple[date, str]]
) -> None:
    """How each candidate did in each fold, whole as JSON and as a DVC plot of the distance from the best over time;
    and which column ranks best alone."""
    best = {"name": ranked.index[0], "auc": number(ranked.iloc[0])}
    lacking = {"left_out": folds.left_out, "untrained": untrained}
    for how, of in lacking.items():
        for cut, reason in of:
            say(f"{name}: the fold of {cut} is {how.replace('_', ' ')}: {reason}")
    told = {how: [{"cut": str(cut), "reason": _for_readers(why)} for cut, why in of] for how, of in lacking.items()}
    write_json(
        paths.folds(name),
        {"identity": identified, "folds": choice.folds, **told, "summary": choice.scores, "alone": best},
    )
    write_plot(paths.regret(name), over_time(choice.folds))


def _for_readers(reason: str) -> str:
    """A reason without where it comes from, before it, and what to do, after it: whoever makes the run is told those.

    >>> _for_readers("models.rule: calibration: none of the 15 held-out rows have the event; widen the cohort")
    'none of the 15 held-out rows have the event'
    """
    return ", ".join(re.sub(r"^(\S+: )+|; .*", "", fault) for fault in reason.splitlines())


def _of_folds(
    data: Prepared, folds: Folds, train_by: Callable[[date], StackingClassifier]
) -> tuple[pd.DataFrame, list[tuple[date, str]]]:
    """What a model trained on the first day of each fold makes of the pairs judged in it, and which could not be.

    `train_by` fits and calibrates on what was settled by a day, as the model of the run is. The pairs stand as they
    are, with cut, label and p; with the cut of each fold that has none stands the reason.
    """
    told, untrained = [data.pairs.iloc[:0].assign(cut=None, label=False, p=0.0)], []
    for fold in folds.used:
        if fold.of_households:
            untrained.append((fold.cut, "it compares households, not years"))
            continue
        try:
            model = train_by(fold.cut)
        except InputError as reason:
            untrained.append((fold.cut, str(reason)))
            continue
        label, p = data.label.iloc[fold.judge].astype(bool), training.probabilities({"p": model}, data.X, fold.judge)
        told.append(data.pairs.iloc[fold.judge].assign(cut=fold.cut, label=label, **p))
    return pd.concat(told, ignore_index=True).astype({"unit_id": "str", "group_id": "str"}), untrained


def _seen(data: Prepared, split: Split, rows: np.ndarray) -> np.ndarray:
    """Whether each of these pairs' resident or group is among those of the training dates."""
    trained = data.pairs["as_of"].isin(split.training_dates).to_numpy()
    ids = [data.pairs[name].cat.codes.to_numpy() for name in ("group_id", "unit_id")]
    return np.any([(np.bincount(of[trained], minlength=of.max() + 1) > 0)[of[rows]] for of in ids], axis=0)


def _phases(data: Prepared, split: Split, fitted_on: int) -> dict[str, dict]:
    """Which dates, and how many pairs, groups and events, each phase had; how many were drawn of those to fit on."""
    phases = {}
    for phase in ("fit", "calibrate", "test"):
        rows = getattr(split, phase)
        phases[phase] = {
            "dates": sorted(str(day) for day in data.pairs["as_of"].iloc[rows].unique()),
            "n": len(rows),
            "groups": int(data.pairs["group_id"].iloc[rows].nunique()),
            "events": int(data.label.iloc[rows].sum()),
        }
    return phases | {"fit": phases["fit"] | ({"drawn": fitted_on} if fitted_on < phases["fit"]["n"] else {})}


if __name__ == "__main__":
    main(train)
