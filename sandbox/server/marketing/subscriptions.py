"""Webhook subscriptions of Marketing, `/integrations/webhooks` (rd_station.md A6)."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.http import Request, Response, empty, reply
from sandbox.server.ids import number_of
from sandbox.server.marketing.contacts import need_json
from sandbox.server.routing import Route, Router
from sandbox.server.times import zulu

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

EVENT_TYPES = (
    "WEBHOOK.CONVERTED", "WEBHOOK.MARKED_OPPORTUNITY", "crm_deal_created", "crm_deal_updated", "crm_deal_deleted",
)  # fmt: skip
RELATIONS = ("COMPANY", "CONTACT_FUNNEL")


def register(router: Router) -> None:
    """Add the routes."""
    path = "/integrations/webhooks"
    router.add("GET", path, Route(list_hooks, "marketing", "webhooks"))
    router.add("POST", path, Route(create, "marketing", "webhooks"))
    router.add("GET", path + "/{uuid}", Route(read, "marketing", "webhooks"))
    router.add("PUT", path + "/{uuid}", Route(change, "marketing", "webhooks"))
    router.add("DELETE", path + "/{uuid}", Route(delete, "marketing", "webhooks"))


def body_of(sandbox: "Sandbox", hook: dict[str, Any]) -> dict[str, Any]:
    """A subscription as printed."""
    return {
        "uuid": hook["id"],
        "created_at": zulu(hook["created_at"]),
        "updated_at": zulu(hook["updated_at"]),
        "event_identifiers": hook["event_identifiers"],
        "event_type": hook["event_type"],
        "entity_type": "CONTACT",
        "http_method": "POST",
        "include_relations": hook["include_relations"],
        "platform_account_id": number_of("platform", sandbox.world.account.get("id"), low=8 * 10**14, high=9 * 10**14),
        "source": "CRM" if hook["event_type"].startswith("crm_") else "MKT",
        "status": hook["status"],
        "url": hook["url"],
    }


def _check(body: Any) -> Response | None:
    if not isinstance(body, dict):
        return errors.typed("INVALID_FIELDS", "The payload must be an object.", 400)
    wrong: dict[str, list[tuple[str, str]]] = {}
    if body.get("event_type") not in EVENT_TYPES:
        wrong["event_type"] = [("INCLUSION", "is not included in the list")]
    if body.get("entity_type") != "CONTACT":
        wrong["entity_type"] = [("INCLUSION", "is not included in the list")]
    if body.get("http_method") != "POST":
        wrong["http_method"] = [("INCLUSION", "is not included in the list")]
    if not str(body.get("url") or "").startswith(("https://", "http://")):
        wrong["url"] = [("INVALID_FORMAT", "is not a valid url")]
    if set(body.get("include_relations") or ()) - set(RELATIONS):
        wrong["include_relations"] = [("INCLUSION", "is not included in the list")]
    return errors.by_field(wrong) if wrong else None


def list_hooks(sandbox: "Sandbox", request: Request) -> Response:
    """GET: hooks made through this API only; those made on screen do not show."""
    return reply({"webhooks": [body_of(sandbox, hook) for hook in sandbox.hooks.of("marketing")]})


def _taken(sandbox: "Sandbox", body: dict[str, Any], but: str | None = None) -> bool:
    pair = (body["url"], body["event_type"])
    return any((h["url"], h["event_type"]) == pair and h["id"] != but for h in sandbox.hooks.of("marketing"))


async def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST: 201 after the receiver answered a validation call with 2xx, else 401 and nothing is created."""
    body = need_json(request)
    refused = _check(body)
    if refused:
        return refused
    if _taken(sandbox, body):
        return errors.by_field({"url": [("TAKEN", "has already been taken for this event type")]})
    if not await sandbox.hooks.validate(body["url"]):
        return errors.typed("UNAUTHORIZED", "The url did not answer the validation call with 2xx.", 401)
    return reply(body_of(sandbox, sandbox.hooks.add("marketing", _row(body))), 201)


def _row(body: dict[str, Any]) -> dict[str, Any]:
    identifiers = body.get("event_identifiers") or [] if body["event_type"] == "WEBHOOK.CONVERTED" else []
    relations = [name for name in reversed(RELATIONS) if name in (body.get("include_relations") or ())]
    return {
        "event_type": body["event_type"], "event_identifiers": list(identifiers), "url": body["url"],
        "include_relations": relations,
    }  # fmt: skip


def _find(sandbox: "Sandbox", request: Request) -> dict[str, Any]:
    hook = sandbox.hooks.get("marketing", request.params["uuid"])
    if hook is None:
        raise errors.refuse(errors.typed("RESOURCE_NOT_FOUND", "Webhook not found.", 404))
    return hook


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET one."""
    return reply(body_of(sandbox, _find(sandbox, request)))


async def change(sandbox: "Sandbox", request: Request) -> Response:
    """PUT: the whole subscription is replaced."""
    hook = _find(sandbox, request)
    body = need_json(request)
    refused = _check(body)
    if refused:
        return refused
    if _taken(sandbox, body, hook["id"]):
        return errors.by_field({"url": [("TAKEN", "has already been taken for this event type")]})
    return reply(body_of(sandbox, sandbox.hooks.change(hook["id"], {**_row(body), "status": "active"})))


def delete(sandbox: "Sandbox", request: Request) -> Response:
    """DELETE: 204."""
    sandbox.hooks.remove(_find(sandbox, request)["id"])
    return empty()
