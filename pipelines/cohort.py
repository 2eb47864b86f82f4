"""Stage `cohort`: who is asked about, at which dates, and which groups the audit will compare."""

from features import cohorts
from features.groups import groups
from pipelines import paths
from pipelines.files import write_json, write_table
from pipelines.setting import setting
from pipelines.stage import main, say


def build_cohort(name: str) -> None:
    at = setting(name)
    given = at.params.cohort
    source = cohorts.Snapshots(given.snapshots) if given.snapshots else cohorts.File(given.source, strict=True)
    group_by = None if at.params.group_by == "household" else at.params.group_by
    say(f"{name}: looking at everybody at each date")
    with at.open_view("train") as view:
        cohort = cohorts.build(view, at.outcome, source, at.catalogue.kinds, group_by, say)
        say(f"{name}: {len(cohort.pairs):,} pairs of resident and date")
        audited = groups(view, cohort.pairs, at.params.audit)
    write_table(paths.cohort(name), cohort.pairs)
    write_table(paths.groups(name), audited)
    write_json(paths.flow(name), cohort.flow)


if __name__ == "__main__":
    main(build_cohort)
