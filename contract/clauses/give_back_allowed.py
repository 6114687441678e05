"""Kind `give_back_allowed`: a lead is given back only after the attempts of the cadence."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from contract.clauses.base import AttemptChannel, Audience, Clause, Rows, numbered, temperature_of
from contract.fields import Code, Text


class GiveBackAllowed(Clause):
    """From section `give_back`, with the steps of section `cadence`."""

    kind: ClassVar[str] = "give_back_allowed"

    id: Code = Field("give_back_allowed", description="stable identifier of the clause")
    title: Text = Field(
        Text(pt="Devolução só depois da cadência", en="Return only after the cadence"),
        description="the clause as people call it, in both languages",
    )
    applies_to: Audience = Field("all", description="all, hot or other")
    steps: tuple[AttemptChannel, ...] = Field(min_length=1, description="channels of the cadence")
    except_reasons: tuple[Code, ...] = Field((), description="codes of reasons that need no attempts")

    def parameters(self) -> dict[str, Any]:
        """The audience."""
        return {"applies_to": self.applies_to, "temperature": temperature_of(self.applies_to)}

    def side_rows(self) -> dict[str, Rows]:
        """The attempts that are needed, and the reasons that need none."""
        return {
            "cadence_steps": numbered(self.steps),
            "clause_reasons": [{"reason_code": code} for code in self.except_reasons],
        }
