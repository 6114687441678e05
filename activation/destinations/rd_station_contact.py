"""Looks at one contact of RD Station Marketing: who it is, what it consented to, which conversions it has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from activation.answers import attempt, attempt_write
from activation.faults import crash_point
from activation.ports import Api, Consent, Outcome, PlanRow, SendResult

PAGE_SIZE = 10  # fixed by the service (contract A4)
MAX_PAGES = 50


class Unreadable(Exception):
    """The service did not answer the question; `result` says how."""

    def __init__(self, result: SendResult):
        self.result = result
        super().__init__(result.outcome)


def get_contact(api: Api, email: str) -> dict[str, Any] | None:
    """The contact with this e-mail, None when the service knows no such contact. Raises Unreadable."""
    # `@` and `+` stay as they are in the path (contract A2).
    path = f"/platform/contacts/email:{quote(email, safe='@+')}"
    body, result = attempt(lambda: api.request("GET", path, resource="contacts", key=lead_key(email)))
    if result.status_code == 404:
        return None
    if result.outcome is not Outcome.ACCEPTED or not isinstance(body, dict) or not body.get("uuid"):
        raise Unreadable(as_question(result))
    return body


def conversions(api: Api, contact_uuid: str, since: datetime) -> Iterator[dict[str, Any]]:
    """Conversion events of a contact, at least all at or after `since`; see `contact_events`."""
    return contact_events(api, contact_uuid, since, "CONVERSION")


def contact_events(api: Api, contact_uuid: str, since: datetime, kind: str) -> Iterator[dict[str, Any]]:
    """Events of a contact of `kind` (`CONVERSION` or `OPPORTUNITY`: no others can be read, contract A4), at least all at or
    after `since`; `event_timestamp` parsed to aware UTC. A contact that is gone has none.

    Raises Unreadable, also for a history too long to read to its end.
    """
    for page in range(1, MAX_PAGES + 1):
        params = {"event_type": kind, "order": "created_at:desc", "page": page}
        path = f"/platform/contacts/{contact_uuid}/events"
        body, result = attempt(
            lambda: api.request("GET", path, params=params, resource="contact_events", key=contact_uuid)  # noqa: B023
        )
        if result.status_code == 404:
            return
        if result.outcome is not Outcome.ACCEPTED or not isinstance(body, list):
            raise Unreadable(as_question(result))
        events = [{**event, "event_timestamp": _instant(event["event_timestamp"])} for event in body]
        yield from events
        if len(events) < PAGE_SIZE:
            return
        # Only a page that is in descending order itself proves that what follows is older.
        descending = events[0]["event_timestamp"] > events[-1]["event_timestamp"]
        if descending and events[-1]["event_timestamp"] < since:
            return
    raise Unreadable(SendResult(Outcome.UNCERTAIN, error_class="too_many_pages"))


def get_funnel(api: Api, contact_uuid: str) -> Mapping[str, Any] | None:
    """The default funnel of a contact, None when the contact is gone. Raises Unreadable.

    Counted like ingestion's own looks at the funnel: 24 calls a day per contact are for both.
    """
    path = f"/platform/contacts/uuid:{contact_uuid}/funnels/default"
    body, result = attempt(lambda: api.request("GET", path, resource="funnels", key=contact_uuid))
    if result.status_code == 404:
        return None
    if result.outcome is not Outcome.ACCEPTED or not isinstance(body, Mapping):
        raise Unreadable(as_question(result))
    return body


def post_event(api: Api, body: Mapping[str, Any], point: str) -> SendResult:
    """One POST of an event (contract A5). A 200 means accepted, not yet recorded. `point`: name of the crash points."""
    key = lead_key(str(body["payload"]["email"]))
    crash_point(f"{point}:before_post")
    answer, result = attempt_write(
        lambda: api.request("POST", "/platform/events", json=body, resource="events", key=key)
    )
    crash_point(f"{point}:after_post")
    if result.outcome is not Outcome.ACCEPTED:
        return result
    reference = answer.get("event_uuid")
    if not reference:
        return SendResult(Outcome.UNCERTAIN, result.status_code, "no_event_uuid")
    return SendResult(Outcome.ACCEPTED, result.status_code, reference=str(reference))


def has_address(row: PlanRow) -> bool:
    """Whether the row's `email` can be one."""
    return "@" in str(row.payload.get("email") or "")


def lead_key(email: str) -> str:
    """What the limiter counts per lead: a hash, so that no e-mail reaches its tables or anybody's error text."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()


class RdConsent:
    """The consent as RD Station has it now (legal bases, contract A2); implements `ConsentLookup`."""

    def __init__(self, api: Api):
        self._api = api

    def current(self, row: PlanRow) -> Consent:
        """Any declined basis counts as declined; a contact that is gone is never made anew."""
        try:
            contact = get_contact(self._api, str(row.payload["email"]))
        except Unreadable as error:
            return Consent(None, error.result)
        if contact is None:
            return Consent("missing")
        bases = contact.get("legal_bases") or []
        statuses = {
            str(b.get("status")) for b in bases if b.get("category", "communications") == "communications"
        }
        if "declined" in statuses:
            return Consent("declined")
        return Consent("granted" if "granted" in statuses else "unknown")


def as_question(result: SendResult) -> SendResult:
    """How a reading failed: it has no side effect, so the next try is harmless. Quota and refusals are kept apart."""
    if result.outcome in (Outcome.THROTTLED, Outcome.BLOCKED):
        return result
    return SendResult(Outcome.UNCERTAIN, result.status_code, result.error_class or "unexpected_body")


def _instant(text: str) -> datetime:
    """Described as UTC, printed with an offset: the offset counts (contract A4)."""
    parsed = datetime.fromisoformat(text)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
