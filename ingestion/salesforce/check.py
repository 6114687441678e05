"""What `bastao doctor` asks Salesforce: the day's calls, and which objects and fields this user sees (contract 4.3, 4.7)."""

from __future__ import annotations

from ingestion.account_look import AccountLook
from ingestion.salesforce.client import Refused, SalesforceApi
from ingestion.salesforce.resources import resources
from ingestion.salesforce.settings import SalesforceConfig


def look(api: SalesforceApi, config: SalesforceConfig) -> AccountLook:
    """One describe per object. Raises IngestionError when an object is refused without which nothing can be read."""
    left, most, served_at = api.calls_left()
    lacking = []
    for resource in resources(config.fields):
        try:
            seen = api.describe(resource.name)
        except Refused as refused:
            if not resource.may_lack or refused.status not in (400, 403, 404):
                raise
            lacking.append(resource.name)
            continue
        wanted = (*resource.fields, *resource.custom)
        lacking += [f"{resource.name}.{name}" for name in wanted if "." not in name and name not in seen]
    return AccountLook(tuple(lacking), "API calls", left, most or None, served_at)
