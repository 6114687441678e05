"""Posts a body to an address that is itself a secret (chat webhooks, receivers of our own events)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from urllib.parse import urlsplit

import httpx

from activation.answers import from_answer
from activation.errors import ActivationError
from activation.ports import Outcome, SendResult

_CODE = re.compile(r"^[A-Za-z_]{1,63}$")

@dataclass(frozen=True)
class Answer:
    """What came back. `text` is at most 2,000 characters."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass
class Poster:
    """One address, one connection pool. The address never reaches a log, an error or `repr`.

    `hosts`: allowed host names or suffixes that begin with a dot; empty allows any. Plain HTTP is refused except on
    loopback. Redirects are not followed: they would carry the body to an address nobody wrote down.
    """

    url: str = field(repr=False)
    hosts: tuple[str, ...] = ()
    timeout_seconds: float = 10.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        local = host in ("127.0.0.1", "localhost", "::1")
        if parts.scheme not in ("http", "https") or not host:
            raise ActivationError("the webhook's address is not an http(s) URL; check the environment variable that holds it")
        if parts.scheme == "http" and not local:
            raise ActivationError("the webhook's address must be https: what is sent would travel readable")
        if self.hosts and not local and not any(_matches(host, allowed) for allowed in self.hosts):
            raise ActivationError(f"the webhook's host is {host}; allowed are {', '.join(self.hosts)}")
        self._client = httpx.Client(timeout=self.timeout_seconds, follow_redirects=False)

    def post(self, content: bytes, headers: Mapping[str, str]) -> Answer:
        """One POST of JSON. Raises what httpx raises; the caller keeps its class only."""
        raw = self._client.post(self.url, content=content, headers={"Content-Type": "application/json", **headers})
        return Answer(raw.status_code, {name.lower(): value for name, value in raw.headers.items()}, raw.text[:2000])

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Poster:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def outcome_of(answer: Answer, closed: frozenset[str] = frozenset()) -> SendResult:
    """How a post ended. A missing address or a text in `closed` stops the run until a person acts; a redirect is refused."""
    found = from_answer(answer.status, answer.headers, None)
    if found.outcome is Outcome.ACCEPTED:
        return found
    text = answer.text.strip()
    found = replace(found, error_class=text if _CODE.match(text) else None)
    if found.outcome is Outcome.THROTTLED:
        return found
    if found.error_class in closed or answer.status in (404, 410):
        return replace(found, outcome=Outcome.BLOCKED)
    return replace(found, outcome=Outcome.REJECTED) if 300 <= answer.status < 400 else found


def _matches(host: str, allowed: str) -> bool:
    return host.endswith(allowed) if allowed.startswith(".") else host == allowed
