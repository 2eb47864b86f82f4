"""Pictures that only the site has: how much more often each group is missed than the county."""

import pandas as pd

from models.charts import WIDTH, Chart, by_attribute
from models.svg import BLUE, GREY, INK, VERMILLION, drawing, svg
from models.wording import capital, plain

BAND = 10  # points of 100 either way, to set sizes against


def gaps(rows: list[dict], names: dict[str, str] | None = None, *, prefix: str = "gaps") -> Chart:
    """A dot and interval for each group: its share of missed less the county's, in points of 100.

    `rows` have attribute, group, value, low, high (shares; low and high None where there is no interval) and worse:
    whether the group is named as missed more often. One that is has a filled diamond, not only another colour. A grey
    band shows ten points.
    """
    lines: list = []
    for attribute in dict.fromkeys(r["attribute"] for r in rows):
        lines += [plain(attribute, names), *(r for r in rows if r["attribute"] == attribute)]
    with drawing(WIDTH, 1.1 + 0.26 * len(lines)) as figure:
        ax = figure.add_subplot()
        ax.axvspan(-BAND, BAND, color=GREY, alpha=0.15, linewidth=0)
        ax.axvline(0, color=INK, linewidth=0.8, linestyle=":")
        for place, line in enumerate(lines):
            if isinstance(line, str):
                continue
            colour = VERMILLION if line["worse"] else BLUE
            ax.plot(line["value"] * 100, place, "D" if line["worse"] else "o", color=colour, markersize=6)
            if line["low"] is not None:
                ax.plot([line["low"] * 100, line["high"] * 100], [place, place], color=colour, linewidth=1.6)
        by_attribute(ax, lines)
        ax.set_xlabel("\N{LEFTWARDS ARROW} fewer missed than in the county, more missed \N{RIGHTWARDS ARROW} (of 100)")
        drawn = svg(
            figure,
            prefix,
            "How much more often each group is missed than the county",
            f"A dot and its 95% interval for each of {len(rows)} groups. Diamonds right of the dotted line are missed "
            "more often beyond chance. The grey band is ten points wide each way.",
        )
    table = pd.DataFrame(
        [(capital(plain(r["attribute"], names)), r["group"], _points(r)) for r in rows],
        columns=["By", "Group", "Missed, less the county's share (points of 100)"],
    )
    return drawn, table


def _points(of: dict) -> str:
    value = f"{of['value'] * 100:+.0f}"
    return value if of["low"] is None else f"{value} ({of['low'] * 100:+.0f} to {of['high'] * 100:+.0f})"
