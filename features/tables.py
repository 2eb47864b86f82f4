"""The single view, version 1: its tables, their columns, and what must hold in them.

The contract stands here once. The readers, `foresight check` and the data dictionary follow from it: a column is
named with its type and caveat, and every rule that concerns one row is either generated from the columns (`rules`)
or written beside its table. Dates are whole days, every `ended_on` is exclusive, and an end without the day on which
it was recorded is a fault.
"""

from dataclasses import dataclass

VERSION = 1
# The type that a reader delivers for each type of the contract.
TYPES = {"text": "VARCHAR", "date": "DATE", "int": "BIGINT", "float": "DOUBLE", "bool": "BOOLEAN"}
UNITS = ("resident", "household", "property")
OLDEST_YEARS = 120  # the longest life on record is 122 years; older is a placeholder for an unknown birth date


@dataclass(frozen=True)
class Column:
    """A column: its type (text, date, int, float, bool) and what its values must satisfy.

    `required` columns must exist; `nullable` ones may be empty in a row. `values` lists the vocabulary, `low` and
    `high` bound a number, inclusive. `learnt` marks a day on which something became known, which is before the day
    of extraction; `records` names the dated fact that became known on it. The caveat is for the data dictionary.
    """

    name: str
    type: str
    caveat: str
    required: bool = True
    nullable: bool = True
    values: tuple[str | int, ...] = ()
    low: float | None = None
    high: float | None = None
    learnt: bool = False
    records: str | None = None


@dataclass(frozen=True)
class Reference:
    """Each value of `column` (in rows where `where` holds) stands in `key` of `table`."""

    column: str
    table: str
    key: str
    where: str = "TRUE"


@dataclass(frozen=True)
class Rule:
    """What must hold in each row; `broken` is SQL that is true of a row at fault, `{extract_on}` the extraction day.

    The fault is reported at the first of `columns`; they are all that `broken` reads.
    """

    columns: tuple[str, ...]
    says: str
    broken: str
    advice: str
    severity: str = "fatal"


@dataclass(frozen=True)
class Table:
    """A table: its columns, the key that is unique in it (none: rows may repeat), and its own rules and references.

    `open` tables keep columns that the contract does not know, as attributes; elsewhere they are left aside.
    """

    name: str
    caveat: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    required: bool = True
    open: bool = False
    rules: tuple[Rule, ...] = ()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True)
class Fault:
    """A rule that a single view breaks: where, how many rows, and what to do. Never a value that names anybody.

    `severity` is "fatal" (nothing is built from such a single view) or "warning". `rows` is None where the fault is
    not of rows (a column that is not there); `column` is empty where it is of the whole table.

    >>> print(Fault("events", "ended_on", "must not be before occurred_on", 3, "warning", "correct the dates"))
    events.ended_on must not be before occurred_on (3 rows): correct the dates
    """

    table: str
    column: str
    rule: str
    rows: int | None
    severity: str
    advice: str

    def __str__(self) -> str:
        where = f"{self.table}.{self.column}" if self.column else self.table
        rows = "" if self.rows is None else f" ({self.rows:,} row{'' if self.rows == 1 else 's'})"
        return f"{where} {self.rule}{rows}: {self.advice}"


def rules(table: Table) -> tuple[Rule, ...]:
    """Every rule of one row: those that follow from the columns, in their order, then the table's own.

    >>> [rule.says for rule in rules(TABLES[-1])]
    ['must be given', 'must be given', 'must be one of train, score, all', 'must be given']
    """
    return tuple(rule for column in table.columns for rule in _column_rules(column)) + table.rules


def _column_rules(column: Column):
    name = column.name
    if not column.nullable:
        empty = f"({name} IS NULL OR {name} = '')" if column.type == "text" else f"{name} IS NULL"
        yield Rule((name,), "must be given", empty, "fill it in, or leave these rows out")
    if column.values:
        listed = ", ".join(map(str, column.values))
        allowed = ", ".join(f"'{v}'" if isinstance(v, str) else str(v) for v in column.values)
        yield Rule((name,), f"must be one of {listed}", f"{name} NOT IN ({allowed})", "use these words and no others")
    if column.low is not None:
        upper = "" if column.high is None else f" and at most {column.high}"
        broken = f"NOT ({name} >= {column.low}" + ("" if column.high is None else f" AND {name} <= {column.high}") + ")"
        yield Rule((name,), f"must be at least {column.low}{upper}", broken, "correct it, or leave it empty if unknown")
    if column.learnt:
        yield Rule(
            (name,),
            "must be before about.extract_on",
            f"{name} >= {{extract_on}}",
            "what is recorded on or after the day of extraction is not in the view: leave it out, or correct "
            "extract_on",
        )
    if column.records:
        fact = column.records
        if column.nullable:
            yield Rule(
                (name, fact),
                f"must be given where {fact} is",
                f"{fact} IS NOT NULL AND {name} IS NULL",
                f"give the day on which {fact} was recorded; without one, leave {fact} empty too",
            )
            yield Rule(
                (name, fact),
                f"should be empty where {fact} is",
                f"{fact} IS NULL AND {name} IS NOT NULL",
                f"give {fact}: until then it counts as not having happened",
                "warning",
            )
        yield Rule(
            (name, fact),
            f"should not be before {fact}",
            f"{name} < {fact}",
            "recorded before it happened: see whether the dates are swapped or it was planned ahead",
            "warning",
        )


def _recorded(fact: str | None, caveat: str) -> Column:
    return Column("recorded_on", "date", caveat, nullable=False, learnt=True, records=fact)


def _ended(began: str) -> Rule:
    return Rule(
        ("ended_on", began),
        f"should not be before {began}",
        f"ended_on < {began}",
        "ended before it began: correct the dates; it counts as never open",
        "warning",
    )


ABOUT = Table(
    "about",
    "One row that says what the single view is and up to which day it is complete.",
    (
        Column("version", "int", "Version of this contract.", nullable=False, values=(VERSION,)),
        Column("name", "text", "Name of the single view, printed on every document made from it.", nullable=False),
        Column(
            "extract_on",
            "date",
            "Everything recorded before this day is in the view, and nothing recorded on it or later.",
            nullable=False,
        ),
        Column(
            "invented",
            "bool",
            "True only if every person in it is made up: such a view may be scored unapproved.",
            nullable=False,
        ),
    ),
)

RESIDENTS = Table(
    "residents",
    "One row for each person the linkage found. A person whose records were not linked stands here twice, and two "
    "people wrongly linked stand here once; misses are commoner for minority ethnic, deprived and homeless residents.",
    (
        Column("resident_id", "text", "Made by the linkage; means nothing outside the view.", nullable=False),
        Column("born_on", "date", "Date of birth as most sources have it; empty if unknown, never a placeholder."),
        Column("died_on", "date", "Date of death, known only from death_recorded_on."),
        Column(
            "death_recorded_on",
            "date",
            "The day on which the death became known to the view.",
            learnt=True,
            records="died_on",
        ),
        Column("sex", "text", "As recorded by services; not gender identity, a field of its own where it is held."),
        Column("ethnicity", "text", "The ONS 19 boxes; often recorded by staff rather than stated, and often missing."),
        Column(
            "link_probability",
            "float",
            "Probability of the weakest match that made this record; empty if nothing was linked.",
            low=0,
            high=1,
        ),
    ),
    key=("resident_id",),
    open=True,
    rules=(
        Rule(
            ("born_on",),
            "must be before about.extract_on",
            "born_on >= {extract_on}",
            "nobody is on record before birth: correct the date, or leave it empty if unknown",
        ),
        Rule(
            ("born_on", "died_on"),
            f"must be within {OLDEST_YEARS} years of death, or of about.extract_on",
            f"born_on + INTERVAL {OLDEST_YEARS} YEAR < COALESCE(died_on, {{extract_on}})",
            "leave an unknown date of birth empty; a placeholder such as 1900-01-01 would count as an age",
        ),
        Rule(
            ("died_on", "born_on"),
            "must not be before born_on",
            "died_on < born_on",
            "correct the dates, or leave the wrong one empty",
        ),
        Rule(
            ("died_on",),
            "must be before about.extract_on",
            "died_on >= {extract_on}",
            "a death cannot be known before it happens: correct or leave out died_on and death_recorded_on",
        ),
    ),
)

RESIDENCIES = Table(
    "residencies",
    "Who lived in which household at which address, as services recorded it. Moves are noticed late and ends later "
    "still, so a person often has several open residencies; the one begun last counts as home.",
    (
        Column("resident_id", "text", "Who.", nullable=False),
        Column(
            "household_id",
            "text",
            "The people living together. Whether a household that moves as one stays the "
            "same is for the linkage to say, in one way throughout.",
            nullable=False,
        ),
        Column(
            "property_id",
            "text",
            "The address (UPRN as text); empty for no fixed abode or an address that was not matched.",
        ),
        Column("started_on", "date", "First day there.", nullable=False),
        Column("ended_on", "date", "First day no longer there (exclusive)."),
        _recorded("started_on", "The day on which the view knew of the residency."),
        Column(
            "end_recorded_on", "date", "The day on which the view knew of its end.", learnt=True, records="ended_on"
        ),
    ),
    # What orders the homes of a resident: a tie would leave the home to chance.
    key=("resident_id", "started_on", "recorded_on", "household_id"),
    required=False,
    rules=(_ended("started_on"),),
    references=(
        Reference("resident_id", "residents", "resident_id"),
        Reference("property_id", "properties", "property_id"),
    ),
)

PROPERTIES = Table(
    "properties",
    "One row for each address. Its attributes count as known from recorded_on and as unchanged since.",
    (
        Column("property_id", "text", "UPRN as text, leading zeros kept.", nullable=False),
        Column("lsoa", "text", "Lower-layer super output area (about 1,500 people); area rates are taken over it."),
        Column("district", "text", "District council."),
        Column(
            "imd_decile",
            "int",
            "Index of Multiple Deprivation of the LSOA: 1 most deprived tenth of England, 10 "
            "least. Of the area, not of the household.",
            low=1,
            high=10,
        ),
        Column("tenure", "text", "Owned, private rented, social rented; from the last source that said so."),
        Column("dwelling_type", "text", "House, flat, ..."),
        Column("easting", "float", "Metres, British National Grid."),
        Column("northing", "float", "Metres, British National Grid."),
        _recorded(None, "The day from which the view knew of the property."),
        Column("business_count", "int", "Businesses registered at the address.", required=False, low=0),
        Column("employees", "int", "People employed by them there.", required=False, low=0),
    ),
    key=("property_id",),
    required=False,
    open=True,
)

EVENTS = Table(
    "events",
    "Everything that agencies recorded about a resident, household or property. What happened and was not reported, "
    "or not recorded, is not here; recording differs by agency, area and group.",
    (
        Column("event_id", "text", "Made by the extract; means nothing outside the view.", nullable=False),
        Column("unit", "text", "Whom or what the record is about.", nullable=False, values=UNITS),
        Column("unit_id", "text", "resident_id, household_id or property_id, by unit.", nullable=False),
        Column("agency", "text", "Which agency recorded it.", nullable=False),
        Column("kind", "text", "What it recorded, in the words of the catalogue.", nullable=False),
        Column("role", "text", "The part the resident had in it (victim, suspect, subject, ...), if kinds have roles."),
        Column("ladder", "text", "The ladder of need (children, adults, housing, police, ...) that tier stands on."),
        Column("tier", "int", "Rung on the ladder, 0 upward.", low=0, high=1000),
        Column("amount", "int", "In the kind's unit: pence, days, ticks, marks; whole so that sums are exact."),
        Column(
            "occurred_on",
            "date",
            "The day it happened, or the spell began; later than recorded_on for an appointment.",
            nullable=False,
        ),
        _recorded("occurred_on", "The day on which the view knew of it. Each agency has its own delay."),
        Column("ended_on", "date", "First day after the spell (exclusive); empty while open, or if it is no spell."),
        Column(
            "end_recorded_on",
            "date",
            "The day on which the view knew of the end, often long after.",
            learnt=True,
            records="ended_on",
        ),
        Column(
            "withdrawn_on", "date", "The day on which the agency took the record back; known until then.", learnt=True
        ),
    ),
    key=("event_id",),
    rules=(
        _ended("occurred_on"),
        Rule(
            ("withdrawn_on", "recorded_on"),
            "should not be before recorded_on",
            "withdrawn_on < recorded_on",
            "withdrawn before it was recorded: correct the dates; it counts as never known",
            "warning",
        ),
        Rule(
            ("ladder", "tier"),
            "should be given where tier is",
            "tier IS NOT NULL AND ladder IS NULL",
            "name the ladder that the tier stands on",
            "warning",
        ),
    ),
    references=(
        Reference("unit_id", "residents", "resident_id", "unit = 'resident'"),
        Reference("unit_id", "residencies", "household_id", "unit = 'household'"),
        Reference("unit_id", "properties", "property_id", "unit = 'property'"),
    ),
)

OBJECTIONS = Table(
    "objections",
    "Who objected to the use of their records, and for which purpose. An objection in force removes the resident, and "
    "their records from the features of relatives.",
    (
        Column("resident_id", "text", "Who.", nullable=False),
        Column(
            "purpose",
            "text",
            "Training a model, being scored by one, or all.",
            nullable=False,
            values=("train", "score", "all"),
        ),
        Column("from_on", "date", "First day on which it holds.", nullable=False),
    ),
    required=False,
    references=(Reference("resident_id", "residents", "resident_id"),),
)

TABLES = (ABOUT, RESIDENTS, RESIDENCIES, PROPERTIES, EVENTS, OBJECTIONS)
