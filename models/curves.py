"""Pictures of how a model was chosen, what its list is worth and how steady it is, like those of `models.charts`.

Every function returns (svg, table). None of them shows a resident: they draw figures of whole folds, thresholds and
bands of score.
"""

import numpy as np
import pandas as pd

from models.charts import WIDTH, Chart, too_few
from models.svg import BLUE, GREY, INK, VERMILLION, drawing, svg
from models.wording import capital, day

LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))  # with the marks, told apart without colour
MARKS = "osD^vP"


def regret(table: pd.DataFrame, titles: dict[str, str], chosen: str, *, prefix: str = "regret") -> Chart:
    """How far each candidate was behind the best of each temporal fold, in AUC.

    `table` is that of `models.choice.over_time`, candidates simplest first; where every fold has too few events to be
    told of, that is said instead.
    """
    if table.empty:
        return too_few(prefix, "How far each candidate was behind the best")
    cuts = sorted(table["cut"].unique())
    wide = table.pivot_table(index="cut", columns="candidate", values="regret", sort=False).loc[cuts]
    with drawing(WIDTH, 4.2) as figure:
        ax = figure.add_subplot()
        for place, name in enumerate(wide.columns):
            ax.plot(
                range(len(cuts)),
                wide[name],
                color=VERMILLION if name == chosen else BLUE if place % 2 else GREY,
                linestyle=LINES[place % len(LINES)],
                linewidth=2.4 if name == chosen else 1.4,
                marker=MARKS[place % len(MARKS)],
                markersize=6,
                label=f"{titles[name]}{' (chosen)' if name == chosen else ''}",
            )
        ax.set_xticks(range(len(cuts)), [day(cut) for cut in cuts])
        ax.set(
            xlim=(-0.25, len(cuts) - 0.75),
            ylim=(max(wide.max().max() * 1.08, 0.01), -0.05 * max(wide.max().max(), 0.01)),
            xlabel="trained on what was settled by this day, tested on the dates that follow",
            ylabel="AUC behind the best of the fold",
        )
        ax.grid(axis="y")
        figure.legend(loc="outside upper left", ncols=3, fontsize=9)
        drawn = svg(
            figure,
            prefix,
            "How far each candidate was behind the best, fold by fold",
            f"A line for each of {wide.shape[1]} candidates over {len(cuts)} folds; the top is the best of the fold. "
            f"{capital(titles[chosen])}, the chosen one, was at most {wide[chosen].max():.3f} behind.",
        )
    said = [
        f"{of.regret:.3f}" + ("" if pd.isna(of.regret_low) else f" ({of.regret_low:.3f} to {of.regret_high:.3f})")
        for of in table.itertuples()
    ]
    told = table.assign(said=said).pivot(index="cut", columns="candidate", values="said").loc[cuts]
    rows = {capital(titles[name]): told[name].tolist() for name in wide.columns}
    return drawn, pd.DataFrame({"Trained until": [day(cut) for cut in cuts]} | rows)


def net_benefit(table: pd.DataFrame, at: float, *, prefix: str = "net-benefit") -> Chart:
    """What seeing those above each threshold is worth, in people found per 1,000, beside the alternatives.

    `table` (threshold, model, rule, all, none) comes from the test; `at` is the threshold that params stand for. A
    column without a value (no rule among the candidates) is left out.
    """
    told = {
        "model": ("see those whom the model scores above the threshold", VERMILLION, "-", 2.4),
        "rule": ("see those whom the simple rule puts above it", BLUE, "--", 1.8),
        "all": ("see everybody", GREY, "-.", 1.4),
        "none": ("see nobody", INK, ":", 1.2),
    }
    told = {name: how for name, how in told.items() if name in table and table[name].notna().any()}
    with drawing(WIDTH, 4.0) as figure:
        ax = figure.add_subplot()
        for name, (label, colour, line, width) in told.items():
            ax.plot(
                table["threshold"] * 100, table[name] * 1000, color=colour, linestyle=line, linewidth=width, label=label
            )
        top = max(table["model"].max(), 0) * 1000
        ax.axvline(at * 100, color=INK, linewidth=0.8, linestyle=":")
        ax.annotate(
            f"{at * 100:.3g} in 100",
            (at * 100, 1),
            (5, -12),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            fontsize=9,
        )
        ax.set(
            ylim=(-0.2 * top - 0.1, 1.1 * top + 0.1),
            xlim=(0, table["threshold"].max() * 100),
            xlabel="threshold: seen from this risk on, of 100",
            ylabel="net benefit per 1,000 people",
        )
        ax.grid(axis="y")
        figure.legend(loc="outside upper left", ncols=2, fontsize=9)
        drawn = svg(
            figure,
            prefix,
            "What the scores are worth at each threshold (net benefit)",
            "Lines over the threshold; higher is better. Where the model's line is above the others, using it finds "
            "more people in time than any of them, needless visits counted against it.",
        )
    few = table.iloc[np.unique(np.linspace(0, len(table) - 1, 8).round().astype(int))]
    rows = {capital(told[name][0]): [f"{value * 1000:z.1f}" for value in few[name]] for name in told}
    return drawn, pd.DataFrame({"Threshold, of 100": [f"{t * 100:.3g}" for t in few["threshold"]]} | rows)


def instability(table: pd.DataFrame, refits: int, *, prefix: str = "instability") -> Chart:
    """How far the scores of the refits lie from the model's own: `table` (score, low, high) by level of score."""
    score, low, high = (table[name].to_numpy() * 100 for name in ("score", "low", "high"))
    with drawing(WIDTH, 4.4) as figure:
        ax = figure.add_subplot(xscale="log", yscale="log")
        ax.fill_between(score, low, high, color=BLUE, alpha=0.35, linewidth=0, label=f"95% of what {refits} refits say")
        ax.plot(score, score, color=GREY, linestyle="--", linewidth=1, label="the model's own score")
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(lambda value, _: f"{value:g}")
            axis.set_minor_formatter(lambda *_: "")
        ax.set(xlabel="score of the model, of 100", ylabel="scores of the refits, of 100")
        ax.grid(True)
        figure.legend(loc="outside upper left", ncols=2, fontsize=9)
        drawn = svg(
            figure,
            prefix,
            "How much scores move when the model is fitted again",
            f"A band around a rising line: from a score of {score[0]:.2g} in 100, where refits say {low[0]:.2g} to "
            f"{high[0]:.2g}, to {score[-1]:.2g} in 100, where they say {low[-1]:.2g} to {high[-1]:.2g}.",
        )
    few = np.unique(np.linspace(0, len(table) - 1, 8).round().astype(int))
    return drawn, pd.DataFrame(
        {
            "Score, of 100": [f"{score[i]:.2g}" for i in few],
            "Refits say, of 100": [f"{low[i]:.2g} to {high[i]:.2g}" for i in few],
        }
    )
