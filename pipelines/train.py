"""Stage `train`: fit the candidates, calibrate them, choose one, and say what each makes of the test pairs."""

import numpy as np

from models import bundle, training
from models.explanation import sample_background
from models.reasons import typical_values
from models.splits import Split
from pipelines import paths
from pipelines.files import write_table
from pipelines.identity import digest, identity
from pipelines.params import load
from pipelines.prepared import Prepared, prepared
from pipelines.stage import main, say


def train(name: str) -> None:
    params = load()
    knobs, choices = params.knobs[name], params.models
    data = prepared(name)
    split = data.split(params, knobs)
    say(f"{name}: fitting on {len(split.fit):,} pairs, calibrating on {len(split.calibrate):,}")
    options = {"rule": knobs.rule, "logistic": choices.logistic.model_dump(), "lightgbm": choices.lightgbm.model_dump()}
    fitted = training.train(
        data.X,
        data.label,
        data.pairs["group_id"],
        split,
        data.columns,
        options,
        seed=choices.seed,
        resamples=choices.resamples,
    )
    say(f"{name}: {fitted.reason}")

    background = sample_background(data.X.iloc[split.fit], params.explain.background, choices.seed)
    write_table(paths.background(name), background)
    trained = data.pairs[data.pairs["as_of"].isin(split.training_dates)]
    test = data.pairs.iloc[split.test]
    seen = test["group_id"].isin(trained["group_id"]) | test["unit_id"].isin(trained["unit_id"])
    test = test.assign(label=data.label.iloc[split.test].astype(bool), seen=seen)
    X_test = data.X.iloc[split.test].astype("float64")
    write_table(
        paths.predictions(name),
        test.assign(**{candidate: model.predict_proba(X_test)[:, 1] for candidate, model in fitted.models.items()}),
    )
    bundle.save(
        paths.bundle(name),
        fitted.models[fitted.chosen],
        {
            "outcome": name,
            "identity": identity(
                [paths.matrix(name), paths.columns(name), paths.labels(name), paths.cohort(name)],
                {
                    **knobs.model_dump(include={"horizon_days", "gap_days", "rule"}),
                    "background": params.explain.background,
                    **params.model_dump(include={"models", "test_from", "allowance_days"}),
                },
            ),
            "background": digest(paths.background(name)),
            "chosen": fitted.chosen,
            "reason": fitted.reason,
            "scores": fitted.scores,
            "set_aside": fitted.set_aside,
            "phases": _phases(data, split),
            "columns": data.columns,
            "typical": {
                column: None if np.isnan(value) else value for column, value in typical_values(background).items()
            },
        },
    )


def _phases(data: Prepared, split: Split) -> dict[str, dict]:
    """Which dates, and how many pairs, groups and events, each phase had."""
    phases = {}
    for phase in ("fit", "choose", "calibrate", "test"):
        rows = getattr(split, phase)
        days = data.pairs["as_of"].iloc[rows]
        phases[phase] = {
            "dates": sorted({str(day) for day in days}),
            "n": len(rows),
            "groups": int(data.pairs["group_id"].iloc[rows].nunique()),
            "events": int(data.label.iloc[rows].sum()),
        }
    return phases


if __name__ == "__main__":
    main(train)
