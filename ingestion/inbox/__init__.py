"""Webhooks that the receiver has committed, as one more source: `raw_inbox.events`.

The receiver keeps ids, stages and instants of a delivered body and drops the rest (names, e-mails, phones), so
nothing personal passes here. Events are hints: RD Station signs nothing, so what an event says about a deal or a
contact is read back from the API before anything acts on it. The funnel that a Marketing webhook carries is used as
an observation of its instant.
"""

from __future__ import annotations

from ingestion.ports import Ports, Target
from ingestion.runner import LoadReport, load
from ingestion.sequenced import Changes, read_sequence

SCHEMA = "raw_inbox"
PIPELINE = "bastao_inbox"


def run(received_after: Changes, ports: Ports, target: Target) -> LoadReport:
    """Land the events received since the last run. `received_after(inbox_seq)` gives rows of `raw_inbox.events`."""
    return load(
        PIPELINE,
        SCHEMA,
        lambda session: read_sequence(received_after, SCHEMA, "events", "inbox_seq", "webhook", session),
        target,
        ports,
    )


__all__ = ["SCHEMA", "run"]
