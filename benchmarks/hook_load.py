"""Senders of webhooks for the benchmark and the kill test of the receiver: bodies as the services send them, over
kept-alive connections, repeated as each service repeats. Every event names an object of its own, so that the inbox can
be held against what was accepted."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.senders import hubspot_signature
from orchestration.settings import child_environment, load_profile

SECRET, CLIENT_SECRET = "s3cret-of-the-address", "client-secret-invented"
# Repeats after a failure: Marketing 3, CRM 5, HubSpot 10, Pipedrive 3 (contracts A6, B4, 3.8, 5.8). The pauses are ours:
# minutes and hours are shortened to seconds, and the first is short so that a restart falls between repeats.
REPEATS = {"rd_station": (1, 4, 16), "rd_station_crm": (1, 2, 4, 8, 16), "hubspot": (2.0,) * 10, "pipedrive": (1, 4, 16)}
MIX = ("rd_station", "rd_station", "rd_station", "rd_station_crm", "rd_station_crm", "rd_station_crm", "hubspot", "pipedrive")
PERSON = {
    "email": "pessoa@example.com.br", "name": "Pessoa de Exemplo", "job_title": "Gerente", "bio": None, "website": None,
    "personal_phone": None, "mobile_phone": "+55 11 95555-0101", "city": "Campinas", "state": "SP", "facebook": None,
    "linkedin": None, "twitter": None, "tags": ["feira", "newsletter"], "cf_porte": "51 a 200", "cf_segmento": "Indústria",
    "legal_bases": [{"category": "communications", "type": "consent", "status": "granted"}],
    "company": {"name": "Metalúrgica de Exemplo"},
    "funnel": {"name": "default", "lifecycle_stage": "Qualified Lead", "opportunity": False, "interest": 90, "fit": 60,
               "contact_owner_email": "vendas@example.com.br", "origin": "Busca Paga | Google"},
}  # fmt: skip
DEAL = {
    "name": "Metalúrgica de Exemplo", "amount_monthly": 0.0, "amount_unique": 48500.0, "amount_total": 48500.0,
    "prediction_date": None, "created_at": "2026-01-05T10:15:42.000-03:00", "updated_at": "2026-01-09T10:15:42.000-03:00",
    "rating": 3, "status": "ongoing", "closed_at": None, "deal_source": {}, "campaign": {}, "deal_lost_reason": {},
    "user": {"id": "66f0a1b2c3d4e5f600000f01", "name": "Vendas", "email": "vendas@example.com.br", "avatar_url": None},
    "deal_stage": {"id": "66f0a1b2c3d4e5f600000b01", "name": "Contato", "nickname": "C", "order": 2},
    "deal_pipeline": {"id": "66f0a1b2c3d4e5f600000a01", "name": "Funil"}, "deal_products": [],
    "deal_custom_fields": [{"value": None, "custom_field": {"id": f"66f0a1b2c3d4e5f60000{n:04x}", "label": f"Campo {n}",
                            "required": False, "unique": False, "opts": [], "type": "text"}} for n in range(8)],
}  # fmt: skip


@dataclass(frozen=True)
class Event:
    """One delivery: who sends it, the ids of the objects it names, and the request as bytes."""

    sender: str
    ids: tuple[str, ...]
    request: bytes


def events(count: int, host: str, batch: int = 1, mix: tuple[str, ...] = MIX) -> list[Event]:
    """`count` deliveries of the mix; those of HubSpot hold `batch` events."""
    return [_event(mix[number % len(mix)], host, batch) for number in range(count)]


def _event(sender: str, host: str, batch: int) -> Event:
    ids = tuple(uuid.uuid4().hex for _ in range(batch if sender == "hubspot" else 1))
    body = json.dumps(_BODIES[sender](ids)).encode()
    path, extra = f"/hooks/{SECRET}/{sender}", {"Content-Type": "application/json", "User-Agent": "load"}
    if sender == "hubspot":
        now = str(int(time.time() * 1000))
        extra["X-HubSpot-Signature-v3"] = hubspot_signature.v3(CLIENT_SECRET, "POST", f"https://{host}{path}", body, now)
        extra["X-HubSpot-Request-Timestamp"] = now
    if sender == "pipedrive":
        extra["Authorization"] = "Basic " + base64.b64encode(b"bastao:password").decode()
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": host, "Content-Length": len(body), **extra}.items())
    return Event(sender, ids, f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body)


def _marketing(ids: tuple[str, ...]) -> object:
    at = "2026-01-09T10:15:42.101-03:00"
    named = {"event_type": "WEBHOOK.CONVERTED", "entity_type": "CONTACT", "event_identifier": "pedido-de-orcamento"}
    return {**named, "timestamp": at, "event_timestamp": at, "contact": {"uuid": ids[0], **PERSON}}


def _crm(ids: tuple[str, ...]) -> object:
    return {"event_name": "crm_deal_updated", "document": {"id": ids[0], **DEAL}, "event_timestamp": "2026-01-09T13:15:42.000Z",
            "transaction_uuid": f"t-{ids[0]}"}  # fmt: skip


def _hubspot(ids: tuple[str, ...]) -> object:
    return [
        {"eventId": 3810000001, "subscriptionId": 2500001, "portalId": 40000001, "appId": 1160001, "attemptNumber": 0,
         "occurredAt": 1791399830000, "subscriptionType": "deal.propertyChange", "objectId": key, "propertyName": "dealstage",
         "propertyValue": "qualifiedtobuy", "changeSource": "CRM_UI", "sourceId": "userId:61000002"}
        for key in ids
    ]  # fmt: skip


def _pipedrive(ids: tuple[str, ...]) -> object:
    meta = {"action": "change", "entity": "deal", "entity_id": ids[0], "id": f"m-{ids[0]}", "company_id": "5000001",
            "timestamp": "2026-10-09T12:00:00.057Z", "version": "2.0", "permitted_user_ids": ["12", "13"]}  # fmt: skip
    return {"data": {"id": 1, **DEAL}, "previous": {"stage_id": 11}, "meta": meta}


_BODIES = {"rd_station": _marketing, "rd_station_crm": _crm, "hubspot": _hubspot, "pipedrive": _pipedrive}


class Connection:
    """One kept-alive connection, opened again when it breaks. `post` gives the status; 0 = no answer in time."""

    def __init__(self, port: int, patience: float = 5.0):
        self._port, self._patience = port, patience
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, request: bytes) -> int:
        try:
            async with asyncio.timeout(self._patience):
                return await self._exchange(request)
        except (OSError, EOFError, TimeoutError, ValueError):
            self.close()
            return 0

    async def _exchange(self, request: bytes) -> int:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
        await reader.readexactly(length)
        if b"connection: close" in lines:
            self.close()
        return int(lines[0].split()[1])

    def close(self) -> None:
        """Forget the connection."""
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


class Receiving:
    """A real receiver process on a free port, with a home of its own; it can be killed and started again."""

    def __init__(self, folder: Path, environment: dict[str, str] | None = None):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        company = folder / "company"
        company.mkdir()
        text = f"company: Bench\ngo_live: 2026-06-01T03:00:00Z\nports: {{receiver: {self.port}}}\n"
        (company / "bastao.yaml").write_text(text)
        self.profile = load_profile(company, {"BASTAO_HOME": str(folder / "home")})
        self.state_db = self.profile.paths.state_db
        secrets = {"BASTAO_RECEIVER_SECRET": SECRET, "BASTAO_HUBSPOT_CLIENT_SECRET": CLIENT_SECRET}
        secrets["BASTAO_PIPEDRIVE_HOOK_PASSWORD"] = "password"
        self._environment = child_environment(self.profile, {**secrets, **(environment or {})})
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        """What senders write into `Host`."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the process and wait until it answers."""
        self.process = subprocess.Popen([sys.executable, "-m", "orchestration.cli", "receive"], env=self._environment)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{self.host}/health", timeout=5):
                return
            time.sleep(0.02)
        raise RuntimeError("the receiver did not come up")

    def processor_seconds(self) -> float:
        """What the process has used so far, on any core (Linux; 0 elsewhere)."""
        assert self.process is not None
        path = Path(f"/proc/{self.process.pid}/stat")
        if not path.exists():
            return 0.0
        fields = path.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """SIGKILL, as a machine that loses power would do it to the process."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(15)


@contextlib.contextmanager
def receiving(folder: Path) -> Iterator[Receiving]:
    """A receiver for the length of a block."""
    made = Receiving(folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()


__all__ = ["REPEATS", "Connection", "Event", "Receiving", "events", "receiving"]
