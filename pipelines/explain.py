"""Stage `explain`: what the chosen model used, exactly, for a sample of test residents compared with the county."""

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from models import bundle, dependence
from models.clusters import clusters
from models.drift import inputs
from models.drivers import drivers
from models.explanation import Explainer, Explanation, importance
from models.resampling import resample
from pipelines import cases, paths
from pipelines.background import background
from pipelines.files import read_json, read_table, write_json, write_table
from pipelines.intervals import intervals
from pipelines.judged import KEYS, judged
from pipelines.setting import Setting, setting
from pipelines.stage import main, say

PAIRED = 300  # rows for which interactions are worked out: what they cost grows with rows, what they say does not


def explain(name: str) -> None:
    at = setting(name)
    model, meta = bundle.load(paths.bundle(name))
    columns = [column["name"] for column in meta["columns"]]
    test = judged(name, [*KEYS, "group_id", "listed_on", meta["chosen"]])
    sample, groups, rows = _drawn(at, test, meta)
    county = background(name, meta)
    say(f"{name}: explaining {len(sample):,} test residents by {meta['chosen']}")
    explainer = Explainer(model, county)
    explanation = explainer(sample[columns])
    write_table(paths.values(name), sample[KEYS].join(pd.DataFrame(explanation.values, columns=columns)))
    write_table(paths.sample(name), sample[[*KEYS, *columns]])
    say(f"{name}: what goes together, by group and by value")
    found = _described(at, meta, explanation, explainer, sample, groups)
    say(f"{name}: working out {len(rows)} cases")
    told = cases.worked(
        rows,
        model,
        meta,
        explainer,
        intervals(name, meta),
        at.catalogue.columns,
        at.catalogue.names,
    )
    about = {
        "identity": meta["identity"],
        "method": explanation.method,
        "base": explanation.base,
        "background_rows": explanation.background_rows,
        "rows": len(sample),
        "dates": sorted({str(day) for day in sample["as_of"]}),
    }
    write_json(paths.explanation(name), about | found | {"cases": told})
    by_column = pd.DataFrame(found["importance"]["columns"])
    described = inputs(county[columns], sample[columns], meta["columns"], by_column)
    write_json(
        paths.inputs(name),
        {
            "identity": meta["identity"],
            "training_rows": len(county),
            "test_rows": len(sample),
            "columns": described,
        },
    )


def _drawn(at: Setting, test: pd.DataFrame, meta: dict) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """(the sample with its inputs, its groups, the cases with their inputs): of test pairs, read together.

    Groups stand apart: an attribute may be an input too, under the same name.
    """
    name, columns = at.outcome.name, [column["name"] for column in meta["columns"]]
    order = np.random.default_rng(at.params.models.seed).permutation(len(test))
    sample = test.iloc[np.sort(order[: at.params.explain.sample])].drop(columns=[meta["chosen"], "listed_on"])
    rows = None
    if read_json(paths.CHECKED)["about"]["invented"]:
        rows = cases.chosen(test, test[meta["chosen"]].to_numpy(), at.knobs.capacity)
    asked = sample if rows is None else pd.concat([sample[KEYS], rows[KEYS]])
    of_asked = [pc.field(key).isin(asked[key].unique().tolist()) for key in KEYS]
    found = read_table(paths.matrix(name), [*KEYS, *columns], of_asked[0] & of_asked[1])
    groups = read_table(paths.groups(name), where=of_asked[0] & of_asked[1])  # a property has few of them
    groups = sample[KEYS].merge(groups, how="left", on=KEYS, validate="one_to_one")
    sample = sample.merge(found, how="left", on=KEYS, validate="one_to_one")
    if rows is None:
        return sample, groups, cases.nobody(meta)
    return sample, groups, rows.merge(found, how="left", on=KEYS, validate="one_to_one")


def _described(
    at: Setting,
    meta: dict,
    explanation: Explanation,
    explainer: Explainer,
    sample: pd.DataFrame,
    groups: pd.DataFrame,
) -> dict:
    """All that is said of the sample together."""
    columns, choices = meta["columns"], at.params.models
    X = sample[list(explanation.columns)]
    draws = resample(sample["group_id"], choices.resamples, choices.seed)
    paired = np.sort(np.random.default_rng(choices.seed).permutation(len(X))[:PAIRED])
    return {
        "importance": {
            by or "columns": importance(explanation, columns, by, draws).to_dict("records")
            for by in (None, "agency", "theme")
        },
        "clusters": clusters(explanation, X, columns, draws),
        "curves": dependence.curves(explanation, X, columns),
        "interactions": dependence.interactions(
            explainer, X.iloc[paired], sample["group_id"].iloc[paired], columns, choices.resamples, choices.seed
        ),
        "by_group": drivers(explanation, groups[[a for a in at.params.audit if a in groups]], columns, draws),
    }


if __name__ == "__main__":
    main(explain)
