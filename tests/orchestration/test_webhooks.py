"""`bastao webhooks` against the simulated RD Station with a real receiver, and against a Pipedrive on loopback."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.receiver import Receiver
from orchestration.receiving import access_of
from orchestration.runtime import Runtime
from orchestration.settings import load_profile
from tests.sandbox import small_world as small
from tests.support.sandbox import running_sandbox


@contextmanager
def served(receiver: Receiver) -> Iterator[int]:
    """The receiver on a free port, in a thread."""
    server = uvicorn.Server(uvicorn.Config(receiver, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def run(*words: str) -> Any:
    result = CliRunner().invoke(app, ["webhooks", *words])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout) if "--json" in words else result.stdout


def standings(found: Any) -> dict[str, str]:
    return {row["event"]: row["standing"] for row in found["webhooks"]}


CONFIG = """\
company: X
go_live: 2026-06-01T03:00:00Z
sources:
  rd_station: {{base_url: "{url}"}}
  rd_station_crm: {{v1_base_url: "{url}/crm-v1", v2_base_url: "{url}", oauth_url: "{url}"}}
receiver: {{auth_header: X-Bastao}}
ports: {{receiver: {port}, sandbox: {sandbox}}}
"""


def test_registering_at_rd_station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_sandbox(small.small_world(), limits=False, webhook_retry_seconds=0.05) as box:
        own = box.credentials
        for name, value in {
            "HOME": str(tmp_path / "home"), "PROFILE": str(tmp_path), "RECEIVER_SECRET": "s3cret", "RECEIVER_AUTH": "value",
            "RD_CLIENT_ID": own["marketing"]["client_id"], "RD_CLIENT_SECRET": own["marketing"]["client_secret"],
            "RD_REFRESH_TOKEN": own["marketing"]["refresh_token"], "RD_CRM_TOKEN": own["crm_v1"]["token"],
            "RD_CRM_CLIENT_ID": own["crm_v2"]["client_id"], "RD_CRM_CLIENT_SECRET": own["crm_v2"]["client_secret"],
            "RD_CRM_REFRESH_TOKEN": own["crm_v2"]["refresh_token"],
        }.items():  # fmt: skip
            monkeypatch.setenv(f"BASTAO_{name}", value)

        def configure(port: int) -> None:
            text = CONFIG.format(url=box.url, port=port, sandbox=box.url.rpartition(":")[2])
            (tmp_path / "bastao.yaml").write_text(text)

        configure(9)
        profile = load_profile(tmp_path)
        with Runtime(profile) as runtime, served(Receiver(runtime.state, access_of(profile))) as port:
            configure(port)
            assert set(standings(run("--json")).values()) == {"missing"}
            assert run("--json", "--live")["new"] == 5
            again = run("--json", "--live")
            assert again["new"] == 0 and set(standings(again).values()) == {"registered"}
            asleep = next(iter(box.v2("GET", "/webhooks").json()["data"]))
            box.v2("PUT", f"/webhooks/{asleep['id']}", json={"data": {"status": "suspended"}})
            assert standings(run("--json"))[asleep["event_name"]] == "asleep"
            assert run("--json", "--live")["new"] == 1
            shown = run()
            assert "registered" in shown and "/hooks/s3cret/rd_station_crm" in shown
            # And what was registered arrives: the CRM with the header that it was told.
            box.v2("PUT", f"/deals/{small.DEAL_2}", json={"data": {"rating": 5}})
            box.advance(10)
            deadline = time.monotonic() + 10
            while not runtime.state.inbox.last_seq() and time.monotonic() < deadline:
                time.sleep(0.02)
        with sqlite3.connect(profile.paths.state_db) as connection:
            rows = connection.execute("select distinct system, object_id from inbox").fetchall()
        assert rows == [("rd_station_crm", small.DEAL_2)]


@contextmanager
def pipedrive() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The webhooks of a Pipedrive account, as the contract's examples show them (5.8)."""
    hooks: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self, data: Any, status: int = 200) -> None:
            body = json.dumps({"status": "ok", "success": status < 400, "data": data}).encode()
            self.send_response(status if self.headers["x-api-token"] == "token" else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.answer(hooks or None)

        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
            hooks.append({**sent, "id": 1800001 + len(hooks), "is_active": 1})
            self.answer(hooks[-1], 201)

        def do_DELETE(self) -> None:
            hooks[:] = [hook for hook in hooks if str(hook["id"]) != self.path.rpartition("/")[2]]
            self.answer(None)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", hooks
    server.shutdown()
    server.server_close()


def test_registering_at_pipedrive_and_saying_what_hubspot_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"HOME": str(tmp_path / "home"), "PROFILE": str(tmp_path), "PIPEDRIVE_TOKEN": "token", "RECEIVER_SECRET": "s3cret"}
    for name, value in {**names, "HUBSPOT_CLIENT_SECRET": "invented"}.items():
        monkeypatch.setenv(f"BASTAO_{name}", value)
    with pipedrive() as (url, hooks):
        text = f"company: X\ngo_live: 2026-06-01T03:00:00Z\nsources: {{pipedrive: {{base_url: '{url}'}}}}\n"
        (tmp_path / "bastao.yaml").write_text(text)
        refused = CliRunner().invoke(app, ["webhooks", "--live"])
        assert refused.exit_code == 2 and "public_url" in refused.output and not hooks
        (tmp_path / "bastao.yaml").write_text(text + "receiver: {public_url: https://hooks.example.com.br/}\n")
        assert run("--json", "--live")["new"] == 5
        assert {hook["event_object"] for hook in hooks} == {"deal", "lead", "person", "organization", "activity"}
        assert hooks[0]["subscription_url"] == "https://hooks.example.com.br/hooks/s3cret/pipedrive"
        assert hooks[0]["version"] == "2.0" and hooks[0]["http_auth_user"] == "bastao" and len(hooks[0]["http_auth_password"]) == 40
        hooks[0]["is_active"] = 0
        assert run("--json", "--live")["new"] == 1 and len(hooks) == 5
        shown = run()
        assert "by hand" in shown and "https://hooks.example.com.br/hooks/s3cret/hubspot" in shown
