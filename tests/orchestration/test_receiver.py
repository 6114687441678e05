"""The webhook receiver: what it has said 2xx to survives a kill; nothing personal is kept; repeats are harmless."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import httpx
import pytest

from orchestration.profile import Profile
from orchestration.receiver import Receiver, own_secret
from orchestration.runtime import Runtime
from orchestration.senders.access import SENDERS, Access
from orchestration.settings import child_environment

with warnings.catch_warnings():  # Starlette recommends another HTTP library for its test client
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

EVENTS = {
    "conversion": {
        "event_type": "WEBHOOK.CONVERTED",
        "entity_type": "CONTACT",
        "event_identifier": "pedido-de-orcamento",
        "timestamp": "2026-01-09T10:15:44.724-03:00",
        "event_timestamp": "2026-01-09T10:15:42.101-03:00",
        "contact": {
            "uuid": "7b1c2f60-3d7e-4a55-9c0e-2f8a4b6d1e01",
            "email": "ana.moura@example.com.br",
            "name": "Ana Beatriz Moura",
            "mobile_phone": "+55 11 95555-0101",
            "funnel": {"lifecycle_stage": "Qualified Lead", "opportunity": False, "interest": 90, "fit": 60},
        },
    },
    "legacy": {
        "leads": [
            {
                "uuid": "7b1c2f60-3d7e-4a55-9c0e-2f8a4b6d1e01",
                "email": "ana.moura@example.com.br",
                "name": "Ana Beatriz Moura",
                "opportunity": "true",
                "lead_stage": "Lead",
                "fit_score": "b",
                "interest": 90,
                "last_conversion": {
                    "content": {"identificador": "pedido-de-orcamento", "email_lead": "ana.moura@example.com.br"},
                    "created_at": "2026-01-09T10:15:42.101-03:00",
                },
            }
        ]
    },
    "deal": {
        "event_name": "crm_deal_updated",
        "event_timestamp": "2026-01-10T14:05:02.000Z",
        "transaction_uuid": "9d2a51c0-7777-4f43-9b7e-000000000001",
        "document": {
            "id": "66f0a1b2c3d4e5f600000d01",
            "name": "Metalúrgica Serra Azul | Ana Moura",
            "status": "lost",
            "user": {"id": "66f0a1b2c3d4e5f600000f01", "email": "diego.falcao@example.com.br"},
            "deal_stage": {"id": "66f0a1b2c3d4e5f600000b01", "name": "Sem contato"},
        },
    },
    "deleted": {
        "event_name": "crm_deal_deleted",
        "event_timestamp": "2026-01-10T14:05:02.000Z",
        "transaction_uuid": "9d2a51c0-7777-4f43-9b7e-000000000002",
        "document": {"id": "66f0a1b2c3d4e5f600000d01", "name": "Metalúrgica Serra Azul"},
    },
}
PERSONAL = ("ana.moura", "Ana ", "95555", "diego.falcao", "Metal")


@pytest.fixture
def runtime(profile: Profile) -> Runtime:
    return Runtime(profile)


@pytest.fixture
def client(runtime: Runtime) -> TestClient:
    return TestClient(Receiver(runtime.state, Access("s3cret")))


@pytest.mark.parametrize("kind", EVENTS)
def test_event_is_stored_reduced_and_once(client: TestClient, runtime: Runtime, kind: str) -> None:
    for expected in ({"stored": 1, "repeated": 0, "refused": 0}, {"stored": 0, "repeated": 1, "refused": 0}):
        answer = client.post("/hooks/s3cret", json=EVENTS[kind])
        assert (answer.status_code, answer.json()) == (200, expected)
    (row,) = runtime.state.inbox.after(0)
    stored = json.dumps(row, default=str, ensure_ascii=False)
    assert not [word for word in PERSONAL if word in stored]
    assert row["occurred_at"] is not None


def test_fields_of_both_systems(client: TestClient, runtime: Runtime) -> None:
    client.post("/hooks/s3cret", json=EVENTS["conversion"])
    client.post("/hooks/s3cret", json=EVENTS["deal"])
    conversion, deal = runtime.state.inbox.after(0)
    assert conversion["lifecycle_stage"] == "Qualified Lead"
    assert (conversion["fit"], conversion["interest"], conversion["opportunity"]) == (60, 90, False)
    assert str(conversion["occurred_at"]) == "2026-01-09 13:15:42.101000", "UTC, by the event's own offset"
    assert (deal["deal_id"], deal["deal_status"]) == ("66f0a1b2c3d4e5f600000d01", "lost")
    assert (deal["deal_stage_id"], deal["deal_user_id"]) == ("66f0a1b2c3d4e5f600000b01", "66f0a1b2c3d4e5f600000f01")


@pytest.mark.parametrize("body", [b"<html>oops</html>", b"[" * 100_000, b'{"a": "\\ud800"}', b"\xff\xfe{}"])
def test_what_is_not_json_is_refused_and_counted(client: TestClient, runtime: Runtime, body: bytes) -> None:
    assert client.post("/hooks/s3cret", content=body).status_code == 400
    assert runtime.state.counter_values() == {"webhook_bad_body": 1}
    assert runtime.state.inbox.last_seq() == 0


@pytest.mark.parametrize(
    "body",
    [
        "text",
        {**EVENTS["deal"], "document": {"name": "no id"}},
        {**EVENTS["deal"], "event_timestamp": "yesterday"},
        {**EVENTS["deal"], "event_timestamp": "2026-01-10T14:05:02"},
        {**EVENTS["deal"], "event_timestamp": "0001-01-01T00:00:00+14:00"},
        {**EVENTS["deal"], "transaction_uuid": "a\x00b"},
        {**EVENTS["conversion"], "contact": {"uuid": 5}},
        {"leads": {}},
    ],
)
def test_bad_event_is_kept_with_its_reason_and_answered_2xx(client: TestClient, runtime: Runtime, body: Any) -> None:
    """A receiver that keeps failing is suspended: one event that cannot be read must not cost the good ones."""
    for _ in range(2):
        answer = client.post("/hooks/s3cret", json=body)
        assert (answer.status_code, answer.json()["refused"]) == (200, 1)
    (row,) = runtime.state.inbox.after(0)
    assert row["refusal"] and row["object_id"] is None
    assert runtime.state.counter_values() == {"webhook_bad_event": 2}


@pytest.mark.parametrize("body", [b"", b"{}", b'{"ping": true}'])
def test_validation_call_of_a_new_subscription_is_answered_2xx(client: TestClient, body: bytes) -> None:
    """Its body is not published (contract A6): anything that is no event must not fail."""
    answer = client.post("/hooks/s3cret", content=body)
    assert (answer.status_code, answer.json()["stored"]) == (200, 0)


def test_wrong_secret_is_not_found_and_a_giant_body_is_cut(client: TestClient, runtime: Runtime) -> None:
    assert client.post("/hooks/guess", json=EVENTS["deal"]).status_code == 404
    assert client.post("/hooks/s3cret", content=b"x" * (SENDERS["rd_station"].largest_body + 1)).status_code == 413
    assert client.get("/hooks/s3cret").status_code == 405
    assert client.post("/hooks/s3cret/nobody", json=EVENTS["deal"]).status_code == 404
    assert runtime.state.inbox.last_seq() == 0


def test_configured_header_must_match(runtime: Runtime) -> None:
    client = TestClient(Receiver(runtime.state, Access("s3cret", "X-Bastao", "value")))
    assert client.post("/hooks/s3cret", json=EVENTS["deal"]).status_code == 401
    assert client.post("/hooks/s3cret", json=EVENTS["deal"], headers={"X-Bastao": "value"}).status_code == 200
    assert client.post("/hooks/s3cret", json=EVENTS["conversion"]).status_code == 200, "Marketing cannot send it"


def test_a_database_that_cannot_write_makes_the_sender_repeat(client: TestClient, runtime: Runtime) -> None:
    with runtime.state.engine.begin() as connection:
        connection.exec_driver_sql("drop table inbox")
    assert client.post("/hooks/s3cret", json=EVENTS["deal"]).status_code == 503


def test_nothing_personal_and_no_secret_is_logged(
    client: TestClient, runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for kind in EVENTS:
        client.post("/hooks/s3cret", json=EVENTS[kind])
        client.post("/hooks/s3cret/pipedrive", json=EVENTS[kind])
        client.post("/hooks/s3cret/hubspot", json=EVENTS[kind])
        client.post("/hooks/s3cret", content=json.dumps(EVENTS[kind], ensure_ascii=False)[:-1].encode())
    client.post("/hooks/s3cret", json={**EVENTS["deal"], "event_timestamp": "ana.moura@example.com.br"})
    with runtime.state.engine.begin() as connection:
        connection.exec_driver_sql("drop table inbox")
    client.post("/hooks/s3cret", json=EVENTS["conversion"])
    # The test's own HTTP client writes down what it calls.
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("http"))
    assert "not JSON" in logged and "could not store" in logged
    assert not [word for word in (*PERSONAL, "s3cret") if word in logged]


def test_health_counts(client: TestClient) -> None:
    client.post("/hooks/s3cret", json=EVENTS["deal"])
    client.post("/hooks/s3cret", content=b"oops")
    assert client.get("/health").json() == {"status": "ok", "last_inbox_seq": 1, "webhook_bad_body": 1}


def test_own_secret_is_made_once_and_private(profile: Profile) -> None:
    secret = own_secret(profile.paths)
    assert len(secret) >= 32
    assert own_secret(profile.paths) == secret
    assert (profile.home / "receiver.secret").stat().st_mode & 0o077 == 0


def test_what_was_answered_2xx_survives_a_kill(profile: Profile) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = profile.folder / "bastao.yaml"
    config.write_text(config.read_text() + f"ports: {{receiver: {port}}}\n")
    environment = child_environment(profile, {"BASTAO_RECEIVER_SECRET": "s3cret"})
    process = subprocess.Popen([sys.executable, "-m", "orchestration.cli", "receive"], env=environment)
    try:
        base = f"http://127.0.0.1:{port}"
        _wait_until_up(base, process)
        answer = httpx.post(f"{base}/hooks/s3cret", json=EVENTS["deal"])
        os.kill(process.pid, signal.SIGKILL)
        assert answer.status_code == 200
    finally:
        process.kill()
        process.wait()
    assert _rows(profile.paths.state_db) == [("9d2a51c0-7777-4f43-9b7e-000000000001",)]


def _wait_until_up(base: str, process: subprocess.Popen[Any]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{base}/health")
            return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError("the receiver did not come up")


def _rows(path: Path) -> list[tuple[str]]:
    with sqlite3.connect(path) as connection:
        return connection.execute("select event_key from inbox").fetchall()
