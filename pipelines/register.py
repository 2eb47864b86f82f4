"""Stage `register`: show the whole run in MLflow, and register each outcome's model as candidate, once per identity."""

import json
import subprocess
from pathlib import Path

import pyarrow.parquet as pq

from features.load import Catalogue, load_catalogue
from models import bundle, registry, released
from models.disclosure import too_few
from models.registry import Model, Shown, Trained
from models.stripped import stripped
from pipelines import paths
from pipelines.champions import champions
from pipelines.files import read_json, write_json
from pipelines.identity import digest, of_params
from pipelines.nobody import invented_rows
from pipelines.params import Params, load
from pipelines.seal import seal
from pipelines.stage import main, say

# What shapes every model; what shapes one outcome or one candidate is shown with it.
SHARED = {"cohort", "group_by", "allowance_days", "test_from", "audit", "outcomes", "sensitivity"}
DIGEST = 32  # MLflow allows 36 characters


def register() -> None:
    params = load()
    catalogue = load_catalogue(params.catalogue)
    say(f"reading what {len(params.outcomes)} outcomes have made")
    data = digest(params.single_view)[:DIGEST]
    trained = {name: _trained(name, params, catalogue) for name in params.outcomes}
    say(
        f"logging {len(trained)} outcomes and {sum(len(of.candidates) for of in trained.values())} candidates to MLflow"
    )
    logged = registry.log(
        paths.STORE,
        paths.ARTEFACTS,
        _shown(params, trained, data),
        trained,
        {
            "foresight.data": data,
            "foresight.params": of_params(params.model_dump(mode="json", include=SHARED | {"knobs", "models"})),
            **_commit(),
        },
        say,
    )
    write_json(paths.RUN, logged)
    for name, model in logged["outcomes"].items():
        # Random ids stay in run.json: the receipt is the same for the same identity, so that DVC's lock is too.
        identity = trained[name].model.identity
        receipt = {"identity": identity, "model": model["model_name"], "alias": registry.CANDIDATE}
        write_json(paths.receipt(name), receipt)
    champions()


def _shown(params: Params, trained: dict[str, Trained], data: str) -> Shown:
    fitting = {key: value for key, value in params.models.model_dump().items() if not isinstance(value, dict | None)}
    rows = released.whole(sum(read_json(paths.CHECKED)["rows"].values())) or 0
    return Shown(
        _flat(params.model_dump(mode="json", include=SHARED) | {"models": fitting}),
        {f"{name}/{figure}": value for name in trained for figure, value in _summary(name).items()},
        data=((params.single_view.name, data, rows),),
    )


def _trained(name: str, params: Params, catalogue: Catalogue) -> Trained:
    estimator, meta = bundle.load(paths.bundle(name))
    measured, folds = read_json(paths.metrics(name)), read_json(paths.folds(name))["folds"]
    options, rows = params.options(name), released.whole(pq.read_metadata(paths.labels(name)).num_rows) or 0
    used = tuple(  # the matrix is of the same pairs
        (f"{path.parent.name}/{name}", digest(path)[:DIGEST], rows) for path in (paths.matrix(name), paths.labels(name))
    )
    candidates = {
        candidate: Shown(
            _flat(options[candidate] if isinstance(options[candidate], dict) else {"column": options[candidate]}),
            _with_intervals(released.figures(figures)),
            steps=tuple(
                {f"fold.{figure}": fold[figure].get(candidate) for figure in ("auc", "regret")}
                for fold in folds
                if not too_few(fold["events"], fold["n"])
            ),
            data=used,
        )
        for candidate, figures in measured["candidates"].items()
    }
    shown = Shown(
        _flat(
            {"model": meta["identity"], "chosen": meta["chosen"], "knobs": params.knobs[name].model_dump(mode="json")}
        ),
        _summary(name)
        | _with_intervals(released.figures(measured["figures"]) | released.worth(measured))
        | trusted(name, params),
        note=meta["reason"],
        data=used,
        files=(
            *_files("reports", paths.report(name)),
            *_files("metrics", paths.summary(name).parent),
            ("intervals", paths.intervals(name)),
        ),
    )
    about = {"use_level": catalogue.outcome(name).use_level, "auc": measured["figures"]["auc"]["value"]}
    model = Model(meta["identity"], seal(name), stripped(estimator), invented_rows(meta), about)
    return Trained(shown, candidates, model)


def trusted(name: str, params: Params) -> dict[str, float | None]:
    """How steady the lists are, what outcomes dealt out at random give, and how near it comes to the best possible.

    Not what chance alone gives with random outcomes: from that the number of events can be worked out.
    """
    steady = read_json(paths.stability(name))
    plain = {f"stability.{figure}": value for figure, value in steady.items() if isinstance(value, float)}
    headroom = read_json(paths.ceiling(name)) if params.invent else {}
    figures = _with_intervals({"stability": steady, "headroom": headroom})
    return plain | _flat({"stability": steady["intervals"]}) | {"shuffled.auc": steady["shuffled"]["auc"]} | figures


def _with_intervals(figures: dict, above: str = "") -> dict[str, float | None]:
    """Each figure that has an interval, at any depth, as three: auc, auc.low, auc.high."""
    flat = {}
    for name, value in figures.items():
        if isinstance(value, dict) and "value" in value:
            flat |= {above + name: value["value"]} | {f"{above}{name}.{end}": value[end] for end in ("low", "high")}
        elif isinstance(value, dict):
            flat |= _with_intervals(value, f"{above}{name}.")
    return flat


def _summary(name: str) -> dict[str, float | None]:
    return {figure: value for figure, value in read_json(paths.summary(name)).items() if not isinstance(value, str)}


def _files(top: str, folder: Path) -> tuple[tuple[str, Path], ...]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple((str(Path(top) / path.relative_to(folder).parent), path) for path in files)


def _commit() -> dict[str, str]:
    """The commit this runs at and whether files differ from it; nothing where there is no git."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout.strip()

    try:
        commit = git("rev-parse", "HEAD")
        # dvc.lock differs whenever DVC runs anything, and says nothing about what went in
        differs = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!dvc.lock")
    except (OSError, subprocess.CalledProcessError):
        return {}
    source = {"name": "dvc repro", "type": "LOCAL", "git.commit": commit}  # as MLflow's UI knows it
    told = {f"mlflow.source.{key}": value for key, value in source.items()}
    return told | {"foresight.git_dirty": json.dumps(bool(differs))}


def _flat(params: dict, above: str = "") -> dict:
    flat = {}
    for key, value in params.items():
        flat |= _flat(value, f"{above}{key}.") if isinstance(value, dict) else {f"{above}{key}": value}
    return flat


if __name__ == "__main__":
    main(register)
