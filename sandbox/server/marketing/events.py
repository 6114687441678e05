"""Sending events: accepted at once, visible after the settle delay, never de-duplicated (rd_station.md A5)."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.http import Request, Response, reply
from sandbox.server.ids import uuid_of
from sandbox.server.marketing.contacts import need_json
from sandbox.server.marketing.event_types import QUALIFICATION, check_event, contact_write, stored_payload
from sandbox.server.routing import Route, Router

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def register(router: Router) -> None:
    """Add the routes."""
    router.add("POST", "/platform/events", Route(send, "marketing", "events"))
    router.add("POST", "/platform/events/batch", Route(send_batch, "marketing", "events_batch"))


def check_size(sandbox: "Sandbox", request: Request) -> Response | None:
    """413 above 0.2 MB (the status is not published)."""
    if len(request.body) <= sandbox.config.event_body_limit:
        return None
    return errors.typed("PAYLOAD_TOO_LARGE", "The request body is larger than 0.2 MB.", 413)


def over_lead_limit(sandbox: "Sandbox", event: dict[str, Any]) -> Response | None:
    """429 of the per-lead cap of events (120 per 24 h)."""
    over = sandbox.limits.take("events_lead", event["payload"]["email"].strip().lower())
    if over is None:
        return None
    sandbox.record.refused[over[0]] += 1
    return over[1]


def send(sandbox: "Sandbox", request: Request) -> Response:
    """POST /platform/events."""
    refused = check_size(sandbox, request)
    if refused:
        return refused
    event = need_json(request)
    refused = check_event(sandbox, event) or over_lead_limit(sandbox, event) or too_early(sandbox, event)
    if refused:
        return refused
    return reply({"event_uuid": accept(sandbox, request, "events", [event])[0]})


def send_batch(sandbox: "Sandbox", request: Request) -> Response:
    """POST /platform/events/batch: by default one invalid event refuses the whole batch (not published)."""
    refused = check_size(sandbox, request)
    if refused:
        return refused
    events = need_json(request)
    if not isinstance(events, list) or not events or len(events) > sandbox.config.batch_max_events:
        rules = {"data_type": "ARRAY", "max": sandbox.config.batch_max_events}
        return errors.event_error("INVALID_DATA_TYPE", "Must be of type 'ARRAY'.", rules, "$")
    good = []
    for event in events:
        refused = check_event(sandbox, event) or over_lead_limit(sandbox, event)
        if refused is None:
            good.append(event)
        elif sandbox.config.batch_invalid == "reject_all" or refused.status == 429:
            return refused
    names = accept(sandbox, request, "events_batch", good) if good else []
    batch = uuid_of("batch", sandbox.world.seed, sandbox.journal.count)
    return reply({"event_batch_uuid": batch, "events": [{"event_uuid": name} for name in names]})


def too_early(sandbox: "Sandbox", event: dict[str, Any]) -> Response | None:
    """404 for a qualification event of an unknown or too new contact, when the switch says `reject`."""
    if sandbox.config.qualification_refusal != "reject" or event["event_type"] not in QUALIFICATION:
        return None
    return None if knows_lead(sandbox, event["payload"]["email"]) else errors.lead_not_found()


def knows_lead(sandbox: "Sandbox", email: str) -> bool:
    """Whether the contact exists for long enough to take a qualification event."""
    contact = sandbox.engine.marketing.find("email", email)
    if contact is None:
        return False
    wait = sandbox.config.new_contact_delay_seconds
    if (sandbox.engine.at - contact.created_at).total_seconds() >= wait:
        return True
    return sandbox.limit_clock.now() - contact.known_at >= wait


def accept(sandbox: "Sandbox", request: Request, resource: str, events: list[dict[str, Any]]) -> list[str]:
    """Journal the events and let them settle; returns their uuids in request order."""
    number = sandbox.next_number()
    changes, names, dropped = [], [], []
    for position, event in enumerate(events):
        payload, kind = event["payload"], event["event_type"]
        name = uuid_of("event", sandbox.world.seed, number, position)
        names.append(name)
        lost = kind in QUALIFICATION and not knows_lead(sandbox, payload["email"])
        if lost:
            dropped.append(name)
        conversion = kind == "CONVERSION"
        change = {
            "type": "DROPPED" if lost else kind,
            "event_uuid": name,
            "email": payload["email"].strip(),
            "new_uuid": uuid_of("contact", sandbox.world.seed, number, position),
            "identifier": payload.get("conversion_identifier"),
            "payload": stored_payload(sandbox, payload) if conversion else payload,
            "write": contact_write(sandbox, payload) if conversion else {},
            "accepted_at": sandbox.engine.at,
        }
        changes.append(("mkt.pushed", change))
    body = events[0] if resource != "events_batch" else events
    facts = {"event_uuids": names, "dropped": dropped}
    sandbox.commit(request, resource, changes, settle=True, body=body, facts=facts)
    return names
