"""Every file that stages exchange, by name; all are relative to the project folder, where commands run."""

from pathlib import Path

PARAMS = Path("params.yaml")
SINGLE_VIEW = Path("data/single_view")
TRUTH = Path("data/truth")
DICTIONARY = Path("data/DICTIONARY.md")
CHECKED = Path("data/evidence/single_view.json")
STORE = Path("mlflow.db")
ARTEFACTS = Path("mlartifacts")
RUN = Path("models/run.json")
OVERVIEW = Path("reports/index.html")
REGISTER = Path("reports/features.html")
AREA_MAP = Path("reports/areas.html")


def code(stage: str) -> Path:
    """Which of our files a stage can load, with their hashes."""
    return Path(f"data/code/{stage}.txt")


def cohort(outcome: str) -> Path:
    """Pairs (unit_id, as_of) with the group they are resampled by and the list they are ranked on."""
    return Path(f"data/cohort/{outcome}.parquet")


def flow(outcome: str) -> Path:
    """How many were left after each exclusion, a list at a time."""
    return Path(f"data/evidence/{outcome}/cohort.json")


def groups(outcome: str) -> Path:
    """Protected and other groups of each pair, for the audit only."""
    return Path(f"data/groups/{outcome}.parquet")


def matrix(outcome: str) -> Path:
    """A folder with a file for each as-of date: one row per pair, one float32 column per feature column."""
    return Path(f"data/matrix/{outcome}")


def columns(outcome: str) -> Path:
    """What every column of the matrix means."""
    return Path(f"data/matrix/{outcome}.columns.json")


def labels(outcome: str) -> Path:
    """What became of each pair."""
    return Path(f"data/labels/{outcome}.parquet")


def varied(outcome: str) -> Path:
    """The same of the test pairs, with deaths, departures and late records counted otherwise."""
    return Path(f"data/labels/{outcome}.varied.parquet")


def alternatives(outcome: str) -> Path:
    """What became of the test pairs by outcomes that might as well have been asked for."""
    return Path(f"data/labels/{outcome}.alternatives.parquet")


def settled(outcome: str) -> Path:
    """How many pairs had the event, did not, died, left or are not settled, a list at a time."""
    return Path(f"data/evidence/{outcome}/labels.json")


def bundle(outcome: str) -> Path:
    """The chosen model with all that scoring needs to use it."""
    return Path(f"models/bundles/{outcome}")


def folds(outcome: str) -> Path:
    """How far each candidate is behind the best in each fold of time, and on the whole."""
    return Path(f"data/evidence/{outcome}/folds.json")


def calibration(outcome: str) -> Path:
    """Ways of turning the chosen model's scores into risks, compared on held-out households."""
    return Path(f"data/evidence/{outcome}/calibration.json")


def regret(outcome: str) -> Path:
    """The same over time, as a DVC plot."""
    return Path(f"metrics/{outcome}/regret.csv")


def search(outcome: str) -> Path:
    """The trials of `foresight search`, which goes on where it stopped."""
    return Path(f"models/search/{outcome}.db")


def predictions(outcome: str) -> Path:
    """What each candidate says of the test pairs."""
    return Path(f"data/predictions/{outcome}.parquet")


def fold_predictions(outcome: str) -> Path:
    """What the chosen candidate says of the pairs that it was judged on in each fold of time."""
    return Path(f"data/predictions/{outcome}.folds.parquet")


def metrics(outcome: str) -> Path:
    """How good each candidate is on the test dates."""
    return Path(f"data/evidence/{outcome}/test.json")


def summary(outcome: str) -> Path:
    """The few of these figures by which runs are compared, as DVC's metrics."""
    return Path(f"metrics/{outcome}/summary.json")


def audit(outcome: str) -> Path:
    """The chosen model's figures by group."""
    return Path(f"data/evidence/{outcome}/groups.json")


def fairness(outcome: str) -> Path:
    """How far groups are apart, over crossed groups, lengths of list and folds, and how far that hangs on the data."""
    return Path(f"data/evidence/{outcome}/audit.json")


def truth(unit: str) -> Path:
    """What the invented county hides of each resident or property, quarter after quarter."""
    return TRUTH / f"{unit}.parquet"


def ceiling(outcome: str) -> Path:
    """The chosen model beside the best possible, where the truth is known because it was invented."""
    return Path(f"metrics/{outcome}/ceiling.json")


def reliability(outcome: str) -> Path:
    """Predicted and observed risk, as a DVC plot."""
    return Path(f"metrics/{outcome}/reliability.csv")


def list_length(outcome: str) -> Path:
    """Precision and recall as the list grows, as a DVC plot."""
    return Path(f"metrics/{outcome}/list_length.csv")


def reliability_by_group(outcome: str) -> Path:
    """The same by group."""
    return Path(f"metrics/{outcome}/reliability_by_group.csv")


def precision_recall(outcome: str) -> Path:
    """The chosen model's precision over recall, as a DVC plot."""
    return Path(f"metrics/{outcome}/precision_recall.csv")


def net_benefit(outcome: str) -> Path:
    """Decision curves of the chosen model, the simple rule, seeing all and seeing none, as a DVC plot."""
    return Path(f"metrics/{outcome}/net_benefit.csv")


def stability(outcome: str) -> Path:
    """How far scores and lists would have been others had other households been on record."""
    return Path(f"data/evidence/{outcome}/stability.json")


def instability(outcome: str) -> Path:
    """Between what the scores of refits lie, by level of score, as a DVC plot."""
    return Path(f"metrics/{outcome}/instability.csv")


def intervals(outcome: str) -> Path:
    """The 95 % interval of a score, as a plain table that scoring reads."""
    return Path(f"models/intervals/{outcome}.json")


def report(outcome: str) -> Path:
    """The folder of what people read."""
    return Path(f"reports/{outcome}")


def charts(outcome: str) -> Path:
    """The card's pictures, each as a file of its own."""
    return Path(f"reports/{outcome}/charts")


def background(outcome: str) -> Path:
    """Training residents that stand for the county in every explanation; sensitive."""
    return Path(f"data/explanation/{outcome}/background.parquet")


def sample(outcome: str) -> Path:
    """The test residents that are explained, with their inputs; sensitive."""
    return Path(f"data/explanation/{outcome}/sample.parquet")


def values(outcome: str) -> Path:
    """Their SHAP values; sensitive."""
    return Path(f"data/explanation/{outcome}/values.parquet")


def explanation(outcome: str) -> Path:
    """How the values were computed; importance, clusters, curves, interactions, groups compared, worked cases."""
    return Path(f"data/evidence/{outcome}/explanation.json")


def agencies(outcome: str) -> Path:
    """What each agency's records buy: how much worse the model is without them."""
    return Path(f"data/evidence/{outcome}/agencies.json")


def recheck(outcome: str) -> Path:
    """What was made again, or looked at again, to see whether the run holds together."""
    return Path(f"data/evidence/{outcome}/recheck.json")


def gates(outcome: str) -> Path:
    """The fifteen gates: what each asks, what was found, and what may be decided."""
    return Path(f"data/evidence/{outcome}/gates.json")


def inputs(outcome: str) -> Path:
    """How often each column of the model has something to say, how far it has moved since training, and its weight."""
    return Path(f"data/evidence/{outcome}/inputs.json")


def areas(outcome: str) -> Path:
    """How many were scored, listed and had the outcome in each area, district and fifth of deprivation; sensitive."""
    return Path(f"data/evidence/{outcome}/areas.json")


def receipt(outcome: str) -> Path:
    """That the model with this identity is registered in MLflow."""
    return Path(f"models/registered/{outcome}.json")


def scores(outcome: str) -> Path:
    """The demonstration list of the invented county."""
    return Path(f"scores/{outcome}.parquet")
