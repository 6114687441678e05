"""OAuth tokens: kept in the token store, renewed by one process at a time.

A refresh token of CRM v2 dies at its first use (rd_station.md B2), so the new pair is stored before it is used and
refreshing happens under the store's lock: whoever waited for the lock finds the other's token and uses that.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from ingestion.errors import AuthError
from ingestion.http import TIMEOUT, error_words
from ingestion.ports import Clock, TokenStore

EARLY_SECONDS = 60.0  # renew a little before the end: the answer must still arrive in time


@dataclass(frozen=True)
class OAuthApp:
    """One authorised application. `form` sends form-encoded bodies with grant_type (CRM v2, newer Marketing)."""

    system: str
    token_url: str
    client_id: str
    client_secret: str
    refresh_token: str | None = None
    form: bool = False

    def __repr__(self) -> str:
        return f"OAuthApp({self.system}, {self.token_url})"


class OAuth:
    """Bearer credentials for `ApiClient`."""

    def __init__(
        self, app: OAuthApp, store: TokenStore, clock: Clock, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._app, self._store, self._clock, self._transport = app, store, clock, transport
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
        """After a 401 with `used`. Raises AuthError when the refresh token is refused too."""
        with self._lock:
            if self._token and self._token["access_token"] != used:
                return True  # another thread was faster
            self._token = self._renewed(unlike=used)
            return True

    def _renewed(self, unlike: str | None) -> dict[str, Any]:
        """The stored token if it is usable and not the refused one, else a fresh one."""
        with self._store.lock(self._app.system):
            stored = self._store.get(self._app.system)
            if stored and self._usable(stored) and stored["access_token"] != unlike:
                return stored
            answer = self._exchange((stored or {}).get("refresh_token"))
            token = {
                "access_token": answer["access_token"],
                "refresh_token": answer.get("refresh_token")
                or (stored or {}).get("refresh_token")
                or self._app.refresh_token,
                "expires_at": self._now() + float(answer.get("expires_in") or 3600),
            }
            self._store.put(self._app.system, token)
            return token

    def _exchange(self, stored: str | None) -> dict[str, Any]:
        candidates = [token for token in dict.fromkeys([stored, self._app.refresh_token]) if token]
        if not candidates:
            raise AuthError(
                f"{self._app.system}: no refresh token yet. Authorise Bastão and set the refresh token."
            )
        refused = ""
        for refresh_token in candidates:  # an operator who authorised anew changed the configured one
            answer = self._post({"refresh_token": refresh_token})
            if isinstance(answer, dict) and answer.get("access_token"):
                return answer
            refused = error_words(answer)
        raise AuthError(
            f"{self._app.system}: the refresh token is refused ({refused}). Refresh tokens end when they are revoked or, "
            "for the CRM, unused for 14 days: authorise Bastão again and set the new refresh token."
        )

    def _post(self, grant: dict[str, str]) -> Any:
        body = {"client_id": self._app.client_id, "client_secret": self._app.client_secret, **grant}
        last = ""
        for attempt in range(3):
            try:
                with httpx.Client(timeout=TIMEOUT, transport=self._transport) as client:
                    if self._app.form:
                        answer = client.post(
                            self._app.token_url, data={"grant_type": "refresh_token", **body}
                        )
                    else:
                        answer = client.post(self._app.token_url, json=body)
                if answer.status_code < 500 and answer.status_code != 429:
                    return orjson.loads(answer.content)
                last = str(answer.status_code)
            except (httpx.HTTPError, orjson.JSONDecodeError) as error:
                last = type(error).__name__
            self._clock.sleep(2.0**attempt)
        raise AuthError(
            f"{self._app.system}: the token address does not answer ({last}); check token_url, or run again later."
        )

    def _usable(self, token: dict[str, Any] | None) -> bool:
        return bool(token) and float((token or {}).get("expires_at", 0)) > self._now() + EARLY_SECONDS

    def _now(self) -> float:
        return self._clock.now().timestamp()


class QueryToken:
    """A fixed token in the query string (CRM v1); it cannot be renewed."""

    def __init__(self, token: str) -> None:
        self._token = token

    def apply(self, headers: dict[str, str], params: dict[str, Any]) -> str:
        """Add `token=`."""
        params["token"] = self._token
        return ""

    def renew(self, used: str) -> bool:
        """Never possible."""
        return False


class BearerToken:
    """A fixed token in the header (private apps and service keys of HubSpot); it cannot be renewed."""

    def __init__(self, token: str) -> None:
        self._token = token

    def apply(self, headers: dict[str, str], params: dict[str, Any]) -> str:
        """Add `Authorization`."""
        headers["Authorization"] = f"Bearer {self._token}"
        return ""

    def renew(self, used: str) -> bool:
        """Never possible."""
        return False
