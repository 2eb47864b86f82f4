"""Every document of a model, from the same evidence."""

from models import card_sections
from models.blocks import Document
from models.documents import (
    TITLES,
    approval,
    atrs,
    audit,
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
    "card": card_sections.SECTIONS,
    "explanation": explanation.PARTS,
    "summary": summary.PARTS,
    "gates": gate_record.PARTS,
    "approval": approval.PARTS,
    "evaluation": evaluation.PARTS,
    "equality": equality.PARTS,
    "audit": audit.PARTS,
    "dpia": dpia.PARTS,
    "atrs": atrs.PARTS,
    "datasheet": datasheet.PARTS,
}


def document(name: str, evidence: Evidence) -> Document:
    """One of PARTS, which `models.pages` lays out. Raises InputError as `models.filling.fill` does."""
    return fill(name, TITLES[name], PARTS[name], evidence)


def write(evidence: Evidence) -> list[Document]:
    """All documents, the card first. Raises InputError as `document` does."""
    return [document(name, evidence) for name in PARTS]
