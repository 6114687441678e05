"""State is that of now and of no later instant; the clock moves by control or by itself; homes are remembered."""

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.events import Event
from sandbox.server.app import build_app
from sandbox.server.clock import LimitClock, WorldClock
from sandbox.server.config import SandboxConfig
from sandbox.server.journal import JournalError
from sandbox.world import World
from tests.sandbox import small_world as small
from tests.support.sandbox import running_sandbox, sandbox_process, simulated

NEW = "7b1c2f60-3d7e-4a55-9c0e-2f8a4b6d1eff"


def event(email: str, identifier: str = "x") -> dict[str, Any]:
    payload = {"conversion_identifier": identifier, "email": email}
    return {"event_type": "CONVERSION", "event_family": "CDP", "payload": payload}


def future() -> World:
    """The tiny company with a contact that is created an hour after the end and deleted another hour later."""
    made = {"contact_uuid": NEW, "email": "n@example.com", "name": "N", "fields": {}, "extra_emails": [], "tags": [],
            "legal_bases": []}  # fmt: skip
    later = [
        (small.END + timedelta(hours=1), "mkt.contact_created", made),
        (small.END + timedelta(hours=2), "mkt.contact_deleted", {"contact_uuid": NEW}),
        (small.END + timedelta(hours=1), "crm.deal_deleted", {"deal_id": small.DEAL_2}),
    ]
    return small.small_world(later)


def test_clocks() -> None:
    real = [100.0]
    world = WorldClock(datetime(2026, 1, 1, tzinfo=UTC), 60.0, lambda: real[0])
    real[0] += 2
    assert world.now() == datetime(2026, 1, 1, 0, 2, tzinfo=UTC)
    world.set_speed(0)
    real[0] += 50
    assert world.now() == datetime(2026, 1, 1, 0, 2, tzinfo=UTC)
    with pytest.raises(ValueError, match="cannot go back"):
        world.move_to(datetime(2026, 1, 1, tzinfo=UTC))
    limit = LimitClock(10.0, lambda: real[0])
    start = limit.now()
    real[0] += 1
    assert limit.now() - start == 10 and limit.real_seconds(10) == 1


def test_the_state_follows_the_clock_forward_only() -> None:
    with running_sandbox(future(), limits=False) as box:
        path = f"/platform/contacts/{NEW}"
        assert box.marketing("GET", path).status_code == 404
        assert box.v1("GET", "/deals").json()["total"] == 3
        assert box.advance(3600) == small.END + timedelta(hours=1)
        answer = box.marketing("GET", path)
        assert answer.status_code == 200 and answer.headers["date"] == "Sun, 25 Jan 2026 13:00:00 GMT"
        assert box.v1("GET", "/deals").json()["total"] == 2
        box.move_to(small.END + timedelta(hours=2))
        assert box.marketing("GET", path).status_code == 404
        with pytest.raises(ValueError, match="cannot go back"):
            box.move_to(small.END)


def test_a_start_in_the_past_hides_what_came_later() -> None:
    with running_sandbox(small.small_world(), limits=False, now=small.at(26.5).isoformat()) as box:
        assert box.v1("GET", "/deals").json()["total"] == 1
        box.move_to(small.at(50))
        assert box.v1("GET", f"/deals/{small.DEAL_1}").json()["win"] is None
        box.move_to(small.at(101))
        assert box.v1("GET", f"/deals/{small.DEAL_1}").json()["win"] is False


def test_a_running_world_moves_without_requests() -> None:
    with running_sandbox(future(), limits=False, world_speed=20_000.0) as box:
        deadline = time.monotonic() + 5
        engine = box.app.sandbox.engine
        while engine.next_event_at() is not None and time.monotonic() < deadline:
            time.sleep(0.02)
        assert engine.next_event_at() is None


def test_replaying_in_steps_gives_the_state_of_replaying_at_once() -> None:
    world = simulated(seed=7, leads=60)
    whole = build_app(world).sandbox.engine
    steps = build_app(world, SandboxConfig(now=world.start.isoformat())).sandbox
    while steps.clock.now() < world.end:
        steps.clock.move_to(min(world.end, steps.clock.now() + timedelta(days=11, hours=5)))
        steps.catch_up()
    assert steps.engine.marketing.contacts == whole.marketing.contacts
    assert steps.engine.crm.deals == whole.crm.deals and steps.engine.crm.tasks == whole.crm.tasks
    assert not [e for e in world.events[: steps.engine._cursor] if e.at > world.end]


def test_merging_moves_history_to_the_survivor() -> None:
    world = small.small_world([(small.END, "mkt.contact_merged", {"contact_uuid": small.BRUNO, "into_uuid": small.ANA})])
    with running_sandbox(world, limits=False) as box:
        assert box.marketing("GET", f"/platform/contacts/{small.BRUNO}").status_code == 404
        survivor = box.marketing("GET", f"/platform/contacts/{small.ANA}").json()
        assert "bruno.tavares@example.com.br" in survivor["extra_emails"]
        rows = box.marketing("GET", f"/platform/contacts/{small.ANA}/events?event_type=CONVERSION").json()
        assert [row["event_identifier"] for row in rows] == ["ebook-funil", "popup-newsletter", "diagnostico-lp"]


def test_unknown_kinds_are_an_error() -> None:
    engine = build_app(small.small_world()).sandbox.engine
    with pytest.raises(ValueError, match="unknown event kind"):
        engine.apply(Event(small.END, 1, "mkt.nothing", {}))


def test_a_home_remembers_writes_tokens_hooks_and_the_clock(tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    switches: dict[str, Any] = {"limits": False, "home": home, "protheus_url": "none", "settle_seconds": 60.0}
    with running_sandbox(future(), **switches) as box:
        box.marketing("PATCH", f"/platform/contacts/{small.ANA}", json={"city": "Palhoça"})
        box.marketing("POST", "/platform/events", json=event("caio.prado@example.com.br", "antes"))
        box.advance(3600)
        box.marketing("POST", "/platform/events", json=event("caio.prado@example.com.br", "depois"))
        box.v1("PUT", f"/deals/{small.DEAL_1}", json={"deal": {"rating": 5}})
        box.app.sandbox.hooks.add("crm_v1", {"event_type": "crm_deal_updated", "url": "http://127.0.0.1:1/"})
        token, now, refresh = box.marketing_headers(), box.now(), box.credentials["crm_v2"]["refresh_token"]
        box.crm_headers()
        entries = box.ledger()
    with running_sandbox(future(), **switches) as box:
        assert box.now() == now
        assert box.client.get(f"/platform/contacts/{small.ANA}", headers=token).json()["city"] == "Palhoça"
        assert [(e["n"], e["body"]) for e in box.ledger()] == [(e["n"], e["body"]) for e in entries]
        assert box.credentials["crm_v2"]["refresh_token"] != refresh
        assert len(box.v1("GET", "/webhooks").json()["webhooks"]) == 1
        assert box.v1("GET", f"/deals/{small.DEAL_1}").json()["rating"] == 5
        path = f"/platform/contacts/{small.CAIO}/events?event_type=CONVERSION"
        assert [row["event_identifier"] for row in box.marketing("GET", path).json()] == ["antes"]
        box.advance(61)
        assert [row["event_identifier"] for row in box.marketing("GET", path).json()] == ["antes", "depois"]
    with pytest.raises(JournalError, match="another world"):
        build_app(small.small_world(), SandboxConfig(home=home, protheus_url="none"))


def test_what_settled_early_by_the_limit_clock_stays_settled(tmp_path: Path) -> None:
    switches: dict[str, Any] = {"limits": False, "home": str(tmp_path), "protheus_url": "none", "settle_seconds": 600.0}
    path = f"/platform/contacts/{small.CAIO}/events?event_type=CONVERSION"
    with running_sandbox(small.small_world(), **switches) as box:
        box.marketing("POST", "/platform/events", json=event("caio.prado@example.com.br"))
        box.advance_limits(601)
        assert len(box.marketing("GET", path).json()) == 1
    with running_sandbox(small.small_world(), **switches) as box:
        assert len(box.marketing("GET", path).json()) == 1


def test_a_torn_last_line_is_cut_off(tmp_path: Path) -> None:
    config = SandboxConfig(home=str(tmp_path), protheus_url="none")
    build_app(small.small_world(), config).sandbox.close()
    journal = tmp_path / "journal.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'{"n": 99, "type": "wri')
    build_app(small.small_world(), config).sandbox.close()
    assert journal.read_bytes().startswith(whole) and b"wri" not in journal.read_bytes().replace(b"write", b"")
    journal.write_bytes(b"rubbish\n")
    with pytest.raises(JournalError, match="line 1"):
        build_app(small.small_world(), config)


def test_a_killed_process_has_kept_what_it_answered(tmp_path: Path) -> None:
    arguments = ["--leads", "20", "--home", str(tmp_path), "--no-limits", "--protheus-url", "none"]
    with sandbox_process(*arguments) as (box, process):
        answer = box.marketing("POST", "/platform/events", json=event("ultimo@example.com"))
        os.kill(process.pid, signal.SIGKILL)
        process.wait(5)
    with sandbox_process(*arguments) as (box, process):
        assert box.ledger("events")[0]["event_uuids"] == [answer.json()["event_uuid"]]
        before = time.monotonic()
        process.terminate()
        assert process.wait(5) == 0
        assert time.monotonic() - before < 2


def test_the_world_stands_still_while_the_sandbox_is_down_and_never_goes_back(tmp_path: Path) -> None:
    config = {"home": str(tmp_path), "protheus_url": "none"}
    first = build_app(small.small_world(), SandboxConfig(**config, world_speed=1000.0)).sandbox
    time.sleep(0.05)
    first.close()
    stopped = first.now()
    second = build_app(small.small_world(), SandboxConfig(**config)).sandbox
    assert small.END < second.now() <= stopped + timedelta(seconds=30)
    second.clock.set_speed(10.0)
    second.remember_clock()
    second.journal.close()  # killed: nothing was said on closing
    third = build_app(small.small_world(), SandboxConfig(**config)).sandbox
    assert third.now() >= second.now()
    asked = third.now() + timedelta(days=1)
    third.close()
    assert build_app(small.small_world(), SandboxConfig(**config, now=asked.isoformat())).sandbox.now() == asked
    earlier = SandboxConfig(**config, now=small.START.isoformat())
    assert build_app(small.small_world(), earlier).sandbox.now() == asked
