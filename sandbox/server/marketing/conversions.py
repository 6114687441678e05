"""Conversions by API key, the only call a browser may make (rd_station.md A1)."""

from typing import TYPE_CHECKING

from sandbox.server import errors
from sandbox.server.http import Request, Response, reply
from sandbox.server.marketing.contacts import need_json
from sandbox.server.marketing.event_types import check_event
from sandbox.server.marketing.events import accept, check_size, over_lead_limit
from sandbox.server.routing import Route, Router

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def register(router: Router) -> None:
    """Add the route."""
    router.add("POST", "/platform/conversions", Route(send, "marketing", "conversions", open=True))


def send(sandbox: "Sandbox", request: Request) -> Response:
    """POST /platform/conversions?api_key=KEY; only CONVERSION. A CRM token as key gives UNABLE_TO_LOAD_CDP_SCHEMA."""
    key = request.query("api_key")
    if key in (sandbox.tokens.v1_token, sandbox.tokens.v1_restricted_token):
        text = f"Unable to load schema for tenant_id '{sandbox.world.account.get('id')}'"
        return reply({"errors": [{"error_type": "UNABLE_TO_LOAD_CDP_SCHEMA", "error_message": text}]}, 400)
    if key != sandbox.tokens.api_key:
        return errors.oauth_typed(sandbox.config, "UNAUTHORIZED", "Invalid token.")
    refused = check_size(sandbox, request)
    if refused:
        return refused
    event = need_json(request)
    if isinstance(event, dict) and event.get("event_type") != "CONVERSION":
        rules = {"valid_options": ["CONVERSION"]}
        return errors.event_error("INVALID_OPTION", "Must be one of the valid options.", rules, "$.event_type", True)
    refused = check_event(sandbox, event) or over_lead_limit(sandbox, event)
    if refused:
        return refused
    return reply({"event_uuid": accept(sandbox, request, "conversions", [event])[0]})
