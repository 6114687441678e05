"""Webhook subscriptions of CRM v2, with the header that deliveries carry (rd_station.md B4)."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v2.base import add, data_of
from sandbox.server.hooks.names import CRM_EVENTS
from sandbox.server.http import Request, Response, empty, reply
from sandbox.server.routing import Router
from sandbox.server.times import zulu

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "/webhooks", list_hooks, "webhooks")
    add(router, base, "POST", "/webhooks", create, "webhooks")
    add(router, base, "GET", "/webhooks/{id}", read, "webhooks")
    add(router, base, "PUT", "/webhooks/{id}", change, "webhooks")
    add(router, base, "PATCH", "/webhooks/{id}", change, "webhooks")
    add(router, base, "DELETE", "/webhooks/{id}", delete, "webhooks")


def body_of(hook: dict[str, Any]) -> dict[str, Any]:
    """A subscription as printed: the header's value is never shown."""
    return {
        "id": hook["id"],
        "name": hook["name"],
        "event_name": hook["event_type"],
        "http_method": "POST",
        "url": hook["url"],
        "status": hook["status"],
        "created_at": zulu(hook["created_at"]),
        "updated_at": zulu(hook["updated_at"]),
    }


def list_hooks(sandbox: "Sandbox", request: Request) -> Response:
    """GET /webhooks: a list, or (switch) the single object that the reference prints."""
    rows = [body_of(hook) for hook in sandbox.hooks.of("crm_v2")]
    single = sandbox.config.v2_webhooks_single and len(rows) == 1
    return reply({"data": rows[0] if single else rows})


def _checked(data: dict[str, Any]) -> dict[str, Any]:
    def refuse(text: str) -> Exception:
        return errors.refuse(errors.v2_error(422, "unprocessable_entity", text))

    if data.get("event_name") not in CRM_EVENTS:
        raise refuse("event_name is not valid.")
    if data.get("http_method", "POST") != "POST":
        raise refuse("http_method must be POST.")
    if not str(data.get("url") or "").startswith(("https://", "http://")):
        raise refuse("url is not valid.")
    if bool(data.get("auth_header")) is not bool(data.get("auth_key")):
        raise refuse("auth_header and auth_key go together.")
    if data.get("status", "active") not in ("active", "inactive", "suspended"):
        raise refuse("status is not valid.")
    return {
        "event_type": data["event_name"], "url": data["url"], "name": data.get("name"),
        "auth_header": data.get("auth_header"), "auth_key": data.get("auth_key"), "status": data.get("status", "active"),
    }  # fmt: skip


def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST /webhooks: 201."""
    return reply({"data": body_of(sandbox.hooks.add("crm_v2", _checked(data_of(request))))}, 201)


def _find(sandbox: "Sandbox", request: Request) -> dict[str, Any]:
    hook = sandbox.hooks.get("crm_v2", request.params["id"])
    if hook is None:
        raise errors.refuse(errors.v2_not_found())
    return hook


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET one."""
    return reply({"data": body_of(_find(sandbox, request))})


def change(sandbox: "Sandbox", request: Request) -> Response:
    """PUT with the changed keys; `status: active` wakes a suspended webhook."""
    hook = _find(sandbox, request)
    before = {key: hook.get(key) for key in ("url", "name", "auth_header", "auth_key", "status")}
    merged = _checked({"event_name": hook["event_type"], **before, **data_of(request)})
    return reply({"data": body_of(sandbox.hooks.change(hook["id"], merged))})


def delete(sandbox: "Sandbox", request: Request) -> Response:
    """DELETE: 204."""
    sandbox.hooks.remove(_find(sandbox, request)["id"])
    return empty()
