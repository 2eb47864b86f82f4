"""Stage `evaluate`: how good every candidate is on the untouched test dates, what the chosen one's lists are worth, how
it does by group, and how far all that hangs on how outcomes are counted."""

import numpy as np
import pandas as pd

from models import bundle, capacity, fairness, group_tables, metrics, released, reliability, worth
from models.disclosure import SUPPRESSED
from models.resampling import Resamples, resample
from models.summary import summary
from models.titles import ORDER
from pipelines import paths
from pipelines.files import read_json, read_table, write_json, write_plot
from pipelines.judged import KEYS, groups_of, judged
from pipelines.params import Knobs, load
from pipelines.stage import main, say

POINTS = 40  # along a curve
FURTHEST = 5  # times the capacity, or the threshold, that a curve goes
HIGHEST = 0.95  # threshold: beyond it hardly anybody is seen
SIMPLER = "logistic"  # what a more complex model must beat
CASELOAD, OPEN = "caseload", "open case"  # the group of an audit that says who is known already


def evaluate(name: str) -> None:
    params, meta = load(), bundle.describe(paths.bundle(name))
    knobs, drawn = params.knobs[name], {"resamples": params.models.resamples, "seed": params.models.seed}
    test, chosen = judged(name), meta["chosen"]

    say(f"{name}: judging {len(meta['scores'])} candidates on {len(test):,} pairs")
    found = {
        candidate: _judge(test, candidate, knobs.capacity, drawn) for candidate in ORDER if candidate in meta["scores"]
    }
    unseen = test[~test["seen"]]
    # Lists of fewer residents are cut as much shorter, so that their precision and recall can be compared.
    shorter = capacity.shortened(knobs.capacity, unseen["listed_on"], test["listed_on"]) if len(unseen) else None
    groups = groups_of(name, test)
    listed = capacity.flagged(test[chosen], test["listed_on"], knobs.capacity)
    measured = {
        "identity": meta["identity"],
        "chosen": chosen,
        "figures": found[chosen],
        "candidates": found,
        "without_those_in_training": _judge(unseen, chosen, shorter, drawn) if unseen["label"].nunique() == 2 else None,
        "varied": _varied(name, chosen, knobs.capacity, drawn),
        **_worth(test, chosen, listed, groups, knobs, params.gates.net_benefit_over.limit, drawn),
    }
    write_json(paths.metrics(name), measured)
    write_json(paths.summary(name), summary(measured, read_json(paths.folds(name))))

    say(f"{name}: comparing groups")
    y, p = test["label"], test[chosen]
    audited = fairness.broadly(groups[[attribute for attribute in params.audit if attribute in groups]])
    compared = fairness.by_group(y, p, listed, audited, test["group_id"], **drawn)
    write_json(paths.audit(name), {"identity": meta["identity"], "groups": compared})

    events, rows, draws = int(y.sum()), len(y), resample(test["group_id"], **drawn)
    write_plot(paths.reliability(name), released.bands(reliability.reliability(y, p)))
    write_plot(paths.reliability_by_group(name), _bands(fairness.reliability_by_group(y, p, audited), compared))
    curve = metrics.precision_recall(y, p, draws=draws)
    write_plot(paths.precision_recall(name), released.precision_recall(curve, events, rows))
    write_plot(paths.list_length(name), _by_length(y, p, test["listed_on"], knobs.capacity, draws))
    curve = _net_benefit(y, p, test.get("rule"), _threshold(knobs), draws)
    write_plot(paths.net_benefit(name), released.net_benefit(curve, rows))


def _judge(rows: pd.DataFrame, candidate: str, places: int, drawn: dict) -> dict:
    return metrics.evaluate(rows["label"], rows[candidate], rows["group_id"], places, rows["listed_on"], **drawn)


def _varied(name: str, chosen: str, places: int, drawn: dict) -> dict[str, dict]:
    """The figures with deaths, departures and late records counted otherwise, by what is done.

    The service sees as many whatever is counted, so every list is as long as ever.
    """
    everybody, found = read_table(paths.predictions(name)), {}
    ways = everybody[KEYS].merge(read_table(paths.varied(name)), on=KEYS, how="left", validate="one_to_one")
    for way in ways.columns.drop(KEYS):
        say(f"{name}: judging with {way}")
        label = ways[way].astype("boolean")
        rows = everybody.assign(label=label)[label.notna()].astype({"label": bool})
        if rows["label"].nunique() == 2:
            found[way] = _judge(rows, chosen, places, drawn)
    return found


def _worth(
    test: pd.DataFrame,
    chosen: str,
    listed: np.ndarray,
    groups: pd.DataFrame,
    knobs: Knobs,
    thresholds: tuple[float, ...],
    drawn: dict,
) -> dict[str, dict | list | None]:
    """What the chosen model's lists are worth; None for what cannot be said of this outcome."""
    y, p, household, lists = (test[column] for column in ("label", chosen, "group_id", "listed_on"))
    rule = test["rule"] if "rule" in test and chosen != "rule" else None
    later = ORDER[ORDER.index(SIMPLER) + 1 :]
    plain = test[SIMPLER] if SIMPLER in test and chosen in later else None
    known = groups[CASELOAD] == OPEN if CASELOAD in groups else None
    return {
        "lift": None if rule is None else worth.lift(y, p, rule, household, lists, knobs.capacity, **drawn),
        "lift_over_logistic": None
        if plain is None
        else worth.lift(y, p, plain, household, lists, knobs.capacity, **drawn),
        "net_benefit": worth.net_benefit_at(y, p, rule, household, _threshold(knobs), **drawn),
        "net_benefit_over": [
            worth.net_benefit_at(y, p, rule, household, min(times * _threshold(knobs), HIGHEST), **drawn)
            for times in thresholds
        ],
        "newly_found": None if known is None else worth.newly_found(y, listed, known, household, **drawn),
        "value": None
        if knobs.saves is None
        else worth.value(y, p, rule, household, lists, knobs.capacity, knobs.saves.model_dump(), **drawn),
    }


def _threshold(knobs: Knobs) -> float:
    """The risk from which on a look is worth its cost, where finding one in time is worth that many needless looks."""
    return 1 / (1 + knobs.worth)


def _by_length(y: pd.Series, p: pd.Series, lists: pd.Series, places: int, draws: Resamples) -> pd.DataFrame:
    """Precision and recall of lists up to five times as long as the capacity."""
    lengths = sorted({max(1, round(places * FURTHEST * step / POINTS)) for step in range(1, POINTS + 1)})
    curve, sizes = capacity.by_length(y, p, lists, lengths, draws), lists.value_counts().to_numpy()
    return released.by_length(curve, sizes, int(y.sum()), len(y), [places]).reset_index(names="length")


def _bands(table: pd.DataFrame, compared: dict[str, list[dict]]) -> pd.DataFrame:
    """The bands of score, as they may leave, of each group of which it may be told how many have the event."""
    parts = [table.iloc[:0]]
    for attribute, records in compared.items():
        shown = group_tables.figures(records, {"o_e": "told"}).set_index("Group")["told"]
        for group, of in table[table["attribute"] == attribute].groupby("group", sort=False):
            if shown[group] != SUPPRESSED:
                parts.append(released.bands(of).assign(attribute=attribute, group=group))
    return pd.concat(parts, ignore_index=True)[list(table.columns)]


def _net_benefit(
    y: pd.Series, p: pd.Series, rule: pd.Series | None, threshold: float, draws: Resamples
) -> pd.DataFrame:
    """Decision curves up to five times the threshold of interest: threshold, model, rule, all, none."""
    thresholds = np.linspace(0, min(FURTHEST * threshold, HIGHEST), POINTS + 1)[1:]
    curve = capacity.net_benefit(y, p, thresholds, draws)
    of_rule = np.nan if rule is None else capacity.net_benefit(y, rule, thresholds)["model"]
    curve.insert(2, "rule", of_rule)
    return curve


if __name__ == "__main__":
    main(evaluate)
