"""Kind `capture_completeness`: the share of a month's conversions that brought every field sales needs."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from contract.clauses.base import Rows
from contract.clauses.monthly import Monthly


class CaptureCompleteness(Monthly):
    """From section `commitments`; without `forms` every conversion counts."""

    kind: ClassVar[str] = "capture_completeness"

    fields: tuple[str, ...] = Field(min_length=1, description="fields that must be filled")
    forms: tuple[str, ...] = Field((), description="conversion identifiers that count")

    def side_rows(self) -> dict[str, Rows]:
        """Fields and forms."""
        return {
            "clause_fields": [{"field": name} for name in self.fields],
            "clause_forms": [{"conversion_identifier": identifier} for identifier in self.forms],
        }
