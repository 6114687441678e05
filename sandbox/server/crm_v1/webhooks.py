"""Webhook subscriptions of CRM v1 (rd_station.md B4)."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v1.base import add, body_dict
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
    add(router, base, "GET", "/webhooks/{uuid}", read, "webhooks")
    add(router, base, "PUT", "/webhooks/{uuid}", change, "webhooks")
    add(router, base, "DELETE", "/webhooks/{uuid}", delete, "webhooks")


def body_of(sandbox: "Sandbox", hook: dict[str, Any]) -> dict[str, Any]:
    """A subscription as printed."""
    return {
        "created_at": zulu(hook["created_at"]),
        "created_via": "api",
        "event_identifiers": [],
        "event_type": hook["event_type"],
        "http_method": "POST",
        "include_relations": ["CONTACT_FUNNEL", "COMPANY"],
        "name": None,
        "platform_account_id": sandbox.world.account.get("id"),
        "source": "CRM",
        "status": hook["status"],
        "updated_at": zulu(hook["updated_at"]),
        "url": hook["url"],
        "uuid": hook["id"],
    }


def list_hooks(sandbox: "Sandbox", request: Request) -> Response:
    """GET /webhooks."""
    return reply({"webhooks": [body_of(sandbox, hook) for hook in sandbox.hooks.of("crm_v1")]})


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    if body.get("event_type") not in CRM_EVENTS or body.get("event_type") == "crm_task_deleted":
        raise errors.refuse(errors.v1_fields({"event_type": ["não está incluído na lista"]}))
    if body.get("http_method") != "POST":
        raise errors.refuse(errors.v1_fields({"http_method": ["não está incluído na lista"]}))
    if not str(body.get("url") or "").startswith(("https://", "http://")):
        raise errors.refuse(errors.v1_fields({"url": ["não é válido"]}))
    return {"event_type": body["event_type"], "url": body["url"]}


def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST /webhooks: 200."""
    return reply(body_of(sandbox, sandbox.hooks.add("crm_v1", _checked(body_dict(request)))))


def _find(sandbox: "Sandbox", request: Request) -> dict[str, Any]:
    hook = sandbox.hooks.get("crm_v1", request.params["uuid"])
    if hook is None:
        raise errors.refuse(errors.lead_not_found())
    return hook


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET one."""
    return reply(body_of(sandbox, _find(sandbox, request)))


def change(sandbox: "Sandbox", request: Request) -> Response:
    """PUT one; it also switches a suspended webhook back on."""
    hook, body = _find(sandbox, request), body_dict(request)
    merged = _checked({"event_type": hook["event_type"], "url": hook["url"], "http_method": "POST", **body})
    return reply(body_of(sandbox, sandbox.hooks.change(hook["id"], {**merged, "status": "active"})))


def delete(sandbox: "Sandbox", request: Request) -> Response:
    """DELETE: 204."""
    sandbox.hooks.remove(_find(sandbox, request)["id"])
    return empty()
