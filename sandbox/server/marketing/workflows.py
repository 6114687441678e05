"""Automation flows: list, detail, enrolment and who is inside (rd_station.md A8.4)."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.http import Request, Response, reply
from sandbox.server.ids import uuid_of
from sandbox.server.marketing.contacts import need_json
from sandbox.server.marketing.segmentations import paging
from sandbox.server.routing import Route, Router
from sandbox.server.times import brasilia

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

LEADS_PER_CALL = {"light": 10, "basic": 10, "pro": 25, "advanced": 50}
LISTED_LEADS = 100


def register(router: Router) -> None:
    """Add the routes. The paths of `started`, `left` and `action` rest on one weak source."""
    one = "/platform/workflows/{id}"
    router.add("GET", "/platform/workflows", Route(list_flows, "marketing", "workflows"))
    router.add("GET", one, Route(detail, "marketing", "workflow"))
    router.add("POST", one + "/leads", Route(enrol, "marketing", "workflow_leads_add"))
    router.add("GET", one + "/leads/started", Route(started, "marketing", "workflow_leads_started"))
    router.add("GET", one + "/leads/left", Route(left, "marketing", "workflow_leads_left"))
    router.add("GET", one + "/leads/action/{action}", Route(at_action, "marketing", "workflow_leads_action"))


def _enabled(flow: dict[str, Any] | None) -> bool:
    return flow is not None and flow.get("status", "enabled") in ("enabled", "active")


def list_flows(sandbox: "Sandbox", request: Request) -> Response:
    """GET /platform/workflows; the key is `workflows`, or `wokflows` as the reference prints it."""
    page, size = paging(request, 25, 125)
    flows = sandbox.engine.reference.list("workflows")
    wanted = {part for text in request.query_all("ids") for part in text.split(",")}
    flows = [flow for flow in flows if not wanted or str(flow["id"]) in wanted]
    owner = next((u["email"] for u in sandbox.engine.reference.list("users") if u.get("email")), "marketing@example.com")
    rows = [
        {
            "id": flow["id"],
            "name": flow["name"],
            "user_email_created": flow.get("user_email_created", owner),
            "created_at": brasilia(flow["created_at"]),
            "user_email_updated": flow.get("user_email_updated", owner),
            "updated_at": brasilia(flow["updated_at"]),
        }
        for flow in flows[(page - 1) * size : page * size]
    ]
    return reply({sandbox.config.workflows_key: rows})


def _actions(flow: dict[str, Any]) -> list[dict[str, str]]:
    given = flow.get("actions") or ["SDEMA", "WTDEL", "SDEMA", "CDEMA"]
    return [
        {"id": row.get("id") or uuid_of(flow["id"], n), "type": row["type"]}
        if isinstance(row, dict)
        else {"id": uuid_of(flow["id"], n), "type": row}
        for n, row in enumerate(given)
    ]


def detail(sandbox: "Sandbox", request: Request) -> Response:
    """GET /platform/workflows/{id}."""
    flow = sandbox.engine.reference.get("workflows", request.params["id"])
    if flow is None:
        return errors.typed("RESOURCE_NOT_FOUND", "Workflow not found.", 404)
    info = {
        "id": flow["id"],
        "name": flow["name"],
        "status": "enabled" if _enabled(flow) else "disabled",
        "created_at": brasilia(flow["created_at"]),
        "updated_at": brasilia(flow["updated_at"]),
        "actions": _actions(flow),
    }
    return reply({"workflow_info": info})


def enrol(sandbox: "Sandbox", request: Request) -> Response:
    """POST …/leads {"leads": [email or uuid, …]}: 200 with who was added and who was not found."""
    flow = sandbox.engine.reference.get("workflows", request.params["id"])
    if not _enabled(flow):
        text = "Workflow must be activated or does not exist"
        return errors.event_error("WORKFLOW_STATUS_ERROR", text, {}, "$.id")
    body = need_json(request)
    leads = body.get("leads") if isinstance(body, dict) else None
    if not isinstance(leads, list) or not leads:
        return errors.event_error("INVALID_DATA_TYPE", "Must be of type 'ARRAY'.", {"data_type": "ARRAY"}, "$.leads")
    leads = [lead for item in leads for lead in (item if isinstance(item, list) else [item])]
    most = LEADS_PER_CALL[sandbox.config.plan]
    if len(leads) > most:
        return errors.event_error("TOO_LONG", f"Must have at most {most} items.", {"max": most}, "$.leads")
    added, missing, changes = [], [], []
    for lead in map(str, leads):
        contact = sandbox.engine.marketing.find("email" if "@" in lead else "uuid", lead)
        if contact is None:
            missing.append(lead)
            continue
        added.append(lead)
        changes.append(("mkt.enrolled", {"workflow_id": str(request.params["id"]), "contact_uuid": contact.uuid}))
    if changes:
        sandbox.commit(request, "workflow_leads", changes, body=body)
    nested = sandbox.config.workflow_answer == "nested"
    return reply({"leads_added": [added] if nested else added, "leads_not_found": [missing] if nested else missing})


def _inside(sandbox: "Sandbox", request: Request, show: bool = True) -> Response:
    if sandbox.engine.reference.get("workflows", request.params["id"]) is None:
        return errors.typed("RESOURCE_NOT_FOUND", "Workflow not found.", 404)
    page, size = paging(request, LISTED_LEADS, LISTED_LEADS)
    rows = []
    for item in sandbox.engine.marketing.enrolments.get(request.params["id"], []) if show else []:
        contact = sandbox.engine.marketing.contacts.get(item.contact_uuid)
        if contact:
            rows.append({"uuid": contact.uuid, "email": contact.email, "date": brasilia(item.at), "via": item.via})
    return reply({"leads": rows[(page - 1) * size : page * size], "total": len(rows)})


def started(sandbox: "Sandbox", request: Request) -> Response:
    """GET …/leads/started: who entered the flow (`via` is the sandbox's own addition)."""
    return _inside(sandbox, request)


def left(sandbox: "Sandbox", request: Request) -> Response:
    """GET …/leads/left: nobody leaves a flow in the sandbox."""
    return _inside(sandbox, request, show=False)


def at_action(sandbox: "Sandbox", request: Request) -> Response:
    """GET …/leads/action/{action_id}: everybody stands at the first action."""
    flow = sandbox.engine.reference.get("workflows", request.params["id"])
    first = _actions(flow)[0]["id"] if flow else None
    return _inside(sandbox, request, show=request.params["action"] == first)
