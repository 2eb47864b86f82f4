"""The county's catalogue: what is recorded, what is made of it and what is predicted, all as frozen specs.

In reading order: `kinds`, `resident`, `household`, `place`, `outcomes`. A catalogue is a module with `KINDS`,
`FEATURES` and `OUTCOMES`, and `NAMES`, which says agencies and attributes in plain English.
"""

from .household import HOUSEHOLD
from .kinds import KINDS
from .outcomes import OUTCOMES
from .place import PLACE
from .resident import RESIDENT

FEATURES = RESIDENT + HOUSEHOLD + PLACE

NAMES = {
    "police": "the police",
    "children_services": "children's services",
    "education": "schools and education services",
    "housing": "housing services",
    "revenues": "council tax and benefits services",
    "hospital": "the acute hospital",
    "urgent_care": "A&E and ambulance services",
    "fire": "the fire and rescue service",
    "behavioural_health": "drug, alcohol and mental health services",
    "single_view": "the single view",
    "imd_decile": "deprivation decile of the neighbourhood (1 the most deprived tenth of England, 10 the least)",
    "dwelling_type": "type of dwelling",
}

__all__ = ["FEATURES", "KINDS", "NAMES", "OUTCOMES"]
