"""The Dagster instance: made once, and freed from runs whose process was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import yaml
from dagster import DagsterRunStatus

from orchestration.instance import SETTINGS, open_instance, own_tags, prepare, release_dead_runs
from orchestration.profile import Profile
from orchestration.settings import child_environment

# A run in a process of its own that holds the warehouse's slot until it is killed.
HOLD = """
import sys, time
from dagster import Definitions, job, op, in_process_executor
from orchestration import settings
from orchestration.instance import open_instance, own_tags
profile = settings.load_profile(settings.default_profile_folder())
@op(pool="warehouse")
def hold():
    print("holding", flush=True)
    time.sleep(60)
@job(executor_def=in_process_executor)
def holding():
    hold()
with open_instance(profile) as instance:
    holding.execute_in_process(instance=instance, tags=own_tags(profile))
"""


def test_dagster_yaml_is_written_and_kept_up(profile: Profile) -> None:
    config = prepare(profile) / "dagster.yaml"
    config.write_text("telemetry: {enabled: true}\n")
    prepare(profile)
    assert yaml.safe_load(config.read_text()) == SETTINGS


def test_slot_of_a_killed_run_is_given_back(profile: Profile) -> None:
    command = [sys.executable, "-c", HOLD]
    process = subprocess.Popen(
        command, env=child_environment(profile), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "holding\n"
    with open_instance(profile) as instance:
        (run,) = instance.get_runs()
        assert run.status == DagsterRunStatus.STARTED, "a living run is left alone"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert release_dead_runs(instance, profile) == [run.run_id]
        found = instance.get_run_by_id(run.run_id)
        assert found is not None
        assert found.status == DagsterRunStatus.FAILURE
        slots = instance.event_log_storage.get_concurrency_info("warehouse")
        assert slots.active_slot_count == 0


def test_own_runs_are_alive(profile: Profile) -> None:
    profile.paths.create()
    assert own_tags(profile) == own_tags(profile)
