"""Returns a rejected lead to nurture: a conversion in RD Station whose identifier names the reason.

The flow of that reason has the identifier as its entry (contract A8.5, way 2). RD Station has no idempotency key
(A5), so the conversion carries ours: `traffic_source` `bastao` and `traffic_value` = delivery id, which the contact's
events and the next ingestion show again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from activation.destinations.rd_station_contact import (
    Unreadable,
    conversions,
    get_contact,
    has_address,
    post_event,
)
from activation.plan import PlanRow
from activation.policy import ReadBack
from activation.ports import Api, Finding, Presence, SendResult

SOURCE = "bastao"
MEDIUM = "nutricao"


class RdStationNurture:
    """Destination of the sync `nurture_return`. Plan columns used: `email`, `conversion_identifier`.

    `tags` are added to the contact with each return (lowercase, as the service demands).
    """

    name = "rd_station_nurture"
    read_back = ReadBack.EXACT
    cost: Mapping[str, int] = {"contacts": 1, "events": 1}  # the consent is asked, then one event is sent

    def __init__(self, api: Api, tags: tuple[str, ...] = ("bastao-retorno",)):
        self._api = api
        self._tags = [tag.lower() for tag in tags]

    def problem(self, row: PlanRow) -> str | None:
        """`no_email` or `no_identifier`."""
        if not has_address(row):
            return "no_email"
        return None if row.payload.get("conversion_identifier") else "no_identifier"

    def event(self, row: PlanRow) -> dict[str, Any]:
        """The body that is sent. Never `legal_bases`: a rejection by sales is not consent (contract C2)."""
        return {
            "event_type": "CONVERSION",
            "event_family": "CDP",
            "payload": {
                "conversion_identifier": row.payload["conversion_identifier"],
                "email": row.payload["email"],
                "tags": return_tags(row, self._tags),
                "traffic_source": SOURCE,
                "traffic_medium": MEDIUM,
                "traffic_value": row.delivery_id,
            },
        }

    def send(self, row: PlanRow) -> SendResult:
        """One POST. A 200 means accepted, not yet recorded."""
        return post_event(self._api, self.event(row), "nurture")

    def find(self, row: PlanRow, since: datetime) -> Finding:
        """Look for this delivery among the contact's conversions: by our marker; without any marker, by identifier
        and time. A contact that does not exist has none."""
        try:
            contact = get_contact(self._api, str(row.payload["email"]))
            if contact is None:
                return Finding(Presence.ABSENT)
            for event in conversions(self._api, str(contact["uuid"]), since):
                if _is_ours(event, row, since):
                    return Finding(Presence.FOUND, event["event_timestamp"])
        except Unreadable as error:
            return Finding(Presence.UNKNOWN, result=error.result)
        return Finding(Presence.ABSENT)


def return_tags(row: PlanRow, always: list[str]) -> list[str]:
    """Tags of a lead that comes back: those of every return, and one that names the reason. Lowercase, as demanded."""
    reason = [f"motivo-{row.reason_code.lower().replace('_', '-')}"] if row.reason_code else []
    return [*always, *reason]


def _is_ours(event: Mapping[str, Any], row: PlanRow, since: datetime) -> bool:
    payload = event.get("payload") or {}
    if payload.get("traffic_source") == SOURCE and payload.get("traffic_value"):
        return payload["traffic_value"] == row.delivery_id  # another delivery's marker is never ours
    same = event.get("event_identifier") == row.payload["conversion_identifier"]
    return bool(same and event["event_timestamp"] >= since)
