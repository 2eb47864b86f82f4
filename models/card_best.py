"""How near the model comes to the best possible: told where what the records hide is known because it was invented."""

import pandas as pd

from models.blocks import Block, Table, Text
from models.card_results import chosen
from models.headroom import AIM
from models.wording import TOO_FEW, capital, figure


def beside_the_best(e) -> list[Block]:
    h = e.get("headroom")
    if not h:
        return [
            Text(
                "A real county hides no truth to compare with: how much better anybody could rank is not known. In an "
                "invented county it is measured how near this way of making a model comes."
            )
        ]
    if chosen(e)["auc"] is None:
        return [Text(f"{capital(TOO_FEW)}.")]
    judged = {
        "AUC of this model": figure("auc", h["auc"]),
        "AUC of the best possible": figure("auc", h["ceiling_auc"]),
        "How far this model comes from chance (0.5) to the best possible": _share(h),
    }
    if h["best"] != e["chosen"]["name"]:
        simpler = f"Lost by not taking {e['titles'][h['best']]}, the best in the folds of time"
        judged[simpler] = figure("lost", h["lost"]["by_the_model"])
    judged["Lost because the records do not show it"] = figure("lost", h["lost"]["to_the_records"])
    adds = {capital(part): figure("lost", of) for part, of in h["adds"].items()}
    return [
        Text(
            "This county is invented, so what its records only hint at is on file. Models that are told all of it, "
            "with the records and without, are fitted on the same past; together they stand for the best that anybody "
            "could do. Where events are few even they have not learnt all, and the best possible may be better still."
        ),
        _table("Beside the best possible", judged),
        Text(explained(h, e["chosen"]["name"])),
        Text(
            "What is hidden has parts, and knowing one of them beside the records would add this much. They overlap, "
            "so the figures do not sum to the whole; a part that adds nothing may come out a little below 0 by chance."
        ),
        _table("AUC that knowing one part alone would add", adds),
    ]


def explained(h: dict, chosen: str) -> str:
    """How far it comes, what is lost, and why, from the figures of `models.headroom`."""
    share, records, model = h["share_of_ceiling"], h["lost"]["to_the_records"], h["lost"]["by_the_model"]
    if share["high"] is None:
        return "Too few had the outcome, or even the best possible is no better than chance, to say how near it comes."
    aimed = f"the {AIM:.0%} aimed at"
    if share["value"] >= AIM:
        reached = f"no less than {aimed}"
    elif share["high"] < AIM:
        reached = f"short of {aimed} by more than chance explains"
    else:
        reached = f"short of {aimed}, which chance alone may explain"
    told = [f"This model comes {_share(h)} of the way from chance to the best possible: {reached}"]
    part, adds = next(iter(h["adds"].items()))
    if records["low"] > 0:
        told.append("What the records lack is the need behind a contact with a service, and need without any contact")
        if adds["low"] > 0:
            told.append(f"What it would help most to know: {part}")
    else:
        told.append("Whether the records lack anything can't be told from so few events")
    if chosen == h["best"]:
        told.append("No other candidate was better in the folds of time")
    elif model["low"] > 0:
        told.append("Some is lost by taking a simpler model than the best")
    else:
        told.append("Taking a simpler model than the best loses nothing that can be told from chance")
    return ". ".join(told) + "."


def best_line(e) -> list[tuple[str, str]]:
    """The fact for the card's summary; none of a real county."""
    h = e.get("headroom")
    if not h or chosen(e)["auc"] is None:
        return []
    told = (
        f"{_share(h)} of the way from chance to what anybody could reach who knew all that this invented county hides."
    )
    return [("How near the best possible", told)]


def _share(h: dict) -> str:
    return figure("share_of_ceiling", h["share_of_ceiling"])


def _table(caption: str, rows: dict[str, str]) -> Table:
    return Table(caption, pd.DataFrame({"Figure": list(rows), "Value (95% interval)": list(rows.values())}))
