"""Stage `explain`: what the chosen model used, exactly, for a sample of test residents compared with the county."""

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from models import bundle
from models.explanation import explain as shapley
from models.explanation import importance
from pipelines import paths
from pipelines.background import background
from pipelines.files import read_table, write_json, write_table
from pipelines.judged import judged
from pipelines.params import load
from pipelines.stage import main, say

KEYS = ["unit_id", "as_of"]


def explain(name: str) -> None:
    params = load()
    model, meta = bundle.load(paths.bundle(name))
    columns = [column["name"] for column in meta["columns"]]
    test = judged(name, KEYS)
    drawn = np.sort(np.random.default_rng(params.models.seed).permutation(len(test))[: params.explain.sample])
    sample = test.iloc[drawn]
    of_sample = [pc.field(key).isin(sample[key].unique().tolist()) for key in KEYS]
    rows = read_table(paths.matrix(name), [*KEYS, *columns], of_sample[0] & of_sample[1])
    sample = sample.merge(rows, how="left", on=KEYS, validate="one_to_one")
    say(f"{name}: explaining {len(sample):,} test residents by {meta['chosen']}")
    explanation = shapley(model, sample[columns], background(name, meta))
    write_table(paths.values(name), sample[KEYS].join(pd.DataFrame(explanation.values, columns=columns)))
    write_table(paths.sample(name), sample)
    tables = {
        by or "columns": importance(explanation, meta["columns"], by).to_dict("records")
        for by in (None, "agency", "theme")
    }
    write_json(
        paths.explanation(name),
        {
            "identity": meta["identity"],
            "method": explanation.method,
            "base": explanation.base,
            "background_rows": explanation.background_rows,
            "rows": len(sample),
            "importance": tables,
        },
    )


if __name__ == "__main__":
    main(explain)
