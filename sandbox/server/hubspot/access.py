"""Who may call HubSpot: the static token of a private app (or service key), or an OAuth access token (contract 3.1)."""

from typing import TYPE_CHECKING

from sandbox.server.http import Request, Response, reply
from sandbox.server.hubspot.errors import unauthorized

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def refuse(sandbox: "Sandbox", request: Request) -> Response | None:
    """401, or None when the token is good."""
    header = request.header("authorization")
    token = header[7:].strip() if header.lower().startswith("bearer ") else ""
    if token == sandbox.tokens.hubspot_token:
        return None
    if sandbox.tokens.check(token, "hubspot") != "ok":
        return unauthorized()
    request.token = token
    return None


def oauth_token(sandbox: "Sandbox", request: Request) -> Response:
    """POST /oauth/{version}/token (form, refresh_token grant): a new access token, the same refresh token."""
    body = request.form_or_json()
    client = sandbox.tokens.client_of(str(body.get("client_id")), str(body.get("client_secret")))
    if client is None or client.product != "hubspot":
        return _refused("invalid_client", "BAD_CLIENT_ID", "missing or unknown client id")
    grant = sandbox.tokens.use_refresh(str(body.get("refresh_token")), client.client_id)
    if body.get("grant_type") != "refresh_token" or grant is None:
        return _refused("invalid_grant", "BAD_REFRESH_TOKEN", "missing or unknown refresh token")
    return reply(
        {
            "token_type": "bearer",
            "token_use": "access_token",
            "access_token": sandbox.tokens.new_access(grant),
            "refresh_token": grant.token,
            "expires_in": grant.access_seconds,
            "hub_id": 40000001,
            "user_id": 61000001,
            "scopes": ["oauth", "crm.objects.contacts.read", "crm.objects.deals.read"],
        }
    )


def _refused(code: str, status: str, message: str) -> Response:
    return reply({"error": code, "error_description": message, "status": status, "message": message}, 400)
