"""Runs a Dagster job inside this process: what `bastao run` and the demo do, visible in Dagster's UI afterwards."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from dagster import DagsterEventType, DagsterInstance, ExecuteInProcessResult

from orchestration import dbt_runner, progress
from orchestration.code_location import build_definitions
from orchestration.errors import StageError
from orchestration.event_log import kept_connections
from orchestration.instance import open_instance, own_tags
from orchestration.profile import Profile

QUIET_LOG = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class RunOutcome:
    """A finished run: its id, how many assets it made, and which checks failed (with severity warning)."""

    run_id: str
    materialized: int
    warnings: tuple[str, ...]


def run_job(profile: Profile, job_name: str) -> RunOutcome:
    """Execute the job and wait for it. Raises the error of the step that failed (StageError when it has none)."""
    display = progress.current()
    display.say("preparing the models")
    dbt_runner.prepare_manifest(profile)
    definitions = build_definitions(profile)
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with open_instance(profile) as instance, kept_connections(instance):
        job = definitions.resolve_job_def(job_name)
        result = job.execute_in_process(
            instance=instance, tags=own_tags(profile), run_config=QUIET_LOG, raise_on_error=False
        )
        if not result.success:
            raise _cause(result)
        return _outcome(result, instance)


def _outcome(result: ExecuteInProcessResult, _instance: DagsterInstance) -> RunOutcome:
    made = sum(event.event_type == DagsterEventType.ASSET_MATERIALIZATION for event in result.all_events)
    checks = [
        event.asset_check_evaluation_data
        for event in result.all_events
        if event.event_type == DagsterEventType.ASSET_CHECK_EVALUATION
    ]
    failed = tuple(sorted(check.check_name for check in checks if not check.passed))
    return RunOutcome(result.run_id, made, failed)


def _cause(result: ExecuteInProcessResult) -> Exception:
    """The first failed step, in the words of the room that failed."""
    for event in result.all_events:
        if event.event_type == DagsterEventType.STEP_FAILURE:
            data: Any = event.step_failure_data
            words = data.user_failure_data.description if data.user_failure_data else None
            text = words or (data.error.cause or data.error).message.strip()
            return StageError(f"{event.step_key} failed (run {result.run_id}):\n{text}")
    return StageError(f"Run {result.run_id} failed before its first step; see `bastao up` for its log.")
