"""Tasks of CRM v2: with status and updated_at."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v1.tasks import TYPES
from sandbox.server.crm_v2.base import add, data_of, listing
from sandbox.server.http import Request, Response, empty, reply
from sandbox.server.ids import hex24
from sandbox.server.routing import Router
from sandbox.server.state.crm_entities import Task
from sandbox.server.times import as_utc, zulu

if TYPE_CHECKING:
    from sandbox.server.core import Change, Sandbox

FILTERS = {"deal_id", "type", "owner_ids", "completed_at", "due_date", "status"}
SORTS = ("due_date", "deal_id", "completed_at", "updated_at")


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "/tasks", list_tasks, "tasks")
    add(router, base, "POST", "/tasks", create, "tasks_write")
    add(router, base, "GET", "/tasks/{id}", read, "tasks")
    add(router, base, "PUT", "/tasks/{id}", update, "tasks_write")
    add(router, base, "PATCH", "/tasks/{id}", update, "tasks_write")
    add(router, base, "DELETE", "/tasks/{id}", delete, "tasks_write")


def status_of(task: Task) -> str:
    """open, completed or canceled."""
    return "canceled" if task.canceled else "completed" if task.done else "open"


def task_body(task: Task) -> dict[str, Any]:
    """One task as printed."""
    first = task.user_ids[0] if task.user_ids else None
    return {
        "id": task.id,
        "name": task.subject,
        "description": task.notes,
        "type": task.type,
        "status": status_of(task),
        "due_date": zulu(task.due_at),
        "created_by_id": first,
        "completed_at": zulu(task.done_at),
        "completed_by_id": task.done_by if task.done else None,
        "deal_id": task.deal_id,
        "owner_ids": task.user_ids,
        "created_at": zulu(task.created_at),
        "updated_at": zulu(task.updated_at),
    }


def list_tasks(sandbox: "Sandbox", request: Request) -> Response:
    """GET /tasks."""

    def value(task: Task, field: str) -> Any:
        named = {
            "status": status_of(task), "due_date": task.due_at, "completed_at": task.done_at, "owner_ids": task.user_ids,
        }  # fmt: skip
        return named[field] if field in named else getattr(task, field)

    rows = sandbox.engine.crm.tasks.values
    return listing(sandbox, request, "tasks", rows, task_body, filters=FILTERS, sorts=SORTS, getter=value)


def _need(sandbox: "Sandbox", request: Request) -> Task:
    task = sandbox.engine.crm.tasks.get(request.params["id"])
    if task is None:
        raise errors.refuse(errors.v2_not_found())
    return task


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET /tasks/{id}."""
    return reply({"data": task_body(_need(sandbox, request))})


def _change(data: dict[str, Any]) -> dict[str, Any]:
    if data.get("type") is not None and data["type"] not in TYPES:
        raise errors.refuse(errors.v2_error(422, "unprocessable_entity", "type is not valid."))
    names = {"name": "subject", "description": "notes", "type": "type", "owner_ids": "user_ids"}
    change = {target: data[key] for key, target in names.items() if key in data}
    if "due_date" in data:
        change["due_at"] = as_utc(data["due_date"])
    return change


def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST /tasks: 201."""
    data = data_of(request)
    if len(str(data.get("name") or "")) < 3 or data.get("deal_id") not in sandbox.engine.crm.deals:
        return errors.v2_error(422, "unprocessable_entity", "name (3 characters) and an existing deal_id are needed.")
    key = hex24("task", sandbox.world.seed, sandbox.next_number())
    row = {"type": "task", **_change(data), "task_id": key, "deal_id": data["deal_id"]}
    changes: list[Change] = [("crm.task_created", row)]
    if data.get("status") == "completed":
        changes.append(("crm.task_done", {"task_id": key, "done_at": as_utc(data.get("completed_at"))}))
    sandbox.commit(request, "crm_tasks", changes, body=data)
    return reply({"data": task_body(sandbox.engine.crm.tasks[key])}, 201)


def update(sandbox: "Sandbox", request: Request) -> Response:
    """PUT /tasks/{id} with the changed keys."""
    task = _need(sandbox, request)
    data = data_of(request)
    change, status = _change(data), data.get("status")
    if status not in (None, "open", "completed", "canceled"):
        return errors.v2_error(422, "unprocessable_entity", "status is not valid.")
    changes: list[Change] = []
    if status is not None:
        change["canceled"] = status == "canceled"
    if status == "open" and task.done:
        change["done"] = False
    if change:
        changes.append(("crm.task_updated", {**change, "task_id": task.id}))
    if status == "completed" and not task.done:
        changes.append(("crm.task_done", {"task_id": task.id, "done_at": as_utc(data.get("completed_at"))}))
    if changes:
        sandbox.commit(request, "crm_tasks", changes, body=data)
    return reply({"data": task_body(task)})


def delete(sandbox: "Sandbox", request: Request) -> Response:
    """DELETE /tasks/{id}: 204."""
    task = _need(sandbox, request)
    sandbox.commit(request, "crm_tasks", [("crm.task_deleted", {"task_id": task.id})])
    return empty()
