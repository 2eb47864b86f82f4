"""Stage `refit`: the chosen model fitted again on other draws of households: how steady scores and lists are."""

from models import bundle, stability, training
from models.candidates import candidates
from pipelines import paths
from pipelines.files import write_json, write_plot
from pipelines.params import load
from pipelines.prepared import prepared
from pipelines.stage import main, say


def refit(name: str) -> None:
    params = load()
    knobs, seed, data = params.knobs[name], params.models.seed, prepared(name)
    split, (model, meta) = data.split(params, knobs), bundle.load(paths.bundle(name))
    chosen = meta["chosen"]
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
    )
    say(f"{name}: fitting to outcomes dealt out at random")
    dealt = stability.shuffled(candidate, data.X, data.label, split, seed)
    p = training.probabilities({chosen: model}, data.X, split.test)[chosen]
    of_test = data.pairs.iloc[split.test]
    drawn = {"resamples": params.models.resamples, "seed": seed}
    steady = stability.stability(p, fitted, of_test["listed_on"], knobs.capacity, of_test["group_id"], **drawn)
    write_json(paths.stability(name), {"identity": meta["identity"], **steady, "shuffled": dealt})
    write_plot(paths.instability(name), stability.instability(p, fitted))
    table = stability.intervals(p, fitted).to_dict("records")
    write_json(paths.intervals(name), {"identity": meta["identity"], "refits": len(fitted), "table": table})


if __name__ == "__main__":
    main(refit)
