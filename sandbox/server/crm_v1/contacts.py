"""CRM v1 contacts: list, detail, create, update."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v1.base import add, body_dict, page_of
from sandbox.server.crm_v1.contact_body import detail, list_row
from sandbox.server.http import Request, Response, reply
from sandbox.server.ids import hex24
from sandbox.server.routing import Router
from sandbox.server.state.crm_entities import Person

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

CATEGORIES = ("communications", "data_processing")


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "/contacts", list_contacts, "contacts")
    add(router, base, "GET", "/contacts/{id}", read, "contact")
    add(router, base, "POST", "/contacts", create, "contacts_write")
    add(router, base, "PUT", "/contacts/{id}", update, "contacts_write")


def list_contacts(sandbox: "Sandbox", request: Request) -> Response:
    """GET /contacts: order name (default), created_at or updated_at; email, phone, title, q."""
    pairs = tuple(sorted(pair for pair in request.pairs if pair[0] not in ("page", "limit", "token")))
    rows = sandbox.cached(("v1contacts", pairs), lambda: _select(sandbox, request))
    return page_of(sandbox, request, "contacts", rows, lambda person: list_row(sandbox, person))


def _select(sandbox: "Sandbox", request: Request) -> list[Person]:
    rows = list(sandbox.engine.crm.persons.values())
    email, phone, title, text = (request.query(name) for name in ("email", "phone", "title", "q"))
    if email:
        rows = [row for row in rows if email.lower() in (item.lower() for item in row.emails)]
    if phone:
        rows = [row for row in rows if any(phone in item["phone"] for item in row.phones)]
    if title:
        rows = [row for row in rows if title.lower() in (row.title or "").lower()]
    if text:
        rows = [row for row in rows if text.lower() in row.name.lower()]
    order = request.query("order") or "name"
    if order in ("created_at", "updated_at"):
        rows.sort(key=lambda row: (getattr(row, order), row.id))
    else:
        rows.sort(key=lambda row: (row.name.lower(), row.id))
    if request.query("direction") == "desc":
        rows.reverse()
    return rows


def need_person(sandbox: "Sandbox", key: str) -> Person:
    """The contact, or 404."""
    person = sandbox.engine.crm.persons.get(key)
    if person is None:
        raise errors.refuse(errors.lead_not_found())
    return person


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET /contacts/{id}."""
    return reply(detail(sandbox, need_person(sandbox, request.params["id"])))


def person_change(body: dict[str, Any]) -> dict[str, Any]:
    """The changes of a contact object as v1 takes it; 422 when a value is no good."""
    if "name" in body and not isinstance(body["name"], str):
        raise errors.refuse(errors.by_field({"name": [("MUST_BE_STRING", "Name must be string.")]}, 422))
    if "name" in body and len(body["name"]) < 2:
        raise errors.refuse(errors.v1_fields({"name": ["Nome está muito curto, use no mínimo 2 caracteres."]}))
    for base in body.get("legal_bases") or []:
        if base.get("category") not in CATEGORIES:
            raise errors.refuse(errors.v1_fields({"legal_bases": ["Base legal inválida."]}))
    change: dict[str, Any] = {}
    for key in ("name", "title", "organization_id", "notes", "legal_bases"):
        if key in body:
            change[key] = body[key]
    if "emails" in body:
        change["emails"] = [row["email"] for row in body["emails"] if row.get("email")]
    if "phones" in body:
        change["phones"] = [{"phone": row["phone"], "type": row.get("type") or "work"} for row in body["phones"]]
    if isinstance(body.get("birthday"), dict):
        day = body["birthday"]
        change["birthday"] = f"{int(day.get('year') or 0):04d}-{int(day['month']):02d}-{int(day['day']):02d}"
    social = {key: body[key] for key in ("facebook", "linkedin", "skype") if body.get(key)}
    if social:
        change["social"] = social
    if body.get("contact_custom_fields"):
        change["custom"] = {row["custom_field_id"]: row["value"] for row in body["contact_custom_fields"]}
    return change


def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST /contacts: 200."""
    body = body_dict(request)
    change = person_change(body.get("contact") or body)
    if not change.get("name"):
        return errors.v1_fields({"name": ["Nome não pode ficar em branco."]})
    change["contact_id"] = hex24("contact", sandbox.world.seed, sandbox.next_number())
    sandbox.commit(request, "crm_contacts", [("crm.contact_created", change)], body=body)
    return reply(detail(sandbox, sandbox.engine.crm.persons[change["contact_id"]]))


def update(sandbox: "Sandbox", request: Request) -> Response:
    """PUT /contacts/{id}."""
    person = need_person(sandbox, request.params["id"])
    body = body_dict(request)
    change = {**person_change(body.get("contact") or body), "contact_id": person.id}
    sandbox.commit(request, "crm_contacts", [("crm.contact_updated", change)], body=body)
    return reply(detail(sandbox, person))
