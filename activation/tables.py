"""Tables of the push-back in the state database (SQLite or PostgreSQL).

No table here holds personal data. The payload, with the e-mail, is read from the published plan at send time and
lives in memory only: there is nothing to wipe and nothing for an erasure to miss. The price: an uncertain row that
has left the plan cannot be read back; it is `held` until ingestion confirms it, the plan shows it again, or a
person decides. Ids of the ledger are hashes or ids of deals. `quota_uses.subject` is a hash and expires with its cap.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData()
BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER counts by itself on SQLite


class UtcDateTime(sa.types.TypeDecorator):  # type: ignore[type-arg]
    """Aware UTC in Python, naive UTC in the database (`timestamp` without zone)."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Refuses a naive instant: its zone would be a guess."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone reached the outbox")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Gives the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


outbox = sa.Table(
    "outbox", metadata,
    sa.Column("delivery_id", sa.Text, primary_key=True),
    sa.Column("sync", sa.Text, nullable=False),
    sa.Column("destination", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Text, nullable=False),
    sa.Column("occurrence", sa.Text, nullable=False),
    sa.Column("handoff_id", sa.Text),
    sa.Column("reason_code", sa.Text),
    sa.Column("value_cents", sa.BigInteger),  # the plan's money when it was last sent: what the outside was told
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),  # why it is where it is: refusal, wait, failure
    sa.Column("priority", sa.Integer, nullable=False, default=0),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("failures", sa.Integer, nullable=False, default=0),  # tries that count against the policy's maximum
    sa.Column("read_first", sa.Boolean, nullable=False, default=False),
    sa.Column("worker", sa.Text),  # who is sending; null when nobody is
    sa.Column("happened_at", UtcDateTime, nullable=False),
    sa.Column("planned_at", UtcDateTime, nullable=False),
    sa.Column("next_attempt_at", UtcDateTime),
    sa.Column("sent_at", UtcDateTime),  # start of the last attempt
    sa.Column("sent_mark", sa.Text),  # the same instant on the machine's steady time line (`steady.py`)
    sa.Column("returned_at", UtcDateTime),  # its end, when the process lived to see it
    sa.Column("delivered_at", UtcDateTime),
    sa.Column("confirmed_at", UtcDateTime),
    sa.Column("updated_seq", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("sync", "subject_id", "occurrence", name="outbox_key"),
    sa.Index("outbox_by_state", "sync", "state"),
    sa.Index("outbox_by_seq", "updated_seq"),
    sa.Index("outbox_by_sync_seq", "sync", "updated_seq"),
)  # fmt: skip

attempts = sa.Table(
    "outbox_attempts", metadata,
    sa.Column("attempt_id", BIGINT, primary_key=True, autoincrement=True),
    sa.Column("delivery_id", sa.Text, nullable=False),
    sa.Column("sync", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("finished_at", UtcDateTime),
    sa.Column("outcome", sa.Text),  # null: under way, or its process was killed
    sa.Column("status_code", sa.Integer),
    sa.Column("error_class", sa.Text),
    sa.Column("reference", sa.Text),  # the outside's own id of what it accepted
    sa.UniqueConstraint("delivery_id", "number", name="outbox_attempts_number"),
    sa.Index("outbox_attempts_by_start", "sync", "started_at"),
)  # fmt: skip

syncs = sa.Table(
    "outbox_syncs", metadata,
    sa.Column("sync", sa.Text, primary_key=True),
    sa.Column("ledger_born_at", UtcDateTime, nullable=False),
    sa.Column("paused", sa.Boolean, nullable=False, default=False),
    sa.Column("pause_reason", sa.Text),
    sa.Column("changed_at", UtcDateTime, nullable=False),
)  # fmt: skip

plans = sa.Table(
    "outbox_plans", metadata,  # how many new rows each plan brought: what a suspicious one is compared with
    sa.Column("plan_id", BIGINT, primary_key=True, autoincrement=True),
    sa.Column("sync", sa.Text, nullable=False),
    sa.Column("entered_at", UtcDateTime, nullable=False),
    sa.Column("new_rows", sa.Integer, nullable=False),
    sa.Index("outbox_plans_by_sync", "sync", "plan_id"),
)  # fmt: skip

counters = sa.Table(
    "outbox_counters", metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)  # fmt: skip

quota_metadata = sa.MetaData()

quota_uses = sa.Table(
    "quota_uses", quota_metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("counter", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),  # '' for the account, else a hash of the lead
    sa.Column("slot", sa.BigInteger, primary_key=True),
    sa.Column("used", sa.BigInteger, nullable=False),
)  # fmt: skip

suppression_metadata = sa.MetaData()

suppressions = sa.Table(
    "suppressions", suppression_metadata,
    sa.Column("subject", sa.Text, primary_key=True),  # keyed hash of the normalised address
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("added_at", UtcDateTime, nullable=False),
)  # fmt: skip

suppression_keys = sa.Table(
    "suppression_keys", suppression_metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
)  # fmt: skip
