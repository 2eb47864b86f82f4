"""The log-odds of a probability, which may have been rounded to 0 or 1."""

import numpy as np
from scipy.special import logit

EDGE = 1e-15  # a probability that rounded to exactly 0 or 1 has no log-odds


def log_odds(p) -> np.ndarray:
    """The log-odds of probabilities, those of exactly 0 or 1 taken for the nearest that have any.

    >>> log_odds([0.5, 1.0]).round(1).tolist()
    [0.0, 34.5]
    """
    return logit(np.clip(p, EDGE, 1 - EDGE))
