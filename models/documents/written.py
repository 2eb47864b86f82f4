"""Every document of a model, from the same evidence."""

from models.blocks import Document
from models.card import card
from models.documents import (
    TITLES,
    approval,
    atrs,
    datasheet,
    dpia,
    equality,
    evaluation,
    explanation,
    gate_record,
    summary,
)
from models.evidence import Evidence
from models.filling import fill

PARTS = {
    "summary": summary.PARTS,
    "gates": gate_record.PARTS,
    "approval": approval.PARTS,
    "evaluation": evaluation.PARTS,
    "equality": equality.PARTS,
    "dpia": dpia.PARTS,
    "atrs": atrs.PARTS,
    "datasheet": datasheet.PARTS,
}


def write(evidence: Evidence) -> list[Document]:
    """The documents, the card first. Raises InputError as `models.filling.fill` does."""
    report = explanation.explanation_report(evidence)
    return [card(evidence), report, *(fill(name, TITLES[name], parts, evidence) for name, parts in PARTS.items())]
