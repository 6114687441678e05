"""One asset per sync: what it planned, sent, was refused, failed, and what the outside confirmed."""

from __future__ import annotations

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetKey,
    AssetsDefinition,
    MaterializeResult,
    asset,
)

from orchestration import delivery_health, stages
from orchestration.assets.guard import guarded
from orchestration.assets.published import PLAN
from orchestration.destination_settings import Destinations
from orchestration.profile import Profile

CHECK = "delivery_health"


def delivery_key(destination: str) -> AssetKey:
    return AssetKey(["deliveries", destination])


def delivery_assets(profile: Profile) -> list[AssetsDefinition]:
    """The syncs of the destinations that this company has configured."""
    names = [name for name in Destinations.model_fields if profile.destination(name) is not None]
    return [_delivery(profile, name) for name in names]


def _delivery(profile: Profile, destination: str) -> AssetsDefinition:
    key = delivery_key(destination)

    check = AssetCheckSpec(CHECK, asset=key, description="Whether the push-back goes as it should (rpt_delivery_health).")

    @asset(key=key, deps=[PLAN], group_name="deliveries", kinds={"api"}, check_specs=[check])
    def push() -> MaterializeResult:
        """Pushes the plan's rows that were not pushed yet, each exactly once; first notes what was confirmed."""
        with guarded():
            confirmed = stages.confirm(profile)
            report = stages.deliver(profile, only=destination)[destination]
        metadata = {**stages.delivery_figures(report), "confirmed": confirmed}
        health = delivery_health.after(profile.paths, report)
        return MaterializeResult(metadata=metadata, check_results=[_check(health)])

    return push


def _check(health: delivery_health.Health) -> AssetCheckResult:
    """Never fails the run: what was pushed is pushed. Severity ERROR when nothing goes any more."""
    severity = AssetCheckSeverity.ERROR if health.status == "stopped" else AssetCheckSeverity.WARN
    told = {"status": health.status, "reason": health.reason or "", "what_to_do": health.remedy}
    return AssetCheckResult(
        check_name=CHECK, passed=health.status == "ok", severity=severity, metadata=told, description=health.remedy or None
    )
