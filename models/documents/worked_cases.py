"""The explanation report's section of worked cases: what a caseworker would read, and what would change the score."""

import pandas as pd

from models.blocks import Block, Facts, Items, Table, Text
from models.capacity import BANDS
from models.card_results import about
from models.disclosure import count
from models.reasons import HOUSEHOLD
from models.wording import day, lower, of_100, whole_of

WITHOUT_DETAIL = "about the household or others in it"


def cases(e: dict) -> list[Block]:
    told = e["explanation"]["cases"]
    whose = (
        f"They are invented {about(e)[1]} of the invented county."
        if e["single_view"]["invented"]
        else "They are nobody: rows of typical values, and of nothing at all. Nobody real is told of as a case."
    )
    blocks: list[Block] = [
        Text(
            f"What a caseworker would read, for {len(told)} cases. {whose} Under each: what the model would say if "
            "something feasible were otherwise, found by asking the model again. Either a year passes and nothing more "
            "of a kind is recorded, or what is open is closed. It is the score that would change. Whether the life "
            "would, no score can tell."
        )
    ]
    for case in told:
        blocks += _case(case)
    if any(what["factor"] > 1 for case in told for what in case["what_ifs"]):
        blocks.append(
            Text(
                "Where a score would rise with less on record, the model has learnt that from the past: a case that "
                "is open may protect, or a quiet record may be one that nobody has written in. Ask before believing it."
            )
        )
    return blocks


def _case(case: dict) -> list[Block]:
    whole = whole_of(case["score"])
    low, high = (_of(case[key], whole) for key in ("low", "high"))
    facts = [
        ("The case", case["case"]),
        ("Score", f"{of_100(case['score'])} (95% interval {low} to {high} of {whole:,})"),
    ]
    if "place" in case:
        among = f"{case['place']:,} of about {count(case['of'])} on {day(case['as_of'])}, the highest score first"
        facts.append(("Place by score", f"{among}: {'on the list' if case['band'] == BANDS[0] else 'not on the list'}"))
    facts += [
        ("Nothing recorded by", case["nothing_recorded_by"] or "no agency that is asked about"),
        ("Inputs with nothing recorded", of_100(case["unused"])),
    ]
    told: list[Block] = [Facts(facts)]
    told.append(Items(case["reasons"] or ["No input moves this score enough to be told."]))
    if not case["what_ifs"]:
        return [*told, Text("Nothing feasible would move this score by as much as 1 in 100 of its odds.")]
    rows = [
        (_if(what), f"{_of(what['score'], whole)} of {whole:,}", f"{what['factor']:.2f} times")
        for what in case["what_ifs"]
    ]
    columns = ["If", "The score would be", "Its odds would be"]
    return [*told, Table(f"{case['case']}: what the score would be if", pd.DataFrame(rows, columns=columns))]


def _if(what: dict) -> str:
    others = what["what"] == HOUSEHOLD.rstrip(",")  # what is not to be told in detail
    if what["kind"] == "closed":
        return f"what is open {WITHOUT_DETAIL} were closed" if others else f"this were closed: {lower(what['what'])}"
    if others:
        return f"for a year nothing more were recorded {WITHOUT_DETAIL}"
    return f"for a year nothing more were recorded of this: {lower(what['what'])}"


def _of(chance: float, whole: int) -> str:
    """A chance as so many of `whole`, to two digits where it is small."""
    many = chance * whole
    return f"{many:,.0f}" if many >= 10 else f"{many:.1f}"
