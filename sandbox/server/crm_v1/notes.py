"""Notes (`/activities`) of CRM v1: account-wide, by date, without paging keys; only created, never changed."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v1.base import add, body_dict, paging
from sandbox.server.crm_v1.tasks import window
from sandbox.server.http import Request, Response, reply
from sandbox.server.ids import hex24
from sandbox.server.routing import Router
from sandbox.server.state.crm_entities import Note
from sandbox.server.times import brasilia

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "/activities", list_notes, "activities")
    add(router, base, "POST", "/activities", create, "activities_write")


def note_body(note: Note) -> dict[str, Any]:
    """One note as printed."""
    return {
        "_id": note.id,
        "date": brasilia(note.at),
        "deal_id": note.deal_id,
        "id": note.id,
        "text": note.text,
        "user_id": note.user_id,
    }


def list_notes(sandbox: "Sandbox", request: Request) -> Response:
    """GET /activities: deal_id, user_id, start_date, end_date, page, limit."""
    page, limit = paging(request)
    inside = window(sandbox, request.query("start_date"), request.query("end_date"))
    deal, user = request.query("deal_id"), request.query("user_id")
    rows = [
        note
        for note in sandbox.engine.crm.notes.values()
        if (not deal or note.deal_id == deal)
        and (not user or note.user_id == user)
        and (inside is None or inside(note.at))
    ]
    rows.sort(key=lambda note: (note.at, note.id), reverse=True)
    return reply({"activities": [note_body(note) for note in rows[(page - 1) * limit : page * limit]]})


def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST /activities {"activity": {deal_id, user_id, text}}."""
    body = body_dict(request)
    sent = body.get("activity") or {}
    if sent.get("deal_id") not in sandbox.engine.crm.deals:
        return errors.v1_fields({"deal_id": ["Negociação não encontrada."]})
    if len(sent.get("text") or "") < 2:
        return errors.v1_fields({"text": ["Texto está muito curto, use no mínimo 2 caracteres."]})
    key = hex24("note", sandbox.world.seed, sandbox.next_number())
    row = {"note_id": key, "deal_id": sent["deal_id"], "user_id": sent.get("user_id"), "text": sent["text"]}
    sandbox.commit(request, "crm_notes", [("crm.note_created", row)], body=body)
    return reply(note_body(sandbox.engine.crm.notes[key]))
