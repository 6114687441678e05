"""Base of the kinds that are one deed within one time."""

from __future__ import annotations

from typing import Any

from pydantic import Field, ValidationInfo, field_validator

from contract.clauses.base import CLOCK, Clause, Clock
from contract.fields import Seconds, in_working_hours


class Within(Clause):
    """A deed that is due a time after the clause starts."""

    clock: Clock = Field("elapsed", description=CLOCK)
    within: Seconds = Field(description="longest time allowed, as 15 min or 2 d")

    @field_validator("within", mode="before")
    @classmethod
    def _no_working_days(cls, value: Any, info: ValidationInfo) -> Any:
        return in_working_hours(value, info.data.get("clock"))

    def parameters(self) -> dict[str, Any]:
        """Clock and limit."""
        return {"clock": self.clock, "limit_seconds": self.within}
