"""Everything Dagster shows for one company, put together. Does no work: no dbt, no network, no warehouse."""

from __future__ import annotations

from dagster import Definitions, in_process_executor

from orchestration.assets.deliveries import delivery_assets
from orchestration.assets.models import model_assets
from orchestration.assets.published import published_assets
from orchestration.assets.raw import missing_specs, raw_assets
from orchestration.assets.reviews import review_asset
from orchestration.dbt_runner import read_manifest
from orchestration.jobs import jobs_of
from orchestration.profile import Profile
from orchestration.schedules import schedules_of
from orchestration.sensors import sensors_of


def build_definitions(profile: Profile) -> Definitions:
    """Assets, checks, jobs, schedules and sensors of `profile`. FileNotFoundError when no manifest is prepared."""
    manifest = read_manifest(profile)
    jobs = jobs_of(profile, manifest)
    return Definitions(
        assets=[
            *raw_assets(profile),
            *missing_specs(profile),
            model_assets(profile, manifest),
            published_assets(profile, manifest),
            *delivery_assets(profile),
            review_asset(profile),
        ],
        jobs=list(jobs.values()),
        schedules=schedules_of(profile, jobs),
        sensors=sensors_of(profile, jobs),
        executor=in_process_executor,  # the multiprocess one takes three times as long here: stack.md 2.3
    )
