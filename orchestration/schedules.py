"""When runs begin by themselves, in the company's own time zone. A tick is skipped while a run is under way."""

from __future__ import annotations

from dagster import (
    DefaultScheduleStatus,
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SkipReason,
    schedule,
)

from orchestration.jobs import FULL_RUN, SCORE_REVIEW, Jobs
from orchestration.profile import Profile
from orchestration.running import is_running

HOURLY, NIGHTLY, MONTHLY = "7 6-22 * * *", "30 2 * * *", "0 7 1 * *"


def schedules_of(profile: Profile, jobs: Jobs) -> list[ScheduleDefinition]:
    """`nightly`: everything, every night. `hourly`: the same, by day; each source reads only what is new. `monthly`: the score's
    review, on the first day of the month."""
    return [
        _schedule(profile, jobs, "nightly", NIGHTLY),
        _schedule(profile, jobs, "hourly", HOURLY),
        _schedule(profile, jobs, "monthly", MONTHLY, SCORE_REVIEW),
    ]


def _schedule(profile: Profile, jobs: Jobs, name: str, cron: str, job: str = FULL_RUN) -> ScheduleDefinition:
    @schedule(
        name=name,
        job=jobs[job],
        cron_schedule=cron,
        execution_timezone=profile.time_zone,
        default_status=DefaultScheduleStatus.STOPPED,  # the operator turns it on: a first run is watched
    )
    def tick(context: ScheduleEvaluationContext) -> RunRequest | SkipReason:
        if is_running(context.instance, job):
            return SkipReason("the last run is still under way")
        return RunRequest(tags={"bastao/schedule": name})

    return tick


