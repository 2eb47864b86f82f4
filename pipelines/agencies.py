"""What each agency's records buy, by fitting the chosen model again without them."""

from models import ablation
from models.splits import Split
from pipelines.params import Params
from pipelines.prepared import Prepared
from pipelines.stage import say


def agencies(name: str, params: Params, data: Prepared, split: Split, chosen: str) -> dict:
    """What was lost without the records of each agency, ready for JSON."""
    knobs, seed = params.knobs[name], params.models.seed
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
    columns, without = ablation.agencies(data.columns), found.pop("agencies")
    every = without.pop(ablation.EVERY)
    listed = [{"agency": agency, "columns": columns[agency], **of} for agency, of in without.items()]
    return {"chosen": chosen, "each": ablation.EACH, **found, "agencies": listed, "every": every}
