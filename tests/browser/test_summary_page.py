"""The plain-English summary on paper: it promises two sides."""

import pytest

from models import pages
from models.documents.written import document
from tests.browser.opened import CHROMIUM, printed
from tests.evidence import evidence

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium chromium-driver")


def test_a_drawn_summary_takes_two_sides(tmp_path):
    assert printed(pages.page(document("summary", evidence())), tmp_path) == 2


def test_the_summaries_of_a_run_take_two_sides(small_run, tmp_path):
    for path in sorted((small_run.folder / "reports").glob("*/summary.html")):
        assert printed(path.read_text(encoding="utf-8"), tmp_path) <= 2, path.parent.name
