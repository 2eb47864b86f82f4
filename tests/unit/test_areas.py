"""Areas on a map: people are counted, not rows; nothing small shows, nor can be worked out; circles stand apart."""

import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from models.area_map import CLASSES, LETTER, area_map, group_table, told
from models.areas import by_area, figures
from tests.site_evidence import areas


def area(name: str, n: int, risk: float, district: str = "D", **others) -> dict:
    return {
        "area": name,
        "district": district,
        "easting": 380000 + 5000 * ord(name[0]),
        "northing": 250000,
        "n": n,
        "risk": risk,
        "listed": 10,
        "events": 20,
    } | others


def district(name: str, n: int) -> dict:
    return {"group": name, "n": n, "risk": 0.1, "listed": 20, "events": 40}


def shown(found: list[dict], districts: list[dict]) -> dict[str, tuple[str, str]]:
    frame = told(found, districts).set_index("area")
    return {name: (row["n"], row["risk"]) for name, row in frame.iterrows()}


def test_people_are_counted_once_however_many_dates_they_have():
    rows = pd.DataFrame(
        {
            "unit_id": ["ann", "ann", "bob"],
            "risk": [0.2, 0.4, 0.3],
            "listed": [1.0, 0.5, 0.0],
            "label": [False, True, False],
        }
    )
    assert figures(rows) == {"n": 2, "risk": 0.3, "listed": 1.0, "events": 1}


def test_areas_come_in_the_order_of_their_places_and_without_the_empty_ones():
    scored = pd.DataFrame(
        {"unit_id": ["ann", "bob"], "area": ["B", "A"], "risk": [0.1, 0.2], "listed": 0.0, "label": False}
    )
    places = pd.DataFrame(
        {"area": list("ABC"), "district": "D", "easting": [1.4, None, 3.0], "northing": [1.0, None, 3.0]}
    )
    found = by_area(scored, places)
    assert [(a["area"], a["risk"], a["easting"]) for a in found] == [("A", 0.2, 1), ("B", 0.1, None)]
    with pytest.raises(ValueError, match="no place for B"):
        by_area(scored, places[places["area"] != "B"])


def test_an_area_of_few_is_hidden_and_so_is_the_one_that_the_total_would_give_away():
    found = [area("a", 5, 0.9), area("b", 60, 0.1), area("c", 40, 0.2)]
    assert shown(found, [district("D", 105)]) == {"a": ("*", "*"), "b": ("60", "100"), "c": ("*", "*")}


def test_two_hidden_areas_hide_each_other():
    found = [area("a", 5, 0.9), area("b", 60, 0.1), area("c", 3, 0.2)]
    assert shown(found, [district("D", 68)])["b"] == ("60", "100")


def test_where_a_districts_total_is_hidden_so_are_its_areas():
    found = [area("a", 5, 0.9, "small"), area("b", 60, 0.1, "mid"), area("c", 90, 0.2, "large")]
    districts = [district("small", 5), district("mid", 60), district("large", 90)]
    assert shown(found, districts) == {"a": ("*", "*"), "b": ("*", "*"), "c": ("90", "200")}


def test_no_circle_and_no_word_of_the_map_gives_a_hidden_area_away():
    found = [area("a", 5, 0.777), area("b", 60, 0.1), area("c", 9, 0.222), area("d", 70, 0.3)]
    other = [area("a", 3, 0.111), area("b", 60, 0.1), area("c", 9, 0.333), area("d", 70, 0.3)]
    drawn, table = area_map(found, [district("D", 144)], "residents")
    assert drawn == area_map(other, [district("D", 142)], "residents")[0]
    assert "777" not in drawn
    assert table[table["Area"] == "a"].iloc[0, 2:].tolist() == ["*", "*", "*"]


def test_classes_run_from_the_lowest_risk_to_the_highest():
    found = [area(name, 50, risk) for name, risk in zip("abcdefghij", np.linspace(0.1, 0.01, 10), strict=True)]
    assert told(found, [district("D", 500)])["level"].tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    alike = [area(name, 50, 0.1) for name in "abc"]
    assert told(alike, [district("D", 150)])["level"].nunique() == 1


def test_tables_by_group_hide_what_is_small_and_what_the_whole_would_give_away():
    records = [{"group": g, "n": n, "risk": 0.1, "listed": 20, "events": e} for g, n, e in
               (("x", 100, 3), ("y", 200, 30), ("z", 300, 12))]  # fmt: skip
    table = group_table(records, {"n": 600, "risk": 0.1, "listed": 60, "events": 45}, "District", "residents")
    assert table["With the outcome"].tolist() == ["*", "30", "*", "45"]
    assert table["Residents"].tolist() == ["100", "200", "300", "600"]


def test_circles_stand_apart_within_the_drawing():
    found = areas(number=60)
    root = ElementTree.fromstring(area_map(found["areas"], found["districts"], "residents")[0])
    circles = [g.find("{*}circle") for g in root.findall("{*}g")]
    x, y, r = (np.array([float(c.get(name)) for c in circles]) for name in ("cx", "cy", "r"))
    width, height = (float(of) for of in root.get("viewBox").split()[2:])
    gap = np.hypot(x[:, None] - x, y[:, None] - y) - r[:, None] - r
    assert len(circles) == len(found["areas"])
    assert gap[~np.eye(len(x), dtype=bool)].min() > -0.5
    assert ((x - r > 0) & (x + r < width) & (y - r > 0) & (y + r < height)).all()


def test_the_map_is_as_narrow_as_its_page_and_its_legend_stays_within_it():
    found = areas(number=60)
    root = ElementTree.fromstring(area_map(found["areas"], found["districts"], "residents")[0])
    assert "min-width:0" in root.get("style")
    width, height = (float(of) for of in root.get("viewBox").split()[2:])
    legend = [text for text in root.findall("{*}text") if " to " in text.text]
    assert len(legend) == len(CLASSES)
    for text in legend:
        assert float(text.get("x")) + len(text.text) * LETTER < width
        assert float(text.get("y")) < height


def test_the_number_in_a_circle_can_be_read():
    for colour, ink in CLASSES:
        light, dark = sorted((luminance(colour), luminance(ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, 1.4.3
    steps = [luminance(colour) for colour, _ in CLASSES]
    assert steps == sorted(steps, reverse=True)  # in grey, and to whoever sees no hue, still from light to dark


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(part, 16) / 255 for part in re.findall("..", colour[1:])]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def test_areas_without_a_position_are_refused():
    with pytest.raises(ValueError, match="no area has an easting"):
        area_map([area("a", 50, 0.1, easting=None, northing=None)], [district("D", 50)], "residents")
