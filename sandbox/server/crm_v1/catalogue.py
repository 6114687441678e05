"""Lost reasons, sources, campaigns and products of CRM v1: list, read, create, update."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v1.base import add, body_dict, matching, page_of
from sandbox.server.http import Request, Response, reply
from sandbox.server.ids import hex24
from sandbox.server.routing import Handler, Router
from sandbox.server.times import brasilia

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

# path -> (reference list, key of the write's object)
RESOURCES = {
    "deal_lost_reasons": ("lost_reasons", "deal_lost_reason"),
    "deal_sources": ("sources", "deal_source"),
    "campaigns": ("campaigns", "campaign"),
    "products": ("products", "product"),
}


def register(router: Router, base: str) -> None:
    """Add the routes."""
    for path, (name, wrapper) in RESOURCES.items():
        add(router, base, "GET", f"/{path}", _list(path, name), path)
        add(router, base, "GET", f"/{path}/{{id}}", _read(path, name), path)
        add(router, base, "POST", f"/{path}", _write(path, name, wrapper), path + "_write")
        add(router, base, "PUT", f"/{path}/{{id}}", _write(path, name, wrapper), path + "_write")


def row_body(sandbox: "Sandbox", path: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row as printed: lost reasons carry no `id`, products show their price as text."""
    body: dict[str, Any] = {"_id": row["id"], "created_at": brasilia(row["created_at"]), "name": row["name"]}
    body["updated_at"] = brasilia(row["updated_at"])
    if path == "products":
        price = row.get("price") or 0
        body |= {
            "base_price": str(float(price)), "description": row.get("description"), "product_custom_fields": [],
            "visible": bool(row.get("visible", True)),
        }  # fmt: skip
        return body
    body["instance_id"] = sandbox.engine.reference.instance_id
    if path != "deal_lost_reasons":
        body |= {"id": row["id"], "description": row.get("description")}
    return body


def _list(path: str, name: str) -> Handler:
    def listing(sandbox: "Sandbox", request: Request) -> Response:
        rows = matching(sandbox.engine.reference.list(name), request.query("q"))
        if request.query("order") == "name":
            rows.sort(key=lambda row: row["name"].lower())
        return page_of(sandbox, request, path, rows, lambda row: row_body(sandbox, path, row))

    return listing


def _read(path: str, name: str) -> Handler:
    def read(sandbox: "Sandbox", request: Request) -> Response:
        row = sandbox.engine.reference.get(name, request.params["id"])
        return reply(row_body(sandbox, path, row)) if row else errors.lead_not_found()

    return read


def _write(path: str, name: str, wrapper: str) -> Handler:
    def write(sandbox: "Sandbox", request: Request) -> Response:
        body = body_dict(request)
        sent = body.get(wrapper) or body
        row = {key: sent[key] for key in ("name", "description", "visible") if key in sent}
        if "base_price" in sent:
            row["price"] = float(sent["base_price"])
        text = row.get("name")
        if (request.method == "POST" or text is not None) and not 2 <= len(str(text or "")) <= 40:
            return errors.v1_fields({"name": ["Nome deve ter de 2 a 40 caracteres."]})
        if request.method == "PUT":
            if sandbox.engine.reference.get(name, request.params["id"]) is None:
                return errors.lead_not_found()
            row["id"] = request.params["id"]
        else:
            row["id"] = hex24(name, sandbox.world.seed, sandbox.next_number())
        sandbox.commit(request, f"crm_{name}", [("ref.put", {"list": name, "row": row})], body=body)
        stored = sandbox.engine.reference.get(name, row["id"])
        return reply(row_body(sandbox, path, stored or row))

    return write
