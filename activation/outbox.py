"""The ledger: one row per delivery, one per attempt. Every change of state is a compare-and-set in a transaction.

Only `Outbox` writes these tables. `updated_seq` grows with each change in the order of commits (the counter row
serialises writers), so an export by sequence never misses a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from activation.database import create_tables, has_table, open_database, upsert
from activation.engine import Change, Row
from activation.ports import PlanRow, SendResult
from activation.states import OPEN, State, check_path
from activation.tables import attempts, counters, metadata, outbox, plans, syncs
from activation.workers import FileLiveness, PostgresLiveness, liveness

_BATCH = 500


class Outbox:
    """The outbox in the database at `url`; nothing is opened or made before the first use."""

    def __init__(self, url: str, read_only: bool = False):
        self.url = url
        self._read_only = read_only

    @cached_property
    def engine(self) -> sa.Engine:
        """The database, with its tables made (unless opened for reading)."""
        engine = open_database(self.url, read_only=self._read_only)
        if not self._read_only:
            create_tables(engine, metadata)
            with engine.begin() as connection:
                made = upsert(engine, counters).values(name="updated_seq", value=0)
                connection.execute(made.on_conflict_do_nothing())
        return engine

    @cached_property
    def liveness(self) -> FileLiveness | PostgresLiveness:
        """Which workers live."""
        return liveness(self.url, self.engine)

    def reading(self) -> sa.Connection:
        """A connection that only reads, and never waits for writers."""
        return self.engine.connect().execution_options(reading=True)

    def exists(self) -> bool:
        """Whether there is a ledger already, found out without making one."""
        return has_table(self.url, outbox)

    # ── reading ──

    def ledger(self, sync: str, states: Iterable[State] | None = None) -> dict[str, sa.RowMapping]:
        """Rows of `sync` by delivery id; all states unless some are named."""
        query = sa.select(outbox).where(outbox.c.sync == sync)
        if states is not None:
            query = query.where(outbox.c.state.in_(list(states)))
        with self.reading() as connection:
            return {row["delivery_id"]: row for row in connection.execute(query).mappings()}

    def known(self, sync: str, delivery_ids: Iterable[str]) -> dict[str, sa.RowMapping]:
        """Those of the deliveries that the ledger of `sync` has, by id: costs what is asked for, not what there is."""
        wanted, found = list(delivery_ids), dict[str, sa.RowMapping]()
        with self.reading() as connection:
            for start in range(0, len(wanted), _BATCH):
                part = outbox.c.delivery_id.in_(wanted[start : start + _BATCH])
                rows = connection.execute(sa.select(outbox).where(outbox.c.sync == sync, part)).mappings()
                found |= {row["delivery_id"]: row for row in rows}
        return found

    def due(self, sync: str, now: datetime) -> int:
        """How many deliveries of `sync` a run would take up again at `now`: open, and not waiting for a later instant."""
        later = sa.and_(outbox.c.next_attempt_at.is_not(None), outbox.c.next_attempt_at > now)
        query = sa.select(sa.func.count()).where(outbox.c.sync == sync, outbox.c.state.in_(OPEN), sa.not_(later))
        with self.reading() as connection:
            return connection.execute(query).scalar_one()

    def newest_seq(self, sync: str) -> int:
        """The `updated_seq` of the last change to any delivery of `sync`, 0 before the first."""
        newest = sa.select(outbox.c.updated_seq).where(outbox.c.sync == sync)
        with self.reading() as connection:
            return connection.execute(newest.order_by(outbox.c.updated_seq.desc()).limit(1)).scalar() or 0

    def born_at(self, sync: str) -> datetime | None:
        """When the ledger of `sync` began, None before."""
        with self.reading() as connection:
            return connection.execute(sa.select(syncs.c.ledger_born_at).where(syncs.c.sync == sync)).scalar()

    def paused(self, sync: str) -> bool:
        """Whether a person paused this sync."""
        with self.reading() as connection:
            return bool(connection.execute(sa.select(syncs.c.paused).where(syncs.c.sync == sync)).scalar())

    def begun_since(self, sync: str, since: datetime) -> int:
        """Deliveries of `sync` with an attempt that began after `since`."""
        with self.reading() as connection:
            return connection.execute(_begun(sync, since)).scalar_one()

    def plan_sizes(self, sync: str, limit: int = 20) -> list[int]:
        """How many new rows the latest plans of `sync` brought, newest first; plans without any are not counted."""
        query = sa.select(plans.c.new_rows).where(plans.c.sync == sync).order_by(plans.c.plan_id.desc()).limit(limit)
        with self.reading() as connection:
            return list(connection.execute(query).scalars())

    # ── writing ──

    def remember_plan(self, sync: str, new_rows: int, now: datetime) -> None:
        """Keep the size of a plan that brought something."""
        if new_rows:
            with self.engine.begin() as connection:
                connection.execute(sa.insert(plans).values(sync=sync, entered_at=now, new_rows=new_rows))

    def bear(self, sync: str, now: datetime) -> datetime:
        """Begin the ledger of `sync` if it has none; the instant it began."""
        with self.engine.begin() as connection:
            row = {"sync": sync, "ledger_born_at": now, "paused": False, "changed_at": now}
            connection.execute(upsert(self.engine, syncs).values(**row).on_conflict_do_nothing())
            return connection.execute(
                sa.select(syncs.c.ledger_born_at).where(syncs.c.sync == sync)
            ).scalar_one()

    def add(self, rows: Iterable[tuple[PlanRow, Change | None, str | None, bool]], destination: str,
            now: datetime) -> int:  # fmt: skip
        """Insert new rows: (plan row, its first change or None, why it waits, read it back first). Returns how many.

        A key that exists already is left alone: two runs may plan the same row at once.
        """
        values = []
        for plan, change, waits_for, read_first in rows:
            state = check_path(State.PLANNED, *change.path) if change else State.PLANNED
            values.append({
                "delivery_id": plan.delivery_id, "sync": plan.sync, "destination": destination,
                "subject_id": plan.subject_id, "occurrence": plan.occurrence, "handoff_id": plan.handoff_id,
                "reason_code": plan.reason_code, "value_cents": cents(plan.value), "state": state, "priority": plan.priority,
                "reason": change.reason if change else waits_for, "read_first": read_first,
                "attempts": 0, "failures": 0, "happened_at": plan.happened_at, "planned_at": now,
            })  # fmt: skip
        added = 0
        for start in range(0, len(values), _BATCH):
            batch = values[start : start + _BATCH]
            with self.engine.begin() as connection:
                last = _next_seq(connection, len(batch))
                for offset, row in enumerate(batch):
                    row["updated_seq"] = last - len(batch) + 1 + offset
                    insert = upsert(self.engine, outbox).values(**row).on_conflict_do_nothing()
                    added += len(connection.execute(insert.returning(outbox.c.delivery_id)).all())
        return added

    def move(self, row: Row, change: Change, **values: Any) -> bool:
        """Carry out `change` if the row is still as `row` says; False when somebody else moved it meanwhile."""
        with self.engine.begin() as connection:
            return _move(connection, row, change, None, values)

    def note(self, row: Row, reason: str | None) -> None:
        """Write down why a `planned` row waits, when that changed."""
        if reason != row.reason:
            with self.engine.begin() as connection:
                same = sa.and_(outbox.c.delivery_id == row.delivery_id, outbox.c.state == row.state)
                seq = _next_seq(connection)
                connection.execute(sa.update(outbox).where(same).values(reason=reason, updated_seq=seq))

    def claim(self, row: Row, sync: str, worker: str, now: datetime, max_per_day: int,
              mark: str | None = None, plan: PlanRow | None = None) -> str | None:  # fmt: skip
        """Make a pending row ours (`sending`) and open its attempt, durably, before any call goes out.

        Reason and money of `plan` are written down as they go out: both may have changed while the row waited.

        Returns None, or why not: `paused`, `day_limit`, `moved`. Pause, the cap per 24 hours and the state are
        looked at inside one transaction that excludes other claims of the sync. `mark`: `now` in steady time.
        """
        with self.engine.begin() as connection:
            mine = sa.select(syncs.c.paused).where(syncs.c.sync == sync).with_for_update()
            if connection.execute(mine).scalar():
                return "paused"
            if connection.execute(_begun(sync, now - timedelta(days=1))).scalar_one() >= max_per_day:
                return "day_limit"
            number = row.attempts + 1
            told = {} if plan is None else {"reason_code": plan.reason_code, "value_cents": cents(plan.value)}
            claimed = connection.execute(
                sa.update(outbox)
                .where(outbox.c.delivery_id == row.delivery_id, outbox.c.state == State.PENDING)
                .where(outbox.c.attempts == row.attempts)
                .values(state=check_path(State.PENDING, State.SENDING), worker=worker, attempts=number, sent_at=now,
                        sent_mark=mark, returned_at=None, next_attempt_at=None, updated_seq=_next_seq(connection), **told)
            )  # fmt: skip
            if claimed.rowcount != 1:
                return "moved"
            connection.execute(sa.insert(attempts).values(
                delivery_id=row.delivery_id, sync=sync, number=number, worker=worker, started_at=now
            ))  # fmt: skip
            return None

    def finish(self, row: Row, worker: str, result: SendResult, change: Change | None, now: datetime) -> bool:
        """Close the attempt `row.attempts` of this worker; False when evidence moved the row meanwhile.

        Without a change the row stays `sending`, with nobody at work on it: uncertain.
        """
        with self.engine.begin() as connection:
            connection.execute(
                sa.update(attempts)
                .where(attempts.c.delivery_id == row.delivery_id, attempts.c.number == row.attempts)
                .values(finished_at=now, outcome=result.outcome, status_code=result.status_code,
                        error_class=result.error_class, reference=result.reference)
            )  # fmt: skip
            if change:
                return _move(connection, row, change, worker, {"returned_at": now})
            same = sa.and_(outbox.c.delivery_id == row.delivery_id, outbox.c.worker == worker)
            same = sa.and_(same, outbox.c.state == State.SENDING, outbox.c.attempts == row.attempts)
            left = connection.execute(sa.update(outbox).where(same).values(worker=None, returned_at=now))
            return left.rowcount == 1


def cents(value: Decimal | None) -> int | None:
    """Money as the whole number that every database keeps exactly; None without any."""
    return None if value is None else int((value * 100).to_integral_value())


def engine_row(row: Mapping[Any, Any]) -> Row:
    """The engine's view of a ledger row."""
    return Row(row["delivery_id"], State(row["state"]), row["attempts"], row["failures"], row["sent_at"],
               row["returned_at"], row["next_attempt_at"], row["reason"], row["read_first"],
               row["sent_mark"])  # fmt: skip


def _begun(sync: str, since: datetime) -> sa.Select[tuple[int]]:
    started = sa.func.count(sa.distinct(attempts.c.delivery_id))
    return sa.select(started).where(attempts.c.sync == sync, attempts.c.started_at > since)


def _next_seq(connection: sa.Connection, count: int = 1) -> int:
    raised = (
        sa.update(counters).where(counters.c.name == "updated_seq").values(value=counters.c.value + count)
    )
    return connection.execute(raised.returning(counters.c.value)).scalar_one()


def _move(connection: sa.Connection, row: Row, change: Change, worker: str | None,
          values: Mapping[str, Any]) -> bool:  # fmt: skip
    check_path(row.state, *change.path)
    written: dict[str, Any] = {"state": change.to, "reason": change.reason, "worker": None,
                               "next_attempt_at": change.next_attempt_at, **values}  # fmt: skip
    if change.delivered_at:
        written["delivered_at"] = change.delivered_at
    if change.failed:
        written["failures"] = outbox.c.failures + 1
    same = sa.and_(outbox.c.delivery_id == row.delivery_id, outbox.c.state == row.state)
    same = sa.and_(same, outbox.c.attempts == row.attempts)
    if worker:
        same = sa.and_(same, outbox.c.worker == worker)
    seq = _next_seq(connection)
    return connection.execute(sa.update(outbox).where(same).values(updated_seq=seq, **written)).rowcount == 1
