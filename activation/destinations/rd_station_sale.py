"""Tells RD Station of a sale with the value that the ERP invoiced (contract A5).

A sale cannot be read back, and no event takes one back: OPPORTUNITY_LOST only removes the opportunity mark and would say of a
customer that the sale was lost, and a second SALE would count twice. So the correction of a sale whose invoice was cancelled
or returned is held for a person, who corrects it in RD Station (docs/decisions/0011).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from activation.destinations.rd_station_status import StatusEvent
from activation.plan import PlanRow
from activation.policy import ReadBack

CORRECTION = "cancelled:"  # occurrences that begin so are corrections


class RdStationSale(StatusEvent):
    """Destination of the sync `sale`. Plan columns used besides: `value` (BRL), `client_before`: the contact was a client before
    this sale, so that being one now says nothing."""

    name = "rd_station_sale"
    event_type = "SALE"
    read_back = ReadBack.NONE

    def problem(self, row: PlanRow) -> str | None:
        """Also `sale_to_correct` (never sent, whatever state it is in) and `no_value`."""
        if row.occurrence.startswith(CORRECTION):
            return "sale_to_correct"
        if row.value is None or row.value <= 0:
            return "no_value"
        return super().problem(row)

    def facts(self, row: PlanRow) -> dict[str, Any]:
        """The value: a JSON number, as the service demands; cents survive the binary fraction."""
        assert row.value is not None, "problem() lets no sale without value pass"
        return {"value": float(row.value)}

    def shows(self, funnel: Mapping[str, Any], row: PlanRow) -> bool:
        """The contact became a client."""
        return funnel.get("lifecycle_stage") == "Client" and not row.payload.get("client_before")
