"""Scores that the tests of figures share: those with published figures beside them, and made-up ones."""

import numpy as np
import pytest

from pipelines.code import ROOT

PUBLISHED = ROOT.parent / "shared" / "data" / "metrics"
needs_published = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="../shared/data/metrics is not on this machine")
DAY = "2020-01-01"


def made_up(n=400, seed=0):
    """Truth and scores with many ties, households of about two, two dates."""
    random = np.random.default_rng(seed)
    p = random.integers(1, 20, n) / 20
    y = random.random(n) < p
    return y, p, random.integers(0, n // 2, n), np.where(random.random(n) < 0.5, DAY, "2020-07-01")
