"""The ONS 19 boxes of ethnicity in five broad groups, and their shares by district (Census 2021)."""

import numpy as np

BOXES = (
    ("White: English, Welsh, Scottish, Northern Irish or British", "White", 0.9440),
    ("White: Irish", "White", 0.0065),
    ("White: Gypsy or Irish Traveller", "White", 0.0020),
    ("White: Roma", "White", 0.0015),
    ("White: Other White", "White", 0.0460),
    ("Mixed: White and Black Caribbean", "Mixed", 0.41),
    ("Mixed: White and Black African", "Mixed", 0.09),
    ("Mixed: White and Asian", "Mixed", 0.29),
    ("Mixed: Other Mixed or Multiple", "Mixed", 0.21),
    ("Asian: Indian", "Asian", 0.28),
    ("Asian: Pakistani", "Asian", 0.36),
    ("Asian: Bangladeshi", "Asian", 0.10),
    ("Asian: Chinese", "Asian", 0.10),
    ("Asian: Other Asian", "Asian", 0.16),
    ("Black: African", "Black", 0.50),
    ("Black: Caribbean", "Black", 0.38),
    ("Black: Other Black", "Black", 0.12),
    ("Other: Arab", "Other", 0.18),
    ("Other: Any other ethnic group", "Other", 0.82),
)
BROAD = ("White", "Asian", "Black", "Mixed", "Other")
NOT_STATED = len(BOXES)
LABELS = (*(label for label, _, _ in BOXES), "not stated")
BROAD_OF = np.array([BROAD.index(broad) for _, broad, _ in BOXES] + [-1])
PERCENT = np.array(
    [
        [3.2, 0.8, 2.4, 0.5],
        [1.3, 0.3, 1.4, 0.4],
        [5.7, 1.2, 2.6, 0.6],
        [5.7, 1.2, 2.2, 1.0],
        [1.1, 0.4, 1.2, 0.5],
        [1.9, 0.4, 1.5, 0.4],
    ]
)  # Asian, Black, Mixed, Other by district
MIXED = BROAD.index("Mixed")


def household_ethnicity(district: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A box for each household by its district, (households,)."""
    share = PERCENT[district] / 100
    limits = np.cumsum(np.column_stack([1 - share.sum(axis=1), share]), axis=1)
    return box_within((rng.random(len(district))[:, None] > limits[:, :-1]).sum(axis=1), rng)


def box_within(broad: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One of the 19 boxes for each broad group, by their shares within it."""
    out = np.empty(len(broad), np.int8)
    for i, name in enumerate(BROAD):
        at = np.flatnonzero(broad == i)
        boxes = [j for j, box in enumerate(BOXES) if box[1] == name]
        shares = np.array([BOXES[j][2] for j in boxes])
        out[at] = rng.choice(boxes, len(at), p=shares / shares.sum())
    return out
