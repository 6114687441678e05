"""The credentials that services ask for: OAuth applications, and tokens that stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from ingestion.errors import AuthError
from ingestion.http import error_words
from ingestion.ports import Clock, TokenStore
from ingestion.stored_token import StoredToken


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


class OAuth(StoredToken):
    """Bearer credentials of an authorised application, by its refresh token."""

    def __init__(
        self, app: OAuthApp, store: TokenStore, clock: Clock, transport: httpx.BaseTransport | None = None
    ) -> None:
        super().__init__(app.system, store, clock, transport)
        self._app = app

    @property
    def _first_refresh_token(self) -> str | None:
        return self._app.refresh_token

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
        """The JSON of the answer to a grant, refusals included."""
        body = {"client_id": self._app.client_id, "client_secret": self._app.client_secret, **grant}
        where = {"data": {"grant_type": "refresh_token", **body}} if self._app.form else {"json": body}
        return self._ask(self._app.token_url, "check token_url", **where)[1]


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


class HeaderToken:
    """A fixed token in a header (private apps of HubSpot, API tokens of Pipedrive); it cannot be renewed."""

    def __init__(self, header: str, value: str) -> None:
        self._header, self._value = header, value

    def apply(self, headers: dict[str, str], params: dict[str, Any]) -> str:
        """Add the header."""
        headers[self._header] = self._value
        return ""

    def renew(self, used: str) -> bool:
        """Never possible."""
        return False
