"""Kind `volume`: as many MQLs, SQLs or wins in a month as agreed."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from contract.clauses.monthly import Monthly

VolumeMeasure = Literal["mqls_per_month", "sqls_per_month", "wins_per_month"]


class Volume(Monthly):
    """From section `commitments`."""

    kind: ClassVar[str] = "volume"

    measure: VolumeMeasure = Field(description="what is counted")

    @property
    def figure(self) -> str:
        """What is counted."""
        return self.measure
