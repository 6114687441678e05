"""Kind `attempts_made`: all attempts of the cadence are made within its time, in whatever order."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from contract.clauses.base import AttemptChannel, Audience, Rows, numbered, temperature_of
from contract.clauses.within import Within
from contract.fields import Code, Text


class AttemptsMade(Within):
    """From section `cadence`. Every channel is needed as often as the steps name it."""

    kind: ClassVar[str] = "attempts_made"

    id: Code = Field("cadence_attempts", description="stable identifier of the clause")
    title: Text = Field(
        Text(pt="Tentativas da cadência feitas", en="Attempts of the cadence made"),
        description="the clause as people call it, in both languages",
    )
    applies_to: Audience = Field("all", description="all, hot or other")
    steps: tuple[AttemptChannel, ...] = Field(min_length=1, description="channels, in order")

    def parameters(self) -> dict[str, Any]:
        """Audience, clock and limit."""
        return {
            **super().parameters(),
            "applies_to": self.applies_to,
            "temperature": temperature_of(self.applies_to),
        }

    def side_rows(self) -> dict[str, Rows]:
        """The steps."""
        return {"cadence_steps": numbered(self.steps)}
