"""The two published files: written, audited, then swapped in. What the gate refuses, nobody reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    Failure,
    MaterializeResult,
    multi_asset,
)

from orchestration import stages
from orchestration.assets.guard import guarded
from orchestration.assets.models import WAREHOUSE_POOL
from orchestration.assets.translator import models_of
from orchestration.profile import Profile

MARTS = AssetKey(["published", "bastao"])
PLAN = AssetKey(["published", "plan"])
CHECK = "publish_gate"


def published_assets(profile: Profile, manifest: Mapping[str, Any]) -> AssetsDefinition:
    """`published/bastao` (for people and BI) and `published/plan` (for the push-back), from one run."""
    marts, plan = models_of(manifest, "marts"), models_of(manifest, "plan")
    specs = [
        AssetSpec(MARTS, deps=marts, group_name="published", kinds={"duckdb"}, description="The marts people read."),
        AssetSpec(PLAN, deps=plan, group_name="published", kinds={"duckdb"}, description="What may be pushed, and why."),
    ]
    check = AssetCheckSpec(CHECK, asset=MARTS, description="Great Expectations on the candidate, before the swap.")

    @multi_asset(name="publish", specs=specs, check_specs=[check], pool=WAREHOUSE_POOL)
    def publish() -> Iterator[Any]:
        with guarded():
            outcome = stages.publish(profile)
        failures = {str(number): failure for number, failure in enumerate(outcome.failures)}
        yield AssetCheckResult(check_name=CHECK, asset_key=MARTS, passed=outcome.published, metadata=failures)
        if not outcome.published:
            raise Failure(outcome.message, allow_retries=False)
        rows = sum(outcome.tables.values())
        metadata: dict[str, Any] = {"snapshot_id": outcome.snapshot_id, "rows": rows, "as_of": outcome.as_of.isoformat()}
        yield MaterializeResult(asset_key=MARTS, metadata=metadata)
        yield MaterializeResult(asset_key=PLAN, metadata=metadata)

    return publish
