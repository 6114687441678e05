"""Pipelines, stages and field definitions (v2); lead labels, lead sources and activity types (v1)."""

from typing import TYPE_CHECKING, Any

from sandbox.server.http import Request, Response, reply
from sandbox.server.ids import uuid_of
from sandbox.server.pipedrive.gate import add
from sandbox.server.pipedrive.lists import v2_list
from sandbox.server.pipedrive.view import (
    CNPJ,
    CPF,
    DECISION_DATE,
    LEAD_REASON,
    PARENT,
    RATING,
    RD_UUID,
    field_key,
    kept,
    number,
    v1_time,
    v2_time,
)
from sandbox.server.routing import Router

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

TYPES = {"call": "Ligacao", "meeting": "Reuniao", "task": "Tarefa", "email": "E-mail", "whatsapp": "WhatsApp", "visit": "Visita",
         "lunch": "Almoco"}  # fmt: skip
OWN = {
    "deal": {RATING: "Nota do vendedor", LEAD_REASON: "Motivo de descarte", PARENT: "Negócio de origem", DECISION_DATE: "Prazo de decisão"},
    "person": {RD_UUID: "RD Station uuid", CPF: "CPF"},
    "organization": {CNPJ: "CNPJ"},
}


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "v2", "/pipelines", pipelines, "pipelines")
    add(router, base, "GET", "v2", "/stages", stages, "stages")
    for kind in ("deal", "person", "organization"):
        add(router, base, "GET", "v2", f"/{kind}Fields", _fields(kind), "fields")
    add(router, base, "GET", "v1", "/leadLabels", labels, "lead_labels")
    add(router, base, "GET", "v1", "/leadSources", sources, "lead_sources")
    add(router, base, "GET", "v1", "/activityTypes", activity_types, "activity_types")


def _all(data: list[dict[str, Any]]) -> Response:
    return reply({"success": True, "data": data, "additional_data": {}})


def _dates(row: dict[str, Any]) -> dict[str, Any]:
    return {"is_deleted": False, "add_time": v2_time(row["created_at"]), "update_time": v2_time(row["updated_at"])}


def pipelines(sandbox: "Sandbox", request: Request) -> Response:
    """GET /api/v2/pipelines."""
    rows = sandbox.engine.reference.list("pipelines")
    return v2_list(request, [
        {"id": number("pipeline", row["id"]), "name": row["name"], "order_nr": row.get("order", 1),
         "is_deal_probability_enabled": True, **_dates(row)} for row in rows
    ])  # fmt: skip


def stages(sandbox: "Sandbox", request: Request) -> Response:
    """GET /api/v2/stages."""
    rows = sandbox.engine.reference.stages.values()
    return v2_list(request, [
        {"id": number("stage", row["id"]), "order_nr": row["order"], "name": row["name"], "deal_probability": 100,
         "pipeline_id": number("pipeline", row["pipeline_id"]), "is_deal_rot_enabled": False, "days_to_rotten": None, **_dates(row)}
        for row in rows
    ])  # fmt: skip


def _fields(kind: str) -> Any:
    entity = "contact" if kind == "person" else kind

    def handler(sandbox: "Sandbox", request: Request) -> Response:
        named = {field_key(row["label"]): row["label"] for row in sandbox.engine.reference.custom_fields(entity)}
        numbers = sandbox.config.pipedrive_number_fields
        data = [
            {"field_name": name, "field_code": key, "field_type": "double" if key in numbers else "varchar", "options": None,
             "is_custom_field": True}
            for key, name in kept(sandbox, {**named, **OWN[kind]}).items()
        ]  # fmt: skip
        return reply({"success": True, "data": data, "additional_data": {"next_cursor": None}})

    return handler


def labels(sandbox: "Sandbox", request: Request) -> Response:
    """GET /api/v1/leadLabels."""
    at = v2_time(sandbox.engine.reference.start)
    names = (("Hot", "red"), ("Warm", "yellow"), ("Cold", "blue"))
    return _all([{"id": uuid_of("label", name), "name": name, "color": color, "add_time": at, "update_time": at} for name, color in names])


def sources(sandbox: "Sandbox", request: Request) -> Response:
    """GET /api/v1/leadSources."""
    return _all([{"name": row["name"]} for row in sandbox.engine.reference.list("sources")])


def activity_types(sandbox: "Sandbox", request: Request) -> Response:
    """GET /api/v1/activityTypes."""
    at = v1_time(sandbox.engine.reference.start)
    return _all([
        {"id": n, "name": name, "icon_key": key, "color": "FFFFFF", "order_nr": n, "key_string": key, "active_flag": True,
         "is_custom_flag": key in ("whatsapp", "visit"), "add_time": at, "update_time": at}
        for n, (key, name) in enumerate(TYPES.items(), 1)
    ])  # fmt: skip
