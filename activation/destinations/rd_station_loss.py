"""Takes the opportunity mark off a contact whose deal was lost, with the reason (contract A5).

Without a mark there is nothing to take off: the look just before each send says so. That the mark is gone afterwards does
not prove that we took it off, so what is uncertain is held.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from activation.destinations.rd_station_status import StatusEvent
from activation.plan import PlanRow
from activation.policy import ReadBack


class RdStationLoss(StatusEvent):
    """Destination of the sync `loss`. Plan column used besides: `reason_label`, the reason as sales wrote it."""

    name = "rd_station_loss"
    event_type = "OPPORTUNITY_LOST"
    read_back = ReadBack.WEAK

    def facts(self, row: PlanRow) -> dict[str, Any]:
        """The reason, when there is one."""
        reason = row.payload.get("reason_label")
        return {"reason": str(reason)} if reason else {}

    def shows(self, funnel: Mapping[str, Any], row: PlanRow) -> bool:
        """There is no mark."""
        return funnel.get("opportunity") is not True
