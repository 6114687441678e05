"""The ledger on both engines: keys, claims, sequence, pause, caps, liveness."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from activation.engine import Change
from activation.errors import ActivationError, TransitionError
from activation.export import export_outbox
from activation.operate import pause, resume
from activation.outbox import Outbox, engine_row
from activation.plan import delivery_id, read_plan
from activation.ports import Outcome, PlanRow, SendResult
from activation.states import State
from activation.tables import outbox as table
from tests.activation.support import NOW, SYNC, one_row, plan_mapping, plan_of

PENDING = Change((State.PENDING,))


def filled(url: str, *subjects: str) -> Outbox:
    outbox = Outbox(url)
    outbox.bear(SYNC, NOW)
    rows = read_plan(SYNC, plan_of(*subjects)).values()
    outbox.add([(row, PENDING, None, False) for row in rows], "fake", NOW)
    return outbox


def row_of(outbox: Outbox, subject: str):
    return engine_row(outbox.ledger(SYNC)[one_row(subject).delivery_id])


def test_the_id_is_a_hash_of_the_key_and_not_of_the_content() -> None:
    assert one_row("a").delivery_id == one_row("a", email="other@example.com", reason_code="x").delivery_id
    assert one_row("a").delivery_id != one_row("a", occurrence="2").delivery_id
    # Parts cannot run into each other.
    assert delivery_id("s", "a|1", "b") != delivery_id("s", "a", "1|b")
    # The id is for ever: markers recorded outside must be recognised by every later version.
    assert delivery_id("nurture_return", "x", "1") == "7256e0b5-b72d-5acd-81e8-d9d6dd1fbff8"


def test_a_key_enters_once_and_tables_are_made_by_several_processes_at_once(state_url: str) -> None:
    row = one_row("a")
    errors: list[BaseException] = []
    added: list[int] = []

    def enter() -> None:
        try:
            added.append(Outbox(state_url).add([(row, PENDING, None, False)], "fake", NOW))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=enter) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert sum(added) == 1
    outbox = Outbox(state_url)
    with pytest.raises(sa.exc.IntegrityError), outbox.engine.begin() as connection:
        copy = sa.select(sa.literal("another id"), *[c for c in table.c if c.name != "delivery_id"])
        connection.execute(sa.insert(table).from_select(["delivery_id", *[c.name for c in table.c][1:]], copy))


def test_one_of_many_claims_wins(state_url: str) -> None:
    outbox = filled(state_url, "a")
    row, answers = row_of(outbox, "a"), []

    def claim(worker: str) -> None:
        answers.append(Outbox(state_url).claim(row, SYNC, worker, NOW, 100))

    threads = [threading.Thread(target=claim, args=(f"w{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(str(a) for a in answers) == ["None", *["moved"] * 5]


def test_a_stale_view_never_moves_a_row(state_url: str) -> None:
    outbox = filled(state_url, "a")
    stale = row_of(outbox, "a")
    assert outbox.claim(stale, SYNC, "w", NOW, 100) is None
    sending = row_of(outbox, "a")
    assert outbox.finish(sending, "w", SendResult(Outcome.THROTTLED, 429), Change((State.PENDING,)), NOW)
    # Same state as `stale` saw, but another attempt lies between.
    assert outbox.claim(stale, SYNC, "w2", NOW, 100) == "moved"
    assert not outbox.move(stale, Change((State.REFUSED,)))
    assert not outbox.finish(sending, "w", SendResult(Outcome.ACCEPTED, 200), Change((State.ACCEPTED,)), NOW)
    assert row_of(outbox, "a").state is State.PENDING


def test_a_forbidden_step_is_an_error(state_url: str) -> None:
    outbox = filled(state_url, "a")
    with pytest.raises(TransitionError, match="from pending to failed"):
        outbox.move(row_of(outbox, "a"), Change((State.FAILED,)))


def test_pause_and_the_cap_of_a_day_hold_inside_the_claim(state_url: str) -> None:
    outbox = filled(state_url, "a", "b", "c")
    pause(outbox, SYNC, "too many complaints", NOW)
    assert outbox.claim(row_of(outbox, "a"), SYNC, "w", NOW, 2) == "paused"
    resume(outbox, SYNC, NOW)
    assert outbox.claim(row_of(outbox, "a"), SYNC, "w", NOW, 2) is None
    assert outbox.claim(row_of(outbox, "b"), SYNC, "w", NOW, 2) is None
    assert outbox.claim(row_of(outbox, "c"), SYNC, "w", NOW, 2) == "day_limit"
    assert outbox.claim(row_of(outbox, "c"), SYNC, "w", NOW + timedelta(days=1, seconds=1), 2) is None


def test_the_export_follows_the_sequence_and_carries_nothing_personal(state_url: str) -> None:
    outbox = filled(state_url, "a", "b")
    first = list(export_outbox(outbox))
    assert [row["subject_id"] for row in first] == ["a", "b"]
    assert set(first[0]) == {
        "delivery_id", "sync", "destination", "subject_id", "occurrence", "handoff_id", "state", "attempts", "happened_at",
        "planned_at", "sent_at", "delivered_at", "confirmed_at", "refusal_reason", "reason_code", "value", "updated_seq",
    }  # fmt: skip
    assert first[0]["planned_at"] == NOW.replace(tzinfo=None)
    outbox.claim(row_of(outbox, "a"), SYNC, "w", NOW, 100)
    last = first[-1]["updated_seq"]
    again = list(export_outbox(outbox, last))
    assert [(row["subject_id"], row["state"]) for row in again] == [("a", "sending")]
    assert list(export_outbox(outbox, again[-1]["updated_seq"])) == []


def test_an_export_that_follows_writers_misses_nothing(state_url: str) -> None:
    outbox = Outbox(state_url)
    outbox.bear(SYNC, NOW)
    seen: set[str] = set()
    cursor = 0

    def write(worker: int) -> None:
        mine = Outbox(state_url)
        for number in range(15):
            row = one_row(f"{worker}-{number}")
            mine.add([(row, PENDING, None, False)], "fake", NOW)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for row in export_outbox(outbox, cursor):
            seen.add(row["subject_id"])
            cursor = row["updated_seq"]
    for row in export_outbox(outbox, cursor):
        seen.add(row["subject_id"])
    assert len(seen) == 45


def _hold_and_wait(url: str, ready: str) -> None:
    with Outbox(url).liveness.hold("worker"):
        Path(ready).touch()
        signal.pause()


def test_a_worker_is_alive_until_its_process_dies(state_url: str, tmp_path: Path) -> None:
    outbox, ready = Outbox(state_url), tmp_path / "ready"
    assert not outbox.liveness.alive("worker")
    process = multiprocessing.get_context("spawn").Process(target=_hold_and_wait, args=(state_url, str(ready)))
    process.start()
    while not ready.exists():
        process.join(0.01)
        assert process.is_alive()
    assert outbox.liveness.alive("worker")
    assert process.pid
    os.kill(process.pid, signal.SIGSTOP)  # suspended is not dead: it may wake up and send
    assert outbox.liveness.alive("worker")
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    for _ in range(200):  # PostgreSQL notices the closed connection a moment later
        if not outbox.liveness.alive("worker"):
            break
        threading.Event().wait(0.01)
    assert not outbox.liveness.alive("worker")


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ActivationError, match="sqlite:///<file>"):
        _ = Outbox("sqlite://").engine


def test_the_repr_of_a_plan_row_shows_no_payload() -> None:
    row: PlanRow = one_row("a")
    assert plan_mapping("a")["email"] not in repr(row)
