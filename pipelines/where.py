"""What a run has made, and where to look."""

from pipelines import paths
from pipelines.params import load


def show() -> None:
    if paths.OVERVIEW.exists():
        print(f"Open {paths.OVERVIEW} in a browser: every document of this run is one site.")
    for outcome in load().outcomes:
        print(f"{outcome}:")
        for what, path in (
            ("model card", paths.report(outcome) / "card.html"),
            ("metrics", paths.summary(outcome)),
            ("model", paths.bundle(outcome)),
            ("demonstration scores", paths.scores(outcome)),
        ):
            if path.exists():
                print(f"  {what:<20} {path}")
    print("Compare runs with `dvc metrics diff` and `dvc plots diff`; open MLflow with `make ui`.")
