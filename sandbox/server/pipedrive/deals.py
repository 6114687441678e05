"""Deals (v2): live, archived, deleted."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sandbox.server.http import Request, Response
from sandbox.server.pipedrive.gate import add
from sandbox.server.pipedrive.lists import one, refusal, v2_list
from sandbox.server.pipedrive.view import (
    KEPT_DAYS,
    PARENT,
    RATING,
    Passage,
    field_key,
    kept,
    lead_key,
    number,
    passages,
    v2_time,
)
from sandbox.server.routing import Router

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "v2", "/deals", list_deals, "deals")
    add(router, base, "GET", "v2", "/deals/archived", lambda _sandbox, request: v2_list(request, []), "deals_archived")
    add(router, base, "GET", "v2", "/deals/{id}", read, "one")


def custom(sandbox: "Sandbox", passage: Passage) -> dict[str, Any]:
    """Custom fields by key, those without value too (leads leave them out)."""
    deal = passage.deal
    labels = [row["label"] for row in sandbox.engine.reference.custom_fields("deal")]
    parent = deal.parent_deal_id
    return kept(sandbox, {
        **{field_key(label): deal.custom.get(label) for label in labels},
        RATING: deal.rating, PARENT: str(number("deal", parent)) if parent else None,
    })  # fmt: skip


def owner(sandbox: "Sandbox", key: str | None) -> int:
    """A record always has an owner: what nobody has belongs to the user of the integration."""
    return number("user", key) or sandbox.pipedrive.user_id


def origin(sandbox: "Sandbox", passage: Passage) -> dict[str, Any]:
    """Where it came from: what the integration made carries its mark in `origin_id`."""
    deal, reference = passage.deal, sandbox.engine.reference
    made = deal.from_rdsm and not deal.parent_deal_id
    campaign = reference.get("campaigns", deal.campaign_id)
    return {
        "origin": "API" if made else "ManuallyCreated", "origin_id": "rd-station" if made else None, "channel": None,
        "channel_id": campaign["name"] if campaign else None,
    }  # fmt: skip


def deal_body(sandbox: "Sandbox", passage: Passage) -> dict[str, Any]:
    """One deal as printed."""
    deal, gone = passage.deal, passage.deleted_at is not None
    status = "deleted" if gone else "open" if deal.win is None else "won" if deal.win else "lost"
    reason = sandbox.engine.reference.get("lost_reasons", deal.lost_reason_id)
    closed = v2_time(deal.closed_at)
    return {
        "id": number("deal", deal.id), "title": deal.name, "creator_user_id": sandbox.pipedrive.user_id,
        "owner_id": owner(sandbox, deal.user_id), "value": round(deal.total, 2),
        "person_id": number("person", deal.contact_ids[0] if deal.contact_ids else None),
        "org_id": number("organization", deal.organization_id), "stage_id": number("stage", deal.stage_id),
        "pipeline_id": number("pipeline", deal.pipeline_id), "currency": "BRL", "archive_time": None,
        "add_time": v2_time(passage.added_at), "update_time": v2_time(passage.deleted_at or passage.updated_at),
        "stage_change_time": v2_time(passage.stage_changed_at or passage.added_at), "status": status, "is_archived": False,
        "is_deleted": gone, "probability": None, "lost_reason": reason["name"] if reason else None, "visible_to": 3,
        "close_time": closed, "won_time": closed if status == "won" else None, "lost_time": closed if status == "lost" else None,
        "expected_close_date": deal.prediction_date, "label_ids": [], **origin(sandbox, passage),
        "acv": None, "arr": None, "mrr": round(deal.amount_monthly, 2), "custom_fields": custom(sandbox, passage),
        "source_lead_id": lead_key(deal.id) if passage.converted_at else None,
    }  # fmt: skip


def list_deals(sandbox: "Sandbox", request: Request) -> Response:
    """GET /api/v2/deals: deleted ones only with `status=deleted`, for some days; `source_lead_id` only when asked for."""
    status = request.query("status")
    oldest = sandbox.engine.at - timedelta(days=KEPT_DAYS)

    def build() -> list[dict[str, Any]]:
        found = [passage for passage in passages(sandbox) if not passage.is_lead]
        return [deal_body(sandbox, passage) for passage in found if passage.deleted_at is None or passage.deleted_at >= oldest]

    rows = [row for row in sandbox.cached(("pipedrive", "deals"), build) if (row["status"] == status if status else not row["is_deleted"])]
    asked = "source_lead_id" in (request.query("include_fields") or "")

    def show(row: dict[str, Any]) -> dict[str, Any]:
        return row if asked else {key: value for key, value in row.items() if key != "source_lead_id"}

    return v2_list(request, rows, show)


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET /api/v2/deals/{id}; a deleted one is still shown for some days."""
    for passage in passages(sandbox):
        if not passage.is_lead and str(number("deal", passage.deal.id)) == request.params["id"]:
            return one(deal_body(sandbox, passage))
    raise refusal("negocio de exemplo nao encontrado", 404)
