"""Activities (v2): the company's tasks, of the lead until it is converted and of the deal afterwards."""

from typing import TYPE_CHECKING, Any

from sandbox.server.http import Request, Response
from sandbox.server.pipedrive.deals import owner
from sandbox.server.pipedrive.gate import add
from sandbox.server.pipedrive.lists import one, refusal, v1_list, v2_list
from sandbox.server.pipedrive.view import lead_key, number, passages, v2_time
from sandbox.server.routing import Router
from sandbox.server.state.crm_entities import Task

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def register(router: Router, base: str) -> None:
    """Add the routes. Nobody calls through a telephony app here: there are no call logs."""
    add(router, base, "GET", "v2", "/activities", lambda sandbox, request: v2_list(request, _activities(sandbox)), "activities")
    add(router, base, "GET", "v2", "/activities/{id}", read, "one")
    add(router, base, "GET", "v1", "/callLogs", lambda _sandbox, request: v1_list(request, []), "call_logs")


def _activities(sandbox: "Sandbox") -> list[dict[str, Any]]:
    def build() -> list[dict[str, Any]]:
        leads = {passage.deal.id for passage in passages(sandbox) if passage.is_lead}
        return [activity_body(sandbox, task, task.deal_id in leads) for task in sandbox.engine.crm.tasks.values()]

    return list(sandbox.cached(("pipedrive", "activities"), build))


def activity_body(sandbox: "Sandbox", task: Task, of_lead: bool) -> dict[str, Any]:
    """One activity as printed."""
    deal = sandbox.engine.crm.deals.get(task.deal_id)
    person = number("person", deal.contact_ids[0] if deal and deal.contact_ids else None)
    due = v2_time(task.due_at)
    done_by = task.done_by or (task.user_ids[0] if task.user_ids else None)
    return {
        "id": number("activity", task.id), "subject": task.subject, "type": task.type, "owner_id": owner(sandbox, done_by),
        "creator_user_id": sandbox.pipedrive.user_id, "is_deleted": False, "add_time": v2_time(task.created_at),
        "update_time": v2_time(task.updated_at), "deal_id": None if of_lead else number("deal", task.deal_id),
        "lead_id": lead_key(task.deal_id) if of_lead else None, "person_id": person,
        "org_id": number("organization", deal.organization_id if deal else None), "due_date": due[:10] if due else None,
        "due_time": due[11:19] if due else None, "duration": None, "busy": False, "done": task.done,
        "marked_as_done_time": v2_time(task.done_at) if task.done else None, "location": None,
        "participants": [{"person_id": person, "primary": True}] if person else [], "priority": None, "outcome": None, "note": None,
    }  # fmt: skip


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET /api/v2/activities/{id}."""
    found = next((row for row in _activities(sandbox) if str(row["id"]) == request.params["id"]), None)
    if found is None:
        raise refusal("atividade de exemplo nao encontrada", 404)
    return one(found)
