"""Sensors and schedules: one run per batch, none while one is under way, and ticks that cost little."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest
from dagster import DagsterInstance, RunRequest, SkipReason, build_schedule_context, build_sensor_context

from activation import operate
from activation.delivery import deliver
from activation.outbox import Outbox
from activation.tables import outbox as outbox_table
from orchestration import plan_file, push
from orchestration.code_location import build_definitions
from orchestration.destination_settings import SlackChat
from orchestration.instance import open_instance
from orchestration.profile import Profile
from orchestration.runtime import Runtime
from tests.activation.support import SYNC, FakeClock, FakeDestination, plan_of, policy
from tests.orchestration.conftest import FixedClock

TICK_SECONDS = 2.0
_built: list[Any] = []  # the last profile and its definitions: several ticks of one test share them


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def tick(profile: Profile, instance: DagsterInstance, name: str, cursor: str | None = None):  # type: ignore[no-untyped-def]
    if profile not in _built:
        _built.clear()
        _built.append(profile)
        _built.append(build_definitions(profile))
    definitions = _built[1]
    sensor = definitions.resolve_sensor_def(name)
    context = build_sensor_context(instance=instance, cursor=cursor, definitions=definitions)
    started = time.process_time()
    data = sensor.evaluate_tick(context)
    assert time.process_time() - started < TICK_SECONDS
    return data


def receive(profile: Profile, key: str) -> None:
    with Runtime(profile) as runtime:
        row = {"system": "rd_station_crm", "event_type": "crm_deal_updated", "occurred_at": datetime(2026, 6, 1)}
        runtime.state.inbox.add({**row, "event_key": key})


def plan(profile: Profile, eligible: int, snapshot: str = "s1") -> None:
    profile.paths.create()
    with duckdb.connect(str(profile.paths.published_plan)) as connection:
        connection.execute(f"create or replace table publication as select '{snapshot}' as snapshot_id")
        connection.execute(
            "create or replace table plan_nurture_return as select 'nurture_return' as sync, 'deal' || i as subject_id,"
            f" '1' as occurrence, i <= {eligible} as eligible from range(1, 501) t(i)"
        )


def test_inbox_asks_for_one_run_per_batch(ready: Profile, instance: DagsterInstance) -> None:
    assert tick(ready, instance, "inbox").skip_message
    for key in "abc":
        receive(ready, key)
    first = tick(ready, instance, "inbox")
    assert [request.run_key for request in first.run_requests] == ["inbox-3"]
    assert tick(ready, instance, "inbox", first.cursor).skip_message
    receive(ready, "d")
    assert [request.run_key for request in tick(ready, instance, "inbox", first.cursor).run_requests] == ["inbox-4"]


def test_rejected_leads_asks_once_per_snapshot_and_outbox(ready: Profile, instance: DagsterInstance) -> None:
    assert "nothing is published" in tick(ready, instance, "rejected_leads").skip_message
    plan(ready, eligible=0)
    assert "is in the outbox" in tick(ready, instance, "rejected_leads").skip_message
    plan(ready, eligible=300)
    first = tick(ready, instance, "rejected_leads")
    assert len(first.run_requests) == 1
    assert "already handed" in tick(ready, instance, "rejected_leads", first.cursor).skip_message
    plan(ready, eligible=300, snapshot="s2")
    assert len(tick(ready, instance, "rejected_leads", first.cursor).run_requests) == 1


def finished(profile: Profile, rows: int) -> None:
    """A ledger with so many confirmed deliveries of long ago."""
    with Runtime(profile) as runtime:
        runtime.outbox.bear(SYNC, datetime(2026, 1, 1, tzinfo=UTC))
        old = datetime(2026, 5, 1, tzinfo=UTC)
        values = [
            {"delivery_id": f"old{n}", "sync": SYNC, "destination": "x", "subject_id": f"old{n}", "occurrence": "1",
             "state": "confirmed", "priority": 1, "attempts": 1, "failures": 0, "read_first": False, "happened_at": old,
             "planned_at": old, "updated_seq": n}
            for n in range(1, rows + 1)
        ]  # fmt: skip
        with runtime.outbox.engine.begin() as connection:
            connection.execute(outbox_table.insert(), values)


def test_a_tick_reads_what_is_open_and_not_what_is_finished(
    ready: Profile, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished(ready, 50_000)
    plan(ready, eligible=20)
    monkeypatch.setattr(Outbox, "ledger", lambda *_: pytest.fail("a tick must not read whole ledgers"))
    first = tick(ready, instance, "rejected_leads")
    assert len(first.run_requests) == 1
    monkeypatch.setattr(plan_file, "rows", lambda *_: pytest.fail("a snapshot is read once"))
    started = time.process_time()
    assert "already handed" in tick(ready, instance, "rejected_leads", first.cursor).skip_message
    assert time.process_time() - started < 0.5
    with Runtime(ready) as runtime, runtime.outbox.reading() as connection:
        for question in (
            f"select count(*) from outbox where sync = '{SYNC}' and state in ('pending', 'failed')",
            f"select updated_seq from outbox where sync = '{SYNC}' order by updated_seq desc limit 1",
        ):
            steps = connection.exec_driver_sql(f"explain query plan {question}").all()
            assert all("INDEX outbox_by" in step[3] for step in steps), steps


def test_a_paused_or_waiting_sync_keeps_no_other_waiting(
    ready: Profile, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = ready.destinations.model_copy(update={"chat_slack": SlackChat(live=True, max_age_days=9999)})
    company = ready.model_copy(update={"destinations": both, "go_live": datetime(2020, 1, 1, tzinfo=UTC)})
    plan(company, eligible=3)
    with duckdb.connect(str(company.paths.published_plan)) as connection:
        connection.execute(
            "create table plan_messages as select 'v' || i as subject_id, 'win' as occurrence, true as eligible,"
            " timestamp '2026-06-30 12:00:00' as happened_at from range(2) t(i)"
        )
    first = tick(company, instance, "rejected_leads")
    chosen = [[key.path[-1] for key in request.asset_selection] for request in first.run_requests]
    assert chosen == [["rd_station_nurture"], ["chat_slack"]]
    with Runtime(company) as runtime:
        operate.pause(runtime.outbox, SYNC, "check", datetime(2026, 6, 30, tzinfo=UTC))
    paused = tick(company, instance, "rejected_leads")
    assert [request.tags["bastao/sync"] for request in paused.run_requests] == ["chat_slack"]
    with Runtime(company) as runtime:
        operate.resume(runtime.outbox, SYNC, datetime(2026, 6, 30, tzinfo=UTC))
    busy = {"bastao/sync": "chat_slack"}
    monkeypatch.setattr("orchestration.sensors.is_running", lambda _instance, *_names, tags=None: tags == busy)
    others = tick(company, instance, "rejected_leads")
    assert [request.tags["bastao/sync"] for request in others.run_requests] == ["rd_station_nurture"]
    stopped = company.paths.home / "STOP"
    stopped.touch()
    assert tick(company, instance, "rejected_leads").skip_message
    stopped.unlink()


def test_nothing_waits_for_a_destination_that_is_not_live(ready: Profile) -> None:
    nurture = ready.destinations.rd_station_nurture
    assert nurture is not None
    rehearsal = ready.destinations.model_copy(update={"rd_station_nurture": nurture.model_copy(update={"live": False})})
    plan(ready, eligible=3)
    with Runtime(ready.model_copy(update={"destinations": rehearsal})) as runtime:
        batch = push.waiting_batch(runtime)
    assert batch is not None
    assert batch.rows == 0


@pytest.mark.parametrize("running", [True, False])
def test_schedules_skip_while_a_run_is_under_way(
    ready: Profile, running: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.schedules.is_running", lambda _instance, *_names: running)
    definitions = build_definitions(ready)
    with open_instance(ready) as stored:  # a schedule's context wants an instance that it can open again
        for name in ("nightly", "hourly"):
            schedule = definitions.resolve_schedule_def(name)
            assert schedule.execution_timezone == "America/Sao_Paulo"
            answer = schedule(build_schedule_context(instance=stored))
            assert isinstance(answer, SkipReason if running else RunRequest)


def test_two_sensors_never_pile_up(ready: Profile, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.sensors.is_running", lambda _instance, *_names, tags=None: True)
    receive(ready, "a")
    plan(ready, eligible=1)
    assert "under way" in tick(ready, instance, "inbox").skip_message
    assert "under way" in tick(ready, instance, "rejected_leads").skip_message


def test_rejected_leads_takes_up_what_a_run_left_open(
    ready: Profile, instance: DagsterInstance, fixed_clock: FixedClock
) -> None:
    """A limit stops a run with rows left: the sensor asks again, once, and again after each step forward."""
    plan(ready, eligible=0)
    assert tick(ready, instance, "rejected_leads").skip_message
    clock = FakeClock(fixed_clock.instant)
    with Runtime(ready) as runtime:
        ledger, destination = runtime.outbox, FakeDestination(clock)
        ledger.bear(SYNC, clock.now() - timedelta(days=365))
        limits = policy(max_per_run=1)
        deliver(SYNC, plan_of("a", "b", "c"), ledger, destination, clock, limits)
    first = tick(ready, instance, "rejected_leads")
    assert len(first.run_requests) == 1
    assert "already handed" in tick(ready, instance, "rejected_leads", first.cursor).skip_message
    with Runtime(ready) as runtime:
        deliver(SYNC, plan_of("a", "b", "c"), runtime.outbox, destination, clock, limits)
    second = tick(ready, instance, "rejected_leads", first.cursor)
    assert len(second.run_requests) == 1 and second.cursor != first.cursor
    with Runtime(ready) as runtime:
        deliver(SYNC, plan_of("a", "b", "c"), runtime.outbox, destination, clock, limits)
    assert tick(ready, instance, "rejected_leads", second.cursor).skip_message
    assert len(destination.received) == 3
