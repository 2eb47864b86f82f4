"""Stage `refit`: the chosen model fitted again: on other draws of households, are scores, lists and reasons steady; and
without the records of each agency, what do they buy."""

import numpy as np

from models import bundle, stability, training
from models.candidates import candidates
from models.explanation import explain
from models.steady_reasons import steadiness
from pipelines import paths
from pipelines.agencies import agencies
from pipelines.background import background
from pipelines.files import write_json, write_plot
from pipelines.params import load
from pipelines.prepared import prepared
from pipelines.stage import main, say

EXPLAINED = 300  # test pairs that every refit explains: enough to see reasons change, and a second or two a refit


def refit(name: str) -> None:
    params = load()
    knobs, seed, data = params.knobs[name], params.models.seed, prepared(name)
    split, (model, meta) = data.split(params, knobs), bundle.load(paths.bundle(name))
    chosen = meta["chosen"]
    compared_with = background(name, meta)
    drawn = np.random.default_rng(seed).permutation(split.test)[:EXPLAINED]
    rows, explained = training.taken(data.X, drawn), []
    candidate = candidates(data.columns, {chosen: params.options(name)[chosen]}, seed)[chosen]
    fitted = stability.refit(
        candidate,
        data.X,
        data.label,
        data.pairs["group_id"],
        split,
        refits=params.sensitivity.refits,
        seed=seed,
        say=lambda told: say(f"{name}: {told}"),
        look=lambda model: explained.append(explain(model, rows, compared_with)),
    )
    say(f"{name}: fitting to outcomes dealt out at random")
    dealt = stability.shuffled(candidate, data.X, data.label, split, seed, params.gates.shuffled_within.limit)
    p = training.probabilities({chosen: model}, data.X, split.test)[chosen]
    of_test, sampled = data.pairs.iloc[split.test], {"resamples": params.models.resamples, "seed": seed}
    steady = stability.stability(p, fitted, of_test["listed_on"], knobs.capacity, of_test["group_id"], **sampled)
    whose = data.pairs["group_id"].iloc[drawn]
    reasons = steadiness(explain(model, rows, compared_with), explained, data.columns, whose, **sampled)
    write_json(paths.stability(name), {"identity": meta["identity"], **steady, "shuffled": dealt, "reasons": reasons})
    write_plot(paths.instability(name), stability.instability(p, fitted))
    table = stability.intervals(p, fitted).to_dict("records")
    write_json(paths.intervals(name), {"identity": meta["identity"], "refits": len(fitted), "table": table})
    write_json(paths.agencies(name), {"identity": meta["identity"], **agencies(name, params, data, split, chosen)})


if __name__ == "__main__":
    main(refit)
