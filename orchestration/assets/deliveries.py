"""One asset per sync: what it planned, sent, was refused, failed, and what the outside confirmed."""

from __future__ import annotations

from dagster import AssetKey, AssetsDefinition, MaterializeResult, asset

from orchestration import stages
from orchestration.assets.guard import guarded
from orchestration.assets.published import PLAN
from orchestration.profile import Destinations, Profile


def delivery_key(destination: str) -> AssetKey:
    return AssetKey(["deliveries", destination])


def delivery_assets(profile: Profile) -> list[AssetsDefinition]:
    """The syncs of the destinations that this company has configured."""
    names = [name for name in Destinations.model_fields if profile.destination(name) is not None]
    return [_delivery(profile, name) for name in names]


def _delivery(profile: Profile, destination: str) -> AssetsDefinition:
    key = delivery_key(destination)

    @asset(key=key, deps=[PLAN], group_name="deliveries", kinds={"api"})
    def push() -> MaterializeResult:
        """Pushes the plan's rows that were not pushed yet, each exactly once; first notes what was confirmed."""
        with guarded():
            confirmed = stages.confirm(profile)
            report = stages.deliver(profile, only=destination)[destination]
        return MaterializeResult(metadata={**stages.delivery_figures(report), "confirmed": confirmed})

    return push
