"""Inline SVG, of a matplotlib figure or of dots, that a screen reader can name and any page can hold.

Same figure, same bytes: fixed hash salt, no date, layout by the one font that matplotlib carries. Identifiers take
a prefix, so that several drawings share a page. Text stays text and takes the page's colour and font, so it reads in
light and dark.
"""

import io
import re
from contextlib import contextmanager
from html import escape

INK = "#0b0c0c"  # text and axes: becomes the page's own text colour
BLUE, VERMILLION, GREY = "#2481c3", "#d55e00", "#8a8f94"  # told apart by all eyes, 3:1 on white and on near-black
SCALE = (BLUE, "#5a8fb5", GREY, "#b97a52", VERMILLION)  # low to high
FONT = "font-family: Arial, Helvetica, 'Liberation Sans', sans-serif"

STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "foresight",
    "font.family": "DejaVu Sans",
    "font.size": 10.5,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.titlelocation": "left",
    "grid.color": GREY,
    "grid.alpha": 0.35,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "legend.frameon": False,
}


@contextmanager
def drawing(width: float, height: float):
    """A figure (inches) in the house style, closed afterwards; no window system is touched."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(STYLE):
        yield Figure(figsize=(width, height), layout="constrained")


def svg(figure, prefix: str, title: str, description: str) -> str:
    """The figure as an <svg role="img"> element with title and description; `prefix` is unique on the page."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    text = buffer.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r'href="#', f'href="#{prefix}-', text).replace("url(#", f"url(#{prefix}-")
    text = text.replace(INK, "currentColor").replace("font-family: 'DejaVu Sans'; ", "")
    # A style sheet inside the drawing would style the whole page.
    text = re.sub(r'<defs>\s*<style type="text/css">.*?</style>\s*</defs>\s*', "", text, flags=re.DOTALL)
    text = re.sub(r' transform="rotate\(-0 [^"]*\)"', "", text)
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text).groups()
    opening = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width} {height}" style="{FONT}; stroke-linejoin: round" role="img" '
        f'aria-labelledby="{prefix}-title {prefix}-desc">\n<title id="{prefix}-title">{escape(title)}</title>\n'
        f'<desc id="{prefix}-desc">{escape(description)}</desc>'
    )
    return re.sub(r"<svg\b[^>]*>", lambda _: opening, text, count=1).strip()


def hundred(filled: int, prefix: str, title: str) -> str:
    """A hundred people as dots, so many of them filled in: for readers who think in people, not in fractions."""
    step = 17
    dots = "".join(
        f'<circle cx="{9 + i % 20 * step}" cy="{9 + i // 20 * step}" r="6.5" '
        + (f'fill="{BLUE}"/>' if i < filled else f'fill="none" stroke="{GREY}" stroke-width="1.5"/>')
        for i in range(100)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {20 * step + 1} {5 * step + 1}" role="img" '
        f'aria-labelledby="{prefix}-title {prefix}-desc">\n<title id="{prefix}-title">{escape(title)}</title>\n'
        f'<desc id="{prefix}-desc">{filled} of 100 dots are filled in.</desc>\n{dots}</svg>'
    )
