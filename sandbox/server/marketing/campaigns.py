"""Campaign Manager: campaigns and their items (rd_station.md A8.3). Pro and Advanced."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.http import Request, Response, reply
from sandbox.server.ids import number_of
from sandbox.server.marketing.assets import asset_id
from sandbox.server.marketing.contact_body import HOST
from sandbox.server.marketing.segmentations import paging
from sandbox.server.routing import Route, Router
from sandbox.server.times import as_utc, zulu

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def register(router: Router) -> None:
    """Add the routes."""
    router.add("GET", "/platform/campaigns", Route(campaigns, "marketing", "campaigns"))
    router.add("GET", "/platform/campaigns/{id}", Route(campaign, "marketing", "campaigns"))
    router.add("GET", "/platform/campaigns/{id}/items", Route(items, "marketing", "campaigns"))


def need_plan(sandbox: "Sandbox", *plans: str) -> None:
    """403 ACCOUNT_REQUIREMENT_MISSING unless the account has one of `plans`."""
    if sandbox.config.plan not in plans:
        text = "The account is not part of the account group that has access to this feature."
        raise errors.refuse(errors.typed("ACCOUNT_REQUIREMENT_MISSING", text, 403))


def _link(rel: str, path: str) -> dict[str, str]:
    return {"rel": rel, "href": HOST + path, "media": "application/json", "method_type": "GET"}


def _body(sandbox: "Sandbox", row: dict[str, Any]) -> dict[str, Any]:
    users = sandbox.engine.reference.list("users")
    path = f"/platform/campaigns/{asset_id(row)}"
    return {
        "id": asset_id(row),
        "name": row["name"],
        "status": row.get("status", "active"),
        "created_at": zulu(row["created_at"]),
        "updated_at": zulu(row["updated_at"]),
        "total_items": len(row.get("items") or []),
        "user": {"email": row.get("user_email") or (users[0]["email"] if users else None)},
        "links": [_link("SELF", path), _link("CAMPAIGN.ITEMS", path + "/assets")],
    }


def campaigns(sandbox: "Sandbox", request: Request) -> Response:
    """GET /platform/campaigns; page size up to 50; start_date, end_date, search, ids."""
    need_plan(sandbox, "pro", "advanced")
    page, size = paging(request, 25, 50)
    rows = sandbox.engine.reference.list("marketing_campaigns")
    text = (request.query("search") or "").lower()
    low, high = as_utc(request.query("start_date")), as_utc(request.query("end_date"))
    wanted = {part for value in request.query_all("ids") for part in value.split(",") if part}
    rows = [
        row
        for row in rows
        if text in row["name"].lower()
        and (not wanted or str(asset_id(row)) in wanted)
        and (low is None or row["created_at"] >= low)
        and (high is None or row["created_at"] <= high)
    ]
    return reply({"campaigns": [_body(sandbox, row) for row in rows[(page - 1) * size : page * size]]})


def _find(sandbox: "Sandbox", request: Request) -> dict[str, Any]:
    need_plan(sandbox, "pro", "advanced")
    for row in sandbox.engine.reference.list("marketing_campaigns"):
        if str(asset_id(row)) == request.params["id"]:
            return row
    raise errors.refuse(errors.typed("RESOURCE_NOT_FOUND", "Campaign not found.", 404))


def campaign(sandbox: "Sandbox", request: Request) -> Response:
    """GET /platform/campaigns/{id}, wrapped in `campaign`."""
    return reply({"campaign": _body(sandbox, _find(sandbox, request))})


def items(sandbox: "Sandbox", request: Request) -> Response:
    """GET /platform/campaigns/{id}/items."""
    row = _find(sandbox, request)
    body = [
        {
            "platform_item_id": str(item["id"]),
            "campaign_item_id": str(number_of(row["id"], item["id"])),
            "item_type": item.get("type", "email"),
            "added_at": zulu(as_utc(item.get("added_at")) or row["created_at"]),
            "links": [
                _link("CAMPAIGN.ITEM", f"/platform/{item.get('type', 'email')}s?ids={item['id']}"),
                _link("CAMPAIGN", f"/platform/campaigns/{asset_id(row)}"),
            ],
        }
        for item in row.get("items") or []
    ]
    return reply({"items": body})
