"""Pipelines, stages, reasons, sources, campaigns, segments, products, users, teams and custom fields of CRM v2."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v2.base import add, data_of, listing
from sandbox.server.http import Request, Response, empty, reply
from sandbox.server.ids import hex24
from sandbox.server.routing import Handler, Router
from sandbox.server.times import zulu

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

Row = dict[str, Any]


def _dates(row: Row) -> Row:
    return {"created_at": zulu(row["created_at"]), "updated_at": zulu(row["updated_at"])}


def _named(row: Row) -> Row:
    return {"id": row["id"], "name": row["name"], **_dates(row)}


def _described(row: Row) -> Row:
    return {"id": row["id"], "name": row["name"], "description": row.get("description"), **_dates(row)}


def _pipeline(row: Row) -> Row:
    stages = [stage["id"] for stage in row["stages"]]
    return {"id": row["id"], "name": row["name"], "order": row.get("order", 1), "stage_ids": stages, **_dates(row)}


def _stage(row: Row) -> Row:
    body = {"id": row["id"], "name": row["name"], "description": row.get("description")}
    return {**body, "objective": row.get("objective"), "order": row["order"], **_dates(row)}


def _product(row: Row) -> Row:
    body = {"id": row["id"], "name": row["name"], "description": row.get("description"), "price": row.get("price")}
    return {**body, "visible": bool(row.get("visible", True)), "custom_fields": {}, **_dates(row)}


def _user(row: Row) -> Row:
    return {"id": row["id"], "name": row["name"], "email": row.get("email"), "phone": row.get("phone"), **_dates(row)}


def _team(row: Row) -> Row:
    """The key is `team_id`, not `id`."""
    return {"team_id": row["id"], "name": row["name"], "user_ids": list(row.get("user_ids", ())), **_dates(row)}


def _custom_field(row: Row) -> Row:
    return {
        "id": row["id"],
        "name": row["label"],
        "slug": row.get("slug"),
        "type": row.get("type", "text"),
        "entity": row.get("entity", "deal"),
        "options": row.get("options") or [],
        "unique": False,
        "allow_new_option": False,
        "order": row.get("order", 1),
        "required_rules": [],
        "display_rules": [],
        **_dates(row),
    }


# path -> (reference list, body, filters, sorts, writable)
RESOURCES: dict[str, tuple[str, Callable[[Row], Row], set[str], tuple[str, ...], bool]] = {
    "pipelines": ("pipelines", _pipeline, set(), (), False),
    "lost_reasons": ("lost_reasons", _named, {"name"}, ("name",), True),
    "sources": ("sources", _described, {"name"}, ("name",), True),
    "campaigns": ("campaigns", _described, {"name"}, ("name",), True),
    "segments": ("segments", _named, {"name"}, ("name",), True),
    "products": ("products", _product, {"name", "visible", "price"}, ("name",), True),
    "users": ("users", _user, {"is", "email", "name"}, ("name",), False),
    "teams": ("teams", _team, {"name"}, ("name",), False),
    "custom_fields": ("custom_fields", _custom_field, {"entity", "slug", "is"}, ("slug", "order"), False),
}


def register(router: Router, base: str) -> None:
    """Add the routes."""
    for path, (name, body, filters, sorts, writable) in RESOURCES.items():
        add(router, base, "GET", f"/{path}", _list(path, name, body, filters, sorts), path)
        add(router, base, "GET", f"/{path}/{{id}}", _read(name, body), path)
        if writable:
            add(router, base, "POST", f"/{path}", _write(name, body), path + "_write")
            add(router, base, "PUT", f"/{path}/{{id}}", _write(name, body), path + "_write")
            add(router, base, "DELETE", f"/{path}/{{id}}", _delete(name), path + "_write")
    add(router, base, "GET", "/pipelines/{id}/stages", list_stages, "stages")


def _value(row: Row, field: str) -> Any:
    """Filter values; `is:active` and `is:visible` of users."""
    if field == "is":
        flags = {"active": row.get("active", True), "visible": not row.get("hidden", False), "required": False}
        return [name for name, on in flags.items() if on]
    return row.get(field)


def _list(
    path: str, name: str, body: Callable[[Row], Row], filters: set[str], sorts: tuple[str, ...]
) -> Handler:
    def handler(sandbox: "Sandbox", request: Request) -> Response:
        rows = sandbox.engine.reference.list(name)
        return listing(sandbox, request, path, lambda: rows, body, filters=filters, sorts=sorts, getter=_value)

    return handler


def _read(name: str, body: Callable[[Row], Row]) -> Handler:
    def handler(sandbox: "Sandbox", request: Request) -> Response:
        row = sandbox.engine.reference.get(name, request.params["id"])
        return reply({"data": body(row)}) if row else errors.v2_not_found()

    return handler


def _write(name: str, body: Callable[[Row], Row]) -> Handler:
    def handler(sandbox: "Sandbox", request: Request) -> Response:
        data = data_of(request)
        row = {key: data[key] for key in ("name", "description", "price", "visible") if key in data}
        created = request.method == "POST"
        if (created or "name" in row) and len(str(row.get("name") or "")) < 2:
            return errors.v2_error(422, "unprocessable_entity", "name is too short.")
        if not created and sandbox.engine.reference.get(name, request.params["id"]) is None:
            return errors.v2_not_found()
        row["id"] = hex24(name, sandbox.world.seed, sandbox.next_number()) if created else request.params["id"]
        sandbox.commit(request, f"crm_{name}", [("ref.put", {"list": name, "row": row})], body=data)
        stored = sandbox.engine.reference.get(name, row["id"]) or row
        return reply({"data": body(stored)}, 201 if created else 200)

    return handler


def _delete(name: str) -> Handler:
    def handler(sandbox: "Sandbox", request: Request) -> Response:
        if sandbox.engine.reference.get(name, request.params["id"]) is None:
            return errors.v2_not_found()
        change = {"list": name, "key": request.params["id"]}
        sandbox.commit(request, f"crm_{name}", [("ref.drop", change)])
        return empty()

    return handler


def list_stages(sandbox: "Sandbox", request: Request) -> Response:
    """GET /pipelines/{id}/stages."""
    row = sandbox.engine.reference.get("pipelines", request.params["id"])
    if row is None:
        return errors.v2_not_found()
    return listing(sandbox, request, "stages", lambda: row["stages"], _stage)
