"""The picture of calibration by group, like those of `models.charts`: (svg, table of what it shows)."""

import textwrap

import numpy as np
import pandas as pd

from models.charts import WIDTH, Chart, percentages
from models.disclosure import count
from models.svg import BLUE, GREY, drawing, svg
from models.wording import plain

ACROSS = 3  # panels beside each other


def reliability_by_group(
    bands: pd.DataFrame, attribute: str, names: dict[str, str] | None = None, *, prefix: str
) -> Chart:
    """What the scores promise beside what happened, in a panel for each group of an attribute.

    `bands` (group, n, events, predicted, observed, low, high) may be shown: each holds at least ten with the outcome
    and ten without, as `models.released.bands` leaves them. Every panel has the same scales.
    """
    groups = list(dict.fromkeys(bands["group"]))
    shown = bands.assign(**{name: bands[name] * 100 for name in ("predicted", "observed", "low", "high")})
    low = max(shown[["predicted", "low"]].to_numpy().min() / 1.5, 0.01)
    high = min(shown[["predicted", "high"]].to_numpy().max() * 1.5, 100)
    down = -(-len(groups) // ACROSS)
    with drawing(WIDTH, 0.6 + 2.5 * down) as figure:
        panels = figure.subplots(down, ACROSS, squeeze=False, sharey=True).ravel()
        for panel, group in zip(panels, groups, strict=False):
            of = shown[shown["group"] == group]
            panel.set(xscale="log", yscale="log", xlim=(low, high), ylim=(low, high))
            panel.plot([low, high], [low, high], color=GREY, linestyle="--", linewidth=1)
            around = [of["observed"] - np.maximum(of["low"], low), of["high"] - of["observed"]]
            panel.errorbar(of["predicted"], of["observed"], around, fmt="o", color=BLUE, capsize=2, markersize=4)
            panel.set_title("\n".join(textwrap.wrap(group, 30)), fontsize=9)
            for axis in (panel.xaxis, panel.yaxis):
                percentages(axis, low, high)
            panel.grid(True)
        for panel in panels[len(groups) :]:
            panel.set_axis_off()
        figure.supxlabel("what the score says will happen, of 100", x=0.07, ha="left", fontsize=10)
        figure.supylabel("what happened, of 100", fontsize=10)
        drawn = svg(
            figure,
            prefix,
            f"What the scores promise and what happened, by {plain(attribute, names)}",
            f"A panel for each of {len(groups)} groups: {'; '.join(groups)}. Each dot is a band of scores with its 95% "
            "interval; dots on the dashed line match, above it the scores promised too little.",
        )
    return drawn, pd.DataFrame(
        {
            "Group": shown["group"],
            "Promised, of 100": [f"{v:.1f}" for v in shown["predicted"]],
            "Happened, of 100": [f"{v:.1f}" for v in shown["observed"]],
            "95% interval": [f"{a:.1f} to {b:.1f}" for a, b in zip(shown["low"], shown["high"], strict=True)],
            "Rows": [count(n) for n in shown["n"]],
            "Of them with the outcome": [count(n) for n in shown["events"]],
        }
    )
