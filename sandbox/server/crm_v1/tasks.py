"""Tasks of CRM v1: calls, e-mails and WhatsApp exist only here; no updated_at (rd_station.md B1)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v1.base import add, body_dict, page_of, user_of, visible_deal
from sandbox.server.http import Request, Response, html_error, reply
from sandbox.server.ids import hex24
from sandbox.server.routing import Router
from sandbox.server.state.crm_entities import Task
from sandbox.server.times import BRASILIA, as_utc, brasilia, offset_zone

if TYPE_CHECKING:
    from sandbox.server.core import Change, Sandbox

TYPES = ("call", "email", "meeting", "task", "lunch", "visit", "whatsapp")


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "/tasks", list_tasks, "tasks")
    add(router, base, "GET", "/tasks/{id}", read, "tasks")
    add(router, base, "POST", "/tasks", create, "tasks_write")
    add(router, base, "PUT", "/tasks/{id}", update, "tasks_write")


def task_body(sandbox: "Sandbox", task: Task) -> dict[str, Any]:
    """One task as printed."""
    deal = sandbox.engine.crm.deals.get(task.deal_id)
    users = [user_of(sandbox, key, "email", "nickname") for key in task.user_ids]
    return {
        "_id": task.id,
        "created_at": brasilia(task.created_at),
        "date": brasilia(task.due_at),
        "deal": {"_id": deal.id, "hold": deal.hold, "id": deal.id, "name": deal.name, "rating": deal.rating}
        if deal
        else None,
        "deal_id": task.deal_id,
        "done": task.done,
        "done_date": brasilia(task.done_at),
        "hour": task.due_at.astimezone(BRASILIA).strftime("%H:%M") if task.due_at else None,
        "id": task.id,
        "markup": "past" if task.due_at and task.due_at <= sandbox.engine.at else "future",
        "notes": task.notes,
        "subject": task.subject,
        "type": task.type,
        "user_ids": task.user_ids,
        "users": [user for user in users if user],
    }


def list_tasks(sandbox: "Sandbox", request: Request) -> Response:
    """GET /tasks: deal_id, done, type, user_id, date_start/end, done_date_start/end."""
    pairs = tuple(sorted(pair for pair in request.pairs if pair[0] not in ("page", "limit", "token")))
    rows = sandbox.cached(("v1tasks", request.user_id, pairs), lambda: _select(sandbox, request))
    return page_of(sandbox, request, "tasks", rows, lambda task: task_body(sandbox, task))


def window(sandbox: "Sandbox", low: str | None, high: str | None) -> Callable[[datetime | None], bool] | None:
    """A test for instants within [low, high]; a plain date as upper end means that whole day."""
    if not low and not high:
        return None
    zone = offset_zone(sandbox.config.v1_period_zone)

    def bound(text: str | None, upper: bool) -> datetime | None:
        if not text:
            return None
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            raise errors.refuse(html_error()) from None
        value = value if value.tzinfo else value.replace(tzinfo=zone)
        return value + timedelta(days=1, microseconds=-1) if upper and len(text) == 10 else value

    first, last = bound(low, False), bound(high, True)
    return lambda at: at is not None and (first is None or at >= first) and (last is None or at <= last)


def _select(sandbox: "Sandbox", request: Request) -> list[Task]:
    crm = sandbox.engine.crm
    rows = [task for task in crm.tasks.values() if not task.canceled]
    if request.user_id:
        deals = crm.deals
        rows = [t for t in rows if t.deal_id in deals and visible_deal(sandbox, request, deals[t.deal_id])]
    deal, kind, user, done = (request.query(name) for name in ("deal_id", "type", "user_id", "done"))
    due = window(sandbox, request.query("date_start"), request.query("date_end"))
    finished = window(sandbox, request.query("done_date_start"), request.query("done_date_end"))
    rows = [
        task
        for task in rows
        if (not deal or task.deal_id == deal)
        and (not kind or task.type == kind)
        and (not user or user in task.user_ids)
        and (done not in ("true", "false") or task.done is (done == "true"))
        and (due is None or due(task.due_at))
        and (finished is None or finished(task.done_at))
    ]
    rows.sort(key=lambda task: (task.created_at, task.id), reverse=True)
    return rows


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET /tasks/{id}."""
    task = sandbox.engine.crm.tasks.get(request.params["id"])
    return reply(task_body(sandbox, task)) if task else errors.lead_not_found()


def _change(sandbox: "Sandbox", body: dict[str, Any]) -> dict[str, Any]:
    subject, kind = body.get("subject"), body.get("type")
    if subject is not None and len(subject) < 3:
        text = "Assunto está muito curto, use no mínimo 3 caracteres."
        raise errors.refuse(errors.v1_fields({"subject": [text]}))
    if kind is not None and kind not in TYPES:
        raise errors.refuse(errors.v1_fields({"type": ["Tipo inválido."]}))
    if kind not in (None, "task") and sandbox.config.crm_plan_free:
        row = {
            "error_type": "ACCESS_DENIED",
            "error_MESSAGE": "This account is not allowed to create tasks of the requested type",
            "feature": "extended_task_types",
            "access": "false",
        }
        raise errors.refuse(reply({"errors": [row]}, 422))
    change = {key: body[key] for key in ("subject", "type", "notes", "user_ids") if key in body}
    if body.get("date"):
        text = body["date"] if len(body["date"]) > 10 else f"{body['date']}T{body.get('hour') or '09:00'}:00-03:00"
        change["due_at"] = as_utc(text)
    return change


def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST /tasks {"task": {deal_id, subject, type, date, hour, user_ids, notes, done}}: 200."""
    body = body_dict(request)
    sent = body.get("task") or body
    change = _change(sandbox, sent)
    if not change.get("subject"):
        return errors.v1_fields({"subject": ["Assunto não pode ficar em branco."]})
    if sent.get("deal_id") not in sandbox.engine.crm.deals:
        return errors.v1_fields({"deal_id": ["Negociação não encontrada."]})
    key = hex24("task", sandbox.world.seed, sandbox.next_number())
    row = {"type": "task", **change, "task_id": key, "deal_id": sent["deal_id"]}
    changes: list[Change] = [("crm.task_created", row)]
    if sent.get("done"):
        changes.append(("crm.task_done", {"task_id": key, "done_at": as_utc(sent.get("done_date"))}))
    sandbox.commit(request, "crm_tasks", changes, body=body)
    return reply(task_body(sandbox, sandbox.engine.crm.tasks[key]))


def update(sandbox: "Sandbox", request: Request) -> Response:
    """PUT /tasks/{id}."""
    task = sandbox.engine.crm.tasks.get(request.params["id"])
    if task is None:
        return errors.lead_not_found()
    body = body_dict(request)
    sent = body.get("task") or body
    changes: list[Change] = []
    change = _change(sandbox, sent)
    if sent.get("done") is False:
        change["done"] = False
    if change:
        changes.append(("crm.task_updated", {**change, "task_id": task.id}))
    if sent.get("done") is True and not task.done:
        changes.append(("crm.task_done", {"task_id": task.id, "done_at": as_utc(sent.get("done_date"))}))
    if changes:
        sandbox.commit(request, "crm_tasks", changes, body=body)
    return reply(task_body(sandbox, task))
