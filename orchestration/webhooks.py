"""Subscribes our receiver to the events that the hot path lives on (contract of RD Station, A6).

Deal events are subscribed in Marketing too, not in the CRM: in both places, each event would come twice.
"""

from __future__ import annotations

from orchestration import accounts
from orchestration.errors import StageError
from orchestration.runtime import Runtime

PATH = "/integrations/webhooks"
EVENT_TYPES = (
    "WEBHOOK.CONVERTED",
    "WEBHOOK.MARKED_OPPORTUNITY",
    "crm_deal_created",
    "crm_deal_updated",
    "crm_deal_deleted",
)


def subscribe(runtime: Runtime, url: str) -> int:
    """Subscribe `url` to every event type it lacks; returns how many are new. The receiver must be up: it is called.

    Raises StageError without the address, which holds the secret.
    """
    with accounts.rd_station_api(runtime) as api:
        listed = api.request("GET", PATH, resource="webhooks").json
        known = {hook["event_type"] for hook in (listed or {}).get("webhooks", []) if hook.get("url") == url}
        missing = [name for name in EVENT_TYPES if name not in known]
        for name in missing:
            body = {
                "event_type": name,
                "entity_type": "CONTACT",
                "event_identifiers": [],
                "url": url,
                "http_method": "POST",
                "include_relations": ["CONTACT_FUNNEL"],
            }
            answer = api.request("POST", PATH, json=body, resource="webhooks")
            if answer.status != 201:
                raise StageError(f"RD Station refused the webhook {name} (status {answer.status}).")
    return len(missing)
