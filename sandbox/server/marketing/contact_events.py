"""Conversions and opportunity marks of one contact, ten per page (rd_station.md A4)."""

from typing import TYPE_CHECKING

from sandbox.server import errors
from sandbox.server.http import Request, Response, reply
from sandbox.server.marketing.contacts import find
from sandbox.server.routing import Route, Router
from sandbox.server.times import brasilia

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

PAGE = 10


def register(router: Router) -> None:
    """Add the route."""
    router.add("GET", "/platform/contacts/{identifier}/events", Route(read, "marketing", "contact_events"))


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET …/events?event_type=CONVERSION|OPPORTUNITY: a bare array; order=created_at[:desc] or direction=desc."""
    contact = find(sandbox, request)
    kind = request.query("event_type")
    if kind not in ("CONVERSION", "OPPORTUNITY"):
        rules = {"valid_options": ["CONVERSION", "OPPORTUNITY"]}
        return errors.event_error("INVALID_OPTION", "Must be one of the valid options.", rules, "$.event_type")
    page_text = request.query("page") or "1"
    if not page_text.isdigit() or int(page_text) < 1:
        return errors.by_field({"page": [("INVALID", "is not a valid page")]})
    order = (request.query("order") or "created_at").partition(":")
    descending = "desc" in (order[2], request.query("direction"))
    rows = [item for item in contact.interactions if item.type == kind]
    rows.sort(key=lambda item: item.at, reverse=descending)
    start = (int(page_text) - 1) * PAGE
    return reply(
        [
            {
                "event_type": item.type,
                "event_family": "CDP",
                "event_identifier": item.identifier,
                "event_timestamp": brasilia(item.at),
                "payload": item.payload,
            }
            for item in rows[start : start + PAGE]
        ]
    )
