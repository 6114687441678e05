"""Base of the kinds that are judged once a month."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from contract.clauses.base import Clause, SubjectType


class Monthly(Clause):
    """A figure that a local month must reach."""

    subject_type: ClassVar[SubjectType] = "month"

    at_least: float

    @property
    def figure(self) -> str:
        """Name of what is measured."""
        return self.kind

    def parameters(self) -> dict[str, Any]:
        """The figure and its minimum."""
        return {"measure": self.figure, "minimum": Decimal(str(self.at_least))}
