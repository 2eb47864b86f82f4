"""Stage `train`: fit and calibrate the candidates, choose one over time, say what each makes of the test pairs."""

import numpy as np
import pandas as pd

from models import bundle, calibrators, leaks, training
from models.candidates import candidates
from models.choice import Choice, choose_over_time, over_time
from models.explanation import sample_background
from models.reasons import typical_values
from models.resampling import number
from models.splits import Folds, Split
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
    _write_folds(name, identified, folds, choice, ranked)
    write_table(paths.fold_predictions(name), _of_folds(data, folds, choice))
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


def _write_folds(name: str, identified: str, folds: Folds, choice: Choice, ranked: pd.Series) -> None:
    """How each candidate did in each fold, whole as JSON and as a DVC plot of the distance from the best over time;
    and which column ranks best alone."""
    best = {"name": ranked.index[0], "auc": number(ranked.iloc[0])}
    left_out = [{"cut": str(cut), "reason": reason} for cut, reason in folds.left_out]
    for fold in left_out:
        say(f"{name}: the fold of {fold['cut']} is left out: {fold['reason']}")
    write_json(
        paths.folds(name),
        {"identity": identified, "folds": choice.folds, "left_out": left_out, "summary": choice.scores, "alone": best},
    )
    write_plot(paths.regret(name), over_time(choice.folds))


def _of_folds(data: Prepared, folds: Folds, choice: Choice) -> pd.DataFrame:
    """What the chosen candidate makes of the pairs judged in each fold: as they are, with cut, label, p and stands_for.

    It was fitted on what was settled by the fold's cut, and is not calibrated.
    """
    told = []
    for fold, judged in zip(folds.used, choice.judged, strict=True):
        pairs = data.pairs.iloc[judged.rows].astype({"unit_id": "str", "group_id": "str"})
        stands_for = 1.0 if judged.stands_for is None else judged.stands_for
        told.append(pairs.assign(cut=fold.cut, label=judged.event, p=judged.p[choice.chosen], stands_for=stands_for))
    return pd.concat(told, ignore_index=True)


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
