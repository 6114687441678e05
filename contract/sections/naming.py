"""The name of a clause whose section makes more than one."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from contract.fields import Code, Strict, Text


class Naming(Strict):
    """Identifier and title of one clause; the defaults of its kind where they are absent."""

    id: Code | None = Field(None, description="stable identifier of the clause")
    title: Text | None = Field(None, description="the clause as people call it, in both languages")

    def given(self) -> dict[str, Any]:
        """What was written, as arguments of a clause."""
        return {key: value for key in ("id", "title") if (value := getattr(self, key)) is not None}
