"""The command line `foresight`: check a single view, score a cohort, search options, approve models, and more."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines import stage

app = typer.Typer(
    help="Early-warning risk models on a county's linked single view.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def check(
    location: Annotated[
        Path | None, typer.Argument(help="Folder of Parquet files or DuckDB file; params.yaml's when left out.")
    ] = None,
) -> None:
    """Report every fault of a single view at once; exit code 2 if any is fatal."""
    from pipelines.check import check_location

    stage.run(check_location, location)


@app.command()
def score(
    outcome: Annotated[str, typer.Argument(help="One of the outcomes of params.yaml.")],
    cohort: Annotated[Path, typer.Option(help="Parquet or CSV file with a column resident_id, or property_id.")],
    as_of: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="Score on what was known at the start of this day.")
    ],
    to: Annotated[Path, typer.Option(help="Parquet or CSV file to write; rejects go beside it.")],
    recipient: Annotated[str, typer.Option(help="The agency that gets the list; reasons it may not see are withheld.")],
) -> None:
    """Score a cohort: calibrated probability, rank, band and reasons; who can't be scored is listed with the reason."""
    from pipelines.score import score_file

    stage.run(score_file, outcome, cohort, as_of.date(), to, recipient)


@app.command()
def search(
    outcome: Annotated[str, typer.Argument(help="One of the outcomes of params.yaml.")],
    candidate: Annotated[str, typer.Option(help="The candidate whose options are searched.")] = "lightgbm",
    minutes: Annotated[float, typer.Option(min=0, help="When to stop; the next search goes on from there.")] = 10,
) -> None:
    """Search better options for a candidate, on dates before the test; print them, and change nothing."""
    from pipelines.search import search_options

    stage.run(search_options, outcome, candidate, minutes)


@app.command()
def approve(
    outcome: Annotated[str, typer.Argument(help="One of the outcomes of params.yaml.")],
    role: Annotated[str, typer.Option(help="senior_responsible_owner, data_protection_officer or ethics_chair.")],
    name: Annotated[str, typer.Option(help="Who signs in that role.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day on which it no longer holds.")],
    recipient: Annotated[list[str], typer.Option(help="An agency that may get the lists; give one or several.")],
    use_level: Annotated[
        str | None, typer.Option(help="planning, prioritisation or individual; the outcome's if left out.")
    ] = None,
) -> None:
    """Sign off the model of an outcome in one of three roles; scoring asks for all three."""
    from pipelines.approve import approve

    stage.run(approve, outcome, role, name, until.date(), use_level, tuple(recipient))


@app.command()
def withdraw(
    outcome: Annotated[str, typer.Argument(help="One of the outcomes of params.yaml.")],
    role: Annotated[str, typer.Option(help="The role that withdraws what it signed.")],
    name: Annotated[str, typer.Option(help="Who withdraws in that role.")],
    reason: Annotated[str, typer.Option(help="Why; it stays on file.")],
) -> None:
    """Withdraw what a role has signed about an outcome: from then on nobody is scored by it."""
    from pipelines.approve import withdraw

    stage.run(withdraw, outcome, role, name, reason)


@app.command()
def champions() -> None:
    """Make the approved model of each outcome MLflow's champion, as approvals stand today."""
    from pipelines.champions import champions

    stage.run(champions)


@app.command()
def dictionary() -> None:
    """Write the data dictionary from the contract and the catalogue."""
    from pipelines.dictionary import write_dictionary

    stage.run(write_dictionary)


@app.command()
def where() -> None:
    """Say what `make repro` has made and where it is."""
    from pipelines.where import show

    stage.run(show)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
