"""Published quotas as data: which counters a request on a resource draws on (contract rd_station.md A10, B1, B2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
PIPEDRIVE_PLANS = {"lite": (1, 20), "growth": (2, 40), "premium": (5, 100), "ultimate": (7, 120)}  # factor, burst
PLANS = ("light", "basic", "pro", "advanced")


@dataclass(frozen=True)
class Limit:
    """At most `count` requests in any `seconds`, of the account or (`per_key`) of each lead.

    Resources that name the same `counter` share it.
    """

    counter: str
    count: int
    seconds: float
    per_key: bool = False


Limits = Mapping[str, tuple[Limit, ...]]
"""Limits by resource; `*` stands for resources that are not named."""


def rd_station_limits(plan: str) -> Limits:
    """RD Station Marketing's limits for a plan: light, basic, pro or advanced."""
    if plan not in PLANS:
        raise ValueError(f"unknown RD Station plan {plan!r}; one of {', '.join(PLANS)}")
    level = PLANS.index(plan)
    advanced = plan == "advanced"
    contacts = Limit("contacts", 500 if advanced else 120, MINUTE)
    events = (Limit("events", 500 if advanced else 120, MINUTE), Limit("events_lead", 120, DAY, per_key=True))
    segmentations = (Limit("segmentations", 240 if advanced else 120, MINUTE),)
    funnel = (Limit("funnel", 1_000_000, DAY), Limit("funnel_lead", 24, DAY, per_key=True))
    leads_of_flow = (1, 1, 3, 12)[level]
    limits: dict[str, tuple[Limit, ...]] = {
        "contacts": (contacts,),
        "contact_events": (contacts,),
        "contact_patch": (contacts, Limit("contact_patch_lead", 24, DAY, per_key=True)),
        "tag": (Limit("tag", 15_000, DAY), Limit("tag_lead", 24, DAY, per_key=True)),
        "segmentations": segmentations,
        "segmentation_contacts": segmentations,
        "funnel": funnel,
        "funnels": funnel,
        "events": events,
        # A batch counts as one request, and is not keyed by one lead.
        "events_batch": events[:1],
        "conversions": events,
        "workflow": (Limit("workflow", (1, 1, 5, 15)[level], HOUR),),
        "workflow_leads_add": (Limit("workflow_leads_add", (1, 1, 10, 100)[level], HOUR),),
        "workflows": (Limit("workflows", 40, HOUR),),
        "*": (Limit("other", 120, MINUTE),),  # nothing published: as careful as for contacts
    }
    for name in ("fields", "webhooks"):
        limits[name] = (Limit(name, 1_000_000, DAY),)
    hourly = ("emails", "landing_pages", "popups", "embeddables", "analytics_emails", "analytics_workflow_emails",
              "analytics_funnel", "analytics_conversions")  # fmt: skip
    for name in hourly:
        limits[name] = (Limit(name, 60, HOUR),)
    for name in ("workflow_leads_started", "workflow_leads_left", "workflow_leads_action"):
        limits[name] = (Limit(name, leads_of_flow, HOUR),)
    return limits


def pipedrive_limits(plan: str, seats: int, share: float) -> Limits:
    """Pipedrive: a burst window of two seconds, and the company's daily tokens of which `share` is ours.

    Histories cost the most and can wait: they may take half of ours, so that lists are always read.
    """
    if plan not in PIPEDRIVE_PLANS:
        raise ValueError(f"unknown Pipedrive plan {plan!r}; one of {', '.join(PIPEDRIVE_PLANS)}")
    factor, burst = PIPEDRIVE_PLANS[plan]
    # A call may cost 40: less than two of them a day would be no budget.
    tokens = Limit("tokens", max(80, int(30_000 * factor * seats * share)), DAY)
    return {
        "burst": (Limit("burst", burst, 2.0),),
        "tokens": (tokens,),
        "history": (Limit("history", tokens.count // 2, DAY), tokens),
    }


def salesforce_limits(daily_calls: int) -> Limits:
    """Salesforce: calls of the whole org in any 24 hours (contract crm_hubspot_salesforce_pipedrive.md 4.6); our share."""
    return {"*": (Limit("requests", daily_calls, DAY),)}


def hubspot_limits(tier: str) -> Limits:
    """HubSpot: a burst of ten seconds and a day for everything, and five searches a second (contract
    crm_hubspot_salesforce_pipedrive.md 3.6). Of the Professional day's two readings the smaller one."""
    burst, day = {"starter": (100, 250_000), "professional": (190, 625_000), "enterprise": (190, 1_000_000)}[tier]
    shared = (Limit("burst", burst, 10.0), Limit("daily", day, DAY))
    return {"search": (Limit("search", 5, 1.0), *shared), "*": shared}


def rd_station_crm_limits() -> Limits:
    """RD Station CRM: 120 a minute for all of one API version. Give v1 and v2 an owner each."""
    return {"*": (Limit("requests", 120, MINUTE),)}
