"""What the fitted model uses of what it was offered: which columns, whose records, which protected attributes; and
what each source of records was shown to add."""

from features.specs import NO_AGENCY
from models.card_results import sources
from models.wording import figure, listed, plain


def moving(e) -> set[str]:
    """The columns that move a score of those explained; one that the fitted model gives no weight moves none."""
    return {of["name"] for of in e["importance"]["columns"].to_dict("records") if of["share"] > 0}


def stands_for(e) -> set[str]:
    """The protected attributes that the columns which move the scores stand for."""
    return {column.get("protected") for column in e["columns"] if column["name"] in moving(e)} - {None}


def protected(e) -> tuple[list[str], list[str]]:
    """The protected attributes that the model uses, and those it was offered and does not use."""
    of_columns = {column.get("protected") for column in e["columns"]}
    offered = [name for name in e["protected_inputs"] if name in of_columns]
    used = stands_for(e)
    return [name for name in offered if name in used], [name for name in offered if name not in used]


def used_sources(e) -> tuple[list[str], list[str]]:
    """Of `models.card_results.sources`: those whose records move the scores, and those that do not.

    A column of several agencies' records rests on all of them.
    """
    moves = moving(e)
    rests = {name for column in e["columns"] if column["name"] in moves for name in column["agreement"].split(", ")}
    used = {plain(of["agency"], e["names"]) for of in e["agreements"] if of["name"] in rests}
    offered = sources(e)
    return [name for name in offered if name in used], [name for name in offered if name not in used]


def from_whom(e) -> str:
    """Whose records the model rests on, and whose it was offered and does not use, in sentences."""
    used, not_used = used_sources(e)
    together = ", by themselves or counted with others'" if len(used) > 1 else ""
    told = (
        f"The scores rest on the records of {listed(used)}{together}."
        if used
        else "No agency's records move the scores."
    )
    return told + (f" Those of {listed(not_used)} were offered but are not used." if not_used else "")


def needed(e) -> str:
    """Of how many agencies it was not shown that their records are needed: the model was fitted again without each."""
    known = [of for of in e["agencies"]["agencies"] if of["agency"] not in NO_AGENCY and _judged(of)]
    without = [of for of in known if of["lost"] and of["lost"]["low"] <= 0]
    if not known:
        return "Whether the records of any source are needed cannot be told."
    if not without:
        return (
            "The records of every source that could be judged were shown to be needed: without any of them the model "
            "ranks worse, or cannot be made."
        )
    if len(known) == 1:
        return "Its only source of records was not shown to be needed."
    if len(without) == len(known):
        return f"None of its sources of records, {len(known)} in all, was shown to be needed."
    were = "was" if len(without) == 1 else "were"
    return f"{len(without)} of its {len(known)} sources of records {were} not shown to be needed."


def not_needed(e) -> list[str]:
    """The groups of columns, by who recorded them, that were not shown to be needed, in words."""
    return [plain(name, e["names"]) for name, of in _lost(e).items() if of["low"] <= 0]


def left_out(e) -> str:
    """What became of the model without each source of records, and without all agencies', in sentences."""
    lost = _lost(e)
    better = [plain(name, e["names"]) for name, of in lost.items() if of["high"] < 0]
    told = ["The model was fitted again without each source alone; sources tell some of the same."]
    if better:
        told.append(f"It ranks better without the records of {listed(better)}.")
    together = e["agencies"]["every"]["lost"]
    if lost and together and together["low"] is not None:
        worse = f"ranks worse: its AUC is {figure('lost', together)} lower"
        told.append(
            "Without the records of all agencies at once it "
            f"{worse if together['low'] > 0 else 'was not shown to rank worse'}."
        )
    return " ".join(told)


def _lost(e) -> dict[str, dict]:
    """The AUC lost without each group of columns, where there is an interval."""
    return {of["agency"]: of["lost"] for of in e["agencies"]["agencies"] if of["lost"] and _judged(of)}


def _judged(of: dict) -> bool:
    """Whether it was seen what becomes of the model without these: it cannot be made, or there is an interval."""
    return of["lost"] is None or of["lost"]["low"] is not None


def unused(names: list[str], e) -> str:
    """That these were offered and are not used, in sentences; nothing where there are none."""
    if not names:
        return ""
    told = listed([plain(name, e["names"]) for name in names])
    return f"Offered but not used: {told}. {'It' if len(names) == 1 else 'They'} moved no score that was looked at."
