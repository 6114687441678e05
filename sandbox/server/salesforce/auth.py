"""Sessions: client credentials, JWT bearer and refresh token; 401 INVALID_SESSION_ID for any other (contract 4.1)."""

import base64
from typing import TYPE_CHECKING, Any

import orjson

from sandbox.server.http import Request, Response, reply
from sandbox.server.salesforce.answers import error, sf_id
from sandbox.server.tokens import Grant

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
USER = "integracao@example.com.br"
HOSTS = ("https://login.salesforce.com", "https://test.salesforce.com")
SESSION_SECONDS = 7200


def refuse_access(sandbox: "Sandbox", request: Request) -> Response | None:
    """The 401 that a call without a living session deserves."""
    header = request.header("authorization")
    request.token = header[7:].strip() if header.lower().startswith("bearer ") else ""
    if sandbox.tokens.check(request.token, "salesforce") == "ok":
        return None
    return expired()


def expired() -> Response:
    """401: the session ended or never was."""
    return error(401, "INVALID_SESSION_ID", "Session expired or invalid")


def token(sandbox: "Sandbox", request: Request) -> Response:
    """POST /services/oauth2/token. There is no `expires_in`: a session lasts as the org's settings say."""
    form = request.form_or_json()
    kind, own = form.get("grant_type"), sandbox.tokens.clients["salesforce"]
    if kind == JWT_GRANT:
        wrong = _jwt_problem(sandbox, request, str(form.get("assertion") or ""))
        if wrong:
            return _no("invalid_grant", wrong)
        return _session(sandbox, request, "api id")
    client_id, secret = _client(request, form)
    if (client_id, secret) != (own.client_id, own.client_secret):
        return _no("invalid_client_id" if client_id != own.client_id else "invalid_client", "invalid client credentials")
    if kind == "client_credentials":
        return _session(sandbox, request, "api")
    if kind == "refresh_token":
        if sandbox.tokens.use_refresh(str(form.get("refresh_token")), own.client_id) is None:
            return _no("invalid_grant", "expired access/refresh token")
        return _session(sandbox, request, "refresh_token api")
    return _no("unsupported_grant_type", "grant type not supported")


def _session(sandbox: "Sandbox", request: Request, scope: str) -> Response:
    own = sandbox.tokens.clients["salesforce"]
    access = sandbox.tokens.new_access(Grant(own.client_id, "", False, sandbox.now(), None, SESSION_SECONDS))
    host = f"http://{request.host}"
    user = sf_id("User", "integration")
    return reply(
        {"access_token": access, "signature": "aW52ZW50ZWQ=", "scope": scope, "instance_url": host,
         "id": f"{host}/id/00D5f000000000AEAA/{user}", "token_type": "Bearer",
         "issued_at": str(int(sandbox.now().timestamp() * 1000))}
    )  # fmt: skip


def _no(code: str, words: str) -> Response:
    return reply({"error": code, "error_description": words}, 400)


def _client(request: Request, form: dict[str, Any]) -> tuple[Any, Any]:
    """Id and secret of the app: fields of the form, or basic authentication (RFC 6749 2.3.1; simple-salesforce sends it)."""
    scheme, _, encoded = request.header("authorization").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id"), form.get("client_secret")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None, None
    return client_id, secret


def _jwt_problem(sandbox: "Sandbox", request: Request, assertion: str) -> str | None:
    """What is wrong with an assertion: form, signature (really verified), app, user, audience, end."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        head, body, signature = assertion.split(".")
        header, claims = _part(head), _part(body)
        key = load_pem_public_key(sandbox.config.salesforce_jwt_key.encode())
        assert isinstance(key, RSAPublicKey) and header.get("alg") == "RS256"
        key.verify(_bytes(signature), f"{head}.{body}".encode(), PKCS1v15(), SHA256())
    except (ValueError, AssertionError, InvalidSignature):
        return "invalid assertion"
    if claims.get("iss") != sandbox.tokens.clients["salesforce"].client_id:
        return "client identifier invalid"
    if claims.get("sub") != USER:
        return "user hasn't approved this consumer"
    if claims.get("aud") not in (*HOSTS, f"http://{request.host}"):
        return "audience is invalid"
    left = float(claims.get("exp") or 0) - sandbox.now().timestamp()
    return None if 0 < left <= 300 else "assertion expired or too long"


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _part(text: str) -> dict[str, Any]:
    data = orjson.loads(_bytes(text))
    return data if isinstance(data, dict) else {}
