"""Error bodies of HubSpot (contract crm_hubspot_salesforce_pipedrive.md 3.6); every field but `status` may be missing there."""

from typing import Any

from sandbox.server.http import Refusal, Response, reply
from sandbox.server.limits import CORRELATION


def error(status: int, category: str, message: str, **more: Any) -> Response:
    """`{status, message, correlationId, category, …}`."""
    return reply({"status": "error", "message": message, "correlationId": CORRELATION, "category": category, **more}, status)


def invalid(message: str, code: str | None = None, **context: str) -> Refusal:
    """400 VALIDATION_ERROR, to be raised."""
    rows = [{"message": message, "code": code, "context": {k: [v] for k, v in context.items()}}] if code else None
    return Refusal(error(400, "VALIDATION_ERROR", message, **({"errors": rows} if rows else {})))


def not_found() -> Refusal:
    """404, to be raised."""
    return Refusal(error(404, "OBJECT_NOT_FOUND", "resource not found"))


def missing_scope(scope: str) -> Refusal:
    """403 MISSING_SCOPES, to be raised."""
    rows = [{"message": "One or more of the following scopes are required.", "context": {"requiredGranularScopes": [scope]}}]
    return Refusal(error(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes.", errors=rows))


def unauthorized() -> Response:
    """401."""
    return error(401, "INVALID_AUTHENTICATION", "Authentication credentials not found or not valid.")


def malformed() -> Response:
    """400 for a body that is not JSON."""
    return error(400, "VALIDATION_ERROR", "Invalid input JSON")
