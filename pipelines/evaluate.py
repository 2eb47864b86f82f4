"""Stage `evaluate`: how good every candidate is on the untouched test dates, overall and, for the chosen, by group."""

import pandas as pd
import pyarrow.compute as pc

from models import bundle, fairness, metrics
from models.candidates import ORDER
from models.summary import summary
from pipelines import paths
from pipelines.files import read_json, read_table, write_json, write_plot
from pipelines.params import load
from pipelines.stage import main, say

KEYS = ["unit_id", "as_of"]
POINTS = 40  # along a curve


def evaluate(name: str) -> None:
    params = load()
    capacity, drawn = params.knobs[name].capacity, {"resamples": params.models.resamples, "seed": params.models.seed}
    meta = bundle.load(paths.bundle(name))[1]
    test = read_table(paths.predictions(name))

    def judge(candidate: str, rows: pd.DataFrame) -> dict:
        # Fewer residents get a list as much shorter, so that its precision and recall can be compared.
        listed = max(1, round(capacity * len(rows) / len(test)))
        return metrics.evaluate(rows["label"], rows[candidate], rows["group_id"], listed, rows["as_of"], **drawn)

    say(f"{name}: judging {len(meta['scores'])} candidates on {len(test):,} pairs")
    chosen, unseen = meta["chosen"], test[~test["seen"]]
    found = {candidate: judge(candidate, test) for candidate in ORDER if candidate in meta["scores"]}
    measured = {
        "identity": meta["identity"],
        "chosen": chosen,
        "figures": found[chosen],
        "candidates": found,
        "without_those_in_training": judge(chosen, unseen) if unseen["label"].nunique() == 2 else None,
    }
    write_json(paths.metrics(name), measured)
    write_json(paths.summary(name), summary(measured, read_json(paths.folds(name))))

    say(f"{name}: comparing groups")
    of_test = pc.field("as_of").isin(test["as_of"].unique().tolist())
    groups = test[KEYS].merge(read_table(paths.groups(name), where=of_test), on=KEYS, how="left", validate="one_to_one")
    compared = fairness.by_group(
        test["label"],
        test[chosen],
        metrics.flagged(test[chosen], test["as_of"], capacity),
        groups[list(params.audit)],
        test["group_id"],
        **drawn,
    )
    write_json(paths.audit(name), {"identity": meta["identity"], "groups": compared})
    write_plot(paths.reliability(name), metrics.reliability(test["label"], test[chosen]))
    write_plot(paths.list_length(name), _by_length(test["label"], test[chosen], test["as_of"], capacity))


def _by_length(label: pd.Series, p: pd.Series, as_of: pd.Series, capacity: int) -> pd.DataFrame:
    """Precision and recall of lists from a tenth of the capacity to five times it."""
    lengths = sorted({max(1, round(capacity * 5 * step / POINTS)) for step in range(1, POINTS + 1)})
    return metrics.by_length(label, p, as_of, lengths).reset_index(names="length")


if __name__ == "__main__":
    main(evaluate)
