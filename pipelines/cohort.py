"""Stage `cohort`: who is asked about, at which dates, and which groups the audit will compare."""

from features import cohorts, timing
from features.agreements import usable
from features.groups import groups
from features.sources import View
from pipelines import paths
from pipelines.files import write_json, write_table
from pipelines.inputs import require_agreed
from pipelines.setting import Setting, setting
from pipelines.stage import main, say

LOOKED_AT = {
    cohorts.Snapshots: "everybody at each date",
    cohorts.Triggers: "everybody on the day after a trigger",
    cohorts.File: "the pairs of the file",
}


def build_cohort(name: str) -> None:
    at = setting(name)
    group_by = None if at.params.group_by == "household" else at.params.group_by
    with at.open_view("train") as view:
        agreements = require_agreed(at, view, "train")
        kinds = usable(at.catalogue.kinds, agreements, "train", at.outcome.use_level, view.used_on)
        if left := len(at.catalogue.kinds) - len(kinds):
            say(f"{name}: the audit's caseload is told without {left} kinds of record that no live agreement covers")
        source = source_of(at, view)
        say(f"{name}: looking at {LOOKED_AT[type(source)]}")
        cohort = cohorts.build(view, at.outcome, source, at.catalogue.kinds, group_by, say)
        say(f"{name}: {len(cohort.pairs):,} pairs of {at.outcome.unit} and date")
        audited = groups(view, cohort.pairs, at.params.audit, kinds, at.outcome.unit)
    write_table(paths.cohort(name), cohort.pairs)
    write_table(paths.groups(name), audited)
    write_json(paths.flow(name), cohort.flow)


def source_of(at: Setting, view: View) -> cohorts.Snapshots | cohorts.Triggers | cohorts.File:
    """Where the candidates of an outcome come from: of the single view, its triggers from the first snapshot on."""
    given = at.params.cohort
    if not given.snapshots:
        return cohorts.File(given.source, strict=True)
    if at.outcome.trigger is None:
        return cohorts.Snapshots(given.snapshots)
    return cohorts.Triggers(at.outcome.trigger, given.snapshots[0], timing.first_known_on(view.about.extract_on))


if __name__ == "__main__":
    main(build_cohort)
