"""The pictures of a model, each as accessible inline SVG with the table of what it shows.

Every function returns (svg, table): the table holds what the picture shows, for whoever cannot see it, with small
numbers suppressed. `prefix` makes the identifiers of a picture unique on its page. No point can be traced to a
resident: points are drawn from a sample in a fresh order for every column, rounded, with the extremes pulled in.
"""

import itertools
import textwrap

import numpy as np
import pandas as pd

from models.capacity import by_length
from models.disclosure import SUPPRESSED, count, rounded
from models.explanation import Explanation
from models.group_tables import NOTHING, figures
from models.released import bands as bands_shown
from models.released import by_length as may_be_shown
from models.svg import BLUE, GREY, INK, SCALE, VERMILLION, drawing, svg
from models.wording import TOO_FEW, capital, plain

Chart = tuple[str, pd.DataFrame]
FEWEST = 10  # residents, events and non-events behind any mark
WIDTH = 8.2  # inches
LINE = 11  # points from one line of a label to the next


def beeswarm(
    explanation: Explanation,
    X: pd.DataFrame,
    meanings: list[dict],
    *,
    prefix: str = "beeswarm",
    top: int = 12,
    points: int = 250,
    seed: int = 0,
) -> Chart:
    """What the weightiest columns added to the scores of a sample of residents, coloured by the column's value.

    X (rows x columns) holds the inputs that were explained; `meanings` are the records of columns.json.
    """
    rng = np.random.default_rng(seed)
    size = np.abs(explanation.values).mean(axis=0, dtype=np.float64)
    order = np.argsort(-size, kind="stable")[:top]
    sentences = {m["name"]: m["sentence"] for m in meanings}
    names = [explanation.columns[i] for i in order]
    labels = [textwrap.wrap(sentences[n], 44) for n in names]
    heights = np.array([max(len(label), 2) + 1.2 for label in labels])  # in lines of a label
    places = np.cumsum(heights) - heights / 2
    swarm, rows = [], []
    for n, i in enumerate(order):
        chosen = rng.permutation(len(X))[:points]
        rank = X[explanation.columns[i]].rank(method="min", pct=True).to_numpy()  # so that a common 0 is low
        x = _pulled_in(explanation.values[:, i])[chosen]
        shade = np.where(np.isnan(rank[chosen]), -1, np.minimum(np.nan_to_num(rank[chosen]) * 5, 4).astype(int))
        shuffled = rng.permutation(len(chosen))  # so that the n-th points of two columns are different residents
        swarm.append(np.column_stack([x, places[n] + 1.4 * _spread(x), shade])[shuffled])
        rows.append((sentences[names[n]], f"{size[i]:.2f}", _tendency(rank, explanation.values[:, i])))
    x, y, shade = np.concatenate(swarm).T
    with drawing(WIDTH, 1.0 + heights.sum() * LINE / 72) as figure:
        ax = figure.add_subplot()
        ax.axvline(0, color=INK, linewidth=0.8)
        for level, colour in enumerate(SCALE):
            ax.scatter(
                x[shade == level],
                y[shade == level],
                s=9,
                color=colour,
                linewidths=0,
                label={0: "low value", 4: "high value"}.get(level),
            )
        if (shade == -1).any():
            ax.scatter(
                x[shade == -1],
                y[shade == -1],
                s=9,
                facecolors="none",
                edgecolors=INK,
                linewidths=0.5,
                label="nothing recorded",
            )
        labelled(ax, places, labels)
        ax.set_ylim(heights.sum(), 0)
        ax.grid(axis="x")
        ax.set_xlabel(
            "\N{LEFTWARDS ARROW} lowers the score, raises the score \N{RIGHTWARDS ARROW} (contribution, in log-odds)"
        )
        figure.legend(loc="outside upper right", ncols=3, fontsize=9, markerscale=1.8)
        drawn = svg(
            figure,
            prefix,
            "What the model used, for a sample",
            f"One row for each of the {len(names)} weightiest inputs, weightiest first: {sentences[names[0]]} leads. "
            "Each dot is one of the sample; right of the line the input raised the score, left it lowered it.",
        )
    return drawn, pd.DataFrame(rows, columns=["What the model used", "Average size (log-odds)", "Higher values"])


def importance_bars(
    table: pd.DataFrame, by: str, names: dict[str, str] | None = None, *, prefix: str = "importance"
) -> Chart:
    """Share of what moves the scores, by agency or theme; `table` comes from `explanation.importance(..., by)`."""
    groups = [plain(name, names) for name in table[by]]
    share = table["share"].to_numpy() * 100
    with drawing(WIDTH, 0.9 + 0.34 * len(groups)) as figure:
        ax = figure.add_subplot()
        ax.barh(range(len(groups)), share, color=BLUE, height=0.62)
        for place, value in enumerate(share):
            ax.annotate(f"{value:.0f}%", (value, place), (4, 0), textcoords="offset points", va="center")
        ax.set_yticks(range(len(groups)), groups)
        ax.invert_yaxis()
        ax.tick_params(axis="y", length=0)
        ax.set_xlim(0, max(share.max(initial=0) * 1.12, 1))
        ax.set_xlabel("share of what moves the scores (%)")
        drawn = svg(
            figure,
            prefix,
            f"What moves the scores, by {by}",
            f"Bars, largest first: {groups[0]} moves the scores most, with {share[0]:.0f} per cent.",
        )
    return drawn, pd.DataFrame(
        {by.capitalize(): groups, "Share of what moves the scores": [f"{v:.0f}%" for v in share]}
    )


def reliability(table: pd.DataFrame, *, prefix: str = "reliability") -> Chart:
    """What the scores promise beside what happened, in bands of score.

    `table` comes from `reliability.reliability` (n, events, predicted; lowest scores first), and is drawn as
    `models.released.bands` leaves it. Where all bands together hold fewer than ten events, that is said instead.
    """
    bands = bands_shown(table)
    if bands.empty:
        return too_few(prefix, "What the scores promise and what happened")
    promised, happened = bands["predicted"].to_numpy() * 100, bands["observed"].to_numpy() * 100
    below, above = bands["low"].to_numpy() * 100, bands["high"].to_numpy() * 100
    low, high = max(min(promised.min(), below.min()) / 1.5, 0.01), min(max(promised.max(), above.max()) * 1.5, 100)
    with drawing(WIDTH, 4.9) as figure:
        ax = figure.add_subplot(xscale="log", yscale="log")
        ax.plot([low, high], [low, high], color=GREY, linestyle="--", linewidth=1, label="a perfect match")
        ax.errorbar(
            promised,
            happened,
            [happened - np.maximum(below, low), above - happened],
            fmt="o",
            color=BLUE,
            capsize=3,
            label="a band of scores, with its 95% interval",
        )
        for axis in (ax.xaxis, ax.yaxis):
            percentages(axis, low, high)
        ax.set(
            xlim=(low, high),
            ylim=(low, high),
            xlabel="what the score says will happen, of 100",
            ylabel="what happened, of 100",
        )
        ax.grid(True)
        figure.legend(loc="outside upper left", ncols=2, fontsize=9)
        drawn = svg(
            figure,
            prefix,
            "What the scores promise and what happened",
            f"{len(bands)} bands of scores; dots on the dashed line match. The highest band was promised "
            f"{promised[-1]:.1f} in 100 and {happened[-1]:.1f} in 100 had the outcome.",
        )
    return drawn, pd.DataFrame(
        {
            "Promised, of 100": [f"{v:.1f}" for v in promised],
            "Happened, of 100": [f"{v:.1f}" for v in happened],
            "95% interval": [f"{a:.1f} to {b:.1f}" for a, b in zip(below, above, strict=True)],
            "Rows": [count(n) for n in bands["n"]],
            "Of them with the outcome": [count(n) for n in bands["events"]],
        }
    )


def list_length(
    y: np.ndarray, p: np.ndarray, dates: np.ndarray, capacity: int, *, prefix: str = "list-length"
) -> Chart:
    """Precision and recall as the list at each date grows, with the service's capacity marked.

    y, p and dates (as-of) are of the same pairs; of a date with fewer than the length all are listed. Lists that find
    fewer than ten events, or miss fewer (but some), are not shown; where that is all of them, it is said instead.
    """
    longest = min(int(pd.Series(np.asarray(dates)).value_counts().max()), 5 * capacity)
    marks = {min(n, longest) for n in (capacity // 4, capacity // 2, capacity, 2 * capacity, 4 * capacity) if n}
    lengths = sorted({*np.linspace(1, longest, 60).astype(int).tolist(), *marks})
    sizes, first = np.unique(dates, return_counts=True)[1], sorted(marks, key=lambda n: n != capacity)
    curve = may_be_shown(by_length(y, p, dates, lengths), sizes, int(np.sum(y)), len(y), first) * 100
    found = (curve["recall_at_capacity"] / 100 * np.sum(y)).round(6)
    curve = curve[(found >= FEWEST) & ((np.sum(y) - found >= FEWEST) | (found == np.sum(y)))]
    if curve.empty:
        return too_few(prefix, "How right and how complete the list is, by its length")
    with drawing(WIDTH, 3.9) as figure:
        ax = figure.add_subplot()
        ax.plot(
            curve["precision_at_capacity"],
            color=BLUE,
            linewidth=2,
            label="of 100 on the list, how many have the outcome (precision)",
        )
        ax.plot(
            curve["recall_at_capacity"],
            color=VERMILLION,
            linewidth=2,
            linestyle="--",
            label="of 100 with the outcome, how many are on the list (recall)",
        )
        ax.axvline(capacity, color=INK, linewidth=1, linestyle=":")
        beside, ha = (-5, "right") if capacity > longest / 2 else (5, "left")  # so that it stays within the drawing
        within = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
        ax.annotate(f"capacity: {capacity:,}", (capacity, 1), (beside, -12), fontsize=9, ha=ha, **within)
        ax.set(
            xlim=(0, max(longest, capacity)), ylim=(0, None), xlabel="length of the list at one date", ylabel="of 100"
        )
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        ax.grid(axis="y")
        figure.legend(loc="outside upper left", fontsize=9)
        drawn = svg(
            figure,
            prefix,
            "How right and how complete the list is, by its length",
            "Two lines over the length of the list. The solid one, precision, usually falls as the list grows; the "
            "dashed one, recall, rises. A dotted upright line marks the service's capacity.",
        )
    told = curve[curve.index.isin(marks)]
    told = curve.iloc[[-1]] if told.empty else told
    return drawn, pd.DataFrame(
        {
            "Length of the list": [f"{n:,}" + (" (capacity)" if n == capacity else "") for n in told.index],
            "Of 100 listed, with the outcome": [f"{v:.0f}" for v in told["precision_at_capacity"]],
            "Of 100 with the outcome, listed": [f"{v:.0f}" for v in told["recall_at_capacity"]],
        }
    )


def score_distribution(p: np.ndarray, *, prefix: str = "scores") -> Chart:
    """How many pairs score in each band; bands of fewer than ten are joined to the one below."""
    edges = [0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]
    numbers = np.histogram(p, edges)[0].tolist()
    for i in range(len(numbers) - 1, 0, -1):
        if numbers[i] < FEWEST:
            numbers[i - 1] += numbers.pop(i)
            edges.pop(i)
    if len(numbers) > 1 and numbers[0] < FEWEST:
        first = numbers.pop(0)
        numbers[0] += first
        edges.pop(1)
    labels = [f"{a * 100:g} to {b * 100:g} in 100" for a, b in itertools.pairwise(edges)]
    numbers = [rounded(n) for n in numbers]  # shares of exact counts would give those away
    share = np.array(numbers) / max(sum(numbers), 1) * 100
    with drawing(WIDTH, 0.9 + 0.34 * len(labels)) as figure:
        ax = figure.add_subplot()
        ax.barh(range(len(labels)), share, color=BLUE, height=0.62)
        for place, value in enumerate(share):
            ax.annotate(f"{value:.1f}%", (value, place), (4, 0), textcoords="offset points", va="center")
        ax.set_yticks(range(len(labels)), labels)
        ax.tick_params(axis="y", length=0)
        ax.set(xlim=(0, share.max() * 1.14), xlabel="share of all scored (%)", ylabel="score")
        drawn = svg(
            figure,
            prefix,
            "How the scores are spread",
            (
                f"Bars for {len(labels)} bands of score; the fullest is {labels[int(share.argmax())]}, with "
                f"{share.max():.0f} per cent."
            ),
        )
    return drawn, pd.DataFrame(
        {"Score": labels, "Scored": [count(n) for n in numbers], "Share": [f"{v:.1f}%" for v in share]}
    )


def group_auc(groups: dict[str, list[dict]], names: dict[str, str] | None = None, *, prefix: str = "groups") -> Chart:
    """Discrimination in each group with its interval; a group with too few events is shown as such, never left out.

    `groups` comes from `fairness.by_group`: attribute -> a record (group, n, events, auc, ...) per group.
    """
    groups = {attribute: _told(records) for attribute, records in groups.items()}
    lines = [line for attribute, records in groups.items() for line in (plain(attribute, names), *records)]
    told = [r["auc"] for records in groups.values() for r in records if r["auc"]]
    lowest = min([0.5, *(f["low"] if f["low"] is not None else f["value"] for f in told)])
    with drawing(WIDTH, 0.9 + 0.26 * len(lines)) as figure:
        ax = figure.add_subplot()
        ax.axvline(0.5, color=INK, linewidth=0.8, linestyle=":")
        for place, line in enumerate(lines):
            if isinstance(line, str):
                continue
            auc = line["auc"]
            if not auc:
                ax.text(0.505, place, line["said"], va="center", fontsize=9, style="italic")
                continue
            ax.plot(auc["value"], place, "o", color=BLUE, markersize=6)
            if auc["low"] is not None:
                ax.plot([auc["low"], auc["high"]], [place, place], color=BLUE, linewidth=1.6)
        by_attribute(ax, lines)
        ax.set(xlim=(max(lowest - 0.02, 0), 1.0), xlabel="AUC within the group: 0.5 is chance, 1 is perfect")
        every = sum(len(records) for records in groups.values())
        drawn = svg(
            figure,
            prefix,
            "How well the model ranks within each group",
            f"A dot and interval for each of {len(told)} groups; {every - len(told)} more have too few events.",
        )
    rows = [(plain(attribute, names), r["group"], r["said"]) for attribute, records in groups.items() for r in records]
    return drawn, pd.DataFrame(rows, columns=["Attribute", "Group", "AUC (95% interval)"])


def _told(records: list[dict]) -> list[dict]:
    """Groups of one attribute: group, auc (None where it cannot be told or its events may not), and how it is said."""
    return [
        {
            "group": record["group"],
            "auc": None if text in (SUPPRESSED, *NOTHING) else record["auc"],
            "said": "too few events to tell" if text in NOTHING else text,
        }
        for record, text in zip(records, figures(records, {"auc": "AUC"})["AUC"], strict=True)
    ]


def labelled(ax, places: np.ndarray, labels: list[list[str]]) -> None:
    """Labels left of the axis, line by line: the page's font has other widths than the one laid out with."""
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    for place, label in zip(places, labels, strict=True):
        for i, line in enumerate(label):
            ax.annotate(
                capital(line) if not i else line,
                (0, place),
                (-8, (len(label) / 2 - i - 0.5) * LINE),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                ha="right",
                va="center",
                fontsize=9,
            )


def by_attribute(ax, lines: list) -> None:
    """An axis of groups under their attributes: a str among `lines` is an attribute, the others have a "group"."""
    ax.set_yticks(range(len(lines)), [capital(of) if isinstance(of, str) else of["group"] for of in lines], fontsize=9)
    for label, line in zip(ax.get_yticklabels(), lines, strict=True):
        label.set_fontweight("bold" if isinstance(line, str) else "normal")
    ax.set_ylim(len(lines) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x")


def too_few(prefix: str, title: str) -> Chart:
    """In place of a picture: that there is too little to draw one of."""
    with drawing(WIDTH, 0.8) as figure:
        ax = figure.add_subplot()
        ax.set_axis_off()
        ax.text(0.5, 0.5, TOO_FEW, ha="center", va="center", style="italic")
        drawn = svg(figure, prefix, title, f"Nothing is drawn: {TOO_FEW}.")
    return drawn, pd.DataFrame({title: [TOO_FEW]})


def _pulled_in(values: np.ndarray) -> np.ndarray:
    """Values rounded, with those beyond the 1st and 99th percentile (or the tenth from each end) pulled in to them."""
    edge = min(max(0.01, FEWEST / max(len(values), 1)), 0.5)
    return np.round(np.clip(values, *np.quantile(values, [edge, 1 - edge])), 2)


def _spread(x: np.ndarray) -> np.ndarray:
    """Upright offsets, from -1 to 1, that set the dots of one row beside each other where they crowd."""
    span = np.ptp(x) or 1.0
    cell = pd.Series(np.round(x / span * 90))
    place = cell.groupby(cell).cumcount() + 1
    offset = (place // 2 * np.where(place % 2, 1, -1)).to_numpy()
    return offset * min(0.2, 1 / max(np.abs(offset).max(initial=1), 1))


def _tendency(rank: np.ndarray, values: np.ndarray) -> str:
    """Whether higher values of a column go with higher contributions: rank correlation, where it is clear."""
    seen = ~np.isnan(rank)
    if not seen.any() or np.ptp(rank[seen]) == 0 or np.ptp(values[seen]) == 0:
        return "no clear direction"
    r = np.corrcoef(rank[seen], pd.Series(values[seen]).rank())[0, 1]
    return "raise the score" if r > 0.3 else "lower the score" if r < -0.3 else "no clear direction"


def percentages(axis, low: float, high: float) -> None:
    """Ticks of a logarithmic axis at round percentages, written as numbers."""
    ticks = [t for t in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if low <= t <= high]
    axis.set_ticks(ticks, [f"{t:g}" for t in ticks])
    axis.set_ticks([], minor=True)
