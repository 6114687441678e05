"""Kind `owner_at_birth`: a handed-over lead has an owner almost from the start."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from contract.clauses.base import AREA, Area
from contract.clauses.within import Within
from contract.fields import Code, Text


class OwnerAtBirth(Within):
    """Section `owner`. Marketing owes it unless the agreement says sales."""

    kind: ClassVar[str] = "owner_at_birth"

    id: Code = Field("owner_at_birth", description="stable identifier of the clause")
    title: Text = Field(
        Text(pt="Lead já nasce com dono", en="The lead is born with an owner"),
        description="the clause as people call it, in both languages",
    )
    area: Area = Field("marketing", description=AREA)
