"""Product lines of a deal: list, single and bulk writes (up to 100)."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v1.base import add, body_dict, need_deal
from sandbox.server.crm_v1.product_rows import product_row
from sandbox.server.http import Request, Response, empty, reply
from sandbox.server.ids import hex24
from sandbox.server.routing import Router
from sandbox.server.state.crm_entities import Deal

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

BULK = 100


def register(router: Router, base: str) -> None:
    """Add the routes."""
    path = "/deals/{id}/deal_products"
    add(router, base, "GET", path, list_lines, "deal_products")
    add(router, base, "POST", path, create, "deal_products_write")
    add(router, base, "PUT", path + "/{line}", update, "deal_products_write")
    add(router, base, "DELETE", path + "/{line}", delete, "deal_products_write")
    add(router, base, "POST", path + "/batch", create_batch, "deal_products_write")
    add(router, base, "PUT", path + "/batch/update", update_batch, "deal_products_write")
    add(router, base, "POST", path + "/batch/destroy", destroy_batch, "deal_products_write")


def list_lines(sandbox: "Sandbox", request: Request) -> Response:
    """GET /deals/{id}/deal_products."""
    return reply({"deal_products": need_deal(sandbox, request).products})


def _save(sandbox: "Sandbox", request: Request, deal: Deal, lines: list[dict[str, Any]], body: Any) -> None:
    change = {"deal_id": deal.id, "products": lines}
    sandbox.commit(request, "crm_deal_products", [("crm.deal_updated", change)], body=body)


def _rows(body: dict[str, Any]) -> list[dict[str, Any]]:
    rows = body.get("deal_products") or []
    if not isinstance(rows, list) or not rows or len(rows) > BULK:
        raise errors.refuse(errors.v1_text(f"deal_products must hold 1 to {BULK} rows"))
    return rows


def _added(sandbox: "Sandbox", rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    number = sandbox.next_number()
    return [product_row(row, hex24("line", number, n), sandbox.engine.at) for n, row in enumerate(rows)]


def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST one line."""
    deal, body = need_deal(sandbox, request), body_dict(request)
    lines = _added(sandbox, [body.get("deal_product") or body])
    _save(sandbox, request, deal, [*deal.products, *lines], body)
    return reply(lines[0])


def create_batch(sandbox: "Sandbox", request: Request) -> Response:
    """POST several lines."""
    deal, body = need_deal(sandbox, request), body_dict(request)
    lines = _added(sandbox, _rows(body))
    _save(sandbox, request, deal, [*deal.products, *lines], body)
    return reply({"deal_products": lines})


def _updated(sandbox: "Sandbox", deal: Deal, sent: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    if set(sent) - {row["_id"] for row in deal.products}:
        raise errors.refuse(errors.lead_not_found())
    at = sandbox.engine.at
    return [product_row(sent[row["_id"]], row["_id"], at, row) if row["_id"] in sent else row for row in deal.products]


def update(sandbox: "Sandbox", request: Request) -> Response:
    """PUT one line."""
    deal, body, key = need_deal(sandbox, request), body_dict(request), request.params["line"]
    _save(sandbox, request, deal, _updated(sandbox, deal, {key: body.get("deal_product") or body}), body)
    return reply(next(row for row in deal.products if row["_id"] == key))


def update_batch(sandbox: "Sandbox", request: Request) -> Response:
    """PUT several lines, each with its `_id` or `id`."""
    deal, body = need_deal(sandbox, request), body_dict(request)
    sent = {str(row.get("_id") or row.get("id")): row for row in _rows(body)}
    _save(sandbox, request, deal, _updated(sandbox, deal, sent), body)
    return reply({"deal_products": [row for row in deal.products if row["_id"] in sent]})


def delete(sandbox: "Sandbox", request: Request) -> Response:
    """DELETE one line: 204."""
    deal, key = need_deal(sandbox, request), request.params["line"]
    if all(row["_id"] != key for row in deal.products):
        return errors.lead_not_found()
    _save(sandbox, request, deal, [row for row in deal.products if row["_id"] != key], None)
    return empty()


def destroy_batch(sandbox: "Sandbox", request: Request) -> Response:
    """POST …/batch/destroy with rows or ids."""
    deal, body = need_deal(sandbox, request), body_dict(request)
    gone = {row if isinstance(row, str) else str(row.get("_id") or row.get("id")) for row in _rows(body)}
    _save(sandbox, request, deal, [row for row in deal.products if row["_id"] not in gone], body)
    return empty()
