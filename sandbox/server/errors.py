"""Error bodies of the three services (rd_station.md A1, A10, B1, B2)."""

from typing import Any

from sandbox.server.config import SandboxConfig
from sandbox.server.http import Refusal, Response, reply


def typed(error_type: str, message: str, status: int) -> Response:
    """`{"errors": {error_type, error_message}}`."""
    return reply({"errors": {"error_type": error_type, "error_message": message}}, status)


def oauth_typed(config: SandboxConfig, error_type: str, message: str) -> Response:
    """A typed authentication error in the wrapper that the switch asks for; always 401."""
    error: Any = {"error_type": error_type, "error_message": message}
    wrapped: dict[str, Any] = {"object": {"errors": error}, "list": {"errors": [error]}, "bare": error}
    return reply(wrapped[config.error_wrapper], 401)


def by_field(errors: dict[str, list[tuple[str, str]]], status: int = 400) -> Response:
    """`{"errors": {field: [{error_type, error_message}]}}`."""
    rows = {key: [{"error_type": t, "error_message": m} for t, m in items] for key, items in errors.items()}
    return reply({"errors": rows}, status)


def event_error(error_type: str, message: str, rules: dict[str, Any], path: str, bare: bool = False) -> Response:
    """400 of the events resource: a list, bare for INVALID_OPTION and under `errors` otherwise."""
    row = {"error_type": error_type, "error_message": message, "validation_rules": rules, "path": path}
    return reply([row] if bare else {"errors": [row]}, 400)


def lead_not_found() -> Response:
    """404 of Marketing contacts (and, by the service's own wording, of CRM v1)."""
    return typed("RESOURCE_NOT_FOUND", "Lead not found.", 404)


def v1_text(message: str, status: int = 400) -> Response:
    """CRM v1 400: `errors` is plain text."""
    return reply({"errors": message}, status)


def v1_fields(errors: dict[str, list[str]]) -> Response:
    """CRM v1 422: messages by field."""
    return reply({"errors": errors}, 422)


def v2_error(status: int, code: str, detail: str) -> Response:
    """CRM v2 errors: a list; the inner keys are not published (inferred)."""
    return reply({"errors": [{"code": code, "detail": detail}]}, status)


def v2_not_found() -> Response:
    """CRM v2 404."""
    return v2_error(404, "not_found", "Resource not found.")


def refuse(response: Response) -> Refusal:
    """An exception that carries `response`."""
    return Refusal(response)
