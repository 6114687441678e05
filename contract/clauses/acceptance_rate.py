"""Kind `acceptance_rate`: the share of a month's hand-overs that sales takes."""

from __future__ import annotations

from typing import ClassVar

from contract.clauses.monthly import Monthly


class AcceptanceRate(Monthly):
    """From section `commitments`."""

    kind: ClassVar[str] = "acceptance_rate"
