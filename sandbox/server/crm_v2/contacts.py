"""Contacts of CRM v2."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v2.base import add, custom_in, custom_out, data_of, listing
from sandbox.server.http import Request, Response, empty, reply
from sandbox.server.ids import hex24
from sandbox.server.routing import Router
from sandbox.server.state.crm_entities import Person
from sandbox.server.times import zulu

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

PHONE_TYPES = {"cellphone": "mobile", "commercial": "work", "residential": "home"}
FILTERS = {"name", "job_title", "email", "phone", "organization_id", "created_at", "updated_at"}


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "/contacts", list_contacts, "contacts")
    add(router, base, "POST", "/contacts", create, "contacts_write")
    add(router, base, "GET", "/contacts/{id}", read, "contact")
    add(router, base, "PUT", "/contacts/{id}", update, "contacts_write")
    add(router, base, "PATCH", "/contacts/{id}", update, "contacts_write")
    add(router, base, "DELETE", "/contacts/{id}", delete, "contacts_write")


def contact_body(sandbox: "Sandbox", person: Person) -> dict[str, Any]:
    """One contact as printed."""
    phones = [{"phone": row["phone"], "type": _phone_type(row.get("type"))} for row in person.phones]
    return {
        "id": person.id,
        "name": person.name,
        "job_title": person.title,
        "emails": [{"email": email} for email in person.emails],
        "phones": phones,
        "birthday": person.birthday,
        "social_profiles": [{"type": key, "username": value} for key, value in person.social.items()],
        "organization_id": person.organization_id,
        "legal_bases": person.legal_bases,
        "custom_fields": custom_out(sandbox, "contact", person.custom),
        "created_at": zulu(person.created_at),
        "updated_at": zulu(person.updated_at),
    }


def _phone_type(kind: str | None) -> str:
    return PHONE_TYPES.get(kind or "work", kind or "work")


def list_contacts(sandbox: "Sandbox", request: Request) -> Response:
    """GET /contacts: sort by name or created_at only."""

    def value(person: Person, field: str) -> Any:
        if field.startswith("@"):
            return custom_out(sandbox, "contact", person.custom).get(field[1:])
        named = {
            "job_title": person.title, "email": person.emails, "phone": [row["phone"] for row in person.phones],
        }  # fmt: skip
        return named[field] if field in named else getattr(person, field)

    return listing(
        sandbox, request, "contacts", sandbox.engine.crm.persons.values, lambda row: contact_body(sandbox, row),
        filters=FILTERS, sorts=("name", "created_at"), getter=value,
    )  # fmt: skip


def _need(sandbox: "Sandbox", request: Request) -> Person:
    person = sandbox.engine.crm.persons.get(request.params["id"])
    if person is None:
        raise errors.refuse(errors.v2_not_found())
    return person


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET /contacts/{id}."""
    return reply({"data": contact_body(sandbox, _need(sandbox, request))})


def _change(sandbox: "Sandbox", data: dict[str, Any]) -> dict[str, Any]:
    names = {"name": "name", "job_title": "title", "organization_id": "organization_id", "birthday": "birthday",
             "legal_bases": "legal_bases", "phones": "phones"}  # fmt: skip
    change = {target: data[key] for key, target in names.items() if key in data}
    if "emails" in data:
        change["emails"] = [row["email"] for row in data["emails"]]
    if "social_profiles" in data:
        change["social"] = {row["type"]: row["username"] for row in data["social_profiles"]}
    if data.get("custom_fields"):
        change["custom"] = custom_in(sandbox, "contact", data["custom_fields"])
    return change


def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST /contacts: 201."""
    data = data_of(request)
    if len(str(data.get("name") or "")) < 2:
        return errors.v2_error(422, "unprocessable_entity", "name is too short.")
    key = hex24("contact", sandbox.world.seed, sandbox.next_number())
    change = {**_change(sandbox, data), "contact_id": key}
    sandbox.commit(request, "crm_contacts", [("crm.contact_created", change)], body=data)
    return reply({"data": contact_body(sandbox, sandbox.engine.crm.persons[key])}, 201)


def update(sandbox: "Sandbox", request: Request) -> Response:
    """PUT /contacts/{id} with the changed keys."""
    person = _need(sandbox, request)
    data = data_of(request)
    change = {**_change(sandbox, data), "contact_id": person.id}
    sandbox.commit(request, "crm_contacts", [("crm.contact_updated", change)], body=data)
    return reply({"data": contact_body(sandbox, person)})


def delete(sandbox: "Sandbox", request: Request) -> Response:
    """DELETE /contacts/{id}: 204."""
    person = _need(sandbox, request)
    sandbox.commit(request, "crm_contacts", [("crm.contact_deleted", {"contact_id": person.id})])
    return empty()
