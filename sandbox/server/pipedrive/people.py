"""Persons and organizations (v2), users (v1)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.server.http import Request, Response, reply
from sandbox.server.pipedrive.deals import owner
from sandbox.server.pipedrive.gate import add
from sandbox.server.pipedrive.lists import one, refusal, v2_list
from sandbox.server.pipedrive.view import CNPJ, RD_UUID, field_key, kept, number, v1_time, v2_time
from sandbox.server.routing import Handler, Router
from sandbox.server.state.crm_entities import Organization, Person

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

Rows = Callable[["Sandbox"], list[dict[str, Any]]]


def register(router: Router, base: str) -> None:
    """Add the routes."""
    for kind, rows in (("persons", _persons), ("organizations", _organizations)):
        add(router, base, "GET", "v2", f"/{kind}", _listing(rows), kind)
        add(router, base, "GET", "v2", f"/{kind}/{{id}}", _reading(rows), "one")
    add(router, base, "GET", "v1", "/users", users, "users")
    add(router, base, "GET", "v1", "/users/me", me, "me")


def _listing(rows: Rows) -> Handler:
    return lambda sandbox, request: v2_list(request, rows(sandbox))


def _reading(rows: Rows) -> Handler:
    def handler(sandbox: "Sandbox", request: Request) -> Response:
        found = next((row for row in rows(sandbox) if str(row["id"]) == request.params["id"]), None)
        if found is None:
            raise refusal("registro de exemplo nao encontrado", 404)
        return one(found)

    return handler


def _persons(sandbox: "Sandbox") -> list[dict[str, Any]]:
    rows = sandbox.engine.crm.persons
    return list(sandbox.cached(("pipedrive", "persons"), lambda: [person_body(sandbox, row) for row in rows.values()]))


def _organizations(sandbox: "Sandbox") -> list[dict[str, Any]]:
    rows = sandbox.engine.crm.organizations
    return list(sandbox.cached(("pipedrive", "orgs"), lambda: [organization_body(sandbox, row) for row in rows.values()]))


def person_body(sandbox: "Sandbox", row: Person) -> dict[str, Any]:
    """One person as printed. `job_title` is there with contact sync only: by switch."""
    first, _, last = row.name.partition(" ")
    emails = [{"value": email, "primary": n == 0, "label": "work"} for n, email in enumerate(row.emails)]
    phones = [{"value": phone.get("phone"), "primary": n == 0, "label": phone.get("type") or "work"} for n, phone in enumerate(row.phones)]
    labels = [field["label"] for field in sandbox.engine.reference.custom_fields("contact")]
    body: dict[str, Any] = {
        "id": number("person", row.id), "name": row.name, "first_name": first, "last_name": last or None,
        "owner_id": sandbox.pipedrive.user_id, "org_id": number("organization", row.organization_id),
        "add_time": v2_time(row.created_at), "update_time": v2_time(row.updated_at), "emails": emails, "phones": phones,
        "is_deleted": False, "visible_to": 3, "label_ids": [], "picture_id": None,
        "custom_fields": kept(sandbox, {**{field_key(label): row.custom.get(label) for label in labels}, RD_UUID: row.integration_id}),
    }  # fmt: skip
    return {**body, "job_title": row.title} if sandbox.config.pipedrive_job_titles else body


def organization_body(sandbox: "Sandbox", row: Organization) -> dict[str, Any]:
    """One organization as printed."""
    labels = [field["label"] for field in sandbox.engine.reference.custom_fields("organization")]
    place = ", ".join(part for part in (row.city, row.state, "Brasil") if part)
    address = {"value": place, "country": "Brasil", "admin_area_level_1": row.state, "locality": row.city, "postal_code": None}
    return {
        "id": number("organization", row.id), "name": row.name, "owner_id": owner(sandbox, row.user_id),
        "add_time": v2_time(row.created_at), "update_time": v2_time(row.updated_at), "address": address, "is_deleted": False,
        "visible_to": 3, "label_ids": [], "website": row.url, "industry": row.segment, "annual_revenue": None,
        "employee_count": None,
        "custom_fields": kept(sandbox, {**{field_key(label): row.custom.get(label) for label in labels}, CNPJ: row.cnpj}),
    }  # fmt: skip


def _user(sandbox: "Sandbox", row: dict[str, Any]) -> dict[str, Any]:
    active = bool(row.get("active", True))
    return {
        "id": number("user", row["id"]), "name": row["name"], "default_currency": "BRL", "locale": "pt_BR", "lang": 5,
        "email": row.get("email"), "phone": row.get("phone"), "activated": True, "created": v1_time(row["created_at"]),
        "modified": v1_time(row["updated_at"]), "active_flag": active, "timezone_name": "America/Sao_Paulo", "role_id": 1,
        "icon_url": None, "is_you": False, "is_deleted": not active,
    }  # fmt: skip


def _integration(sandbox: "Sandbox") -> dict[str, Any]:
    start = sandbox.engine.reference.start
    row = {"id": "me", "name": "Integracao", "email": "integracao@example.com.br", "created_at": start, "updated_at": start}
    return {**_user(sandbox, row), "id": sandbox.pipedrive.user_id, "is_you": True}


def users(sandbox: "Sandbox", request: Request) -> Response:
    """GET /api/v1/users: all at once."""
    rows = [_user(sandbox, row) for row in sandbox.engine.reference.list("users")]
    return reply({"success": True, "data": [*rows, _integration(sandbox)], "additional_data": {}})


def me(sandbox: "Sandbox", request: Request) -> Response:
    """GET /api/v1/users/me."""
    company = {"company_id": 5000001, "company_name": "Exemplo", "company_domain": "exemplo", "company_country": "BR"}
    return one({**_integration(sandbox), **company})
