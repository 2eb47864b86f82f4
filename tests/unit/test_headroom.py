"""What is lost splits in two that add up, every figure is judged on the same households, and documents tell it."""

import numpy as np
import pytest

from models import metrics, pages
from models.card_best import explained
from models.documents.written import document
from models.headroom import headroom
from tests.evidence import evidence


@pytest.fixture
def drawn() -> dict:
    """Households of two whose hidden state raises the risk; what the records show of it, and what models make of it."""
    rng = np.random.default_rng(3)
    n = 4000
    hidden, noise = rng.normal(size=n), rng.normal(size=n)
    y = rng.random(n) < 1 / (1 + np.exp(3 - 1.5 * hidden))
    return {
        "y": y,
        "scores": {
            "chosen": hidden + 2 * noise,
            "best": hidden + 1.5 * noise,
            "ceiling": hidden,
            "records": hidden + 1.6 * noise,
        },
        "parts": {"nothing": hidden + 1.6 * noise, "most": hidden + 0.5 * noise},
        "groups": np.arange(n) // 2,
    }


def test_the_two_parts_of_what_is_lost_add_up_to_the_gap(drawn):
    found = headroom(**drawn, resamples=50)
    gap = found["ceiling_auc"]["value"] - found["auc"]["value"]
    assert gap > 0.05
    assert sum(of["value"] for of in found["lost"].values()) == pytest.approx(gap, abs=2e-6)
    assert found["share_of_ceiling"]["value"] == pytest.approx(
        (found["auc"]["value"] - 0.5) / (found["ceiling_auc"]["value"] - 0.5), abs=1e-5
    )
    assert found["auc"]["value"] == pytest.approx(metrics.auc(drawn["y"], drawn["scores"]["chosen"]), abs=1e-6)


def test_a_difference_is_judged_on_the_same_households(drawn):
    """Apart, the two figures could be that far from each other; together, only as far as they differ."""
    found = headroom(**drawn, resamples=100)
    lost, whole = found["lost"]["by_the_model"], found["auc"]
    assert lost["low"] > 0
    assert lost["high"] - lost["low"] < 0.8 * (whole["high"] - whole["low"])


def test_who_ranks_like_the_best_possible_has_all_of_it(drawn):
    scores = dict.fromkeys(("chosen", "best", "ceiling", "records"), drawn["scores"]["ceiling"])
    found = headroom(**drawn | {"scores": scores}, resamples=20)
    assert found["share_of_ceiling"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert all(of == {"value": 0.0, "low": 0.0, "high": 0.0} for of in found["lost"].values())


def test_what_a_part_adds_is_told_most_first_and_nothing_of_one_that_says_nothing(drawn):
    adds = headroom(**drawn, resamples=20)["adds"]
    assert list(adds) == ["most", "nothing"]
    assert adds["most"]["low"] > 0
    assert adds["nothing"] == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_where_even_the_best_is_no_better_than_chance_there_is_no_share(drawn):
    scores = drawn["scores"] | {"ceiling": -drawn["scores"]["ceiling"]}
    assert headroom(**drawn | {"scores": scores}, resamples=20)["share_of_ceiling"]["value"] is None


def told(share: float, records: float, model: float, spread: float = 0.01) -> dict:
    """Figures of `headroom`, each within this much of its value."""

    def about(value: float) -> dict:
        return {"value": value, "low": value - spread, "high": value + spread}

    return {
        "share_of_ceiling": about(share),
        "lost": {"to_the_records": about(records), "by_the_model": about(model)},
        "adds": {"money": about(0.05), "health": about(0.0)},
        "best": "lightgbm",
    }


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (told(0.8, 0.05, 0.0), "80% (79–81) of the way"),
        (told(0.8, 0.05, 0.0), "short of the 95% aimed at by more than chance explains"),
        (told(0.8, 0.05, 0.0, spread=0.2), "which chance alone may explain"),
        (told(0.97, 0.05, 0.0), "no less than the 95% aimed at"),
        (told(0.8, 0.05, 0.0), "help most to know: money"),
        (told(0.8, 0.05, 0.0, spread=0.2), "can't be told from so few events"),
        (told(0.8, 0.05, 0.03), "Some is lost by taking a simpler model"),
        (told(0.8, 0.05, 0.0), "loses nothing that can be told from chance"),
    ],
)
def test_what_is_lost_is_told_as_far_as_it_is_known(given, says):
    assert says in explained(given, "logistic")


def test_the_best_candidate_loses_nothing_by_being_chosen():
    assert "No other candidate was better" in explained(told(0.8, 0.05, 0.0), "lightgbm")


def test_an_invented_countys_documents_tell_the_headroom_and_a_real_ones_say_why_not():
    given = evidence()
    page, card = (pages.markdown(document(name, given)) for name in ("evaluation", "card"))
    told = page.split("## Beside the best possible")[1].split("\n## ")[0]
    assert "| AUC of the best possible |" in told
    assert told.index("| Money |") < told.index("| Health |")
    assert "of the way from chance" in card
    del given["headroom"]
    page, card = (pages.markdown(document(name, given)) for name in ("evaluation", "card"))
    assert "A real county hides no truth" in page
    assert "of the way from chance" not in card
