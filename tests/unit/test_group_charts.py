"""The picture of calibration by group: a panel for each, named for whoever cannot see it, with the table it shows."""

import re
from xml.etree import ElementTree

import pandas as pd

from models.group_charts import reliability_by_group

BANDS = pd.DataFrame(
    [
        ("female", 740, 10, 0.026, 0.015, 0.008, 0.026),
        ("female", 370, 65, 0.181, 0.175, 0.14, 0.217),
        ("male", 680, 20, 0.027, 0.028, 0.018, 0.043),
        ("not stated", 100, 15, 0.2, 0.15, 0.09, 0.24),
        ("other", 100, 15, 0.2, 0.15, 0.09, 0.24),
    ],
    columns=["group", "n", "events", "predicted", "observed", "low", "high"],
)


def test_every_group_has_a_panel_and_every_band_a_row():
    drawn, table = reliability_by_group(BANDS, "sex", prefix="here")
    tree = ElementTree.fromstring(drawn)
    title, description = (child.text for child in tree[:2])
    assert tree.attrib["role"] == "img"
    assert title.endswith("by sex")
    assert "A panel for each of 4 groups: female; male; not stated; other." in description
    for group in ("female", "male", "not stated", "other"):
        assert re.search(rf"<text[^>]*>{group}</text>", drawn)
    assert table.iloc[0].tolist() == ["female", "2.6", "1.5", "0.8 to 2.6", "740", "10"]
    assert len(table) == len(BANDS)


def test_the_same_picture_has_the_same_bytes_and_its_own_identifiers():
    drawn = reliability_by_group(BANDS, "sex", prefix="mine")[0]
    assert drawn == reliability_by_group(BANDS, "sex", prefix="mine")[0]
    assert all(i.startswith("mine-") for i in re.findall(r'\bid="([^"]+)"', drawn))
    assert "currentColor" in drawn
