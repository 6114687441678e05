"""The test's side of `server.py`: start it, tell it what to do, and call it as ingestion's client would."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from orchestration.clock import SystemClock


@dataclass
class Answer:
    status: int
    headers: Any
    json: Any


class PlainApi:
    """One connection per call, no retries, a short time-out."""

    def __init__(self, base: str, timeout: float = 0.3):
        self.base, self.timeout, self.headers = base, timeout, dict[str, str]()

    def request(self, method: str, path: str, *, params: Any = None, json: Any = None, resource: str = "",
                key: str | None = None) -> Answer:  # fmt: skip
        # Without `verify` the certificates of the machine would be read on each call.
        raw = httpx.request(method, self.base + path, params=params, json=json, timeout=self.timeout, trust_env=False,
                            headers=self.headers, verify=False)  # fmt: skip
        try:
            body = raw.json()
        except ValueError:
            body = None
        return Answer(raw.status_code, raw.headers, body)


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class JumpingClock(SystemClock):
    """The machine's clock after somebody set the date; its steady time line goes on."""

    def __init__(self, off_seconds: float = 0.0) -> None:
        self.off = timedelta(seconds=off_seconds)

    def now(self) -> datetime:
        return super().now() + self.off


class Loopback:
    """A running server."""

    def __init__(self, base: str):
        self.base = base

    def control(self, **wanted: Any) -> None:
        """Forget everything and behave like this from now on."""
        data = json.dumps(wanted).encode()
        urllib.request.urlopen(urllib.request.Request(self.base + "/control", data=data)).read()

    def _ledger(self) -> dict[str, Any]:
        return json.load(urllib.request.urlopen(self.base + "/ledger"))

    def received(self) -> Counter[str]:
        """How often each delivery id arrived."""
        return Counter(event["payload"]["traffic_value"] for event in self._ledger()["events"])

    def events(self) -> list[dict[str, Any]]:
        return self._ledger()["events"]

    def requests(self) -> list[str]:
        return [request for request in self._ledger()["requests"] if request != "GET /ledger"]


@contextlib.contextmanager
def serve() -> Iterator[Loopback]:
    script = Path(__file__).with_name("server.py")
    process = subprocess.Popen([sys.executable, "-S", str(script)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield Loopback(f"http://127.0.0.1:{int(process.stdout.readline())}")
    finally:
        process.kill()
        process.wait()
