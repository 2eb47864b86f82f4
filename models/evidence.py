"""All that the documents of a model are made from, measured and stated; `pipelines.evidence` puts it together."""

from typing import Any, NotRequired, TypedDict

import pandas as pd

Figure = dict[str, float | None]  # {"value", "low", "high"} of models.metrics


class Evidence(TypedDict):
    """Counts come unrounded: the documents apply the disclosure rule themselves."""

    outcome: dict[
        str, Any
    ]  # fields of features.outcomes.Outcome (texts, use_level, days), and "sentence": its rule in words
    single_view: dict[str, Any]  # name, extract_on, invented
    held: dict[str, Any]  # single_view.json: rows of each table, and what check warned of
    identity: str  # hash of data, params and code: the run id that every document of this model bears
    card: dict[str, Any]  # expires_on, contact, contest
    statements: dict[str, Any]  # models.statements.Statements: what no run can measure
    policies: dict[str, str]  # features.agreements.Policies: children, offence, retention, erasure
    approval: str  # what is on file, or that nothing is and what the gates say of that
    sign_offs: dict[str, dict[str, Any] | None]  # each role's last word on this model: signed, withdrawn, or nothing
    gates: dict[str, Any]  # gates.json: a record of each of the fifteen, and the verdict
    names: dict[str, str]  # agencies in plain English; one that is missing is shown as it is
    agreements: list[dict[str, Any]]  # features.agreements.Agreement, those that a column rests on
    flow: list[dict[str, Any]]  # listed_on, step, remaining: in the order of exclusion
    settled: list[dict[str, Any]]  # listed_on, status, n: what became of the pairs
    periods: dict[str, dict[str, Any]]  # fit, calibrate, test: dates (list), n, events
    folds: dict[str, Any]  # folds.json: how every candidate did in each fold of time
    calibration: dict[str, Any]  # calibration.json: ways of calibrating, compared
    worth: dict[str, Any]  # worth (params), lift, net_benefit, newly_found, value: models.worth
    stability: dict[str, Any]  # stability.json: what refits and shuffled labels say
    refits_asked: int  # with fewer, the gates do not judge steadiness
    candidates: dict[str, dict[str, Any]]  # models.metrics.evaluate of each on the test dates, simplest first
    titles: dict[str, str]  # candidates in plain English
    chosen: dict[str, Any]  # name, reason, set_aside: {candidate: why}
    rule: str  # the column that the simple rule sorts by
    seal: str  # pipelines.seal: the hash that is signed
    specification: NotRequired[dict[str, Any]]  # models.specification, which the documents add
    headroom: NotRequired[dict[str, Any]]  # ceiling.json, where the county is invented: models.headroom
    sensitivity: dict[str, dict[str, Any]]  # what was counted otherwise -> models.metrics.evaluate of that
    groups: dict[str, list[dict[str, Any]]]  # models.fairness.by_group: attribute -> a record per group
    recorded: list[str]  # what the audit was asked to compare by, also where a home has no such group
    audit: dict[str, Any]  # audit.json: gaps, pairwise, folds, proxies, labels, linkage
    columns: list[dict[str, Any]]  # columns.json: the inputs
    inputs: list[dict[str, Any]]  # inputs.json: coverage, drift, missing, importance and share of each
    agencies: dict[str, Any]  # agencies.json: what each agency's data buys
    protected_inputs: dict[str, str]  # protected attributes that are inputs, with the reason from params
    importance: dict[str, pd.DataFrame]  # "columns", "agency", "theme": models.explanation.importance
    explanation: dict[str, Any]  # explanation.json
    charts: dict[
        str, tuple[str, pd.DataFrame]
    ]  # models.charts: beeswarm, agency, theme, reliability, list_length, scores, groups; models.curves: the others
