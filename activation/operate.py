"""What a person may do with deliveries: list, show, retry, cancel, settle by hand, pause. All steps are checked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from activation.engine import Change
from activation.errors import TransitionError, UnknownDeliveryError
from activation.outbox import Outbox, engine_row
from activation.states import ALLOWED, State
from activation.tables import attempts, syncs
from activation.tables import outbox as table


def list_deliveries(outbox: Outbox, sync: str | None = None, state: State | None = None,
                    limit: int = 100, about: str | None = None) -> list[dict[str, Any]]:  # fmt: skip
    """Deliveries, last changed first, optionally of one sync, in one state, or about one hand-over or subject."""
    query = sa.select(table).order_by(table.c.updated_seq.desc()).limit(limit)
    if sync:
        query = query.where(table.c.sync == sync)
    if state:
        query = query.where(table.c.state == state)
    if about:
        query = query.where(sa.or_(table.c.handoff_id == about, table.c.subject_id == about))
    with outbox.reading() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def count_by_state(outbox: Outbox) -> dict[tuple[str, str], int]:
    """Number of deliveries by (sync, state)."""
    query = sa.select(table.c.sync, table.c.state, sa.func.count()).group_by(table.c.sync, table.c.state)
    with outbox.reading() as connection:
        return {(sync, state): number for sync, state, number in connection.execute(query)}


def show(outbox: Outbox, delivery_id: str) -> dict[str, Any]:
    """One delivery with all its attempts under `attempt_log`, and the steps open to it under `may_become`."""
    with outbox.reading() as connection:
        row = (
            connection.execute(sa.select(table).where(table.c.delivery_id == delivery_id)).mappings().first()
        )
        log = sa.select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.number)
        tries = [dict(attempt) for attempt in connection.execute(log).mappings()]
    if row is None:
        raise UnknownDeliveryError(f"no delivery {delivery_id}; `bastao deliveries list` shows what there is")
    return {**row, "attempt_log": tries, "may_become": sorted(ALLOWED[State(row["state"])])}


def retry(outbox: Outbox, delivery_id: str, resend_uncertain: bool = False) -> None:
    """Put a `failed` or `dead` delivery back to `pending`; a `held` one only with `resend_uncertain`.

    A held delivery may have been received: a person who has looked decides (or `mark_received`).
    """
    row = show(outbox, delivery_id)
    state = State(row["state"])
    if state is State.HELD and not resend_uncertain:
        raise TransitionError(
            f"delivery {delivery_id} is held ({row['reason']}): the destination may have it. Look there first; then "
            "either mark it as received, or retry it with resend_uncertain"
        )
    if state not in (State.FAILED, State.DEAD, State.HELD):
        raise TransitionError(
            f"delivery {delivery_id} is {state}: only failed, dead and held ones can be retried"
        )
    _move(outbox, row, Change((State.PENDING,), reason="retried_by_person"), failures=0)


def replay(outbox: Outbox, sync: str, reason: str | None = None) -> int:
    """Put the dead letters of a sync back to `pending`, all or those with one reason; returns how many.

    What a person cancelled stays dead.
    """
    query = sa.select(table).where(table.c.sync == sync, table.c.state == State.DEAD)
    query = query.where(table.c.reason == reason) if reason else query.where(table.c.reason != "cancelled_by_person")
    with outbox.reading() as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    change = Change((State.PENDING,), reason="retried_by_person")
    return sum(outbox.move(engine_row(row), change, failures=0) for row in rows)


def mark_received(outbox: Outbox, delivery_id: str, now: datetime) -> None:
    """A person saw a `held` delivery at the destination: it is accepted."""
    row = show(outbox, delivery_id)
    if State(row["state"]) is not State.HELD:
        raise TransitionError(f"delivery {delivery_id} is {row['state']}: only held ones are settled by hand")
    _move(outbox, row, Change((State.ACCEPTED,), reason="seen_by_person", delivered_at=row["sent_at"] or now))


def cancel(outbox: Outbox, delivery_id: str) -> None:
    """Never send it (again): `refused` if it was never tried, else `dead`."""
    row = show(outbox, delivery_id)
    state = State(row["state"])
    goal = State.DEAD if row["attempts"] or state is State.HELD else State.REFUSED
    if state is State.SENDING or goal not in ALLOWED[state]:
        raise TransitionError(f"delivery {delivery_id} is {state}: it cannot be cancelled any more")
    _move(outbox, row, Change((goal,), reason="cancelled_by_person"))


def pause(outbox: Outbox, sync: str, reason: str, now: datetime) -> None:
    """Stop this sync at once, in every process: no row is claimed any more."""
    _set_paused(outbox, sync, True, reason, now)


def resume(outbox: Outbox, sync: str, now: datetime) -> None:
    """Let a paused sync go on."""
    _set_paused(outbox, sync, False, None, now)


def _set_paused(outbox: Outbox, sync: str, paused: bool, reason: str | None, now: datetime) -> None:
    outbox.bear(sync, now)
    with outbox.engine.begin() as connection:
        change = sa.update(syncs).where(syncs.c.sync == sync)
        connection.execute(change.values(paused=paused, pause_reason=reason, changed_at=now))


def _move(outbox: Outbox, row: dict[str, Any], change: Change, **values: Any) -> None:
    if not outbox.move(engine_row(row), change, **values):
        raise TransitionError(f"delivery {row['delivery_id']} moved meanwhile; look again")
