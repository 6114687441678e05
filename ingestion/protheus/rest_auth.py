"""Tokens of Protheus's REST server: user and password once, then the refresh token (contract 3.4).

Stored before use and renewed under the store's lock, as every other source's: two processes log in once.
"""

from __future__ import annotations

import threading
from typing import Any

import httpx
import orjson

from ingestion.errors import AuthError
from ingestion.http import TIMEOUT
from ingestion.ports import Clock, TokenStore
from ingestion.protheus.settings import SYSTEM, RestAccess

PATH = "/api/oauth2/v1/token"
EARLY_SECONDS = 60.0
DEFAULT_SECONDS = 3600.0  # a public client assumes this when the answer names no life


class ProtheusAuth:
    """Bearer credentials and the header `tenantId`, which chooses company group and branch."""

    def __init__(
        self, access: RestAccess, group: str, store: TokenStore, clock: Clock,
        transport: httpx.BaseTransport | None = None,
    ) -> None:  # fmt: skip
        self._access, self._store, self._clock, self._transport = access, store, clock, transport
        self._tenant = f"{group},{access.branch}"  # without a blank after the comma
        self._name = f"{SYSTEM}:{access.base_url}:{access.username}"
        self._token: dict[str, Any] | None = None
        self._lock = threading.Lock()

    def apply(self, headers: dict[str, str], params: dict[str, Any]) -> str:
        """Put token and tenant on a call; logs in when there is no token yet."""
        with self._lock:
            if self._token is None:
                self._token = self._renewed(unlike=None)
            access: str = self._token["access_token"]
        headers["Authorization"] = f"Bearer {access}"
        headers["tenantId"] = self._tenant
        return access

    def renew(self, used: str) -> bool:
        """After a 401 with `used`. Raises AuthError when user and password are refused too."""
        with self._lock:
            if self._token and self._token["access_token"] != used:
                return True  # another thread was faster
            self._token = self._renewed(unlike=used)
            return True

    def _renewed(self, unlike: str | None) -> dict[str, Any]:
        with self._store.lock(self._name):
            stored = self._store.get(self._name)
            if stored and self._usable(stored) and stored["access_token"] != unlike:
                return stored
            answer = self._refreshed(stored) or self._ask(
                {"grant_type": "password", "username": self._access.username, "password": self._access.password}
            )
            if answer is None:
                raise AuthError(
                    "Protheus REST refuses user and password. Check them, that the user may use the REST service, and that "
                    "the server runs with SECURITY=1."
                )
            token = {
                "access_token": answer["access_token"],
                "refresh_token": answer.get("refresh_token"),
                "expires_at": self._now() + float(answer.get("expires_in") or DEFAULT_SECONDS),
            }
            self._store.put(self._name, token)
            return token

    def _refreshed(self, stored: dict[str, Any] | None) -> dict[str, Any] | None:
        refresh = (stored or {}).get("refresh_token")
        return self._ask({"grant_type": "refresh_token", "refresh_token": refresh}) if refresh else None

    def _ask(self, grant: dict[str, Any]) -> dict[str, Any] | None:
        """The token's answer, None when the grant is refused. AuthError when no answer comes."""
        last = ""
        where = {"params": grant} if self._access.token_in == "query" else {"data": grant}
        for attempt in range(3):
            try:
                with httpx.Client(timeout=TIMEOUT, transport=self._transport) as client:
                    answer = client.post(self._access.base_url.rstrip("/") + PATH, **where)  # type: ignore[arg-type]
                if answer.status_code < 500 and answer.status_code != 429:
                    body = orjson.loads(answer.content) if answer.is_success else None
                    return body if isinstance(body, dict) and body.get("access_token") else None
                last = str(answer.status_code)
            except (httpx.HTTPError, orjson.JSONDecodeError) as error:
                last = type(error).__name__
            self._clock.sleep(2.0**attempt)
        raise AuthError(
            f"The token address of Protheus REST does not answer ({last}); check rest_url in bastao.yaml, or run again later."
        )

    def _usable(self, token: dict[str, Any]) -> bool:
        return float(token.get("expires_at", 0)) > self._now() + EARLY_SECONDS

    def _now(self) -> float:
        return self._clock.now().timestamp()
