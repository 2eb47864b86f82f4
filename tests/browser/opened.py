"""Pages as a browser shows them: what is measured of a page in a frame of a given width, in light or in dark."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

from pipelines.code import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = ROOT / ".ci/tools/node_modules/axe-core/axe.min.js"
WIDTHS = (1280, 360)
CSP = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')

# The page stands in a frame whose width is set, because a headless window has a smallest width of its own.
MEASURE = """<!doctype html><html><body><iframe id="page" style="border:0;height:900px" srcdoc="{page}"></iframe>
<pre id="found"></pre><script>
const frame = document.getElementById("page");
const seen = () => {{
  const page = frame.contentDocument, root = page.documentElement, width = frame.contentWindow.innerWidth;
  const inside = element => element.closest(".scroll") && !element.matches(".scroll");
  const shown = element => element.checkVisibility();
  const focusable = [...page.querySelectorAll("a[href], summary, [tabindex]:not([tabindex='-1'])")].filter(shown);
  const unfocused = focusable.filter(e => {{
    e.focus();
    const style = frame.contentWindow.getComputedStyle(e);
    return page.activeElement !== e || style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2;
  }});
  page.activeElement.blur();
  return {{
    width,
    dark: frame.contentWindow.matchMedia("(prefers-color-scheme: dark)").matches,
    wide: root.clientWidth,
    needed: root.scrollWidth,
    beyond: [...page.body.querySelectorAll("*:not(.skip)")].filter(e => !inside(e) && !e.closest(".unseen")
      && e.getBoundingClientRect().right > width + 1).map(e => e.tagName + "." + e.className).slice(0, 5),
    focusable: focusable.length,
    unfocused: unfocused.map(e => e.outerHTML.slice(0, 80)),
    ordered: [...page.querySelectorAll("[tabindex]")].filter(e => e.tabIndex > 0).length,
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
}};
frame.onload = async () => {{
  const found = {{}}, axe = frame.contentWindow.axe;
  for (const width of {widths}) {{
    frame.style.width = width + "px";
    found[width] = seen();
    const said = axe ? await axe.run() : {{violations: [], passes: []}};
    found[width].rules = said.passes.length;
    found[width].faults = said.violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 120)
      + " " + n.any.concat(n.all, n.none).map(c => c.message).join("; ")).join(" | "));
  }}
  document.getElementById("found").textContent = JSON.stringify(found);
}};
</script></body></html>"""


def opened(
    page: str, folder: Path, *, dark: bool = False, axe: bool = False, widths: tuple[int, ...] = WIDTHS
) -> tuple[dict, str]:
    """What is measured of the page at each width, and all that the browser's console said.

    With `axe`, what axe-core finds is among it: its script is put into a copy of the page, whose policy forbids any.
    """
    if axe:
        script = AXE.read_text(encoding="utf-8").replace("</script", "<\\/script")
        page = CSP.sub("", page).replace("</head>", f"<script>{script}</script></head>", 1)
    held = folder / "measured.html"
    text = MEASURE.format(page=html.escape(page, quote=True), widths=list(widths))
    held.write_text(text, encoding="utf-8")
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    run = chromium(
        folder, "--virtual-time-budget=30000", scheme, "--window-size=1400,1000", "--dump-dom", held.as_uri()
    )
    found = re.search(r'<pre id="found">(\{.*?\})</pre>', run.stdout, re.DOTALL)
    assert found, "the page did not load in its frame"
    console = "\n".join(line for line in run.stderr.splitlines() if "CONSOLE" in line)
    return json.loads(html.unescape(found.group(1))), console


def printed(page: str, folder: Path) -> int:
    """How many sheets the page takes on paper."""
    held, sheets = folder / "printed.html", folder / "printed.pdf"
    held.write_text(page, encoding="utf-8")
    chromium(folder, f"--print-to-pdf={sheets}", held.as_uri())
    return len(re.findall(rb"/Type\s*/Page\b", sheets.read_bytes()))


def chromium(folder: Path, *asked: str) -> subprocess.CompletedProcess:
    quiet = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
    return subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            *quiet,
            "--enable-logging=stderr",
            f"--user-data-dir={folder / 'profile'}",
            *asked,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
