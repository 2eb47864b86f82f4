"""The sections of the model card on what the model uses, and what of that moves its scores."""

import pandas as pd

from models.blocks import Block, Items, Picture, Table, Text
from models.card_results import about
from models.disclosure import count
from models.offered import left_out, needed, protected, unused
from models.wording import capital, plain


def inputs(e) -> list[Block]:
    columns = pd.DataFrame(e["columns"])
    by_agency = columns.groupby("agency", sort=True).size().sort_values(ascending=False, kind="stable")
    share = e["importance"]["agency"].set_index("agency")["share"]
    top = e["importance"]["columns"].head(20).merge(columns, on="name")
    used, not_used = protected(e)
    allowed = [f"{plain(name, e['names'])}: {e['protected_inputs'][name]}" for name in used]
    return [
        Table(
            "Inputs by who recorded them",
            pd.DataFrame(
                {
                    "Recorded by": [capital(plain(a, e["names"])) for a in by_agency.index],
                    "Columns": by_agency.to_numpy(),
                    "Share of what moves the scores": [f"{share.get(a, 0) * 100:.0f}%" for a in by_agency.index],
                }
            ),
        ),
        Table(
            f"The {len(top)} columns that move the scores most",
            pd.DataFrame(
                {
                    "What the column holds": top["sentence"],
                    "Recorded by": [capital(plain(a, e["names"])) for a in top["agency"]],
                    "Share": [f"{s * 100:.0f}%" for s in top["share"]],
                }
            ),
        ),
        Text(
            "Protected attributes are not used, except these, for the reason given:"
            if allowed
            else "Protected attributes are not used, but to check the results by group."
        ),
        *([Items(allowed)] if allowed else []),
        *([Text(unused(not_used, e))] if not_used else []),
        Text(f"{needed(e)} {left_out(e)}"),
    ]


def what_moves(e) -> list[Block]:
    x = e["explanation"]
    drawn = f"{count(x['background_rows'])} {about(e)[1]} of the training dates, drawn at random"
    return [
        Text(
            "Each score is taken apart exactly into what each column added to it or took away, compared with "
            f"{drawn if x['background_rows'] else 'the training data'}. Method: {x['method']}. The pictures show "
            f"{count(x['rows'])} test rows. Contributions are in log-odds: 0.7 doubles the odds, -0.7 halves them."
        ),
        Text(
            "This says what the model used. It does not say why something happened, and changing an input would not "
            "change anyone's future."
        ),
        Picture(f"What the model used, for a sample of {about(e)[1]}", *e["charts"]["beeswarm"]),
        Picture("What moves the scores, by who recorded it", *e["charts"]["agency"]),
    ]
