"""What `bastao doctor` asks Pipedrive: about a hundred tokens. Headers of the day are undocumented and may be absent (5.6)."""

from __future__ import annotations

from functools import partial

from ingestion.account_look import AccountLook, not_given, number
from ingestion.pipedrive.client import PipedriveApi
from ingestion.pipedrive.fields import fields_read
from ingestion.pipedrive.settings import PipedriveConfig

# What the reader lists: name -> (path, resource). A scope or a plan that lacks one refuses it.
LISTS = {
    "leads": ("/v1/leads", "leads"), "persons": ("/v2/persons", "persons"), "organizations": ("/v2/organizations", "organizations"),
    "activities": ("/v2/activities", "activities"), "users": ("/v1/users", "users"), "fields": ("/v2/dealFields", "fields"),
}  # fmt: skip


def look(api: PipedriveApi, config: PipedriveConfig) -> AccountLook:
    """Raises IngestionError when deals cannot be read: without them there is nothing to do."""
    api.get("/v2/deals", {"limit": 1}, resource="deals")
    lacking = not_given({name: partial(api.get, path, {"limit": 1}, resource=resource) for name, (path, resource) in LISTS.items()})
    answer = api.get("/v1/users/me", resource="me")
    left, most = (number(answer.headers.get(f"x-daily-ratelimit-token-{which}")) for which in ("remaining", "limit"))
    fields = () if "fields" in lacking else tuple(fields_read(api, config))
    return AccountLook(lacking, "tokens", left, most, answer.served_at, fields)
