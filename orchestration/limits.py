"""Quota limiters by source. The book-keeping is in the state database, so all processes of a company share it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ingestion.ports import Limiter, NoLimits

if TYPE_CHECKING:
    from activation.drain import Rates
    from activation.quota import SqlLimiter
    from orchestration.profile import Profile


def rates_of(profile: Profile, source: str) -> Rates | None:
    """The published quotas of a source's account, for saying how long a backlog lasts; None without such an account."""
    from activation.drain import Rates
    from activation.limits import rd_station_crm_limits, rd_station_limits

    settings: Any = getattr(profile.sources, source, None)
    if settings is None or source not in ("rd_station", "rd_station_crm"):
        return None
    limits = rd_station_limits(settings.plan) if source == "rd_station" else rd_station_crm_limits()
    return Rates(limits, settings.quota_speed)


def limiter_of(profile: Profile, source: str, state_url: str) -> SqlLimiter | Limiter:
    """The limiter of a source's account: published quotas at the speed that bastao.yaml says (1 in real life)."""
    from activation.limits import hubspot_limits, rd_station_crm_limits, rd_station_limits, salesforce_limits
    from activation.quota import SqlLimiter

    settings: Any = getattr(profile.sources, source, None)
    if source == "rd_station":
        return SqlLimiter(state_url, {source: rd_station_limits(settings.plan)}, settings.quota_speed)
    if source == "hubspot":
        return SqlLimiter(state_url, {source: hubspot_limits(settings.tier)}, settings.quota_speed)
    if source == "rd_station_crm":
        # The two versions of the CRM's API count apart: contract rd_station.md, B1 and B2.
        limits = {
            version: tuple(replace(limit, counter=f"{version}_{limit.counter}") for limit in rd_station_crm_limits()["*"])
            for version in ("crm_v1", "crm_v2")
        }
        return SqlLimiter(state_url, {source: limits}, settings.quota_speed)
    if source == "pipedrive" and settings is not None:
        from activation.limits import pipedrive_limits

        limits_of_plan = pipedrive_limits(settings.plan, settings.seats, settings.budget_share)
        return SqlLimiter(state_url, {source: limits_of_plan}, settings.quota_speed)
    if source == "salesforce":
        return SqlLimiter(state_url, {source: salesforce_limits(settings.daily_calls)}, settings.quota_speed)
    return NoLimits()
