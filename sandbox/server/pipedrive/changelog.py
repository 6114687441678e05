"""What changed on a deal: the changelog (cursor, values as text) and the flow (offset, values of their own type)."""

from typing import TYPE_CHECKING, Any

from sandbox.server.http import Request, Response, reply
from sandbox.server.pipedrive.deals import owner
from sandbox.server.pipedrive.gate import add
from sandbox.server.pipedrive.lists import number_param, refusal, v1_list
from sandbox.server.pipedrive.view import Passage, number, passages, v1_time
from sandbox.server.routing import Router

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "v1", "/deals/{id}/changelog", changelog, "changelog")
    add(router, base, "GET", "v1", "/deals/{id}/flow", flow, "flow")


def _passage(sandbox: "Sandbox", key: str) -> Passage:
    for passage in passages(sandbox):
        if not passage.is_lead and str(number("deal", passage.deal.id)) == key:
            return passage
    raise refusal("negocio de exemplo nao encontrado", 404)


def _value(sandbox: "Sandbox", key: str, value: Any) -> Any:
    if key == "stage_id":
        return number("stage", value)
    if key == "owner_id":
        return owner(sandbox, value)
    if key == "lost_reason" and value:
        row = sandbox.engine.reference.get("lost_reasons", value)
        return row["name"] if row else None
    return value


def _rows(sandbox: "Sandbox", passage: Passage) -> list[dict[str, Any]]:
    """Newest first; no row for the creation. By switch some rows come twice, and the owner goes by its old name."""
    rows = []
    for change in passage.changes:
        key = sandbox.config.pipedrive_owner_key if change.key == "owner_id" else change.key
        row = {
            "field_key": key, "old_value": _value(sandbox, change.key, change.old), "actor_user_id": sandbox.pipedrive.user_id,
            "new_value": _value(sandbox, change.key, change.new), "time": v1_time(change.at), "change_source": "app",
            "change_source_user_agent": None, "is_bulk_update_flag": False,
        }  # fmt: skip
        rows += [row, dict(row)] if sandbox.config.pipedrive_twin_changes else [row]
    return rows[::-1]


def changelog(sandbox: "Sandbox", request: Request) -> Response:
    """GET /api/v1/deals/{id}/changelog."""
    rows = _rows(sandbox, _passage(sandbox, request.params["id"]))
    for row in rows:
        for key in ("old_value", "new_value"):
            row[key] = None if row[key] is None else str(row[key])
    start, size = number_param(request, "cursor", 0, 10**9), number_param(request, "limit", 100, 500)
    following = str(start + size) if len(rows) > start + size else None
    return reply({"success": True, "data": rows[start : start + size], "additional_data": {"next_cursor": following}})


def flow(sandbox: "Sandbox", request: Request) -> Response:
    """GET /api/v1/deals/{id}/flow, changes only."""
    passage = _passage(sandbox, request.params["id"])
    items = []
    for n, row in enumerate(_rows(sandbox, passage)):
        data = {**row, "id": n, "item_id": number("deal", passage.deal.id), "log_time": row.pop("time")}
        items.append({"object": "dealChange", "timestamp": data["log_time"], "data": data})
    return v1_list(request, items)
