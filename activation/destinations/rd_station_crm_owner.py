"""Gives a deal of RD Station CRM that nobody has to a seller (v2 deal update, contract B3).

A person's choice wins: the deal is looked at just before the call, and one that has an owner by then is left alone. The
service knows no conditional update, so the instant between look and call remains.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from activation.answers import attempt
from activation.destinations.rd_station_contact import Unreadable, as_question
from activation.faults import crash_point
from activation.plan import PlanRow
from activation.policy import ReadBack
from activation.ports import Api, Consent, Finding, Outcome, Presence, SendResult


class RdStationCrmOwner:
    """Destination of the sync `owner_crm`, and the look just before each send. Plan columns used: `deal_id`, `owner_id`."""

    name = "rd_station_crm_owner"
    read_back = ReadBack.EXACT
    cost: Mapping[str, int] = {"crm_v2": 2}  # the deal is looked at, then updated

    def __init__(self, api: Api):
        self._api = api

    def problem(self, row: PlanRow) -> str | None:
        """`no_deal` or `no_owner`."""
        if not row.payload.get("deal_id"):
            return "no_deal"
        return None if row.payload.get("owner_id") else "no_owner"

    def send(self, row: PlanRow) -> SendResult:
        """One PUT with the owner alone."""
        crash_point("owner_crm:before_put")
        body, result = self._call("PUT", row, {"data": {"owner_id": row.payload["owner_id"]}})
        crash_point("owner_crm:after_put")
        if result.outcome is Outcome.ACCEPTED and _deal(body) is None:
            return SendResult(Outcome.UNCERTAIN, result.status_code, "no_deal_in_answer")
        return result

    def find(self, row: PlanRow, since: datetime) -> Finding:
        """Whether the deal has this owner now."""
        try:
            deal = self._read(row)
        except Unreadable as error:
            return Finding(Presence.UNKNOWN, result=error.result)
        ours = deal is not None and deal.get("owner_id") == row.payload.get("owner_id")
        return Finding(Presence.FOUND if ours else Presence.ABSENT)

    def current(self, row: PlanRow) -> Consent:
        """Implements `ConsentLookup`: `owned` when somebody has the deal, `gone` when it does not exist or is closed."""
        try:
            deal = self._read(row)
        except Unreadable as error:
            return Consent(None, error.result)
        if deal is None or deal.get("status") in ("won", "lost"):
            return Consent("gone")
        return Consent("owned" if deal.get("owner_id") else "granted")

    def _read(self, row: PlanRow) -> Mapping[str, Any] | None:
        body, result = self._call("GET", row, None)
        if result.status_code == 404:
            return None
        deal = _deal(body)
        if result.outcome is not Outcome.ACCEPTED or deal is None:
            raise Unreadable(as_question(result))
        return deal

    def _call(self, method: str, row: PlanRow, body: Any) -> tuple[Any, SendResult]:
        path = f"/deals/{quote(str(row.payload['deal_id']), safe='')}"
        return attempt(lambda: self._api.request(method, path, json=body, resource="crm_v2"))


def _deal(body: Any) -> Mapping[str, Any] | None:
    """The object under `data`, when it looks like a deal: without an id it is somebody else's page."""
    data = body.get("data") if isinstance(body, Mapping) else None
    return data if isinstance(data, Mapping) and data.get("id") else None
