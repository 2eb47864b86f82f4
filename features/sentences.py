"""Say in plain English what a column holds and when an outcome comes true, for readers who do not program.

The sentences are printed in model cards, data dictionaries and reasons; they are made from the specs, so that no
sentence can say something else than what is computed.
"""

from features.load import OF_SPELLS, Catalogue, of_feature, selected
from features.outcomes import Occurs, Outcome, Reaches, StaysOpen
from features.specs import Column, Events, Kind

SCOPE_WORDS = {
    "resident": "the resident",
    "home": "the resident and of their household itself",
    "household": "the resident, of the other members of their household and of the household itself",
    "property": "the property",
}


def sentence(column: Column, catalogue: Catalogue, unit: str = "resident") -> str:
    """What the column holds of a resident or property: one sentence, without its full stop.

    >>> from features.specs import Feature, Kind, count, events
    >>> arrest = Feature("arrests", count(events("police", "arrest")), days=(365,), none=0, why="it is an example")
    >>> view = Catalogue((Kind("police", "arrest", "arrest"),), (arrest,), names={"police": "the police"})
    >>> sentence(arrest.columns[0], view)
    'Arrests, recorded by the police, in the last year'
    """
    of = column.feature.measure.of
    said = _of_nothing(column, catalogue, unit) if of is None else _of_events(column, of, catalogue, unit)
    return said[0].upper() + said[1:]


def rule_sentence(outcome: Outcome, catalogue: Catalogue) -> str:
    """When the outcome comes true, and among whom: whole sentences."""
    if isinstance(outcome.rule, StaysOpen):
        when = f"{_duration(outcome.gap_days + outcome.horizon_days)} after"
        shown = f"still show an open {_selection(outcome.rule.of, catalogue)} that began before it"
    else:
        window = _duration(outcome.horizon_days).removeprefix("1 ")
        begin = "begins" if window == "year" else "begin"
        gap = f"that {begin} {_count(outcome.gap_days, 'day')} after" if outcome.gap_days else "from"
        when, shown = f"in the {window} {gap}", f"show {_rule(outcome, catalogue)}"
    records = f"records of {SCOPE_WORDS[outcome.rule.scope]} {shown}"
    return f"Comes true if, {when} the as-of date, {records}. {_among(outcome, catalogue)}."


def period(days: int) -> str:
    """A window that ends at the as-of date, in words.

    >>> period(1), period(90), period(365), period(1095)
    ('the last day', 'the last 90 days', 'the last year', 'the last 3 years')
    """
    return "the last " + _duration(days).removeprefix("1 ")


def join(words: list[str] | tuple[str, ...], by: str = "and") -> str:
    """Words as a list in a sentence.

    >>> join(["a"]), join(["a", "b"], "or"), join(["a", "b", "c"])
    ('a', 'a or b', 'a, b and c')
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {by} {words[-1]}"


def plain(name: str, catalogue: Catalogue) -> str:
    """An agency's or attribute's name in plain English."""
    return catalogue.names.get(name, name.replace("_", " "))


def _of_events(column: Column, of: Events, catalogue: Catalogue, unit: str) -> str:
    feature, days = column.feature, column.days
    kinds = of_feature(feature, catalogue.kinds)
    one, many = _noun(of, kinds, feature.measure.op, 1), _noun(of, kinds, feature.measure.op, 2)
    who = _whose(feature.grain, of, kinds, unit)
    by = f", recorded by {plain(of.agency, catalogue)}" if of.agency else ", from any agency"
    window = f", in {period(days[0])}" if days else ""
    match feature.measure.op:
        case "count" if feature.grain == "area":
            return f"{many}{who} per 1,000 residents of the neighbourhood{by}{window}"
        case "count":
            return f"{many}{who}{by}{window}"
        case "distinct_days":
            return f"days with {_article(one)} {one}{who}{by}{window}"
        case "total":
            return f"total {_unit(kinds)} of {many}{who}{by}{window}"
        case "largest":
            amount = _unit(kinds) if kinds[0].amount == "pence" else f"number of {_unit(kinds)}"
            return f"largest {amount} of any {one}{who}{by}{window}"
        case "highest_tier":
            return f"highest tier of any {_unscaled(of, one)}{who}, {_scale(kinds)}{by}{window}"
        case "distinct_agencies":
            return f"different agencies with {_article(one)} {one}{who}{window}"
        case "days_since_last":
            return f"days since the last {one}{who}{by}" + (f", looking back over {period(days[0])}" if days else "")
        case "recent_to_long":
            return (
                f"{many}{who}{by}: how often in {period(days[0])} compared with {period(days[1])} "
                "(above 1 means more often of late)"
            )
        case "open_now":
            return f"open {many}{who}{by}"
        case "days_open":
            return f"days since the start of the longest open {one}{who}{by}"
        case "highest_open_tier":
            return f"highest tier of any open {_unscaled(of, one)}{who}, {_scale(kinds)}{by}"


def _of_nothing(column: Column, catalogue: Catalogue, unit: str) -> str:
    measure = column.feature.measure
    match measure.op:
        case "moves":
            return f"changes of home in {period(column.days[0])}"
        case "days_at_home":
            return "days since the residency at the present home began"
        case "age":
            return "age in completed years"
        case "members":
            included = ", the resident included" if unit == "resident" else ""
            return f"people{_ages(measure.ages)} in the household{included}"
    name = plain(measure.name, catalogue)
    if column.category is not None:
        return f"{name}: {column.category} (1 if so, 0 if not)"
    if measure.order:
        return f"{name}, from {measure.order[0]} (0) to {measure.order[-1]} ({len(measure.order) - 1})"
    return name


def _noun(of: Events, kinds: tuple[Kind, ...], op: str, number: int) -> str:
    if of.kinds:
        said = join([kind.phrase if number == 1 else kind.plural for kind in kinds], "or" if number == 1 else "and")
    else:
        said = ("spell" if op in OF_SPELLS else "record") + ("" if number == 1 else "s")
        said += f" on the ladder {_scale(kinds)}" if of.ladder else " of any kind"
    if of.min_tier is not None:
        said += f" at tier {of.min_tier} ({dict(kinds[0].tiers).get(of.min_tier, 'unnamed')}) or above"
    if of.min_amount is not None:
        said += f" of at least {of.min_amount} {kinds[0].amount}"
    return said


def _unscaled(of: Events, noun: str) -> str:
    return noun.split(" on the ladder ")[0] if of.ladder and not of.kinds else noun


def _whose(grain: str, of: Events, kinds: tuple[Kind, ...], unit: str) -> str:
    units = {kind.unit for kind in kinds}
    one, all_of_them = ("another member", "other members") if unit == "resident" else ("a person", "people")
    if grain == "household" and units == {"household"}:
        return " of the household"
    if grain == "household" and of.role:
        return f" with {one} of the household as {of.role}"
    if grain == "household":
        return f" among the {all_of_them} of the household" + (" or about it" if "household" in units else "")
    if grain == "area":
        return f" with a resident as {of.role}" if of.role else ""
    return (f" as {of.role}" if of.role else "") + (" at the property" if grain == "property" else "")


def _unit(kinds: tuple[Kind, ...]) -> str:
    return "amount (in pence)" if kinds[0].amount == "pence" else kinds[0].amount


def _scale(kinds: tuple[Kind, ...]) -> str:
    (low, first), (high, last) = kinds[0].tiers[0], kinds[0].tiers[-1]
    return f"from {first} ({low}) to {last} ({high})"


def _article(noun: str) -> str:
    return "an" if noun.startswith(("a", "e", "i", "o", "A&E")) else "a"


def _ages(ages: tuple[int | None, int | None]) -> str:
    low, high = ages
    if high is None:
        return "" if low is None else f" aged {low} or over"
    return f" under {high}" if not low else f" aged {low} to {high - 1}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _duration(days: int) -> str:
    return _count(*((days // 365, "year") if days % 365 == 0 else (days, "day")))


def _rule(outcome: Outcome, catalogue: Catalogue) -> str:
    rule = outcome.rule
    if isinstance(rule, Occurs):
        return f"at least one {join([_selection(of, catalogue) for of in rule.any_of], 'or')}"
    if isinstance(rule, Reaches):
        contacts = join([name for name, _ in rule.contacts])
        return f"at least {rule.at_least} of {len(rule.contacts)} kinds of disadvantage: {contacts}"
    ladders = [_scale(selected(Events(ladder=ladder), catalogue.kinds)) for ladder, _ in rule.ladders]
    return (
        "a higher tier than the highest one open at the as-of date on the same ladder, where the "
        f"{'ladder is' if len(ladders) == 1 else 'ladders are'} {'; '.join(ladders)}"
    )


def _selection(of: Events, catalogue: Catalogue) -> str:
    kinds = selected(of, catalogue.kinds)
    by = plain(of.agency, catalogue) if of.agency else "any agency"
    return f"{_noun(of, kinds, 'count', 1)}{f' as {of.role}' if of.role else ''} recorded by {by}"


def _among(outcome: Outcome, catalogue: Catalogue) -> str:
    if outcome.unit == "property":
        return "Among dwellings that are known and lived in"
    among = outcome.among
    said = f"Among residents{_ages(among.ages)} who are known, alive and living in the area"
    conditions = []
    if among.involved:
        conditions.append("with a spell open on one of the ladders, below its top tier")
    if among.not_already_days:
        conditions.append(f"for whom it was not already so in {period(among.not_already_days)}")
    if outcome.trigger:
        trigger = _selection(outcome.trigger, catalogue)
        conditions.append(f"asked about on the day after {_article(trigger)} {trigger} became known")
    return ", ".join([said, *conditions])
