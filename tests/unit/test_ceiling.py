"""The hidden state that a pair is given is the latest that began by its date, and never a later one."""

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.ceiling import state_at

SCHEMA = pa.schema(
    [
        pa.field("unit_id", pa.string()),
        pa.field("from_on", pa.date32()),
        pa.field("mental", pa.float32(), metadata={"about": "mental health"}),
        pa.field("own_mental", pa.float32(), metadata={"about": "mental health"}),
        pa.field("money", pa.float32(), metadata={"about": "money"}),
    ]
)


@pytest.fixture
def truth(tmp_path):
    """Two quarters: Ann in both, Bob in the first alone, Cy in the second alone."""
    with pq.ParquetWriter(tmp_path / "resident.parquet", SCHEMA) as out:
        for day, of in (
            (date(2020, 1, 1), {"ann": 1.0, "bob": 2.0}),
            (date(2020, 4, 1), {"ann": 3.0, "cy": 4.0}),
        ):
            values = list(of.values())
            out.write_table(pa.table([list(of), [day] * len(of), values, values, values], schema=SCHEMA))
    return tmp_path / "resident.parquet"


@pytest.mark.parametrize(
    ("unit", "as_of", "expected"),
    [
        ("ann", date(2020, 1, 1), 1.0),
        ("ann", date(2020, 3, 31), 1.0),
        ("ann", date(2020, 4, 1), 3.0),
        ("ann", date(2031, 1, 1), 3.0),
        ("ann", date(2019, 12, 31), np.nan),
        ("bob", date(2020, 5, 1), 2.0),  # gone from the second quarter: the last that was so
        ("cy", date(2020, 2, 1), np.nan),
        ("dan", date(2020, 5, 1), np.nan),
    ],
)
def test_the_latest_state_that_began_by_the_date_is_given(truth, unit, as_of, expected):
    asked = [("eve", date(2020, 6, 1)), (unit, as_of), ("ann", date(2020, 2, 1))]
    pairs = pd.DataFrame(asked, columns=["unit_id", "as_of"]).astype({"unit_id": "category"})
    hidden, _ = state_at(pairs, truth)
    assert hidden["hidden_money"].tolist()[1:] == pytest.approx([expected, 1.0], nan_ok=True)


def test_the_parts_of_the_state_are_what_the_file_says_its_columns_are_about(truth):
    pairs = pd.DataFrame({"unit_id": pd.Categorical(["ann"]), "as_of": [date(2020, 2, 1)]})
    hidden, parts = state_at(pairs, truth)
    assert parts == {"mental health": ["hidden_mental", "hidden_own_mental"], "money": ["hidden_money"]}
    assert list(hidden) == ["hidden_mental", "hidden_own_mental", "hidden_money"]
