"""Webhooks that the receiver has committed, as one more source: `raw_inbox.events`.

The receiver keeps ids, stages and instants of a delivered body and drops the rest (names, e-mails, phones), so
nothing personal passes here. Events are hints: RD Station and Pipedrive sign nothing, so what an event says about a
deal or a contact is read back from the API before anything acts on it; `named` says which objects those are. The
funnel that a Marketing webhook carries is used as an observation of its instant. What could not be read as an event
stands in `raw_inbox.quarantine`.
"""

from __future__ import annotations

from ingestion.inbox.named import Named, named_query, pending
from ingestion.ports import Ports, Target
from ingestion.rows import Row
from ingestion.runner import LoadReport, load
from ingestion.sequenced import Changes, read_sequence

SCHEMA = "raw_inbox"
PIPELINE = "bastao_inbox"


def run(received_after: Changes, ports: Ports, target: Target) -> LoadReport:
    """Land the events received since the last run. `received_after(inbox_seq)` gives rows of `raw_inbox.events`."""
    return load(
        PIPELINE,
        SCHEMA,
        lambda session: read_sequence(received_after, SCHEMA, "events", "inbox_seq", "webhook", session, _refused),
        target,
        ports,
    )


def _refused(event: Row) -> Row | None:
    """The quarantine row of what the receiver could not read as an event; its key is a hash of the body."""
    if not event.get("refusal"):
        return None
    where = {"source_table": "events", "record_key": event["event_key"], "column_name": event["system"]}
    return {**where, "reason": event["refusal"], "line_no": event["inbox_seq"]}


__all__ = ["SCHEMA", "Named", "named_query", "pending", "run"]
