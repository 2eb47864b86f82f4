"""The card as people open it: in a browser, wide and narrow, nothing runs off the page and nothing is fetched."""

import html
import json
import re
import shutil
import subprocess

import pytest

from models import pages
from models.card import card
from tests.evidence import evidence

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium chromium-driver")

# The page stands in a frame whose width is set, because a headless window has a smallest width of its own.
MEASURE = """<!doctype html><html><body><iframe id="page" style="border:0;height:900px" srcdoc="{page}"></iframe>
<pre id="found"></pre><script>
const frame = document.getElementById("page");
frame.onload = () => {{
  const found = {{}};
  for (const width of [1280, 360]) {{
    frame.style.width = width + "px";
    const page = frame.contentDocument, seen = page.documentElement;
    const inside = element => element.closest(".scroll") && !element.matches(".scroll");
    found[width] = {{
      width: frame.contentWindow.innerWidth,
      needed: seen.scrollWidth,
      beyond: [...page.body.querySelectorAll("*:not(.skip)")].filter(e => !inside(e) && !e.closest(".unseen")
        && e.getBoundingClientRect().right > width + 1).map(e => e.tagName + "." + e.className).slice(0, 5),
      pictures: page.querySelectorAll("svg").length,
      untitled: [...page.querySelectorAll("svg")].filter(e => e.getAttribute("role") != "img"
        || !e.querySelector("title")?.textContent.trim() || !e.querySelector("desc")?.textContent.trim()
        || e.getAttribute("aria-labelledby").split(" ").some(id => !page.getElementById(id))).length,
      clipped: [...page.querySelectorAll("svg")].flatMap(e => {{
        const box = e.getBoundingClientRect();
        return [...e.querySelectorAll("text")].filter(t => {{
          const at = t.getBoundingClientRect();
          return at.left < box.left - 1 || at.right > box.right + 1
            || at.top < box.top - 1 || at.bottom > box.bottom + 1;
        }}).map(t => t.textContent);
      }}),
      overlapping: [...page.querySelectorAll("svg")].flatMap(e => {{
        const texts = [...e.querySelectorAll("text")].map(t => [t.textContent, t.getBoundingClientRect()]);
        return texts.flatMap(([a, p], i) => texts.slice(i + 1).filter(([b, q]) =>
          Math.min(p.right, q.right) - Math.max(p.left, q.left) > 2
          && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 3 * (p.height / 14)).map(([b]) => a + " / " + b));
      }}),
    }};
  }}
  document.getElementById("found").textContent = JSON.stringify(found);
}};
</script></body></html>"""


@pytest.fixture(scope="module", params=["drawn", "complex_dependency", "escalation"])
def opened(request, tmp_path_factory) -> tuple[dict, str]:
    """What was measured at each width, and all that the browser's console said; of a card drawn here, and real ones."""
    folder = tmp_path_factory.mktemp("card")
    page = folder / "measured.html"
    if request.param == "drawn":
        text = pages.page(card(evidence()))
    else:
        text = (request.getfixturevalue("small_run").folder / "reports" / request.param / "card.html").read_text()
    page.write_text(MEASURE.format(page=html.escape(text, quote=True)), encoding="utf-8")
    run = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--enable-logging=stderr",
            "--virtual-time-budget=10000",
            f"--user-data-dir={folder / 'profile'}",
            "--window-size=1400,1000",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = re.search(r'<pre id="found">(\{.*?\})</pre>', run.stdout, re.DOTALL)
    assert found, "the page did not load in its frame"
    return json.loads(html.unescape(found.group(1))), "\n".join(
        line for line in run.stderr.splitlines() if "CONSOLE" in line
    )


@pytest.mark.parametrize("width", ["1280", "360"])
def test_nothing_runs_off_the_page(opened, width):
    found = opened[0][width]
    assert found["width"] == int(width)
    assert found["beyond"] == []
    assert found["needed"] <= int(width)


@pytest.mark.parametrize("width", ["1280", "360"])
def test_no_label_of_a_picture_is_cut_off_or_on_top_of_another(opened, width):
    assert opened[0][width]["clipped"] == []
    assert opened[0][width]["overlapping"] == []


def test_every_picture_has_a_title_and_a_description(opened):
    assert opened[0]["1280"]["pictures"] >= 6
    assert opened[0]["1280"]["untitled"] == 0


def test_the_console_stays_silent(opened):
    assert opened[1] == ""
