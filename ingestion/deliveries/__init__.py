"""What was pushed, as one more source: rows of the outbox whose state changed land in `raw_deliveries.outbox`.

Every change gives a row with a higher `updated_seq`; staging keeps the last one per delivery.
"""

from __future__ import annotations

from ingestion.ports import Ports, Target
from ingestion.runner import LoadReport, load
from ingestion.sequenced import Changes, read_sequence

SCHEMA = "raw_deliveries"
PIPELINE = "bastao_deliveries"


def run(changed_after: Changes, ports: Ports, target: Target) -> LoadReport:
    """Land the outbox rows changed since the last run. `changed_after(updated_seq)` gives rows in that order."""
    return load(
        PIPELINE,
        SCHEMA,
        lambda session: read_sequence(changed_after, SCHEMA, "outbox", "updated_seq", "state", session),
        target,
        ports,
    )


__all__ = ["SCHEMA", "run"]
