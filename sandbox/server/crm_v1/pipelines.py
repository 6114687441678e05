"""Pipelines (a bare array) and stages (at most 12 per page) of CRM v1."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v1.base import add, page_of
from sandbox.server.crm_v1.deal_body import STOP_DAYS
from sandbox.server.http import Request, Response, reply
from sandbox.server.ids import hex24
from sandbox.server.routing import Router
from sandbox.server.times import brasilia

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

STAGES_PAGE = 12


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "/deal_pipelines", list_pipelines, "deal_pipelines")
    add(router, base, "GET", "/deal_pipelines/{id}", read_pipeline, "deal_pipelines")
    add(router, base, "GET", "/deal_stages", list_stages, "deal_stages")
    add(router, base, "GET", "/deal_stages/{id}", read_stage, "deal_stages")


def _configuration(stage: dict[str, Any]) -> list[dict[str, Any]]:
    created = brasilia(stage["created_at"])
    extra = {"skip_days": [], "work_time": {"00:00:00": "23:59:59"}}
    return [
        {"_id": hex24("stopped", stage["id"]), "created_at": created, "extra": extra, "format": "days",
         "type": "deal_stopped", "updated_at": created, "value": STOP_DAYS}
    ]  # fmt: skip


def pipeline_body(sandbox: "Sandbox", row: dict[str, Any]) -> dict[str, Any]:
    """One pipeline as printed; `config` says where won deals are copied to, when they are."""
    return {
        "config": row.get("config") or {},
        "deal_stages": [
            {
                "_id": stage["id"],
                "configuration": _configuration(stage),
                "id": stage["id"],
                "name": stage["name"],
                "nickname": stage["nickname"],
                "order": stage["order"],
            }
            for stage in row["stages"]
        ],
        "id": row["id"],
        "name": row["name"],
        "order": row.get("order", 1),
    }


def list_pipelines(sandbox: "Sandbox", request: Request) -> Response:
    """GET /deal_pipelines."""
    return reply([pipeline_body(sandbox, row) for row in sandbox.engine.reference.list("pipelines")])


def read_pipeline(sandbox: "Sandbox", request: Request) -> Response:
    """GET /deal_pipelines/{id}."""
    row = sandbox.engine.reference.get("pipelines", request.params["id"])
    return reply(pipeline_body(sandbox, row)) if row else errors.lead_not_found()


def stage_body(sandbox: "Sandbox", stage: dict[str, Any]) -> dict[str, Any]:
    """One stage as printed."""
    pipeline = sandbox.engine.reference.get("pipelines", stage["pipeline_id"]) or {}
    return {
        "_id": stage["id"],
        "configuration": _configuration(stage),
        "created_at": brasilia(stage["created_at"]),
        "deal_pipeline": {key: pipeline.get(key) for key in ("id", "name", "order")},
        "id": stage["id"],
        "instance_id": sandbox.engine.reference.instance_id,
        "name": stage["name"],
        "nickname": stage["nickname"],
        "order": stage["order"],
        "updated_at": brasilia(stage["updated_at"]),
    }


def list_stages(sandbox: "Sandbox", request: Request) -> Response:
    """GET /deal_stages: of `deal_pipeline_id`, else of the default pipeline."""
    pipelines = sandbox.engine.reference.list("pipelines")
    wanted = request.query("deal_pipeline_id")
    row = sandbox.engine.reference.get("pipelines", wanted) if wanted else (pipelines[0] if pipelines else None)
    stages = row["stages"] if row else []
    return page_of(
        sandbox, request, "deal_stages", stages, lambda stage: stage_body(sandbox, stage), STAGES_PAGE, STAGES_PAGE
    )


def read_stage(sandbox: "Sandbox", request: Request) -> Response:
    """GET /deal_stages/{id}."""
    stage = sandbox.engine.reference.stages.get(request.params["id"])
    return reply(stage_body(sandbox, stage)) if stage else errors.lead_not_found()
