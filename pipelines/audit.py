"""Stage `audit`: for whom the chosen model fails, as far as the data can tell: groups beside the county and each other,
crossed groups, other lengths of list, folds of time, proxies, and how far that hangs on recording, labels and links.
"""

import pandas as pd
import pyarrow.compute as pc

from features.sources import View
from models import bundle, capacity, disparity, fairness, linkage
from models.label_choice import Way, orders
from models.proxies import proxies
from models.under_recording import under_recording
from pipelines import paths
from pipelines.areas import areas
from pipelines.files import read_table, write_json
from pipelines.judged import KEYS, groups_of
from pipelines.setting import Setting, setting
from pipelines.stage import main, say

PLACES = ("district", "caseload")  # of the audit's attributes those that say where, or known to whom: not who
WORKED_OUT = ("age_band", "oldest_age_band", "imd_quintile", *PLACES)  # columns of no resident: no proxy is looked for
LENGTHS = (0.25, 0.5, 1, 2, 3, 5)  # of a list, as multiples of the capacity


def audit(name: str) -> None:
    at, meta = setting(name), bundle.describe(paths.bundle(name))
    drawn = {"resamples": at.params.models.resamples, "seed": at.params.models.seed}
    asked = read_table(paths.predictions(name), [*KEYS, "group_id", "listed_on", "label", meta["chosen"]])
    asked = asked.rename(columns={meta["chosen"]: "p"}).astype({"label": "boolean"})
    groups = groups_of(name, asked)
    groups = groups[[attribute for attribute in at.params.audit if attribute in groups]]
    known = asked["label"].notna().to_numpy()
    test, of_test = asked[known].reset_index(drop=True), groups[known].reset_index(drop=True)
    one = [attribute for attribute in of_test if attribute not in PLACES]

    say(f"{name}: comparing {len(test):,} pairs by group, crossed group and length of list")
    listed = capacity.flagged(test["p"], test["listed_on"], at.knobs.capacity)
    broader = fairness.broadly(of_test)
    rows = (test["label"], test["p"], listed, broader, test["group_id"])
    years = disparity.years_of(test["listed_on"], at.knobs.horizon_days)
    lengths = {times: max(1, round(times * at.knobs.capacity)) for times in LENGTHS}
    found = {
        "identity": meta["identity"],
        "years": round(years, 2),
        "gaps": disparity.disparities(*rows, years=years, **drawn),
        "pairwise": fairness.by_group(*rows[:3], fairness.crossed(fairness.broad(of_test[one])), rows[4], **drawn),
        "thresholds": fairness.by_length(*rows[:2], test["listed_on"], lengths, *rows[3:], **drawn),
        "folds": _folds(name, listed.mean(), list(of_test), drawn),
    }
    say(f"{name}: looking for proxies among {len(meta['columns'])} columns")
    found["proxies"] = {
        # An attribute that is an input itself can of course be read: the reason in params stands beside it.
        attribute: told | {"input": at.knobs.inputs.get(attribute)}
        for attribute, told in _proxies(name, test, of_test, meta["columns"], drawn).items()
    }
    say(f"{name}: counting outcomes and links otherwise")
    found["under_recording"] = under_recording(*rows, **drawn)
    found["labels"] = orders(Way(*rows), _ways(name, asked, fairness.broadly(groups), at.knobs.capacity), **drawn)
    with at.open_view("train") as view:
        found["linkage"] = _linkage(at, view, test, broader, drawn)
        of_areas = areas(at, view, meta["chosen"])
    write_json(paths.fairness(name), found)
    write_json(paths.areas(name), {"identity": meta["identity"], **of_areas})


def _folds(name: str, share: float, attributes: list[str], drawn: dict) -> list[dict]:
    """Figures by group of a model trained on the first day of each fold, with lists of the same share of its pairs."""
    found, rows = [], read_table(paths.fold_predictions(name))
    for cut, fold in rows.groupby("cut", sort=True):
        groups, places = groups_of(name, fold)[attributes], share * len(fold) / fold["listed_on"].nunique()
        listed = capacity.flagged(fold["p"], fold["listed_on"], places)
        told = fairness.by_group(fold["label"], fold["p"], listed, fairness.broadly(groups), fold["group_id"], **drawn)
        found.append({"cut": str(cut), "dates": [str(day) for day in sorted(fold["as_of"].unique())], "groups": told})
    return found


def _proxies(name: str, test: pd.DataFrame, groups: pd.DataFrame, columns: list[dict], drawn: dict) -> dict[str, dict]:
    """How well the attributes that residents have of their own can be read from what the model may use."""
    own, names = [name for name in groups if name not in WORKED_OUT], [column["name"] for column in columns]
    if not own:
        return {}
    of_test = pc.field("as_of").isin(test["as_of"].unique().tolist())
    matrix = read_table(paths.matrix(name), [*KEYS, *names], of_test)
    X = test[KEYS].merge(matrix, on=KEYS, how="left", validate="one_to_one")[names]
    return proxies(X, fairness.broad(groups[own]), test["group_id"], columns, **drawn)


def _ways(name: str, asked: pd.DataFrame, groups: pd.DataFrame, places: int) -> dict[str, Way]:
    """The test pairs by every other way of counting their outcome, on lists of as many `places` as ever."""
    found = {}
    for path in (paths.varied(name), paths.alternatives(name)):
        ways = asked[KEYS].merge(read_table(path), on=KEYS, how="left", validate="one_to_one")
        for way in ways.columns.drop(KEYS):
            label = ways[way].astype("boolean")
            known = label.notna().to_numpy()
            rows = asked[known]
            listed = capacity.flagged(rows["p"], rows["listed_on"], places)
            found[way] = Way(label[known].astype(bool), rows["p"], listed, groups[known], rows["group_id"])
    return found


def _linkage(at: Setting, view: View, test: pd.DataFrame, groups: pd.DataFrame, drawn: dict) -> dict:
    """Match rates by group, and the lists without residents whose weakest link is below `sensitivity.weak_link`."""
    threshold = at.params.sensitivity.weak_link
    found = {"threshold": threshold, "match_rates": {}, "dropped": None}
    if at.outcome.unit != "resident":
        return found | {"reason": "a home is asked about, and homes are not linked"}
    links = view.con.execute("SELECT resident_id AS unit_id, link_probability FROM residents").df()
    link = test[["unit_id"]].merge(links, on="unit_id", how="left", validate="many_to_one")["link_probability"]
    if link.isna().all():
        return found | {"reason": "no resident in the test was linked from several records"}
    # Of residents whose records were never linked nothing can be said; they stay on the lists.
    linked = (link.notna() & ~test["unit_id"].duplicated()).to_numpy()
    strong = ~(link < threshold).to_numpy()
    rates = linkage.match_rates(strong[linked], groups[linked], test["group_id"][linked], **drawn)
    of_test = (test["label"], test["p"], test["listed_on"], at.knobs.capacity, strong, groups, test["group_id"])
    return found | {"match_rates": rates, "dropped": linkage.without_weak(*of_test, **drawn), "reason": None}


if __name__ == "__main__":
    main(audit)
