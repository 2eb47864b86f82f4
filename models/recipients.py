"""Who gets a list, and which of its reasons they may be shown: one account for every document."""

from models.wording import capital, listed, plain

WITHHELD = "reasons that rest on records which it may not see are withheld, and it is told so"


def goes_to(e) -> str:
    """The team that gets the list, and whom every agreement under the inputs lets see all reasons.

    `e` is evidence with statements, names, and agreements: those that a column of the model rests on.
    """
    of = [set(agreement["recipients"]) for agreement in e["agreements"]]
    every = sorted(plain(agency, e["names"]) for agency in (set.intersection(*of) if of else ()))
    reasons = (
        f"All agreements under the inputs let the reasons be shown to: {listed(every)}. If the team is of another, "
        f"{WITHHELD}."
        if every
        else f"No agency is named in every agreement under the inputs: from the team, {WITHHELD}."
    )
    team = capital(e["statements"]["list_goes_to"])
    return f"{team}, and nobody else. Before that, the approval has to name the agency that it belongs to. {reasons}"
