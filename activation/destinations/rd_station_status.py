"""What became of a lead's opportunity, told to RD Station Marketing: events OPPORTUNITY, SALE, OPPORTUNITY_LOST (contract A5).

They record a status on a contact that exists: no message, no new contact, no legal basis. But a mark may be the entry of a
flow (A8.5), so the consent is asked as for a return, and nothing is told that the contact's funnel shows already: RD
Station's own integration, or a person, did it. RD Station has no idempotency key and no field for ours in these events.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from activation.destinations.rd_station_contact import (
    RdConsent,
    Unreadable,
    get_funnel,
    has_address,
    post_event,
)
from activation.plan import PlanRow
from activation.policy import ReadBack
from activation.ports import Api, Consent, Finding, Presence, SendResult

# What a fresh look may find so that the event may go, or the agreement's policy decides (engine).
_MAY_GO = frozenset({"granted", "unknown"})


class StatusEvent:
    """Base of the three destinations, and the look just before each send. Plan columns used by all: `email`, `contact_uuid`."""

    name: ClassVar[str]
    event_type: ClassVar[str]
    read_back: ReadBack
    cost: Mapping[str, int] = {"contacts": 1, "funnels": 1, "events": 1}  # consent, what is shown, the event

    def __init__(self, api: Api):
        self._api = api
        self._consent = RdConsent(api)

    def problem(self, row: PlanRow) -> str | None:
        """`no_email` or `no_contact`."""
        if not has_address(row):
            return "no_email"
        return None if row.payload.get("contact_uuid") else "no_contact"

    def event(self, row: PlanRow) -> dict[str, Any]:
        """The body that is sent."""
        payload = {"email": row.payload["email"], "funnel_name": "default", **self.facts(row)}
        return {"event_type": self.event_type, "event_family": "CDP", "payload": payload}

    def facts(self, row: PlanRow) -> dict[str, Any]:
        """What the event says besides who it is about."""
        return {}

    def shows(self, funnel: Mapping[str, Any], row: PlanRow) -> bool:
        """Whether the contact's funnel shows it already."""
        raise NotImplementedError

    def send(self, row: PlanRow) -> SendResult:
        """One POST. A 200 means accepted, not yet recorded."""
        return post_event(self._api, self.event(row), self.name)

    def find(self, row: PlanRow, since: datetime) -> Finding:
        """Nothing can be read back (contract A4) unless the destination says otherwise."""
        return Finding(Presence.UNKNOWN)

    def current(self, row: PlanRow) -> Consent:
        """Implements `ConsentLookup`: the consent, `missing`, or `shown` when there is nothing left to tell."""
        consent = self._consent.current(row)
        if consent.status not in _MAY_GO:
            return consent
        try:
            funnel = get_funnel(self._api, str(row.payload["contact_uuid"]))
        except Unreadable as error:
            return Consent(None, error.result)
        if funnel is None:
            return Consent("missing")
        return Consent("shown") if self.shows(funnel, row) else consent
