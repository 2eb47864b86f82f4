"""Stage `agencies`: what each agency's records buy, by fitting the chosen model again without them."""

from models import ablation, bundle
from pipelines import paths
from pipelines.files import write_json
from pipelines.params import load
from pipelines.prepared import prepared
from pipelines.stage import main, say


def compare_agencies(name: str) -> None:
    params, meta = load(), bundle.describe(paths.bundle(name))
    knobs, seed, data = params.knobs[name], params.models.seed, prepared(name)
    split, chosen = data.split(params, knobs), meta["chosen"]
    scores = ablation.without_each(
        data.X,
        data.label,
        split,
        data.columns,
        {chosen: params.options(name)[chosen]},
        seed=seed,
        say=lambda told: say(f"{name}: {told}"),
    )
    tested = data.pairs.iloc[split.test]
    found = ablation.lost(
        data.label.iloc[split.test].astype(bool),
        scores,
        tested["group_id"],
        tested["listed_on"],
        knobs.capacity,
        resamples=params.models.resamples,
        seed=seed,
    )
    columns = ablation.agencies(data.columns)
    listed = [{"agency": agency, "columns": columns[agency], **of} for agency, of in found.pop("agencies").items()]
    write_json(
        paths.agencies(name),
        {"identity": meta["identity"], "chosen": chosen, "each": ablation.EACH, **found, "agencies": listed},
    )


if __name__ == "__main__":
    main(compare_agencies)
