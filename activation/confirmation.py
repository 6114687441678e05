"""Closes the loop: rows that ingestion saw arrive become `confirmed`; what stays unseen is reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from activation.engine import Change
from activation.faults import crash_point
from activation.outbox import Outbox, engine_row
from activation.states import UNCONFIRMED, State
from activation.tables import outbox as table


@dataclass
class ConfirmReport:
    """`confirmed` now; `already` before; `not_in_ledger`: seen outside, unknown here (a lost ledger).

    `refused_but_seen` should be empty: the outside shows a delivery that the ledger refused.
    """

    confirmed: int = 0
    already: int = 0
    not_in_ledger: int = 0
    refused_but_seen: list[str] = field(default_factory=list)


def confirm(outbox: Outbox, confirmations: Iterable[Mapping[str, Any]]) -> ConfirmReport:
    """Mark as `confirmed` what `plan_confirmations` shows: mappings with sync, delivery_id, confirmed_at (UTC).

    Evidence closes any open state, also `held` or an attempt still under way: the outside has it. Repeatable; the
    earliest instant of a delivery counts.
    """
    seen: dict[tuple[str, str], datetime] = {}
    for row in confirmations:
        if row.get("delivery_id") is None:
            continue
        at = _utc(row["confirmed_at"])
        key = (str(row["sync"]), str(row["delivery_id"]))
        seen[key] = min(at, seen.get(key, at))
    report = ConfirmReport()
    for sync in sorted({sync for sync, _ in seen}):
        ledger = outbox.ledger(sync)
        for key, at in seen.items():
            if key[0] == sync:
                _one(outbox, report, ledger.get(key[1]), key[1], at)
    return report


def _one(outbox: Outbox, report: ConfirmReport, known: sa.RowMapping | None, delivery_id: str,
         at: datetime) -> None:  # fmt: skip
    if known is None:
        report.not_in_ledger += 1
    elif known["state"] == State.CONFIRMED:
        report.already += 1
    elif known["state"] not in UNCONFIRMED:
        report.refused_but_seen.append(delivery_id)
    else:
        change = Change((State.CONFIRMED,), reason=known["reason"], delivered_at=known["delivered_at"] or at)
        crash_point("confirm:before_write")
        # False: the row moved meanwhile (a run under way); the next confirmation finds it again.
        report.confirmed += outbox.move(engine_row(known), change, confirmed_at=at)


def overdue(outbox: Outbox, sync: str, within_seconds: float, now: datetime) -> list[str]:
    """Ids that the outside accepted longer ago than `within_seconds` and ingestion still has not seen.

    Remedy: run ingestion; if it stays, look the contact up at the destination (`deliveries show` has the attempts).
    """
    late = now - timedelta(seconds=within_seconds)
    query = sa.select(table.c.delivery_id).where(
        table.c.sync == sync, table.c.state == State.ACCEPTED, table.c.delivered_at < late
    )
    with outbox.reading() as connection:
        return list(connection.execute(query.order_by(table.c.delivered_at)).scalars())


def _utc(value: Any) -> datetime:
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime()
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
