"""Stage `ceiling`: the chosen model beside the best possible, given the truth that the invented county hides.

The same kind of model is fitted on the same pairs with the hidden state of the resident at the date beside the
features: what it can do is what anybody could who knew what the records only hint at.
"""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from models import candidates, metrics, training
from pipelines import paths
from pipelines.files import read_arrow, read_json, write_json
from pipelines.params import load
from pipelines.prepared import prepared
from pipelines.stage import main, say


def ceiling(name: str) -> None:
    params = load()
    data = prepared(name)
    split = data.split(params, params.knobs[name])
    drawn, weight = training.thinned(split.fit, data.label, params.models.seed)
    used = np.concatenate([drawn, split.test])
    hidden = state_at(data.pairs.iloc[used], read_arrow(paths.TRUTH))
    X = pd.concat([data.X.iloc[used].reset_index(drop=True), hidden], axis=1)
    columns = [*data.columns, *({"name": column, "direction": 0, "days": []} for column in hidden)]
    model = candidates.candidates(columns, {"lightgbm": params.models.lightgbm.model_dump()}, params.models.seed)[
        "lightgbm"
    ]
    label = data.label.iloc[used].to_numpy(dtype=bool)
    fit, test = np.split(np.arange(len(used)), [len(drawn)])
    say(f"{name}: fitting with {hidden.shape[1]} hidden columns on {len(fit):,} pairs")
    model = training.fit_to(model, training.taken(X, fit), label[fit], weight)
    best = metrics.auc(label[test], training.probabilities({name: model}, X, test)[name])
    measured = read_json(paths.metrics(name))
    chosen = measured["figures"]["auc"]["value"]
    write_json(
        paths.ceiling(name),
        {
            "identity": measured["identity"],
            "auc": chosen,
            "ceiling_auc": best,
            "share_of_ceiling": (chosen - 0.5) / (best - 0.5),
        },
    )


def state_at(pairs: pd.DataFrame, truth: pa.Table) -> pd.DataFrame:
    """The hidden state of each pair's resident at its date: the latest that began by then (pairs x hidden columns)."""
    truth = truth.sort_by("on")
    on, at = truth.column("on").to_numpy(), pairs["as_of"].to_numpy(dtype="datetime64[D]")
    residents = pairs["unit_id"].cat.categories
    whose = pc.index_in(truth.column("resident_id"), pa.array(residents)).fill_null(len(residents)).to_numpy()
    latest, row, begun = np.full(len(residents) + 1, -1), np.empty(len(pairs), dtype=int), 0
    for day in np.unique(at):
        until = np.searchsorted(on, day, side="right")
        latest[whose[begun:until]] = np.arange(begun, until)  # of several the last stays
        begun = until
        row[at == day] = latest[pairs["unit_id"].cat.codes[at == day]]
    hidden = truth.drop_columns(["resident_id", "on"]).take(pa.array(row, mask=row < 0)).to_pandas()
    return hidden.add_prefix("hidden_").astype("float32")


if __name__ == "__main__":
    main(ceiling)
