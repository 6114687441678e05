"""Whether a job is under way, for everything that must not pile up runs."""

from __future__ import annotations

from collections.abc import Mapping

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

UNDER_WAY = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]


def is_running(instance: DagsterInstance, *job_names: str, tags: Mapping[str, str] | None = None) -> bool:
    """True while a run of one of the jobs (with these tags, when given) is queued or under way."""
    return any(
        instance.get_runs_count(RunsFilter(job_name=name, statuses=UNDER_WAY, tags=tags or {})) > 0 for name in job_names
    )
