"""Kind `cadence_order`: the attempts follow the order of the cadence, not one upon the other."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from contract.clauses.attempts_made import AttemptsMade
from contract.clauses.base import Clock
from contract.fields import Code, Seconds, Text


class CadenceOrder(AttemptsMade):
    """From section `cadence`. Its limit says until when a cadence can still be completed."""

    kind: ClassVar[str] = "cadence_order"

    id: Code = Field("cadence_order", description="stable identifier of the clause")
    title: Text = Field(
        Text(pt="Cadência na ordem combinada", en="Cadence in the agreed order"),
        description="the clause as people call it, in both languages",
    )
    min_spacing: Seconds | None = Field(None, description="shortest time between two steps, as 2 h")
    spacing_clock: Clock = Field("elapsed", description="how the spacing counts: elapsed or business")

    def parameters(self) -> dict[str, Any]:
        """The cadence's columns and the spacing."""
        spaced = {"spacing_seconds": self.min_spacing, "spacing_clock": self.spacing_clock}
        return {**super().parameters(), **(spaced if self.min_spacing is not None else {})}
