"""Leads (v1): archived ones in a list of their own; converted and deleted ones in neither."""

from typing import TYPE_CHECKING, Any

from sandbox.server.http import Request, Response
from sandbox.server.pipedrive.deals import custom, origin, owner
from sandbox.server.pipedrive.gate import add
from sandbox.server.pipedrive.lists import changed, one, refusal, v1_list
from sandbox.server.pipedrive.view import LEAD_REASON, Passage, kept, lead_key, number, passages, v2_time
from sandbox.server.routing import Router

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "v1", "/leads", list_leads, "leads")
    add(router, base, "GET", "v1", "/leads/archived", list_archived, "leads_archived")
    add(router, base, "GET", "v1", "/leads/{id}", read, "lead")


def lead_body(sandbox: "Sandbox", passage: Passage) -> dict[str, Any]:
    """One lead as printed: custom fields at the top level, those without value are missing."""
    deal, reference = passage.deal, sandbox.engine.reference
    source, reason = reference.get("sources", deal.source_id), reference.get("lost_reasons", deal.lost_reason_id)
    fields = kept(sandbox, {**custom(sandbox, passage), LEAD_REASON: reason["name"] if reason and passage.archived else None})
    return {
        "id": lead_key(deal.id), "title": deal.name, "owner_id": owner(sandbox, deal.user_id),
        "creator_id": sandbox.pipedrive.user_id, "label_ids": [],
        "person_id": number("person", deal.contact_ids[0] if deal.contact_ids else None),
        "organization_id": number("organization", deal.organization_id), "source_name": source["name"] if source else "API",
        **origin(sandbox, passage), "source_deal_id": None, "is_archived": passage.archived, "was_seen": True,
        "value": {"amount": round(deal.total, 2), "currency": "BRL"} if deal.total else None,
        "expected_close_date": deal.prediction_date, "next_activity_id": None, "add_time": v2_time(passage.created_at),
        "update_time": v2_time(passage.lead_updated_at or passage.created_at), "visible_to": "3", "cc_email": None,
        **{key: value for key, value in fields.items() if value is not None},
    }  # fmt: skip


def _leads(sandbox: "Sandbox", archived: bool) -> list[dict[str, Any]]:
    def build() -> list[dict[str, Any]]:
        found = [passage for passage in passages(sandbox) if passage.is_lead and passage.deleted_at is None]
        return [lead_body(sandbox, passage) for passage in found]

    return [row for row in sandbox.cached(("pipedrive", "leads"), build) if row["is_archived"] is archived]


def _sorted(rows: list[dict[str, Any]], request: Request) -> list[dict[str, Any]]:
    name, _, direction = (request.query("sort") or "add_time ASC").partition(" ")
    if name not in ("id", "title", "owner_id", "creator_id", "was_seen", "add_time", "update_time"):
        raise refusal("parametro de exemplo invalido: sort")
    return sorted(rows, key=lambda row: (str(row.get(name)), row["id"]), reverse=direction.upper() == "DESC")


def list_leads(sandbox: "Sandbox", request: Request) -> Response:
    """GET /api/v1/leads."""
    rows = _sorted(changed(_leads(sandbox, archived=False), request), request)
    return v1_list(request, rows, bare=sandbox.config.pipedrive_bare_lead_paging)


def list_archived(sandbox: "Sandbox", request: Request) -> Response:
    """GET /api/v1/leads/archived: `updated_since` is not known here and ignored."""
    return v1_list(request, _sorted(_leads(sandbox, archived=True), request), bare=sandbox.config.pipedrive_bare_lead_paging)


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET /api/v1/leads/{id}; a converted one only by switch."""
    readable = sandbox.config.pipedrive_converted_leads == "readable"
    for passage in passages(sandbox):
        shown = passage.is_lead or (passage.converted_at is not None and readable)
        if shown and passage.deleted_at is None and lead_key(passage.deal.id) == request.params["id"]:
            return one(lead_body(sandbox, passage))
    raise refusal("lead de exemplo nao encontrado", 404)
