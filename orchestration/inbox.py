"""The webhook inbox: what the receiver has promised to remember. Ids and facts only, never personal data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from orchestration.state import BIGINT, metadata, utc_now

events = sa.Table(
    "inbox", metadata,
    sa.Column("inbox_seq", BIGINT, primary_key=True, autoincrement=True),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("event_type", sa.Text, nullable=False),
    sa.Column("event_key", sa.Text, nullable=False),  # the sender's own identity of the event: repeats are harmless
    sa.Column("occurred_at", sa.DateTime),
    sa.Column("received_at", sa.DateTime, nullable=False),
    sa.Column("contact_uuid", sa.Text),
    sa.Column("event_identifier", sa.Text),
    sa.Column("lifecycle_stage", sa.Text),
    sa.Column("opportunity", sa.Boolean),
    sa.Column("fit", sa.Integer),
    sa.Column("interest", sa.Integer),
    sa.Column("deal_id", sa.Text),
    sa.Column("deal_status", sa.Text),
    sa.Column("deal_stage_id", sa.Text),
    sa.Column("deal_user_id", sa.Text),
    sa.UniqueConstraint("system", "event_key"),
    sqlite_autoincrement=True,  # numbers are never reused, so a cursor on inbox_seq never skips a row
)  # fmt: skip


class Inbox:
    """Append and read received events."""

    def __init__(self, engine: sa.Engine):
        self._engine = engine

    def add(self, row: dict[str, Any], received_at: datetime | None = None) -> bool:
        """Commit one event; False when the same event was already there. Returns only after the commit."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        values = {**row, "received_at": received_at or utc_now()}
        statement = dialect.insert(events).values(values).on_conflict_do_nothing()
        with self._engine.begin() as connection:
            if self._engine.dialect.name == "postgresql":
                # One writer at a time: otherwise a smaller number could commit later, behind a reader's cursor.
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("bastao:inbox"))))
            return connection.execute(statement).rowcount > 0

    def after(self, inbox_seq: int, batch: int = 5000) -> Iterator[dict[str, Any]]:
        """Events with a greater sequence, oldest first, read in batches."""
        while True:
            query = sa.select(events).where(events.c.inbox_seq > inbox_seq)
            with self._engine.connect() as connection:
                rows = connection.execute(query.order_by(events.c.inbox_seq).limit(batch)).all()
            yield from (dict(row._mapping) for row in rows)
            if len(rows) < batch:
                return
            inbox_seq = rows[-1].inbox_seq

    def last_seq(self) -> int:
        """The newest sequence, 0 when nothing was received."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(sa.func.max(events.c.inbox_seq))).scalar() or 0
