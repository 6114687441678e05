"""Kind `rating_given`: the seller grades the lead within a time."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from contract.clauses.base import AREA, Area
from contract.clauses.within import Within
from contract.fields import Code, Text


class RatingGiven(Within):
    """Section `rating`. A CRM that keeps the grade without its instant is judged by `fallback_without_instant`."""

    kind: ClassVar[str] = "rating_given"

    id: Code = Field("rating_given", description="stable identifier of the clause")
    title: Text = Field(
        Text(pt="Nota do vendedor para o lead", en="The seller's grade of the lead"),
        description="the clause as people call it, in both languages",
    )
    area: Area = Field("sales", description=AREA)
    fallback_without_instant: Literal["rated", "not_judgeable"] = Field(
        "rated",
        description="when the instant of the grade is not known: rated (any grade counts) or not_judgeable",
    )

    def parameters(self) -> dict[str, Any]:
        """Clock, limit and the fallback."""
        return {**super().parameters(), "fallback": self.fallback_without_instant}
