"""Marks a contact as opportunity when its deal reaches the agreement's opportunity stage (contract A5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from activation.destinations.rd_station_contact import Unreadable, contact_events, get_funnel
from activation.destinations.rd_station_status import StatusEvent
from activation.plan import PlanRow
from activation.policy import ReadBack
from activation.ports import Finding, Presence


class RdStationOpportunity(StatusEvent):
    """Destination of the sync `opportunity`.

    Read back exactly for what matters: a contact that is marked needs no mark, whoever set it.
    """

    name = "rd_station_opportunity"
    event_type = "OPPORTUNITY"
    read_back = ReadBack.EXACT

    def shows(self, funnel: Mapping[str, Any], row: PlanRow) -> bool:
        """The mark is set."""
        return funnel.get("opportunity") is True

    def find(self, row: PlanRow, since: datetime) -> Finding:
        """An opportunity event at or after `since` (the mark may have been taken off again), else the mark itself."""
        uuid = str(row.payload["contact_uuid"])
        try:
            for event in contact_events(self._api, uuid, since, self.event_type):
                if event["event_timestamp"] >= since:
                    return Finding(Presence.FOUND, event["event_timestamp"])
            funnel = get_funnel(self._api, uuid)
        except Unreadable as error:
            return Finding(Presence.UNKNOWN, result=error.result)
        return Finding(Presence.FOUND if funnel and self.shows(funnel, row) else Presence.ABSENT)
