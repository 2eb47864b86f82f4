"""The answers on an outcome's page that say where to doubt the model: for whom it fails, what can't be judged, whether
it reads ethnicity, what a wrong flag costs, and how stable its lists are."""

from collections.abc import Callable

import pandas as pd

from models import beside_county
from models.blocks import Answer, Block, Items, Picture, Table, Text
from models.card_results import about, as_if_seen, chosen, unevaluable, value
from models.card_trust import again, few_refits, listed_again
from models.fairness import largest
from models.offered import protected, unused
from models.site_charts import gaps as draw_gaps
from models.site_gates import STATES
from models.svg import hundred
from models.wording import TOO_FEW, capital, figure, listed, of_100, plain

ETHNICITY = "ethnicity"
HARDLY, WELL = 0.6, 0.75  # AUC: as good as guessing; as well as the inputs tell a risk
HIDDEN = " *"
# How a group's figure is told where it is worse off otherwise than by being missed: its kind, and what it is.
ALSO = {
    "wrongly": ("ratio", "how often a flag is right, over the county's"),
    "too high": ("o_e", "observed for each expected"),
    "too low": ("o_e", "observed for each expected"),
}
YEARS = ((2, "up to 2 years"), (5, "2 to 5 years"), (10, "5 to 10 years"), (20, "10 to 20 years"))
LONGEST = "more than 20 years"
NO_AUDIT = "This run has no fairness audit beyond the figures by group; the model card has those."


def fails_for(e) -> list[Block]:
    if not e["audit"]:
        return [Answer(NO_AUDIT), Picture("How well the model ranks within each group", *e["charts"]["groups"])]
    hardly = [few] if (few := beside_county.hardly_ever(e)) else []
    if not beside_county.any_told(e):
        return [Answer(beside_county.nobody_worse(e)), *map(Text, hardly)]
    rows, worse = told(e, "fnr_gap"), _named(e, "missed")
    said = (
        f"Missed more often than the county as a whole, beyond chance: {worse}."
        if worse
        else "No group that can be judged is missed more often than the county as a whole, beyond chance."
    )
    shown = f"The figures of {len(rows)} groups rest on enough to be shown; * stands for one that does not."
    blocks: list[Block] = [Answer(f"{said} {shown}")]
    if rows:
        named = beside_county.worse_off(e, "missed")
        drawn = [row | {"worse": row["group"] in named.get(row["attribute"], [])} for row in rows]
        blocks.append(
            Picture("How much more often each group is missed than the county", *draw_gaps(drawn, e["names"]))
        )
    return [*blocks, Items([*_also(e), *hardly]), Text(beside_county.by_chance(e))]


def told(e, figure_of: str) -> list[dict]:
    """A figure of the audit for each group where it may be shown: attribute, group, value, low and high."""
    found = []
    for attribute, records in e["audit"]["gaps"].items():
        if len(records) == 1:  # a group that is everybody can't be behind them
            continue
        of_group = {record["group"]: record["county"].get(figure_of) for record in records}
        said = {figure_of: lambda of: "told" if of and of["value"] is not None else ""}
        may = beside_county.table(attribute, e, said)
        shown = may.loc[may[figure_of] == "told", "group"]
        found += [{"attribute": attribute, "group": group, **of_group[group]} for group in shown]
    return found


def _named(e, way: str, say: Callable[[dict], str] = lambda of: "") -> str:
    """The groups that are clearly worse off in one of `beside_county.WORSE`, by attribute, "" where there is none; with
    what `say` makes of the figure of each, or * where it is hidden."""
    shown = {(of["attribute"], of["group"]): of for of in told(e, beside_county.WORSE[way].figure)}
    groups = {
        attribute: [f"{group}{say(of) if (of := shown.get((attribute, group))) else HIDDEN}" for group in names]
        for attribute, names in beside_county.worse_off(e, way).items()
    }
    return beside_county.by_attribute(groups, e["names"])


def _also(e) -> list[str]:
    """What else may be wrong beside being missed: listed wrongly, scored too high or too low, hardly ever listed."""
    found = {way: _named(e, way, lambda of, name=name: f": {figure(name, of)}") for way, (name, _) in ALSO.items()}
    lines = [f"{beside_county.WORSE[way].said}; {ALSO[way][1]}: {groups}." for way, groups in found.items() if groups]
    if not found["wrongly"]:
        lines.append("No group that can be judged is listed wrongly more often, beyond chance.")
    if not found["too high"] and not found["too low"]:
        lines.append("No group that can be judged is clearly scored too high or too low.")
    return lines


def cannot_be_judged(e) -> list[Block]:
    groups = [record for attribute in largest(e["groups"]) for record in e["groups"][attribute]]
    lacking = sum(bool({"fnr", "ppv"} & {*record["unevaluable"]}) for record in groups)
    gates = [g for g in (e["gates"] or {}).get("gates", []) if g["state"] == "unevaluable"]
    told = f"For {lacking} of {len(groups)} groups the test can't tell how many are missed or how often a flag is right"
    blocks: list[Block] = [
        Answer(f"{told}. {f'{len(gates)} gates could not be judged.' if gates else ''}".strip()),
        *unevaluable(e),
        *_what_it_takes(e),
    ]
    if gates:
        blocks += [Text("Gates that could not be judged:"), Items([f"{g['number']}. {g['title']}" for g in gates])]
    return blocks


def _what_it_takes(e) -> list[Block]:
    if not e["audit"]:
        return []
    rows: dict[tuple[str, str], list[str]] = {}
    for attribute in e["audit"]["gaps"]:
        for need in beside_county.to_settle(attribute, e):
            if need.figure == "fnr_gap":
                rows.setdefault((attribute, years(need.years)), []).append(need.group)
    if not rows:
        return []
    table = pd.DataFrame(
        [(capital(plain(a, e["names"])), "; ".join(groups), told) for (a, told), groups in rows.items()],
        columns=["By", "Groups", "Records that it would take"],
    )
    return [Table("How long until a group's share of missed could be judged, at this rate", table)]


def years(needed: int | None) -> str:
    """A span of years in steps.

    >>> years(3), years(48), years(None)
    ('2 to 5 years', 'more than 20 years', 'cannot be said: so few are on record')
    """
    if needed is None:
        return "cannot be said: so few are on record"
    return next((said for most, said in YEARS if needed <= most), LONGEST)


def ethnicity(e) -> list[Block]:
    if e["outcome"]["unit"] == "property":
        told = "Not directly: it is about dwellings, which have no ethnicity. The places where people live still differ"
        return [Answer(f"{told} by it, and the results by district and deprivation are the only check there is.")]
    proxies = (e["audit"] or {}).get("proxies") or {}
    if not proxies:
        return [Answer("Not known: this run has not tried to read protected attributes from the model's inputs.")]
    of = proxies.get(ETHNICITY) or {}
    used, not_used = protected(e)
    itself = " It is itself an input." if ETHNICITY in used else " It is not itself an input."
    blocks: list[Block] = [Answer(_reads(of) + (f" {unused([ETHNICITY], e)}" if ETHNICITY in not_used else itself))]
    if of.get("groups"):
        by_group = [(group["group"], figure("auc", group["auc"])) for group in of["groups"]]
        columns = ["Ethnic group", "How well it can be told from all others (AUC, 95% interval)"]
        blocks.append(
            Table("Reading each ethnic group from the model's inputs", pd.DataFrame(by_group, columns=columns))
        )
    if few := beside_county.untried(e["audit"], ETHNICITY):
        blocks.append(Text(f"Not tried, since too few households are of the group or of all others: {listed(few)}."))
    rows = {
        "Attribute": [capital(plain(name, e["names"])) for name in proxies],
        "How well it can be read (AUC)": [figure("auc", p["auc"]) for p in proxies.values()],
        "Carried most by": [p["carriers"][0]["sentence"] if p.get("carriers") else "nothing" for p in proxies.values()],
    }
    blocks.append(Table("Reading protected attributes from the model's inputs: 0.5 is guessing", pd.DataFrame(rows)))
    gate = next((g for g in (e["gates"] or {}).get("gates", []) if g["number"] == 13), None)
    if gate:
        blocks.append(Text(f"The gate on this: {gate['rule']} Found: {gate['figure']}"))
    return blocks


def _reads(of: dict) -> str:
    """How well ethnicity can be read, by the intervals of the mean and of every group that was tried."""
    tried = [told for told in (of.get("auc"), *(group["auc"] for group in of.get("groups", []))) if told]
    tried = [told for told in tried if told["low"] is not None and told["high"] is not None]
    if not tried:
        return f"Can't be told: {of.get('reason') or 'too few people of any group but the largest'}."
    low, high = max(told["low"] for told in tried), max(told["high"] for told in tried)
    if low > WELL:
        how = "can be read well from its inputs, of one group at least"
    elif high <= HARDLY:
        how = "can hardly be read from its inputs"
    elif high <= WELL:
        how = "can be read from its inputs to some degree at most"
    else:
        how = "may be readable from its inputs: whether well or hardly at all can't be told of every group"
    return (
        f"Ethnicity {how}. On average over the groups that were tried: AUC {figure('auc', of['auc'])}; 0.5 is guessing."
    )


def wrong_flag(e) -> list[Block]:
    m = chosen(e)
    right, found = value(m, "precision_at_capacity"), value(m, "recall_at_capacity")
    wrong = TOO_FEW if right is None else f"{of_100(1 - right)} {about(e)[1]} on a list did not have the outcome"
    missed = TOO_FEW if found is None else f"{of_100(1 - found)} {about(e)[1]} with the outcome were not on it"
    worth = e["worth"]["worth"]
    return [
        Answer(e["outcome"]["wrong_flag"]),
        Items(
            [
                f"Flagged wrongly: {wrong}.",
                f"Missed: {missed}.",
                f"The service takes finding one in time to be worth {worth:,} needless looks.",
                f"A right flag: {e['outcome']['correct_flag']}",
                *([as_if_seen(e)] if as_if_seen(e) else []),
            ]
        ),
    ]


def stable(e) -> list[Block]:
    gate = next((gate for gate in (e["gates"] or {}).get("gates", []) if gate["name"] == "stability"), None)
    asked = f"The gate on this {STATES[gate['state']]}. It asks: {gate['rule']}" if gate else ""
    again_said = f"{listed_again(e)}, each as if other households of the same county had been on record."
    blocks: list[Block] = [Answer(" ".join(filter(None, (again_said, few_refits(e), asked))))]
    if of_again := again(e):
        filled = round(of_again["value"] * 100)
        said = f"Of 100 {about(e)[1]} on a list, about {filled} are listed again in most refits"
        blocks.append(Picture(said, hundred(filled, "steady", said), pd.DataFrame({said: [filled]}), small=True))
    return [*blocks, Picture("How much scores move when the model is fitted again", *e["charts"]["instability"])]
