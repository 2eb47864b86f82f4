"""The map of areas: a circle for each, as large as its people, with its class of risk as a colour and a number.

No boundary is on record, so an area stands where its homes are on average, moved aside as far as its neighbours need
(Dorling 1996, "Area Cartograms: Their Use and Creation"). Nothing small is shown: `told` says what may be.
"""

from html import escape

import numpy as np
import pandas as pd

from models.charts import Chart
from models.disclosure import SUPPRESSED
from models.disclosure import table as disclosed
from models.svg import FONT

# Light to dark, one hue: told apart by all eyes and in grey; the ink of the number in it has 4.5:1 or more.
CLASSES = (
    ("#e3f4f1", "#0b0c0c"),
    ("#a9dbd3", "#0b0c0c"),
    ("#64b5aa", "#0b0c0c"),
    ("#257a71", "#ffffff"),
    ("#0b433e", "#ffffff"),
)
WIDTH, MARGIN = 540, 34  # of the drawing, in its own units
FILL = 0.2  # of the drawing that circles cover: more would crowd, less would be hard to read
LARGEST, SMALLEST = 24, 9  # radius
LETTER, LINE = 7.4, 15  # width of a letter of a district's name, height of a line
BELOW, IN_A_LINE = 100, 3  # what the legend is high, in two lines of classes: at the width of a telephone it is read
KILOMETRES = 10
ROUNDS = 60  # of moving circles apart: enough for a county


def told(areas: list[dict], districts: list[dict]) -> pd.DataFrame:
    """What may be told of areas: area, district, easting, northing, n and risk (of 1,000) as text, level (1 to 5).

    `areas` and `districts` are the records of `models.areas`. An area with a small number of people is suppressed
    (level 0); where it is the only one of its district, so is the next smallest, which the district's total would
    give away, and where the district's own total may not be told, so are all of its areas. Classes hold as many
    areas each as can be.
    """
    frame = pd.DataFrame(areas)
    hidden_total = set(_hidden_districts(districts))
    n = pd.Series("", index=frame.index, dtype=object)
    for district, rows in frame.groupby("district", sort=False):
        n[rows.index] = SUPPRESSED if district in hidden_total else disclosed(rows[["n"]], counts=["n"])["n"]
    shown = n != SUPPRESSED
    frame["level"] = 0
    frame.loc[shown, "level"] = _classes(frame.loc[shown, "risk"])
    risk = [of_1000(r) if s else SUPPRESSED for r, s in zip(frame["risk"], shown, strict=True)]
    return frame.assign(n=n, risk=risk, share=frame["n"] / max(frame["n"].max(), 1))


def area_map(areas: list[dict], districts: list[dict], who: str, *, prefix: str = "areas") -> Chart:
    """The map with the table of what it shows; `who` are counted ("residents").

    Raises ValueError where no area has a position.
    """
    frame = told(areas, districts)
    placed = frame.dropna(subset=["easting", "northing"]).reset_index(drop=True)
    if placed.empty:
        raise ValueError("area_map: no area has an easting and a northing")
    x, y, r, height, metres = _positions(placed)
    drawn = [_circle(*at, row) for at, row in zip(zip(x, y, r, strict=True), placed.itertuples(), strict=True)]
    drawn += [_label(name, *at) for name, *at in _names(placed["district"], x, y, r, height)]
    drawn += [_scale(metres, height), *_legend(frame, height)]
    title = f"Average risk of the {who} of each area"
    description = (
        f"A circle for each of {len(placed)} areas, north upwards, as large as the number of {who} scored there. "
        f"Colour and number give the class of average risk, from 1, the lowest, to {frame['level'].max()}, the highest."
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height + BELOW:.0f}" role="img" '
        f'style="min-width:0;max-width:44rem;{FONT}" font-size="13" aria-labelledby="{prefix}-title {prefix}-desc">\n'
        f'<title id="{prefix}-title">{escape(title)}</title>\n<desc id="{prefix}-desc">{escape(description)}</desc>\n'
    )
    return svg + "\n".join(drawn) + "</svg>", frame_table(frame, who)


def frame_table(frame: pd.DataFrame, who: str) -> pd.DataFrame:
    """The same as a table: highest class first, suppressed areas last."""
    ordered = frame.sort_values(["level", "district", "area"], ascending=[False, True, True])
    return pd.DataFrame(
        {
            "Area": ordered["area"],
            "District": ordered["district"],
            who.capitalize(): ordered["n"],
            "Average risk, of 1,000": ordered["risk"],
            "Class": [str(c) if c else SUPPRESSED for c in ordered["level"]],
        }
    )


def group_table(records: list[dict], whole: dict, head: str, who: str) -> pd.DataFrame:
    """Districts or fifths of deprivation with the whole, as they may be shown."""
    total = "All"
    frame = pd.DataFrame([*records, {"group": total, **whole}]).set_index("group")
    shown = disclosed(frame[["n", "listed", "events"]], counts=["n", "listed", "events"], total=total)
    risk = [of_1000(r) if n != SUPPRESSED else SUPPRESSED for r, n in zip(frame["risk"], shown["n"], strict=True)]
    names = {"n": who.capitalize(), "listed": "On a list", "events": "With the outcome"}
    return shown.rename(columns=names).assign(**{"Average risk, of 1,000": risk}).rename_axis(head).reset_index()


def of_1000(risk: float) -> str:
    """A risk as so many of 1,000.

    >>> of_1000(0.0623), of_1000(0.0012)
    ('62', '1.2')
    """
    return f"{risk * 1000:.0f}" if risk >= 0.01 else f"{risk * 1000:.1f}"


def _hidden_districts(districts: list[dict]) -> list[str]:
    frame = pd.DataFrame(districts).set_index("group")
    shown = disclosed(frame[["n"]], counts=["n"])["n"]
    return list(shown.index[shown == SUPPRESSED])


def _classes(risk: pd.Series) -> np.ndarray:
    """From 1 to 5 by rank, equal risks alike."""
    rank = risk.rank(method="max").to_numpy() / max(len(risk), 1)
    return np.ceil(rank * len(CLASSES)).astype(int)


def _positions(placed: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, float]:
    """Where circles stand (x, y, radius), the height of the map, and metres to a unit of it."""
    east, north = placed["easting"].to_numpy(float), placed["northing"].to_numpy(float)
    metres = max(np.ptp(east) / (WIDTH - 2 * MARGIN), np.ptp(north) / (WIDTH * 1.1 - 2 * MARGIN), 1.0)
    height = np.ptp(north) / metres + 2 * MARGIN
    x = (east - (east.min() + east.max()) / 2) / metres + WIDTH / 2
    y = MARGIN + (north.max() - north) / metres
    # The share of an area in the largest one's people, never the count, so that no radius gives a count away: a
    # suppressed area is drawn at the smallest size.
    share = np.where(placed["level"] > 0, np.round(placed["share"], 1), 0)
    r = np.sqrt(share)
    r *= min(LARGEST, np.sqrt(FILL * WIDTH * height / np.pi / max(share.sum(), 1)))
    r = np.maximum(r, SMALLEST)
    for _ in range(ROUNDS):
        moved = _apart(x, y, r)
        x, y = np.clip(x, r + 2, WIDTH - r - 2), np.clip(y, r + 2, height - r - 2)
        if not moved:
            break
    return x, y, r, height, metres


def _apart(x: np.ndarray, y: np.ndarray, r: np.ndarray) -> bool:
    """Move every two circles that overlap half of the way apart each, in place; whether any did."""
    moved = False
    for i in range(len(x)):
        dx, dy = x - x[i], y - y[i]
        distance = np.hypot(dx, dy)
        need = r + r[i] + 1
        for j in np.flatnonzero((distance < need - 0.01) & (np.arange(len(x)) > i)):
            away = (dx[j], dy[j]) / distance[j] if distance[j] else np.array([1.0, 0.0])
            step = (need[j] - distance[j]) / 2
            x[i], y[i] = x[i] - away[0] * step, y[i] - away[1] * step
            x[j], y[j] = x[j] + away[0] * step, y[j] + away[1] * step
            moved = True
    return moved


def _names(district: pd.Series, x: np.ndarray, y: np.ndarray, r: np.ndarray, height: float) -> list[tuple]:
    """Each district's name with the free place nearest to the middle of its areas; none where nothing is free."""
    down, across = np.meshgrid(np.arange(LINE, height - LINE, 5), np.arange(0, WIDTH, 5), indexing="ij")
    boxes, found = [], []
    for name in sorted(district.unique()):
        half = len(name) * LETTER / 2 + 3
        inside = (across > half) & (across < WIDTH - half)
        for cx, cy, cr in zip(x, y, r, strict=True):
            beside, above = np.maximum(abs(across - cx) - half, 0), np.maximum(abs(down - cy) - LINE / 2, 0)
            inside &= np.hypot(beside, above) > cr + 1
        for bx, by, wide in boxes:
            inside &= (abs(across - bx) > half + wide) | (abs(down - by) > LINE + 2)
        of = (district == name).to_numpy()
        far = np.where(inside, np.hypot(across - x[of].mean(), down - y[of].mean()), np.inf)
        best = np.unravel_index(far.argmin(), far.shape)
        if np.isfinite(far[best]):
            boxes.append((across[best], down[best], half))
            found.append((name, across[best], down[best]))
    return found


def _circle(x: float, y: float, r: float, row) -> str:
    said = f"{row.area}, {row.district}"
    if row.n == SUPPRESSED:
        mark, fill, ink = SUPPRESSED, 'fill="none" stroke-dasharray="3 3"', "currentColor"
        said += ": too few people to be shown"
    else:
        colour, ink = CLASSES[row.level - 1]
        mark, fill = str(row.level), f'fill="{colour}"'
        said += f": {row.risk} of 1,000"
    size = min(r * 1.1, 17)
    return (
        f'<g><title>{escape(said)}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {fill} stroke="currentColor"/>'
        f'<text x="{x:.1f}" y="{y + size * 0.36:.1f}" text-anchor="middle" font-size="{size:.1f}" '
        f'fill="{ink}">{mark}</text></g>'
    )


def _label(name: str, x: float, y: float) -> str:
    return (
        f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle" font-weight="bold" fill="currentColor">'
        f"{escape(name)}</text>"
    )


def _scale(metres: float, height: float) -> str:
    length, right = KILOMETRES * 1000 / metres, WIDTH - MARGIN / 2
    return (
        f'<path d="M{right} {height + 26:.0f}h{-length:.1f}m0 -5v10m{length:.1f} 0v-10" fill="none" '
        f'stroke="currentColor"/>\n<text x="{right}" y="{height + 16:.0f}" text-anchor="end" '
        f'fill="currentColor">about {KILOMETRES} km; north is up</text>'
    )


def _legend(frame: pd.DataFrame, height: float) -> list[str]:
    """Lines for the classes: from which to which average risk the areas of each go."""
    parts = [f'<text x="{MARGIN / 2}" y="{height + 22:.0f}" fill="currentColor">Average risk, of 1,000:</text>']
    step = (WIDTH - MARGIN) / IN_A_LINE
    levels = [number for number in (*range(1, len(CLASSES) + 1), 0) if (frame["level"] == number).any()]
    for place, number in enumerate(levels):
        rows = frame[frame["level"] == number]
        x, y = MARGIN / 2 + 12 + place % IN_A_LINE * step, height + 48 + place // IN_A_LINE * 30
        if number:
            colour, ink = CLASSES[number - 1]
            mark, fill = str(number), f'fill="{colour}"'
            values = rows["risk"].astype(float)
            low, high = rows.loc[values.idxmin(), "risk"], rows.loc[values.idxmax(), "risk"]
            said = low if low == high else f"{low} to {high}"
        else:
            mark, ink, said, fill = SUPPRESSED, "currentColor", "too few", 'fill="none" stroke-dasharray="3 3"'
        parts.append(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="11" {fill} stroke="currentColor"/>'
            f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle" font-size="12" fill="{ink}">{mark}</text>'
            f'<text x="{x + 18:.0f}" y="{y + 4:.0f}" fill="currentColor">{said}</text>'
        )
    return parts
