"""The record of the Algorithmic Transparency Recording Standard, version 4: for publication, as a page and as JSON.

The fields and their order are those of the standard's template: tier 1 for anybody, tier 2 for whoever looks closer.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from models import beside_county
from models.blocks import Block, Facts, Items, Link
from models.card_results import (
    about,
    against_rule,
    also_in_training,
    as_if_seen,
    cannot_tell_line,
    chosen,
    each,
    simple_rule,
    sources,
    with_interval,
)
from models.disclosure import count
from models.documents.equality import not_compared, not_recorded
from models.documents.gate_record import verdict
from models.filling import Part
from models.offered import moving, protected, unused
from models.recipients import goes_to
from models.wording import USE, capital, dates, day, days, figure, listed, plain

AREAS = ("data", "use", "efficacy", "outputs", "organisation", "public engagement")


class Field(NamedTuple):
    """One field of the record: its number and name in the standard, and who writes it."""

    number: str
    name: str
    write: Callable[[Any], str]


def record(e) -> dict[str, Any]:
    """The record as JSON: every field by its number.

    Call it on evidence that `models.filling.fill` has filled `PARTS` from, which names what is lacking.
    """
    fields = [
        {"number": field.number, "name": field.name, "value": field.write(e)} for _, _, of in TIERS for field in of
    ]
    return {
        "standard": "Algorithmic Transparency Recording Standard",
        "version": 4,
        "identity": e["identity"],
        "invented": e["single_view"]["invented"],
        "fields": fields,
    }


def _stated(key: str) -> Callable[[Any], str]:
    return lambda e: e["statements"][key]


def _of_outcome(key: str) -> Callable[[Any], str]:
    return lambda e: e["outcome"][key]


def _description(e) -> str:
    o = e["outcome"]
    return f"{o['purpose']} {USE[o['use_level']]}"


def _scope(e) -> str:
    return (
        f"{e['outcome']['sentence']} {USE[e['outcome']['use_level']]} Not for any other outcome, place or population, "
        "and not to refuse, delay or withdraw a service."
    )


def _integration(e) -> str:
    return f"{e['statements']['integration']} Who gets the list: {goes_to(e)}"


def _frequency(e) -> str:
    return f"{e['statements']['frequency']} A list holds {chosen(e)['capacity']:,}, {each(e)}."


def _appeals(e) -> str:
    return f"{e['statements']['appeals']} {e['card']['contest']}"


def _system(e) -> str:
    return (
        "A pipeline without a service of its own: it reads the linked single view, makes of it what was known at a "
        "date, fits and tests models, and writes a list to a file for an approved recipient."
    )


def _system_input(e) -> str:
    return (
        f"The linked single view: who lives where, and what {listed(sources(e) or ['nobody'])} recorded, with the date "
        "on which it became known."
    )


def _system_output(e) -> str:
    return (
        f"A list of {about(e)[1]} with a chance between 0 and 1, its interval, a rank, the main reasons in plain "
        "English, the age of the newest record behind it, and who could not be scored and why."
    )


def _model_name(e) -> str:
    return f"{e['titles'][e['chosen']['name']]} for {e['outcome']['name'].replace('_', ' ')}"


def _task(e) -> str:
    o = e["outcome"]
    return f"To give each eligible {about(e)[0]} the chance of the outcome within {days(o['horizon_days'])}."


def _model_input(e) -> str:
    used, not_used = protected(e)
    named = listed([plain(name, e["names"]) for name in used] or ["none"])
    told = (
        f"{len(e['columns'])} columns of what was known at the date, of which {len(moving(e))} move the scores.",
        f"Protected attributes among those: {named}.",
        unused(not_used, e),
        "The feature register lists every column.",
    )
    return " ".join(filter(None, told))


def _architecture(e) -> str:
    return f"{capital(e['titles'][e['chosen']['name']])}, calibrated on households held back. {e['chosen']['reason']}"


def _performance(e) -> str:
    m = chosen(e)
    told = [
        f"AUC {figure('auc', m['auc'])}; calibration slope {figure('calibration_slope', m['calibration_slope'])}; "
        f"observed over expected {figure('o_e', m['o_e'])}.",
        f"With a list of {m['capacity']:,}: {with_interval(m, 'precision_at_capacity')}; "
        f"{with_interval(m, 'recall_at_capacity')}.",
        against_rule(m, simple_rule(e), e),
        *([as_if_seen(e)] if as_if_seen(e) else []),
        also_in_training(e),
        *beside_county.sentences(e),
        cannot_tell_line(e),
    ]
    return " ".join(told)


def _datasets(e) -> str:
    told = {"fit": "Fitting", "calibrate": "Calibration", "test": "Test"}
    return "; ".join(f"{said}: {dates(e['periods'][name]['dates'])}" for name, said in told.items()) + "."


def _development_data(e) -> str:
    return (
        f"What the partners of the single view recorded before {day(e['single_view']['extract_on'])}, as it was known "
        f"at each date, with what came of it. {e['outcome']['label_story']}"
    )


def _quantities(e) -> str:
    told = {"fit": "Fitting", "calibrate": "Calibration", "test": "Test"}
    return "; ".join(
        f"{said}: {count(e['periods'][name]['n'])} rows, {count(e['periods'][name]['events'])} with the outcome"
        for name, said in told.items()
    ) + (". Counts of 1 to 7 are shown as * and others are rounded to the nearest 5.")


def _sensitive(e) -> str:
    proxies = e["audit"].get("proxies") or {}
    guessed = [f"{plain(name, e['names'])} {figure('auc', of['auc'])}" for name, of in proxies.items()]
    regimes = sorted({regime for of in e["agreements"] for regime in of["covers"]})
    return (
        f"Held for the audit: {listed([plain(name, e['names']) for name in e['groups']])}. "
        f"Special regimes among the sources: {listed(regimes or ['none'])}. "
        + (
            f"How well each can be guessed from the inputs (AUC; 0.5 is chance): {listed(guessed)}."
            if guessed
            else "Proxies were not measured: nothing that could be guessed is on record of what this model ranks."
        )
    )


def _completeness(e) -> str:
    covered = [of["coverage"] for of in e["inputs"] if of["coverage"] is not None]
    mean = f"{sum(covered) / len(covered) * 100:.0f}%" if covered else "an unknown share"
    compared = not_compared(e)
    beside = f"On record of people, but not compared: {listed(compared)}. " if compared else ""
    return (
        f"On average a column has something recorded for {mean} of rows. Protected characteristics of which nothing is "
        f"on record: {listed(not_recorded(e) or ['none'])}. {beside}What nobody recorded is missing, and falls "
        "unequally on groups."
    )


def _agreements(e) -> str:
    return "; ".join(f"{of['title']} ({of['legal_basis']}), until {day(of['until'])}" for of in e["agreements"]) + "."


def _processing(e) -> str:
    return (
        "The same columns are made from the newest records in the same way, checked by a hash of how each is computed; "
        f"objections to scoring are honoured. {e['statements']['cleaning']}"
    )


def _assessments(e) -> str:
    return (
        "Data protection impact assessment, equality assessment, evaluation report and gate record, all of this run "
        f"({e['identity']}). {verdict(e['gates'])} {e['approval']}"
    )


def _risks(area: str, e) -> str:
    of = [f"{risk['risk']} {risk['measure']}" for risk in e["statements"]["risks"] if risk["area"] == area]
    return " ".join(of) or "No risk is named in this area."


TIERS = (
    (
        "overview",
        "1 Overview",
        (
            Field("1.1", "Name", _of_outcome("title")),
            Field("1.2", "Description", _description),
            Field("1.3", "Website", _stated("website")),
            Field("1.4", "Contact", lambda e: e["card"]["contact"]),
        ),
    ),
    (
        "owner",
        "2.1 Owner and responsibility",
        (
            Field("2.1.1", "Organisation", _stated("organisation")),
            Field("2.1.2", "Team", _stated("team")),
            Field("2.1.3", "Senior responsible owner", _stated("senior_responsible_owner")),
            Field("2.1.4", "Third parties", _stated("third_parties")),
        ),
    ),
    (
        "rationale",
        "2.2 Description and rationale",
        (
            Field("2.2.1", "Detailed description", lambda e: f"{_system(e)} {_architecture(e)}"),
            Field("2.2.2", "Scope", _scope),
            Field("2.2.3", "Benefits", _stated("benefits")),
            Field("2.2.4", "Previous process", _stated("previous_process")),
            Field("2.2.5", "Alternatives considered", _stated("alternatives")),
        ),
    ),
    (
        "deployment",
        "2.3 Deployment context",
        (
            Field("2.3.1", "Integration into the process", _integration),
            Field("2.3.2", "Human review", _stated("human_review")),
            Field("2.3.3", "Frequency and scale", _frequency),
            Field("2.3.4", "Training", _stated("training")),
            Field("2.3.5", "Appeals and review", _appeals),
        ),
    ),
    (
        "tool",
        "2.4.1 Tool",
        (
            Field("2.4.1.1", "System architecture", _system),
            Field("2.4.1.2", "System-level input", _system_input),
            Field("2.4.1.3", "System-level output", _system_output),
            Field("2.4.1.4", "Maintenance", _stated("maintenance")),
            Field("2.4.1.5", "Models", _model_name),
        ),
    ),
    (
        "model",
        "2.4.2 Model",
        (
            Field("2.4.2.1", "Model name", _model_name),
            Field("2.4.2.2", "Model version", lambda e: e["identity"]),
            Field("2.4.2.3", "Model task", _task),
            Field("2.4.2.4", "Model input", _model_input),
            Field("2.4.2.5", "Model output", lambda e: "A chance between 0 and 1, with an interval from refits."),
            Field("2.4.2.6", "Model architecture", _architecture),
            Field("2.4.2.7", "Model performance", _performance),
            Field("2.4.2.8", "Data sets and their purposes", _datasets),
        ),
    ),
    (
        "development",
        "2.4.3 Development data",
        (
            Field("2.4.3.1", "Name", lambda e: e["single_view"]["name"]),
            Field("2.4.3.2", "Modality", lambda e: "Tabular: dated records of contacts and spells, and homes."),
            Field("2.4.3.3", "Description", _development_data),
            Field("2.4.3.4", "Quantities", _quantities),
            Field("2.4.3.5", "Sensitive attributes and proxies", _sensitive),
            Field("2.4.3.6", "Completeness and representativeness", _completeness),
            Field("2.4.3.7", "Collection", _stated("collection")),
            Field("2.4.3.8", "Cleaning", _stated("cleaning")),
            Field("2.4.3.9", "Sharing agreements", _agreements),
            Field("2.4.3.10", "Access and storage", _stated("storage")),
        ),
    ),
    (
        "operational",
        "2.4.4 Operational data",
        (
            Field("2.4.4.1", "Sources", _system_input),
            Field("2.4.4.2", "Sensitive attributes", _sensitive),
            Field("2.4.4.3", "Processing", _processing),
            Field(
                "2.4.4.4",
                "Access and storage",
                lambda e: f"{e['statements']['storage']} {e['policies']['retention']}",
            ),
            Field("2.4.4.5", "Sharing agreements", _agreements),
        ),
    ),
    (
        "impact",
        "2.5 Impact assessments, risks and mitigations",
        (
            Field("2.5.1", "Impact assessments", _assessments),
            *(
                Field(f"2.5.2.{number}", f"Risks and mitigations: {area}", partial(_risks, area))
                for number, area in enumerate(AREAS, start=1)
            ),
        ),
    ),
)


def _written(fields: tuple[Field, ...], e) -> list[Block]:
    return [Facts([(f"{field.number} {field.name}", field.write(e)) for field in fields])]


def _elsewhere(e) -> list[Block]:
    return [
        Items(
            [
                Link("This record as JSON, for a register", "atrs.json"),
                Link("Data protection impact assessment", "dpia.html"),
                Link("Equality assessment", "equality.html"),
                Link("Results by group, on the model card", "card.html#groups"),
            ]
        )
    ]


PARTS: tuple[Part, ...] = (
    *((name, title, ("statements", "agreements"), partial(_written, fields)) for name, title, fields in TIERS),
    ("elsewhere", "What belongs to it", ("identity",), _elsewhere),
)
