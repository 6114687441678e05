"""Kind `returned_to_nurture`: a lead that closed with a reason for nurture is back in nurture within a time."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from contract.clauses.base import AREA, Area, Clause
from contract.clauses.within import Within
from contract.fields import Code, Seconds, Text


class ReturnedToNurture(Within):
    """Section `nurture_return`; counted from the closing of the deal.

    `at_most` and `cooling_off` protect the person: beyond them nobody owes a return, and none is made.
    """

    OMITTED = Clause.OMITTED | {"at_most", "cooling_off"}
    kind: ClassVar[str] = "returned_to_nurture"

    id: Code = Field("returned_to_nurture", description="stable identifier of the clause")
    title: Text = Field(
        Text(pt="Volta do lead para a nutrição", en="The lead's return to nurture"),
        description="the clause as people call it, in both languages",
    )
    area: Area = Field("marketing", description=AREA)
    at_most: int | None = Field(
        None, ge=1, le=100, description="returns of one person, ever; a lead rejected once more is left alone"
    )
    cooling_off: Seconds | None = Field(
        None, description="no return of the same person so soon after the last one, as 90 d"
    )

    @property
    def starts_at(self) -> str:
        """The closing."""
        return "closed_at"
