"""Stage `ceiling`: the chosen model beside the best possible, given the truth that the invented county hides.

The same kind of model is fitted on the same pairs with the hidden state of the resident at the date beside the
features: what it can do is what anybody could who knew what the records only hint at.
"""

import pandas as pd

from models import candidates, metrics
from pipelines import paths
from pipelines.files import read_json, read_table, write_json
from pipelines.params import load
from pipelines.prepared import prepared
from pipelines.stage import main, say


def ceiling(name: str) -> None:
    params = load()
    data = prepared(name)
    split = data.split(params, params.knobs[name])
    hidden = state_at(data.pairs, read_table(paths.TRUTH))
    columns = [*data.columns, *({"name": column, "direction": 0, "days": []} for column in hidden)]
    model = candidates.candidates(columns, {"lightgbm": params.models.lightgbm.model_dump()}, params.models.seed)[
        "lightgbm"
    ]
    X = pd.concat([data.X.astype("float64"), hidden], axis=1)
    say(f"{name}: fitting with {hidden.shape[1]} hidden columns")
    model.fit(X.iloc[split.fit], data.label.iloc[split.fit].astype(bool))
    best = metrics.auc(data.label.iloc[split.test].astype(bool), model.predict_proba(X.iloc[split.test])[:, 1])
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


def state_at(pairs: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """The hidden state of each pair's resident at its date: the latest that began by then (pairs x hidden columns)."""
    keys = pd.DataFrame({"unit_id": pairs["unit_id"], "at": pd.to_datetime(pairs["as_of"]), "row": range(len(pairs))})
    states = truth.rename(columns={"resident_id": "unit_id"}).assign(at=pd.to_datetime(truth["on"])).drop(columns="on")
    found = pd.merge_asof(keys.sort_values("at"), states.sort_values("at"), on="at", by="unit_id")
    found = found.sort_values("row").set_index("row").drop(columns=["unit_id", "at"])
    return found.add_prefix("hidden_").set_axis(pairs.index).astype("float64")


if __name__ == "__main__":
    main(ceiling)
