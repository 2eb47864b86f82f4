"""The model card: what an ethics group reads before it allows a model, every section filled from measured evidence.

After Mitchell et al. 2019 (FAT*, "Model Cards for Model Reporting"), with the cost of a wrong flag, the groups that
cannot be evaluated, current practice, the label's causal story and an expiry date. `models.card_sections` writes the
sections; the templates lay the same sections out as Markdown and as one page that needs no network.
"""

from typing import Any, NotRequired, TypedDict

import pandas as pd

from features.errors import InputError
from models.blocks import Document, Section
from models.card_sections import SECTIONS
from models.wording import day

Figure = dict[str, float | None]  # {"value", "low", "high"} of models.metrics


class Evidence(TypedDict):
    """All that a card is made from. Counts come unrounded: the card applies the disclosure rule itself."""

    outcome: dict[
        str, Any
    ]  # fields of features.outcomes.Outcome (texts, use_level, days), and "sentence": its rule in words
    single_view: dict[str, Any]  # name, extract_on, invented
    identity: str  # hash of data, params and code: the run id that every document of this model bears
    card: dict[str, Any]  # expires_on, contact, contest
    approval: str  # what is on file, or that nothing is
    names: dict[str, str]  # agencies in plain English; one that is missing is shown as it is
    flow: list[dict[str, Any]]  # listed_on, step, remaining: in the order of exclusion
    settled: list[dict[str, Any]]  # listed_on, status, n: what became of the pairs
    periods: dict[str, dict[str, Any]]  # fit, calibrate, test: dates (list), n, events
    folds: dict[str, Any]  # folds.json: how every candidate did in each fold of time
    calibration: dict[str, Any]  # calibration.json: ways of calibrating, compared
    worth: dict[str, Any]  # worth (params), lift, net_benefit, newly_found, value: models.worth
    stability: dict[str, Any]  # stability.json: what refits and shuffled labels say
    candidates: dict[str, dict[str, Any]]  # models.metrics.evaluate of each on the test dates, simplest first
    titles: dict[str, str]  # candidates in plain English
    chosen: dict[str, Any]  # name, reason, set_aside: {candidate: why}
    points: NotRequired[list[dict[str, Any]]]  # models.scorecard.points, where a scorecard was chosen
    sensitivity: dict[str, dict[str, Any]]  # what was counted otherwise -> models.metrics.evaluate of that
    groups: dict[str, list[dict[str, Any]]]  # models.fairness.by_group: attribute -> a record per group
    columns: list[dict[str, Any]]  # columns.json: the inputs
    protected_inputs: dict[str, str]  # protected attributes that are inputs, with the reason from params
    importance: dict[str, pd.DataFrame]  # "columns", "agency", "theme": models.explanation.importance
    explanation: dict[str, Any]  # method, background_rows, rows
    charts: dict[
        str, tuple[str, pd.DataFrame]
    ]  # models.charts: beeswarm, agency, reliability, list_length, scores, groups; models.curves: the others


def card(evidence: Evidence) -> Document:
    """The card, which `models.pages` lays out.

    Raises InputError that names every section that is unfilled and the evidence it lacks.
    """
    sections = _filled(evidence)
    records, expires = evidence["single_view"], f"expires on {day(evidence['card']['expires_on'])}"
    return Document(
        "card",
        "Model card",
        evidence["outcome"]["title"],
        f"{records['name']} · records up to {day(records['extract_on'])} · {expires}",
        evidence["identity"],
        records["invented"],
        sections,
    )


def _filled(evidence: Evidence) -> list[Section]:
    unfilled = {
        title: [need for need in needs if _is_empty(_look_up(evidence, need))] for _, title, needs, _ in SECTIONS
    }
    faults = [
        f"card: section {title!r} is unfilled: the evidence lacks {', '.join(lacking)}"
        for title, lacking in unfilled.items()
        if lacking
    ]
    if faults:
        raise InputError(*faults)
    sections = [Section(identifier, title, write(evidence)) for identifier, title, _, write in SECTIONS]
    faults = [
        f"card: section {section.title!r} has an empty part; give it evidence or leave the part out"
        for section in sections
        if section.is_empty()
    ]
    if faults:
        raise InputError(*faults)
    return sections


def _look_up(evidence: Any, path: str) -> Any:
    for key in path.split("."):
        evidence = evidence.get(key) if isinstance(evidence, dict) else None
    return evidence


def _is_empty(value: Any) -> bool:
    return (
        value is None
        or (isinstance(value, str) and not value.strip())
        or (hasattr(value, "__len__") and len(value) == 0)
    )
