"""The answers on an outcome's page that say where to doubt the model: for whom it fails, what can't be judged, whether
it reads ethnicity, what a wrong flag costs, and how stable its lists are."""

import pandas as pd

from models.blocks import Answer, Block, Items, Picture, Table, Text
from models.card_results import about, chosen, unevaluable, value
from models.disclosure import too_few
from models.site_charts import gaps as draw_gaps
from models.svg import hundred
from models.wording import TOO_FEW, capital, figure, listed, of_100, plain

ETHNICITY = "ethnicity"
# What one more group would need to be judged is told in steps: years to the last month would give its events away.
YEARS = ((2, "up to 2 years"), (5, "2 to 5 years"), (10, "5 to 10 years"), (20, "10 to 20 years"))
LONGEST = "more than 20 years"
NO_AUDIT = "This run has no fairness audit beyond the figures by group; the model card has those."


def fails_for(e) -> list[Block]:
    if not e["audit"]:
        return [Answer(NO_AUDIT), Picture("How well the model ranks within each group", *e["charts"]["groups"])]
    rows = gaps(e)
    worse = [r for r in rows if r["low"] is not None and r["low"] > 0]
    who = listed([f"{r['group']} ({plain(r['attribute'], e['names'])})" for r in worse]) if worse else ""
    said = (
        f"Missed more often than the county on the whole, beyond chance: {who}."
        if worse
        else ("No group is missed more often than the county on the whole beyond chance.")
    )
    blocks: list[Block] = [Answer(f"{said} {len(rows)} groups had enough events for that to be judged.")]
    if rows:
        blocks.append(Picture("How much more often each group is missed than the county", *draw_gaps(rows, e["names"])))
    return [*blocks, *_over_promised(e)]


def gaps(e) -> list[dict]:
    """The groups whose share of missed may be shown, with the gap to the county: attribute, group, value, low, high."""
    return _against_county(e, "fnr_gap", "events")


def _against_county(e, figure_of: str, under: str) -> list[dict]:
    """A figure of the audit for each group where it rests on enough found of those `under` the line to be shown."""
    counts, rows = _counts(e["groups"]), []
    for attribute, records in e["audit"]["gaps"].items():
        for record in records:
            of, held = record["county"].get(figure_of), counts.get((attribute, record["group"]))
            if held and of and of["value"] is not None and not too_few(held["found"], held[under]):
                rows.append({"attribute": attribute, "group": record["group"], **of})
    return rows


def _counts(groups: dict[str, list[dict]]) -> dict[tuple[str, str], dict]:
    """How many of each group were found, flagged and had the outcome; of broad groups ("Asian", of "Asian: Indian" and
    others, which the audit also looks at) by adding up their parts."""
    counts: dict[tuple[str, str], dict] = {}
    for attribute, records in groups.items():
        for record in records:
            of = {name: record[name] for name in ("events", "flagged", "found")}
            broad, _, part = record["group"].partition(": ")
            counts[attribute, record["group"]] = of
            if part:
                sum_of = counts.setdefault((f"{attribute}_broad", broad), dict.fromkeys(of, 0))
                counts[f"{attribute}_broad", broad] = {name: sum_of[name] + n for name, n in of.items()}
    return counts


def _over_promised(e) -> list[Block]:
    """The groups that are flagged wrongly more often than the county, beyond chance."""
    worse = [
        f"{r['group']} ({plain(r['attribute'], e['names'])}): a flag is right {r['value']:.2f} times as often as in "
        f"the county ({r['low']:.2f} to {r['high']:.2f})"
        for r in _against_county(e, "ppv_ratio", "flagged")
        if r["high"] is not None and r["high"] < 1
    ]
    if not worse:
        return [Text("No group's flags are right less often than the county's beyond chance.")]
    return [Text("Flags are right less often than the county's, beyond chance, for:"), Items(worse)]


def cannot_be_judged(e) -> list[Block]:
    lacking = {
        (a, r["group"]) for a, records in e["groups"].items() for r in records if {"fnr", "ppv"} & set(r["unevaluable"])
    }
    groups = sum(len(records) for records in e["groups"].values())
    gates = [g for g in (e["gates"] or {}).get("gates", []) if g["state"] == "unevaluable"]
    told = f"For {len(lacking)} of {groups} groups the test can't tell how many are missed or how often a flag is right"
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
    for attribute, records in e["audit"]["gaps"].items():
        for record in records:
            needed = (record["unevaluable"] or {}).get("fnr_gap")
            if needed:
                rows.setdefault((attribute, years(needed["years_needed"])), []).append(record["group"])
    if not rows:
        return []
    table = pd.DataFrame(
        [(capital(plain(a, e["names"])), "; ".join(groups), told) for (a, told), groups in rows.items()],
        columns=["By", "Groups", "Records that it would take"],
    )
    return [Table("How long until a group's share of missed could be judged, at this rate", table)]


def years(needed: float | None) -> str:
    """A span of years in steps.

    >>> years(3.2), years(48.1), years(None)
    ('2 to 5 years', 'more than 20 years', 'more than 20 years')
    """
    return next((said for most, said in YEARS if needed is not None and needed <= most), LONGEST)


def ethnicity(e) -> list[Block]:
    if e["outcome"]["unit"] == "property":
        told = "Not directly: it is about dwellings, which have no ethnicity. The places where people live still differ"
        return [Answer(f"{told} by it, and the results by district and deprivation are the only check there is.")]
    proxies = (e["audit"] or {}).get("proxies") or {}
    if not proxies:
        return [Answer("Not known: this run has not tried to read protected attributes from the model's inputs.")]
    of = proxies.get(ETHNICITY)
    used = [name for name in e["protected_inputs"] if name == ETHNICITY]
    blocks: list[Block] = [Answer(_reads(of) + (" It is itself an input." if used else " It is not itself an input."))]
    rows = {
        "Attribute": [capital(plain(name, e["names"])) for name in proxies],
        "How well it can be read (AUC)": [figure("auc", p["auc"]) for p in proxies.values()],
        "Carried most by": [p["carriers"][0]["sentence"] if p.get("carriers") else "nothing" for p in proxies.values()],
    }
    blocks.append(Table("Reading protected attributes from the model's inputs: 0.5 is guessing", pd.DataFrame(rows)))
    highest = (of or {}).get("highest")
    if highest and highest["auc"]["value"] is not None:
        blocks.append(Text(f"Read best of all: {highest['group']}, AUC {figure('auc', highest['auc'])}."))
    gate = next((g for g in (e["gates"] or {}).get("gates", []) if g["number"] == 13), None)
    if gate:
        blocks.append(Text(f"The gate on this: {gate['rule']} Found: {gate['figure']}"))
    return blocks


def _reads(of: dict | None) -> str:
    if not of or of["auc"] is None or of["auc"]["value"] is None:
        return f"Can't be told: {(of or {}).get('reason') or 'too few people of any group but the largest'}."
    auc = of["auc"]["value"]
    how = "hardly" if auc < 0.6 else "to some degree" if auc <= 0.75 else "well"
    return f"Ethnicity can be read from its inputs {how}: AUC {figure('auc', of['auc'])}, where 0.5 is guessing."


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
            ]
        ),
    ]


def stable(e) -> list[Block]:
    s = e["stability"]
    again = round(s["recur"] * 100)
    said = f"Of 100 {about(e)[1]} on a list, about {again} are listed again in most refits"
    return [
        Answer(
            f"Of those listed, {of_100(s['recur'])} are listed again in at least seven of ten refits, each as if other "
            "households of the same county had been on record."
        ),
        Picture(said, hundred(again, "steady", said), pd.DataFrame({said: [again]}), small=True),
        Picture("How much scores move when the model is fitted again", *e["charts"]["instability"]),
    ]
