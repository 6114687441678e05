"""Writes: a lead's owner and archive, a deal's owner, stage and status, conversion, and deletions."""

from typing import TYPE_CHECKING, Any

from sandbox.server.http import Request, Response, reply
from sandbox.server.ids import uuid_of
from sandbox.server.pipedrive.deals import deal_body
from sandbox.server.pipedrive.gate import add
from sandbox.server.pipedrive.leads import lead_body
from sandbox.server.pipedrive.lists import one, refusal
from sandbox.server.pipedrive.view import Passage, by_number, lead_key, number, passages
from sandbox.server.routing import Router

if TYPE_CHECKING:
    from sandbox.server.core import Change, Sandbox


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "PATCH", "v1", "/leads/{id}", update_lead, "lead_write")
    add(router, base, "DELETE", "v1", "/leads/{id}", delete_lead, "delete")
    add(router, base, "POST", "v2", "/leads/{id}/convert/deal", convert, "convert")
    add(router, base, "GET", "v2", "/leads/{id}/convert/status/{conversion_id}", converted, "one")
    add(router, base, "PATCH", "v2", "/deals/{id}", update_deal, "write")
    add(router, base, "DELETE", "v2", "/deals/{id}", delete_deal, "delete")
    add(router, base, "DELETE", "v2", "/persons/{id}", _delete("person", "crm.contact_deleted", "contact_id"), "delete")
    add(router, base, "DELETE", "v2", "/activities/{id}", _delete("activity", "crm.task_deleted", "task_id"), "delete")


def _lead(sandbox: "Sandbox", key: str) -> Passage:
    for passage in passages(sandbox):
        if passage.is_lead and passage.deleted_at is None and lead_key(passage.deal.id) == key:
            return passage
    raise refusal("lead de exemplo nao encontrado", 404)


def _deal(sandbox: "Sandbox", key: str) -> Passage:
    for passage in passages(sandbox):
        if not passage.is_lead and passage.deleted_at is None and str(number("deal", passage.deal.id)) == key:
            return passage
    raise refusal("negocio de exemplo nao encontrado", 404)


def _ours(sandbox: "Sandbox", kind: str, value: Any) -> str | None:
    if kind == "user" and value == sandbox.pipedrive.user_id:
        return None
    key = by_number(sandbox, kind).get(value)
    if key is None:
        raise refusal(f"parametro de exemplo invalido: {kind}")
    return key


def update_lead(sandbox: "Sandbox", request: Request) -> Response:
    """PATCH /api/v1/leads/{id}: owner_id, is_archived."""
    passage, body = _lead(sandbox, request.params["id"]), request.json() or {}
    key = passage.deal.id
    changes: list[Change] = []
    if "owner_id" in body:
        changes.append(("crm.deal_updated", {"deal_id": key, "user_id": _ours(sandbox, "user", body["owner_id"])}))
    if body.get("is_archived") is True and not passage.archived:
        changes.append(("crm.deal_closed", {"deal_id": key, "win": False, "lost_reason_id": None}))
    if body.get("is_archived") is False and passage.archived:
        changes.append(("crm.deal_reopened", {"deal_id": key}))
    if changes:
        sandbox.commit(request, "pipedrive_leads", changes, body=body)
    return one(lead_body(sandbox, _lead(sandbox, request.params["id"])))


def delete_lead(sandbox: "Sandbox", request: Request) -> Response:
    """DELETE /api/v1/leads/{id}: from then on it is in no list."""
    passage = _lead(sandbox, request.params["id"])
    sandbox.commit(request, "pipedrive_leads", [("crm.deal_deleted", {"deal_id": passage.deal.id})])
    return one({"id": request.params["id"]})


def convert(sandbox: "Sandbox", request: Request) -> Response:
    """POST /api/v2/leads/{id}/convert/deal: the deal starts in the stage given, else in the second one."""
    passage, body = _lead(sandbox, request.params["id"]), request.json() or {}
    pipeline = sandbox.engine.reference.get("pipelines", passage.deal.pipeline_id) or {"stages": []}
    stage = _ours(sandbox, "stage", body["stage_id"]) if "stage_id" in body else pipeline["stages"][1]["id"]
    change = ("crm.deal_stage", {"deal_id": passage.deal.id, "stage_id": stage})
    sandbox.commit(request, "pipedrive_leads", [change], body=body)
    return one({"conversion_id": uuid_of("conversion", request.params["id"])})


def converted(sandbox: "Sandbox", request: Request) -> Response:
    """GET …/convert/status/{conversion_id}: done at once here."""
    for passage in passages(sandbox):
        if lead_key(passage.deal.id) == request.params["id"] and not passage.is_lead:
            data = {"conversion_id": request.params["conversion_id"], "status": "completed", "deal_id": number("deal", passage.deal.id)}
            return one(data)
    raise refusal("conversao de exemplo nao encontrada", 404)


def update_deal(sandbox: "Sandbox", request: Request) -> Response:
    """PATCH /api/v2/deals/{id}: owner_id, stage_id, status with lost_reason."""
    passage, body = _deal(sandbox, request.params["id"]), request.json() or {}
    key = passage.deal.id
    changes: list[Change] = []
    if "owner_id" in body:
        changes.append(("crm.deal_updated", {"deal_id": key, "user_id": _ours(sandbox, "user", body["owner_id"])}))
    if "stage_id" in body:
        changes.append(("crm.deal_stage", {"deal_id": key, "stage_id": _ours(sandbox, "stage", body["stage_id"])}))
    if body.get("status") == "open" and passage.deal.win is not None:
        changes.append(("crm.deal_reopened", {"deal_id": key}))
    if body.get("status") in ("won", "lost"):
        named = {row["name"]: row["id"] for row in sandbox.engine.reference.list("lost_reasons")}
        reason = named.get(body.get("lost_reason") or "")
        changes.append(("crm.deal_closed", {"deal_id": key, "win": body["status"] == "won", "lost_reason_id": reason}))
    if changes:
        sandbox.commit(request, "pipedrive_deals", changes, body=body)
    return one(deal_body(sandbox, _deal(sandbox, request.params["id"])))


def delete_deal(sandbox: "Sandbox", request: Request) -> Response:
    """DELETE /api/v2/deals/{id}: soft, the deal stays readable for some days."""
    passage = _deal(sandbox, request.params["id"])
    sandbox.commit(request, "pipedrive_deals", [("crm.deal_deleted", {"deal_id": passage.deal.id})])
    return one({"id": number("deal", passage.deal.id)})


def _delete(kind: str, event: str, name: str) -> Any:
    def handler(sandbox: "Sandbox", request: Request) -> Response:
        key = by_number(sandbox, kind).get(int(request.params["id"]) if request.params["id"].isdigit() else 0)
        if key is None:
            raise refusal("registro de exemplo nao encontrado", 404)
        sandbox.commit(request, f"pipedrive_{kind}", [(event, {name: key})])
        return reply({"success": True, "data": {"id": int(request.params["id"])}})

    return handler
