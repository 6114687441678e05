"""Subscriptions to webhooks v2 (v1 paths): list, create, delete; nothing about one can be changed (contract 5.8)."""

from typing import TYPE_CHECKING, Any

from sandbox.server.http import Request, Response, reply
from sandbox.server.pipedrive.gate import add
from sandbox.server.pipedrive.lists import refusal
from sandbox.server.routing import Router
from sandbox.server.times import zulu

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

MOST = 40  # per user
ACTIONS = ("create", "change", "delete", "*")
OBJECTS = ("activity", "deal", "lead", "note", "organization", "person", "pipeline", "product", "stage", "user", "*")


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "v1", "/webhooks", listing, "webhooks")
    add(router, base, "POST", "v1", "/webhooks", create, "write")
    add(router, base, "DELETE", "v1", "/webhooks/{id}", delete, "delete")


def _printed(hook: dict[str, Any]) -> dict[str, Any]:
    action, _, name = hook["event_type"].partition(".")
    return {
        "id": hook["number"], "company_id": 5000001, "owner_id": hook["user"], "user_id": hook["user"], "event_action": action,
        "event_object": name, "subscription_url": hook["url"], "version": "2.0", "is_active": int(hook["status"] == "active"),
        "add_time": zulu(hook["created_at"]), "remove_time": None, "type": "general", "http_auth_user": hook["auth_header"],
        "http_auth_password": hook["auth_key"], "remove_reason": None, "last_delivery_time": None, "last_http_status": None,
        "admin_id": hook["user"], "name": hook["name"],
    }  # fmt: skip


def listing(sandbox: "Sandbox", request: Request) -> Response:
    """GET /api/v1/webhooks: all at once."""
    return reply({"status": "ok", "success": True, "data": [_printed(hook) for hook in sandbox.hooks.of("pipedrive")]})


def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST /api/v1/webhooks."""
    body = request.json() or {}
    for name, known in (("event_action", ACTIONS), ("event_object", OBJECTS)):
        if body.get(name) not in known:
            raise refusal(f"parametro de exemplo invalido: {name}")
    if not body.get("subscription_url") or body.get("version", "2.0") != "2.0":
        raise refusal("parametro de exemplo invalido: subscription_url ou version")
    mine = sandbox.hooks.of("pipedrive")
    if len(mine) >= MOST:
        raise refusal("limite de exemplo de webhooks alcancado")
    row = {
        "url": body["subscription_url"], "event_type": f"{body['event_action']}.{body['event_object']}", "name": body.get("name"),
        "auth_header": body.get("http_auth_user"), "auth_key": body.get("http_auth_password"), "user": sandbox.pipedrive.user_id,
        "number": max((hook["number"] for hook in mine), default=1800000) + 1,
    }  # fmt: skip
    return reply({"status": "ok", "success": True, "data": _printed(sandbox.hooks.add("pipedrive", row))}, 201)


def delete(sandbox: "Sandbox", request: Request) -> Response:
    """DELETE /api/v1/webhooks/{id}."""
    for hook in sandbox.hooks.of("pipedrive"):
        if str(hook["number"]) == request.params["id"]:
            sandbox.hooks.remove(hook["id"])
            return reply({"status": "ok", "success": True})
    raise refusal("webhook de exemplo nao encontrado", 404)
