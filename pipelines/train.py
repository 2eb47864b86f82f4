"""Stage `train`: fit the candidates, calibrate them, choose one, and say what each makes of the test pairs."""

import numpy as np
import pandas as pd

from models import bundle, training
from models.candidates import ORDER
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
    options = {candidate: of for candidate, of in params.options(name).items() if candidate in ORDER}
    fitted = training.train(
        data.X,
        data.label,
        data.pairs["group_id"],
        split,
        data.columns,
        options,
        seed=choices.seed,
        resamples=choices.resamples,
        say=lambda told: say(f"{name}: {told}"),
    )
    say(f"{name}: {fitted.reason}")

    drawn = sample_background(pd.DataFrame({"row": split.fit}), params.explain.background, choices.seed)["row"]
    background = data.X.iloc[drawn]
    write_table(paths.background(name), background)
    say(f"{name}: predicting {len(split.test):,} pairs of the test dates")
    test = data.pairs.iloc[split.test].astype({"unit_id": "str", "group_id": "str"})
    test = test.assign(label=data.label.iloc[split.test].astype(bool), seen=_seen(data, split))
    write_table(paths.predictions(name), test.assign(**training.probabilities(fitted.models, data.X, split.test)))
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
            "phases": _phases(data, split, fitted.fitted_on),
            "columns": data.columns,
            "typical": {
                column: None if np.isnan(value) else value for column, value in typical_values(background).items()
            },
        },
    )


def _seen(data: Prepared, split: Split) -> np.ndarray:
    """Whether each test pair's resident or group is among those of the training dates."""
    trained = data.pairs["as_of"].isin(split.training_dates).to_numpy()
    ids = [data.pairs[name].cat.codes.to_numpy() for name in ("group_id", "unit_id")]
    return np.any([(np.bincount(of[trained], minlength=of.max() + 1) > 0)[of[split.test]] for of in ids], axis=0)


def _phases(data: Prepared, split: Split, fitted_on: int) -> dict[str, dict]:
    """Which dates, and how many pairs, groups and events, each phase had; how many were drawn of those to fit on."""
    phases = {}
    for phase in ("fit", "choose", "calibrate", "test"):
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
