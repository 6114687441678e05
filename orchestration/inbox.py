"""The webhook inbox: what the receiver has promised to remember. Ids and facts only, never personal data.

What an event names is read back from the API. The readers of `ingestion` ask for it with `ingestion.inbox.named`, once
the events have landed in `raw_inbox.events`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    sa.Column("object_kind", sa.Text),  # contact, deal, company, lead, task, ...: the sender's own word
    sa.Column("object_id", sa.Text),
    sa.Column("change_kind", sa.Text),  # changed | deleted | merged
    sa.Column("merged_ids", sa.Text),  # with `merged`: the ids that went into object_id, separated by commas
    sa.Column("refusal", sa.Text),  # why an event could not be read; null for events
    sa.UniqueConstraint("system", "event_key"),
    sqlite_autoincrement=True,  # numbers are never reused, so a cursor on inbox_seq never skips a row
)  # fmt: skip

EventKey = tuple[str, str]
_EMPTY: dict[str, Any] = {column.name: None for column in events.c if column is not events.c.inbox_seq}


class Inbox:
    """Append and read received events."""

    def __init__(self, engine: sa.Engine):
        self._engine = engine

    def add(self, row: dict[str, Any], received_at: datetime | None = None) -> bool:
        """Commit one event; False when the same event was already there. Returns only after the commit."""
        return bool(self.add_all([row], received_at))

    def add_all(self, rows: Sequence[dict[str, Any]], received_at: datetime | None = None) -> set[EventKey]:
        """Commit events together, at the price of one commit; returns the (system, key) of those that are new."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        stamp = {"received_at": received_at or utc_now()}
        statement = dialect.insert(events).on_conflict_do_nothing().returning(events.c.system, events.c.event_key)
        with self._engine.begin() as connection:
            if self._engine.dialect.name == "postgresql":
                # One writer at a time: otherwise a smaller number could commit later, behind a reader's cursor.
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("bastao:inbox"))))
            found = connection.execute(statement, [{**_EMPTY, **row, **stamp} for row in rows])
            return {(system, key) for system, key in found}

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


def add_missing_columns(engine: sa.Engine) -> None:
    """Give the inbox of an older release the columns it lacks. Safe when two processes start at once."""
    present = {column["name"] for column in sa.inspect(engine).get_columns(events.name)}
    for column in events.c:
        if column.name in present:
            continue
        kind = column.type.compile(engine.dialect)
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql(f'alter table {events.name} add column "{column.name}" {kind}')
        except (sa.exc.OperationalError, sa.exc.ProgrammingError):
            if column.name not in {found["name"] for found in sa.inspect(engine).get_columns(events.name)}:
                raise
