"""Kind `returned_to_nurture`: a lead that closed with a reason for nurture is back in nurture within a time."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from contract.clauses.base import AREA, Area
from contract.clauses.within import Within
from contract.fields import Code, Text


class ReturnedToNurture(Within):
    """Section `nurture_return`; counted from the closing of the deal."""

    kind: ClassVar[str] = "returned_to_nurture"

    id: Code = Field("returned_to_nurture", description="stable identifier of the clause")
    title: Text = Field(
        Text(pt="Volta do lead para a nutrição", en="The lead's return to nurture"),
        description="the clause as people call it, in both languages",
    )
    area: Area = Field("marketing", description=AREA)

    @property
    def starts_at(self) -> str:
        """The closing."""
        return "closed_at"
