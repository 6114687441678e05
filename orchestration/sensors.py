"""What starts a run because something happened: a webhook came in, or a rejected lead may be returned.

One run per batch: the run key is the batch, the cursor its number. A tick asks small questions of local files, by index.
"""

from __future__ import annotations

import json

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
from orchestration.assets.deliveries import delivery_key
from orchestration.jobs import FULL_RUN, HOT_PATH, PUSH, Jobs
from orchestration.profile import Profile
from orchestration.running import is_running
from orchestration.runtime import Runtime

SECONDS = 30
SYNC_TAG = "bastao/sync"


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
        description="Pushes each sync whose plan has eligible rows that the outbox does not know, or rows that are due again.",
    )
    def rejected_leads(context: SensorEvaluationContext) -> SensorResult | SkipReason:
        with Runtime(profile) as runtime:
            batches = push.waiting_batches(runtime)
        if batches is None:
            return SkipReason("nothing is published yet")
        waiting = [batch for batch in batches if batch.rows]
        if not waiting:
            return SkipReason("every eligible row is in the outbox, or its sync is paused")
        handed = _handed(context.cursor)
        new = [batch for batch in waiting if handed.get(batch.setting) != batch.key]
        if not new:
            return SkipReason(f"already handed to a run: {', '.join(batch.setting for batch in waiting)}")
        if is_running(context.instance, HOT_PATH, FULL_RUN):
            return SkipReason("a run that pushes is under way")
        free = [batch for batch in new if not is_running(context.instance, PUSH, tags={SYNC_TAG: batch.setting})]
        if not free:
            return SkipReason(f"a push is under way: {', '.join(batch.setting for batch in new)}")
        handed |= {batch.setting: batch.key for batch in free}
        return SensorResult(run_requests=[_push(batch) for batch in free], cursor=json.dumps(handed))

    return rejected_leads


def _push(batch: push.Batch) -> RunRequest:
    """A run of one sync alone: one that is paused, stopped or slow keeps no other waiting."""
    return RunRequest(
        run_key=f"push-{batch.setting}-{batch.key}",
        asset_selection=[delivery_key(batch.setting)],
        tags={"bastao/batch": batch.key, SYNC_TAG: batch.setting},
    )


def _handed(cursor: str | None) -> dict[str, str]:
    """The last batch of each sync that was given to a run; earlier releases kept something else, which is forgotten."""
    try:
        found = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
