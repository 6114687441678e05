"""Kind `reason_registered`: a lead is given back or lost only with a reason from the list."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from contract.clauses.base import Clause
from contract.fields import Code, Text


class ReasonRegistered(Clause):
    """From section `give_back`; judged at the closing."""

    kind: ClassVar[str] = "reason_registered"

    id: Code = Field("reason_registered", description="stable identifier of the clause")
    title: Text = Field(
        Text(pt="Devolução ou perda com motivo registrado", en="Return or loss with a registered reason"),
        description="the clause as people call it, in both languages",
    )

    @property
    def starts_at(self) -> str:
        """The closing."""
        return "closed_at"
