"""Organizations of CRM v2; names are unique."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v2.base import add, custom_in, custom_out, data_of, listing
from sandbox.server.http import Request, Response, empty, reply
from sandbox.server.ids import hex24
from sandbox.server.routing import Router
from sandbox.server.state.crm_entities import Organization
from sandbox.server.times import zulu

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

FILTERS = {"name", "owner_id", "segment_ids", "created_at", "updated_at"}


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "/organizations", list_organizations, "organizations")
    add(router, base, "POST", "/organizations", create, "organizations_write")
    add(router, base, "GET", "/organizations/{id}", read, "organization")
    add(router, base, "PUT", "/organizations/{id}", update, "organizations_write")
    add(router, base, "PATCH", "/organizations/{id}", update, "organizations_write")
    add(router, base, "DELETE", "/organizations/{id}", delete, "organizations_write")


def _segments(sandbox: "Sandbox", row: Organization) -> list[str]:
    segments = sandbox.engine.reference.list("segments")
    return [item["id"] for item in segments if row.segment in (item["id"], item["name"])]


def organization_body(sandbox: "Sandbox", row: Organization) -> dict[str, Any]:
    """One organization as printed."""
    return {
        "id": row.id,
        "name": row.name,
        "description": row.resume or "",
        "url": row.url,
        "address": {"line": row.address, "latitude": None, "longitude": None},
        "segment_ids": _segments(sandbox, row),
        "owner_id": row.user_id,
        "follower_ids": [row.user_id] if row.user_id else [],
        "custom_fields": custom_out(sandbox, "organization", {"CNPJ": row.cnpj, **row.custom}),
        "created_at": zulu(row.created_at),
        "updated_at": zulu(row.updated_at),
    }


def list_organizations(sandbox: "Sandbox", request: Request) -> Response:
    """GET /organizations."""

    def value(row: Organization, field: str) -> Any:
        if field.startswith("@"):
            return custom_out(sandbox, "organization", {"CNPJ": row.cnpj, **row.custom}).get(field[1:])
        if field == "segment_ids":
            return _segments(sandbox, row)
        return row.user_id if field == "owner_id" else getattr(row, field)

    return listing(
        sandbox, request, "organizations", sandbox.engine.crm.organizations.values,
        lambda row: organization_body(sandbox, row), filters=FILTERS, sorts=("name", "created_at", "updated_at"),
        getter=value,
    )  # fmt: skip


def _need(sandbox: "Sandbox", request: Request) -> Organization:
    row = sandbox.engine.crm.organizations.get(request.params["id"])
    if row is None:
        raise errors.refuse(errors.v2_not_found())
    return row


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET /organizations/{id}."""
    return reply({"data": organization_body(sandbox, _need(sandbox, request))})


def _change(sandbox: "Sandbox", data: dict[str, Any]) -> dict[str, Any]:
    names = {"name": "name", "url": "url", "description": "resume", "owner_id": "user_id"}
    change = {target: data[key] for key, target in names.items() if key in data}
    if data.get("segment_ids"):
        change["segment"] = data["segment_ids"][0]
    if isinstance(data.get("address"), dict):
        change["address"] = data["address"].get("line")
    custom = custom_in(sandbox, "organization", data.get("custom_fields") or {})
    if "CNPJ" in custom:
        change["cnpj"] = custom.pop("CNPJ")
    if custom:
        change["custom"] = custom
    return change


def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST /organizations: 201; a taken name is 422."""
    data = data_of(request)
    name = str(data.get("name") or "")
    if len(name) < 2:
        return errors.v2_error(422, "unprocessable_entity", "name is too short.")
    if name.lower() in sandbox.engine.crm.organization_by_name:
        return errors.v2_error(422, "unprocessable_entity", "name has already been taken.")
    key = hex24("organization", sandbox.world.seed, sandbox.next_number())
    change = {**_change(sandbox, data), "organization_id": key}
    sandbox.commit(request, "crm_organizations", [("crm.organization_created", change)], body=data)
    return reply({"data": organization_body(sandbox, sandbox.engine.crm.organizations[key])}, 201)


def update(sandbox: "Sandbox", request: Request) -> Response:
    """PUT /organizations/{id} with the changed keys."""
    row = _need(sandbox, request)
    data = data_of(request)
    change = {**_change(sandbox, data), "organization_id": row.id}
    sandbox.commit(request, "crm_organizations", [("crm.organization_updated", change)], body=data)
    return reply({"data": organization_body(sandbox, row)})


def delete(sandbox: "Sandbox", request: Request) -> Response:
    """DELETE /organizations/{id}: 204."""
    row = _need(sandbox, request)
    sandbox.commit(request, "crm_organizations", [("crm.organization_deleted", {"organization_id": row.id})])
    return empty()
