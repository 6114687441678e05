"""Tokens of Protheus's REST server: user and password once, then the refresh token (contract 3.4)."""

from __future__ import annotations

from typing import Any

import httpx

from ingestion.errors import AuthError
from ingestion.ports import Clock, TokenStore
from ingestion.protheus.settings import SYSTEM, RestAccess
from ingestion.stored_token import StoredToken

PATH = "/api/oauth2/v1/token"


class ProtheusAuth(StoredToken):
    """Bearer credentials and the header `tenantId`, which chooses company group and branch."""

    json_refusals = False

    def __init__(
        self, access: RestAccess, group: str, store: TokenStore, clock: Clock,
        transport: httpx.BaseTransport | None = None,
    ) -> None:  # fmt: skip
        super().__init__(f"{SYSTEM}:{access.base_url}:{access.username}", store, clock, transport)
        self._access = access
        self._tenant = f"{group},{access.branch}"  # without a blank after the comma

    def apply(self, headers: dict[str, str], params: dict[str, Any]) -> str:
        """Put token and tenant on a call; logs in when there is no token yet."""
        headers["tenantId"] = self._tenant
        return super().apply(headers, params)

    def _exchange(self, stored: str | None) -> dict[str, Any]:
        answer = self._granted(grant_type="refresh_token", refresh_token=stored) if stored else None
        answer = answer or self._granted(
            grant_type="password", username=self._access.username, password=self._access.password
        )
        if answer is None:
            raise AuthError(
                "Protheus REST refuses user and password. Check them, that the user may use the REST service, and that "
                "the server runs with SECURITY=1."
            )
        return answer

    def _granted(self, **grant: str) -> dict[str, Any] | None:
        """The token's answer; None when the grant is refused."""
        where = {"params" if self._access.token_in == "query" else "data": grant}
        granted, body = self._ask(self._access.base_url.rstrip("/") + PATH, "check rest_url in bastao.yaml", **where)
        return body if granted and isinstance(body, dict) and body.get("access_token") else None
