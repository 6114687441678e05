"""Who may call: bearer tokens of Marketing and CRM v2, the `token` parameter of CRM v1."""

from typing import TYPE_CHECKING

from sandbox.server import errors
from sandbox.server.http import Request, Response, reply
from sandbox.server.hubspot.access import refuse as hubspot_access
from sandbox.server.routing import Route
from sandbox.server.salesforce import auth as salesforce

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

EXPIRED = (
    'Bearer realm="https://api.rd.services/", error="expired_token", '
    'error_description="The access token expired"'
)  # fmt: skip


def refuse_access(sandbox: "Sandbox", route: Route, request: Request) -> Response | None:
    """The 401 that this request deserves, or None. Sets `request.token` and, for v1, `request.user_id`."""
    if route.open or route.service in ("oauth", "control"):
        return None
    if route.service == "crm_v1":
        return _v1(sandbox, request)
    if route.service == "salesforce":
        return salesforce.refuse_access(sandbox, request)
    if route.service == "hubspot":
        return hubspot_access(sandbox, request)
    header = request.header("authorization")
    if not header.lower().startswith("bearer ") or not header[7:].strip():
        return reply({"error": "invalid_request", "error_description": "The access token is missing"}, 401)
    request.token = header[7:].strip()
    product = "crm" if route.service == "crm_v2" else "marketing"
    state = sandbox.tokens.check(request.token, product)
    if state == "ok":
        return None
    return expired(sandbox, route) if state == "expired" else unauthorized(sandbox, route)


def unauthorized(sandbox: "Sandbox", route: Route) -> Response:
    """401 for an unknown or revoked token."""
    if route.service == "salesforce":
        return salesforce.expired()
    if route.service == "crm_v2":
        return errors.v2_error(401, "unauthorized", "Invalid token.")
    return errors.oauth_typed(sandbox.config, "UNAUTHORIZED", "Invalid token.")


def expired(sandbox: "Sandbox", route: Route) -> Response:
    """401 for an expired token, with the header that the official client looks for."""
    if sandbox.config.expired_token_body == "invalid_token":
        text = "The access token is invalid or has expired"
        answer = reply({"error": "invalid_token", "error_description": text}, 401)
    else:
        answer = unauthorized(sandbox, route)
    return answer.with_header("WWW-Authenticate", EXPIRED)


def _v1(sandbox: "Sandbox", request: Request) -> Response | None:
    token = request.query("token")
    if token == sandbox.tokens.v1_token:
        return None
    if token == sandbox.tokens.v1_restricted_token:
        sellers = [user for user in sandbox.engine.reference.list("users") if user.get("active", True)]
        request.user_id = sellers[0]["id"] if sellers else "nobody"
        return None
    return reply({"error": "Permission denied."}, 401)
