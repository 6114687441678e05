"""The jobs: the whole line, the short way from a webhook to a push, the push alone, and the monthly review of the score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dagster import AssetKey, AssetSelection, define_asset_job
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from ingestion.tables import TABLES
from orchestration.assets.deliveries import delivery_key
from orchestration.assets.published import MARTS, PLAN
from orchestration.assets.reviews import GROUP as REVIEWS
from orchestration.assets.translator import raw_key
from orchestration.destination_settings import Destinations
from orchestration.profile import Profile
from orchestration.source_settings import CRMS
from orchestration.sources import ALWAYS, SCHEMAS

FULL_RUN, HOT_PATH, PUSH, SCORE_REVIEW = "full_run", "hot_path", "push", "score_review"
# A webhook names a deal or a contact; what it does not carry is read from the CRM, which is quick by its cursor.
HOT_SOURCES = ("inbox", *CRMS, "deliveries")
PRIORITY = "dagster/priority"

Jobs = dict[str, UnresolvedAssetJobDefinition]


def jobs_of(profile: Profile, manifest: Mapping[str, Any]) -> Jobs:
    """Jobs by name. A company without destinations has no `push`."""
    reviews = AssetSelection.groups(REVIEWS)
    everything = AssetSelection.all() - AssetSelection.groups("not_used") - reviews
    jobs = [define_asset_job(FULL_RUN, everything, description="Every source, the models, publish, push.")]
    hot = [name for name in HOT_SOURCES if name in [*profile.source_names, *ALWAYS]]
    raw = [raw_key(SCHEMAS[name], table) for name in hot for table in TABLES[SCHEMAS[name]]]
    selection = (AssetSelection.assets(*raw).downstream() | AssetSelection.assets(MARTS, PLAN)) - reviews
    about = "From the inbox to the push: the tables that a webhook can change, and what depends on them."
    jobs.append(define_asset_job(HOT_PATH, selection, description=about, tags={PRIORITY: "10"}))
    about = "Once a month: the score against what became SQL, with other points proposed as a diff of the agreement."
    jobs.append(define_asset_job(SCORE_REVIEW, reviews, description=about))
    if pushed := delivery_keys(profile):
        push = AssetSelection.assets(*pushed)
        jobs.append(define_asset_job(PUSH, push, description="Push what the published plan holds.", tags={PRIORITY: "5"}))
    return {job.name: job for job in jobs}


def delivery_keys(profile: Profile) -> list[AssetKey]:
    """Assets of the configured destinations."""
    names = Destinations.model_fields
    return [delivery_key(name) for name in names if profile.destination(name) is not None]
