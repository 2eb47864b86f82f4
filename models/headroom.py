"""How near a model comes to the best possible, where what the records hide is known because it was invented.

What is missing splits in two that add up: what the chosen model loses against the best candidate, and what the records
do not show. All scores are judged on the same resamples of whole groups, as differences are known better than figures.
"""

from models import ranking
from models.ranking import Ranking
from models.resampling import figures

AIM = 0.95  # of the way from chance to the best possible; who falls short of it says what is lost


def headroom(y, scores: dict, parts: dict, groups, *, resamples: int = 200, seed: int = 0) -> dict[str, dict]:
    """How far the chosen model is behind the best possible, each figure {"value", "low", "high"}.

    `y` (rows) truth; `scores` what ranks the rows: "chosen", "best" (the best candidate of the folds), "ceiling"
    (models that know what is hidden) and "records" (one like those of `parts`, without what is hidden); `parts` the
    scores of models that know one part of it; `groups` (rows) what is resampled whole. Returns auc, ceiling_auc,
    share_of_ceiling (of what the ceiling has above chance), lost: by_the_model and to_the_records, in AUC, and adds:
    the AUC that knowing each part would add to the records, most first.
    """
    tallies = {name: Ranking(y, score) for name, score in scores.items()}
    known = {part: Ranking(y, score) for part, score in parts.items()}

    def measured(weights=None) -> dict[str, float]:
        auc = {name: ranking.auc(*of(weights)) for name, of in tallies.items()}
        return {
            **{part: ranking.auc(*of(weights)) - auc["records"] for part, of in known.items()},
            "auc": auc["chosen"],
            "ceiling_auc": auc["ceiling"],
            "share_of_ceiling": ranking.ratio(auc["chosen"] - 0.5, auc["ceiling"] - 0.5),
            "by_the_model": auc["best"] - auc["chosen"],
            "to_the_records": auc["ceiling"] - auc["best"],
        }

    found = figures(measured, groups, resamples, seed)
    adds = {part: found.pop(part) for part in known}
    lost = {name: found.pop(name) for name in ("by_the_model", "to_the_records")}
    return found | {"lost": lost, "adds": dict(sorted(adds.items(), key=lambda part: -part[1]["value"]))}
