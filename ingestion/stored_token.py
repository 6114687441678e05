"""A bearer token that is kept in the token store and renewed by one process at a time.

A refresh token may die at its first use (rd_station.md B2), so the new pair is stored before it is used and renewing
happens under the store's lock: whoever waited for the lock finds the other's token and uses that.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import Any

import httpx
import orjson

from ingestion.errors import AuthError
from ingestion.http import TIMEOUT
from ingestion.http_wire import tls
from ingestion.ports import Clock, TokenStore

EARLY_SECONDS = 60.0  # renew a little before the end: the answer must still arrive in time
DEFAULT_SECONDS = 3600.0  # of a token whose answer names no life
ATTEMPTS = 3


class StoredToken(ABC):
    """Credentials for `ApiClient`, stored under `name`. How a fresh token is asked for is the service's own."""

    json_refusals = True  # whether a refusal that is no JSON must come from somebody else: a wrong address, a gateway

    def __init__(
        self, name: str, store: TokenStore, clock: Clock, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._name, self._store, self._clock, self._transport = name, store, clock, transport
        self._token: dict[str, Any] | None = None
        self._lock = threading.Lock()

    def apply(self, headers: dict[str, str], params: dict[str, Any]) -> str:
        """Put the access token on a call; gets one first when there is none. Its end shows as a 401."""
        with self._lock:
            if self._token is None:
                self._token = self._renewed(unlike=None)
            access: str = self._token["access_token"]
        headers["Authorization"] = f"Bearer {access}"
        return access

    def renew(self, used: str) -> bool:
        """After a 401 with `used`. Raises AuthError when there is no other token to be had."""
        with self._lock:
            if self._token and self._token["access_token"] != used:
                return True  # another thread was faster
            self._token = self._renewed(unlike=used)
            return True

    @abstractmethod
    def _exchange(self, stored: str | None) -> dict[str, Any]:
        """The answer with a new `access_token`, for the stored refresh token if there is one. AuthError when refused."""

    @property
    def _first_refresh_token(self) -> str | None:
        """The refresh token to go on with when an answer names none and none is stored."""
        return None

    def _renewed(self, unlike: str | None) -> dict[str, Any]:
        """The stored token if it is usable and not the refused one, else a fresh one."""
        with self._store.lock(self._name):
            stored = self._store.get(self._name) or {}
            if stored and self._usable(stored) and stored["access_token"] != unlike:
                return stored
            answer = self._exchange(stored.get("refresh_token"))
            token = {
                "access_token": answer["access_token"],
                "refresh_token": answer.get("refresh_token") or stored.get("refresh_token") or self._first_refresh_token,
                "expires_at": self._now() + float(answer.get("expires_in") or DEFAULT_SECONDS),
            }
            self._store.put(self._name, token)
            return token

    def _ask(self, url: str, remedy: str, **where: Any) -> tuple[bool, Any]:
        """POST to the token's address: (whether it granted, its JSON; None for a refusal that is none).

        A 5xx, a 429 or a lost answer is tried again; AuthError with `remedy` when no answer comes.
        """
        last = ""
        for attempt in range(ATTEMPTS):
            try:
                with httpx.Client(timeout=TIMEOUT, transport=self._transport, verify=tls()) as client:
                    answer = client.post(url, **where)
                if answer.status_code < 500 and answer.status_code != 429:
                    told = answer.is_success or self.json_refusals
                    return answer.is_success, orjson.loads(answer.content) if told else None
                last = str(answer.status_code)
            except (httpx.HTTPError, orjson.JSONDecodeError) as error:
                last = type(error).__name__
            self._clock.sleep(2.0**attempt)
        raise AuthError(f"{self._name.split(':')[0]}: the token address does not answer ({last}); {remedy}, or run again later.")

    def _usable(self, token: dict[str, Any]) -> bool:
        return float(token.get("expires_at", 0)) > self._now() + EARLY_SECONDS

    def _now(self) -> float:
        return self._clock.now().timestamp()

