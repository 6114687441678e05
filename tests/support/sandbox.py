"""A running sandbox for tests of any room.

    with running_sandbox({"seed": 3, "leads": 200}, limits=False) as box:
        httpx.get(box.url + "/marketing/account_info", headers=box.marketing_headers())
        box.advance(3600)

The server runs in a thread of the test's process on a free loopback port; `start_sandbox_process` runs it as a process
of its own instead, for tests that kill it.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx

from sandbox.server.app import App, build_app
from sandbox.server.config import SandboxConfig
from sandbox.server.serve import ThreadedServer
from sandbox.world import World


@lru_cache(maxsize=8)
def _simulated(arguments: tuple[tuple[str, Any], ...]) -> World:
    from sandbox.company.simulate import simulate

    return simulate(**dict(arguments))


def simulated(**arguments: Any) -> World:
    """`sandbox.company.simulate.simulate`, remembered per process: the same arguments give the same world."""
    return _simulated(tuple(sorted(arguments.items())))


class SandboxHandle:
    """Talks to a sandbox: addresses, credentials, and the control API."""

    def __init__(self, url: str, app: App | None = None) -> None:
        self.url = url
        self.app = app
        self.client = httpx.Client(base_url=url, timeout=60, trust_env=False, verify=False)  # loopback: no certificates
        self._tokens: dict[str, str] = {}

    # Credentials ---------------------------------------------------------------------------------------------
    @property
    def credentials(self) -> dict[str, Any]:
        """What a client needs to get in (see GET /sandbox/credentials)."""
        return dict(self.get("/sandbox/credentials"))

    @property
    def crm_v1_url(self) -> str:
        """Base of CRM v1."""
        return f"{self.url}/crm-v1/api/v1"

    def marketing_headers(self) -> dict[str, str]:
        """A bearer header for Marketing (the token is fetched once)."""
        if "marketing" not in self._tokens:
            own = self.credentials["marketing"]
            body = {key: own[key] for key in ("client_id", "client_secret", "refresh_token")}
            answer = self.client.post("/auth/token", json=body)
            self._tokens["marketing"] = answer.json()["access_token"]
        return {"Authorization": f"Bearer {self._tokens['marketing']}"}

    def crm_headers(self) -> dict[str, str]:
        """A bearer header for CRM v2."""
        if "crm" not in self._tokens:
            own = self.credentials["crm_v2"]
            form = {key: own[key] for key in ("client_id", "client_secret", "refresh_token")}
            answer = self.client.post("/oauth2/token", data={**form, "grant_type": "refresh_token"})
            self._tokens["crm"] = answer.json()["access_token"]
        return {"Authorization": f"Bearer {self._tokens['crm']}"}

    # Short cuts ----------------------------------------------------------------------------------------------
    def get(self, path: str) -> Any:
        """JSON of a control GET."""
        return self.client.get(path).raise_for_status().json()

    def marketing(self, method: str, path: str, **options: Any) -> httpx.Response:
        """An authenticated Marketing call."""
        return self.client.request(method, path, headers=self.marketing_headers(), **options)

    def v1(self, method: str, path: str, params: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """An authenticated CRM v1 call; `path` such as /deals."""
        if "v1" not in self._tokens:
            self._tokens["v1"] = self.credentials["crm_v1"]["token"]
        query = {"token": self._tokens["v1"], **(params or {})}
        return self.client.request(method, f"/crm-v1/api/v1{path}", params=query, **options)

    def v2(self, method: str, path: str, **options: Any) -> httpx.Response:
        """An authenticated CRM v2 call; `path` such as /deals."""
        return self.client.request(method, f"/crm/v2{path}", headers=self.crm_headers(), **options)

    # Control -------------------------------------------------------------------------------------------------
    def _post(self, path: str, body: Any) -> Any:
        answer = self.client.post(path, json=body)
        if answer.is_error:
            raise ValueError(f"{path}: {answer.text}")
        return answer.json()

    def now(self) -> datetime:
        """The world's instant."""
        return datetime.fromisoformat(self.get("/sandbox/clock")["now"])

    def advance(self, seconds: float) -> datetime:
        """Let world time pass (tokens are fetched anew afterwards: they may have expired)."""
        self._tokens.clear()
        return datetime.fromisoformat(self._post("/sandbox/clock", {"advance_seconds": seconds})["now"])

    def move_to(self, instant: datetime) -> datetime:
        """Set the world clock."""
        self._tokens.clear()
        return datetime.fromisoformat(self._post("/sandbox/clock", {"now": instant.isoformat()})["now"])

    def settle_hooks(self, seconds: float = 60) -> None:
        """Wait until every webhook of what happened went out; TimeoutError after so many seconds of the wall's clock."""
        deadline = time.monotonic() + seconds
        while self.record()["webhooks"].get("pending"):
            if time.monotonic() > deadline:
                raise TimeoutError("webhooks are still on their way")
            time.sleep(0.02)

    def advance_limits(self, seconds: float) -> None:
        """Let limit-clock time pass (quotas, settling)."""
        self._post("/sandbox/clock", {"advance_limit_seconds": seconds})

    def faults(self, *rules: dict[str, Any]) -> None:
        """Activate fault rules, e.g. {"kind": "drop_after", "path": "/platform/events", "count": 1}."""
        self._post("/sandbox/faults", list(rules))

    def clear_faults(self) -> None:
        """Deactivate all fault rules."""
        self.client.delete("/sandbox/faults").raise_for_status()

    def switch(self, **switches: Any) -> None:
        """Change switches while running."""
        self._post("/sandbox/config", switches)

    def expire_tokens(self) -> None:
        """Expire every access token at once."""
        self._post("/sandbox/tokens/expire", {})
        self._tokens.clear()

    def reset_limits(self) -> None:
        """Forget all quota counts."""
        self._post("/sandbox/limits/reset", {})

    def ledger(self, resource: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """Accepted writes: {n, at, resource, method, path, body, kinds, settled_at, …}, oldest first."""
        query = {"since": str(since), **({"resource": resource} if resource else {})}
        return list(self.client.get("/sandbox/ledger", params=query).raise_for_status().json()["entries"])

    def record(self) -> dict[str, Any]:
        """Requests by service and resource, 429s, faults and webhook counts."""
        return dict(self.get("/sandbox/record"))

    def close(self) -> None:
        """Close the connection pool."""
        self.client.close()


@contextmanager
def running_sandbox(world: World | dict[str, Any] | None = None, **config: Any) -> Iterator[SandboxHandle]:
    """A sandbox in a thread. `world`: a World, or arguments of `simulate`; `config`: switches of SandboxConfig."""
    if world is None or isinstance(world, dict):
        world = simulated(**{"seed": 7, "leads": 200, **(world or {})})
    app = build_app(world, SandboxConfig.from_switches(**config))
    server = ThreadedServer(app)
    server.start()
    handle = SandboxHandle(server.url, app)
    try:
        yield handle
    finally:
        handle.close()
        server.stop()


@contextmanager
def sandbox_process(*arguments: str, timeout: float = 60) -> Iterator[tuple[SandboxHandle, subprocess.Popen[str]]]:
    """A sandbox as a process: `sandbox_process("--leads", "50", "--home", str(dir))`; yields (handle, process)."""
    command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", *arguments]
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)
    handle = None
    try:
        deadline = time.monotonic() + timeout
        line = process.stdout.readline() if process.stdout else ""
        if not line or time.monotonic() > deadline:
            raise RuntimeError(f"the sandbox did not start: exit code {process.poll()}")
        handle = SandboxHandle(json.loads(line)["url"])
        yield handle, process
    finally:
        if handle:
            handle.close()
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
