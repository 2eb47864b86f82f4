"""The pictures of an explanation report, like those of `models.charts`: each (svg, table of what it shows).

None draws single rows, as the dots of `models.charts.beeswarm` are: they draw means of whole clusters and groups, and
of at least twenty rows of a value. Scales are of how many times the odds a contribution makes of them, which is the
log-odds in a form that can be read.
"""

import textwrap

import numpy as np
import pandas as pd

from models.charts import LINE, WIDTH, Chart, labelled
from models.disclosure import count
from models.reasons import said_of
from models.svg import BLUE, INK, drawing, svg
from models.wording import capital, plain

TICKS = (0.05, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.25, 1.5, 2, 3, 5, 10, 20)
COARSE = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)  # where the others would crowd


def times(log_odds: float) -> str:
    """A contribution as what it makes of the odds.

    >>> times(0.405465), times(-0.693147), times(0.0)
    ('1.50 times', '0.50 times', '1.00 times')
    """
    return f"{np.exp(log_odds):.2f} times"


def between(of: dict) -> str:
    """A contribution {"value", "low", "high"} as what it makes of the odds, with its interval.

    >>> between({"value": 0.405465, "low": 0.0, "high": 0.693147})
    '1.50 times (1.00 to 2.00)'
    """
    if of["low"] is None or of["high"] is None:
        return times(of["value"])
    return f"{times(of['value'])} ({np.exp(of['low']):.2f} to {np.exp(of['high']):.2f})"


def cluster_bars(clusters: list[dict], *, prefix: str = "clusters", top: int = 12) -> Chart:
    """How much each cluster of correlated columns moves the scores, weightiest first; from `models.clusters`.

    At least one of them must move them; those that do not are left out.
    """
    shown = [c for c in clusters[:top] if c["importance"] > 0]
    labels = [_label(c) for c in shown]
    heights = np.array([max(len(label), 1) + 1.0 for label in labels])
    places = np.cumsum(heights) - heights / 2
    value, low, high = (np.array([c[key] for c in shown], dtype=float) for key in ("importance", "low", "high"))
    with drawing(WIDTH, 0.9 + heights.sum() * LINE / 72) as figure:
        ax = figure.add_subplot()
        ax.barh(places, value, color=BLUE, height=0.9)
        ax.hlines(places, low, high, color=INK, linewidth=1.4)
        labelled(ax, places, labels)
        ax.set(
            ylim=(heights.sum(), 0), xlim=(0, high.max() * 1.06), xlabel="average size of the contribution (log-odds)"
        )
        ax.grid(axis="x")
        drawn = svg(
            figure,
            prefix,
            "What moves the scores, inputs that go together as one",
            f"Bars for the {len(shown)} weightiest groups of inputs, weightiest first: {shown[0]['sentence']} leads.",
        )
    rows = [
        (c["sentence"], len(c["members"]), f"{c['importance']:.3f} ({c['low']:.3f} to {c['high']:.3f})", _share(c))
        for c in shown
    ]
    names = ["The strongest of them", "Inputs", "Average size (log-odds, 95% interval)", "Share"]
    return drawn, pd.DataFrame(rows, columns=names)


def dependence(curve: dict, whom: str, *, prefix: str) -> Chart:
    """What an input added to the scores at each range of its values; `curve` is one of `models.dependence.curves`.

    `whom` is what several rows are of: residents, dwellings.
    """
    bins = curve["bins"]
    labels = [_range(b, curve["sentence"]) for b in bins]
    mean, low, high = (np.array([b[key] for b in bins]) for key in ("mean", "p5", "p95"))
    with drawing(WIDTH, 3.3) as figure:
        ax = figure.add_subplot()
        at = np.arange(len(bins))
        ax.axhline(0, color=INK, linewidth=0.8)
        ax.vlines(at, low, high, color=BLUE, linewidth=5, alpha=0.4, label="the middle 90 of 100")
        valued = np.array([not b["missing"] for b in bins])
        ax.plot(at[valued], mean[valued], "o-", color=BLUE, markersize=6, label="on average")
        ax.plot(at[~valued], mean[~valued], "D", markerfacecolor="none", markeredgecolor=INK, markersize=7)
        ax.set_xticks(at, ["\n".join(textwrap.wrap(label, 9)) for label in labels], fontsize=8.5)
        _odds(ax, low.min(), high.max())
        ax.set_ylabel("odds become so many times")
        ax.grid(axis="y")
        figure.legend(loc="outside upper right", ncols=2, fontsize=9)
        first, last = (times(bins[i]["mean"]) for i in (0, -1))
        drawn = svg(
            figure,
            prefix,
            curve["sentence"],
            f"A dot and a bar for each of {len(bins)} ranges of values. On average the odds become {first} what they "
            f"were in the first ({labels[0]}) and {last} in the last ({labels[-1]}).",
        )
    rows = [
        (label, count(b["n"]), times(b["mean"]), f"{np.exp(b['p5']):.2f} to {np.exp(b['p95']):.2f} times")
        for label, b in zip(labels, bins, strict=True)
    ]
    return drawn, pd.DataFrame(rows, columns=["Value", capital(whom), "The odds become", "For the middle 90 of 100"])


def group_differences(
    records: list[dict], attribute: str, names: dict[str, str] | None = None, *, prefix: str
) -> Chart:
    """Each group's scores beside everybody else's, and through what; `records` are those of `models.drivers`.

    At least one of them must be evaluable; the others are left to the text.
    """
    told = [r for r in records if "difference" in r]
    labels = [textwrap.wrap(r["group"], 34) for r in told]
    heights = np.array([len(label) + 1.0 for label in labels])
    places = np.cumsum(heights) - heights / 2
    value, low, high = (np.array([r["difference"][key] for r in told], dtype=float) for key in ("value", "low", "high"))
    with drawing(WIDTH, 0.9 + heights.sum() * LINE / 72) as figure:
        ax = figure.add_subplot()
        ax.axvline(0, color=INK, linewidth=0.8)
        ax.hlines(places, low, high, color=BLUE, linewidth=1.6)
        ax.plot(value, places, "o", color=BLUE, markersize=6)
        labelled(ax, places, labels)
        _odds(ax, min(low.min(), 0), max(high.max(), 0), upright=False)
        ax.set(ylim=(heights.sum(), 0), xlabel="odds of the group, as so many times those of everybody else")
        ax.grid(axis="x")
        highest = told[int(value.argmax())]
        drawn = svg(
            figure,
            prefix,
            f"Scores by {plain(attribute, names)}",
            f"A dot and interval for each of {len(told)} groups; the highest is {highest['group']}, whose odds are "
            f"{times(highest['difference']['value'])} those of everybody else.",
        )
    rows = [(r["group"], between(r["difference"]), *_through(r, "agencies", "agency", names)) for r in told]
    columns = ["Group", "Odds beside everybody else", "Raised most by records of", "Lowered most by records of"]
    return drawn, pd.DataFrame(rows, columns=columns)


def _through(record: dict, parts: str, key: str, names: dict[str, str] | None) -> tuple[str, str]:
    """The parts that raise a group's scores most and those that lower them, where the interval is clear of none."""
    clear = [p for p in record[parts] if is_clear(p["difference"])]
    told = []
    for up in (True, False):
        of = [p for p in clear if (p["difference"]["value"] > 0) == up][:3]
        said = [f"{plain(p[key], names)} ({times(p['difference']['value'])})" for p in of]
        told.append("; ".join(said) or "nothing clear of chance")
    return told[0], told[1]


def is_clear(of: dict) -> bool:
    """Whether the interval of a contribution leaves nought out: the difference is more than chance."""
    return of["low"] is not None and of["high"] is not None and (of["low"] > 0 or of["high"] < 0)


def _label(cluster: dict) -> list[str]:
    """What the cluster is called, in lines: its strongest input, whole, and how many more there are."""
    more = len(cluster["members"]) - 1
    return textwrap.wrap(cluster["sentence"], 46) + ([f"and {more} that go with it"] if more else [])


def _share(cluster: dict) -> str:
    return f"{cluster['share'] * 100:.0f}%"


def _range(of: dict, sentence: str) -> str:
    if of["missing"]:
        return "nothing recorded"
    start, end = (said_of(of[key], sentence) for key in ("from", "to"))
    if not start and not end:
        return "any value"
    if not start or not end:
        return f"up to {end}" if not start else f"{start} or more"
    return start if start == end else f"{start} to {end}"


def _odds(ax, low: float, high: float, upright: bool = True) -> None:
    """An axis of log-odds whose ticks say what they make of the odds."""
    room = max(high - low, 0.2) * 0.08
    low, high = low - room, high + room
    ticks = [t for t in TICKS if low <= np.log(t) <= high]
    if high - low > 1:
        ticks = [t for t in ticks if t not in (0.9, 0.95, 1.05, 1.1)]
    if high - low > 2.5:
        ticks = [t for t in ticks if t in COARSE]
    axis = ax.yaxis if upright else ax.xaxis
    axis.set_ticks(np.log(ticks), [f"{t:g}" for t in ticks])
    (ax.set_ylim if upright else ax.set_xlim)(low, high)
