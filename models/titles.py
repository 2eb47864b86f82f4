"""What candidates, and ways of calibrating them, are called: apart from their code, which takes seconds to import."""

CANDIDATES = {  # simplest first
    "rule": "the simple rule",
    "scorecard": "the scorecard",
    "logistic": "logistic regression",
    "additive": "the additive model",
    "lightgbm": "LightGBM",
    "lightgbm_free": "LightGBM without directions",
}
ORDER = tuple(CANDIDATES)

MAPS = {
    "sigmoid": "the straight line",
    "isotonic": "isotonic regression",
    "beta": "beta calibration",
    "venn_abers": "Venn-Abers",
    "none": "no calibration",
}
