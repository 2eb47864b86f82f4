"""The card as people open it: in a browser, wide and narrow, nothing runs off the page and nothing is fetched."""

import pytest

from models import pages
from models.documents.written import document
from tests.browser.opened import CHROMIUM, opened
from tests.evidence import evidence

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium chromium-driver")


@pytest.fixture(scope="module", params=["drawn", "complex_dependency", "escalation"])
def measured(request, tmp_path_factory) -> tuple[dict, str]:
    """What was measured at each width, and all that the browser's console said; of a card drawn here, and real ones."""
    if request.param == "drawn":
        text = pages.page(document("card", evidence()))
    else:
        text = (request.getfixturevalue("small_run").folder / "reports" / request.param / "card.html").read_text()
    return opened(text, tmp_path_factory.mktemp("card"))


@pytest.mark.parametrize("width", ["1280", "360"])
def test_nothing_runs_off_the_page(measured, width):
    found = measured[0][width]
    assert found["width"] == int(width)
    assert found["beyond"] == []
    assert found["needed"] <= found["wide"]


@pytest.mark.parametrize("width", ["1280", "360"])
def test_no_label_of_a_picture_is_cut_off_or_on_top_of_another(measured, width):
    assert measured[0][width]["clipped"] == []
    assert measured[0][width]["overlapping"] == []


def test_every_picture_has_a_title_and_a_description(measured):
    assert measured[0]["1280"]["pictures"] >= 6
    assert measured[0]["1280"]["untitled"] == 0


def test_the_console_stays_silent(measured):
    assert measured[1] == ""
