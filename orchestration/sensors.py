"""What starts a run because something happened: a webhook came in, or a rejected lead may be returned.

One run per batch: the run key is the batch, the cursor its number. A tick asks two small questions of local files.
"""

from __future__ import annotations

from dagster import (
    DefaultSensorStatus,
    RunRequest,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    sensor,
)

from orchestration import push
from orchestration.jobs import FULL_RUN, HOT_PATH, PUSH, Jobs
from orchestration.profile import Profile
from orchestration.running import is_running
from orchestration.runtime import Runtime

SECONDS = 30


def sensors_of(profile: Profile, jobs: Jobs) -> list[SensorDefinition]:
    """`inbox` for every company; `rejected_leads` where something is pushed."""
    sensors = [_inbox(profile, jobs)]
    return [*sensors, _rejected_leads(profile, jobs)] if PUSH in jobs else sensors


def _inbox(profile: Profile, jobs: Jobs) -> SensorDefinition:
    @sensor(
        job=jobs[HOT_PATH],
        name="inbox",
        minimum_interval_seconds=SECONDS,
        default_status=DefaultSensorStatus.RUNNING,
        description="Runs the hot path when webhooks were received since the last run of it.",
    )
    def inbox(context: SensorEvaluationContext) -> SensorResult | SkipReason:
        with Runtime(profile) as runtime:
            newest, seen = runtime.state.inbox.last_seq(), int(context.cursor or 0)
        if newest <= seen:
            return SkipReason(f"no webhook since number {seen}")
        if is_running(context.instance, HOT_PATH, FULL_RUN):
            return SkipReason("a run is under way; what came in meanwhile goes with the next one")
        tags = {"bastao/inbox": f"{seen + 1}-{newest}"}
        request = RunRequest(run_key=f"inbox-{newest}", tags=tags)
        return SensorResult(run_requests=[request], cursor=str(newest))

    return inbox


def _rejected_leads(profile: Profile, jobs: Jobs) -> SensorDefinition:
    @sensor(
        job=jobs[PUSH],
        name="rejected_leads",
        minimum_interval_seconds=SECONDS,
        default_status=DefaultSensorStatus.RUNNING,
        description="Pushes when the published plan has eligible rows that the outbox does not know.",
    )
    def rejected_leads(context: SensorEvaluationContext) -> SensorResult | SkipReason:
        with Runtime(profile) as runtime:
            batch = push.waiting_batch(runtime)
        if batch is None:
            return SkipReason("nothing is published yet")
        if batch.rows == 0:
            return SkipReason(f"every eligible row of snapshot {batch.snapshot_id} is in the outbox")
        if batch.key == context.cursor:
            return SkipReason(f"batch {batch.key} was already handed to a run")
        if is_running(context.instance, PUSH, HOT_PATH, FULL_RUN):
            return SkipReason("a run that pushes is under way")
        request = RunRequest(run_key=f"push-{batch.key}", tags={"bastao/batch": batch.key})
        return SensorResult(run_requests=[request], cursor=batch.key)

    return rejected_leads
