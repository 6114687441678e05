"""Token endpoints: classic OAuth of Marketing, and `/oauth2/token` of CRM v2 and of newer Marketing apps (A1, B2)."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sandbox.server import errors
from sandbox.server.http import Request, Response, reply
from sandbox.server.routing import Route, Router
from sandbox.server.tokens import Client, Grant

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

MARKETING_CODE_MINUTES, CRM_CODE_MINUTES = 60, 5


def register(router: Router) -> None:
    """Add the routes."""
    for method, path, handler, resource in (
        ("GET", "/auth/dialog", dialog, "auth_dialog"),
        ("GET", "/oauth/authorize", authorize, "oauth_authorize"),
        ("POST", "/auth/token", classic_token, "auth_token"),
        ("POST", "/auth/revoke", revoke, "auth_revoke"),
        ("POST", "/oauth2/token", oauth2_token, "oauth2_token"),
    ):
        router.add(method, path, Route(handler, "oauth", resource, open=True))
    router.add("GET", "/marketing/account_info", Route(account_info, "marketing", "account_info"))


def account_info(sandbox: "Sandbox", request: Request) -> Response:
    """GET /marketing/account_info."""
    return reply({"name": sandbox.world.account["name"]})


def dialog(sandbox: "Sandbox", request: Request) -> Response:
    """GET /auth/dialog: the person always agrees; the callback gets `code`. `redirect_url` is accepted too."""
    return _to_callback(sandbox, request, MARKETING_CODE_MINUTES)


def authorize(sandbox: "Sandbox", request: Request) -> Response:
    """GET /oauth/authorize of the accounts host: as the dialog, for either product."""
    return _to_callback(sandbox, request, CRM_CODE_MINUTES)


def _to_callback(sandbox: "Sandbox", request: Request, minutes: int) -> Response:
    client_id = request.query("client_id") or ""
    target = request.query("redirect_uri") or request.query("redirect_url")
    if sandbox.tokens.product_of(client_id) is None or not target:
        return errors.oauth_typed(sandbox.config, "ACCESS_DENIED", "Wrong credentials provided.")
    answer = {"code": sandbox.tokens.new_code(client_id, target, minutes)}
    if request.query("state"):
        answer["state"] = request.query("state") or ""
    separator = "&" if "?" in target else "?"
    return Response(302, b"", None).with_header("Location", f"{target}{separator}{urlencode(answer)}")


def classic_token(sandbox: "Sandbox", request: Request) -> Response:
    """POST /auth/token: by code, or by refresh token (JSON or form, with or without grant_type)."""
    if request.header("content-type").split(";")[0] not in ("application/json", "application/x-www-form-urlencoded"):
        return errors.typed("UNSUPPORTED_MEDIA_TYPE", "The payload is in a format not supported by this method on "
                            "the target resource.", 415)  # fmt: skip
    body = request.form_or_json()
    client = sandbox.tokens.client_of(str(body.get("client_id")), str(body.get("client_secret")))
    if client is None or client.product != "marketing":
        return errors.oauth_typed(sandbox.config, "ACCESS_DENIED", "Wrong credentials provided.")
    if body.get("code"):
        refused = _spend_code(sandbox, client, body)
        return refused or _pair(sandbox, sandbox.tokens.new_grant(client.client_id, False, None, 86400))
    grant = sandbox.tokens.use_refresh(str(body.get("refresh_token")), client.client_id)
    if grant is None:
        text = "The provided refresh token is invalid or was revoked."
        return errors.oauth_typed(sandbox.config, "INVALID_REFRESH_TOKEN", text)
    return _pair(sandbox, grant)


def _spend_code(sandbox: "Sandbox", client: Client, body: dict[str, str]) -> Response | None:
    used = sandbox.tokens.use_code(str(body["code"]), client.client_id)
    if used is None or used[0] == "expired":
        text = "The authorization code grant has expired."
        return errors.oauth_typed(sandbox.config, "EXPIRED_CODE_GRANT", text)
    asked = body.get("redirect_uri")
    if asked and asked != used[1]:
        text = "The redirect_uri does not match the one of the authorization request."
        return errors.oauth_typed(sandbox.config, "ACCESS_DENIED", text)
    return None


def _pair(sandbox: "Sandbox", grant: Grant, token_type: bool = False) -> Response:
    data: dict[str, object] = {"access_token": sandbox.tokens.new_access(grant)}
    if token_type:
        data["token_type"] = "Bearer"
    return reply({**data, "expires_in": grant.access_seconds, "refresh_token": grant.token})


def oauth2_token(sandbox: "Sandbox", request: Request) -> Response:
    """POST /oauth2/token (form): CRM v2, where every use replaces the refresh token; or the newer Marketing route."""
    body = request.form_or_json()
    client = sandbox.tokens.client_of(str(body.get("client_id")), str(body.get("client_secret")))
    if client is None:
        return _oauth2_error("invalid_client", "Client authentication failed")
    kind = body.get("grant_type")
    rolling = client.product == "crm" or sandbox.config.marketing_oauth2_rotates
    if kind == "authorization_code":
        if _spend_code(sandbox, client, body):
            return _oauth2_error("invalid_grant", "The authorization code is invalid or has expired")
        grant: Grant | None = sandbox.tokens.new_grant(client.client_id, rolling, 14, 7200)
    elif kind == "refresh_token":
        grant = sandbox.tokens.use_refresh(str(body.get("refresh_token")), client.client_id)
    else:
        return _oauth2_error("unsupported_grant_type", "grant_type must be authorization_code or refresh_token", 400)
    if grant is None:
        return _oauth2_error("invalid_grant", "The refresh token is invalid or has expired")
    return _pair(sandbox, grant, token_type=True)


def _oauth2_error(error: str, description: str, status: int = 401) -> Response:
    return reply({"error": error, "error_description": description}, status)


def revoke(sandbox: "Sandbox", request: Request) -> Response:
    """POST /auth/revoke (form token, token_type_hint): both tokens stop working; always 200 {}."""
    sandbox.tokens.revoke(str(request.form_or_json().get("token")))
    return reply({})
