"""A whole site as people open it: accessible, in light and dark, by keyboard, with no dead link and nothing fetched."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from models.documents import DOCUMENTS
from tests.browser.opened import AXE, CHROMIUM, WIDTHS, opened, printed
from tests.site_evidence import write_site

KINDS = (
    "index.html",
    "areas.html",
    "features.html",
    "complex_dependency/index.html",
    *(f"complex_dependency/{kind.name}.html" for kind in DOCUMENTS),
)
in_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium chromium-driver")
with_axe = pytest.mark.skipif(
    not AXE.exists(), reason="no axe-core: npm install --no-save --prefix .ci/tools axe-core@4"
)


class Marks(HTMLParser):
    """What a page links to, and the places in it that can be linked to."""

    def __init__(self, text: str):
        super().__init__()
        self.links, self.places, self.tags, self.headings = [], set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        if attrs.get("id"):
            self.places.add(attrs["id"])
        if tag == "a":
            self.links.append(attrs["href"])
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))


@cache
def marks(path: Path) -> Marks:
    return Marks(path.read_text(encoding="utf-8"))


def dead_links(site: Path) -> list[str]:
    """Every link of every page of a folder that leads nowhere, or out of the folder."""
    dead, site = [], site.resolve()
    for page in sorted(site.rglob("*.html")):
        for link in marks(page).links:
            where, _, place = link.partition("#")
            target = (page.parent / where).resolve() if where else page
            inside = target.is_relative_to(site) and target.is_file()
            if not inside or (place and place not in marks(target).places):
                dead.append(f"{page.relative_to(site)}: {link}")
    return dead


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write_site(folder)
    return folder


@pytest.fixture(scope="module")
def seen(site, tmp_path_factory):
    """What is measured of a page of the site, once for each scheme."""

    @cache
    def measure(page: str, dark: bool) -> dict:
        text, folder = (site / page).read_text(encoding="utf-8"), tmp_path_factory.mktemp("opened")
        widths = WIDTHS[:1] if dark else WIDTHS  # colours are all that the dark scheme changes
        return opened(text, folder, dark=dark, axe=AXE.exists(), widths=widths)[0]

    return measure


@in_browser
@with_axe
@pytest.mark.parametrize(("page", "dark"), [*((page, False) for page in KINDS), *((page, True) for page in KINDS[:4])])
def test_axe_finds_nothing(seen, page, dark):
    for found in seen(page, dark).values():
        assert found["dark"] is dark
        assert found["rules"] >= 20  # it did look
        assert found["faults"] == []


@in_browser
@with_axe
def test_axe_would_find_faults(site, tmp_path):
    broken = (site / "index.html").read_text().replace(' lang="en-GB"', "").replace("--quiet: #505a5f", "--quiet: #ddd")
    faults = opened(broken.replace("<dt>", '<dt style="color: #ddd">'), tmp_path, axe=True)[0]["1280"]["faults"]
    assert {fault.split(":")[0] for fault in faults} >= {"color-contrast", "html-has-lang"}


@in_browser
@pytest.mark.parametrize("page", KINDS)
def test_nothing_runs_off_the_page_wide_or_narrow(seen, page):
    for width, found in seen(page, False).items():
        assert found["width"] == int(width)
        assert found["beyond"] == []
        assert found["needed"] <= found["wide"]
        assert found["clipped"] == []
        assert found["overlapping"] == []
        assert found["untitled"] == 0


@in_browser
@pytest.mark.parametrize("page", KINDS)
def test_the_keyboard_reaches_everything_and_shows_where_it_is(seen, page):
    for found in seen(page, False).values():
        assert found["focusable"] >= 5
        assert found["unfocused"] == []
        assert found["ordered"] == 0  # in the order of the page: no tabindex above 0


@in_browser
def test_what_is_folded_is_printed_too(site, tmp_path):
    page = (site / "features.html").read_text(encoding="utf-8")
    without = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    sheets = printed(page, tmp_path)
    assert sheets == printed(page.replace("<details", "<details open"), tmp_path)
    assert sheets > printed(without, tmp_path)


def test_every_link_leads_somewhere(site):
    assert len(marks(site / "index.html").links) > 20
    assert dead_links(site) == []


def test_a_dead_link_would_be_found(tmp_path):
    (tmp_path / "a.html").write_text('<a href="b.html">x</a><a href="#no">x</a><a href="../c.html">x</a><p id="yes">')
    (tmp_path.parent / "c.html").write_text("outside")
    assert dead_links(tmp_path) == ["a.html: b.html", "a.html: #no", "a.html: ../c.html"]


def test_no_page_fetches_or_runs_anything(site):
    for path in site.rglob("*.html"):
        text, tags = path.read_text(encoding="utf-8"), marks(path).tags
        assert "default-src 'none'" in text, path
        assert not {"script", "iframe", "object", "embed", "img"} & {tag for tag, _ in tags}, path
        outside = [v for _, a in tags for k, v in a.items() if k in ("src", "href", "xlink:href", "action", "data")]
        assert [v for v in outside if v and re.match(r"(?!data:,)[a-z]+:|//", v)] == [], path
        assert not re.search(r"url\((?!#)|@import", text), path


def test_headings_step_down_one_level_at_a_time(site):
    for path in site.rglob("*.html"):
        levels = marks(path).headings
        assert levels.count(1) == 1, path
        assert all(after - before <= 1 for before, after in zip([1, *levels[1:]], levels[1:], strict=False)), path


def test_ids_are_used_once(site):
    for path in site.rglob("*.html"):
        ids = [a["id"] for _, a in marks(path).tags if a.get("id")]
        assert len(ids) == len(set(ids)), path


def test_the_way_back_stands_on_every_page(site):
    for path in site.rglob("*.html"):
        if path != site / "index.html":
            home = "index.html" if path.parent == site else "../index.html"
            assert home in marks(path).links, path


def test_the_site_of_a_run_is_whole(small_run):
    reports = small_run.folder / "reports"
    assert {"index.html", "features.html", "areas.html"} <= {path.name for path in reports.glob("*.html")}
    assert dead_links(reports) == []


@in_browser
@with_axe
@pytest.mark.parametrize(
    ("pages", "dark"), [("*.html", False), ("escalation/*.html", False), ("escalation/*.html", True)]
)
def test_axe_finds_nothing_in_the_site_of_a_run(small_run, tmp_path_factory, pages, dark):
    for path in sorted((small_run.folder / "reports").glob(pages)):
        text, widths = path.read_text(encoding="utf-8"), WIDTHS[:1] if dark else WIDTHS
        found = opened(text, tmp_path_factory.mktemp("run"), dark=dark, axe=True, widths=widths)[0]
        for width, of in found.items():
            assert of["rules"] >= 20
            assert (of["faults"], of["beyond"], of["clipped"], of["overlapping"]) == ([], [], [], []), (path, width)
