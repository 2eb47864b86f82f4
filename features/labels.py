"""Whether an outcome came true for each pair, once it is settled; and the SQL of the outcome rules.

Members of the household and the spells open are as known at the as-of date t; events are those of the outcome window
as known at s, when it is settled (`timing.settled_on`), up to a death or departure before the window's end. Death
without an event is false: it competes. Departure without one is censored: the label is missing.
`features.reference.label` is the definition.
"""

import pandas as pd

from features import scope, timing
from features.outcomes import Occurs, Outcome, Reaches, Rises
from features.specs import Kind


def labels(view, pairs, outcome: Outcome, allowance_days: int, kinds: tuple[Kind, ...]) -> pd.DataFrame:
    """The label of each pair: unit_id, as_of, label (nullable boolean), status; sorted by as_of and unit_id.

    status: "event" (true), "no event" or "died" (false), "left" (missing: censored), "immature" (missing: the view
    was extracted before the outcome was settled). Raises InputError for pairs that are not unique.
    """
    con, gap, horizon = view.con, outcome.gap_days, outcome.horizon_days
    end = timing.outcome_ends_sql("pair.as_of", gap, horizon)
    settled = timing.settled_on_sql("pair.as_of", gap, horizon, allowance_days)
    died = timing.over_by_sql("r.died_on", "r.death_recorded_on", end, settled)
    stays = timing.lasts_to_sql("l.started_on", "l.ended_on", "l.end_recorded_on", end, settled)
    over = timing.over_by_sql("l.ended_on", "l.end_recorded_on", end, settled)
    has_residencies = "residencies" in view.tables
    frames = []
    for block in scope.blocks(scope.read_pairs(pairs)):
        scope.place(con, block)
        con.execute(f"""
            CREATE OR REPLACE TEMP TABLE fate AS
            WITH lived AS (
                SELECT pair.pair, bool_or({stays}) AS stays, max(l.ended_on) FILTER ({over}) AS left_on
                FROM pair JOIN residencies l ON l.resident_id = pair.unit_id
                WHERE {timing.known_sql("l.recorded_on", "NULL", settled)} GROUP BY pair.pair)
            SELECT pair.pair, {settled} AS settled, CASE WHEN {died} THEN r.died_on END AS died_on,
                   COALESCE(lived.stays, NOT {has_residencies}) AS stays,
                   CASE WHEN NOT lived.stays THEN lived.left_on END AS left_on
            FROM pair LEFT JOIN residents r ON r.resident_id = pair.unit_id LEFT JOIN lived USING (pair)""")
        within = " AND ".join(
            [
                timing.known_sql("e.recorded_on", "e.withdrawn_on", "fate.settled"),
                timing.in_outcome_window_sql("e.occurred_on", "s.as_of", gap, horizon),
                timing.before_exit_sql("e.occurred_on", "fate.died_on", "fate.left_on"),
            ]
        )
        frames.append(
            con.execute(f"""
            WITH happened AS ({holds_sql(outcome.rule, kinds, within, "JOIN fate USING (pair)")})
            SELECT pair.unit_id, pair.as_of,
                   CASE WHEN {timing.unsettled_sql("fate.settled", "about.extract_on")} THEN 'immature'
                        WHEN happened.pair IS NOT NULL THEN 'event'
                        WHEN fate.died_on IS NOT NULL THEN 'died'
                        WHEN NOT fate.stays THEN 'left'
                        ELSE 'no event' END AS status
            FROM pair JOIN fate USING (pair) LEFT JOIN happened USING (pair), about
            ORDER BY pair.pair""").df()
        )
        con.execute("DROP TABLE fate")
    frame = pd.concat(frames) if frames else pd.DataFrame({"unit_id": [], "as_of": [], "status": []})
    frame["as_of"] = pd.to_datetime(frame["as_of"]).dt.date
    label = frame["status"].map({"event": True, "no event": False, "died": False}).astype("boolean")
    frame.insert(2, "label", label)
    return frame.reset_index(drop=True)


def holds_sql(rule: Occurs | Reaches | Rises, kinds: tuple[Kind, ...], within: str, joins: str = "") -> str:
    """The pairs for which the rule holds of the events `within` (SQL over s, the scope, and e, the event)."""
    seen = seen_sql(rule.scope, joins)
    if isinstance(rule, Occurs):
        return f"SELECT DISTINCT s.pair {seen} AND {within} AND {_any(rule.any_of)}"
    if isinstance(rule, Reaches):
        shown = " + ".join(f"CAST(bool_or({_any(any_of)}) AS INTEGER)" for _, any_of in rule.contacts)
        return f"SELECT s.pair {seen} AND {within} GROUP BY s.pair HAVING {shown} >= {rule.at_least:d}"
    seen = seen_sql(rule.scope, f"{joins} JOIN ({open_tiers_sql(rule, kinds)}) o USING (pair)")
    return f"SELECT DISTINCT s.pair {seen} AND {within} AND e.ladder = o.ladder AND e.tier > o.tier"


def open_tiers_sql(rule: Rises, kinds: tuple[Kind, ...]) -> str:
    """The highest tier open at the as-of date for each (pair, ladder) of the rule that has one."""
    return f"""
        SELECT s.pair, e.ladder, max(e.tier) AS tier {seen_sql(rule.scope)}
           AND {timing.known_sql("e.recorded_on", "e.withdrawn_on", "s.as_of")}
           AND {timing.open_at_sql("e.occurred_on", "e.ended_on", "e.end_recorded_on", "s.as_of")}
           AND {scope.spell_sql(kinds)} AND e.tier IS NOT NULL
           AND e.ladder IN {scope.texts(ladder for ladder, _ in rule.ladders)}
        GROUP BY s.pair, e.ladder"""


def seen_sql(of_scope: str, joins: str = "") -> str:
    """The events of the subjects that a rule of this scope looks at: s is the scope, e the event."""
    return (
        f"FROM scope s JOIN events e ON e.unit_id = s.unit_id AND e.unit = s.unit {joins} "
        f"WHERE s.part IN {scope.texts(scope.OUTCOME_PARTS[of_scope])}"
    )


def _any(any_of) -> str:
    return "(" + " OR ".join(scope.selects_sql(of) for of in any_of) + ")"
