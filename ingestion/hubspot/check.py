"""What `bastao doctor` asks HubSpot: a dozen calls. A scope that lacks is a 403 of its kind of record (contract 3.1, 3.6)."""

from __future__ import annotations

from functools import partial

from ingestion.account_look import AccountLook, not_given, number
from ingestion.hubspot.client import HubspotApi
from ingestion.hubspot.fields import properties_read
from ingestion.hubspot.settings import ACTIVITIES, HubspotConfig

KINDS = ("contacts", "companies", "leads", *ACTIVITIES)


def look(api: HubspotApi, config: HubspotConfig) -> AccountLook:
    """Raises IngestionError when deals cannot be read: without them there is nothing to do."""
    answer = api.get(api.path("pipelines", "/deals"))
    api.search("deals", {"limit": 1})
    asked = {kind: partial(api.search, kind, {"limit": 1}) for kind in KINDS}
    lacking = not_given({**asked, "owners": partial(api.rows, api.path("owners", ""))})
    refused: list[str] = []
    fields = tuple(properties_read(api, config, "leads" not in lacking, lambda kind, _status: refused.append(f"properties of {kind}")))
    left, most = (number(answer.headers.get(f"x-hubspot-ratelimit-daily{which}")) for which in ("-remaining", ""))
    return AccountLook((*lacking, *refused), "calls", left, most, answer.served_at, fields)
