"""Notes and product lines of a deal in CRM v2."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v2.base import add, data_of, listing
from sandbox.server.crm_v2.deals import need_deal
from sandbox.server.http import Request, Response, reply
from sandbox.server.ids import hex24
from sandbox.server.routing import Router
from sandbox.server.state.crm_entities import Note
from sandbox.server.times import as_utc, zulu

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

BILLING = {"spare": "one-time", "monthly": "monthly", "annual": "annually"}
MAX_NOTE = 524_288


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "/deals/{id}/notes", list_notes, "deal_notes")
    add(router, base, "POST", "/deals/{id}/notes", create_note, "deal_notes")
    add(router, base, "GET", "/deals/{id}/products", list_products, "deal_products")


def note_body(note: Note) -> dict[str, Any]:
    """One note as printed."""
    return {
        "id": note.id,
        "description": note.text,
        "user_id": note.user_id,
        "registered_at": zulu(note.at),
        "pinned_at": None,
        "edited_by_id": None,
        "edited_at": None,
    }


def list_notes(sandbox: "Sandbox", request: Request) -> Response:
    """GET /deals/{id}/notes."""
    deal = need_deal(sandbox, request.params["id"])

    def value(note: Note, field: str) -> Any:
        return {"registered_at": note.at, "user_id": note.user_id, "is": [], "id": note.id}[field]

    return listing(
        sandbox, request, "notes", lambda: [n for n in sandbox.engine.crm.notes.values() if n.deal_id == deal.id],
        note_body, filters={"registered_at", "user_id", "is"}, sorts=("registered_at",), getter=value,
    )  # fmt: skip


def create_note(sandbox: "Sandbox", request: Request) -> Response:
    """POST /deals/{id}/notes: 201."""
    deal = need_deal(sandbox, request.params["id"])
    data = data_of(request)
    text = str(data.get("description") or "")
    if not text or len(text) > MAX_NOTE:
        return errors.v2_error(422, "unprocessable_entity", "description must have 1 to 524288 characters.")
    key = hex24("note", sandbox.world.seed, sandbox.next_number())
    row = {"note_id": key, "deal_id": deal.id, "user_id": data.get("user_id"), "text": text}
    sandbox.commit(request, "crm_notes", [("crm.note_created", row)], body=data)
    return reply({"data": note_body(sandbox.engine.crm.notes[key])}, 201)


def list_products(sandbox: "Sandbox", request: Request) -> Response:
    """GET /deals/{id}/products."""
    deal = need_deal(sandbox, request.params["id"])

    def body(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": row["_id"],
            "price": row["price"],
            "quantity": row["amount"],
            "discount_type": "percentage" if row["discount_type"] == "percent" else "amount",
            "discount": row["discount"],
            "total_price": row["total"],
            "billing_frequency": BILLING.get(row["recurrence"], "one-time"),
            "product_id": row["product_id"],
            "created_at": zulu(as_utc(row["created_at"])),
            "updated_at": zulu(as_utc(row["updated_at"])),
        }

    return listing(sandbox, request, "deal_products", lambda: deal.products, body)
