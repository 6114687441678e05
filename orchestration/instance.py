"""The Dagster instance of one company: generated settings, made once, and freed from runs that were killed."""

from __future__ import annotations

import fcntl
import functools
import uuid
from pathlib import Path
from typing import IO

import yaml
from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from orchestration.profile import Profile

WORKER_TAG = "bastao/worker"
SETTINGS = {
    "telemetry": {"enabled": False},
    # One op at a time per pool: DuckDB has one writer. Granularity `run` would be enforced by the queue alone.
    "concurrency": {"pools": {"default_limit": 1, "granularity": "op"}, "runs": {"max_concurrent_runs": 4}},
    "run_queue": {"dequeue_interval_seconds": 1},
    "retention": {
        "schedule": {"purge_after_days": 90},
        "sensor": {"purge_after_days": {"skipped": 1, "failure": 30, "success": 30}},
    },
    "run_monitoring": {"enabled": True, "start_timeout_seconds": 120, "max_runtime_seconds": 6 * 3600},
    "freshness": {"enabled": True},
}


def prepare(profile: Profile) -> Path:
    """Write dagster.yaml and make the storage, under a lock: two processes on a fresh folder would race."""
    folder = profile.paths.create().dagster
    with (profile.paths.locks / "dagster.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        text = yaml.safe_dump(SETTINGS, sort_keys=False)
        config = folder / "dagster.yaml"
        if not config.exists() or config.read_text() != text:
            fresh = folder / "dagster.yaml.new"
            fresh.write_text("# Written by Bastão at every start; changes here do not stay.\n" + text)
            fresh.replace(config)
        with DagsterInstance.from_config(str(folder)) as instance:
            instance.get_runs(limit=1)
            instance.schedule_storage and instance.all_instigator_state()
    return folder


def open_instance(profile: Profile) -> DagsterInstance:
    """The instance, ready for a run in this process: slots of runs whose process died are given back."""
    instance = DagsterInstance.from_config(str(prepare(profile)))
    release_dead_runs(instance, profile)
    return instance


def release_dead_runs(instance: DagsterInstance, profile: Profile) -> list[str]:
    """Close in-process runs whose process is gone. A killed run would keep the warehouse's pool slot for ever."""
    released = []
    for run in instance.get_runs(RunsFilter(statuses=[DagsterRunStatus.STARTED, DagsterRunStatus.STARTING])):
        worker = run.tags.get(WORKER_TAG)  # runs without it were launched by the daemon, which watches them
        if worker and not _alive(profile, worker):
            instance.report_run_failed(run, "The process of this run ended before the run did.")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            released.append(run.run_id)
    return released


def own_tags(profile: Profile) -> dict[str, str]:
    """Tags by which a later process can tell whether this one still lives."""
    return {WORKER_TAG: Path(_life(profile.paths.locks).name).name}


@functools.cache
def _life(locks: Path) -> IO[str]:
    """A locked file that this process keeps open as long as it lives: the kernel cannot forget to unlock it."""
    file = (locks / f"worker-{uuid.uuid4()}.lock").open("w")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def _alive(profile: Profile, worker: str) -> bool:
    path = profile.paths.locks / worker
    if not path.exists():
        return False
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    path.unlink(missing_ok=True)
    return False
