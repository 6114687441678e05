"""Sessions by the three flows of contract 4.1. There is no `expires_in`: a session ends with a 401, and is given anew.

As for every OAuth source, one process renews and the others use what it stored (`ingestion.oauth`).
"""

from __future__ import annotations

import base64
from typing import Any

import httpx
import orjson

from ingestion.errors import AuthError, ConfigError
from ingestion.http import error_words
from ingestion.oauth import OAuth, OAuthApp
from ingestion.ports import Clock, TokenStore
from ingestion.salesforce.settings import JWT_SECONDS, SYSTEM, SalesforceConfig

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
REMEDY = {
    "client_credentials": "Check the consumer key and secret, that the app allows the client credentials flow and has a "
    "run-as user, and that login_url is the org's My Domain",
    "refresh_token": "Authorise Bastão again and set the new refresh token",
    "jwt_bearer": "Check the consumer key, the certificate of the private key, that the user is pre-authorised for the app, "
    "and that login_url is the host the user logs in at",
}


class SalesforceSession(OAuth):
    """Bearer credentials for `ApiClient`."""

    def __init__(
        self, config: SalesforceConfig, store: TokenStore, clock: Clock, transport: httpx.BaseTransport | None
    ) -> None:
        secret = config.client_secret or ""
        app = OAuthApp(SYSTEM, config.token_url, config.client_id, secret, config.refresh_token, form=True)
        super().__init__(app, store, clock, transport)
        self._config = config

    def apply(self, headers: dict[str, str], params: dict[str, Any]) -> str:
        """The access token, and how many rows a batch may have."""
        headers["Sforce-Query-Options"] = f"batchSize={self._config.batch_size}"
        return super().apply(headers, params)

    def _exchange(self, stored: str | None) -> dict[str, Any]:
        answer = self._post(self._grant())
        if isinstance(answer, dict) and answer.get("access_token"):
            return answer
        grant = self._config.grant
        raise AuthError(f"{SYSTEM}: no session by {grant} ({error_words(answer)}). {REMEDY[grant]}.")

    def _grant(self) -> dict[str, str]:
        config = self._config
        if config.grant == "client_credentials":
            return {"grant_type": "client_credentials"}
        if config.grant == "jwt_bearer":
            return {"grant_type": JWT_GRANT, "assertion": self._assertion()}
        if not config.refresh_token:
            raise AuthError(f"{SYSTEM}: no refresh token yet. {REMEDY['refresh_token']}.")
        return {"refresh_token": config.refresh_token}

    def _assertion(self) -> str:
        """An RS256 JWT; ConfigError when the key cannot be used."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        config = self._config
        try:
            key = load_pem_private_key((config.jwt_key or "").encode(), None)
        except (ValueError, TypeError):
            key = None
        if not isinstance(key, RSAPrivateKey):
            raise ConfigError(f"{SYSTEM}: the JWT key is no RSA private key in PEM form without a password.")
        claims = {
            "iss": config.client_id,
            "sub": config.jwt_user,
            "aud": (config.login_url or config.base_url).rstrip("/"),
            "exp": int(self._now()) + JWT_SECONDS,
        }
        text = f"{_part({'alg': 'RS256'})}.{_part(claims)}"
        return f"{text}.{_text(key.sign(text.encode(), PKCS1v15(), SHA256()))}"


def _part(data: dict[str, Any]) -> str:
    return _text(orjson.dumps(data))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
