"""The section that specifies the model in full: its form, its options, and how a score is worked out."""

import pandas as pd

from models.blocks import Block, Facts, Fold, Items, Link, Table, Text
from models.wording import capital, places

# What the options of the candidates stand for.
OPTIONS = {
    "column": "The column that it sorts by",
    "columns": "Columns on the card, at most",
    "cuts": "Thresholds of each column, at most",
    "C": "Strength of the data against the penalty on coefficients",
    "n_estimators": "Trees, each a correction of those before it",
    "learning_rate": "Share of each correction that is taken",
    "num_leaves": "Leaves of a tree, at most",
    "max_depth": "Questions in a row in a tree, at most",
    "min_child_samples": "Rows in a leaf, at least",
    "colsample_bytree": "Share of the columns that a tree may use",
    "reg_lambda": "Penalty on what a leaf says",
}


def section(e) -> list[Block]:
    options = e["chosen"]["options"].items()
    table = {"Option": [f"{OPTIONS[name]} ({name})" for name, _ in options], "Value": [f"{of}" for _, of in options]}
    return [
        Text(e["chosen"]["reason"]),
        Facts(
            [
                ("Form", capital(e["titles"][e["chosen"]["name"]])),
                ("Inputs", Link(f"{len(e['columns'])} columns, each defined in the feature register", REGISTER)),
                (
                    "How to get it",
                    "The model is saved whole, in formats of scikit-learn and LightGBM, with its "
                    "calibration and the hash of how every column is computed; the run id below finds it.",
                ),
                ("Model and run id", e["identity"]),
                ("SHA-256 of the model and its intervals", e["seal"]),
            ]
        ),
        Text(
            "Its options were set before the test dates were looked at. They stand in the parameters of the run, with "
            "the reason for each; others can be tried in the same folds of time, never on the test. Nothing was tuned "
            "for a group."
        ),
        Table("The options of the model", pd.DataFrame(table)),
        *_in_full(e),
    ]


REGISTER = "../features.html"


def _in_full(e) -> list[Block]:
    s = e["specification"]
    (base, slope) = s["line"]
    calibrated = (
        f"The score is 1 / (1 + exp(-z)). Calibration makes z = {_number(base)} {_signed(slope)} x, where x are the "
        "log-odds of the model itself."
    )
    if "trees" in s:
        return [
            Text(
                f"x is the sum of {s['trees']:,} trees, {_depth(s['depth'])}. They are too many "
                "to print: the saved model, which the hash names, is their specification."
            ),
            Text(calibrated),
        ]
    (first, *others) = s["terms"]
    if first["column"] is None:
        return [
            Text(f"x = {_number(s['intercept'])} {_signed(first['weight'])} times the total of points."),
            Items([Link("The points of each line", "card.html#choice")]),
            Text(calibrated),
        ]
    said = {column["name"]: column for column in e["columns"]}
    rows = [_row(term, said[term["column"]]) for term in (first, *others)]
    return [
        Text(
            f"x is {_number(s['intercept'])}, and for each column its weight times its value. Where the table "
            "says so, it is the arcsinh of the value, which is like the logarithm for large ones."
        ),
        Text(calibrated),
        Fold(
            f"The {'weight' if not others else f'weights of all {len(rows)} columns'}",
            "All that is needed to work out a score by hand.",
            [Table("The model, column by column", pd.DataFrame(rows))],
        ),
    ]


def _depth(questions: int) -> str:
    return (
        f"of {('no', 'one')[questions]} question each"
        if questions < 2
        else f"of at most {questions} questions in a row"
    )


def _row(term: dict, column: dict) -> dict[str, str]:
    return {
        "Column": column["sentence"],
        "Value": "arcsinh of it" if term["curved"] else "as it is",
        "Weight": _signed(term["weight"]).replace(" ", ""),
        "Where it is missing": "never missing" if column.get("none") is not None else _gap(term),
    }


def _gap(term: dict) -> str:
    if term["filled"] is None:
        return "as at the end of least risk"
    gap = f", and {_signed(term['gap']).replace(' ', '')}" if term["gap"] else ""
    return f"as {_number(term['filled'])}{gap}"


def _number(value: float) -> str:
    """To three significant digits: enough for the score of a row to agree to a hundredth of itself."""
    return f"{value:,.{places(value, significant=3)}f}"


def _signed(value: float) -> str:
    return f"{'-' if value < 0 else '+'} {_number(abs(value))}"
