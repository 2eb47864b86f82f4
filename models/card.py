"""The model card: what an ethics group reads before it allows a model, every section filled from measured evidence.

After Mitchell et al. 2019 (FAT*, "Model Cards for Model Reporting"), with the cost of a wrong flag, the groups that
cannot be evaluated, current practice, the label's causal story and an expiry date. `models.card_sections` writes the
sections; the templates lay the same sections out as Markdown and as one page that needs no network.
"""

from models.blocks import Document
from models.card_sections import SECTIONS
from models.evidence import Evidence
from models.filling import fill


def card(evidence: Evidence) -> Document:
    """The card, which `models.pages` lays out. Raises InputError as `models.filling.fill` does."""
    return fill("card", "Model card", SECTIONS, evidence)
