"""Custom fields of CRM v1: a bare array."""

from typing import TYPE_CHECKING, Any

from sandbox.server.crm_v1.base import add
from sandbox.server.http import Request, Response, reply
from sandbox.server.routing import Router
from sandbox.server.times import brasilia

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def register(router: Router, base: str) -> None:
    """Add the route."""
    add(router, base, "GET", "/custom_fields", list_fields, "custom_fields")


def field_row(row: dict[str, Any]) -> dict[str, Any]:
    """One field as printed."""
    return {
        "_id": row["id"],
        "allow_new": False,
        "created_at": brasilia(row["created_at"]),
        "for": row.get("entity", "deal"),
        "id": row["id"],
        "label": row["label"],
        "opts": row.get("options") or [],
        "order": row.get("order", 1),
        "required": False,
        "required_rules": [],
        "type": row.get("type", "text"),
        "unique": False,
        "updated_at": brasilia(row["updated_at"]),
        "visible": True,
    }


def list_fields(sandbox: "Sandbox", request: Request) -> Response:
    """GET /custom_fields?for=deal|contact|organization|product."""
    wanted = request.query("for")
    rows = sandbox.engine.reference.list("custom_fields")
    return reply([field_row(row) for row in rows if not wanted or row.get("entity", "deal") == wanted])
