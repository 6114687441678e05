"""Shows the owner of a lead on its contact in RD Station Marketing: `contact_owner_email` of the funnel (contract A2).

Writing the same owner again changes nothing, so what is uncertain is read back and, when absent, written again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from activation.answers import attempt_write
from activation.destinations.rd_station_contact import Unreadable, get_funnel
from activation.faults import crash_point
from activation.plan import PlanRow
from activation.policy import ReadBack
from activation.ports import Api, Consent, Finding, Outcome, Presence, SendResult

# The service's own code for an owner who is no user of the account, and what the dead letter says instead.
_UNKNOWN_USER = "INVALID_USER"
NOT_A_USER = "owner_is_no_user_of_rd_station"
_LONGEST = 100  # characters of the field


class RdStationOwner:
    """Destination of the sync `owner_rd`, and the look just before each send. Plan columns used: `contact_uuid`,
    `owner_email`, `only_if_free`."""

    name = "rd_station_owner"
    read_back = ReadBack.EXACT
    cost: Mapping[str, int] = {"funnels": 2}  # the funnel is looked at, then written

    def __init__(self, api: Api):
        self._api = api

    def problem(self, row: PlanRow) -> str | None:
        """`no_contact` or `no_owner_email`."""
        if not row.payload.get("contact_uuid"):
            return "no_contact"
        email = str(row.payload.get("owner_email") or "")
        return None if "@" in email and len(email) <= _LONGEST else "no_owner_email"

    def send(self, row: PlanRow) -> SendResult:
        """One PUT of the owner alone: stage and opportunity mark stay as they are."""
        uuid, body = str(row.payload["contact_uuid"]), {"contact_owner_email": row.payload["owner_email"]}
        path = f"/platform/contacts/uuid:{uuid}/funnels/default"
        crash_point("owner_rd:before_put")
        _, result = attempt_write(lambda: self._api.request("PUT", path, json=body, resource="funnels", key=uuid))
        crash_point("owner_rd:after_put")
        if result.error_class == _UNKNOWN_USER:
            return SendResult(Outcome.REJECTED, result.status_code, NOT_A_USER)
        return result

    def find(self, row: PlanRow, since: datetime) -> Finding:
        """Whether the contact shows this owner now. A contact that is gone shows none."""
        try:
            funnel = get_funnel(self._api, str(row.payload["contact_uuid"]))
        except Unreadable as error:
            return Finding(Presence.UNKNOWN, result=error.result)
        return Finding(Presence.FOUND if _owner(funnel) == _same(row.payload["owner_email"]) else Presence.ABSENT)

    def current(self, row: PlanRow) -> Consent:
        """Implements `ConsentLookup`: `missing` for a contact that is gone; `owned` where a routed lead has got an owner
        since, whom we leave alone."""
        try:
            funnel = get_funnel(self._api, str(row.payload["contact_uuid"]))
        except Unreadable as error:
            return Consent(None, error.result)
        if funnel is None:
            return Consent("missing")
        shown = _owner(funnel)
        taken = row.payload.get("only_if_free") and shown and shown != _same(row.payload["owner_email"])
        return Consent("owned" if taken else "granted")


def _owner(funnel: Mapping[str, Any] | None) -> str | None:
    email = (funnel or {}).get("contact_owner_email")
    return _same(email) if email and email != "null" else None


def _same(email: Any) -> str:
    return str(email).strip().lower()
