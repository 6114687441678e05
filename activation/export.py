"""Hands the ledger to ingestion, which loads it as one more source (`raw_deliveries.outbox`)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from activation.outbox import Outbox
from activation.tables import outbox as table

_PAGE = 1000
_INSTANTS = ("happened_at", "planned_at", "sent_at", "delivered_at", "confirmed_at")
_COLUMNS = ("delivery_id", "sync", "destination", "subject_id", "occurrence", "handoff_id", "state", "attempts",
            *_INSTANTS, "reason_code", "updated_seq")  # fmt: skip


def export_outbox(outbox: Outbox, after_seq: int = 0) -> Iterator[dict[str, Any]]:
    """Rows changed after `after_seq`, oldest change first, as they are now; instants are naive UTC.

    Resume with the last `updated_seq` seen: sequences follow the order of commits, so none is missed.
    """
    if not outbox.exists():
        return
    while True:
        query = (
            sa.select(table).where(table.c.updated_seq > after_seq).order_by(table.c.updated_seq).limit(_PAGE)
        )
        with outbox.reading() as connection:
            rows = list(connection.execute(query).mappings())
        for row in rows:
            values = {name: row[name] for name in _COLUMNS}
            for name in _INSTANTS:
                values[name] = values[name].replace(tzinfo=None) if values[name] else None
            values["refusal_reason"] = row["reason"]
            values["value"] = None if row["value_cents"] is None else Decimal(row["value_cents"]) / 100
            yield values
        if len(rows) < _PAGE:
            return
        after_seq = rows[-1]["updated_seq"]
